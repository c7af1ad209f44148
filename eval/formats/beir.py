"""A BEIR folder: ``corpus.jsonl`` (_id, title, text), ``queries.jsonl`` (_id, text), ``qrels/<split>.tsv`` (query-id, corpus-id, score)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.dataset import read_jsonl
from eval.errors import DataError
from eval.formats.text import read_text, write_text
from eval.formats.trec import Qrels


@dataclass(frozen=True)
class BeirText:
    """One document."""

    title: str
    text: str


@dataclass(frozen=True)
class Beir:
    """A whole BEIR set in memory."""

    corpus: dict[str, BeirText]
    queries: dict[str, str]
    qrels: Qrels


def _field(path: Path, line: int, value: dict[str, object], name: str, default: str | None = None) -> str:
    found = value.get(name, default)
    if not isinstance(found, str):
        raise DataError(path, line, name, "ontbreekt." if found is None else f"is geen tekst maar {type(found).__name__}.", "Zie het BEIR-formaat.")
    return found


def read_beir(folder: Path, split: str = "test") -> Beir:
    """Read a folder. Raises :class:`DataError` for a missing file, a bad line, or judgements of unknown queries."""
    corpus: dict[str, BeirText] = {}
    path = folder / "corpus.jsonl"
    for line, value in read_jsonl(path):
        key = _field(path, line, value, "_id")
        if key in corpus:
            raise DataError(path, line, "_id", f"'{key}' komt meer dan eens voor.", "Elk document één keer.")
        corpus[key] = BeirText(_field(path, line, value, "title", ""), _field(path, line, value, "text"))
    queries: dict[str, str] = {}
    path = folder / "queries.jsonl"
    for line, value in read_jsonl(path):
        key = _field(path, line, value, "_id")
        if key in queries:
            raise DataError(path, line, "_id", f"'{key}' komt meer dan eens voor.", "Elke vraag één keer.")
        queries[key] = _field(path, line, value, "text")
    if not corpus or not queries:
        raise DataError(folder, None, None, "bevat geen documenten of geen vragen.", "corpus.jsonl en queries.jsonl hebben elk een regel per stuk.")
    return Beir(corpus, queries, read_tsv_qrels(folder / "qrels" / f"{split}.tsv", queries))


def read_tsv_qrels(path: Path, queries: Mapping[str, str] | None = None) -> Qrels:
    """Read judgements with tabs, with or without the header line."""
    qrels: Qrels = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        line = line.rstrip("\r")
        if not line.strip():
            continue
        columns = line.split("\t")
        if number == 1 and columns[:1] == ["query-id"]:
            continue
        if len(columns) != 3:
            raise DataError(path, number, None, f"heeft {len(columns)} kolommen in plaats van 3.", "query-id, corpus-id en score, gescheiden door tabs.")
        qid, docno, relevance = columns
        if queries is not None and qid not in queries:
            raise DataError(path, number, "query-id", f"'{qid}' staat niet in queries.jsonl.", "Vul queries.jsonl aan.")
        try:
            qrels.setdefault(qid, {})[docno] = int(relevance)
        except ValueError as exc:
            raise DataError(path, number, "score", f"'{relevance}' is geen geheel getal.", "0 is niet relevant, 1 en hoger wel.") from exc
    if not qrels:
        raise DataError(path, None, None, "bevat geen oordelen.", "Eén regel per oordeel.")
    return qrels


def write_beir(folder: Path, beir: Beir, split: str = "test") -> None:
    """Write a folder that :func:`read_beir` and BEIR's own loader read."""
    rows = ({"_id": key, "title": d.title, "text": d.text, "metadata": {}} for key, d in beir.corpus.items())
    write_text(folder / "corpus.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    asked = ({"_id": key, "text": text, "metadata": {}} for key, text in beir.queries.items())
    write_text(folder / "queries.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in asked))
    for qid, documents in beir.qrels.items():
        for docno in documents:
            if any(c in value for value in (qid, docno) for c in "\t\n\r"):
                raise DataError(folder, None, "_id", f"'{qid}' of '{docno}' bevat een tab of regeleinde.", "Kies een andere id.")
    lines = [f"{qid}\t{docno}\t{relevance}\n" for qid, documents in beir.qrels.items() for docno, relevance in documents.items()]
    write_text(folder / "qrels" / f"{split}.tsv", "query-id\tcorpus-id\tscore\n" + "".join(lines))
