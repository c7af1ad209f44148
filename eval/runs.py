"""A stored run: a folder with what was asked, what came back, and everything needed to score it again.

``run.json`` (:class:`RunInfo`), ``questions.jsonl`` (as asked), ``answers.jsonl`` (one ``Answer`` a line, with the item's id), and
``retrieval/<system>.jsonl`` (one ranking a line). Scoring adds ``scores.json``, ``report.html`` and ``summary.md``.
A bare ``answers.jsonl`` made by ``maatwerkwijzer batch`` is a run too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answer import Answer
from eval.dataset import Question, data_error, read_jsonl, read_questions
from eval.errors import DataError, EvalUsageError
from eval.measures.retrieval import Ranked

FORMAT = 1


class RunInfo(BaseModel):
    """``run.json``: what a run was made of."""

    model_config = ConfigDict(extra="forbid")

    format: int = FORMAT
    name: str
    created: str
    system: str = Field(description="What answered.")
    config: dict[str, Any] = Field(default_factory=dict, description="The settings in force, without secrets.")
    selection: dict[str, Any] = Field(default_factory=dict, description="Sets, split, languages, types, limit.")
    corpus: str = Field(description="Hash of the corpus.")
    versions: dict[str, str] = Field(default_factory=dict)
    machine: dict[str, Any] = Field(default_factory=dict)
    seconds: dict[str, float] = Field(default_factory=dict, description="Wall-clock time per step.")
    items: int = 0
    errors: int = 0
    systems: list[str] = Field(default_factory=list, description="Retrieval systems with a stored ranking.")


@dataclass
class Run:
    """A run in memory. ``rankings``: system to item to hits, best first; ``ranking_ms``: system to item to milliseconds."""

    folder: Path
    info: RunInfo
    questions: list[Question]
    answers: dict[str, Answer]
    rankings: dict[str, dict[str, list[Ranked]]] = field(default_factory=dict)
    ranking_ms: dict[str, dict[str, float]] = field(default_factory=dict)


def write_json(path: Path, value: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(temporary, path)


def write_info(folder: Path, info: RunInfo) -> None:
    """Write ``run.json``."""
    write_json(folder / "run.json", info.model_dump(mode="json"))


def write_questions(folder: Path, questions: Iterable[Question]) -> None:
    """Write ``questions.jsonl``, the questions as they were asked."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (q.model_dump_json(exclude_defaults=True) for q in questions)
    (folder / "questions.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def write_ranking(folder: Path, system: str, rankings: Mapping[str, list[Ranked]], ms: Mapping[str, float]) -> None:
    """Write one system's rankings."""
    path = folder / "retrieval" / f"{system}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as handle:
        for item, hits in rankings.items():
            row = {
                "item": item,
                "ms": round(ms.get(item, 0.0), 3),
                "hits": [{"document": h.document, "start": h.start, "end": h.end, "score": h.score, "passage": h.passage} for h in hits],
            }
            handle.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_answers(path: Path) -> dict[str, Answer]:
    """Answers by id. Raises :class:`DataError` for a bad line or an id that comes twice."""
    answers: dict[str, Answer] = {}
    for line, value in read_jsonl(path):
        try:
            answer = Answer.model_validate(value)
        except ValidationError as exc:
            raise data_error(path, line, exc) from exc
        if answer.id in answers:
            raise DataError(path, line, "id", f"'{answer.id}' komt meer dan eens voor.", "Eén antwoord per vraag.")
        answers[answer.id] = answer
    return answers


def _read_ranking(path: Path) -> tuple[dict[str, list[Ranked]], dict[str, float]]:
    rankings: dict[str, list[Ranked]] = {}
    ms: dict[str, float] = {}
    for line, value in read_jsonl(path):
        try:
            rankings[value["item"]] = [Ranked(h["document"], h["start"], h["end"], h["score"], h["passage"]) for h in value["hits"]]
            ms[value["item"]] = float(value["ms"])
        except (KeyError, TypeError, ValueError) as exc:
            raise DataError(path, line, str(exc).strip("'"), "ontbreekt of is verkeerd.", "Maak de run opnieuw.") from exc
    return rankings, ms


def read_run(path: Path) -> Run:
    """Read a run folder, or a file of answers (then the questions come from the sets).

    Raises :class:`EvalUsageError` when there is no run, :class:`DataError` when it is damaged.
    """
    if path.is_file():
        info = RunInfo(name=path.stem, created="", system="batch", corpus="")
        answers = read_answers(path)
        return Run(path.parent, info.model_copy(update={"items": len(answers)}), [], answers)
    if not (path / "run.json").is_file():
        raise EvalUsageError(f"'{path}' is geen run: er is geen run.json.", "Geef de map die 'eval run' gemaakt heeft, of een bestand met antwoorden.")
    try:
        info = RunInfo.model_validate_json((path / "run.json").read_text(encoding="utf-8-sig"))
    except ValidationError as exc:
        raise data_error(path / "run.json", None, exc) from exc
    if info.format != FORMAT:
        raise DataError(path / "run.json", None, "format", f"{info.format} is niet {FORMAT}.", "Maak de run opnieuw met deze versie.")
    run = Run(path, info, read_questions(path / "questions.jsonl"), read_answers(path / "answers.jsonl"))
    for system in info.systems:
        run.rankings[system], run.ranking_ms[system] = _read_ranking(path / "retrieval" / f"{system}.jsonl")
    return run
