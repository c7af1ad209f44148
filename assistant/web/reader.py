"""The reader: a document with its outline, pages and speakers, a quote marked, and a link for every passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.web import links
from assistant.web.answer_html import external, web_sources
from assistant.web.badges import badges
from assistant.web.dates import long_date
from assistant.web.markup import Safe, join, tag
from assistant.web.texts import Words
from corpus.model import Document, Passage, TextStatus
from corpus.store import Corpus
from index.text import fold

AROUND = 2
"""So many passages before and after the cited one are shown in place."""


@dataclass(frozen=True)
class Place:
    """Where to open: a document, perhaps a passage, perhaps a span to mark; ``words`` are looked for in the text."""

    document: str
    passage: str = ""
    start: int | None = None
    end: int | None = None
    words: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Place:
        """The place that a link names. Numbers that are none are left out."""
        return cls(query.get("doc", ""), query.get("passage", ""), _number(query.get("start")), _number(query.get("end")), query.get("zoek", "")[:200])


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None


def anchor(passage_id: str) -> str:
    """The id of a passage's element."""
    return "p-" + re.sub(r"[^A-Za-z0-9_-]", "-", passage_id)


def span_of(place: Place, passage: Passage) -> tuple[int, int] | None:
    """The span to mark, when the link names one that lies inside the passage."""
    if place.start is None or place.end is None or not passage.start <= place.start < place.end <= passage.end:
        return None
    return place.start, place.end


def reader(corpus: Corpus, place: Place, words: Words) -> Safe:
    """The whole document, open at the place."""
    document = corpus.documents.get(place.document)
    if document is None or (place.passage and place.passage not in document.by_id):
        return tag("p", words("documents.not_found"), cls="mw-empty", role="alert")
    hits = find_hits(document, place.words)
    return tag(
        "div",
        tag(
            "p",
            tag("a", "← ", words("documents.back"), href=links.page(words.language, {"tab": "documenten"}), data_go="documenten"),
            cls="mw-back",
        ),
        head(document, words),
        _search(document, place, hits, words),
        tag("div", _outline(document, words), body(corpus, document, place, words, document.passages, hits), cls="mw-read"),
        cls="mw-reader",
        data_scroll=anchor(place.passage) if place.passage else ("mw-hit-1" if hits else None),
    )


def excerpt(corpus: Corpus, place: Place, words: Words) -> Safe:
    """The cited passage with what stands around it, to open in place."""
    document = corpus.documents.get(place.document)
    passage = document.by_id.get(place.passage) if document else None
    if document is None or passage is None:
        return tag("p", words("documents.not_found"), cls="mw-empty", role="alert")
    at = document.passages.index(passage)
    around = document.passages[max(0, at - AROUND) : at + AROUND + 1]
    return tag(
        "div",
        head(document, words, small=True),
        tag("p", words("documents.marked"), cls="mw-hint") if span_of(place, passage) else None,
        body(corpus, document, place, words, around, [], top=3),
        tag(
            "p",
            tag("a", words("documents.whole"), href=links.passage(words.language, document.id, passage.id, place.start, place.end), cls="mw-button"),
        ),
        cls="mw-reader mw-excerpt",
        data_scroll=anchor(passage.id),
    )


def head(document: Document, words: Words, small: bool = False) -> Safe:
    """Title, badges, date, source, and for a digest that it is one."""
    meta = document.meta
    source = meta.source
    return tag(
        "header",
        tag("h3" if not small else "h2", meta.title, cls="mw-doc-title", lang=meta.language),
        badges(words, meta.authority, meta.text_status),
        not small
        and tag(
            "p",
            f"{words.name('kind', meta.kind)}, {long_date(meta.date, words.language)}",
            validity(meta.valid_from, meta.valid_to, words, before="; "),
            source.url and join(" · ", words("documents.source"), ": ", source.publisher, " ", external(source.url, words)),
            cls="mw-doc-meta",
        ),
        meta.text_status is TextStatus.SAMENVATTING and tag("p", words("documents.digest"), cls="mw-warning"),
        cls="mw-doc-head",
    )


def validity(start: object, end: object, words: Words, before: str = "") -> str:
    """From when and until when something holds, in words; empty when not known."""
    if not start:
        return ""
    first = long_date(str(start), words.language)
    if end:
        return before + words("documents.valid_until", from_=first, to=long_date(str(end), words.language))
    return before + words("documents.valid", from_=first)


def _search(document: Document, place: Place, hits: list[tuple[int, int]], words: Words) -> Safe:
    found = None
    if place.words:
        found = tag("p", words("documents.hits", n=len(hits)) if hits else words("documents.no_hits"), role="status", cls="mw-hint")
    return tag(
        "form",
        tag("input", type="hidden", name="tab", value="documenten"),
        tag("input", type="hidden", name="doc", value=document.id),
        tag("input", type="hidden", name="lang", value=words.language),
        tag("label", words("documents.search"), for_="mw-find"),
        tag("input", type="search", name="zoek", id="mw-find", value=place.words, maxlength=200),
        tag("button", words("documents.search_button"), type="submit", cls="mw-button"),
        found,
        method="get",
        action="/",
        role="search",
        aria_label=words("documents.search"),
        cls="mw-form mw-search",
        data_form="documenten",
    )


def _outline(document: Document, words: Words) -> Safe | None:
    if not document.outline:
        return None
    items = [
        tag("li", tag("a", title, href=f"#{_heading_id(start)}", data_jump=_heading_id(start)), cls=f"mw-level-{level}")
        for level, title, start in document.outline
    ]
    return tag(
        "nav",
        tag("details", tag("summary", words("documents.outline")), tag("ul", items), cls="mw-outline", open=True),
        aria_label=words("documents.outline"),
        lang=document.meta.language,
    )


