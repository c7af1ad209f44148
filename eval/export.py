"""A scored run in the formats that others read."""

from __future__ import annotations

from pathlib import Path

from assistant.answer import Status
from eval.baselines import USUAL
from eval.errors import EvalUsageError
from eval.formats import beir, junit, records, trec
from eval.measures.retrieval import as_scores, unit_ranking
from eval.score import ASSISTANT, Scores

KINDS = ("trec", "beir", "junit", *records.FORMATS)


def to_records(scores: Scores) -> list[records.Record]:
    """One record an item. The reference is the gold's first wording of every fact; a declining answer is empty in SQuAD's sense."""
    out = []
    for case in scores.cases:
        answer = case.answer
        declined = case.status not in (Status.ANSWERED, Status.PARTIAL)
        texts = []
        for unit in case.units:
            for document, start, end in unit.spans:
                texts.append(case.corpus.document(document).text[start:end])
        out.append(
            records.Record(
                id=case.item.id,
                question=case.item.question,
                answer="" if declined or answer is None else answer.answer,
                contexts=tuple(r.text for r in answer.retrieved) if answer else (),
                reference="; ".join(f[0] for f in case.gold.facts),
                reference_contexts=tuple(texts),
                status=str(case.status),
                right="1" if scores.verdicts[case.item.id].right else "0",
            )
        )
    return out


def to_junit(scores: Scores) -> list[junit.TestCase]:
    """One test case an item, grouped by type."""
    return [
        junit.TestCase(
            id=case.item.id,
            group=f"eval.{case.item.type.value}",
            seconds=(case.answer.timings_ms.get("total", 0.0) if case.answer else 0.0) / 1000,
            failure=None if scores.verdicts[case.item.id].right else "; ".join(scores.verdicts[case.item.id].reasons),
            output=case.answer.answer if case.answer else "",
        )
        for case in scores.cases
    ]


def trec_tables(scores: Scores, system: str) -> tuple[trec.TrecRun, trec.Qrels]:
    """A system's rankings and the gold, in units: a found unit has its id, other results have ``~<rank>``."""
    if system == ASSISTANT:
        from eval.measures.retrieval import Ranked

        rankings = {c.item.id: [Ranked(r.document, 0, 0, r.score, r.passage) for r in c.answer.retrieved] for c in scores.cases if c.answer}
    elif system in scores.run.rankings:
        rankings = scores.run.rankings[system]
    else:
        known = [ASSISTANT, *scores.run.rankings]
        raise EvalUsageError(f"Het zoeksysteem '{system}' staat niet in deze run.", f"Wel aanwezig: {', '.join(known)}.")
    judged = [c for c in scores.cases if c.units and c.gold.answerable and not c.item.turn]
    qrels = {c.item.id: {u.id: 1 for u in c.units} for c in judged}
    run: trec.TrecRun = {}
    for case in judged:
        hits = rankings.get(case.item.id, [])
        if hits and system != USUAL:
            named = []
            for hit in hits:
                unit = next((u.id for u in case.units if hit.passage in u.passages), hit.passage or "~")
                if unit not in named:
                    named.append(unit)
            run[case.item.id] = as_scores(named)
        elif hits:
            run[case.item.id] = as_scores(unit_ranking(hits, case.units))
    return run, qrels


def export(scores: Scores, kind: str, target: Path, system: str = ASSISTANT) -> list[Path]:
    """Write one format; returns the files. ``target`` is a file, for ``trec`` a prefix and for ``beir`` a folder."""
    if kind == "trec":
        run, qrels = trec_tables(scores, system)
        paths = [target.with_name(target.name + ".run"), target.with_name(target.name + ".qrels")]
        trec.write_run(paths[0], run, system)
        trec.write_qrels(paths[1], qrels)
        return paths
    if kind == "beir":
        _, qrels = trec_tables(scores, ASSISTANT)
        corpus = scores.cases[0].corpus
        texts = {p.id: beir.BeirText(p.heading, d.passage_text(p)) for d, p in corpus.passages()}
        beir.write_beir(target, beir.Beir(texts, {c.item.id: c.item.question for c in scores.cases if c.item.id in qrels}, qrels))
        return [target / "corpus.jsonl", target / "queries.jsonl", target / "qrels" / "test.tsv"]
    if kind == "junit":
        junit.write_junit(target, f"maatwerkwijzer eval {scores.run.info.name}", to_junit(scores))
        return [target]
    if kind in records.FORMATS:
        records.codec(kind)[1](target, to_records(scores))
        return [target]
    raise EvalUsageError(f"Het formaat '{kind}' bestaat niet.", f"Kies uit: {', '.join(KINDS)}.")
