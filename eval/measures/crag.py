"""CRAG score (Yang et al. 2024): +1 right, +0.5 acceptable, 0 declined, -1 wrong; the mean lies between -1 and 1."""

from __future__ import annotations

from assistant.answer import Status
from eval.figures import Pair
from eval.measures.base import Case, Measure
from eval.measures.right import acceptable, judge


def crag(case: Case) -> Pair:
    """One answer's score. Declining where that is accepted is right; a missing answer or an error is as silent as declining: 0."""
    verdict = judge(case)
    if verdict.right:
        return (1.0, 1.0)
    if case.declines or case.status is Status.ERROR:
        return (0.0, 1.0)
    return (0.5 if acceptable(case, verdict) else -1.0, 1.0)


MEASURES = [Measure("crag", "Mean of +1 right, +0.5 acceptable (half of the facts or more), 0 declined or missing, -1 wrong.", crag, unit="score")]
