"""Actor by theme: stances, counts, what was not said, agreement, and who asked and answered.

A statement has one main theme and may touch others. Its stance holds for the main theme, so only
positions on the main theme give a cell its stances. What a speaker tells as somebody else's view
counts as a side mention too. A cell with nothing but side mentions says so, and only a cell that no statement of the actor touches is "not said in this report".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.positions.model import AGAINST, FOR, STANCE_ORDER, TAKING_SIDES, Holder, Position, holders, position, roster, topics_in_order
from corpus.model import Stance, Statement
from corpus.store import Actor, Corpus
from index.mentions import mentioned

MIXED, ASIDE, NOTHING = "gemengd", "zijdelings", "niet_gezegd"


@dataclass(frozen=True)
class Cell:
    """What one actor says on one theme: positions with it as main theme, and those that only touch it."""

    actor: str
    topic: str
    main: tuple[Position, ...] = ()
    aside: tuple[Position, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many positions a stance has, in a fixed order; main theme only."""
        found = Counter(p.stance for p in self.main)
        return {s.value: found[s.value] for s in STANCE_ORDER if found[s.value]}

    @property
    def stance(self) -> str:
        """The word for the whole cell.

        ``gemengd`` when it holds both support and concern; otherwise the most frequent stance that takes
        sides, then a proposal, then what occurs most; ``zijdelings`` or ``niet_gezegd`` without positions.
        """
        counts = self.counts
        if not counts:
            return ASIDE if self.aside else NOTHING
        sides = {s: n for s, n in counts.items() if s in _SIDES}
        if any(s in _FOR for s in sides) and any(s in _AGAINST for s in sides):
            return MIXED
        if sides:
            return max(sides, key=lambda s: sides[s])
        if Stance.STELT_VOOR.value in counts:
            return Stance.STELT_VOOR.value
        return max(counts, key=lambda s: counts[s])


_SIDES, _FOR, _AGAINST = (frozenset(s.value for s in group) for group in (TAKING_SIDES, FOR, AGAINST))


@dataclass(frozen=True)
class Agreement:
    """Who stands where on a theme, by name: in favour, concerned or against, both, or only proposing.

    ``joined``: (who, whom) for those who say in so many words that they agree with another. Stances belong
    to single points: somebody can support what another is concerned about in other words.
    """

    topic: str
    voor: tuple[str, ...]
    tegen: tuple[str, ...]
    gemengd: tuple[str, ...]
    stelt_voor: tuple[str, ...]
    joined: tuple[tuple[str, str], ...] = ()

    @property
    def verdict(self) -> str:
        """How the stances lie.

        ``oneens``: somebody is in favour and somebody else, whom he or she does not join, concerned or against.
        ``eens``: at least two, all on one side. Else ``""``: read the quotes.
        """
        apart = [(a, b) for a in self.voor for b in self.tegen if (a, b) not in self.joined and (b, a) not in self.joined]
        if apart:
            return "oneens"
        if not self.gemengd and (len(self.voor) > 1 or len(self.tegen) > 1) and not (self.voor and self.tegen):
            return "eens"
        return ""


@dataclass(frozen=True)
class Question:
    """A question with whom it was put to and the answers that the report gives on the same theme."""

    position: Position
    answers: tuple[Position, ...]

    @property
    def answered_by(self) -> list[str]:
        """Who answered, in the order of the report."""
        return list(dict.fromkeys(p.who for p in self.answers))


@dataclass
class Matrix:
    """Cells by (actor name, theme), with agreement and questions by theme."""

    actors: list[Actor]
    topics: list[str]
    cells: dict[tuple[str, str], Cell]
    agreement: dict[str, Agreement] = field(default_factory=dict)
    questions: dict[str, list[Question]] = field(default_factory=dict)

    def cell(self, actor: str, topic: str) -> Cell:
        """The cell; an empty one when nothing was said."""
        return self.cells.get((actor, topic)) or Cell(actor, topic)

    def positions(self, topic: str) -> list[Position]:
        """All positions with ``topic`` as main theme, by actor."""
        return [p for a in self.actors for p in self.cell(a.name, topic).main]


