"""The measures, one family a module; ``ALL`` is the registry in the order of the tables."""

from __future__ import annotations

from eval.measures import attribution, citations, crag, dialogue, facts, premises, quotes, right, status
from eval.measures.base import Case, Measure

ALL: list[Measure] = [
    *right.MEASURES,
    *crag.MEASURES,
    *status.MEASURES,
    *facts.MEASURES,
    *citations.MEASURES,
    *quotes.MEASURES,
    *attribution.MEASURES,
    *premises.MEASURES,
    *dialogue.MEASURES,
]

__all__ = ["ALL", "Case", "Measure"]
