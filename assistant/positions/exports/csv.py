"""Rows as CSV: comma, UTF-8, a header; nothing that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from assistant.positions.exports.report import clean

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def dump(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    # A carriage return inside a value would begin a new row to some spreadsheets, and a formula in it.
    writer.writerows([safe(clean(value).replace("\r", " ")) for value in row] for row in rows)
    return out.getvalue()


def safe(value: str) -> str:
    """A value that begins like a formula gets an apostrophe before it."""
    return f"'{value}" if value.startswith(_FORMULA) else value
