"""False premises: whether the answer corrects them."""

from __future__ import annotations

from eval.dataset import QuestionType
from eval.figures import Pair
from eval.matching import contains_any
from eval.measures.base import Case, Measure, flag


def premise_corrected(case: Case) -> Pair | None:
    """Whether a wording of the correction is in the answer and nothing forbidden is (any status)."""
    if case.item.type is not QuestionType.FALSE_PREMISE and not case.gold.corrects:
        return None
    return flag(
        contains_any(case.text, case.gold.corrects, case.language) and not contains_any(case.text, case.gold.forbidden, case.language)
    )


MEASURES = [Measure("premise_corrected", "Share of false premises that the answer corrects in words.", premise_corrected)]
