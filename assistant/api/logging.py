"""Logs without personal data: one JSON object a line, with no address, question or cookie in it."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from assistant.privacy import mask

logger = logging.getLogger("maatwerkwijzer")
_FIELDS = ("event", "method", "path", "status", "milliseconds", "answer_status", "language", "surface", "index", "corpus", "reason", "error", "where")


class JsonLines(logging.Formatter):
    """A record as one line of JSON. Only the listed fields get in; text is masked all the same."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        row: dict[str, Any] = {"time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname.lower()}
        for name in _FIELDS:
            value = getattr(record, name, None)
            if value is not None:
                row[name] = mask(value)[0] if isinstance(value, str) else value
        if "event" not in row:
            row["event"] = mask(record.getMessage())[0]
        return json.dumps(row, ensure_ascii=False)


def configure(stream: Any = None) -> None:
    """Send the log to ``stream`` (default stderr). Calling it again changes nothing."""
    if any(isinstance(h.formatter, JsonLines) for h in logger.handlers):
        return
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def log_request(method: str, path: str, status: int, milliseconds: float) -> None:
    """A request that was answered: never its query string, address, headers or body."""
    logger.info("request", extra={"event": "request", "method": method, "path": path, "status": status, "milliseconds": round(milliseconds, 1)})


def log_answer(surface: str, status: str, language: str, milliseconds: float) -> None:
    """An answer that was given: where, of which status and how fast; never what was asked."""
    extra = {"event": "answer", "surface": surface, "answer_status": status, "language": language, "milliseconds": round(milliseconds, 1)}
    logger.info("answer", extra=extra)


def log_failure(path: str, error: Exception) -> None:
    """A failure that nobody expected: its kind and the places in the code, not its message (it may quote a question)."""
    logger.error("failure", extra={"event": "failure", "path": path, **_of(error)})


def _of(error: Exception) -> dict[str, str]:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return {"error": type(error).__name__, "where": " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))}


def log_index(name: str, corpus: str, refused: str = "", error: Exception | None = None) -> None:
    """A new index was swapped in, or was ``refused`` for that reason; ``name`` and ``corpus`` are those that answer from now on."""
    extra = {"event": "index_refused" if refused else "index_swapped", "index": name, "corpus": corpus, **(_of(error) if error else {})}
    if refused:
        # Also where nobody configured the log (standard error of a local program), the line says it all.
        logger.error("De nieuwe index of documenten worden niet gebruikt: %s De vorige blijven in gebruik.", refused, extra={**extra, "reason": refused})
    else:
        logger.info("index", extra=extra)
