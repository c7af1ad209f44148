"""Lay blocks out as one canonical text, and cut that text into passages with ids from its structure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from corpus.model import Document, DocumentMeta, Passage
from corpus.readers.base import RawBlock, RawDocument
from corpus.sentences import cut

PASSAGE_LIMIT = 1200
"""Longest passage of an added document, in characters: short enough to read as a quote."""


@dataclass(frozen=True)
class Placed:
    """A block and where it stands: ``text[start:end]``."""

    start: int
    end: int
    block: RawBlock


@dataclass
class Layout:
    """The growing canonical text. Paragraphs are kept apart by an empty line, list items by a line end."""

    text: str = ""
    placed: list[Placed] = field(default_factory=list)
    outline: list[tuple[int, str, int]] = field(default_factory=list)
    page_starts: list[tuple[int, int]] = field(default_factory=list)

    def add(self, block: RawBlock) -> Placed:
        """Append one block and return where it stands."""
        if self.text:
            self.text += "\n" if block.kind == "list" and self.placed[-1].block.kind != "heading" else "\n\n"
        start = len(self.text)
        self.text += block.text
        if block.page is not None:
            for offset, page in ((0, block.page), *block.page_starts):
                if not self.page_starts or page > self.page_starts[-1][1]:
                    self.page_starts.append((start + offset, page))
        if block.kind == "heading":
            self.outline.append((block.level, block.text, start))
        place = Placed(start, len(self.text), block)
        self.placed.append(place)
        return place

    def extend(self, blocks: Iterable[RawBlock]) -> Layout:
        """Append all blocks."""
        for block in blocks:
            self.add(block)
        return self

    def page_at(self, offset: int) -> int | None:
        """The page on which ``offset`` stands, None for a document without pages."""
        if not self.page_starts:
            return None
        at = bisect_right(self.page_starts, (offset, 10**9))
        return self.page_starts[max(at - 1, 0)][1]

    def document(self, meta: DocumentMeta, passages: Sequence[Passage]) -> Document:
        """Put text, passages, outline and pages together."""
        return Document(meta=meta, text=self.text, passages=tuple(passages), outline=tuple(self.outline), page_starts=tuple(self.page_starts))


def slug(text: str, limit: int = 40) -> str:
    """A readable id part: lower case, ASCII letters and digits, words joined by ``-``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    if len(words) > limit:
        words = words[:limit].rsplit("-", 1)[0].strip("-") or words[:limit]
    # A heading in another script has no ASCII letters: its hash is as stable as its words.
    return words or "h" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


class Sections:
    """Section ids from the path of headings; the same path a second time gets ``-2``."""

    def __init__(self) -> None:
        self.path: list[tuple[int, str]] = []
        self.seen: dict[str, int] = {"begin": 1}
        self.id, self.heading = "begin", ""

    def enter(self, level: int, title: str) -> None:
        """Go to the section that the heading opens."""
        self.path = [(n, s) for n, s in self.path if n < level]
        parent = ".".join(s for _, s in self.path)
        name = f"{parent}.{slug(title)}" if parent else slug(title)
        count = self.seen[name] = self.seen.get(name, 0) + 1
        own = slug(title) if count == 1 else f"{slug(title)}-{count}"
        self.path.append((level, own))
        self.id, self.heading = ".".join(s for _, s in self.path), title
        if count > 1:
            self.seen.setdefault(self.id, 1)


def generic_document(meta: DocumentMeta, raw: RawDocument, limit: int = PASSAGE_LIMIT) -> Document:
    """Lay out any document: one passage a paragraph with the list that follows it, cut where it is too long.

    A passage's id is ``<document>/<section>/p<n>``, ``p<n>.<part>`` for the parts of a long one.
    """
    blocks = raw.blocks
    if all(b.kind == "heading" for b in blocks):
        blocks = tuple(RawBlock("paragraph", b.text, 0, b.page, b.page_starts) for b in blocks)
    layout = Layout().extend(blocks)
    sections = Sections()
    counters: dict[str, int] = {}
    passages: list[Passage] = []
    for start, end, starts, heading in _units(layout.placed):
        if heading is not None:
            sections.enter(heading.level, heading.text)
            continue
        number = counters[sections.id] = counters.get(sections.id, 0) + 1
        pieces = cut(layout.text, start, end, limit, starts)
        for part, (a, b) in enumerate(pieces, 1):
            name = f"p{number}" if len(pieces) == 1 else f"p{number}.{part}"
            passages.append(
                Passage(
                    id=f"{meta.id}/{sections.id}/{name}",
                    document=meta.id,
                    start=a,
                    end=b,
                    section=sections.id,
                    heading=sections.heading,
                    page=layout.page_at(a),
                    page_end=layout.page_at(b - 1),
                    authority=meta.authority,
                    valid_from=meta.valid_from,
                    valid_to=meta.valid_to,
                )
            )
    return layout.document(meta, passages)


def _units(placed: Sequence[Placed]) -> list[tuple[int, int, tuple[int, ...], RawBlock | None]]:
    """Headings, and paragraphs with their list items: (start, end, item starts, heading or None)."""
    units: list[tuple[int, int, tuple[int, ...], RawBlock | None]] = []
    for place in placed:
        if place.block.kind == "heading":
            units.append((place.start, place.end, (), place.block))
        elif place.block.kind == "list" and units and units[-1][3] is None:
            start, _, starts, _ = units[-1]
            units[-1] = (start, place.end, (*starts, place.start), None)
        else:
            units.append((place.start, place.end, (), None))
    return units
