"""DOCX: paragraphs, headings, lists, tables and footnotes; pages where Word has stored them.

A DOCX is a zip file of XML. Before python-docx sees it, the zip is checked for bombs (declared sizes
bind: zipfile never unpacks more than the declared size) and every XML part for document types and
entities.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError
from corpus.readers.base import MEGABYTE, Limits, RawBlock, RawDocument, is_list_item
from corpus.readers.guard import check_file
from corpus.readers.normalise import clean

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SKIP = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent", f"{_MC}Fallback", f"{_W}instrText", f"{_W}rPr", f"{_W}pPr"})


class DocxReader:
    """Reads ``.docx`` with python-docx."""

    name = "docx"

    def read(self, path: Path, limits: Limits | None = None) -> RawDocument:
        """Read the file. Raises CorpusError when it is damaged, encrypted, a zip bomb, or carries XML entities."""
        import docx

        limits = limits or Limits()
        check_file(path, limits)
        check_archive(path, limits)
        try:
            return _read(docx.Document(str(path)))
        except CorpusError:
            raise
        except MemoryError:
            raise
        except Exception as error:
            # python-docx and lxml raise many kinds of exception on a damaged package.
            raise CorpusError(
                f"Het Word-bestand '{path.name}' is beschadigd en kan niet gelezen worden ({type(error).__name__}).",
                "Open het in een tekstverwerker, bewaar het opnieuw als DOCX en probeer nog eens.",
            ) from error


def check_archive(path: Path, limits: Limits) -> None:
    """Refuse what is not a plain, modest zip of well-formed XML. Raises CorpusError."""
    with path.open("rb") as stream:
        if stream.read(8) == _OLE:
            raise CorpusError(
                f"'{path.name}' is met een wachtwoord beveiligd, of is een oud .doc-bestand.", "Bewaar het zonder wachtwoord als DOCX en voeg dat toe."
            )
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(path.name, archive.infolist(), limits)
            if "word/document.xml" not in archive.namelist():
                raise CorpusError(f"'{path.name}' is een zip, maar geen Word-document.", "Bewaar het document als DOCX.")
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    _check_xml(path.name, part.filename, archive.read(part))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise CorpusError(f"'{path.name}' is geen geldig DOCX-bestand of is beschadigd.", "Bewaar het document opnieuw als DOCX.") from error


def _check_sizes(name: str, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    total = sum(p.file_size for p in parts)
    remedy = "Gewone documenten zijn veel kleiner. Vertrouw dit bestand niet, of haal de beelden eruit."
    if len(parts) > limits.parts:
        raise CorpusError(f"'{name}' bestaat uit {len(parts)} onderdelen; de grens is {limits.parts}.", remedy)
    if total > limits.unpacked_bytes:
        raise CorpusError(f"'{name}' wordt uitgepakt {total / MEGABYTE:.0f} MB; de grens is {limits.unpacked_bytes / MEGABYTE:.0f} MB.", remedy)
    for part in parts:
        if part.flag_bits & 1:
            raise CorpusError(f"'{name}' is met een wachtwoord beveiligd.", "Bewaar het zonder wachtwoord en voeg dat toe.")
        if part.file_size > MEGABYTE and part.file_size > limits.ratio * max(part.compress_size, 1):
            raise CorpusError(f"'{name}' is verdacht sterk samengeperst (onderdeel {part.filename}).", remedy)


def _check_xml(name: str, part: str, data: bytes) -> None:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise CorpusError(f"'{name}' bevat XML-entiteiten (onderdeel {part}) en wordt niet geopend.", "Een gewoon Word-bestand heeft die niet; vertrouw dit bestand niet.") from None
    except ParseError as error:
        raise CorpusError(f"'{name}' is beschadigd: onderdeel {part} is geen geldige XML.", "Bewaar het document opnieuw als DOCX.") from error


def _read(document: Any) -> RawDocument:
    body = document.element.body
    rendered = body.find(f".//{_W}lastRenderedPageBreak") is not None
    pager = _Pager(rendered, known=rendered or _has_breaks(body))
    blocks: list[RawBlock] = []
    for item in document.iter_inner_content():
        if hasattr(item, "rows"):
            blocks.extend(_table(item, pager))
        else:
            blocks.extend(_paragraph(item._p, item.style.name if item.style is not None else "", pager))
    blocks.extend(_footnotes(document))
    core = document.core_properties
    created = core.created if isinstance(core.created, datetime) else None
    first = next((b.text for b in blocks if b.kind == "heading"), "")
    return RawDocument(
        tuple(blocks), title=clean(core.title or "") or first, date=_date(created), language=(core.language or "")[:2].lower(), pages=pager.last
    )


class _Pager:
    """Counts pages: by the breaks that Word stored when it last laid the text out, else by hard page breaks only."""

    def __init__(self, rendered: bool, known: bool) -> None:
        self.rendered, self.known, self.page = rendered, known, 1

    @property
    def current(self) -> int | None:
        return self.page if self.known else None

    @property
    def last(self) -> int | None:
        return self.current

    def see(self, element: Any) -> bool:
        """Count ``element``; True when a new page begins at it."""
        hard = element.tag == f"{_W}br" and element.get(f"{_W}type") == "page"
        new = element.tag == f"{_W}lastRenderedPageBreak" if self.rendered else hard
        self.page += new
        return new


def _has_breaks(body: Any) -> bool:
    return any(b.get(f"{_W}type") == "page" for b in body.iter(f"{_W}br")) or body.find(f".//{_W}pageBreakBefore") is not None


def _walk(element: Any) -> Iterator[Any]:
    """Descendants in order, without what was deleted, hidden alternatives and properties."""
    todo = list(reversed(element))
    while todo:
        child = todo.pop()
        if child.tag in _SKIP:
            continue
        yield child
        todo.extend(reversed(child))


def _paragraph(element: Any, style: str, pager: _Pager) -> list[RawBlock]:
    properties = element.find(f"{_W}pPr")
    if not pager.rendered and properties is not None and properties.find(f"{_W}pageBreakBefore") is not None:
        pager.page += 1
    pieces: list[tuple[int | None, str]] = [(pager.current, "")]
    for child in _walk(element):
        if pager.see(child):
            pieces.append((pager.current, ""))
        elif child.tag == f"{_W}t":
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + (child.text or ""))
        elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + " ")
        elif child.tag == f"{_W}noBreakHyphen":
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + "-")
    text, starts, page = "", [], pieces[0][0]
    for number, piece in pieces:
        cleaned = clean(piece)
        if not cleaned:
            continue
        if not text:
            page = number
            text = cleaned
        else:
            # A break inside a word (Word stores none there) or between words: the space decides.
            glue = " " if piece[:1].isspace() or _ends_open(pieces, number) else ""
            text += glue
            if number is not None:
                starts.append((len(text), number))
            text += cleaned
    if not text:
        return []
    level = _heading_level(style, properties)
    numbered = properties is not None and properties.find(f"{_W}numPr") is not None
    if level:
        return [RawBlock("heading", text, level, page, tuple(starts))]
    item = numbered or style.lower().startswith("list") or is_list_item(text)
    return [RawBlock("list" if item else "paragraph", text, 0, page, tuple(starts))]


def _ends_open(pieces: list[tuple[int | None, str]], number: int | None) -> bool:
    """True when the piece before page ``number`` ends in white space."""
    before = [text for page, text in pieces if page is not None and number is not None and page < number and text]
    return bool(before) and before[-1][-1:].isspace()


def _heading_level(style: str, properties: Any) -> int:
    name = style.lower()
    if name == "title":
        return 1
    for word in ("heading ", "kop "):
        if name.startswith(word) and name[len(word) : len(word) + 1].isdigit():
            return int(name[len(word)])
    if properties is not None and (outline := properties.find(f"{_W}outlineLvl")) is not None:
        value = int(outline.get(f"{_W}val") or 9)
        return value + 1 if value < 9 else 0
    return 0


def _table(table: Any, pager: _Pager) -> list[RawBlock]:
    blocks: list[RawBlock] = []
    for row in table._tbl.iter(f"{_W}tr"):
        page, cells = pager.current, []
        for cell in row.findall(f"{_W}tc"):
            words = [b.text for p in cell.findall(f"{_W}p") for b in _paragraph(p, "", pager)]
            if words:
                cells.append(" ".join(words))
        if cells:
            blocks.append(RawBlock("list", " | ".join(cells), 0, page))
    return blocks


def _footnotes(document: Any) -> list[RawBlock]:
    from lxml import etree

    blocks: list[RawBlock] = []
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/footnotes.xml":
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            for note in etree.fromstring(part.blob, parser).findall(f"{_W}footnote"):
                if note.get(f"{_W}type") is None:
                    quiet = _Pager(rendered=True, known=False)
                    blocks.extend(b for p in note.findall(f"{_W}p") for b in _paragraph(p, "", quiet))
    return [RawBlock("heading", "Voetnoten", 1), *blocks] if blocks else []


def _date(created: datetime | None) -> date | None:
    return created.date() if created is not None else None
