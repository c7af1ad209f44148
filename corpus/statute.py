"""Parse a Flemish decree or decision: hoofdstuk, afdeling, artikel, paragraaf, lid, 1°, a).

The build follows the drafting rules of the Flemish administration (Omzendbrief wetgevingstechniek): an
article has paragraphs (§) or leden; a lid is a block of running text with the enumeration that belongs to
it; after an enumeration, running text begins a new lid. Text between quotation marks that an amending act
inserts elsewhere belongs to the lid that inserts it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from corpus.layout import PASSAGE_LIMIT, Layout, Placed
from corpus.model import Document, DocumentMeta, Kind, Passage
from corpus.provision import NUMBER, Provision
from corpus.readers.base import RawBlock, RawDocument
from corpus.sentences import cut

SHORT_ARTICLE = 500
"""An article up to this length is one passage."""
ITEM_GROUP = 700
"""Short items of a long enumeration are taken together up to this length."""

ARTICLE = re.compile(rf"(?:Art\.|Artikel)\s*({NUMBER})\s*\.(?=\s|[A-Z§(]|$)\s*|(Enig artikel)\.?\s*")
_BARE_ARTICLE = re.compile(rf"(?:Art\.|Artikel)\s*({NUMBER})\.?\s*(?:\(.{{0,60}}\))?")
_DIVISION = re.compile(
    r"(TITEL|Titel|DEEL|Deel|BOEK|Boek|HOOFDSTUK|Hoofdstuk|AFDELING|Afdeling|ONDERAFDELING|Onderafdeling)\s+([IVXLC]+|\d+(?:/\d+)?\w{0,8})"
    r"\s*(?:[.:–—-]+\s*(.*)|$)"
)
_PARA = re.compile(r"§\s*(\d+(?:/\d+)?(?:bis|ter|quater|quinquies)?)\s*\.\s*")
_POINT = re.compile(r"(\d+(?:/\d+)?)°(bis|ter|quater|quinquies|sexies)?(/\d+)?\s*")
_LETTER = re.compile(r"([a-z]{1,2})\)\s*")
_DIGIT = re.compile(r"(\d{1,2})\)\s*")
_DASH = re.compile(r"[-–—−•]\s+")
_CLOSING = re.compile(r"Kondigen dit decreet af|Brussel, (?:de )?\d|Gegeven te Brussel|De minister-president van de Vlaamse Regering")
_ANNEX = re.compile(r"(?:BIJLAGE|Bijlage)(?:\s+(\d+|[IVX]+))?\b(?:[.:–—-].*|\s.*)?")
_INLINE_PARA = re.compile(r"(?<=[.;”\")])\s+(?=§ ?\d+(?:/\d+)?\. [A-ZÀ-Ý“\"])")
_RANK = {"boek": ("boek", 1), "deel": ("deel", 1), "titel": ("titel", 2), "hoofdstuk": ("hfdst", 3), "afdeling": ("afd", 4), "onderafdeling": ("ond", 5)}


@dataclass
class _Node:
    """A lid or a point: where it stands and what hangs below it."""

    start: int
    end: int
    marker: str = ""
    level: int = 0
    points: list[_Node] = field(default_factory=list)


@dataclass
class _Lid(_Node):
    para: str | None = None
    number: int = 1


@dataclass(frozen=True)
class Unit:
    """A passage to be: its place in the text, its id within the document, and how it is cited."""

    start: int
    end: int
    eid: str
    provision: str


def looks_like_statute(raw: RawDocument) -> bool:
    """True when the blocks hold at least two articles that are numbered on from each other, or one that is the only one."""
    numbers = [m[1] for b in raw.blocks if (m := ARTICLE.match(b.text)) and m[1]]
    if any(b.text.startswith("Enig artikel") for b in raw.blocks):
        return True
    plain = [int(n) for n in numbers if n.isdigit()]
    return 1 in plain and 2 in plain and sum(b == a + 1 for a, b in zip(plain, plain[1:], strict=False)) >= max(1, len(plain) // 3)


def statute_document(meta: DocumentMeta, raw: RawDocument) -> Document:
    """Parse a whole statute; what stands before article 1 and after the last article gets passages of its own."""
    layout = Layout().extend(_split(raw.blocks))
    return layout.document(meta, _Builder(meta, layout).passages())


def article_units(number: str, text: str, pieces: Sequence[tuple[int, int]], limit: int = PASSAGE_LIMIT) -> list[Unit]:
    """Cut one article into units.

    Args:
        number: the article's number, as printed ("5", "5/1", "12bis").
        text: the canonical text.
        pieces: (start, end) of each block of the article; the first begins after "Art. 5." when
            ``text`` before it, on the same line, holds that marker (it then counts to the first unit).
    """
    leden = _leden(text, pieces)
    if not leden:
        return []
    start, end = leden[0].start, leden[-1].end
    if end - start <= SHORT_ARTICLE:
        place = Provision(number)
        return [Unit(start, end, place.eid(), place.cite())]
    units: list[Unit] = []
    for lid in leden:
        siblings = sum(other.para == lid.para for other in leden)
        place = Provision(number, lid.para, lid.number if siblings > 1 else None)
        units.extend(_lid_units(place, lid, text, limit))
    return units


def _lid_units(place: Provision, lid: _Lid, text: str, limit: int) -> list[Unit]:
    if lid.end - lid.start <= limit or len(lid.points) < 2:
        return _parts(place, lid.start, lid.end, text, limit, tuple(p.start for p in lid.points))
    units: list[Unit] = []
    intro = lid.points[0].start - lid.start
    if intro > ITEM_GROUP // 2:
        units += _parts(place, lid.start, lid.start + len(text[lid.start : lid.points[0].start].rstrip()), text, limit, ())
        first = lid.points[0].start
    else:
        first = lid.start
    group: list[_Node] = []
    for point in lid.points:
        if group and point.end - first > ITEM_GROUP:
            units += _group(place, group, first, text, limit)
            group, first = [], point.start
        group.append(point)
    return units + _group(place, group, first, text, limit)


def _group(place: Provision, group: list[_Node], first: int, text: str, limit: int) -> list[Unit]:
    last = group[-1].marker if len(group) > 1 else None
    inner = Provision(place.article, place.para, place.lid, (group[0].marker,), last)
    return _parts(inner, first, group[-1].end, text, limit, tuple(s.start for p in group for s in p.points))


def _parts(place: Provision, start: int, end: int, text: str, limit: int, starts: tuple[int, ...]) -> list[Unit]:
    pieces = cut(text, start, end, limit, starts)
    if len(pieces) == 1:
        return [Unit(start, end, place.eid(), place.cite())]
    return [Unit(a, b, f"{place.eid()}__deel_{n}", place.cite()) for n, (a, b) in enumerate(pieces, 1)]


def _leden(text: str, pieces: Sequence[tuple[int, int]]) -> list[_Lid]:
    leden: list[_Lid] = []
    para: str | None = None
    lid_number = 0
    quotes = _Quotes()
    for start, end in pieces:
        piece = text[start:end]
        inside = quotes.open
        marker = ARTICLE.match(piece)
        body = piece[marker.end() :] if marker and not leden else piece
        quotes.read(piece)
        if not body.strip():
            # "Artikel 5." alone on its line: the text follows in the next block.
            continue
        if leden and (inside or (body[0] in "“„\"" and text[: leden[-1].end].endswith(":"))):
            _extend(leden[-1], end)
        elif match := _PARA.match(body):
            para, lid_number = match[1], 1
            leden.append(_Lid(start, end, para=para, number=1))
        elif leden and (level := _level(body)):
            _attach(leden[-1], _Node(start, end, level[1], level[0]))
        else:
            lid_number += 1
            leden.append(_Lid(start, end, para=para, number=lid_number))
    return leden


def _level(body: str) -> tuple[int, str] | None:
    if match := _POINT.match(body):
        return 1, match[1] + (match[2] or "") + (match[3] or "")
    if match := _LETTER.match(body):
        return 2, match[1]
    if match := _DIGIT.match(body):
        return 3, match[1]
    if _DASH.match(body):
        return 4, "-"
    return None


def _attach(lid: _Lid, node: _Node) -> None:
    """Hang ``node`` below the last node of a higher rank, and stretch all its ancestors to its end."""
    parent: _Node = lid
    while parent.points and parent.points[-1].level < node.level:
        parent.end = node.end
        parent = parent.points[-1]
    if node.marker == "-":
        # Dashes have no number to cite: they count to what they hang below.
        parent.end = lid.end = node.end
        return
    parent.end = node.end
    parent.points.append(node)
    lid.end = node.end


def _extend(lid: _Lid, end: int) -> None:
    node: _Node = lid
    while True:
        node.end = end
        if not node.points:
            return
        node = node.points[-1]


class _Quotes:
    """Follows whether a quotation is open: “ ” are counted, a straight quote opens and closes."""

    def __init__(self) -> None:
        self.curly, self.straight = 0, False

    @property
    def open(self) -> bool:
        return self.curly > 0 or self.straight

    def read(self, text: str) -> None:
        self.curly = max(0, self.curly + text.count("“") + text.count("„") - text.count("”"))
        if text.count('"') % 2:
            self.straight = not self.straight

    def reset(self) -> None:
        self.curly, self.straight = 0, False


def _split(blocks: Sequence[RawBlock]) -> list[RawBlock]:
    """Cut a block in which a further paragraph (§ 2.) begins; a provision is never a heading or a list item."""
    out: list[RawBlock] = []
    for block in blocks:
        text, cuts = block.text, [0]
        if (marker := ARTICLE.match(text)) or text.startswith("§"):
            cuts += [m.end() for m in _INLINE_PARA.finditer(text) if marker is None or m.end() > marker.end()]
        cuts.append(len(text))
        for a, b in zip(cuts, cuts[1:], strict=False):
            piece = text[a:b].rstrip()
            starts = tuple((at - a, page) for at, page in block.page_starts if a < at < a + len(piece))
            page = block.page
            for at, number in block.page_starts:
                page = number if at <= a else page
            division = bool(_DIVISION.fullmatch(piece)) or (block.kind == "heading" and not ARTICLE.match(piece))
            level = (block.level or _RANK.get(piece.split()[0].lower(), ("", 3))[1]) if division else 0
            kind = "heading" if division else ("list" if _level(piece) else "paragraph")
            out.append(RawBlock(kind, piece, level, page, starts))  # type: ignore[arg-type]
    return out


class _Builder:
    """Walks through the placed blocks of a statute and makes its passages."""

    def __init__(self, meta: DocumentMeta, layout: Layout) -> None:
        self.meta, self.layout = meta, layout
        self.out: list[Passage] = []
        self.ids: dict[str, int] = {}
        self.divisions: list[tuple[int, str, str]] = []
        self.area = "aanhef"
        self.loose: dict[str, int] = {}

    def passages(self) -> list[Passage]:
        article: str | None = None
        pieces: list[tuple[int, int]] = []
        quotes = _Quotes()
        placed = self.layout.placed
        skip_title = False
        for index, place in enumerate(placed):
            text = place.block.text
            number = self._article_number(text)
            if number and (not quotes.open or _follows(article, number)):
                self._close(article, pieces)
                article, pieces = number, [(place.start, place.end)]
                self.area = "artikelen"
                quotes.reset()
            elif quotes.open and article:
                pieces.append((place.start, place.end))
            elif place.block.kind == "heading" or _DIVISION.fullmatch(text):
                self._close(article, pieces)
                article, pieces = None, []
                if skip_title:
                    skip_title = False
                    rank, eid, heading = self.divisions[-1]
                    self.divisions[-1] = (rank, eid, f"{heading} {text}")
                    continue
                skip_title = self._divide(text, placed[index + 1] if index + 1 < len(placed) else None)
                continue
            elif article and (_CLOSING.match(text) or (_ANNEX.fullmatch(text) and len(text) < 200)):
                self._close(article, pieces)
                article, pieces = None, []
                self._loose_area(text)
                self._loose(place)
            elif article:
                pieces.append((place.start, place.end))
            else:
                if _ANNEX.fullmatch(text) and self.area != "aanhef":
                    self._loose_area(text)
                self._loose(place)
            skip_title = False
            quotes.read(text)
        self._close(article, pieces)
        return self.out

    @staticmethod
    def _article_number(text: str) -> str | None:
        if match := ARTICLE.match(text):
            return match[1] or "1"
        if (match := _BARE_ARTICLE.fullmatch(text)) and len(text) < 90:
            return match[1]
        return None

    def _divide(self, text: str, following: Placed | None) -> bool:
        """Enter a chapter or section; True when its title stands in the next block."""
        match = _DIVISION.fullmatch(text)
        if match is None:
            if self.area != "aanhef" and _ANNEX.fullmatch(text):
                self._loose_area(text)
            return False
        name, rank = _RANK[match[1].lower()]
        self.divisions = [d for d in self.divisions if d[0] < rank]
        self.divisions.append((rank, f"{name}_{match[2].lower().replace('/', '-')}", text))
        next_is_title = (
            not (match[3] or "").strip()
            and following is not None
            and following.block.kind == "heading"
            and _DIVISION.fullmatch(following.block.text) is None
        )
        return next_is_title

    def _loose_area(self, text: str) -> None:
        match = _ANNEX.fullmatch(text)
        self.divisions = []
        self.area = f"bijlage_{(match[1] or '1').lower()}" if match else "slot"

    def _loose(self, place: Placed) -> None:
        """A passage outside the articles: preamble, closing formula or annex."""
        for a, b in cut(self.layout.text, place.start, place.end, PASSAGE_LIMIT):
            number = self.loose[self.area] = self.loose.get(self.area, 0) + 1
            heading = {"aanhef": "Aanhef", "slot": "Slotformule"}.get(self.area, self.area.replace("_", " ").capitalize())
            self._add(a, b, f"{self.area}/p{number}", None, self.area, heading)

    def _close(self, article: str | None, pieces: list[tuple[int, int]]) -> None:
        if article is None:
            return
        units = article_units(article, self.layout.text, pieces)
        if not units and pieces:
            place = Provision(article)
            units = [Unit(pieces[0][0], pieces[-1][1], place.eid(), place.cite())]
        section = "__".join(d[1] for d in self.divisions) or self.area
        heading = " > ".join(d[2] for d in self.divisions)
        for unit in units:
            self._add(unit.start, unit.end, unit.eid, unit.provision, section, heading)

    def _add(self, start: int, end: int, eid: str, provision: str | None, section: str, heading: str) -> None:
        count = self.ids[eid] = self.ids.get(eid, 0) + 1
        if count > 1:
            eid = f"{eid}__{count}e"
        self.out.append(
            provision_passage(self.meta, self.layout, Unit(start, end, eid, provision or ""), section, heading, self.meta.valid_from, self.meta.valid_to)
        )


def provision_passage(
    meta: DocumentMeta, layout: Layout, unit: Unit, section: str, heading: str, valid_from: date | None, valid_to: date | None
) -> Passage:
    """Make the passage of one unit; its ``provision`` names the act, as in the digests: "decreet 14.01.2022, art. 5"."""
    return Passage(
        id=f"{meta.id}/{unit.eid}",
        document=meta.id,
        start=unit.start,
        end=unit.end,
        section=section,
        heading=heading,
        page=layout.page_at(unit.start),
        page_end=layout.page_at(unit.end - 1),
        provision=f"{act_name(meta)}, {unit.provision}" if unit.provision else None,
        status=meta.kind.value,
        authority=meta.authority,
        valid_from=valid_from,
        valid_to=valid_to,
        sources=(meta.source.url,) if meta.source.url else (),
    )


def act_name(meta: DocumentMeta) -> str:
    """Short name of the act in a citation: "decreet 14.01.2022"."""
    word = meta.kind.value if meta.kind in (Kind.DECREET, Kind.BESLUIT, Kind.ONTWERP) else (meta.short or meta.title)
    return f"{word} {meta.date:%d.%m.%Y}" if meta.kind in (Kind.DECREET, Kind.BESLUIT, Kind.ONTWERP) else word


def _follows(current: str | None, number: str) -> bool:
    """True when ``number`` is the article after ``current``: then a quotation was left open by mistake."""
    return current is not None and current.isdigit() and number.isdigit() and int(number) == int(current) + 1
