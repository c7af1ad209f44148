"""The whole application held against its own OpenAPI description: what it says is what it does, whatever is sent.

schemathesis makes the requests from the description: valid ones, ones with one fault, values at their limits,
unknown methods, and chains (a document from the list, a passage of that document). The fast part sends the same
requests on every run, the soak part many more and others each time.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from fuzzing import JSON_VALUE, few
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.engine import events, from_schema

from assistant.api.shapes import facts_schema
from assistant.engine import Assistant
from assistant.rules import FactsInput
from assistant.rules.fields import fields

QUESTION = "Wat vindt HERWIN van de terugkeergarantie?"
PASSWORD = "geheim-van-de-dienst"
STRANGE_METHODS = ["TRACE", "CONNECT", "PROPFIND", "QUERY", "FOO"]
# What no description can say: a name that nobody has, words that are needed in one of two places, an end before a start.
FITS_BUT_REFUSED = {
    "/api/v1/ask": "422",
    "/api/v1/search": "400 422",
    "/api/v1/positions": "400",
    "/api/v1/passages/{passage_id}": "422",
    "/v1/chat/completions": "400",
}
ACCEPTED = ["2xx", "401", "404", "429"]


@dataclasses.dataclass
class Run:
    """What came back: how often each operation gave each status, and everything that did not fit the description."""

    statuses: Counter[tuple[str, int]] = dataclasses.field(default_factory=Counter)
    problems: list[str] = dataclasses.field(default_factory=list)

    def kinds(self) -> Counter[str]:
        """How many problems of each kind."""
        return Counter(problem.partition("\n")[0] for problem in self.problems)

    def seen(self, operation: str) -> set[int]:
        """The statuses of an operation."""
        return {status for label, status in self.statuses if label == operation}


def application(assistant: Assistant, **settings: Any) -> Any:
    """The real application, in this process."""
    from assistant.web.serve import create_app

    changed = assistant.settings.model_copy(update={"rate_per_minute": 10_000, "max_queue": 1000, **settings})
    return create_app(dataclasses.replace(assistant, settings=changed))


def unstarted(app: Any) -> Any:
    """``app`` without its lifespan, which only MCP needs: schemathesis starts one for each test, and it can be started once."""

    async def call(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})

    return call


def described(app: Any, examples: int = 1, seed: int | None = None, only: str = "", **options: Any) -> Any:
    """The description of ``app`` as schemathesis reads it.

    With a ``seed`` the requests are the same every time. ``only``: a pattern for the addresses that requests are made for.
    """
    operations: list[dict[str, Any]] = [{"exclude-path-regex": only, "enabled": False}] if only else []
    # Four languages are all that can be asked of the matrix, and it is long.
    operations.append({"include-path": "/api/v1/positions/matrix", "generation": {"max-examples": min(examples, 4)}})
    operations += [
        {"include-path": path, "checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTED, *statuses.split()]}}}
        for path, statuses in FITS_BUT_REFUSED.items()
    ]
    config = {
        "seed": random.getrandbits(64) if seed is None else seed,
        "generation": {"max-examples": examples, "deterministic": seed is not None, "database": "none"},
        "cache": {"enabled": False},
        "output": {"sanitization": {"enabled": False}},
        "warnings": False,
        "operations": operations,
        **options,
    }
    return schemathesis.openapi.from_asgi("/openapi.json", unstarted(app), config=schemathesis.Config.from_dict(config))


def run(schema: Any) -> Run:
    """Send everything that schemathesis makes of a description."""
    found = Run()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for case_id, interaction in event.recorder.interactions.items():
                case = event.recorder.cases[case_id].value
                assert interaction.response is not None
                label = case.operation.label if case.method.upper() == case.operation.method.upper() else f"other {case.operation.path}"
                found.statuses[label, interaction.response.status_code] += 1
                if interaction.response.status_code >= 400 and case.method.upper() != "HEAD" and not is_error(interaction.response.text):
                    found.problems.append(f"{label}: an error of another shape\n{interaction.response.text[:300]}\n{case.as_curl_command()[:1000]}")
            for case_id, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info is not None:
                        got = event.recorder.interactions[case_id].response
                        came = f"{got.status_code} {got.text[:300]}" if got is not None else "nothing"
                        said = check.failure_info.failure.message[:600]
                        found.problems.append(f"{event.recorder.label}: {check.name}\n{said}\ncame: {came}\n{check.failure_info.code_sample[:1000]}")
        elif isinstance(event, events.NonFatalError):
            found.problems.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return found


def is_error(text: str) -> bool:
    """True for the one shape that every failure has."""
    try:
        body = json.loads(text)
    except ValueError:
        return False
    error = body.get("error") if isinstance(body, dict) and set(body) == {"error"} else None
    return isinstance(error, dict) and {"code", "message"} <= set(error) <= {"code", "message", "field", "param"} and all(isinstance(v, str) and v for v in error.values())


@pytest.fixture(scope="module")
def app(assistant: Assistant) -> Any:
    return application(assistant)


@pytest.fixture(scope="module")
def schema(app: Any) -> Any:
    return described(app, examples=12, seed=1)


@pytest.fixture(scope="module")
def client(app: Any) -> Iterator[Any]:
    from starlette.testclient import TestClient

    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as made:
        yield made


# -- the description --------------------------------------------------------------------------------------


def test_the_description_is_a_valid_openapi_document(schema: Any) -> None:
    schema.validate()
    raw = schema.raw_schema
    for name, shape in raw["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(shape)
        assert name == "Facts" or shape.get("description") or "enum" in shape or shape["type"] != "object" or name in ("Found",), name
    assert not list(dangling(raw, raw))


def dangling(node: Any, root: Any) -> Iterator[str]:
    """References that lead nowhere."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            found: Any = root
            for part in target.removeprefix("#/").split("/"):
                found = found.get(part) if isinstance(found, dict) else None
            if found is None:
                yield target
        for value in node.values():
            yield from dangling(value, root)
    elif isinstance(node, list):
        for value in node:
            yield from dangling(value, root)


