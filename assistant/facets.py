"""What passages and statements are, whatever is asked: arrays made once for a retriever, so that a question walks over nothing."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from assistant.slots import Slot, fills
from assistant.understand import QuestionType
from corpus.model import Authority, Kind, Passage, Stance, Statement, TextStatus
from corpus.precedence import officials_for
from corpus.store import Actor
from index.retriever import Retriever

POSITIONS = frozenset({Stance.STEUNT, Stance.STEUNT_ONDER_VOORWAARDE, Stance.BEZORGD, Stance.TEGEN, Stance.STELT_VOOR})
"""Stances that take a position; to ask or to note something is none."""
_HAS_NUMBER = re.compile(r"\d|\b(een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|helft|dubbele|kwart|honderden|miljoen\w*)\b", re.IGNORECASE)
_HAS_DATE = re.compile(
    r"\b(\d{4}|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|eind|begin|vanaf|sinds|jaar|kwartaal)\b", re.IGNORECASE
)
_HAS_DURATION = re.compile(r"\b(jaar|jaren|maand\w*|kwarta\w+|week|weken|dag|dagen|uur|termijn|duurt|lang)\b", re.IGNORECASE)
_HAS_NAME = re.compile(r"(?<!^)\b[A-Z][\w&’'-]+(?: [A-Z][\w’'-]+)*")
_HAS_REASON = re.compile(
    r"\b(omdat|want|door|doordat|daarom|wegens|zodat|reden|aangezien|immers|dus|om .{2,60} te|anders|gezien|opportuun|compenseert|bedoeld)\b", re.IGNORECASE
)


def fits(kind: QuestionType, statement: Statement) -> float:
    """How well a statement suits the type of question: 1 fits, 0 says nothing, negative does not fit."""
    nl = statement.texts.nl
    if kind is QuestionType.NUMBER:
        return 1.0 if re.search(r"\d", nl) else 0.4 if _HAS_NUMBER.search(nl) else -0.6
    if kind is QuestionType.DATE:
        return 1.0 if _HAS_DATE.search(nl) else -0.6
    if kind is QuestionType.DURATION:
        return 1.0 if _HAS_DURATION.search(nl) else -0.6
    if kind is QuestionType.PERSON:
        return 0.6 if _HAS_NAME.search(nl) else -0.2
    if kind is QuestionType.REASON:
        return 1.0 if statement.kind == "reden" or _HAS_REASON.search(nl) else 0.0
    if kind is QuestionType.ASKED:
        return 1.0 if statement.kind == "vraag" else -0.4
    if kind is QuestionType.POSITION:
        return 1.0 if statement.stance in POSITIONS else 0.0
    if kind is QuestionType.DEFINITION:
        return 0.6 if re.search(r"\b(is|zijn|betekent|staat voor|heet|omvat|bestaat uit)\b", nl) else 0.0
    return 0.0


def second_hand(passage: Passage) -> bool:
    """True for a digest of what the hearing report, which is held word for word, says itself."""
    return bool(passage.sources) and all(source.startswith("hoorzitting") for source in passage.sources)


class PassageFacets:
    """Properties of the passages, arrays of shape (passages,)."""

    def __init__(self, retriever: Retriever) -> None:
        pairs = retriever.passages
        self._corpus = retriever.corpus
        self._position = retriever.position
        self._pairs = pairs
        self.hearing = np.array([d.meta.kind is Kind.HOORZITTINGSVERSLAG for d, _ in pairs])
        self.opinion_digest = (np.array([p.authority is Authority.STANDPUNT for _, p in pairs]) & ~self.hearing) * 1.0
        self.draft = np.array([p.authority is Authority.ONTWERP for _, p in pairs]) * 1.0
        self.data_sources = np.array([p.section == "databronnen" for _, p in pairs]) * 1.0
        self.open_question = np.array([p.section == "onbekend" for _, p in pairs]) * 1.0
        self.second_hand = np.array([second_hand(p) for _, p in pairs]) * 1.0
        self.contradiction = np.array([p.section == "tegenspraak" for _, p in pairs]) * 1.0
        self.glossary = np.array([p.section in ("afkortingen", "slot") for _, p in pairs]) * 1.0
        self.question_act = np.array([p.speech_act == "vraag" for _, p in pairs]) * 1.0
        self._officials: dict[date, list[tuple[int, int]]] = {}

    @cached_property
    def same(self) -> list[tuple[int, int]]:
        """(position of a fact, position of the canonical fact that says the same)."""
        return [
            (n, self._position[self._corpus.fact(p.same_as)[1].id]) for n, (_, p) in enumerate(self._pairs) if p.same_as and self._corpus.has_fact(p.same_as)
        ]

    def officials(self, day: date) -> list[tuple[int, int]]:
        """(position of a digest, position of the official text of the same provision) on that day."""
        known = self._officials.get(day)
        if known is None:
            held = any(d.meta.text_status is TextStatus.OFFICIEEL for d in self._corpus.documents.values())
            known = [
                (n, self._position[text.id])
                for n, (d, p) in enumerate(self._pairs if held else ())
                if d.meta.text_status is TextStatus.SAMENVATTING and p.provision
                for text in officials_for(self._corpus, p, day)
            ]
            self._officials = {**dict(list(self._officials.items())[-30:]), day: known}
        return known


class StatementFacets:
    """Properties of the statements, arrays of shape (statements,) in the order of the corpus."""

    def __init__(self, retriever: Retriever) -> None:
        self.statements = retriever.corpus.statements
        self.question = np.array([s.kind == "vraag" for s in self.statements], dtype=bool)
        self.first = np.array([s.id.endswith("#1") for s in self.statements], dtype=bool)
        self.position = np.array([s.stance in POSITIONS for s in self.statements], dtype=bool)
        self.second_hand = np.array([second_hand(retriever.corpus.passage(s.passage)[1]) for s in self.statements], dtype=bool)
        self._speakers = np.array([s.speaker or "" for s in self.statements], dtype=str)
        self._behalf = np.array([s.on_behalf_of or "" for s in self.statements], dtype=str)
        self.spoken = self._speakers != ""
        self.for_others = self._behalf != ""
        self._concerns: dict[str, np.ndarray] = {}
        self._fits: dict[QuestionType, np.ndarray] = {}
        self._fills: dict[Slot, np.ndarray] = {}

    def by(self, names: Collection[str]) -> np.ndarray:
        """Which statements one of these persons makes."""
        return np.isin(self._speakers, list(names))

    def on_behalf_of(self, names: Collection[str]) -> np.ndarray:
        """Which statements give the view of one of these, whoever says so."""
        return np.isin(self._behalf, list(names))

    def concerns(self, actor: Actor) -> np.ndarray:
        """Which statements an actor makes, or are made in the actor's name, or name the actor."""
        if actor.key not in self._concerns:
            names = [n for n in (actor.name, actor.organisation) if n]
            named = np.array([any(n in s.texts.nl for n in names) for s in self.statements], dtype=bool)
            self._concerns[actor.key] = self.by([actor.name]) | self.on_behalf_of(names) | named
        return self._concerns[actor.key]

    def fits(self, kind: QuestionType) -> np.ndarray:
        """How well each statement suits the type of question; see :func:`fits`."""
        if kind not in self._fits:
            self._fits[kind] = np.array([fits(kind, s) for s in self.statements], dtype=float)
        return self._fits[kind]

    def fills(self, slot: Slot) -> np.ndarray:
        """Which statements hold something that could fill the slot."""
        if slot not in self._fills:
            self._fills[slot] = np.array([fills(slot, s.texts.nl) for s in self.statements], dtype=bool)
        return self._fills[slot]


_PASSAGES: WeakKeyDictionary[Retriever, PassageFacets] = WeakKeyDictionary()
_STATEMENTS: WeakKeyDictionary[Retriever, StatementFacets] = WeakKeyDictionary()


def passage_facets(retriever: Retriever) -> PassageFacets:
    """The properties of a retriever's passages, made on first use and gone with the retriever."""
    if retriever not in _PASSAGES:
        _PASSAGES[retriever] = PassageFacets(retriever)
    return _PASSAGES[retriever]


def statement_facets(retriever: Retriever) -> StatementFacets:
    """The properties of a retriever's statements, made on first use and gone with the retriever."""
    if retriever not in _STATEMENTS:
        _STATEMENTS[retriever] = StatementFacets(retriever)
    return _STATEMENTS[retriever]
