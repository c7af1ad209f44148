"""Generate: questions in, answers out, stored line by line, so that an interrupted run can go on where it stopped."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from assistant.answer import Answer, Status
from assistant.dialogue import Turn
from corpus.errors import MaatwerkwijzerError
from eval.dataset import Question, items_of
from eval.machine import machine, versions
from eval.progress import progress
from eval.runs import RunInfo, read_answers, write_info, write_questions


class Asks(Protocol):
    """What can be evaluated: anything that answers a question in its conversation, as ``assistant.engine.Assistant`` does."""

    def ask(self, question: str, history: Sequence[Turn] = (), as_of: date | None = None, language: str | None = None) -> Answer:
        """Answer one question; ``history`` holds the earlier turns of the conversation, oldest first."""
        ...


def failed(item: str, question: str, language: str, corpus: str, problem: str) -> Answer:
    """The answer that stands for a question on which the assistant failed: status ``error`` with the reason as a warning."""
    return Answer(
        id=item,
        question=question,
        language=language,
        status=Status.ERROR,
        answer="",
        warnings=[problem],
        as_of=date.today().isoformat(),
        corpus=corpus,
    )


def earlier(question: str, answer: Answer) -> Turn:
    """A turn as the next one sees it: the assistant's own answer, not the gold."""
    passages = tuple(dict.fromkeys(c.passage for c in answer.citations))
    return Turn(question=question, language=answer.language, passages=passages)


def sample(questions: Sequence[Question], limit: int | None) -> list[Question]:
    """At most ``limit`` questions, evenly spread over the list, the same ones every time."""
    if limit is None or limit >= len(questions):
        return list(questions)
    return [questions[i * len(questions) // limit] for i in range(max(limit, 0))]


def generate(
    assistant: Asks,
    questions: Sequence[Question],
    folder: Path,
    *,
    corpus: str,
    system: str = "maatwerkwijzer",
    config: dict[str, Any] | None = None,
    selection: dict[str, Any] | None = None,
) -> RunInfo:
    """Ask every question and store the answers in ``folder``; dialogues get their own earlier answers as history.

    Answers that ``folder`` already holds are kept and not asked again (a dialogue is asked again as a whole). A failure of the
    assistant on one question becomes an answer with status ``error`` and is counted; it does not end the run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "answers.jsonl"
    have = read_answers(path) if path.is_file() else {}
    complete = {q.id for q in questions if all(item.id in have for item in q.items())}
    kept = [have[item.id] for q in questions if q.id in complete for item in q.items()]
    write_questions(folder, questions)
    info = RunInfo(
        name=folder.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        system=system,
        config=config or {},
        selection=selection or {},
        corpus=corpus,
        versions=versions(),
        machine=machine(),
    )
    started = time.perf_counter()
    errors = sum(a.status is Status.ERROR for a in kept)
    with path.open("w", encoding="utf-8") as handle:
        for answer in kept:
            handle.write(answer.model_dump_json() + "\n")
        for question in progress([q for q in questions if q.id not in complete], "antwoorden"):
            history: list[Turn] = []
            for item in question.items():
                try:
                    answer = assistant.ask(item.question, history=tuple(history), as_of=question.as_of)
                except MaatwerkwijzerError as exc:
                    answer = failed(item.id, item.question, question.language, corpus, str(exc))
                except Exception as exc:  # a crash of the system under test is a result: it is stored, counted and shown
                    answer = failed(item.id, item.question, question.language, corpus, f"{type(exc).__name__}: {exc}")
                errors += answer.status is Status.ERROR
                history.append(earlier(item.question, answer))
                handle.write(answer.model_copy(update={"id": item.id}).model_dump_json() + "\n")
            handle.flush()
    info = info.model_copy(
        update={
            "items": len(items_of(questions)),
            "errors": errors,
            "seconds": {"answers": round(time.perf_counter() - started, 3)},
        }
    )
    write_info(folder, info)
    return info