def test_every_operation_says_what_it_gives_and_how_it_fails(schema: Any) -> None:
    raw, ids = schema.raw_schema, []
    error = {"$ref": "#/components/schemas/ErrorOut"}
    for path, methods in raw["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            ids.append(operation["operationId"])
            assert operation["summary"] and operation["tags"], where
            if path.startswith(("/api/", "/v1/")):
                good = operation["responses"]["200"]["content"]["application/json"]["schema"]
                assert "$ref" in good or "$ref" in good.get("items", {}), f"{where} does not say what its answer looks like"
                failures = {s: r for s, r in operation["responses"].items() if s >= "400"}
                assert {"413", "500"} <= set(failures), where
                assert all(r["content"]["application/json"]["schema"] == error and r["description"] for r in failures.values()), where
                assert ("415" in failures) == ("requestBody" in operation), where
                if "429" in failures:
                    assert "Retry-After" in failures["429"]["headers"], where
    assert len(ids) == len(set(ids))


def test_the_facts_of_a_check_are_described_as_the_checker_takes_them() -> None:
    shape = facts_schema()
    assert set(shape["properties"]) == set(fields()) == set(FactsInput.model_fields)
    questions = shape["properties"]["vraag"]["enum"]
    assert len(questions) == 12 and shape["required"] == ["vraag"] and shape["additionalProperties"] is False
    jsonschema.validate({"vraag": "duur", "pakket": "2_jaar"}, shape)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"vraag": "duur", "kleur": "rood"}, shape)


# -- the application against it ---------------------------------------------------------------------------


def test_every_operation_keeps_to_its_description(schema: Any) -> None:
    found = run(schema)
    assert not found.problems, "\n\n".join(found.problems[:10])
    labels = [f"{method.upper()} {path}" for path, methods in schema.raw_schema["paths"].items() for method in methods]
    for label in labels:
        # A run that only ever saw refusals would prove little.
        assert any(200 <= status < 300 for status in found.seen(label)), (label, found.seen(label))
        if label.startswith("POST"):
            assert 422 in found.seen(label) or 400 in found.seen(label), label
        assert found.seen(f"other {label.split()[1]}") == {405}, label
    assert sum(found.statuses.values()) > 1000


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_every_operation_keeps_to_its_description_at_length(app: Any) -> None:
    schema = described(app, examples=400, **{"continue-on-failure": True})
    found = run(schema)
    assert not found.problems, f"seed {schema.config.seed}: {found.kinds()}\n" + "\n\n".join(found.problems[:10])
    assert sum(found.statuses.values()) > 5_000


def names(assistant: Assistant) -> dict[str, list[str]]:
    """Names that the filters of search and positions know."""
    corpus = assistant.corpus
    passages = [p for _, p in corpus.passages()]
    return {
        "speaker": sorted({p.speaker for p in passages if p.speaker}),
        "organisation": sorted({p.organisation for p in passages if p.organisation}),
        "document": sorted(corpus.documents),
        "authority": ["geldend_recht", "ontwerp", "praktijk", "standpunt"],
        "topic": sorted(corpus.topics),
        "actor": sorted(a.name for a in corpus.actors),
        "party": sorted({a.party for a in corpus.actors if a.party}),
        "role": ["spreker", "parlementslid"],
        "stance": ["steunt", "steunt_onder_voorwaarde", "bezorgd", "tegen", "vraagt", "stelt_voor", "stelt_vast"],
    }


