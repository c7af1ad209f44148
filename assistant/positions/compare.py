"""Two to four actors on one theme, side by side, with their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.positions.matrix import Cell, Question, leaning, matrix, short_name
from assistant.positions.model import STANCE_ORDER, TAKING_SIDES, Position, topic_label
from corpus.errors import UsageError
from corpus.model import Stance
from corpus.store import Actor, Corpus

FEWEST, MOST = 2, 4
_RANK = {s.value: i for i, s in enumerate((*TAKING_SIDES, Stance.STELT_VOOR, Stance.VRAAGT, Stance.STELT_VAST))}


@dataclass(frozen=True)
class Column:
    """One actor in a comparison."""

    actor: Actor
    cell: Cell

    @property
    def who(self) -> str:
        """Organisation, or the person with the party."""
        return short_name(self.actor)

    @property
    def leaning(self) -> str:
        """voor, tegen, gemengd, stelt_voor or empty: where the actor stands on the theme."""
        return leaning([p.stance for p in self.cell.main])

    @property
    def positions(self) -> list[Position]:
        """Main theme before side mentions; what takes sides first."""
        order = sorted(self.cell.main, key=lambda p: _RANK[p.stance])
        return order + sorted(self.cell.aside, key=lambda p: _RANK[p.stance])

    def key(self, count: int = 2) -> list[Position]:
        """The ``count`` most telling positions: different stances first, then the next ones."""
        telling: list[Position] = []
        for p in self.positions:
            if p.stance not in {t.stance for t in telling}:
                telling.append(p)
        rest = [p for p in self.positions if p not in telling]
        return (telling + rest)[:count]


@dataclass(frozen=True)
class Comparison:
    """Actors side by side on one theme, with the questions that they put or answered."""

    topic: str
    label: str
    columns: tuple[Column, ...]
    questions: tuple[Question, ...]

    @property
    def shared(self) -> list[str]:
        """Stances that every actor takes on the theme as main theme, in a fixed order."""
        taken = [set(c.cell.counts) for c in self.columns]
        return [s.value for s in STANCE_ORDER if all(s.value in t for t in taken)]

    @property
    def silent(self) -> list[str]:
        """Actors who say nothing on the theme in this report."""
        return [c.who for c in self.columns if not c.cell.main and not c.cell.aside]

    @property
    def differs(self) -> bool:
        """True when the actors do not all lean the same way."""
        return len({c.leaning for c in self.columns}) > 1


def compare_positions(corpus: Corpus, actors: Sequence[Actor], topic: str, language: str = "nl") -> Comparison:
    """Put two to four actors side by side on one theme.

    Args:
        actors: of ``corpus.actors`` (see ``assistant.positions.resolve.resolve_actors`` for names as typed).
        topic: id of the theme.

    Raises:
        UsageError: fewer than two or more than four different actors, or an unknown theme.
    """
    names = dict.fromkeys(a.name for a in actors)
    if not FEWEST <= len(names) <= MOST:
        raise UsageError(f"Een vergelijking gaat over {FEWEST} tot {MOST} verschillende actoren, niet over {len(names)}.", "Noem ze elk met --actor.")
    if topic not in corpus.topics:
        raise UsageError(f"Het thema '{topic}' staat niet in de lijst.", f"Kies uit: {', '.join(corpus.topics)}.")
    own = matrix(corpus, actors, [topic], language)
    by_name = {a.name: a for a in own.actors}
    columns = tuple(Column(by_name[n], own.cell(n, topic)) for n in names)
    return Comparison(topic, topic_label(corpus, topic, language), columns, tuple(own.questions[topic]))
