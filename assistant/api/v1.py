"""The JSON API: the same answers, passages, positions, checks and documents as everywhere else."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Answer, Citation
from assistant.api.errors import ApiError, ErrorOut
from assistant.api.service import Service
from assistant.citations import cite
from assistant.positions.model import Position
from assistant.rules.result import CheckResult
from assistant.search import Found, find
from corpus.model import Document

Language = Literal["nl", "fr", "en", "de"]
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorOut, "description": "Wrong usage, or no valid JSON"},
    404: {"model": ErrorOut, "description": "Does not exist"},
    413: {"model": ErrorOut, "description": "Too large"},
    422: {"model": ErrorOut, "description": "A field that does not fit; `field` names it"},
    429: {"model": ErrorOut, "description": "Too many questions; wait `Retry-After` seconds"},
}


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PastTurn(_In):
    """An earlier question of the same conversation, with the answer if it was kept."""

    question: str = Field(max_length=20_000)
    answer: Answer | None = None


class AskIn(_In):
    """A question."""

    question: str = Field(max_length=20_000, description="In Dutch, French, English or German.", examples=["Wat vindt HERWIN van de terugkeergarantie?"])
    history: list[PastTurn | Annotated[str, Field(max_length=20_000)]] = Field(default=[], max_length=100, description="Earlier turns, oldest first.")
    as_of: date | None = Field(None, description="The day for which the answer must hold (default today).")
    language: Language | None = Field(None, description="Language of the answer (default: that of the question).")

    def past(self) -> list[Answer | str]:
        """The history as answers, or questions where no answer was given."""
        return [t if isinstance(t, str) else t.answer or t.question for t in self.history]


class SearchIn(_In):
    """What to search for; every filter may name several."""

    query: str = Field(min_length=1, max_length=2000)
    k: int = Field(10, ge=1, le=100)
    speaker: list[str] = []
    organisation: list[str] = []
    document: list[str] = []
    authority: list[str] = []
    topic: list[str] = []


class PositionsIn(_In):
    """Which positions; nothing at all gives every one."""

    actor: list[str] = []
    organisation: list[str] = []
    party: list[str] = []
    role: list[str] = []
    topic: list[str] = []
    stance: list[str] = []
    query: str = Field("", max_length=2000)
    language: Language = "nl"
    limit: int | None = Field(None, ge=0, le=2000)


class OutlineEntry(BaseModel):
    """A heading and where it stands."""

    level: int
    title: str
    start: int


def router(service: Service) -> APIRouter:
    """The routes of /api/v1."""
    api = APIRouter(prefix="/api/v1", responses=ERRORS)

    @api.post("/ask", tags=["ask"], summary="Ask a question", response_model=Answer)
    async def ask(body: AskIn, request: Request) -> Answer:
        return await service.ask(body.question, body.past(), visitor(request), "api", body.as_of, body.language)

    async def _search(body: SearchIn, request: Request) -> list[dict[str, Any]]:

        found = await service.look_up(
            visitor(request),
            find,
            service.assistant,
            body.query,
            body.k,
            body.speaker,
            body.organisation,
            body.document,
            body.authority,
            body.topic,
        )
        return [f.as_json() for f in found]

    @api.get("/search", tags=["search"], summary="Search passages, the best first", response_model=list[Found])
    async def search(request: Request, params: Annotated[SearchQuery, Query()]) -> list[dict[str, Any]]:
        return await _search(params.as_body(), request)

    @api.post("/search", tags=["search"], summary="Search passages, the best first", response_model=list[Found])
    async def search_post(body: SearchIn, request: Request) -> list[dict[str, Any]]:
        return await _search(body, request)

    async def _positions(body: PositionsIn, request: Request) -> list[Position]:
        service.staff.require(request)
        found = await service.look_up(visitor(request), find_positions, service, body)
        return list(found.positions)

    @api.get("/positions", tags=["positions"], summary="Who holds what on which theme", response_model=list[Position])
    async def positions(request: Request, params: Annotated[PositionsIn, Query()]) -> list[Position]:
        return await _positions(params, request)

    @api.post("/positions", tags=["positions"], summary="Who holds what on which theme", response_model=list[Position])
    async def positions_post(body: PositionsIn, request: Request) -> list[Position]:
        return await _positions(body, request)

    @api.get("/positions/matrix", tags=["positions"], summary="Actor by theme")
    async def positions_matrix(request: Request, language: Language = "nl") -> dict[str, Any]:
        from assistant.positions.exports import json as as_json
        from assistant.positions.matrix import matrix

        service.staff.require(request)
        own = await service.look_up(visitor(request), lambda: matrix(service.corpus, language=language))
        return as_json.matrix(own, service.corpus, language)

    @api.post("/check", tags=["check"], summary="Check the rules for a situation", response_model=CheckResult)
    async def check(facts: dict[str, Any], request: Request) -> CheckResult:
        from assistant.rules import check as run

        return await service.look_up(visitor(request), run, facts, service.corpus)

    @api.get("/documents", tags=["documents"], summary="The documents and their hashes")
    async def documents() -> list[dict[str, Any]]:
        return [d.as_json() for d in service.corpus.documents.values()]

    @api.get("/documents/{document_id}", tags=["documents"], summary="One document with its text and passages")
    async def document(document_id: str, passage: str | None = None) -> dict[str, Any]:
        return document_json(known_document(service, document_id), passage)

    @api.get("/passages/{passage_id:path}", tags=["documents"], summary="One passage as a citation", response_model=Citation)
    async def one_passage(passage_id: str, start: int | None = None, end: int | None = None) -> Citation:
        if passage_id not in {p.id for _, p in service.corpus.passages()}:
            raise ApiError(404, "not_found", f"De passage '{passage_id}' bestaat niet.", "passage")
        try:
            return cite(service.corpus, passage_id, start, end)
        except Exception as error:
            raise ApiError(422, "invalid_field", str(error), "start") from None

    return api


class SearchQuery(_In):
    """The same as :class:`SearchIn`, in the address; ``q`` may be written for ``query``."""

    query: str = Field("", max_length=2000)
    q: str = Field("", max_length=2000)
    k: int = Field(10, ge=1, le=100)
    speaker: list[str] = []
    organisation: list[str] = []
    document: list[str] = []
    authority: list[str] = []
    topic: list[str] = []

    def as_body(self) -> SearchIn:
        """As the body of a POST.

        Raises:
            ApiError: neither ``q`` nor ``query`` was given.
        """
        words = self.query or self.q
        if not words.strip():
            raise ApiError(422, "invalid_field", "Geef in 'query' de woorden om te zoeken.", "query")
        return SearchIn(query=words, **self.model_dump(exclude={"q", "query"}))


def visitor(request: Request) -> str:
    """The address for the limits."""
    return request.client.host if request.client else "unknown"


def known_document(service: Service, document_id: str) -> Document:
    """The document.

    Raises:
        ApiError: 404.
    """
    found = service.corpus.documents.get(document_id)
    if found is None:
        raise ApiError(404, "not_found", f"Het document '{document_id[:80]}' bestaat niet. Wel: {', '.join(sorted(service.corpus.documents))}.", "document")
    return found


def document_json(document: Document, passage: str | None = None) -> dict[str, Any]:
    """A document as data: metadata, outline, text and passages (or the one passage).

    Raises:
        ApiError: 404 for a passage that it does not have.
    """
    if passage is not None and passage not in document.by_id:
        raise ApiError(404, "not_found", f"De passage '{passage[:120]}' bestaat niet in dit document.", "passage")
    wanted = document.passages if passage is None else (document.by_id[passage],)
    passages = [{**p.model_dump(mode="json"), "text": document.passage_text(p)} for p in wanted]
    outline = [{"level": level, "title": title, "start": start} for level, title, start in document.outline]
    return {**document.as_json(), "outline": outline, "text": document.text, "passages": passages} | ({} if passage is None else {"passage": passages[0]})


def find_positions(service: Service, body: PositionsIn) -> Any:
    """The positions that fit."""
    from assistant.positions.search import Query as Wanted
    from assistant.positions.search import search

    wanted = Wanted(tuple(body.actor), tuple(body.organisation), tuple(body.party), tuple(body.role), tuple(body.topic), tuple(body.stance), body.query)
    return search(service.corpus, wanted, service.assistant.retriever, body.language, body.limit)
