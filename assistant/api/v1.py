"""The JSON API: the same answers, passages, positions, checks and documents as everywhere else."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from assistant.answer import Answer, Citation
from assistant.api.errors import ApiError, declared
from assistant.api.inputs import WHOLE, Day, GivenAnswer
from assistant.api.service import Service
from assistant.api.shapes import DocumentOut, DocumentText, MatrixOut, facts_schema
from assistant.citations import cite
from assistant.positions.model import Position
from assistant.rules.result import CheckResult
from assistant.search import Found, find
from corpus.errors import CorpusError
from corpus.model import Document

Language = Literal["nl", "fr", "en", "de"]
Facts = Annotated[dict[str, Any], WithJsonSchema(facts_schema())]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PastTurn(_In):
    """An earlier question of the same conversation, with the answer if it was kept."""

    question: str = Field(max_length=20_000)
    answer: GivenAnswer | None = None


class AskIn(_In):
    """A question."""

    question: str = Field(max_length=20_000, description="In Dutch, French, English or German.", examples=["Wat vindt HERWIN van de terugkeergarantie?"])
    history: list[PastTurn | Annotated[str, Field(max_length=20_000)]] = Field(default=[], max_length=100, description="Earlier turns, oldest first.")
    as_of: Day | None = Field(None, description="The day for which the answer must hold (default today).")
    language: Language | None = Field(None, description="Language of the answer (default: that of the question).")

    def past(self) -> list[Answer | str]:
        """The history as answers, or questions where no answer was given."""
        return [t if isinstance(t, str) else t.answer or t.question for t in self.history]


class SearchIn(_In):
    """What to search for; every filter may name several."""

    query: str = Field(min_length=1, max_length=2000)
    k: Annotated[int, Field(ge=1, le=100), WHOLE] = 10
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
    limit: Annotated[int, Field(ge=0, le=2000), WHOLE] | None = None


class PositionsQuery(PositionsIn):
    """The same in the address, where every value is text."""

    limit: Annotated[int, Field(ge=0, le=2000)] | None = None


def router(service: Service) -> APIRouter:
    """The routes of /api/v1."""
    api = APIRouter(prefix="/api/v1")
    staff = service.staff.dependencies()

    @api.post("/ask", tags=["ask"], summary="Ask a question", responses=declared(400, 415, 422, 429), response_model=Answer)
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

    @api.get("/search", tags=["search"], summary="Search passages, the best first", responses=declared(400, 422, 429), response_model=list[Found])
    async def search(request: Request, params: Annotated[SearchQuery, Query()]) -> list[dict[str, Any]]:
        return await _search(params.as_body(), request)

    @api.post("/search", tags=["search"], summary="Search passages, the best first", responses=declared(400, 415, 422, 429), response_model=list[Found])
    async def search_post(body: SearchIn, request: Request) -> list[dict[str, Any]]:
        return await _search(body, request)

    async def _positions(body: PositionsIn, request: Request) -> list[Position]:
        found = await service.look_up(visitor(request), find_positions, service, body)
        return list(found.positions)

    about: dict[str, Any] = {"tags": ["positions"], "summary": "Who holds what on which theme", "dependencies": staff, "response_model": list[Position]}

    @api.get("/positions", responses=declared(400, 401, 422, 429), **about)
    async def positions(request: Request, params: Annotated[PositionsQuery, Query()]) -> list[Position]:
        return await _positions(params, request)

    @api.post("/positions", responses=declared(400, 401, 415, 422, 429), **about)
    async def positions_post(body: PositionsIn, request: Request) -> list[Position]:
        return await _positions(body, request)

    shown: dict[int | str, dict[str, Any]] = {200: {"model": MatrixOut}, **declared(401, 422, 429)}

    @api.get("/positions/matrix", tags=["positions"], summary="Actor by theme", dependencies=staff, responses=shown, response_model=None)
    async def positions_matrix(request: Request, language: Language = "nl") -> dict[str, Any]:
        from assistant.positions.exports import json as as_json
        from assistant.positions.matrix import matrix

        def work() -> dict[str, Any]:
            corpus = service.corpus
            return as_json.matrix(matrix(corpus, language=language), corpus, language)

        return dict(await service.look_up(visitor(request), work))

    @api.post("/check", tags=["check"], summary="Check the rules for a situation", responses=declared(400, 415, 422, 429), response_model=CheckResult)
    async def check(facts: Facts, request: Request) -> CheckResult:
        from assistant.rules import check as run

        return await service.look_up(visitor(request), run, facts, service.corpus)

    @api.get("/documents", tags=["documents"], summary="The documents and their hashes", responses=declared(), response_model=list[DocumentOut])
    async def documents() -> list[dict[str, Any]]:
        return [d.as_json() for d in service.corpus.documents.values()]

    whole: dict[int | str, dict[str, Any]] = {200: {"model": DocumentText}, **declared(404, 422)}

    @api.get("/documents/{document_id}", tags=["documents"], summary="One document with its text and passages", responses=whole, response_model=None)
    async def document(document_id: str, passage: str | None = None) -> dict[str, Any]:
        return document_json(known_document(service, document_id), passage)

    @api.get("/passages/{passage_id:path}", tags=["documents"], summary="One passage as a citation", responses=declared(404, 422), response_model=Citation)
    async def one_passage(passage_id: str, start: int | None = None, end: int | None = None) -> Citation:
        corpus = service.corpus
        if passage_id not in {p.id for _, p in corpus.passages()}:
            raise ApiError(404, "not_found", f"De passage '{passage_id}' bestaat niet.", "passage")
        try:
            return cite(corpus, passage_id, start, end)
        except CorpusError as error:
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
    documents = service.corpus.documents
    found = documents.get(document_id)
    if found is None:
        raise ApiError(404, "not_found", f"Het document '{document_id[:80]}' bestaat niet. Wel: {', '.join(sorted(documents))}.", "document")
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
    assistant = service.assistant
    return search(assistant.corpus, wanted, assistant.retriever, body.language, body.limit)
