"""Positions: filters, a matrix that reads as a heat map, the statements behind it, a comparison, and exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.positions.compare import Comparison, compare_positions
from assistant.positions.exports.colours import SIGNS
from assistant.positions.matrix import MIXED, NOTHING, Cell, Matrix, matrix, short_name
from assistant.positions.model import STANCE_ORDER, Position, roster
from assistant.positions.resolve import resolve_actors
from assistant.positions.search import Found, Query, search
from assistant.positions.words import Words as Own
from assistant.web import links
from assistant.web.markup import Safe, join, tag
from assistant.web.texts import Words
from corpus.errors import MaatwerkwijzerError
from corpus.store import Actor, Corpus
from index.retriever import Retriever

FORMATS = ("xlsx", "docx", "csv", "md", "json")
MOST_SHOWN = 120
_MOST_COMPARED = 4


@dataclass(frozen=True)
class Wanted:
    """What the page is asked to show."""

    actor: str = ""
    topic: str = ""
    stance: str = ""
    words: str = ""
    compare: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Mapping[str, str], compared: list[str]) -> Wanted:
        """Out of a link or form."""
        get = query.get
        return cls(
            get("wie", ""), get("thema", ""), get("houding", ""), get("woorden", "")[:500], tuple(dict.fromkeys(c for c in compared if c))[:_MOST_COMPARED]
        )

    @property
    def empty(self) -> bool:
        """True when nothing is filtered."""
        return not (self.actor or self.topic or self.stance or self.words.strip())

    @property
    def filters(self) -> dict[str, str]:
        """As parameters of a link."""
        return {"wie": self.actor, "thema": self.topic, "houding": self.stance, "woorden": self.words}


def find(corpus: Corpus, retriever: Retriever, wanted: Wanted, language: str) -> Found:
    """The positions that fit."""
    asked = Query(
        actors=(wanted.actor,) if wanted.actor else (),
        topics=(wanted.topic,) if wanted.topic else (),
        stances=(wanted.stance,) if wanted.stance else (),
        text=wanted.words,
    )
    return search(corpus, asked, retriever, language)


def positions(corpus: Corpus, retriever: Retriever, wanted: Wanted, words: Words, may_log_out: bool = False) -> Safe:
    """The whole page."""
    own = matrix(corpus, language=words.language)
    problem: str | None = None
    found: Found | None = None
    comparison: Comparison | None = None
    try:
        if not wanted.empty:
            found = find(corpus, retriever, wanted, words.language)
        if len(wanted.compare) > 1 and wanted.topic:
            people = roster(corpus)
            comparison = compare_positions(corpus, [a for name in wanted.compare for a in resolve_actors(name, people)], wanted.topic, words.language)
    except MaatwerkwijzerError as error:
        problem = str(error)
    return tag(
        "div",
        tag("p", words("positions.intro"), cls="mw-intro"),
        _filters(own, corpus, wanted, words),
        problem and tag("p", problem, cls="mw-warning", role="alert"),
        comparison and _comparison(comparison, words),
        wanted.topic in own.agreement and _agreement(own, wanted.topic, words),
        found and not comparison and _list(found, wanted, words),
        _matrix(own, corpus, words),
        _compare_form(own, corpus, wanted, words),
        may_log_out and tag("p", tag("a", words("positions.logout"), href="/ui/logout"), cls="mw-hint"),
        cls="mw-positions",
    )


def _select(name: str, label: str, options: list[tuple[str, str]], chosen: str, words: Words) -> Safe:
    every = [tag("option", words("positions.all"), value="", selected=not chosen)]
    rest = [tag("option", shown, value=value, selected=value == chosen) for value, shown in options]
    return tag("p", tag("label", label, for_=f"mw-pos-{name}"), tag("select", every, rest, name=name, id=f"mw-pos-{name}"), cls="mw-field")


def _actors(own: Matrix) -> list[tuple[str, str]]:
    return [(a.name, f"{a.name} ({a.organisation or a.party})" if a.organisation or a.party else a.name) for a in own.actors]


def _topics(own: Matrix, corpus: Corpus, words: Words) -> list[tuple[str, str]]:
    return sorted(((t, label(corpus, t, words)) for t in own.topics), key=lambda pair: pair[1].lower())


def label(corpus: Corpus, topic: str, words: Words) -> str:
    """A theme's name in the language of the page."""
    known = corpus.topics.get(topic)
    return known.labels.get(words.language) if known else topic


