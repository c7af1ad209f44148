"""Question-answer records in the forms of ragas, deepeval, SQuAD v2 predictions and CSV.

All four are views of one :class:`Record`. ragas and deepeval are JSON lines (or a JSON array when reading); their models have no id, so it
travels under ``id`` (ragas) and ``additional_metadata.id`` (deepeval), and is counted when absent.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.dataset import read_jsonl
from eval.errors import DataError, EvalUsageError
from eval.formats.text import read_text, write_text


@dataclass(frozen=True)
class Record:
    """A question with its answer, the retrieved texts, the reference and the reference texts. ``status`` is empty when unknown."""

    id: str
    question: str
    answer: str
    contexts: tuple[str, ...] = ()
    reference: str = ""
    reference_contexts: tuple[str, ...] = ()
    status: str = ""
    right: str = ""


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """JSON lines, or one JSON array (then the line is the element's number)."""
    if not read_text(path).lstrip().startswith("["):
        return list(read_jsonl(path))
    try:
        values = json.loads(read_text(path))
    except json.JSONDecodeError as exc:
        raise DataError(path, exc.lineno, None, f"is geen JSON: {exc.msg}, kolom {exc.colno}.", "Schrijf één JSON-object per regel.") from exc
    for number, value in enumerate(values, start=1):
        if not isinstance(value, dict):
            raise DataError(path, number, None, f"is een JSON-{type(value).__name__}, geen object.", "Een lijst van objecten.")
    return list(enumerate(values, start=1))


def _text(path: Path, line: int, row: dict[str, Any], name: str, default: str | None = "") -> str:
    value = row.get(name)
    if value is None:
        value = default
    if not isinstance(value, str):
        raise DataError(path, line, name, "ontbreekt." if value is None else f"is geen tekst maar {type(value).__name__}.", "Zie eval/README.md.")
    return value


def _texts(path: Path, line: int, row: dict[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name) or []
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise DataError(path, line, name, "is geen lijst van teksten.", "Zie eval/README.md.")
    return tuple(value)


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_ragas(path: Path, records: Sequence[Record]) -> None:
    """ragas ``SingleTurnSample`` rows: user_input, retrieved_contexts, reference_contexts, response, reference."""
    rows = (
        {
            "id": r.id,
            "user_input": r.question,
            "retrieved_contexts": list(r.contexts),
            "reference_contexts": list(r.reference_contexts),
            "response": r.answer,
            "reference": r.reference,
        }
        for r in records
    )
    write_text(path, _lines(rows))


def read_ragas(path: Path) -> list[Record]:
    """Read ragas rows."""
    return [
        Record(
            id=_text(path, line, row, "id", str(line)),
            question=_text(path, line, row, "user_input", None),
            answer=_text(path, line, row, "response"),
            contexts=_texts(path, line, row, "retrieved_contexts"),
            reference=_text(path, line, row, "reference"),
            reference_contexts=_texts(path, line, row, "reference_contexts"),
        )
        for line, row in _rows(path)
    ]


def write_deepeval(path: Path, records: Sequence[Record]) -> None:
    """deepeval ``LLMTestCase`` rows: input, actual_output, expected_output, context, retrieval_context, additional_metadata."""
    rows = (
        {
            "input": r.question,
            "actual_output": r.answer,
            "expected_output": r.reference,
            "context": list(r.reference_contexts),
            "retrieval_context": list(r.contexts),
            "additional_metadata": {"id": r.id, "status": r.status},
        }
        for r in records
    )
    write_text(path, _lines(rows))


def read_deepeval(path: Path) -> list[Record]:
    """Read deepeval rows."""
    records = []
    for line, row in _rows(path):
        extra = row.get("additional_metadata") or {}
        if not isinstance(extra, dict):
            raise DataError(path, line, "additional_metadata", "is geen object.", "Zie eval/README.md.")
        records.append(
            Record(
                id=_text(path, line, extra, "id", str(line)),
                question=_text(path, line, row, "input", None),
                answer=_text(path, line, row, "actual_output"),
                contexts=_texts(path, line, row, "retrieval_context"),
                reference=_text(path, line, row, "expected_output"),
                reference_contexts=_texts(path, line, row, "context"),
                status=_text(path, line, extra, "status"),
            )
        )
    return records


def write_squad(path: Path, records: Sequence[Record]) -> None:
    """SQuAD v2 predictions: one JSON object, id to answer; an empty answer means "no answer" (declined)."""
    write_text(path, json.dumps({r.id: r.answer for r in records}, ensure_ascii=False, indent=0) + "\n")


def read_squad(path: Path) -> list[Record]:
    """Read SQuAD v2 predictions; there are no questions in them."""
    try:
        value = json.loads(read_text(path))
    except json.JSONDecodeError as exc:
        raise DataError(path, exc.lineno, None, f"is geen JSON: {exc.msg}, kolom {exc.colno}.", "Eén object: id naar antwoord.") from exc
    if not isinstance(value, dict):
        raise DataError(path, 1, None, f"is een JSON-{type(value).__name__}, geen object.", "Eén object: id naar antwoord.")
    for key, answer in value.items():
        if not isinstance(answer, str):
            raise DataError(path, None, key, f"is geen tekst maar {type(answer).__name__}.", "Eén object: id naar antwoord.")
    return [Record(id=key, question="", answer=answer) for key, answer in value.items()]


_CSV_FIELDS = ("id", "question", "answer", "status", "right", "contexts", "reference", "reference_contexts")


def write_csv(path: Path, records: Sequence[Record]) -> None:
    """CSV with a header; lists are JSON in their cell. Cells that a spreadsheet would run as a formula get a leading apostrophe."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)  # a lone carriage return is not quoted otherwise
    writer.writerow(_CSV_FIELDS)
    for r in records:
        lists = {"contexts": json.dumps(r.contexts, ensure_ascii=False), "reference_contexts": json.dumps(r.reference_contexts, ensure_ascii=False)}
        writer.writerow([_guard(lists.get(name) or getattr(r, name)) for name in _CSV_FIELDS])
    write_text(path, buffer.getvalue())


_FORMULA = ("=", "+", "-", "@", "'", "\t", "\r")


def _guard(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell


def _unguard(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def read_csv(path: Path) -> list[Record]:
    """Read CSV with the columns ``id`` and ``question``; the others may be absent."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""), strict=True)
    records = []
    try:
        header = next(reader, [])
        for name in ("id", "question"):
            if name not in header:
                raise DataError(path, 1, name, "ontbreekt in de kop.", f"Kolommen: {', '.join(_CSV_FIELDS)}.")
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                problem = f"heeft {len(row)} cellen in plaats van {len(header)}."
                raise DataError(path, reader.line_num, None, problem, "Zet tekst met komma's tussen aanhalingstekens.")
            cells = {name: _unguard(cell) for name, cell in zip(header, row, strict=True)}
            lists: dict[str, tuple[str, ...]] = {}
            for name in ("contexts", "reference_contexts"):
                try:
                    lists[name] = tuple(json.loads(cells.get(name) or "[]"))
                except (json.JSONDecodeError, TypeError) as exc:
                    raise DataError(path, reader.line_num, name, "is geen JSON-lijst.", 'Bijvoorbeeld ["tekst een", "tekst twee"].') from exc
            plain = {name: cells.get(name, "") for name in ("id", "question", "answer", "status", "right", "reference")}
            records.append(Record(**plain, contexts=lists["contexts"], reference_contexts=lists["reference_contexts"]))
    except csv.Error as exc:
        raise DataError(path, reader.line_num, None, f"is geen CSV: {exc}.", "Sluit elk aanhalingsteken.") from exc
    return records


FORMATS: dict[str, tuple[Callable[[Path], list[Record]], Callable[[Path, Sequence[Record]], None]]] = {
    "ragas": (read_ragas, write_ragas),
    "deepeval": (read_deepeval, write_deepeval),
    "squad": (read_squad, write_squad),
    "csv": (read_csv, write_csv),
}


def codec(name: str) -> tuple[Callable[[Path], list[Record]], Callable[[Path, Sequence[Record]], None]]:
    """Reader and writer of a format. Raises :class:`EvalUsageError` that lists the choices."""
    try:
        return FORMATS[name]
    except KeyError:
        raise EvalUsageError(f"Het formaat '{name}' bestaat niet.", f"Kies uit: {', '.join(FORMATS)}.") from None
