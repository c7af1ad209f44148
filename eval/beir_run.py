"""``eval run --beir DIR``: the retrieval systems on somebody else's texts, with their questions and judgements.

Every text becomes a passage of one made-up document, so that the very retriever of the product is measured; views and statements do not
exist there, so ``full`` is what an added document without them gets.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from corpus.model import Authority, Document, DocumentMeta, Kind, Passage, TextStatus
from corpus.store import Corpus
from eval.baselines import DEPTH, LABELS, USUAL, ModeSystem, RawText, Searches, UsualRecipe
from eval.errors import EvalUsageError
from eval.figures import Figure, ratio
from eval.formats.beir import Beir
from eval.formats.trec import TrecRun, check_ids, write_qrels, write_run
from eval.machine import machine, versions
from eval.measures.retrieval import as_scores, names, ranking_values
from eval.progress import progress
from eval.runs import write_json

SYSTEMS = (USUAL, "bm25", "dense", "hybrid_no_views", "full")


@dataclass(frozen=True)
class BeirScores:
    """Figures per system, and how long building and searching took (seconds)."""

    figures: dict[str, dict[str, Figure]]
    seconds: dict[str, float]
    runs: dict[str, TrecRun]


def beir_corpus(beir: Beir, language: str = "nl") -> tuple[Corpus, dict[str, str]]:
    """One document whose passages are the texts, and passage id to BEIR id. Empty texts are left out, as they can carry nothing."""
    parts: list[str] = []
    passages: list[Passage] = []
    ids: dict[str, str] = {}
    position = 0
    for number, (key, entry) in enumerate(beir.corpus.items()):
        text = entry.text.strip() or entry.title.strip()
        if not text:
            continue
        if parts:
            parts.append("\n\n")
            position += 2
        identity = f"beir/t{number}"
        ids[identity] = key
        passages.append(
            Passage(id=identity, document="beir", start=position, end=position + len(text), heading=entry.title.strip(), authority=Authority.PRAKTIJK)
        )
        parts.append(text)
        position += len(text)
    if not passages:
        raise EvalUsageError("De BEIR-map bevat geen enkele tekst.", "Kijk corpus.jsonl na.")
    meta = DocumentMeta(
        id="beir", title="BEIR", kind=Kind.PRAKTIJK, authority=Authority.PRAKTIJK, text_status=TextStatus.VERBATIM, date=date(2000, 1, 1), language=language
    )
    return Corpus({"beir": Document(meta=meta, text="".join(parts), passages=tuple(passages))}, [], {}, {}), ids


def _rank(system: Searches, beir: Beir, label: str, language: str, to_ids: Any) -> TrecRun:
    run: TrecRun = {}
    for qid in progress(list(beir.qrels), label):
        ranked = to_ids(system.search(beir.queries[qid], DEPTH, language))
        if ranked:
            run[qid] = as_scores(ranked)
    return run


def run_beir(beir: Beir, folder: Path, embeddings: Any, *, language: str = "nl", systems: Sequence[str] = SYSTEMS) -> BeirScores:
    """Index the texts in a temporary home, search with every system, and store rankings (TREC) and figures in ``folder``."""
    from index.open import open_index

    check_ids(folder, *beir.corpus, *beir.qrels)  # before the work, not when its result has to be written
    corpus, ids = beir_corpus(beir, language)
    document = corpus.documents["beir"]
    seconds: dict[str, float] = {}
    runs: dict[str, TrecRun] = {}
    with tempfile.TemporaryDirectory(prefix="mww-beir-", ignore_cleanup_errors=True) as home:
        started = time.perf_counter()
        retriever = open_index(corpus, embeddings, Path(home))
        seconds["build"] = time.perf_counter() - started
        for name in systems:
            started = time.perf_counter()
            if name == USUAL:
                starts = {p.start: ids[p.id] for p in document.passages}
                with UsualRecipe([RawText("beir", p.start, document.passage_text(p)) for p in document.passages], embeddings) as usual:
                    bounds = sorted(starts)

                    def by_text(hits: Any, bounds: list[int] = bounds, starts: dict[int, str] = starts) -> list[str]:
                        from bisect import bisect_right

                        return list(dict.fromkeys(starts[bounds[bisect_right(bounds, h.start) - 1]] for h in hits))

                    runs[name] = _rank(usual, beir, LABELS[name], language, by_text)
            else:
                runs[name] = _rank(ModeSystem(retriever, name), beir, LABELS[name], language, lambda hits: [ids[h.passage] for h in hits])
            seconds[name] = time.perf_counter() - started
    figures = {}
    for name, run in runs.items():
        values = ranking_values(run, beir.qrels)
        figures[name] = {m: ratio(m, values[m]) for m in names()}
        write_run(folder / "retrieval" / f"{name}.run", run, name)
    write_qrels(folder / "qrels", beir.qrels)
    write_json(
        folder / "beir.json",
        {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "texts": len(beir.corpus),
            "queries": len(beir.qrels),
            "embedding": embeddings.name,
            "seconds": {k: round(v, 3) for k, v in seconds.items()},
            "versions": versions(),
            "machine": machine(),
            "figures": {system: {m: f.as_json() for m, f in table.items()} for system, table in figures.items()},
        },
    )
    return BeirScores(figures, seconds, runs)