def _hidden(words: Words) -> list[Safe]:
    return [tag("input", type="hidden", name="tab", value="standpunten"), tag("input", type="hidden", name="lang", value=words.language)]


def _filters(own: Matrix, corpus: Corpus, wanted: Wanted, words: Words) -> Safe:
    stances = [(s.value, words.name("stance", s.value)) for s in STANCE_ORDER]
    return tag(
        "form",
        _hidden(words),
        _select("wie", words("positions.actor"), _actors(own), wanted.actor, words),
        _select("thema", words("positions.topic"), _topics(own, corpus, words), wanted.topic, words),
        _select("houding", words("positions.stance"), stances, wanted.stance, words),
        tag(
            "p",
            tag("label", words("positions.words"), for_="mw-pos-woorden"),
            tag("input", type="search", name="woorden", id="mw-pos-woorden", value=wanted.words, maxlength=500),
            cls="mw-field",
        ),
        tag(
            "p",
            tag("button", words("positions.show"), type="submit", cls="mw-button mw-primary"),
            not wanted.empty
            and tag("a", words("positions.reset"), href=links.page(words.language, {"tab": "standpunten"}), data_go="standpunten", cls="mw-action"),
            cls="mw-buttons",
        ),
        method="get",
        action="/",
        cls="mw-form mw-filters",
        data_form="standpunten",
        aria_label=words("positions.heading"),
    )


def _stance(stance: str, words: Words) -> Safe:
    sign = SIGNS.get(stance, "")
    return tag("span", sign and tag("span", sign, " ", aria_hidden="true"), words.name("stance", stance), cls=f"mw-stance mw-st-{stance}")


def _list(found: Found, wanted: Wanted, words: Words) -> Safe:
    shown = found.positions[:MOST_SHOWN]
    head = tag(
        "h3", words("positions.list"), " ", tag("span", words("positions.count", n=len(found.positions)), cls="mw-count"), id="mw-pos-list", tabindex="-1"
    )
    if not shown:
        return join(head, tag("p", words("positions.none"), cls="mw-empty", role="status"))
    left = found.left_out + len(found.positions) - len(shown)
    return join(
        head,
        _exports("positions", wanted.filters, words),
        tag("ol", [_position(p, words) for p in shown], cls="mw-position-list"),
        left > 0 and tag("p", words("positions.left_out", n=left), cls="mw-hint"),
    )


def _agreement(own: Matrix, topic: str, words: Words) -> Safe | None:
    """Who stands where on the theme that is shown."""
    agreement = own.agreement[topic]
    own_words = Own(words.language)
    rows = [(side, getattr(agreement, side)) for side in ("voor", "tegen", MIXED, "stelt_voor") if getattr(agreement, side)]
    if not rows:
        return None
    items = [tag("li", tag("strong", own_words.of("leaning", side)), ": ", ", ".join(names)) for side, names in rows]
    verdict = own_words.of("verdict", agreement.verdict)
    title = words("positions.agreement") + (f" ({verdict})" if verdict else "")
    return tag("div", tag("h3", title), tag("ul", items, cls="mw-sides"), tag("p", own_words("agreement_note"), cls="mw-hint"))


def _position(p: Position, words: Words) -> Safe:
    return tag(
        "li",
        tag(
            "p",
            tag("strong", p.who),
            " · ",
            p.topic_label,
            " ",
            _stance(p.stance, words),
            p.reported and f" ({words('positions.reported')})",
            cls="mw-position-head",
        ),
        tag("p", p.summary),
        [_quote(p, n, words) for n in range(len(p.citations))],
    )


def _quote(p: Position, n: int, words: Words) -> Safe:
    c = p.citations[n]
    return tag(
        "div",
        tag("blockquote", c.quote, lang="nl"),
        tag("p", tag("a", c.label, href=links.citation(words.language, c), data_panel=True, aria_label=f"{c.label} ({n + 1}, {p.id})"), cls="mw-source-foot"),
    )


