"""What a measure is: a name, a definition, and a function from one case to (numerator, denominator)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from assistant.answer import Answer, Status
from corpus.store import Corpus
from eval.dataset import ANSWERING, Gold, Item
from eval.figures import Pair
from eval.gold import Unit
from eval.normalise import plain


@dataclass(frozen=True)
class Case:
    """One item with its gold, the stored answer (None when the run has none) and the corpus it is checked against."""

    item: Item
    gold: Gold
    answer: Answer | None
    corpus: Corpus
    units: tuple[Unit, ...] = field(default=())

    @property
    def language(self) -> str:
        """The question's language, in which gold wordings are written."""
        return self.item.parent.language

    @property
    def status(self) -> Status:
        """The answer's status; a missing answer is an error."""
        return Status.ERROR if self.answer is None else self.answer.status

    @property
    def text(self) -> str:
        """The answer's prose without markers and markdown, empty when there is none."""
        return "" if self.answer is None else plain(self.answer.answer)

    @property
    def commits(self) -> bool:
        """Whether the answer commits itself to content."""
        return self.status in ANSWERING

    @cached_property
    def declines(self) -> bool:
        """Whether the assistant chose not to answer (an error is no choice)."""
        return self.status in (Status.CLARIFY, Status.NO_EVIDENCE, Status.OUT_OF_SCOPE, Status.REFUSED)


@dataclass(frozen=True)
class Measure:
    """A described measure. ``value`` returns None where the measure does not apply to the case."""

    name: str
    definition: str
    value: Callable[[Case], Pair | None]
    unit: str = "ratio"
    higher_is_better: bool = True


def share(flags: list[bool]) -> Pair | None:
    """The mean of flags as one item's value; None without flags."""
    return (sum(flags) / len(flags), 1.0) if flags else None


def flag(value: bool) -> Pair:
    """One item's yes or no."""
    return (1.0 if value else 0.0, 1.0)
