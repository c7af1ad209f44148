"""Fact recall and the length of answers."""

from __future__ import annotations

from eval.figures import Pair
from eval.matching import contains_any
from eval.measures.base import Case, Measure, share


def fact_recall(case: Case) -> Pair | None:
    """Share of the gold facts that stand in the answer's prose; a missing or declining answer has none."""
    if not case.gold.answerable:
        return None
    return share([contains_any(case.text, wordings, case.language) for wordings in case.gold.facts])


def fact_recall_shown(case: Case) -> Pair | None:
    """Share of the gold facts in the prose or in the quotes below it, which a reader also sees (quotes are Dutch)."""
    if not case.gold.answerable:
        return None
    quotes = "\n".join(c.quote for c in case.answer.citations) if case.answer else ""
    return share(
        [contains_any(case.text, w, case.language) or contains_any(quotes, w, "nl") for w in case.gold.facts],
    )


def length(case: Case) -> Pair | None:
    """Characters of an answer with content, without markers."""
    return (float(len(case.text.strip())), 1.0) if case.commits else None


MEASURES = [
    Measure("fact_recall", "Share of the gold facts in the answer's prose, mean over answerable questions with facts.", fact_recall),
    Measure("fact_recall_shown", "The same, counting the quotes shown under the answer.", fact_recall_shown),
    Measure("answer_length", "Mean length of answers with content, without markers.", length, unit="characters", higher_is_better=False),
]