def _exports(what: str, parameters: Mapping[str, Any], words: Words) -> Safe:
    items = []
    for kind in FORMATS:
        address = links.page(words.language, {"format": kind, **parameters}).replace("/?", f"/ui/export/{what}?", 1)
        items.append(tag("a", kind.upper(), href=address, download=True, cls="mw-action"))
    return tag("p", tag("span", words("positions.export"), cls="mw-hint"), items, cls="mw-exports")


def _matrix(own: Matrix, corpus: Corpus, words: Words) -> Safe:
    head = tag(
        "tr",
        tag("th", words("positions.topic"), scope="col"),
        [tag("th", tag("span", short_name(a).replace("Koepel Lokale Diensteneconomie", "Koepel LDE")), scope="col", title=a.name) for a in own.actors],
    )
    rows = []
    for topic, name in _topics(own, corpus, words):
        address = links.page(words.language, {"tab": "standpunten", "thema": topic})
        cells = [_cell(own.cell(a.name, topic), a, name, words) for a in own.actors]
        rows.append(tag("tr", tag("th", tag("a", name, href=address, data_go="standpunten"), scope="row"), cells))
    title = words("positions.matrix")
    return join(
        tag("h3", title),
        tag("p", words("positions.matrix_help"), cls="mw-hint"),
        _legend(words),
        tag(
            "div",
            tag("table", tag("caption", title, cls="mw-sr"), tag("thead", head), tag("tbody", rows), cls="mw-matrix"),
            cls="mw-scroll",
            tabindex="0",
            role="region",
            aria_label=title,
        ),
        _exports("matrix", {}, words),
    )


def _cell(cell: Cell, actor: Actor, topic: str, words: Words) -> Safe:
    stance = cell.stance
    if stance == NOTHING:
        return tag("td", tag("span", words("positions.said_nothing"), cls="mw-sr"), cls="mw-st-niet_gezegd")
    count = len(cell.main) or len(cell.aside)
    name = words("positions.cell", who=short_name(actor), topic=topic, stance=words.name("stance", stance), n=count)
    address = links.page(words.language, {"tab": "standpunten", "wie": actor.name, "thema": cell.topic})
    inside = tag("a", f"{SIGNS.get(stance, '')} {count}", href=address, data_go="standpunten", aria_label=name, title=name)
    return tag("td", inside, cls=f"mw-st-{stance}")


def _legend(words: Words) -> Safe:
    order = [*(s.value for s in STANCE_ORDER[:3]), MIXED, *(s.value for s in STANCE_ORDER[3:]), "zijdelings"]
    return tag("ul", [tag("li", _stance(s, words)) for s in order], cls="mw-legend", aria_label=words("positions.legend"))


def _compare_form(own: Matrix, corpus: Corpus, wanted: Wanted, words: Words) -> Safe:
    people = [
        tag("label", tag("input", type="checkbox", name="met", value=name, checked=name in wanted.compare), tag("span", shown), cls="mw-choice")
        for name, shown in _actors(own)
    ]
    topics = [tag("option", shown, value=t, selected=t == wanted.topic) for t, shown in _topics(own, corpus, words)]
    return join(
        tag("h3", words("positions.compare")),
        tag("p", words("positions.compare_help"), cls="mw-hint"),
        tag(
            "form",
            _hidden(words),
            tag("p", tag("label", words("positions.topic"), for_="mw-cmp-thema"), tag("select", topics, name="thema", id="mw-cmp-thema"), cls="mw-field"),
            tag("fieldset", tag("legend", words("positions.actor")), tag("div", people, cls="mw-columns"), cls="mw-field"),
            tag("p", tag("button", words("positions.compare_show"), type="submit", cls="mw-button"), cls="mw-buttons"),
            method="get",
            action="/",
            cls="mw-form",
            data_form="standpunten",
            aria_label=words("positions.compare"),
        ),
    )


