"""What an export shows, without its looks: sections of paragraphs, entries and tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answer import Citation

_NOT_PRINTABLE = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Without characters that no document format can hold."""
    return _NOT_PRINTABLE.sub("", text)


def source(citation: Citation) -> str:
    """Label and passage id: what stays behind a quote when it is copied."""
    return f"{citation.label} [{citation.passage}]"


def quoted(citation: Citation) -> str:
    """The exact words between quotation marks."""
    return f"“{citation.quote}”"


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text (lines apart by a line feed), and the stance whose fill it has."""

    text: str
    stance: str = ""
    muted: bool = False


@dataclass(frozen=True)
class Table:
    """A table with a header; ``widths`` are relative."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``muted`` for notes."""

    text: str
    muted: bool = False


@dataclass(frozen=True)
class Line:
    """One thing an entry says; ``label`` stands before it, ``stance`` gives its sign and fill."""

    text: str
    label: str = ""
    stance: str = ""


@dataclass(frozen=True)
class Entry:
    """Positions on the same quotes, a passage or a fact: a head, what it says, and quotes each with its source."""

    head: str
    lines: tuple[Line, ...] = ()
    quotes: tuple[tuple[str, str], ...] = ()


Block = Paragraph | Entry | Table


@dataclass
class Section:
    """A heading with what stands under it; ``apart`` sets it off as not coming from the hearing."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    level: int = 2
    apart: bool = False


@dataclass
class Report:
    """A title, notes under it and sections; ``wide`` asks for landscape."""

    title: str
    notes: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    wide: bool = False


def quotes_of(citations: Sequence[Citation]) -> tuple[tuple[str, str], ...]:
    """Quotes with their sources, in order."""
    return tuple((quoted(c), source(c)) for c in citations)