@pytest.mark.parametrize(("path", "filters"), [("search", "speaker organisation document authority topic"), ("positions", "actor organisation party role topic stance")])
def test_known_names_are_accepted_in_the_address_and_in_the_body(assistant: Assistant, client: Any, schema: Any, path: str, filters: str) -> None:
    known = names(assistant)
    pieces = {name: st.lists(st.sampled_from(known[name]), max_size=2) for name in filters.split()}
    words = st.sampled_from(["terugkeergarantie", "Wie betaalt de premie?", "🧑‍🦽", "\u0000", "a"])

    @few(25)
    @given(st.fixed_dictionaries({"query": words}, optional=pieces))
    def check(body: dict[str, Any]) -> None:
        got = client.post(f"/api/v1/{path}", json=body)
        same = client.get(f"/api/v1/{path}", params=body)
        assert got.status_code == same.status_code == 200, (got.text, same.text)
        assert got.json() == same.json()
        for reply, method in ((got, "POST"), (same, "GET")):
            schema[f"/api/v1/{path}"][method].validate_response(reply)

    check()


def test_every_document_and_passage_is_as_described(assistant: Assistant, client: Any, schema: Any) -> None:
    for document in assistant.corpus.documents.values():
        whole = client.get(f"/api/v1/documents/{document.id}")
        schema["/api/v1/documents/{document_id}"]["GET"].validate_response(whole)
        passage = document.passages[-1].id
        schema["/api/v1/documents/{document_id}"]["GET"].validate_response(client.get(f"/api/v1/documents/{document.id}", params={"passage": passage}))
        schema["/api/v1/passages/{passage_id}"]["GET"].validate_response(client.get(f"/api/v1/passages/{passage}"))


def test_a_streamed_answer_is_described_and_ends(client: Any, schema: Any) -> None:
    reply = client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": QUESTION}], "stream": True, "stream_options": {"include_usage": True}})
    said = schema.raw_schema["paths"]["/v1/chat/completions"]["post"]["responses"]["200"]["content"]
    assert reply.headers["content-type"].split(";")[0] in said
    lines = [line.removeprefix("data: ") for line in reply.text.split("\n\n") if line]
    assert lines[-1] == "[DONE]"
    assert all(json.loads(line)["object"] == "chat.completion.chunk" for line in lines[:-1])
    schema["/v1/chat/completions"]["POST"].validate_response(reply)


def test_a_refusal_for_haste_is_as_described(assistant: Assistant) -> None:
    from starlette.testclient import TestClient

    app = application(assistant, rate_per_minute=1)
    schema, client = described(app), TestClient(app)
    replies = [client.post("/api/v1/ask", json={"question": QUESTION}) for _ in range(2)]
    assert [r.status_code for r in replies] == [200, 429] and is_error(replies[1].text)
    for reply in replies:
        schema["/api/v1/ask"]["POST"].validate_response(reply)


# -- what is not in the description -----------------------------------------------------------------------


def addresses(schema: Any) -> list[tuple[str, set[str]]]:
    """The described addresses, with a value for what is variable, and their methods."""
    fill = {"{document_id}": "hoorzitting-2021-09-23", "{passage_id}": "hoorzitting-2021-09-23/3/ooms/p3", "{name}": "maatwerkwijzer"}
    found = []
    for path, methods in schema.raw_schema["paths"].items():
        for variable, value in fill.items():
            path = path.replace(variable, value)
        found.append((path, {m.upper() for m in methods}))
    return found


def test_an_address_that_does_not_know_a_method_says_which_it_knows(client: Any, schema: Any) -> None:
    for path, methods in addresses(schema):
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", *STRANGE_METHODS]:
            if method in methods:
                continue
            reply = client.request(method, path)
            assert reply.status_code == 405, (method, path, reply.status_code)
            assert set(reply.headers["allow"].split(", ")) == methods, (method, path)
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert not reply.content if method == "HEAD" else is_error(reply.text)


def test_the_pages_and_the_doors_beside_the_api_still_answer(client: Any) -> None:
    assert client.get("/").status_code == client.get("/fr/").status_code == client.get("/openapi.json").status_code == client.get("/ui/static/app.js").status_code == 200
    assert client.head("/openapi.json").status_code == 200
    assert client.post("/openapi.json").status_code == client.post("/favicon.ico").status_code == client.put("/ui/feedback").status_code == 405
    assert client.get("/api/v1/bestaat-niet").status_code == client.put("/api/v1/bestaat-niet").status_code == 404
    assert client.request("TRACE", "/nergens").status_code in (404, 405)