def _comparison(comparison: Comparison, words: Words) -> Safe:
    head = tag("tr", tag("th", words("positions.stance"), scope="col"), [tag("th", c.who, scope="col") for c in comparison.columns])
    rows = []
    for stance in STANCE_ORDER:
        own = [[p for p in c.cell.main if p.stance == stance.value] for c in comparison.columns]
        if any(own):
            cells = [tag("td", [_compared(p, words) for p in found] or tag("span", "–", aria_hidden="true")) for found in own]
            rows.append(tag("tr", tag("th", _stance(stance.value, words), scope="row"), cells))
    silent = [tag("p", f"{who}: {words('positions.said_nothing')}", cls="mw-hint") for who in comparison.silent]
    title = f"{words('positions.compare')}: {comparison.label}"
    exports = [("thema", comparison.topic), *(("met", c.actor.name) for c in comparison.columns)]
    links_ = []
    for kind in FORMATS:
        address = links.page(words.language, [("format", kind), *exports]).replace("/?", "/ui/export/compare?", 1)
        links_.append(tag("a", kind.upper(), href=address, download=True, cls="mw-action"))
    return join(
        tag("h3", title, id="mw-pos-list", tabindex="-1"),
        tag(
            "div",
            tag("table", tag("caption", title, cls="mw-sr"), tag("thead", head), tag("tbody", rows), cls="mw-compare"),
            cls="mw-scroll",
            tabindex="0",
            role="region",
            aria_label=title,
        ),
        silent,
        tag("p", tag("span", words("positions.export"), cls="mw-hint"), links_, cls="mw-exports"),
    )


def _compared(p: Position, words: Words) -> Safe:
    c = p.citations[0]
    link = tag(
        "a", words("documents.page", n=c.page) if c.page else c.label, href=links.citation(words.language, c), data_panel=True, aria_label=f"{c.label} ({p.id})"
    )
    return tag("p", p.summary, " ", link)


def login(words: Words, wrong: bool = False) -> Safe:
    """The form for staff."""
    return tag(
        "form",
        tag("h3", words("positions.login")),
        tag("p", words("positions.login_help")),
        wrong and tag("p", words("positions.wrong"), cls="mw-warning", role="alert"),
        tag("input", type="hidden", name="lang", value=words.language),
        tag(
            "p",
            tag("label", words("positions.password"), for_="mw-password"),
            tag("input", type="password", name="password", id="mw-password", autocomplete="current-password", required=True),
            cls="mw-field",
        ),
        tag("p", tag("button", words("positions.login_button"), type="submit", cls="mw-button mw-primary"), cls="mw-buttons"),
        method="post",
        action="/ui/login",
        cls="mw-form",
    )


def export(corpus: Corpus, retriever: Retriever, what: str, kind: str, wanted: Wanted, language: str) -> bytes:
    """Positions, matrix or comparison as a file.

    Raises:
        UsageError: an actor or theme that does not exist.
    """
    from assistant.positions.exports import build, csv, docx, json, md, rows, xlsx

    w = Own(language)
    if what == "matrix":
        own = matrix(corpus, language=language)
        makers: dict[str, Any] = {
            "json": lambda: json.dump(json.matrix(own, corpus, language)),
            "csv": lambda: csv.dump(rows.MATRIX_KEYS, rows.matrix_data(own, corpus, w)),
            "xlsx": lambda: xlsx.matrix(own, corpus, w),
            "md": lambda: md.render(build.matrix_report(own, corpus, w)),
            "docx": lambda: docx.render(build.matrix_report(own, corpus, w)),
        }
    elif what == "compare":
        people = roster(corpus)
        both = compare_positions(corpus, [a for name in wanted.compare for a in resolve_actors(name, people)], wanted.topic, language)
        makers = {
            "json": lambda: json.dump(json.comparison(both, corpus, language)),
            "csv": lambda: csv.dump(rows.POSITION_KEYS, rows.position_data(p for c in both.columns for p in c.positions)),
            "xlsx": lambda: xlsx.comparison(both, corpus, w),
            "md": lambda: md.render(build.compare_report(both, corpus, w)),
            "docx": lambda: docx.render(build.compare_report(both, corpus, w)),
        }
    else:
        found = find(corpus, retriever, wanted, language)
        makers = {
            "json": lambda: json.dump(json.positions(found.positions)),
            "csv": lambda: csv.dump(rows.POSITION_KEYS, rows.position_data(found.positions)),
            "xlsx": lambda: xlsx.positions(found, corpus, w),
            "md": lambda: md.render(build.positions_report(found, corpus, w)),
            "docx": lambda: docx.render(build.positions_report(found, corpus, w)),
        }
    made = makers[kind]()
    return made.encode("utf-8") if isinstance(made, str) else bytes(made)
