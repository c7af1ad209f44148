"""Plain text: paragraphs between empty lines, pages between form feeds."""

from __future__ import annotations

from pathlib import Path

from corpus.pdftext import unwrap
from corpus.readers.base import Limits, RawBlock, RawDocument, heading_level, is_list_item
from corpus.readers.guard import decode, read_bytes
from corpus.readers.joining import paragraphs
from corpus.readers.normalise import clean, clean_lines


class PlainReader:
    """Reads ``.txt``."""

    name = "txt"

    def read(self, path: Path, limits: Limits | None = None) -> RawDocument:
        """Read the file. Raises CorpusError when it is not UTF-8 (or UTF-16 with its mark)."""
        text = decode(read_bytes(path, limits or Limits()), path.name)
        if is_double_spaced(text):
            return RawDocument(tuple(_double_spaced(text)))
        sheets = text.split("\f")
        paged = len(sheets) > 1
        pages: list[tuple[int | None, list[str]]] = [(n if paged else None, clean_lines(sheet)) for n, sheet in enumerate(sheets, 1)]
        blocks = paragraphs(pages)
        first = blocks[0].text if blocks else ""
        return RawDocument(tuple(blocks), title=first if len(first) <= 200 else "", pages=len(sheets) if paged else None)


def is_double_spaced(text: str) -> bool:
    """True for text taken out of a PDF with an empty line after every printed line (see ``corpus.pdftext``)."""
    lines = text.replace("\r\n", "\n").split("\n")
    filled = [n for n, line in enumerate(lines) if line]
    printed = [lines[n].strip() for n in filled if lines[n].strip()]
    if len(printed) < 20 or len(printed) == len(filled):
        return False
    apart = sum(n + 1 >= len(lines) or not lines[n + 1] for n in filled)
    # Lines that end within a sentence: an ordinary text with one paragraph a line has few.
    broken = sum(line[-1] not in ".!?:;”\")" for line in printed)
    return apart >= 0.9 * len(filled) and broken >= 0.5 * len(printed)


def _double_spaced(text: str) -> list[RawBlock]:
    blocks, _ = unwrap(text)
    out = []
    for block in blocks:
        level = 0 if block.page_starts else heading_level(block.text)
        kind = "heading" if level else ("list" if is_list_item(block.text) else "paragraph")
        # unwrap() has joined and stripped the lines already; cleaning must not shift its page offsets.
        same = clean(block.text) == block.text
        starts = tuple(block.page_starts) if same else ()
        out.append(RawBlock(kind, clean(block.text), level, block.page, starts))  # type: ignore[arg-type]
    return [b for b in out if b.text]
