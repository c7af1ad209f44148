"""hit@k, recall@k, MRR and nDCG@k, computed by ir_measures.

A ranking is first written in terms of units (see ``eval.gold``): a hit that finds a unit gets the unit's id, everything else an id
of its own; a unit found twice counts once, at its first rank. A question without a ranking counts zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.figures import Pair
from eval.gold import Unit

OVERLAP = 0.5
"""Share of a gold span that a free chunk has to cover to count as a hit."""

CUTOFFS = (1, 3, 5, 10)


@dataclass(frozen=True)
class Ranked:
    """One result: a passage id for systems that return passages, else a span of a document."""

    document: str
    start: int
    end: int
    score: float
    passage: str | None = None


def covers(hit: Ranked, unit: Unit) -> bool:
    """Whether a result finds a unit: by passage id, or (a free chunk) by half of one of its gold spans."""
    if hit.passage is not None:
        return hit.passage in unit.passages
    return any(
        document == hit.document and min(end, hit.end) - max(start, hit.start) >= OVERLAP * (end - start) for document, start, end in unit.spans
    )


def unit_ranking(hits: Sequence[Ranked], units: Sequence[Unit]) -> list[str]:
    """The ranking as ids. A chunk that covers two units yields both, one after the other."""
    out: list[str] = []
    found: set[str] = set()
    for rank, hit in enumerate(hits):
        covered = [u.id for u in units if u.id not in found and covers(hit, u)]
        found.update(covered)
        out += covered or [f"~{rank}"]
    return out


def names(cutoffs: Sequence[int] = CUTOFFS) -> list[str]:
    """Names of the retrieval measures, in the order of the tables."""
    return [f"hit@{k}" for k in cutoffs] + ["recall@5", "recall@10", "mrr", "ndcg@10"]


def retrieval_values(
    rankings: Mapping[str, Sequence[Ranked]], units: Mapping[str, Sequence[Unit]], cutoffs: Sequence[int] = CUTOFFS
) -> dict[str, dict[str, Pair]]:
    """Measure name to item to value, for every item that has units; an item without a ranking gets 0.

    ``mrr`` looks at the whole ranking given (ten results as stored).
    """
    qrels = {item: {unit.id: 1 for unit in its} for item, its in units.items() if its}
    run = {item: as_scores(unit_ranking(rankings.get(item, ()), units[item])) for item in qrels}
    return ranking_values(run, qrels, cutoffs)


def as_scores(ranking: Sequence[str]) -> dict[str, float]:
    """A ranking as the scores that reproduce it, without ties."""
    return {doc: float(len(ranking) - rank) for rank, doc in enumerate(ranking)}


def ranking_values(
    run: Mapping[str, Mapping[str, float]], qrels: Mapping[str, Mapping[str, int]], cutoffs: Sequence[int] = CUTOFFS
) -> dict[str, dict[str, Pair]]:
    """The same from a plain run (item to document to score) and qrels; graded relevance counts in nDCG."""
    import ir_measures
    from ir_measures import RR, R, Success, nDCG

    measures = {f"hit@{k}": Success @ k for k in cutoffs} | {"recall@5": R @ 5, "recall@10": R @ 10, "mrr": RR, "ndcg@10": nDCG @ 10}
    values: dict[str, dict[str, Pair]] = {name: {item: (0.0, 1.0) for item in qrels} for name in measures}
    by_measure = {str(measure): name for name, measure in measures.items()}
    filled = {item: dict(docs) for item, docs in run.items() if docs and item in qrels}
    if filled:
        for metric in ir_measures.iter_calc(list(measures.values()), {q: dict(d) for q, d in qrels.items()}, filled):
            values[by_measure[str(metric.measure)]][metric.query_id] = (float(metric.value), 1.0)
    return values
