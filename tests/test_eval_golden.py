"""Retrieval figures against trec_eval: stored figures, pytrec_eval itself, and the published formulas."""

import json
import math
from pathlib import Path

import pytest

from eval.figures import ratio
from eval.formats import trec
from eval.measures.retrieval import names, ranking_values

GOLDEN = Path(__file__).parent / "data" / "eval_golden"
QRELS = trec.read_qrels(GOLDEN / "qrels")
RUN = trec.read_run(GOLDEN / "run")
EXPECTED = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", names())
def test_stored_figures_of_trec_eval(name: str) -> None:
    values = ranking_values(RUN, QRELS)[name]
    assert set(values) == set(QRELS)
    assert {q: v[0] for q, v in values.items()} == pytest.approx(EXPECTED[name], abs=5e-5)
    mean = ratio(name, values).value
    assert mean == pytest.approx(sum(EXPECTED[name].values()) / len(QRELS), abs=5e-5)


def test_pytrec_eval_says_the_same_now() -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval")
    theirs = pytrec_eval.RelevanceEvaluator(QRELS, {"recip_rank", "ndcg_cut.10"}).evaluate(RUN)
    ours = ranking_values(RUN, QRELS)
    for qid, scores in theirs.items():
        assert ours["mrr"][qid][0] == pytest.approx(scores["recip_rank"], abs=5e-5)
        assert ours["ndcg@10"][qid][0] == pytest.approx(scores["ndcg_cut_10"], abs=5e-5)


def test_a_question_without_ranking_counts_zero() -> None:
    silent = set(QRELS) - set(RUN)
    assert silent
    assert all(table[q] == (0.0, 1.0) for table in ranking_values(RUN, QRELS).values() for q in silent)


@pytest.mark.parametrize("qid", sorted(RUN))
def test_published_formulas(qid: str) -> None:
    order = [d for d, _ in sorted(RUN[qid].items(), key=lambda e: (e[1], e[0]), reverse=True)]
    gains = [max(QRELS[qid].get(d, 0), 0) for d in order]
    relevant = sum(v > 0 for v in QRELS[qid].values())
    values = {name: table[qid][0] for name, table in ranking_values(RUN, QRELS).items()}
    first = next((rank for rank, gain in enumerate(gains, start=1) if gain > 0), None)
    assert values["mrr"] == pytest.approx(1 / first if first else 0.0)
    for k in (1, 3, 5, 10):
        assert values[f"hit@{k}"] == float(any(gains[:k]))
    for k in (5, 10):
        assert values[f"recall@{k}"] == pytest.approx(sum(g > 0 for g in gains[:k]) / relevant)
    ideal = sorted((max(v, 0) for v in QRELS[qid].values()), reverse=True)

    def dcg(values: list[int]) -> float:
        return sum(g / math.log2(rank + 1) for rank, g in enumerate(values[:10], start=1))

    assert values["ndcg@10"] == pytest.approx(dcg(gains) / dcg(ideal))
