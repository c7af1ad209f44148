"""The JSON API: answers of the contract, errors of one shape, limits, headers, logs."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

pytest_plugins = ["web_fixtures"]
QUESTION = "Wat vindt HERWIN van de terugkeergarantie?"
Make = Callable[..., Any]


@pytest.fixture
def client(make_client: Make) -> Any:
    return make_client()


def error_of(response: Any, status: int) -> dict[str, Any]:
    """The error of a response, after a look at its shape."""
    assert response.status_code == status, response.text
    body = response.json()
    assert set(body) == {"error"}
    assert {"code", "message"} <= set(body["error"]) <= {"code", "message", "field", "param"}
    assert body["error"]["code"] and body["error"]["message"]
    return dict(body["error"])


def test_ask_gives_an_answer_with_exact_quotes(client: Any, web_assistant: Any) -> None:
    from assistant.answer import Answer

    response = client.post("/api/v1/ask", json={"question": QUESTION})
    assert response.status_code == 200
    answer = Answer.model_validate(response.json())
    assert answer.status == "answered" and answer.citations and len(answer.retrieved) == 10
    for c in answer.citations:
        assert web_assistant.corpus.document(c.document).text[c.start : c.end] == c.quote


def test_ask_gives_the_same_as_the_assistant(client: Any, web_assistant: Any) -> None:
    body = {"question": QUESTION, "as_of": "2024-01-01", "language": "en"}
    got = client.post("/api/v1/ask", json=body).json()
    from datetime import date

    own = web_assistant.ask(QUESTION, as_of=date(2024, 1, 1), language="en").model_dump(mode="json")
    for answer in (got, own):
        answer.pop("timings_ms")
    assert got == own


def test_history_may_be_questions_or_answers(client: Any) -> None:
    first = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    follow = {"question": "En wat vindt VVSG?"}
    with_answer = client.post("/api/v1/ask", json={**follow, "history": [{"question": QUESTION, "answer": first}]})
    with_words = client.post("/api/v1/ask", json={**follow, "history": [QUESTION]})
    with_question = client.post("/api/v1/ask", json={**follow, "history": [{"question": QUESTION}]})
    assert with_answer.status_code == with_words.status_code == with_question.status_code == 200
    assert with_answer.json()["answer"] == with_words.json()["answer"] == with_question.json()["answer"]


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 422, "invalid_field", "question"),
        ({"question": 5}, 422, "invalid_field", "question"),
        ({"question": "x", "language": "pl"}, 422, "invalid_field", "language"),
        ({"question": "x", "as_of": "morgen"}, 422, "invalid_field", "as_of"),
        ({"question": "x", "vraag": "y"}, 422, "invalid_field", "vraag"),
        ({"question": "x", "history": [{"answer": None}]}, 422, "invalid_field", None),
        ({"question": "x" * 20_001}, 422, "invalid_field", "question"),
    ],
)
def test_wrong_fields_are_named(client: Any, body: dict[str, Any], status: int, code: str, field: str | None) -> None:
    error = error_of(client.post("/api/v1/ask", json=body), status)
    assert error["code"] == code
    if field:
        assert error["field"] == field


def test_no_json_unknown_address_and_method(client: Any) -> None:
    assert error_of(client.post("/api/v1/ask", content=b"{nee", headers={"content-type": "application/json"}), 400)["code"] == "invalid_json"
    assert error_of(client.get("/api/v1/bestaat-niet"), 404)["code"] == "not_found"
    assert error_of(client.get("/v1/bestaat-niet"), 404)["code"] == "not_found"
    assert error_of(client.get("/api/v1/ask"), 405)["code"] == "method_not_allowed"


def test_long_empty_and_personal_questions_are_answered_as_such(client: Any) -> None:
    assert client.post("/api/v1/ask", json={"question": ""}).json()["status"] == "clarify"
    assert client.post("/api/v1/ask", json={"question": "a" * 3000}).json()["status"] == "clarify"
    answer = client.post("/api/v1/ask", json={"question": "Mijn rijksregisternummer is 85.07.30-033.28, heb ik recht?"}).json()
    assert "033" not in json.dumps(answer)


def test_body_size_is_limited(client: Any) -> None:
    huge = json.dumps({"question": "x", "history": ["y" * 15_000] * 90}).encode()
    assert error_of(client.post("/api/v1/ask", content=huge, headers={"content-type": "application/json"}), 413)["code"] == "too_large"

    def pieces() -> Any:
        for _ in range(60):
            yield b" " * 50_000

    assert client.post("/api/v1/ask", content=pieces(), headers={"content-type": "application/json"}).status_code == 413


def test_search(client: Any) -> None:
    found = client.get("/api/v1/search", params={"q": "terugkeergarantie", "k": 3}).json()
    assert len(found) == 3 and {"passage", "document", "text", "score", "label"} <= set(found[0])
    same = client.post("/api/v1/search", json={"query": "terugkeergarantie", "k": 3}).json()
    assert same == found
    only = client.get("/api/v1/search", params={"q": "terugkeergarantie", "organisation": "HERWIN"}).json()
    assert {f["organisation"] for f in only} == {"HERWIN"}
    assert "bestaat niet" in error_of(client.get("/api/v1/search", params={"q": "x", "speaker": "Niemand"}), 400)["message"]
    assert error_of(client.get("/api/v1/search"), 422)["field"] == "query"
    assert error_of(client.get("/api/v1/search", params={"q": "x", "k": 0}), 422)["field"] == "k"


def test_documents_and_passages(client: Any, web_assistant: Any) -> None:
    listed = client.get("/api/v1/documents").json()
    assert {d["id"] for d in listed} == set(web_assistant.corpus.documents)
    one = client.get("/api/v1/documents/hoorzitting-2021-09-23").json()
    document = web_assistant.corpus.document("hoorzitting-2021-09-23")
    assert one["text"] == document.text and one["sha256"] == document.sha256
    assert all(one["text"][p["start"] : p["end"]] == p["text"] for p in one["passages"])
    cited = client.get("/api/v1/passages/hoorzitting-2021-09-23/3/ooms/p3").json()
    assert cited["quote"] == document.text[cited["start"] : cited["end"]]
    assert client.get("/api/v1/documents/hoorzitting-2021-09-23", params={"passage": cited["passage"]}).json()["passage"]["text"] == cited["quote"]
    assert "hoorzitting-2021-09-23" in error_of(client.get("/api/v1/documents/niets"), 404)["message"]
    error_of(client.get("/api/v1/passages/niets"), 404)
    error_of(client.get("/api/v1/passages/hoorzitting-2021-09-23/3/ooms/p3?start=1&end=2"), 422)


def test_positions(client: Any) -> None:
    found = client.get("/api/v1/positions", params={"actor": "HERWIN", "topic": "terugkeergarantie"}).json()
    assert found and {p["organisation"] for p in found} == {"HERWIN"}
    assert {"person", "organisation", "party", "role", "topic", "stance", "summary", "citations"} <= set(found[0])
    assert client.post("/api/v1/positions", json={"actor": ["HERWIN"], "topic": ["terugkeergarantie"]}).json() == found
    assert client.get("/api/v1/positions/matrix").status_code == 200
    assert error_of(client.get("/api/v1/positions", params={"stance": "blij"}), 400)["code"] == "wrong_usage"


def test_check(client: Any) -> None:
    result = client.post("/api/v1/check", json={"vraag": "duur", "pakket": "2_jaar"}).json()
    assert result["uitkomst"] == "bedrag" and result["stappen"] and result["citaten"]
    assert "kleur" in error_of(client.post("/api/v1/check", json={"vraag": "duur", "kleur": "rood"}), 400)["message"]


def test_openapi_health_and_metrics(client: Any) -> None:
    described = client.get("/openapi.json").json()
    assert {"/api/v1/ask", "/api/v1/search", "/api/v1/positions", "/api/v1/check", "/api/v1/documents/{document_id}", "/healthz"} <= set(described["paths"])
    assert client.get("/healthz").json()["status"] == "ok"
    client.post("/api/v1/ask", json={"question": QUESTION})
    figures = client.get("/metrics").text
    assert 'maatwerkwijzer_answers_total{language="nl",status="answered",surface="api"} 1.0' in figures
    assert "203.0.113.7" not in figures and "HERWIN" not in figures


def test_rate_limit_is_by_visitor_and_says_how_long(make_client: Make) -> None:
    client = make_client(rate_per_minute=2)
    assert [client.post("/api/v1/ask", json={"question": "Wat is SINE?"}).status_code for _ in range(2)] == [200, 200]
    response = client.post("/api/v1/ask", json={"question": "Wat is SINE?"})
    assert error_of(response, 429)["code"] == "too_many_requests"
    assert 1 <= int(response.headers["retry-after"]) <= 60
    fooled = client.post("/api/v1/ask", json={"question": "Wat is SINE?"}, headers={"x-forwarded-for": "198.51.100.1"})
    assert fooled.status_code == 429, "a forwarded address of a stranger must not count"
    assert client.get("/api/v1/documents").status_code == 200


def test_forwarded_address_counts_only_behind_a_trusted_proxy(make_client: Make) -> None:
    client = make_client(rate_per_minute=1, trusted_proxies="203.0.113.0/24")
    ask = {"question": "Wat is SINE?"}
    assert client.post("/api/v1/ask", json=ask, headers={"x-forwarded-for": "198.51.100.1"}).status_code == 200
    assert client.post("/api/v1/ask", json=ask, headers={"x-forwarded-for": "198.51.100.2"}).status_code == 200
    assert client.post("/api/v1/ask", json=ask, headers={"x-forwarded-for": "198.51.100.9, 198.51.100.1"}).status_code == 429
    assert client.post("/api/v1/ask", json=ask, headers={"x-forwarded-for": "198.51.100.1, 203.0.113.9"}).status_code == 429


def test_a_full_queue_says_come_back_later(make_client: Make, web_assistant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    client = make_client(max_concurrent=1, max_queue=1)
    service = client.app.state.service
    hold = threading.Event()
    real = service.assistant.ask

    def slow(*args: Any, **options: Any) -> Any:
        hold.wait(20)
        return real(*args, **options)

    monkeypatch.setattr(service.assistant, "ask", slow)
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(client.post("/api/v1/ask", json={"question": "Wat is SINE?"}).status_code)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(400):
        if service.gate.inside == 2:
            break
        threading.Event().wait(0.02)
    response = client.post("/api/v1/ask", json={"question": "Wat is SINE?"})
    hold.set()
    for thread in threads:
        thread.join()
    assert error_of(response, 429)["code"] == "busy" and "retry-after" in response.headers
    assert statuses == [200, 200]


def test_staff_pages_ask_for_a_login_and_citizens_pages_do_not(make_client: Make) -> None:
    client = make_client(staff_password="geheim-van-de-dienst")
    assert error_of(client.get("/api/v1/positions"), 401)["code"] == "login_required"
    assert client.get("/api/v1/positions", auth=("wie", "fout")).status_code == 401
    assert client.get("/api/v1/positions", auth=("wie", "geheim-van-de-dienst"), params={"actor": "HERWIN"}).status_code == 200
    assert client.get("/api/v1/positions", headers={"authorization": "Bearer geheim-van-de-dienst"}, params={"actor": "HERWIN"}).status_code == 200
    assert client.get("/ui/export/matrix?format=csv").status_code == 401
    assert client.get("/api/v1/documents").status_code == 200
    wrong = client.post("/ui/login", data={"password": "fout", "lang": "nl"})
    assert wrong.status_code == 303 and "fout=1" in wrong.headers["location"] and not client.cookies
    right = client.post("/ui/login", data={"password": "geheim-van-de-dienst", "lang": "nl"})
    cookie = right.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "geheim" not in cookie
    assert client.get("/ui/export/matrix?format=csv").status_code == 200
    client.cookies.set("mw_staff", "9999999999.vals")
    assert make_client(staff_password="ander").get("/api/v1/positions", cookies={"mw_staff": "9999999999.vals"}).status_code == 401


def test_security_headers_and_no_external_host_in_the_page(client: Any) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "http" not in policy and "'unsafe-inline'" not in policy.split("style-src")[0]
    assert page.headers["x-content-type-options"] == "nosniff" and page.headers["referrer-policy"] == "no-referrer"
    for outside in ("cdnjs", "googleapis", "githubusercontent", "unpkg", "jsdelivr"):
        assert outside not in page.text
    assert client.get("/api/v1/documents").headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "/fr/gradio_api/upload", "/gradio_api/proxy=http://example.org", "/gradio_api/file=/etc/passwd", "/monitoring", "/gradio_api/runs"],
)
def test_doors_of_gradio_that_are_not_needed_are_closed(client: Any, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, files={"files": ("a.txt", b"a")}).status_code == 404


def test_other_websites_only_when_the_operator_says_so(make_client: Make) -> None:
    origin = {"origin": "https://intranet.example.org"}
    assert "access-control-allow-origin" not in make_client().get("/api/v1/documents", headers=origin).headers
    open_ = make_client(cors_origins="https://intranet.example.org")
    assert open_.get("/api/v1/documents", headers=origin).headers["access-control-allow-origin"] == origin["origin"]
    assert "access-control-allow-origin" not in open_.get("/api/v1/documents", headers={"origin": "https://evil.example.org"}).headers


def test_the_log_has_no_personal_data(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    from assistant.api.logging import JsonLines, logger

    logger.propagate = True
    logger.setLevel(logging.INFO)
    with caplog.at_level(logging.INFO, logger="maatwerkwijzer"):
        client.post("/api/v1/ask?mail=jan@example.org", json={"question": "Ik ben jan@example.org, hoe hoog is de loonpremie?"})
        client.get("/jan@example.org")
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "maatwerkwijzer"]
    assert any(json.loads(line)["event"] == "answer" for line in lines)
    for secret in ("example.org", "203.0.113.7", "loonpremie"):
        assert not any(secret in line for line in lines), secret


def test_an_unexpected_failure_is_one_sentence_without_a_traceback(make_client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make_client()

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("geheim: jan@example.org")

    monkeypatch.setattr(client.app.state.service.assistant, "ask", broken)
    response = client.post("/api/v1/ask", json={"question": "Wat is SINE?"})
    assert error_of(response, 500)["code"] == "internal"
    assert "geheim" not in response.text and "Traceback" not in response.text


def test_behind_a_proxy_the_page_names_the_public_address(make_client: Make) -> None:
    forwarded = {"x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https", "x-forwarded-host": "maatwerk.example.org"}
    assert '"root":"https://maatwerk.example.org"' in make_client(trusted_proxies="203.0.113.7").get("/", headers=forwarded).text
    assert "maatwerk.example.org" not in make_client().get("/", headers=forwarded).text
    french = make_client().get("/", headers={"accept-language": "fr"})
    assert '<html\n\tlang="fr"' in french.text and french.headers["vary"] == "Accept-Language"
