"""Status accuracy, how well the assistant declines, and whether it answers in the right language."""

from __future__ import annotations

from eval.figures import Pair
from eval.measures.base import Case, Measure, flag


def status_accuracy(case: Case) -> Pair:
    """Whether the status is one of those that the gold accepts."""
    return flag(case.status in case.gold.status)


def refusal_precision(case: Case) -> Pair | None:
    """Of the answers that decline: whether the gold accepts declining."""
    return flag(case.status in case.gold.status) if case.declines else None


def refusal_recall(case: Case) -> Pair | None:
    """Of the questions that have no answer: whether the assistant declined."""
    return flag(case.declines) if not case.gold.answerable else None


def answered_rate(case: Case) -> Pair | None:
    """Of the questions that have an answer: whether one with content was given (right or wrong)."""
    return flag(case.commits) if case.gold.answerable else None


def language_accuracy(case: Case) -> Pair | None:
    """Whether the answer is in the question's language; not for an empty answer."""
    return flag(case.answer.language == case.language) if case.answer is not None and case.text.strip() else None


MEASURES = [
    Measure("status_accuracy", "Share of answers with an accepted status; a missing answer is wrong.", status_accuracy),
    Measure("refusal_precision", "Of the declining answers, the share where that very way of declining is accepted.", refusal_precision),
    Measure("refusal_recall", "Of the questions without an answer, the share that was declined.", refusal_recall),
    Measure("answered_rate", "Of the questions with an answer, the share that got content.", answered_rate),
    Measure("language_accuracy", "Share of answers in the question's language.", language_accuracy),
]
