"""Choose how an added document is cut: as a statute, as a committee report, or by headings and paragraphs."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.errors import CorpusError
from corpus.hearing import read_hearing
from corpus.layout import generic_document
from corpus.model import Document, DocumentMeta, Kind
from corpus.pdftext import BULLET
from corpus.readers.base import RawBlock, RawDocument
from corpus.statute import looks_like_statute, statute_document

# A committee report names who speaks; below this share the text is something else.
_SPEAKER_SHARE = 0.5


def build_document(meta: DocumentMeta, raw: RawDocument, text: str | None = None) -> Document:
    """Lay out and cut a document that a reader has read.

    Args:
        meta: its metadata; ``kind`` decides which parser is tried first.
        raw: the reader's blocks.
        text: the file's own text, when it is plain text taken out of a PDF (see ``corpus.pdftext``).

    Raises:
        CorpusError: there is nothing to cite in it.
    """
    document: Document | None = None
    if meta.kind in (Kind.DECREET, Kind.BESLUIT, Kind.ONTWERP) and looks_like_statute(raw):
        document = statute_document(meta, raw)
    elif meta.kind is Kind.HOORZITTINGSVERSLAG:
        document = _hearing(meta, text if text is not None else printed_lines(raw.blocks))
    if document is None:
        document = generic_document(meta, raw)
    if not document.passages:
        raise CorpusError(f"In '{meta.title}' is geen passage gevonden die geciteerd kan worden.", "Controleer of het bestand gewone tekst bevat.")
    return document


def _hearing(meta: DocumentMeta, text: str) -> Document | None:
    """The report as the hearing parser reads it, or None when it does not fit the file."""
    try:
        document = read_hearing(meta, text).document
    except (CorpusError, AssertionError, IndexError):
        # Not the build of a committee report: the general layout takes it.
        return None
    ids = {p.id for p in document.passages}
    spoken = sum(p.speaker is not None for p in document.passages)
    fits = len(ids) == len(document.passages) and spoken >= _SPEAKER_SHARE * len(document.passages)
    return document if fits else None


def printed_lines(blocks: Sequence[RawBlock]) -> str:
    """Write blocks as the lines that the hearing parser expects: a leading space opens a page, two trailing spaces end a paragraph."""
    lines: list[str] = []
    page: int | None = None
    for block in blocks:
        text = f"{BULLET} {block.text[2:]}" if block.kind == "list" and block.text[:2] in ("- ", "• ", "– ", "* ") else block.text
        shift = len(text) - len(block.text)
        edges = [(0, block.page), *((at + shift, number) for at, number in block.page_starts)]
        for (start, number), (stop, _) in zip(edges, [*edges[1:], (len(text), None)], strict=True):
            piece = text[start:stop].strip()
            if not piece:
                continue
            opens = (number is not None and number != page) or not lines
            page = number
            lines.append((" " if opens else "") + piece + ("  " if stop == len(text) else " "))
    return "\n\n".join(lines)
