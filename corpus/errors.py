"""Errors that a person reads: what happened, with which value, and what to do next.

Every error that the project raises on purpose derives from :class:`MaatwerkwijzerError`. The edges
(command line, web page, API) turn it into text once; everywhere else it is data.
"""

from __future__ import annotations


class MaatwerkwijzerError(Exception):
    """Base of all expected failures. ``exit_code`` is what the command line returns (1 or 2)."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        """``message`` says what went wrong and where, ``remedy`` what the reader can do."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(MaatwerkwijzerError):
    """The caller asked for something that does not exist or is not allowed (exit code 2)."""

    exit_code = 2


class CorpusError(MaatwerkwijzerError):
    """A document, passage or statement is missing, damaged or inconsistent."""


class IndexError_(MaatwerkwijzerError):
    """The search index is missing, damaged, stale or being built by another process."""


class SettingsError(UsageError):
    """A setting has an unknown name or a value that cannot be used."""
