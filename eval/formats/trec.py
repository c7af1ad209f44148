"""TREC run and qrels: ``qid Q0 docno rank score tag`` and ``qid 0 docno relevance``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

from eval.errors import DataError
from eval.formats.text import read_text, write_text

TrecRun = dict[str, dict[str, float]]
Qrels = dict[str, dict[str, int]]

_BLANK = re.compile(r"\s")


def _columns(path: Path, names: tuple[str, ...]) -> list[tuple[int, list[str]]]:
    rows = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        columns = line.split()
        if len(columns) != len(names):
            problem = f"heeft {len(columns)} kolommen in plaats van {len(names)} ({' '.join(names)})."
            raise DataError(path, number, None, problem, "Scheid de kolommen met spaties.")
        rows.append((number, columns))
    if not rows:
        raise DataError(path, None, None, "is leeg.", f"Eén regel per resultaat: {' '.join(names)}.")
    return rows


def read_run(path: Path) -> TrecRun:
    """Query to document to score. As in trec_eval the score decides the order, not the rank column; a document twice is an error."""
    run: TrecRun = {}
    for number, (qid, _, docno, _, score, _) in _columns(path, ("qid", "Q0", "docno", "rank", "score", "tag")):
        try:
            value = float(score)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise DataError(path, number, "score", f"'{score}' is geen getal.", "Gebruik een punt voor decimalen.")
        if docno in run.setdefault(qid, {}):
            raise DataError(path, number, "docno", f"'{docno}' staat twee keer bij vraag '{qid}'.", "Elk document één keer per vraag.")
        run[qid][docno] = value
    return run


def read_qrels(path: Path) -> Qrels:
    """Query to document to relevance (a whole number)."""
    qrels: Qrels = {}
    for number, (qid, _, docno, relevance) in _columns(path, ("qid", "0", "docno", "rel")):
        try:
            value = int(relevance)
        except ValueError as exc:
            raise DataError(path, number, "rel", f"'{relevance}' is geen geheel getal.", "0 is niet relevant, 1 en hoger wel.") from exc
        if docno in qrels.setdefault(qid, {}):
            raise DataError(path, number, "docno", f"'{docno}' staat twee keer bij vraag '{qid}'.", "Elk document één keer per vraag.")
        qrels[qid][docno] = value
    return qrels


def check_ids(path: Path, *values: str) -> None:
    """Raise :class:`DataError` for an id that a TREC file cannot hold: empty, or with white space."""
    for value in values:
        if not value or _BLANK.search(value):
            raise DataError(path, None, "docno", f"'{value}' is leeg of bevat een spatie; dat kan niet in een TREC-bestand.", "Kies een andere id.")


def write_run(path: Path, run: Mapping[str, Mapping[str, float]], tag: str = "maatwerkwijzer") -> None:
    """Write a run, each query's documents by falling score (ties by id, descending, as trec_eval breaks them)."""
    lines = []
    for qid, scores in run.items():
        for rank, (docno, score) in enumerate(sorted(scores.items(), key=lambda e: (e[1], e[0]), reverse=True), start=1):
            check_ids(path, qid, docno, tag)
            lines.append(f"{qid} Q0 {docno} {rank} {score!r} {tag}\n")
    write_text(path, "".join(lines))


def write_qrels(path: Path, qrels: Mapping[str, Mapping[str, int]]) -> None:
    """Write relevance judgements."""
    lines = []
    for qid, documents in qrels.items():
        for docno, relevance in documents.items():
            check_ids(path, qid, docno)
            lines.append(f"{qid} 0 {docno} {relevance}\n")
    write_text(path, "".join(lines))
