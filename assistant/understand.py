"""What a question asks: language, actors, type, the part of time and the kind of source it is about.

Rules over words, no model: the same question always gives the same reading, and each reading can be
explained. Nothing here decides what the answer is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from assistant.language import detect
from corpus.store import Actor, Corpus
from index.mentions import mentioned
from index.text import fold


class QuestionType(StrEnum):
    """What sort of thing would answer the question."""

    NUMBER = "number"
    DATE = "date"
    DURATION = "duration"
    PERSON = "person"
    REASON = "reason"
    PLACE = "place"
    DEFINITION = "definition"
    POSITION = "position"
    COMPARISON = "comparison"
    LIST = "list"
    ASKED = "asked"
    ANSWERED = "answered"
    YES_NO = "yes_no"
    OPEN = "open"


_TYPES: tuple[tuple[QuestionType, str], ...] = (
    (
        QuestionType.COMPARISON,
        r"\b(verschil\w*|vergelijk\w*|tegenover elkaar|eens met elkaar|(zijn|is) .{0,60}\bhet eens\b|difference|differ|compare|agree with each|différence|diffèrent|comparer"
        r"|unterschied\w*|unterscheiden|vergleich\w*)\b",
    ),
    (
        QuestionType.ASKED,
        r"\b(vroeg|vraagt|vragen stelde|stelde .{0,30}vra\w+|wilde .{0,40} weten|wou .{0,40} weten|wilde weten|asked|wanted to know|demandé|voulait savoir|fragte|wollte .{0,40}wissen)\b",
    ),
    (
        QuestionType.DURATION,
        r"\b(hoelang|hoe lang|hoeveel tijd|tot hoelang|how long|combien de temps|quelle durée|wie lange|binnen welke termijn|welke termijn|hoeveel (jaar|maanden|kwartalen|weken|dagen))\b",
    ),
    (
        QuestionType.NUMBER,
        r"\b(hoeveel|hoe hoog|hoe groot|hoeveelste|welk percentage|welk aandeel|welk bedrag|welke bedragen|welk cijfer|welke cijfers|welk artikel|aantal|how (many|much|high|large)|what percentage"
        r"|combien|quel (pourcentage|montant|est le montant|taux|article)|quelle (somme|part)|wie ?viele?|wie hoch|welcher (betrag|prozentsatz|anteil|artikel)|which article)\b",
    ),
    (
        QuestionType.DATE,
        r"\b(wanneer|sinds wanneer|welke datum|welke dag|welk jaar|welke maand|vanaf wanneer|tot wanneer|when|what date|which (year|date|day)|quand|quelle date|quelle année|depuis quand|wann|welchem (datum|jahr|tag)|seit wann)\b",
    ),
    (
        QuestionType.REASON,
        r"\b(waarom|hoezo|om welke reden|wat is de reden|waardoor|why|what is the reason|pourquoi|pour quelle raison|warum|wieso|weshalb|aus welchem grund)\b",
    ),
    (
        QuestionType.DEFINITION,
        r"\b(wat (is|zijn|betekent|betekenen|houdt)|waarvoor staat|waar staat .{1,40} voor|wat wil .{1,40} zeggen|definitie|what (is|are|does) .{1,60}|what's|qu'est-ce que|c'est quoi|que signifie|que veut dire|was (ist|sind|bedeutet|heißt))\b",
    ),
    (
        QuestionType.PERSON,
        r"\b(wie|van wie|door wie|welke (spreker|organisatie|persoon|partij|minister|volksvertegenwoordiger|parlementslid)|who|whose|which (speaker|organi[sz]ation|party)|qui|quel(le)? (orateur|organisation|parti)|wer|wem|von wem|welche (organisation|partei))\b",
    ),
    (
        QuestionType.POSITION,
        r"\b(vind(t|en)|denk(t|en)|standpunt\w*|mening\w*|opinie|oordee?l\w*|staat .{1,60} (tegenover|achter)|voor of tegen|voorstander|tegenstander|kijk(t|en) .{1,60} naar|bezorg\w*|vrees\w*|bang|pleit\w*|positie"
        r"|think|view|opinion|position|stance|in favou?r|worried|concern\w*|pense|avis|point de vue|inqui\w+|denkt|meinung|standpunkt|haltung|sorge\w*)\b",
    ),
    (QuestionType.LIST, r"\b(welke|noem|som op|opsomming|lijst|which|list|name the|quels|quelles|énumér\w+|nenne|welche|zähle)\b"),
    (QuestionType.PLACE, r"^(waar\b|where\b|où\b|wo\b)"),
    (
        QuestionType.YES_NO,
        r"^(is|zijn|was|waren|kan|kun|kunnen|mag|mogen|moet|moeten|heeft|heb|hebben|krijg\w*|wordt|worden|gaat|zal|bestaat|geldt|telt|komt|valt|hoef\w*|can|may|must|do|does|did|are|will|has|have|should|est-ce|peut|peut-on|dois|puis-je"
        r"|y a-t-il|kann|darf|muss|ist|sind|hat|gibt|bekomm\w*|gilt)\b",
    ),
)
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _TYPES)

_HEARING = re.compile(
    r"\b(hoorzitting\w*|verslag|commissie\w*|spreker\w*|sprak|spraken|gezegd|zei|zeiden|parlementslid|parlementsleden|volksvertegenwoordiger\w*|leden van het parlement|tussenkomst\w*|voorontwerp\w*|"
    r"hearing|speaker\w*|said|member of parliament|preliminary draft|draft decree|audition|orateur\w*|avant-projet|parlementaire|anhörung|redner\w*|sprecher\w*|vorentwurf\w*|ausschuss\w*|commission)\b",
    re.IGNORECASE,
)
_LAW = re.compile(
    r"\b(decreet\w*|besluit\w*|wet|wettelijk\w*|regelgeving|recht op|heb ik recht|verplicht\w*|geldt|gelden|vandaag|tegenwoordig|op dit moment|nu nog|momenteel|huidig\w*|voorwaarde\w*|aanvra\w*|law|legal|decree|currently|today|"
    r"eligible|entitled|décret|arrêté|légal\w*|aujourd'hui|droit à|actuellement|gesetz\w*|dekret\w*|erlass|heute|anspruch|aktuell)\b",
    re.IGNORECASE,
)
_DRAFT = re.compile(r"\b(voorontwerp\w*|ontwerp\w*|preliminary draft|draft|avant-projet|projet de décret|vorentwurf\w*|entwurf\w*)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(19[89]\d|20[0-4]\d)\b")
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")


@dataclass(frozen=True)
class Reading:
    """A question, read."""

    text: str
    language: str
    types: tuple[QuestionType, ...]
    actors: tuple[Actor, ...]
    hearing: bool
    law: bool
    draft: bool
    years: tuple[int, ...]
    numbers: tuple[str, ...]
    expansion: str
    foreign: tuple[str, ...] = ()
    foreign_place: tuple[str, ...] = ()
    follow_up: bool = False
    same_subject: bool = False
    """It asks something else about what was just answered."""
    conversation: str = ""
    """A follow-up with the questions before it, which is what is embedded then."""

    def embedded(self, query: str) -> str:
        """The text whose meaning is searched for; its words are those of ``query``."""
        return self.conversation or query

    @property
    def type(self) -> QuestionType:
        """The most telling type."""
        return self.types[0]


@lru_cache(maxsize=1)
def lexicon() -> dict[str, Any]:
    """Synonyms and foreign subjects."""
    data: dict[str, Any] = yaml.load((files("assistant") / "lexicon.yaml").read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data


def question_types(text: str) -> tuple[QuestionType, ...]:
    """All types that the words of the question point to, the most telling first; OPEN when none does."""
    stripped = text.strip()
    found = [kind for kind, pattern in _COMPILED if pattern.search(stripped)]
    return tuple(found) or (QuestionType.OPEN,)


@lru_cache(maxsize=1)
def _spoken() -> tuple[re.Pattern[str], dict[str, str]]:
    table = {str(k): str(v) for k, v in lexicon()["spoken"].items()}
    words = "|".join(sorted(map(re.escape, table), key=len, reverse=True))
    return re.compile(rf"(?<![\w'’-])({words})(?![\w'’-])", re.IGNORECASE), table


def written_out(text: str) -> str:
    """Dutch chat language in ordinary words (``kheb`` is ``ik heb``); other text as it is."""
    pattern, table = _spoken()
    return pattern.sub(lambda m: table[m.group().lower()], text)


@lru_cache(maxsize=1)
def _synonym_patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(r"(?<!\w)" + re.escape(fold(word)) + r"(?!\w)"), target) for target, own in lexicon()["synonyms"].items() for word in own]


def expansion_of(text: str) -> str:
    """Words of the documents for the lay words in ``text``."""
    folded = fold(text)
    found: dict[str, None] = {}
    for pattern, target in _synonym_patterns():
        if pattern.search(folded):
            found[target] = None
    return " ".join(found)


@lru_cache(maxsize=4)
def _name_patterns(group: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(r"(?<!\w)" + re.escape(fold(word)) + r"(?!\w)"), word) for word in lexicon()[group]]


def _named(text: str, group: str) -> tuple[str, ...]:
    """Other laws and schemes (``other_law``) or countries and regions (``other_country``) that the question names."""
    folded = fold(text)
    return tuple(word for pattern, word in _name_patterns(group) if pattern.search(folded))


_PAST = re.compile(r"\b(gold|golden|bestond|bestonden|was van toepassing|applied|s'appliquai\w+|existait|galt|galten)\b", re.IGNORECASE)


def day_asked(reading: Reading, today: date) -> date:
    """The day for which the answer must hold: the end of the year that a question about the past names, else ``today``."""
    if len(reading.years) == 1 and _PAST.search(reading.text) and not reading.hearing:
        return min(date(reading.years[0], 12, 31), today)
    return today


def read(text: str, corpus: Corpus, language: str | None = None) -> Reading:
    """Read a question. ``language`` overrules what is detected."""
    code = language or detect(text)
    actors = tuple(mentioned(text, corpus.actors))
    return Reading(
        text=text,
        language=code,
        types=question_types(text),
        actors=actors,
        hearing=bool(_HEARING.search(text)) or bool(actors),
        law=bool(_LAW.search(text)),
        draft=bool(_DRAFT.search(text)),
        years=tuple(int(y) for y in _YEAR.findall(text)),
        numbers=tuple(_NUMBER.findall(text)),
        expansion=expansion_of(text) if code == "nl" else "",
        foreign=_named(text, "other_law"),
        foreign_place=_named(text, "other_country"),
    )
