"""An OpenAI-compatible endpoint, so that any chat program can ask: whole or streamed, with citations in both."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from assistant.answer import Answer, Citation
from assistant.api.errors import ApiError, declared
from assistant.api.inputs import WHOLE
from assistant.api.service import Service
from assistant.api.v1 import visitor

MODEL = "maatwerkwijzer"
_STARTED = int(time.time())


class Part(BaseModel):
    """A piece of a message; only text is read."""

    model_config = ConfigDict(extra="allow")
    type: str = "text"
    text: str = ""


class Message(BaseModel):
    """A message of a conversation."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    def text(self) -> str:
        """What was written."""
        if isinstance(self.content, list):
            return "\n".join(p.text for p in self.content if p.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream carries besides the text."""

    model_config = ConfigDict(extra="allow")
    include_usage: StrictBool = False


class ChatIn(BaseModel):
    """A request for a chat completion. Parameters that mean nothing here (temperature, …) are accepted and left alone."""

    model_config = ConfigDict(extra="allow")
    model: str = MODEL
    messages: list[Message] = Field(min_length=1, max_length=200)
    stream: StrictBool = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1), WHOLE] | None = None


class _Out(BaseModel):
    """A shape for the description; the data is made below, and a test holds it against this."""

    model_config = ConfigDict(extra="forbid")


class Model(_Out):
    """The one model that there is."""

    id: Literal["maatwerkwijzer"]
    object: Literal["model"]
    created: int
    owned_by: Literal["maatwerkwijzer"]


class Models(_Out):
    """The list with the one model."""

    object: Literal["list"]
    data: list[Model]


class Usage(_Out):
    """Words, in the place of tokens."""

    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    total_tokens: int = Field(ge=0)


class Reply(_Out):
    """The answer with its sources under it as text, and the citations as data."""

    role: Literal["assistant"]
    content: str
    refusal: None
    citations: list[Citation]


class Choice(_Out):
    """The one answer."""

    index: Literal[0]
    message: Reply
    logprobs: None
    finish_reason: Literal["stop"]


class Completion(_Out):
    """A chat completion as OpenAI clients know it, with the citations and the whole answer (without ``retrieved``) beside it."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: Literal["maatwerkwijzer"]
    choices: list[Choice] = Field(min_length=1, max_length=1)
    usage: Usage
    citations: list[Citation]
    answer: Answer


# OpenAPI 3.1 has no word for the items of a stream: `schema` stands for each of them, `itemSchema` comes with 3.2.
_EVENT = {
    "type": "object",
    "properties": {"data": {"type": "string", "description": "A piece as JSON, or `[DONE]`"}, "event": {"const": "message"}},
    "required": ["data"],
}
_COMPLETION: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Completion,
        "description": "The answer; with `stream`, pieces (`chat.completion.chunk`) as server-sent events that end in `data: [DONE]`",
        "content": {"text/event-stream": {"schema": _EVENT}},
    }
}


def router(service: Service) -> APIRouter:
    """The routes of /v1."""
    api = APIRouter(prefix="/v1", tags=["openai"])

    @api.get("/models", summary="The one model", responses=declared(), response_model=Models)
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model()]}

    @api.get("/models/{name}", summary="The one model", responses=declared(404, 422), response_model=Model)
    async def model(name: str) -> dict[str, Any]:
        if name != MODEL:
            raise ApiError(404, "model_not_found", f"Het model '{name[:80]}' bestaat niet. Wel: {MODEL}.", "model")
        return _model()

    @api.post("/chat/completions", summary="Ask, the OpenAI way", responses={**_COMPLETION, **declared(400, 415, 422, 429)}, response_model=None)
    async def completions(body: ChatIn, request: Request) -> Response:
        asked = [m.text() for m in body.messages if m.role == "user"]
        if not asked or body.messages[-1].role != "user":
            raise ApiError(400, "no_question", "Het laatste bericht moet van de gebruiker zijn (role: user).", "messages")
        answer = await service.ask(asked[-1], [t for t in asked[:-1] if t.strip()], visitor(request), "openai")
        identifier = f"chatcmpl-{uuid4().hex[:24]}"
        if body.stream:
            wants_usage = body.stream_options is not None and body.stream_options.include_usage
            return StreamingResponse(_stream(answer, identifier, asked[-1], wants_usage), media_type="text/event-stream", headers={"x-accel-buffering": "no"})
        return JSONResponse(_whole(answer, identifier, asked[-1]))

    return api


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": _STARTED, "owned_by": "maatwerkwijzer"}


def content(answer: Answer) -> str:
    """The answer with its sources under it, for a program that shows nothing else."""
    lines = [answer.answer]
    if answer.citations:
        lines += ["", *(f'[{c.n}] {c.label}: "{c.quote}"' for c in answer.citations)]
    if answer.warnings:
        lines += ["", *(f"! {w}" for w in answer.warnings)]
    return "\n".join(lines)


def _extra(answer: Answer) -> dict[str, Any]:
    return {"citations": [c.model_dump(mode="json") for c in answer.citations], "answer": answer.model_dump(mode="json", exclude={"retrieved"})}


def _usage(question: str, text: str) -> dict[str, int]:
    """Words stand in for tokens: there need not be a model that counts them."""
    asked, given = len(question.split()), len(text.split())
    return {"prompt_tokens": asked, "completion_tokens": given, "total_tokens": asked + given}


def _whole(answer: Answer, identifier: str, question: str) -> dict[str, Any]:
    text = content(answer)
    message = {"role": "assistant", "content": text, "refusal": None, "citations": _extra(answer)["citations"]}
    return {
        "id": identifier,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _usage(question, text),
        **_extra(answer),
    }


async def _stream(answer: Answer, identifier: str, question: str, usage: bool) -> AsyncIterator[str]:
    """Checked sentences one by one; the citations come with the last piece."""
    base = {"id": identifier, "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}
    text = content(answer)
    yield _event({**base, "choices": [_choice({"role": "assistant", "content": ""})]})
    for piece in re.findall(r".+?(?:(?<=[.!?:\]])\s+|\n+|$)", text, flags=re.DOTALL):
        yield _event({**base, "choices": [_choice({"content": piece})]})
    yield _event({**base, "choices": [_choice({"citations": _extra(answer)["citations"]}, "stop")], **_extra(answer)})
    if usage:
        yield _event({**base, "choices": [], "usage": _usage(question, text)})
    yield "data: [DONE]\n\n"


def _choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
