"""PDF: text by page, without running headers and page numbers; headings from the file's own outline."""

from __future__ import annotations

import logging
import re
from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError
from corpus.readers.base import Limits, RawDocument
from corpus.readers.guard import check_file
from corpus.readers.joining import paragraphs
from corpus.readers.normalise import clean, clean_lines

# Fewer letters a page than this, on average, is a scan with at most some stray marks.
_LETTERS_A_PAGE = 15
# White space between lines from which a new paragraph begins, in usual line distances.
_GAP = 1.3
_PAGE_NUMBER = re.compile(r"(?:[-–] ?)?(?:(?:pagina|blz\.?|p\.) ?)?\d{1,4}(?: ?(?:/|van) ?\d{1,4})?(?: ?[-–])?", re.IGNORECASE)


class PdfFileReader:
    """Reads ``.pdf`` with pypdf."""

    name = "pdf"

    def read(self, path: Path, limits: Limits | None = None) -> RawDocument:
        """Read the file. Raises CorpusError when it is damaged, encrypted, too long, or holds only images."""
        import pypdf

        limits = limits or Limits()
        check_file(path, limits)
        # pypdf reports every oddity of a file as a warning; what matters to a person is said below.
        logging.getLogger("pypdf").setLevel(logging.ERROR)
        with path.open("rb") as stream:
            if b"%PDF-" not in stream.read(1024):
                raise CorpusError(f"'{path.name}' is geen PDF-bestand.", "Controleer het bestand; misschien is het een webpagina of een afgebroken download.")
            stream.seek(0)
            try:
                return self._read(pypdf.PdfReader(stream), path, limits)
            except CorpusError:
                raise
            except MemoryError:
                raise
            except Exception as error:
                # A damaged PDF makes pypdf raise almost any kind of exception.
                raise CorpusError(
                    f"De PDF '{path.name}' is beschadigd en kan niet gelezen worden ({type(error).__name__}).",
                    "Open hem in een PDF-programma, bewaar hem opnieuw, of vraag een ander exemplaar.",
                ) from error

    def _read(self, pdf: Any, path: Path, limits: Limits) -> RawDocument:
        if pdf.is_encrypted and not _opens_without_password(pdf):
            raise CorpusError(f"De PDF '{path.name}' is met een wachtwoord beveiligd.", "Bewaar een kopie zonder wachtwoord en voeg die toe.")
        count = len(pdf.pages)
        if count == 0:
            raise CorpusError(f"De PDF '{path.name}' heeft geen bladzijden.", "Controleer of het bestand volledig is.")
        if count > limits.pages:
            raise CorpusError(f"De PDF '{path.name}' heeft {count} bladzijden; de grens is {limits.pages}.", "Splits het document.")
        pages: list[tuple[int | None, list[str]]] = []
        characters = 0
        for number, page in enumerate(pdf.pages, 1):
            lines = page_lines(page)
            characters += sum(map(len, lines))
            if characters > limits.characters:
                raise CorpusError(f"De PDF '{path.name}' bevat meer dan {limits.characters} tekens.", "Splits het document.")
            pages.append((number, lines))
        letters = sum(c.isalpha() for _, lines in pages for line in lines for c in line)
        if letters < min(_LETTERS_A_PAGE * count, 200):
            raise CorpusError(
                f"De PDF '{path.name}' bevat {'alleen beelden' if _has_images(pdf) else 'geen tekst'}, geen leesbare tekst.",
                "Is het een scan? Laat er eerst tekstherkenning (OCR) op los en voeg het resultaat toe.",
            )
        empty = [str(n) for n, lines in pages if not any(lines)]
        warnings = (f"Zonder tekst, dus niet doorzoekbaar: bladzijde {', '.join(empty[:20])}.",) if empty else ()
        blocks = paragraphs(_without_running_lines(pages), _outline(pdf))
        info = pdf.metadata
        title = clean(str(info.title)) if info is not None and isinstance(info.title, str) else ""
        return RawDocument(tuple(blocks), title=title, date=_created(info), pages=count, warnings=warnings)


def page_lines(page: Any) -> list[str]:
    """The cleaned lines of a page, with an empty line where the white space between two lines is wider than usual.

    pypdf gives the text of a page in pieces with their place; where the pieces do not add up to the page's text,
    the lines are given without such gaps.
    """
    pieces: list[tuple[str, float]] = []

    def see(text: str, current: Any, matrix: Any, font: Any, size: Any) -> None:
        pieces.append((text, float(matrix[4]) * float(current[1]) + float(matrix[5]) * float(current[3]) + float(current[5])))

    whole = page.extract_text(visitor_text=see) or ""
    lines: list[tuple[str, float | None]] = [("", None)]
    for text, height in pieces:
        for n, part in enumerate(text.split("\n")):
            if n:
                lines.append(("", None))
            before, at = lines[-1]
            lines[-1] = (before + part, height if at is None and part.strip() else at)
    if "\n".join(text for text, _ in lines).split() != whole.split():
        return clean_lines(whole)
    filled = [(line, at) for text, at in lines if (line := clean(text))]
    steps = [before - after for (_, before), (_, after) in pairwise(filled) if before is not None and after is not None and before > after]
    usual = sorted(steps)[len(steps) // 3] if steps else 0.0
    out: list[str] = []
    above: float | None = None
    for line, at in filled:
        if above is not None and at is not None and usual > 0 and above - at > _GAP * usual:
            out.append("")
        out.append(line)
        above = at
    return out


def _opens_without_password(pdf: Any) -> bool:
    """Many files are encrypted with an empty user password: anybody may read them."""
    return bool(pdf.decrypt(""))


def _has_images(pdf: Any) -> bool:
    resources = (page.get("/Resources") for page in list(pdf.pages)[:5])
    return any("/XObject" in r.get_object() for r in resources if r is not None)


def _outline(pdf: Any) -> dict[str, int]:
    titles: dict[str, int] = {}
    todo = [(item, 1) for item in reversed(pdf.outline)]
    while todo:
        item, level = todo.pop()
        if isinstance(item, list):
            todo.extend((child, level + 1) for child in reversed(item))
        elif title := clean(str(item.title or "")):
            titles.setdefault(title.lower(), level)
    return titles


def _without_running_lines(pages: list[tuple[int | None, list[str]]]) -> list[tuple[int | None, list[str]]]:
    """Leave out page numbers, and a first or last line that most pages share (digits aside)."""
    counts: Counter[str] = Counter()
    for _, lines in pages:
        filled = [line for line in lines if line]
        counts.update({_masked(line) for line in (filled[:1] + filled[-1:]) if len(line) < 120})
    running = {line for line, n in counts.items() if n >= 4 and n >= 0.6 * len(pages)}
    out: list[tuple[int | None, list[str]]] = []
    for number, lines in pages:
        kept = list(lines)
        for edge in (0, -1):
            for _ in range(2):
                places = [i for i, line in enumerate(kept) if line]
                # A page that is nothing but this line keeps it: then it is content.
                if len(places) > 1 and (_PAGE_NUMBER.fullmatch(kept[places[edge]]) or _masked(kept[places[edge]]) in running):
                    kept[places[edge]] = ""
        out.append((number, _trim(kept)))
    return out


def _masked(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def _trim(lines: list[str]) -> list[str]:
    while lines and not lines[0]:
        lines = lines[1:]
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines


def _created(info: Any) -> date | None:
    try:
        created = info.creation_date if info is not None else None
    except ValueError:
        return None
    return created.date() if isinstance(created, datetime) else None
