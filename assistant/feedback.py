"""Thumbs with a reason, kept in a file of the home folder: no name, no address, personal data masked, old ones erased."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field

from assistant.privacy import mask
from corpus.errors import MaatwerkwijzerError

_FILE = "feedback.jsonl"
_lock = threading.Lock()


class Feedback(BaseModel):
    """What a visitor thought of an answer. Nothing in it says who."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(max_length=80)
    question: str = Field(max_length=2500)
    status: str = Field("", max_length=40)
    language: Literal["nl", "fr", "en", "de"] = "nl"
    thumb: Literal["up", "down"]
    reason: Literal["", "verkeerd", "naast_de_kwestie", "onvolledig", "onduidelijk", "bron"] = ""


def store(home: Path, feedback: Feedback, days: int) -> None:
    """Add one to the file and erase those older than ``days``. Only the date is kept, not the hour.

    Raises:
        MaatwerkwijzerError: the file cannot be written.
    """
    # Every field: what a browser is told to send, and what a program sends, are two things.
    row = {"date": datetime.now(UTC).date().isoformat(), **{name: mask(value)[0] for name, value in feedback.model_dump().items()}}
    with _locked(home):
        _write(home, [*_recent(read(home), days), row])


def read(home: Path) -> list[dict[str, Any]]:
    """All that is kept; a damaged line is left out."""
    try:
        lines = (home / _FILE).read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    rows = []
    for line in lines:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            rows.append(row)
    return rows


def erase_old(home: Path, days: int) -> int:
    """Erase what is older than ``days``; how many there were."""
    with _locked(home):
        _sweep(home)
        rows = read(home)
        kept = _recent(rows, days)
        if len(kept) < len(rows):
            _write(home, kept)
        return len(rows) - len(kept)


def erase(home: Path, answer: str | None = None) -> int:
    """Erase the feedback on one answer, or all of it; how many there were."""
    with _locked(home):
        _sweep(home)
        rows = read(home)
        kept = [] if answer is None else [r for r in rows if r.get("answer") != answer]
        if kept:
            _write(home, kept)
        else:
            (home / _FILE).unlink(missing_ok=True)
        return len(rows) - len(kept)


def _sweep(home: Path) -> None:
    """Remove what a killed process left half-written: there are questions in it."""
    for left in home.glob(f"{_FILE}.*.tmp"):
        left.unlink(missing_ok=True)


def _recent(rows: list[dict[str, Any]], days: int) -> list[dict[str, Any]]:
    first = (datetime.now(UTC).date() - timedelta(days=days)).isoformat()
    return [r for r in rows if str(r.get("date", "")) >= first]


def _locked(home: Path) -> FileLock:
    return FileLock(str(home / f"{_FILE}.lock"))


def _write(home: Path, rows: list[dict[str, Any]]) -> None:
    temporary = home / f"{_FILE}.{os.getpid()}.{threading.get_ident()}.tmp"
    try:
        with _lock:
            temporary.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
            os.replace(temporary, home / _FILE)
    except OSError as error:
        raise MaatwerkwijzerError(f"De feedback kan niet bewaard worden in {home}: {error.strerror}.", "Kijk de rechten van de map na.") from None
    finally:
        temporary.unlink(missing_ok=True)
