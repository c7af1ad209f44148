"""Dialogues: turns right, and whole dialogues right."""

from __future__ import annotations

from collections.abc import Iterable

from eval.figures import Pair, question_of
from eval.measures.base import Case, Measure, flag
from eval.measures.right import judge


def turn_right(case: Case) -> Pair | None:
    """Whether one turn of a dialogue is right."""
    return flag(judge(case).right) if case.item.turn is not None else None


def follow_up_right(case: Case) -> Pair | None:
    """The same for turns after the first, which need what was said before."""
    return flag(judge(case).right) if case.item.turn else None


def dialogues_right(cases: Iterable[Case]) -> dict[str, Pair]:
    """For each dialogue, whether every scored turn is right."""
    out: dict[str, bool] = {}
    for case in cases:
        if case.item.turn is not None:
            key = question_of(case.item.id)
            out[key] = out.get(key, True) and judge(case).right
    return {key: flag(value) for key, value in out.items()}


MEASURES = [
    Measure("turn_right", "Share of scored dialogue turns with a right answer.", turn_right),
    Measure("follow_up_right", "The same for turns after the first.", follow_up_right),
]