BODIES = ["/api/v1/ask", "/api/v1/search", "/api/v1/positions", "/api/v1/check", "/v1/chat/completions"]
KINDS = ["application/json", "application/json; charset=utf-16", "application/vnd.api+json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "x", "", "application/", "*/*"]
HALF = st.sampled_from([b"", b"{", b"[" * 5000, b'{"question":', b'{"question": "\xff"}', b"\xef\xbb\xbf{}", b"\x00", b"nul", b"'", b'{"a":1}{', b"{} x", b'{"question"}', b"\xff\xfe{\x00}\x00", b'{"question": "\\ud8"}'])


@few(200)
@given(st.sampled_from(BODIES), st.one_of(HALF, st.binary(max_size=60)), st.sampled_from(KINDS))
def test_a_body_that_is_no_json_is_refused_in_our_words(client: Any, path: str, body: bytes, kind: str) -> None:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        pass
    else:
        return
    reply = client.post(path, content=body, headers={"content-type": kind} if kind else {})
    assert reply.status_code in (400, 415, 422), (reply.status_code, reply.text)
    assert is_error(reply.text), reply.text


@few(150)
@given(st.sampled_from(BODIES), JSON_VALUE)
def test_any_json_is_answered_or_refused_in_our_words(client: Any, schema: Any, path: str, value: Any) -> None:
    reply = client.post(path, content=json.dumps(value).encode(), headers={"content-type": "application/json"})
    assert reply.status_code == 200 or (reply.status_code in (400, 422) and is_error(reply.text)), reply.text
    schema[path]["POST"].validate_response(reply)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_json_that_is_not_called_json_is_told_what_is_missing(client: Any, kind: str | None) -> None:
    reply = client.post("/api/v1/ask", content=b'{"question": "Wat is SINE?"}', headers={"content-type": kind} if kind else {})
    assert reply.status_code == 415 and is_error(reply.text) and "Content-Type: application/json" in reply.json()["error"]["message"]


ANSWERED_BEFORE: dict[str, Any] = {"id": "x", "question": "Wat?", "language": "nl", "status": "clarify", "answer": "?", "as_of": "2026-01-01", "corpus": "x"}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/v1/ask", {"question": "Wat is SINE?", "as_of": 0}, "as_of"),
        ("/api/v1/ask", {"question": "Wat is SINE?", "as_of": "0"}, "as_of"),
        ("/api/v1/ask", {"question": "Wat is SINE?", "as_of": "2024-01-01T00:00:00"}, "as_of"),
        ("/api/v1/ask", {"question": "Wat is SINE?", "as_of": True}, "as_of"),
        ("/api/v1/ask", {"question": "Wat is SINE?", "history": [{"question": "Wat?", "answer": {**ANSWERED_BEFORE, "follow_up_of": 5}}]}, "history"),
        ("/api/v1/ask", {"question": "Wat is SINE?", "history": [{"question": "Wat?", "answer": {**ANSWERED_BEFORE, "timings_ms": {"total": "1"}}}]}, "history"),
        ("/api/v1/search", {"query": "premie", "k": "3"}, "k"),
        ("/api/v1/search", {"query": "premie", "k": True}, "k"),
        ("/api/v1/positions", {"limit": False}, "limit"),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Wat is SINE?"}], "stream": "yes"}, "stream"),
    ],
)
def test_a_value_that_only_looks_like_another_is_not_taken_for_it(client: Any, path: str, body: dict[str, Any], field: str) -> None:
    reply = client.post(path, json=body)
    assert reply.status_code == 422 and is_error(reply.text), reply.text
    assert reply.json()["error"]["field"].startswith(field)


# -- the login of staff -----------------------------------------------------------------------------------


def test_what_staff_must_log_in_for_is_described_and_locked(assistant: Assistant, schema: Any) -> None:
    from starlette.testclient import TestClient

    app = application(assistant, staff_password=PASSWORD)
    login = {"auth": {"openapi": {"password": {"username": "wie", "password": PASSWORD}}}}
    locked = described(app, examples=4, seed=1, only="/positions", **login)
    raw = locked.raw_schema
    for path, methods in raw["paths"].items():
        for method, operation in methods.items():
            assert bool(operation.get("security")) == ("401" in operation["responses"]) == ("positions" in path), (method, path)
    assert set(raw["components"]["securitySchemes"]) == {"password", "bearer", "cookie"}
    assert "securitySchemes" not in schema.raw_schema["components"], "without a password nothing is locked"
    found = run(locked)
    assert not found.problems, "\n\n".join(found.problems[:10])
    assert {200, 401, 422} <= found.seen("GET /api/v1/positions")
    # Nobody learns from a fault in the request what is behind the login.
    reply = TestClient(app).get("/api/v1/positions", params={"limit": "veel"})
    assert reply.status_code == 401 and reply.headers["www-authenticate"].startswith("Basic")
    locked["/api/v1/positions"]["GET"].validate_response(reply)
