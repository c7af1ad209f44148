"""An OpenAI-compatible endpoint, so that any chat program can ask: whole or streamed, with citations in both."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Answer
from assistant.api.errors import ApiError
from assistant.api.service import Service
from assistant.api.v1 import ERRORS, visitor

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
    include_usage: bool = False


class ChatIn(BaseModel):
    """A request for a chat completion. Parameters that mean nothing here (temperature, …) are accepted and left alone."""

    model_config = ConfigDict(extra="allow")
    model: str = MODEL
    messages: list[Message] = Field(min_length=1, max_length=200)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(None, ge=1, le=1)


def router(service: Service) -> APIRouter:
    """The routes of /v1."""
    api = APIRouter(prefix="/v1", responses=ERRORS, tags=["openai"])

    @api.get("/models", summary="The one model")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model()]}

    @api.get("/models/{name}", summary="The one model")
    async def model(name: str) -> dict[str, Any]:
        if name != MODEL:
            raise ApiError(404, "model_not_found", f"Het model '{name[:80]}' bestaat niet. Wel: {MODEL}.", "model")
        return _model()

    @api.post("/chat/completions", summary="Ask, the OpenAI way", response_model=None)
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
