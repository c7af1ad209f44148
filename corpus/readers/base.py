"""What every reader gives back, and the limits that it keeps to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

BlockKind = Literal["heading", "paragraph", "list"]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much a reader accepts, so that one hostile or mistaken file cannot exhaust the machine.

    ``ratio`` is the highest compression ratio of a part of a DOCX; ordinary documents stay below 30.
    """

    file_bytes: int = 50 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    parts: int = 5000
    ratio: int = 200
    pages: int = 5000
    characters: int = 20_000_000


@dataclass(frozen=True)
class RawBlock:
    """One heading, paragraph or list item (a table row counts as one) in reading order.

    ``text`` is clean and without line ends. ``page`` is the page on which it begins; ``page_starts``
    gives (offset in ``text``, page) for each later page that it runs on to.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    page_starts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class RawDocument:
    """A file as a reader understood it: blocks, and what the file says about itself."""

    blocks: tuple[RawBlock, ...]
    title: str = ""
    date: date | None = None
    language: str = ""
    pages: int | None = None
    warnings: tuple[str, ...] = field(default=())


class Reader(Protocol):
    """Reads one format."""

    name: str

    def read(self, path: Path, limits: Limits = ...) -> RawDocument:
        """Return the blocks of the file. Raises CorpusError, with a remedy, for a file that it cannot read."""
        ...


# A line that begins like this never continues the line before it.
STARTER = re.compile(
    r"(?:(?:Art\.|Artikel) ?\d+[\w/]*(?:\.\d+)*\.(?=\s|[A-Z§]|$)|§ ?\d|\d{1,3}°|[a-z]\) |\d{1,2}\) "
    r"|(?:HOOFDSTUK|Hoofdstuk|AFDELING|Afdeling|ONDERAFDELING|Onderafdeling|TITEL|Titel|BIJLAGE|Bijlage) [IVXLC\d]"
    r"|[•●▪◦‣·–—−*-] )"
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.? [A-ZÀ-Ý“\"(].*")
_DIVISION = re.compile(r"(?:HOOFDSTUK|Hoofdstuk|AFDELING|Afdeling|ONDERAFDELING|Onderafdeling|TITEL|Titel|BIJLAGE|Bijlage)\b.{0,110}")

# How a committee report of the Flemish Parliament announces who speaks.
_SPEAKER = re.compile(r"(?:Tussenkomst|Antwoorden?|Uiteenzetting) van [A-ZÀ-Ý][^.,;:?!]{2,80}")


def heading_level(line: str) -> int:
    """Level of a line that looks like a heading in plain text or PDF (1 is highest), 0 when it does not."""
    if len(line) > 120 or (line[-1:] in ".,;:?!…" and not _DIVISION.fullmatch(line)):
        return 0
    if _DIVISION.fullmatch(line) and not line.endswith((",", ";")):
        word = line.split()[0].lower()
        return {"titel": 1, "hoofdstuk": 1, "bijlage": 1, "afdeling": 2, "onderafdeling": 3}[word]
    if _SPEAKER.fullmatch(line):
        return 2
    if len(line) <= 90 and (match := _NUMBERED.fullmatch(line)):
        return match[1].count(".") + 1
    letters = [c for c in line if c.isalpha()]
    if len(letters) >= 5 and len(line) <= 80 and all(c.isupper() for c in letters) and max(map(len, line.split())) >= 4:
        return 1
    return 0


def is_list_item(line: str) -> bool:
    """True for a line that begins with a bullet, ``1°``, ``a)`` or ``1)``."""
    return bool(re.match(r"[•●▪◦‣·–—−*-] |\d{1,3}°|[a-z]\) |\d{1,2}\) ", line))
