"""A deterministic check of whether quotes support a statement: numbers, names, negation, content words.

It stands in for the entailment model of ALCE (Gao et al. 2023): weaker, but the same every time and without a model. It is kept
apart from the assistant's own verification, so that the one does not mark the other's homework.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.normalise import normalise, numbers, plain
from index.text import STOPWORDS

CONTENT_SHARE = 0.5
"""Least share of a statement's content words that the evidence has to hold (see ``eval/README.md`` for how it was set)."""
STEM = 5
"""Content words are compared by their first letters, which takes most endings and many compounds along."""

_NEGATIONS = {
    "nl": r"niet|geen|nooit|niemand|niets|nergens|zonder|noch|nauwelijks|evenmin|on(?:voldoende|mogelijk|duidelijk|bekend|gewenst|terecht|haalbaar)\w*",
    "fr": r"ne|n|pas|aucun|aucune|jamais|personne|rien|sans|ni|non|inconnu\w*|impossible\w*|insuffisa\w*",
    "en": r"not|no|never|nobody|none|nothing|without|nor|neither|cannot|t|un(?:known|clear|able|wanted)|impossible|insufficient\w*",
    "de": r"nicht|kein\w*|nie|niemals|niemand|nichts|ohne|weder|noch|un(?:klar|bekannt|moglich|zureichend)\w*",
}
_NEGATION = {language: re.compile(rf"(?<![^ ])(?:{pattern})(?![^ ])") for language, pattern in _NEGATIONS.items()}
_CLAUSE = re.compile(r"(?<=[.!?;:,])\s+|\n|\s(?=(?:maar|omdat|doordat|zodat|tenzij|als|wanneer|indien)\s)")
_ACRONYM = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{1,}(?![a-z])")
_NAME = re.compile(r"(?<=[a-zà-ÿ,;:] )(?:(?:[Vv]an|[Dd]e|[Dd]er) )*[A-Z][a-zà-ÿ]+(?: (?:(?:van|de|der) )*[A-Z][a-zà-ÿ]+)*")


@dataclass(frozen=True)
class Support:
    """The verdict with what failed: unsupported numbers and names, negation, and the share of content words found."""

    numbers: tuple[str, ...]
    names: tuple[str, ...]
    negation: bool
    content: float | None

    @property
    def supported(self) -> bool:
        """Nothing failed."""
        return not self.numbers and not self.names and not self.negation and (self.content is None or self.content >= CONTENT_SHARE)


def negated(text: str, language: str) -> bool:
    """Whether a text has a negating word."""
    return _NEGATION[language].search(normalise(text, language)) is not None


def content_words(text: str, language: str) -> set[str]:
    """Stems (first letters) of the words that carry meaning: four letters or more, no stop word, no number."""
    stop = STOPWORDS.get(language, frozenset())
    return {w[:STEM] for w in normalise(text, language).split() if len(w) >= 4 and not w[0].isdigit() and w not in stop}


def _names(text: str, same_language: bool) -> set[str]:
    found = set(_ACRONYM.findall(text))
    if same_language:
        found |= set(_NAME.findall(text))
    return found


def _named(name: str, text: str, language: str, glossary: Mapping[str, str]) -> bool:
    """Whether a name, or what an abbreviation stands for, is in the (normalised) text."""
    forms = [name, glossary.get(name, "")]
    return any(all(part in text for part in normalise(form, language).split()) for form in forms if form)


def support(
    statement: str,
    quotes: Sequence[str],
    context: Iterable[str] = (),
    language: str = "nl",
    quote_language: str = "nl",
    glossary: Mapping[str, str] | None = None,
) -> Support:
    """Check one statement against its quotes.

    ``context`` is what a reader sees beside the quote (label, speaker, organisation, date, provision): it may carry numbers and names, and
    its words count neither for nor against. ``glossary`` gives the full form of abbreviations. Across languages only numbers, abbreviations
    and negation are compared, as words differ. A statement without a negation is refused when every clause of the evidence has one, and
    a negated one when no clause has.
    """
    statement = plain(statement)
    context = list(context)
    evidence = "\n".join(quotes)
    around = evidence + "\n" + "\n".join(context)
    known = set(numbers(around, quote_language)) | set(numbers(around, language))
    missing_numbers = tuple(n for n in numbers(statement, language) if n not in known)
    lowered = normalise(around, quote_language)
    same = language == quote_language
    missing_names = tuple(sorted(name for name in _names(statement, same) if not _named(name, lowered, quote_language, glossary or {})))
    flags = [negated(clause, quote_language) for clause in _CLAUSE.split(evidence) if clause.strip()]
    wrong_negation = bool(flags) and (not any(flags) if negated(statement, language) else all(flags))
    content: float | None = None
    if same:
        words = content_words(statement, language) - content_words("\n".join(context), language)
        held = content_words(evidence, quote_language)
        content = len(words & held) / len(words) if words else 1.0
    if not quotes:
        content = 0.0
    return Support(missing_numbers, missing_names, wrong_negation, content)
