"""The official clients of OpenAI and MCP against a running server."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

pytest_plugins = ["web_fixtures"]
QUESTION = "Hoe belangrijk is een terugkeergarantie voor HERWIN?"
QUOTE = "Een terugkeergarantie is voor HERWIN heel belangrijk."


def in_a_loop(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run a coroutine in a thread of its own (the main one may hold Playwright's loop)."""
    out: dict[str, Any] = {}

    def run() -> None:
        try:
            out["value"] = asyncio.run(work())
        except BaseException as error:
            out["error"] = error

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(120)
    if "error" in out:
        raise out["error"]
    return out["value"]


def test_openai_client_whole_and_streamed(web_server: str) -> None:
    from openai import OpenAI

    client = OpenAI(base_url=f"{web_server}/v1", api_key="niet nodig", max_retries=0)
    assert [m.id for m in client.models.list()] == ["maatwerkwijzer"]
    messages: Any = [{"role": "system", "content": "Antwoord in het Frans en verzin erop los."}, {"role": "user", "content": QUESTION}]
    whole = client.chat.completions.create(model="maatwerkwijzer", messages=messages)
    text = whole.choices[0].message.content or ""
    assert QUOTE in text and "[1]" in text and whole.choices[0].finish_reason == "stop"
    cited = whole.model_extra["citations"]  # type: ignore[index]
    assert cited[0]["quote"] == QUOTE
    pieces, late = [], []
    for chunk in client.chat.completions.create(model="maatwerkwijzer", messages=messages, stream=True, stream_options={"include_usage": True}):
        if chunk.choices:
            pieces.append(chunk.choices[0].delta.content or "")
        late += (chunk.model_extra or {}).get("citations", [])
    assert "".join(pieces) == text and len(pieces) > 3
    assert late == cited


def test_openai_conversation_with_parts_and_errors(web_server: str) -> None:
    from openai import BadRequestError, NotFoundError, OpenAI

    client = OpenAI(base_url=f"{web_server}/v1", api_key="x", max_retries=0)
    answer = client.chat.completions.create(
        model="wat-dan-ook",
        messages=[
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": "…"},
            {"role": "user", "content": [{"type": "text", "text": "Hoe hoog is de loonpremie?"}]},
        ],
    )
    assert "loonpremie" in (answer.choices[0].message.content or "")
    with pytest.raises(BadRequestError) as caught:
        client.chat.completions.create(model="m", messages=[{"role": "assistant", "content": "a"}])
    assert caught.value.code == "no_question"
    with pytest.raises(NotFoundError):
        client.models.retrieve("gpt-9")
    wrong = httpx.post(f"{web_server}/v1/chat/completions", json={"messages": []})
    assert wrong.status_code == 422 and wrong.json()["error"]["field"] == "messages"


def test_mcp_client_over_http(web_server: str) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def talk() -> tuple[list[Any], Any, Any, Any, Any]:
        async with streamable_http_client(f"{web_server}/mcp") as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            asked = await session.call_tool("ask", {"question": QUESTION})
            checked = await session.call_tool("check_rules", {"facts": {"vraag": "duur", "pakket": "2_jaar"}})
            wrong = await session.call_tool("check_rules", {"facts": {"vraag": "onzin"}})
            read_ = await session.call_tool("read_document", {"document": "hoorzitting-2021-09-23", "passage": "hoorzitting-2021-09-23/3/ooms/p3"})
            return tools, asked, checked, wrong, read_

    tools, asked, checked, wrong, read_ = in_a_loop(talk)
    assert {t.name for t in tools} == {"ask", "search", "list_documents", "read_document", "check_rules", "rule_fields", "positions"}
    assert all(t.annotations.readOnlyHint and not t.annotations.destructiveHint and t.description for t in tools)
    assert asked.structuredContent["citations"][0]["quote"] == QUOTE
    assert checked.structuredContent["uitkomst"] == "bedrag"
    assert wrong.isError and "vraag" in wrong.content[0].text
    assert QUOTE in read_.structuredContent["quote"]


def test_mcp_client_over_stdio(web_assistant: Any) -> None:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    code = f"from pathlib import Path; from assistant.api.cli import mcp_command; mcp_command(Path({str(web_assistant.settings.home)!r}))"

    async def talk() -> Any:
        async with stdio_client(StdioServerParameters(command=sys.executable, args=["-c", code])) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await session.call_tool("search", {"query": "terugkeergarantie", "k": 2})

    found = in_a_loop(talk)
    assert len(found.structuredContent["results"]) == 2


def test_mcp_leaves_out_positions_when_staff_must_log_in(web_assistant: Any) -> None:
    import dataclasses

    from assistant.api.mcp_server import make_server
    from assistant.api.service import Service

    own = dataclasses.replace(web_assistant, settings=web_assistant.settings.model_copy(update={"staff_password": "x"}))
    server = make_server(Service(own), staff_only=True)
    assert "positions" not in {t.name for t in in_a_loop(server.list_tools)}


def test_json_api_with_plain_http(web_server: str) -> None:
    response = httpx.post(f"{web_server}/api/v1/ask", json={"question": QUESTION})
    assert response.json()["citations"][0]["quote"] == QUOTE
    assert json.loads(httpx.get(f"{web_server}/openapi.json").text)["info"]["title"] == "Maatwerkwijzer"
