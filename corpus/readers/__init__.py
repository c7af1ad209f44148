"""Readers for the formats that can be added: txt, Markdown, HTML, PDF and DOCX.

:func:`reader_for` is the one place that knows which reader belongs to which ending.
"""

from __future__ import annotations

from pathlib import Path

from corpus.errors import CorpusError
from corpus.readers.base import Limits, RawBlock, RawDocument, Reader
from corpus.readers.guard import check_file

__all__ = ["ENDINGS", "Limits", "RawBlock", "RawDocument", "Reader", "read_file", "reader_for"]

ENDINGS: dict[str, str] = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
"""Ending of the file name to name of the format."""


def reader_for(path: Path) -> Reader:
    """Return the reader for a file by its ending.

    Raises:
        CorpusError: no reader knows the ending; the message lists those that exist.
    """
    name = ENDINGS.get(path.suffix.lower())
    if name == "txt":
        from corpus.readers.plain import PlainReader

        return PlainReader()
    if name == "markdown":
        from corpus.readers.markdown import MarkdownReader

        return MarkdownReader()
    if name == "html":
        from corpus.readers.html import HtmlReader

        return HtmlReader()
    if name == "pdf":
        from corpus.readers.pdf import PdfFileReader

        return PdfFileReader()
    if name == "docx":
        from corpus.readers.docx import DocxReader

        return DocxReader()
    known = ", ".join(sorted(ENDINGS))
    remedy = f"Bewaar het document in een van deze vormen: {known}."
    raise CorpusError(f"Het formaat van '{path.name}' ({path.suffix or 'geen extensie'}) wordt niet gelezen.", remedy)


def read_file(path: Path, limits: Limits | None = None) -> RawDocument:
    """Check and read one file.

    Raises:
        CorpusError: the file is missing, a link, too large, of an unknown format, damaged, encrypted or
            without text; the remedy says what to do.
    """
    limits = limits or Limits()
    reader = reader_for(path)
    check_file(path, limits)
    document = reader.read(path, limits)
    size = sum(len(b.text) for b in document.blocks)
    if not any(c.isalnum() for b in document.blocks for c in b.text):
        raise CorpusError(f"In '{path.name}' staat geen tekst.", "Controleer of dit het juiste bestand is.")
    if size > limits.characters:
        raise CorpusError(
            f"'{path.name}' bevat {size} tekens; de grens is {limits.characters}.", "Splits het document in delen en voeg die apart toe."
        )
    return document
