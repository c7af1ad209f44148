"""A result in words: a summary of at most five sentences, what would change it, and a rule with its facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assistant.rules.checker import check
from assistant.rules.fields import LANGUAGES, Field, fields
from assistant.rules.result import CheckResult
from assistant.rules.rule import find_rule, nl_date
from assistant.rules.values import read_yaml
from corpus.errors import UsageError

if TYPE_CHECKING:
    from corpus.store import Corpus

MOST_CHANGES = 6


def text(key: str, language: str, *path: str) -> str:
    """A sentence of ``values/teksten.yaml``; ``path`` are the keys below ``key``."""
    entry = read_yaml("teksten")[key]
    for part in path:
        entry = entry[part]
    return str(entry[language])


def checked_language(language: str) -> str:
    """``language`` itself when it is one of nl, fr, en, de.

    Raises:
        UsageError: another language.
    """
    if language not in LANGUAGES:
        raise UsageError(f"Er is geen samenvatting in de taal {language!r}.", f"Talen: {', '.join(LANGUAGES)}.")
    return language


def summary(result: CheckResult, language: str = "nl") -> str:
    """The result in at most five sentences of plain ``language`` (nl, fr, en, de); reasons in Dutch come with their rule number."""
    checked_language(language)
    sentences = [_outcome(result, language)]
    reason = _reason(result, language)
    if reason:
        sentences.append(reason)
    if result.bedrag is not None and result.bedrag.minimum < result.bedrag.maximum:
        sentences.append(text("vork", language))
    if result.ontbreekt:
        question = fields()[result.ontbreekt[0].veld].question(language).split("?")[0] + "?"
        sentences.append(text("vragen", language).format(vraag=question))
    elif result.waarschuwingen and result.uitkomst != "onvoldoende_informatie":
        first = _lower(re.split(r"(?<=[.?!]) ", result.waarschuwingen[0])[0])
        sentences.append(text("waarschuwing", language).format(tekst=first, aantal=len(result.waarschuwingen)))
    sentences.append(text("voorbehoud", language))
    return " ".join(sentences[:5])


def _outcome(result: CheckResult, language: str) -> str:
    if result.uitkomst == "onvoldoende_informatie":
        return text("onvoldoende_informatie", language)
    if result.uitkomst != "bedrag" or result.bedrag is None:
        return text(result.uitkomst, language, result.vraag)
    amount = result.bedrag
    if amount.eenheid == "kwartalen":
        return text("bedrag", language, result.vraag).format(bedrag=f"{amount.minimum:.0f}")
    shown = _euro(amount.minimum, language)
    if amount.minimum < amount.maximum:
        shown = text("tot", language).format(minimum=shown, maximum=_euro(amount.maximum, language))
    percent = " / ".join(_decimal(f"{p:g}", language) for p in amount.percentage)
    return text("bedrag", language, result.vraag).format(bedrag=shown, percentage=percent)


def _euro(amount: float, language: str) -> str:
    number = f"{Decimal(str(amount)):,.2f}"
    if language != "en":
        number = number.translate(str.maketrans(",.", " ," if language == "fr" else ".,"))
    return f"{number} {text('woorden', language, 'euro')}"


def _decimal(number: str, language: str) -> str:
    return number if language == "en" else number.replace(".", ",")


def _lower(sentence: str) -> str:
    """The sentence as it stands after a colon: without its capital, unless it begins with an abbreviation."""
    return sentence[0].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def _reason(result: CheckResult, language: str) -> str:
    """One sentence with the rule that decided: the refusing one, or the first that stayed unknown without a question to ask."""
    names = read_yaml("teksten")["regels"]
    if result.uitkomst == "nee":
        steps, key = [s for s in result.stappen if s.uitkomst == "nee"], "reden"
    elif result.uitkomst == "onvoldoende_informatie" and not result.ontbreekt:
        steps, key = [s for s in result.stappen if s.uitkomst == "onbekend" and s.regel != "R-32"], "onzeker"
    else:
        return ""
    if not steps or steps[0].regel not in names:
        return ""
    step = steps[0]
    parts = re.split(r"(?<=[.]) ", step.uitleg)[:2]
    why = "; ".join([parts[0], *map(_lower, parts[1:])]).replace(".;", ";").rstrip(".")
    why = why if key == "reden" else _lower(why)
    return text(key, language).format(uitleg=why, naam=names[step.regel][language], regel=step.regel) + ("." if language == "nl" else "")


def shown_value(field: Field, value: Any, language: str = "nl") -> str:
    """A value as a person reads it: the name of a choice, yes or no, a date, an amount."""
    if field.kind == "keuze":
        return field.values[value][language]
    if field.kind == "ja_nee":
        return text("woorden", language, "ja" if value else "nee")
    if field.kind == "datum":
        return _day(date.fromisoformat(value) if isinstance(value, str) else value, language)
    if field.kind == "geld":
        return _euro(float(value), language)
    return _decimal(f"{float(value):.10g}", language)


def _day(day: date, language: str) -> str:
    return nl_date(day) if language == "nl" else f"{day.day:02d}/{day.month:02d}/{day.year}"


def what_would_change(facts: Mapping[str, Any], result: CheckResult, language: str = "nl") -> list[str]:
    """What would turn the outcome: sentences "als … dan wel" (at most six), from trying other values of one fact at a time.

    After ``nee``: each known choice that, changed, leaves the refusal. After ``onvoldoende_informatie``: for the
    first questions, the answers that settle it. After ``ja``: each known choice that, changed, would refuse.
    """
    checked_language(language)
    if result.uitkomst == "bedrag":
        return []
    known = fields()
    sentences: list[str] = []
    if result.uitkomst == "onvoldoende_informatie":
        for item in result.ontbreekt:
            field = known[item.veld]
            for value in _alternatives(field, None):
                outcome = check({**facts, item.veld: value}).uitkomst
                if outcome in ("ja", "nee"):
                    key = "als_wel" if outcome == "ja" else "als_niet"
                    sentences.append(_sentence(key, field, value, language))
        return sentences[:MOST_CHANGES]
    for name, value in facts.items():
        field = known[name]
        if name in ("vraag", "datum"):
            continue
        for other in _alternatives(field, value):
            outcome = check({**facts, name: other}).uitkomst
            if result.uitkomst == "nee" and outcome in ("ja", "bedrag", "onvoldoende_informatie"):
                sentences.append(_sentence("als_onzeker" if outcome == "onvoldoende_informatie" else "als", field, other, language))
            elif result.uitkomst == "ja" and outcome == "nee":
                sentences.append(_sentence("als_niet", field, other, language))
    return sentences[:MOST_CHANGES]


def _sentence(key: str, field: Field, value: Any, language: str) -> str:
    return text("woorden", language, key).format(veld=f"'{field.label(language)}'", waarde=shown_value(field, value, language), rest="")


def _alternatives(field: Field, value: Any) -> list[Any]:
    """Other values worth trying: the other choices, or the other truth value."""
    if field.kind == "keuze":
        return [v for v in field.values if v != value]
    if field.kind == "ja_nee":
        return [v for v in (True, False) if v is not value]
    return []


def explain_rule(number: str, corpus: Corpus | None = None) -> str:
    """A rule in plain text: number, topic, sentence, certainty and its facts, with their text when there is a corpus.

    Raises:
        UsageError: there is no such rule.
    """
    found = find_rule(number)
    lines = [
        f"{found.number} ({found.topic})",
        found.sentence,
        f"Zekerheid: {found.certainty}." + ("" if found.decides else " Deze regel licht toe en beslist niet."),
        "Feiten:",
    ]
    for fact in found.facts:
        quote = ""
        if corpus is not None and corpus.has_fact(fact):
            document, passage = corpus.fact(fact)
            quote = " " + document.text[passage.start : passage.end].strip()
        lines.append(f"- {fact}{quote}")
    return "\n".join(lines)
