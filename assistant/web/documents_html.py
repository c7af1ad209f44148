"""The documents: a list with what each is, search over all of them, and a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.search import Found
from assistant.web import links
from assistant.web.badges import badges
from assistant.web.dates import long_date
from assistant.web.markup import Safe, join, tag
from assistant.web.texts import Words
from corpus.model import Document, Passage
from corpus.store import Corpus

_EVENTS = ("Geschiedenis", "Inwerkingtreding")


def documents(corpus: Corpus, words: Words, query: str = "", found: Sequence[Found] = ()) -> Safe:
    """The list, what was found when something was searched for, and the timeline."""
    return tag(
        "div",
        tag("p", words("documents.intro"), cls="mw-intro"),
        _search(words, query),
        query and _results(found, words),
        tag("h3", words("documents.list")),
        tag("ul", [_card(d, words) for d in _ordered(corpus)], cls="mw-cards"),
        timeline(corpus, words),
        cls="mw-documents",
    )


def _ordered(corpus: Corpus) -> list[Document]:
    rank = {"geldend_recht": 0, "standpunt": 1, "praktijk": 2, "ontwerp": 3}
    return sorted(corpus.documents.values(), key=lambda d: (d.meta.added, rank.get(d.meta.authority, 4), d.meta.kind != "hoorzittingsverslag", d.id))


def _card(document: Document, words: Words) -> Safe:
    meta = document.meta
    return tag(
        "li",
        tag(
            "a",
            meta.title,
            href=links.page(words.language, {"tab": "documenten", "doc": meta.id}),
            data_go="documenten",
            cls="mw-card-title",
            lang=meta.language,
        ),
        badges(words, meta.authority, meta.text_status),
        tag(
            "p",
            f"{words.name('kind', meta.kind)} · {long_date(meta.date, words.language)} · {len(document.passages)} {words('documents.passages').lower()}",
            meta.added and f" · {words('documents.added')}",
            cls="mw-doc-meta",
        ),
        cls=f"mw-card mw-g-{meta.authority}",
    )


def _search(words: Words, query: str) -> Safe:
    return tag(
        "form",
        tag("input", type="hidden", name="tab", value="documenten"),
        tag("input", type="hidden", name="lang", value=words.language),
        tag("label", words("documents.search_all"), for_="mw-find-all"),
        tag("input", type="search", id="mw-find-all", name="zoek", value=query, maxlength=200),
        tag("button", words("documents.search_button"), type="submit", cls="mw-button"),
        method="get",
        action="/",
        role="search",
        aria_label=words("documents.search_all"),
        cls="mw-form mw-search",
        data_form="documenten",
    )


def _results(found: Sequence[Found], words: Words) -> Safe:
    if not found:
        return tag("p", words("documents.no_hits"), role="status", cls="mw-hint")
    items = [
        tag(
            "li",
            tag("a", f.label, href=links.passage(words.language, f.document, f.passage), data_go="documenten"),
            badges(words, f.authority),
            tag("p", f.text[:320] + ("…" if len(f.text) > 320 else ""), lang="nl"),
        )
        for f in found
    ]
    return join(tag("h3", words("documents.results")), tag("ol", items, cls="mw-results"))


def timeline(corpus: Corpus, words: Words) -> Safe:
    """What happened when, from the dated points of the digests and the dates of the documents themselves."""
    rows: list[tuple[date, str, Safe]] = []
    for document in corpus.documents.values():
        for passage in document.passages:
            if passage.heading in _EVENTS and passage.valid_from and not passage.same_as and corpus.statements_of.get(passage.id):
                sentence = corpus.statements_of[passage.id][0].texts.get(words.language)
                link = tag("a", sentence, href=links.passage(words.language, document.id, passage.id), data_go="documenten")
                rows.append((passage.valid_from, when(passage, words.language), join(link, " ", badges(words, passage.authority))))
    items = [tag("li", tag("span", shown, cls="mw-when"), tag("div", what)) for _, shown, what in sorted(rows, key=lambda r: (r[0], r[1]))]
    return join(tag("h3", words("documents.timeline")), tag("ol", items, cls="mw-timeline"))


def when(passage: Passage, language: str) -> str:
    """A date as precise as it is known: 1 January to 31 December is a year, a whole month is a month."""
    start, end = passage.valid_from, passage.valid_to
    if start is None:
        return ""
    if (start.month, start.day) == (1, 1) and (end is None or (end.month, end.day) == (12, 31)):
        return str(start.year) if end is None or end.year == start.year else f"{start.year}–{end.year}"
    if end is not None and start.day == 1 and (end.year, end.month) == (start.year, start.month) and end.day >= 28:
        return long_date(start, language).split(" ", 1)[1]
    return long_date(start, language)