def _heading_id(start: int) -> str:
    return f"mw-h-{start}"


def body(corpus: Corpus, document: Document, place: Place, words: Words, passages: Iterable[Passage], hits: list[tuple[int, int]], top: int = 4) -> Safe:
    """Headings (the highest of level ``top``), pages, speakers and passages in the order of the text."""
    headings = sorted(document.outline, key=lambda o: o[2])
    pages = {start: number for start, number in document.page_starts}
    out: list[Safe] = []
    speaker: str | None = None
    page: int | None = None
    first = True
    waiting = list(headings)
    for passage in passages:
        above = [h for h in waiting if h[2] <= passage.start]
        waiting = [h for h in waiting if h[2] > passage.start]
        for level, title, start in above[-1:] if first else above:
            out.append(tag(f"h{min(level + top - 1, 6)}", title, id=_heading_id(start), tabindex="-1"))
            speaker = None
        first = False
        if passage.page is not None and passage.page != page and page_before(document, passage) != page:
            page = passage.page
            out.append(tag("p", words("documents.page", n=page), cls="mw-page"))
        if passage.speaker and passage.speaker != speaker:
            speaker = passage.speaker
            who = [tag("strong", speaker), passage.organisation and f" ({passage.organisation})", passage.role and f", {words.name('role', passage.role)}"]
            out.append(tag("p", who, cls="mw-speaker"))
        out.append(_passage(document, passage, place, words, hits, pages))
        inside = [n for start, n in document.page_starts if passage.start < start < passage.end]
        page = inside[-1] if inside else page
    return tag("div", out, cls="mw-text", lang=document.meta.language)


def page_before(document: Document, passage: Passage) -> int | None:
    """The page that a passage begins on."""
    return document.page_at(passage, passage.start)


def _passage(document: Document, passage: Passage, place: Place, words: Words, hits: list[tuple[int, int]], pages: dict[int, int]) -> Safe:
    marked = span_of(place, passage) if passage.id == place.passage else None
    here = passage.id == place.passage
    link = links.passage(words.language, document.id, passage.id, *(marked or (None, None)))
    number = passage.id.rsplit("/", 1)[-1]
    return tag(
        "div",
        tag("p", _pieces(document.text, passage, marked, hits, pages, words), cls="mw-passage-text"),
        _facts(passage, words),
        tag("a", "#", href=link, cls="mw-permalink", aria_label=words("documents.permalink", id=number), title=words("documents.permalink", id=number)),
        here and not marked and place.start is not None and tag("p", words("documents.span"), cls="mw-hint"),
        cls="mw-passage mw-here" if here else "mw-passage",
        id=anchor(passage.id),
        tabindex="-1",
    )


def _pieces(text: str, passage: Passage, marked: tuple[int, int] | None, hits: list[tuple[int, int]], pages: dict[int, int], words: Words) -> list[Safe | str]:
    """The passage's own text, cut where a mark, a hit or a page begins or ends."""
    own_hits = [(i, s, e) for i, (s, e) in enumerate(hits, 1) if s < passage.end and e > passage.start]
    breaks = {s for s in pages if passage.start < s < passage.end}
    cuts = {passage.start, passage.end, *breaks}
    for s, e in [*((s, e) for _, s, e in own_hits), *([marked] if marked else [])]:
        cuts |= {max(s, passage.start), min(e, passage.end)}
    out: list[Safe | str] = []
    ordered = sorted(cuts)
    for start, end in zip(ordered, ordered[1:], strict=False):
        if start in breaks:
            out.append(tag("span", words("documents.page", n=pages[start]), cls="mw-page-inline"))
        piece: Safe | str = text[start:end]
        hit = next((i for i, s, e in own_hits if s <= start < e), None)
        if marked and marked[0] <= start < marked[1]:
            piece = tag("mark", piece, cls="mw-mark", id="mw-mark" if start == marked[0] else None)
        elif hit:
            piece = tag("mark", piece, cls="mw-hit", id=f"mw-hit-{hit}")
        out.append(piece)
    return out


def _facts(passage: Passage, words: Words) -> Safe | None:
    """What a digest knows about one of its points."""
    if passage.status is None:
        return None
    parts = [
        passage.id.rsplit("/", 1)[-1],
        passage.provision and f"{words('documents.provision')}: {passage.provision}",
        validity(passage.valid_from, passage.valid_to, words),
    ]
    return tag(
        "div",
        badges(words, passage.authority, None, passage.certainty),
        tag("span", " · ".join(p for p in parts if p), cls="mw-fact-meta"),
        web_sources(passage.sources, words),
        cls="mw-fact",
        lang=words.language,
    )


def find_hits(document: Document, wanted: str) -> list[tuple[int, int]]:
    """Where the words stand in the text, whatever their case or accents. At most 500."""
    needle = fold(wanted.strip())
    if len(needle) < 2:
        return []
    # Folding may change the length of a character, so positions are kept beside it.
    folded: list[str] = []
    where: list[int] = []
    for position, character in enumerate(document.text):
        for piece in fold(character) or " ":
            folded.append(piece)
            where.append(position)
    where.append(len(document.text))
    out = []
    for match in re.finditer(re.escape(needle), "".join(folded)):
        out.append((where[match.start()], where[match.end() - 1] + 1))
        if len(out) == 500:
            break
    return out
