"""The rule checker as a form: what you want to know, what was filled in, what still matters, and the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.answer import Citation
from assistant.rules import check, summary, what_would_change
from assistant.rules.explain import shown_value
from assistant.rules.fields import Field, fields
from assistant.rules.result import CheckResult
from assistant.web import links
from assistant.web.answer_html import web_sources
from assistant.web.badges import badges
from assistant.web.dates import euro, long_date
from assistant.web.markup import Safe, join, tag
from assistant.web.texts import Words
from corpus.errors import MaatwerkwijzerError
from corpus.store import Corpus

ASKED_AT_ONCE = 3
"""So many questions are shown together; the others follow when they still matter."""
_GROUPS = {
    "recht": ("recht_werkgever", "recht_zelfstandige", "wedertewerkstelling"),
    "bedrag": ("loonpremie", "begeleidingspremie", "duur", "verlenging", "aanpassing"),
    "overgang": ("overgang_vop", "overgang_sine", "overgang_lde"),
    "bedrijf": ("erkenning_maatwerkbedrijf",),
}


def facts_of(query: Mapping[str, str]) -> dict[str, Any]:
    """The facts in a form or link, typed by the field they belong to. Empty means unknown; other keys are left alone."""
    out: dict[str, Any] = {}
    for name, field in fields().items():
        raw = query.get(name, "").strip()
        if raw:
            out[name] = _typed(field, raw)
    return out


def _typed(field: Field, raw: str) -> Any:
    if field.kind == "ja_nee":
        return {"true": True, "ja": True, "false": False, "nee": False}.get(raw.lower(), raw)
    if field.kind in ("geld", "getal", "geheel", "breuk"):
        plain = raw.replace("€", "").replace("\u00a0", "").replace(" ", "")
        if "," in plain:
            plain = plain.replace(".", "").replace(",", ".")
        try:
            number = float(plain)
        except ValueError:
            return raw
        return int(number) if number.is_integer() and field.kind == "geheel" else number
    return raw


def checker(corpus: Corpus, query: Mapping[str, str], words: Words) -> Safe:
    """The form with the outcome beside it."""
    facts = facts_of(query)
    result: CheckResult | None = None
    problem: str | None = None
    if "vraag" in facts:
        try:
            result = check(facts, corpus)
        except MaatwerkwijzerError as error:
            problem = str(error)
    form = tag(
        "form",
        tag("input", type="hidden", name="tab", value="check"),
        tag("input", type="hidden", name="lang", value=words.language),
        _subject(facts, words),
        result is not None and _date(facts, words),
        _given(facts, words, problem is not None),
        problem and tag("p", words("check.error", message=problem), cls="mw-warning", role="alert"),
        _still(result, words) if result else None,
        tag("p", tag("button", words("check.update"), type="submit", cls="mw-button mw-primary"), cls="mw-buttons"),
        method="get",
        action="/",
        cls="mw-form mw-check-form",
        data_form="check",
        aria_label=words("check.heading"),
    )
    outcome = _outcome(result, facts, words, corpus) if result else tag("p", words("check.nothing"), cls="mw-empty")
    return tag(
        "div",
        tag("p", words("check.intro"), cls="mw-intro"),
        tag("div", form, tag("section", outcome, cls="mw-outcome", aria_live="polite", aria_label=words("check.outcome")), cls="mw-check"),
    )


def _subject(facts: Mapping[str, Any], words: Words) -> Safe:
    field = fields()["vraag"]
    chosen = facts.get("vraag")
    groups = [
        tag(
            "optgroup",
            [tag("option", field.values[key][words.language], value=key, selected=key == chosen) for key in keys if key in field.values],
            label=words(f"check.groups.{group}"),
        )
        for group, keys in _GROUPS.items()
    ]
    return tag(
        "p",
        tag("label", words("check.question"), for_="mw-check-vraag"),
        tag("select", tag("option", words("check.choose"), value="", selected=not chosen), groups, name="vraag", id="mw-check-vraag", data_auto=True),
        cls="mw-field",
    )


def _date(facts: Mapping[str, Any], words: Words) -> Safe:
    return tag(
        "p",
        tag("label", words("check.date"), for_="mw-check-datum"),
        tag("input", type="date", name="datum", id="mw-check-datum", value=facts.get("datum", ""), data_auto=True),
        cls="mw-field",
    )


def _given(facts: Mapping[str, Any], words: Words, broken: bool) -> Safe | None:
    """What was filled in, each with a link that takes it away again; it travels along in hidden fields."""
    rows = []
    for name, value in facts.items():
        if name in ("vraag", "datum"):
            continue
        field = fields()[name]
        try:
            shown = shown_value(field, value, words.language)
        except (KeyError, ValueError, TypeError):
            shown = str(value)
        without = [("tab", "check"), *((k, as_parameter(v)) for k, v in facts.items() if k != name)]
        rows.append(
            tag(
                "li",
                tag("input", type="hidden", name=name, value=as_parameter(value)),
                tag("span", field.label(words.language), ": ", tag("strong", shown)),
                " ",
                tag(
                    "a",
                    words("check.change"),
                    tag("span", f" {field.label(words.language)}", cls="mw-sr"),
                    href=links.page(words.language, without),
                    data_go="check",
                ),
            )
        )
    if not rows:
        return None
    return tag("div", tag("p", words("check.given"), cls="mw-follow-title"), tag("ul", rows, cls="mw-given"), cls="mw-given-box")


def as_parameter(value: Any) -> str:
    """A fact as it stands in a link."""
    return str(value).lower() if isinstance(value, bool) else f"{value:.10g}" if isinstance(value, float) else str(value)


def _still(result: CheckResult, words: Words) -> Safe | None:
    if not result.ontbreekt:
        return None
    known = fields()
    asked = [_question(known[m.veld], words) for m in result.ontbreekt[:ASKED_AT_ONCE]]
    left = len(result.ontbreekt) - len(asked)
    return join(tag("h3", words("check.still"), tabindex="-1", cls="mw-still"), asked, left > 0 and tag("p", words("check.more", n=left), cls="mw-hint"))


def _question(field: Field, words: Words) -> Safe:
    language = words.language
    choices: list[tuple[str, str]] = []
    if field.kind == "keuze":
        choices = [(key, names.get(language, names["nl"])) for key, names in field.values.items()]
    elif field.kind == "ja_nee":
        choices = [("true", words("words.ja")), ("false", words("words.nee"))]
    if choices:
        options = [
            tag("label", tag("input", type="radio", name=field.name, value=value, data_auto=True), tag("span", name), cls="mw-choice")
            for value, name in [*choices, ("", words("check.unknown"))]
        ]
        return tag("fieldset", tag("legend", field.question(language)), options, cls="mw-field")
    kind = {"datum": "date"}.get(field.kind, "text")
    return tag(
        "p",
        tag("label", field.question(language), for_=f"mw-check-{field.name}"),
        tag(
            "input",
            type=kind,
            name=field.name,
            id=f"mw-check-{field.name}",
            inputmode=None if kind == "date" else "decimal",
            autocomplete="off",
        ),
        field.kind == "geld" and tag("span", " euro"),
        cls="mw-field",
    )


def _outcome(result: CheckResult, facts: Mapping[str, Any], words: Words, corpus: Corpus) -> Safe:
    changes = what_would_change(facts, result, words.language)
    here = links.page(words.language, [("tab", "check"), *((k, as_parameter(v)) for k, v in facts.items())])
    return join(
        tag(
            "h3",
            tag("span", words("check.outcome"), ": ", cls="mw-sr"),
            words(f"check.outcomes.{result.uitkomst}") if result.bedrag is None else _amount(result, words),
            cls=f"mw-verdict mw-v-{result.uitkomst}",
        ),
        tag("p", summary(result, words.language), cls="mw-summary"),
        tag("p", words("ask.as_of", day=long_date(result.datum, words.language)), cls="mw-hint"),
        changes and tag("div", tag("h4", words("check.would_change")), tag("ul", [tag("li", c) for c in changes]), cls="mw-block"),
        result.waarschuwingen
        and tag("div", tag("p", tag("strong", words("check.warnings"))), tag("ul", [tag("li", w) for w in result.waarschuwingen], lang="nl"), cls="mw-warning"),
        tag(
            "details",
            tag("summary", words("check.trace")),
            _trace(result, words, corpus),
            cls="mw-block mw-trace",
            open=result.uitkomst != "onvoldoende_informatie",
        ),
        result.citaten and tag("details", tag("summary", words("check.sources")), _citations(result, words), cls="mw-block"),
        tag(
            "p",
            tag("button", words("check.print"), type="button", cls="mw-action", data_print=True),
            tag("a", words("check.link"), href=here, cls="mw-action", data_copy_link=True),
            tag("a", words("check.restart"), href=links.page(words.language, {"tab": "check"}), cls="mw-action", data_go="check"),
            cls="mw-actions",
        ),
    )


def _amount(result: CheckResult, words: Words) -> str:
    amount = result.bedrag
    if amount is None:
        return ""
    if amount.eenheid == "kwartalen":
        return words("check.quarters", n=f"{amount.minimum:.0f}")
    if amount.minimum < amount.maximum:
        return words("check.amount_range", low=euro(amount.minimum, words.language), high=euro(amount.maximum, words.language))
    return words("check.amount", amount=euro(amount.minimum, words.language))


def _trace(result: CheckResult, words: Words, corpus: Corpus) -> Safe:
    items = []
    for step in result.stappen:
        facts = [_fact_link(number, words, corpus) for number in step.feiten]
        items.append(
            tag(
                "li",
                tag("span", words.name("check.step", step.uitkomst), cls=f"mw-step mw-step-{step.uitkomst}"),
                tag("p", step.uitleg, lang="nl"),
                tag("p", step.regel, [join(" · ", f) for f in facts], " · ", words.name("certainty", step.zekerheid), cls="mw-fact-meta"),
            )
        )
    return tag("ol", items, cls="mw-steps")


def _fact_link(number: str, words: Words, corpus: Corpus) -> Safe:
    if not corpus.has_fact(number):
        return tag("span", number)
    document, passage = corpus.fact(number)
    return tag("a", number, href=links.passage(words.language, document.id, passage.id), data_panel=True)


def _citations(result: CheckResult, words: Words) -> Safe:
    items = []
    for data in result.citaten:
        c = Citation.model_validate(data)
        items.append(
            tag(
                "li",
                tag("a", c.label, href=links.citation(words.language, c), data_panel=True),
                badges(words, c.authority, c.text_status, c.certainty),
                tag("blockquote", c.quote, lang="nl"),
                web_sources(c.sources, words),
                cls=f"mw-source mw-g-{c.authority}",
            )
        )
    return tag("ol", items, cls="mw-sources")