def matrix(corpus: Corpus, actors: Sequence[Actor] = (), topics: Sequence[str] = (), language: str = "nl") -> Matrix:
    """The matrix of the given actors and themes (ids), by default of everybody and every theme with a position."""
    everyone = list(holders(corpus))
    who = [a for a in roster(corpus) if a.name in {x.name for x in actors}] if actors else _speaking(corpus, everyone)
    names = {a.name for a in who}
    touched = [t for h in everyone if h.actor.name in names for t in h.statement.topics]
    themes = topics_in_order(corpus, [t for t in topics] if topics else touched)
    main: dict[tuple[str, str], list[Position]] = {}
    aside: dict[tuple[str, str], list[Position]] = {}
    for h in everyone:
        if h.actor.name not in names or not set(h.statement.topics) & set(themes):
            continue
        p = position(corpus, h, language)
        for topic in h.statement.topics:
            target = main if topic == h.topic and not h.reported else aside
            target.setdefault((h.actor.name, topic), []).append(p)
    cells = {
        (a.name, t): Cell(a.name, t, tuple(main.get((a.name, t), ())), tuple(aside.get((a.name, t), ())))
        for a in who
        for t in themes
        if (a.name, t) in main or (a.name, t) in aside
    }
    out = Matrix(who, themes, cells)
    for topic in themes:
        out.agreement[topic] = _agreement(out, topic)
        out.questions[topic] = questions(corpus, topic, everyone, language, names)
    return out


def _speaking(corpus: Corpus, everyone: Sequence[Holder]) -> list[Actor]:
    named = {h.actor.name for h in everyone}
    return [a for a in roster(corpus) if a.name in named]


def leaning(stances: Sequence[str]) -> str:
    """voor, tegen, gemengd or stelt_voor for the stances of one actor on one theme; empty when none takes sides."""
    pro, con = any(s in _FOR for s in stances), any(s in _AGAINST for s in stances)
    if pro and con:
        return MIXED
    if pro or con:
        return "voor" if pro else "tegen"
    return Stance.STELT_VOOR.value if Stance.STELT_VOOR.value in stances else ""


def _agreement(own: Matrix, topic: str) -> Agreement:
    groups: dict[str, list[str]] = {"voor": [], "tegen": [], MIXED: [], Stance.STELT_VOOR.value: []}
    joined: list[tuple[str, str]] = []
    for a in own.actors:
        cell = own.cell(a.name, topic)
        side = leaning([p.stance for p in cell.main])
        if side:
            groups[side].append(short_name(a))
        joined += [(short_name(a), short_name(b)) for p in cell.main for b in _joins(p, a, own.actors)]
    return Agreement(
        topic, tuple(groups["voor"]), tuple(groups["tegen"]), tuple(groups[MIXED]), tuple(groups[Stance.STELT_VOOR.value]), tuple(dict.fromkeys(joined))
    )


def short_name(actor: Actor) -> str:
    """Organisation, or the person with the party: how a column is headed."""
    return actor.organisation or (f"{actor.name} ({actor.party})" if actor.party else actor.name)


_JOINS = re.compile(r"(?<!\w)(sl(uit|oot|uiten) zich aan|beaam\w*|onderschrij\w*|is het .{0,40}eens|deelt)(?!\w)", re.IGNORECASE)


def _joins(p: Position, speaker: Actor, actors: Sequence[Actor]) -> list[Actor]:
    """Whom a position agrees with in so many words: a verb of agreement and a name in the quote itself."""
    quotes = " ".join(c.quote for c in p.citations)
    return [a for a in mentioned(quotes, actors) if a.name != speaker.name] if _JOINS.search(quotes) else []


def questions(corpus: Corpus, topic: str, everyone: Sequence[Holder] | None = None, language: str = "nl", names: set[str] | None = None) -> list[Question]:
    """Questions with ``topic`` as main theme, put by or answered by ``names`` (default: anybody).

    An answer is a statement that is marked as answering the question's passage and that shares a theme
    with the question: one passage often holds questions on several themes.
    """
    everyone = list(holders(corpus)) if everyone is None else everyone
    out = []
    for q in everyone:
        if q.stance is not Stance.VRAAGT or q.topic != topic:
            continue
        answers = [h for h in everyone if q.statement.passage in h.statement.answers and _shares(q.statement, h.statement)]
        if names is None or q.actor.name in names or any(h.actor.name in names for h in answers):
            out.append(Question(position(corpus, q, language), tuple(position(corpus, h, language) for h in answers)))
    return out


def _shares(question: Statement, answer: Statement) -> bool:
    return bool(set(question.topics) & set(answer.topics))
