"""The three tabs that a link, form or button can change: check, positions, documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.api.service import Service
from assistant.engine import Assistant
from assistant.web.check_html import checker
from assistant.web.documents_html import documents
from assistant.web.markup import Safe, tag
from assistant.web.positions_html import Wanted, login, positions
from assistant.web.reader import Place, reader
from assistant.web.texts import Words
from corpus.errors import MaatwerkwijzerError

_FOUND = 12


async def render(service: Service, tab: str, pairs: Sequence[tuple[str, str]], words: Words, request: Any, visitor: str) -> Safe | str:
    """The tab as the parameters of a link or form ask for it.

    Raises:
        ApiError: 429.
    """
    query = {k: v for k, v in pairs}
    if tab == "check":
        return await service.look_up(visitor, checker, service.corpus, query, words)
    if tab == "standpunten":
        if not service.staff.allows(request):
            return login(words, wrong=query.get("fout") == "1")
        wanted = Wanted.of(query, [v for k, v in pairs if k == "met"])
        assistant = service.assistant
        shown = await service.look_up(visitor, positions, assistant.corpus, assistant.retriever, wanted, words, not service.staff.open)
        return shown
    if tab == "documenten":
        return await service.look_up(visitor, _documents, service.assistant, query, words)
    return ""


def _documents(assistant: Assistant, query: dict[str, str], words: Words) -> Safe:
    place, corpus = Place.of(query), assistant.corpus
    if place.document:
        found = reader(corpus, place, words)
        known = place.document in corpus.documents
        return found if known and "mw-empty" not in found[:200] else tag("div", found, documents(corpus, words))
    if not place.words.strip():
        return documents(corpus, words)
    from assistant.search import find

    try:
        hits = find(assistant, place.words, _FOUND, [], [], [], [], [])
    except MaatwerkwijzerError:
        hits = []
    return documents(corpus, words, place.words, hits)
