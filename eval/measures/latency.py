"""Latency per stage, from the timings that every answer carries."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from eval.figures import Array, Figure, statistic
from eval.measures.base import Case


def stages(cases: Iterable[Case]) -> dict[str, list[float]]:
    """Milliseconds per stage over all stored answers; ``total`` first."""
    out: dict[str, list[float]] = {"total": []}
    for case in cases:
        for stage, value in (case.answer.timings_ms if case.answer else {}).items():
            out.setdefault(stage, []).append(float(value))
    return {stage: values for stage, values in out.items() if values}


def quantile(q: float) -> Callable[[Array], float | None]:
    """The statistic that takes a quantile of the first column."""
    return lambda rows: float(np.quantile(rows[:, 0], q))


def latency_figures(cases: Iterable[Case]) -> list[Figure]:
    """p50 and p95 of every stage, in milliseconds."""
    figures = []
    for stage, values in stages(cases).items():
        for label, q in (("p50", 0.5), ("p95", 0.95)):
            figures.append(statistic(f"latency_{stage}_{label}", [[v] for v in values], quantile(q), unit="ms"))
    return figures
