"""Errors of the evaluation: always with the file, the line and the field."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import MaatwerkwijzerError, UsageError


class DataError(MaatwerkwijzerError):
    """A line of an evaluation file cannot be used; the message names file, line and field."""

    def __init__(self, path: Path | str, line: int | None, field: str | None, problem: str, remedy: str = "") -> None:
        """``path`` is the file, ``line`` counts from 1 (None: the file as a whole), ``field`` may be None."""
        where = str(path) + (f", regel {line}" if line is not None else "") + (f", veld '{field}'" if field else "")
        super().__init__(f"{where}: {problem}", remedy)
        self.path, self.line, self.field = path, line, field


class EvalUsageError(UsageError):
    """A set, run, measure or mode was named that does not exist (exit code 2)."""
