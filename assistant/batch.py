"""Questions in, answers out: one JSON object a line, in order, nothing lost."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from assistant.answer import Answer, Status
from assistant.dialogue import Turn
from assistant.engine import Assistant, versions
from assistant.privacy import mask
from corpus.errors import MaatwerkwijzerError, UsageError

_KEYS = {"id", "question", "turns", "as_of", "language"}
# Line ends to some programs though not to JSON, and halves of characters that UTF-8 cannot hold.
_UNSAFE = re.compile("[\x85\u2028\u2029\ud800-\udfff]")
log = logging.getLogger(__name__)


def run_batch(assistant: Assistant, questions: Path, answers: Path, progress: Callable[[str, int, int], None] | None = None) -> tuple[int, int]:
    """Answer every line of ``questions`` and write ``answers`` whole, in order. Returns (written, of which errors).

    Raises:
        UsageError: the input cannot be read, or the output cannot be written.
    """
    lines = _lines(questions)
    # A pipe, a device or a link is written to, never replaced by a file.
    straight = answers.is_symlink() or (answers.exists() and not answers.is_file())
    temporary = answers if straight else answers.with_name(f"{answers.name}.{os.getpid()}.tmp")
    written = failed = 0
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as out:
            for number, line in enumerate(lines, 1):
                for answer in answer_line(assistant, line, number):
                    out.write(as_line(answer) + "\n")
                    written += 1
                    failed += answer.status is Status.ERROR
                if progress:
                    progress("vragen", number, len(lines))
        if not straight:
            os.replace(temporary, answers)
    except OSError as error:
        raise UsageError(f"{answers} kan niet geschreven worden: {error.strerror}.", "Kies een andere plaats.") from None
    finally:
        if not straight:
            temporary.unlink(missing_ok=True)
    return written, failed


def as_line(answer: Answer) -> str:
    """The answer as JSON on exactly one line, in characters that UTF-8 can hold."""
    line = json.dumps(answer.model_dump(mode="json"), ensure_ascii=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


def _lines(path: Path) -> list[bytes]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} kan niet gelezen worden: {error.strerror}.") from None
    return [line for line in raw.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]


def answer_line(assistant: Assistant, line: bytes, number: int) -> Iterator[Answer]:
    """The answer, or for a dialogue the answers, of one line; a bad line gives one answer with status ``error``."""
    identifier = f"line-{number}"
    try:
        row = _row(line)
        identifier = str(row.get("id", identifier))
        turns, day, language = _fields(row)
    except ValueError as error:
        yield error_answer(assistant, identifier, "", f"Regel {number}: {error}.")
        return
    history: list[Turn] = []
    for n, question in enumerate(turns):
        own = identifier if "turns" not in row else f"{identifier}#{n}"
        try:
            answer = assistant.ask(question, history, as_of=day, language=language, answer_id=own)
            turn = assistant.remember(answer, history)
        except MaatwerkwijzerError as error:
            answer, turn = error_answer(assistant, own, question, str(error)), None
        except Exception as error:  # a fault of ours in one line must not cost the other lines
            # The kind and place only: the message of an unforeseen error may hold words of the question.
            where = _deepest(error)
            log.error("regel %d: onverwachte fout %s in %s", number, type(error).__name__, where)
            answer, turn = error_answer(assistant, own, question, f"Regel {number}: onverwachte fout ({type(error).__name__} in {where})."), None
        if turn is not None:
            history.append(turn)
        yield answer


def _deepest(error: BaseException) -> str:
    """The function in which an error arose."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).stem}.{trace.tb_frame.f_code.co_name}"


def _row(line: bytes) -> dict[str, Any]:
    """The object on a line. Raises ValueError, with the reason in Dutch."""
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"de regel is geen UTF-8 (byte {error.start + 1})") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"de regel is geen geldige JSON (teken {error.pos + 1})") from None
    except RecursionError:
        raise ValueError("de JSON is te diep genest") from None
    except ValueError:  # a number with more digits than Python converts
        raise ValueError("de regel bevat een te groot getal") from None
    if not isinstance(row, dict):
        raise ValueError("de regel is geen JSON-object")
    return row


def _fields(row: dict[str, Any]) -> tuple[list[str], date | None, str | None]:
    if unknown := set(row) - _KEYS:
        raise ValueError(f"onbekend veld '{sorted(unknown)[0][:60]}' (wel: {', '.join(sorted(_KEYS))})")
    turns = row.get("turns", [row["question"]] if "question" in row else None)
    if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns):
        raise ValueError("veld 'question' (tekst) of 'turns' (lijst van teksten) ontbreekt of is geen tekst")
    language = row.get("language")
    if language is not None and language not in ("nl", "fr", "en", "de"):
        raise ValueError(f"veld 'language': '{str(language)[:60]}' is geen nl, fr, en of de")
    raw = row.get("as_of")
    try:
        day = date.fromisoformat(raw) if raw is not None else None
    except (TypeError, ValueError):
        raise ValueError(f"veld 'as_of': '{str(raw)[:60]}' is geen datum JJJJ-MM-DD") from None
    return turns, day, language


def error_answer(assistant: Assistant, identifier: str, question: str, message: str) -> Answer:
    """An answer that says what is wrong with the question; personal data are masked in it as in any other."""
    message = mask(message)[0].encode("utf-8", "replace").decode("utf-8")
    answer = Answer(
        id="",
        question="",
        language="nl",
        status=Status.ERROR,
        answer=message,
        warnings=[message],
        as_of=date.today().isoformat(),
        corpus=assistant.corpus.hash,
        timings_ms={"total": 0.0},
        versions=versions(),
    )
    # Assigned afterwards: an id or question with half a character in it is not refused then, but echoed.
    answer.id, answer.question = identifier, mask(question)[0]
    return answer
