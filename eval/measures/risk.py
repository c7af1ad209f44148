"""Selective answering: the risk-coverage curve, and AUROC of the confidence.

The contract has no field for confidence, so the score of the best retrieved passage stands for it; the curve tells what a
threshold on that score would buy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.figures import Array, Figure, statistic
from eval.measures.base import Case
from eval.measures.right import judge


def confidence(case: Case) -> float | None:
    """Score of the best retrieved passage; None without any."""
    if case.answer is None or not case.answer.retrieved:
        return None
    return max(r.score for r in case.answer.retrieved)


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """Points (coverage, risk): answering the c most confident of n items, the share of wrong ones among them.

    Equal confidences enter together, so the curve does not depend on the order of the items.
    """
    order = sorted(range(len(confidences)), key=lambda i: -confidences[i])
    points: list[tuple[float, float]] = []
    wrong = 0
    for rank, index in enumerate(order, start=1):
        wrong += not right[index]
        if rank == len(order) or confidences[order[rank]] != confidences[index]:
            points.append((rank / len(order), wrong / rank))
    return points


def aurc(rows: Array) -> float | None:
    """Area under the risk-coverage curve of rows (confidence, right), by the trapezium rule from the first point; lower is better."""
    points = risk_coverage(list(rows[:, 0]), [bool(v) for v in rows[:, 1]])
    if len(points) < 2:
        return points[0][1] if points else None
    x, y = np.array(points).T
    return float((np.trapezoid(y, x) + y[0] * x[0]) / x[-1])


def auroc(rows: Array) -> float | None:
    """Chance that a positive has a higher confidence than a negative, ties half (Mann-Whitney); rows (confidence, positive).

    None when there is only one class.
    """
    scores, positive = rows[:, 0], rows[:, 1] > 0.5
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return None
    order = np.argsort(scores, kind="stable")
    values = scores[order]
    ranks = np.empty(len(scores))
    _, first, counts = np.unique(values, return_index=True, return_counts=True)
    for start, count in zip(first, counts, strict=True):
        ranks[order[start : start + count]] = start + (count + 1) / 2
    return float((ranks[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def risk_figures(cases: Sequence[Case]) -> list[Figure]:
    """AUROC of answerable against unanswerable, AUROC of right against wrong among committed answers, and AURC of the latter."""
    scored = [(c, s) for c in cases if (s := confidence(c)) is not None]
    committed = [[s, float(judge(c).right)] for c, s in scored if c.commits]
    return [
        statistic("auroc_answerable", [[s, float(c.gold.answerable)] for c, s in scored], auroc),
        statistic("auroc_right", committed, auroc),
        statistic("aurc", committed, aurc),
    ]


def curve(cases: Sequence[Case]) -> list[tuple[float, float]]:
    """The risk-coverage curve of the committed answers, coverage over all of them."""
    scored = [(s, judge(c).right) for c in cases if c.commits and (s := confidence(c)) is not None]
    return risk_coverage([s for s, _ in scored], [r for _, r in scored])
