"""Compare two stored runs on the questions that both have, question by question."""

from __future__ import annotations

from dataclasses import dataclass

from eval.figures import Difference, holm, paired
from eval.measures import ALL
from eval.score import Scores

LOWER_IS_BETTER = frozenset(m.name for m in ALL if not m.higher_is_better)


@dataclass(frozen=True)
class Comparison:
    """Differences per measure, with p values corrected for their number, and the questions that changed."""

    differences: list[Difference]
    corrected: list[float]
    won: list[str]
    lost: list[str]
    only_a: int
    only_b: int


def compare(a: Scores, b: Scores) -> Comparison:
    """B against A: every measure per answer, and every retrieval system that both runs hold."""
    differences = []
    for measure in ALL:
        found = paired(measure.name, a.values[measure.name], b.values[measure.name])
        if found is not None:
            differences.append(found)
    for system, table in b.retrieval_values.items():
        for name, values in table.items():
            if system in a.retrieval_values:
                found = paired(f"retrieval:{system}/{name}", a.retrieval_values[system][name], values)
                if found is not None:
                    differences.append(found)
    shared = [i for i in a.verdicts if i in b.verdicts]
    return Comparison(
        differences,
        holm([d.p for d in differences]),
        [i for i in shared if b.verdicts[i].right and not a.verdicts[i].right],
        [i for i in shared if a.verdicts[i].right and not b.verdicts[i].right],
        len(a.verdicts) - len(shared),
        len(b.verdicts) - len(shared),
    )
