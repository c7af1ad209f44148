"""Fetching from the official services, against a local server written from their descriptions (F-169 to F-186), with its failures."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from corpus_files import subject_page, write_pdf

from corpus.added import added_ids, verify_added
from corpus.errors import CorpusError, UsageError
from corpus.fetch.act import add_act
from corpus.fetch.check import check_services
from corpus.fetch.codex import Codex, article_versions, day_of
from corpus.fetch.files import add_fetched
from corpus.fetch.http import HOSTS, Policy, PoliteClient
from corpus.fetch.parlement import Parlement
from corpus.fetch.themis import Themis
from corpus.metadata import MetaOptions
from corpus.model import Authority, Kind, TextStatus
from corpus.precedence import digests_of, official_for, officials_for
from corpus.store import load_corpus

NUMAC, ID = "2022040298", 1040000
API = "/codex.opendata.api.vlaanderen.be/api/v2/WetgevingDocument"
Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """Answers from ``routes``: path with query to a list of answers; the last one is repeated."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes: dict[str, list[Answer]] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.agents.add(self.headers.get("User-Agent", ""))
        answers = self.server.routes.get(self.path) or [status(404)]
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def send(code: int, kind: str, body: bytes, headers: dict[str, str] | None = None, length: int | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def data(value: Any) -> Answer:
    return send(200, "application/json; charset=utf-8", json.dumps(value).encode("utf-8"))


def status(code: int, **headers: str) -> Answer:
    return send(code, "text/plain", b"", {k.replace("_", "-"): v for k, v in headers.items()})


PAGE = send(200, "text/html", b"<!DOCTYPE html><html><body>Even geduld, onderhoud</body></html>")
HALF = send(200, "application/json", b'{"Id": 1, "Ops', length=500)


def slow(release: threading.Event) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        release.wait(5)
        handler.close_connection = True

    return answer


def metadata(**changes: Any) -> dict[str, Any]:
    return {
        "Id": ID,
        "Opschrift": "over proefballonnen",
        "WetgevingDocumentType": "Decreet",
        "Datum": "2022-01-14T00:00:00",
        "BSDatum": "2022-03-10T23:00:00Z",
        "StartDatum": "2022-03-21T00:00:00",
        "EindDatum": None,
        "Numac": int(NUMAC),
        "HeeftInhoud": True,
        **changes,
    }


def article(number: str, text: str, start: str = "2022-03-21T00:00:00", end: str | None = None) -> dict[str, Any]:
    return {"ArtikelVersie": {"ArtikelNummer": number, "ArtikelType": "ART", "Tekst": text, "StartDatum": start, "EindDatum": end}}


LONG = "De dienst beslist over elke aanvraag die volledig is en deelt de beslissing mee. " * 4
FIVE_OLD = f"<p>&#167; 1. Het bedrag is 500 euro.</p><p>{LONG}</p><p>&sect; 2. {LONG}</p>"
FIVE_NEW = f"<p>§ 1. Het bedrag is 600 euro.<br/>1&deg; voor wie vliegt;<br/>2° voor wie vaart.</p><p>{LONG}</p><p>§ 2. {LONG}</p>"


def full(*rows: dict[str, Any], future: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "Info": {},
        "Document": metadata(),
        "Inhoudstafel": [],
        "Inhoud": {"Artikelen": [], "ArtikelVersies": list(rows), "ToekomstigeArtikelVersies": list(future), "Hoofdstukken": [], "HoofdstukVersies": []},
    }


ONE = article("1", "Dit decreet regelt een gewestaangelegenheid.")
NOW = full(
    ONE, article("5", FIVE_NEW, "2024-01-01T00:00:00"), article("32", "<p>De dienst beoordeelt de behoefte.</p>"),
    future=(article("1", "Dit decreet regelt voortaan iets anders.", "2030-01-01T00:00:00"),),
)  # fmt: skip
THEN = full(ONE, article("5", FIVE_OLD, end="2024-01-01T00:00:00"), article("32", "<p>De dienst beoordeelt de behoefte.</p>"))


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    running.routes[f"{API}/numac/{NUMAC}"] = [data(metadata())]
    running.routes[f"{API}/{ID}/VolledigDocument?geannoteerd=false"] = [data(NOW)]
    running.routes[f"{API}/{ID}/VolledigDocument?geannoteerd=false&datum=2023-12-31"] = [data(THEN)]
    running.routes[f"{API}/{ID}/VolledigDocument?geannoteerd=false&datum=2029-12-31"] = [data(NOW)]
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


def client(server: Server, tmp_path: Path, clock: Clock | None = None, **policy: Any) -> PoliteClient:
    clock = clock or Clock()
    return PoliteClient(tmp_path / "home" / "cache" / "fetch", Policy(**{"read_timeout": 0.3, **policy}), loopback=server.url, sleep=clock.sleep, clock=clock)


TODAY = date(2026, 11, 23)


# --- the Codex ---------------------------------------------------------------------------------------------------


def test_an_act_becomes_an_official_document_with_versions_and_dates(server: Server, tmp_path: Path) -> None:
    home = tmp_path / "home"
    report = add_act(home, Codex(client(server, tmp_path)), NUMAC, today=TODAY)
    assert (report.status, report.id) == ("toegevoegd", f"codex-{NUMAC}")
    document = load_corpus(home).document(f"codex-{NUMAC}")
    meta = document.meta
    assert meta.title == "Decreet van 14 januari 2022 over proefballonnen"
    assert (meta.kind, meta.authority, meta.text_status) == (Kind.DECREET, Authority.GELDEND_RECHT, TextStatus.OFFICIEEL)
    assert meta.source.numac == NUMAC and meta.source.eli.endswith(f"/eli/decreet/2022/01/14/{NUMAC}/justel") and str(ID) in meta.source.url
    assert "11.03.2022" in meta.source.note, "23 o'clock UTC is the next day in Belgium"
    found = {p.id.split("/")[1]: (p.provision, p.valid_from, p.valid_to) for p in document.passages}
    start, new = date(2022, 3, 21), date(2024, 1, 1)
    cited = "decreet 14.01.2022, art. "
    assert found["art_1"] == (f"{cited}1", start, date(2029, 12, 31))
    assert found["art_1@2030-01-01"] == (f"{cited}1", date(2030, 1, 1), None)
    assert found["art_5__para_1__al_1"] == (f"{cited}5, § 1, eerste lid", new, None)
    assert found["art_5__para_1__al_2"] == (f"{cited}5, § 1, tweede lid", new, None)
    assert found["art_5__para_2"] == (f"{cited}5, § 2", new, None)
    assert found["art_5@2022-03-21__para_1__al_1"] == (f"{cited}5, § 1, eerste lid", start, date(2023, 12, 31))
    old = document.passage_text(document.by_id[f"codex-{NUMAC}/art_5@2022-03-21__para_1__al_1"])
    assert old == "§ 1. Het bedrag is 500 euro."
    assert document.passage_text(document.by_id[f"codex-{NUMAC}/art_5__para_1__al_1"]).endswith("\n1° voor wie vliegt;\n2° voor wie vaart.")
    assert verify_added(home) == []


def test_fetching_again_uses_the_cache_and_changes_nothing(server: Server, tmp_path: Path) -> None:
    home = tmp_path / "home"
    add_act(home, Codex(client(server, tmp_path)), NUMAC, today=TODAY)
    asked = len(server.asked)
    again = add_act(home, Codex(client(server, tmp_path)), NUMAC, today=date(2026, 11, 24))
    assert again.status == "ongewijzigd" and len(server.asked) == asked
    add_act(home, Codex(client(server, tmp_path)), NUMAC, refresh=True, today=TODAY)
    assert len(server.asked) == 2 * asked
    server.routes[f"{API}/{ID}/VolledigDocument?geannoteerd=false"] = [data(full(ONE, article("5", "Het bedrag is 700 euro.", "2025-01-01T00:00:00")))]
    server.routes[f"{API}/{ID}/VolledigDocument?geannoteerd=false&datum=2024-12-31"] = [data(NOW)]
    changed = add_act(home, Codex(client(server, tmp_path)), NUMAC, refresh=True, today=TODAY)
    assert changed.status == "vervangen" and "700 euro" in load_corpus(home).document(f"codex-{NUMAC}").text


def test_a_fetch_that_broke_off_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    route = f"{API}/{ID}/VolledigDocument?geannoteerd=false&datum=2023-12-31"
    server.routes[route] = [status(503)]
    with pytest.raises(CorpusError, match="pogingen"):
        add_act(tmp_path / "home", Codex(client(server, tmp_path)), NUMAC, today=TODAY)
    assert added_ids(tmp_path / "home") == []
    server.routes[route] = [data(THEN)]
    server.asked.clear()
    assert add_act(tmp_path / "home", Codex(client(server, tmp_path)), NUMAC, today=TODAY).status == "toegevoegd"
    assert route in server.asked and f"{API}/numac/{NUMAC}" not in server.asked


def test_polite_one_request_a_second_and_growing_pauses(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    polite = client(server, tmp_path, clock)
    url = f"https://codex.opendata.api.vlaanderen.be/api/v2/WetgevingDocument/numac/{NUMAC}"
    for _ in range(3):
        polite.get(url, refresh=True)
    assert clock.naps == [1.0, 1.0] and all("maatwerkwijzer" in a for a in server.agents)
    clock.naps.clear()
    server.routes[f"{API}/numac/{NUMAC}"] = [status(500), status(429, Retry_After="7"), status(503), data(metadata())]
    assert polite.get(url, refresh=True).json()["Id"] == ID
    backoffs = [n for n in clock.naps if n > 1.0]
    assert len(backoffs) == 3 and 2 <= backoffs[0] <= 2.5 and backoffs[1] == 7 and 8 <= backoffs[2] <= 10
    server.routes[f"{API}/numac/{NUMAC}"] = [status(500)]
    server.asked.clear()
    with pytest.raises(CorpusError, match="5 pogingen"):
        polite.get(url, refresh=True)
    assert len(server.asked) == 5


def test_an_error_that_will_not_pass_is_not_repeated(server: Server, tmp_path: Path) -> None:
    for code in (400, 401, 403, 404, 410):
        server.routes[f"{API}/numac/{NUMAC}"] = [status(code)]
        server.asked.clear()
        with pytest.raises(CorpusError, match=str(code)):
            Codex(client(server, tmp_path)).metadata(NUMAC)
        assert len(server.asked) == 1


def test_half_a_body_and_a_slow_answer_are_tried_again(server: Server, tmp_path: Path) -> None:
    release = threading.Event()
    server.routes[f"{API}/numac/{NUMAC}"] = [HALF, slow(release), data(metadata())]
    assert Codex(client(server, tmp_path)).metadata(NUMAC)["Id"] == ID
    release.set()
    assert len(server.asked) == 3
    server.routes[f"{API}/numac/{NUMAC}"] = [HALF]
    with pytest.raises(CorpusError, match="brak halverwege af"):
        Codex(client(server, tmp_path)).metadata(NUMAC, refresh=True)
    server.routes[f"{API}/numac/{NUMAC}"] = [slow(threading.Event())]
    with pytest.raises(CorpusError, match="te traag"):
        Codex(client(server, tmp_path, retries=0, read_timeout=0.1)).metadata(NUMAC, refresh=True)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (PAGE, "een webpagina"),
        (send(200, "application/json", b"\xff\xfe{"), "in plaats van JSON"),
        (data(None), "kent geen akte"),
        (data({}), "kent geen akte"),
        (data([]), "kent geen akte"),
        (data(metadata(Id=0)), "kent geen akte"),
        (data(metadata(Numac=1999000001)), "een andere akte"),
        (data(metadata(Numac=None)), "een andere akte"),
        (data(metadata(HeeftInhoud=False)), "niet de tekst"),
    ],
)
def test_two_hundred_with_the_wrong_thing_adds_nothing_and_is_not_remembered(server: Server, tmp_path: Path, answer: Answer, words: str) -> None:
    server.routes[f"{API}/numac/{NUMAC}"] = [answer, data(metadata())]
    home = tmp_path / "home"
    with pytest.raises(CorpusError, match=words) as caught:
        add_act(home, Codex(client(server, tmp_path)), NUMAC, today=TODAY)
    assert caught.value.remedy and added_ids(home) == []
    if words != "niet de tekst":
        assert add_act(home, Codex(client(server, tmp_path)), NUMAC, today=TODAY).status == "toegevoegd"


@pytest.mark.parametrize("text", [{"Inhoud": None}, {}, full(), full(article("1", "")), full({"ArtikelVersie": None}), full({"x": 1})])
def test_a_text_without_articles_adds_nothing(server: Server, tmp_path: Path, text: dict[str, Any]) -> None:
    server.routes[f"{API}/{ID}/VolledigDocument?geannoteerd=false"] = [data(text)]
    with pytest.raises(CorpusError):
        add_act(tmp_path / "home", Codex(client(server, tmp_path)), NUMAC, today=TODAY)
    assert added_ids(tmp_path / "home") == []


def test_an_answer_that_is_too_large_is_cut_off(server: Server, tmp_path: Path) -> None:
    server.routes[f"{API}/numac/{NUMAC}"] = [send(200, "application/json", b" " * 200_000)]
    with pytest.raises(CorpusError, match="groter dan"):
        Codex(client(server, tmp_path, max_bytes=100_000)).metadata(NUMAC)


def test_a_spoiled_cache_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    add_act(tmp_path / "home", Codex(client(server, tmp_path)), NUMAC, today=TODAY)
    for path in (tmp_path / "home" / "cache" / "fetch").iterdir():
        path.write_bytes(b"rommel")
    assert Codex(client(server, tmp_path)).metadata(NUMAC)["Id"] == ID


def test_search_and_numbers(server: Server, tmp_path: Path) -> None:
    route = "/codex.opendata.api.vlaanderen.be/api/WetgevingDocument/Zoeken?zoekTerm=maatwerk%20individuele%20inschakeling&skip=0&take=20"
    server.routes[route] = [data({"GevondenDocumenten": 1, "ResultatenLijst": [{"Id": 7, "Opschrift": "Decreet over iets"}], "Skip": 0, "Take": 20})]
    codex = Codex(client(server, tmp_path))
    assert [row["Id"] for row in codex.search("maatwerk individuele inschakeling")] == [7]
    for bad in ("", "123", "2022040298/../../x", "20220402981", "abcdefghij"):
        with pytest.raises(UsageError, match="numac"):
            codex.metadata(bad)


def test_versions_flat_or_nested_and_their_last_day() -> None:
    flat = {"ArtikelNummer": "Artikel 2.", "Tekst": "Oud.", "StartDatum": "2020-01-01", "EindDatum": "2021-01-01"}
    rows = article_versions({"texts": [{"Inhoud": {"ArtikelVersies": [article("2", "Nieuw.", "2021-01-01T00:00:00", "9999-12-31T00:00:00"), flat]}}]})
    assert [(v.number, v.text, v.start, v.end) for v in rows] == [
        ("2", "Oud.", date(2020, 1, 1), date(2020, 12, 31)),
        ("2", "Nieuw.", date(2021, 1, 1), None),
    ]
    assert [day_of(v) for v in ("2022-03-11T00:00:00Z", "2022-06-30T22:00:00Z", "rommel", "", None, 5)] == [date(2022, 3, 11), date(2022, 7, 1), None, None, None, None]


# --- only there, only so -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://codex.opendata.api.vlaanderen.be/api",
        "https://codex.opendata.api.vlaanderen.be.kwaad.be/api",
        "https://kwaad.be/codex.opendata.api.vlaanderen.be",
        "https://codex.opendata.api.vlaanderen.be@kwaad.be/",
        "https://iemand:wachtwoord@ws.vlpar.be/",
        "https://ws.vlpar.be:8443/",
        "https://ws.vlpar.be:rommel/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "file:///etc/passwd",
        "ftp://ws.vlpar.be/x",
        "//ws.vlpar.be/x",
        "https://ws.vlpar.be\\@kwaad.be/",
        "",
    ],
)
def test_no_other_address_is_asked(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="niet opgehaald"):
        PoliteClient(tmp_path).get(url)


@pytest.mark.parametrize("base", ["http://kwaad.be", "https://169.254.169.254", "http://127.0.0.1@kwaad.be/", "ftp://127.0.0.1", "127.0.0.1:80", ""])
def test_the_test_server_must_be_on_this_machine(tmp_path: Path, base: str) -> None:
    with pytest.raises(UsageError, match="deze machine"):
        PoliteClient(tmp_path, loopback=base)


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "https://kwaad.be/", "http://codex.opendata.api.vlaanderen.be/x", "https://ws.vlpar.be/x", "//kwaad.be/x"])
def test_a_redirect_to_another_host_is_not_followed(server: Server, tmp_path: Path, target: str) -> None:
    server.routes[f"{API}/numac/{NUMAC}"] = [status(302, Location=target)]
    with pytest.raises(CorpusError, match="verwijst door"):
        Codex(client(server, tmp_path)).metadata(NUMAC)
    assert len(server.asked) == 1


def test_a_redirect_on_the_same_host_is_followed_but_not_for_ever(server: Server, tmp_path: Path) -> None:
    server.routes[f"{API}/numac/{NUMAC}"] = [status(301, Location="/elders")]
    server.routes["/codex.opendata.api.vlaanderen.be/elders"] = [data(metadata())]
    assert Codex(client(server, tmp_path)).metadata(NUMAC)["Id"] == ID
    server.routes["/codex.opendata.api.vlaanderen.be/elders"] = [status(302, Location="/elders")]
    with pytest.raises(CorpusError, match="doorverwijzen"):
        Codex(client(server, tmp_path)).metadata(NUMAC, refresh=True)


# --- Parliament and Themis ---------------------------------------------------------------------------------------


def test_a_parliamentary_pdf_is_added_with_its_address(server: Server, tmp_path: Path) -> None:
    body = write_pdf(tmp_path / "x.pdf", [subject_page(1)], title="Schriftelijke vraag over begeleiding").read_bytes()
    server.routes["/docs.vlaamsparlement.be/files/pfile?id=2219342"] = [send(200, "application/pdf", body)]
    file = Parlement(client(server, tmp_path)).pdf("2219342")
    report = add_fetched(tmp_path / "home", file, MetaOptions(kind="praktijk"), "Vlaams Parlement")
    meta = load_corpus(tmp_path / "home").document(str(report.id)).meta
    assert report.id == "vlaams-parlement-2219342" and meta.source.url == "https://docs.vlaamsparlement.be/files/pfile?id=2219342"
    assert meta.source.publisher == "Vlaams Parlement" and meta.text_status is TextStatus.VERBATIM
    server.routes["/docs.vlaamsparlement.be/files/pfile?id=1"] = [PAGE]
    with pytest.raises(CorpusError, match="geen PDF"):
        Parlement(client(server, tmp_path)).pdf("1")
    for bad in ("../x", "1&x=2", ""):
        with pytest.raises(UsageError):
            Parlement(client(server, tmp_path)).pdf(bad)
    with pytest.raises(UsageError, match="schv"):
        Parlement(client(server, tmp_path)).item("wet", "1")


def test_themis_is_walked_from_catalogue_to_file(server: Server, tmp_path: Path) -> None:
    host = "/themis.vlaanderen.be"
    server.routes[f"{host}/catalogs"] = [data({"data": [{"id": "c1"}], "links": {"next": "/catalogs?page[number]=1"}})]
    server.routes[f"{host}/catalogs?page[number]=1"] = [data({"data": [{"id": "c2"}], "links": {"next": {"href": "https://themis.vlaanderen.be/catalogs"}}})]
    server.routes[f"{host}/catalogs/c1/datasets"] = [data({"data": [{"id": "d1"}], "links": {"next": "https://kwaad.be/datasets"}})]
    server.routes[f"{host}/datasets/d1/distributions"] = [data({"errors": []})]
    body = write_pdf(tmp_path / "x.pdf", [subject_page(2)]).read_bytes()
    server.routes[f"{host}/files/F1/download"] = [send(200, "application/octet-stream", body)]
    themis = Themis(client(server, tmp_path))
    assert [row["id"] for row in themis.catalogs()] == ["c1", "c2"]
    with pytest.raises(UsageError, match="niet opgehaald"):
        themis.datasets("c1")
    with pytest.raises(CorpusError, match="JSON:API"):
        themis.distributions("d1")
    assert themis.download("F1").name == "themis-f1.pdf"
    with pytest.raises(UsageError):
        themis.download("../../etc")


# --- check -------------------------------------------------------------------------------------------------------


def test_check_shows_what_came_back_and_keeps_nothing(server: Server, tmp_path: Path) -> None:
    server.routes["/themis.vlaanderen.be/catalogs"] = [PAGE]
    clock = Clock()
    asking = PoliteClient(None, Policy(read_timeout=0.3), loopback=server.url, sleep=clock.sleep, clock=clock)
    answers = {a.service: a for a in check_services(asking, (NUMAC,))}
    assert answers["Codex, metadata"].as_expected and answers["Codex, metadata"].first_fields[0] == f"Id: {ID}"
    assert answers["Codex, tekst"].as_expected and "4 artikelversies" in answers["Codex, tekst"].remark
    assert (answers["Themis"].as_expected, answers["Themis"].status, answers["Themis"].content_type) == (False, 200, "text/html")
    assert "Even geduld" in answers["Themis"].first_fields[0] and "een webpagina" in answers["Themis"].remark
    assert (answers["Vlaams Parlement"].as_expected, answers["Vlaams Parlement"].status) == (False, 404)
    assert len(server.asked) == 4 and not (tmp_path / "home").exists()
    server.routes[f"{API}/numac/{NUMAC}"] = [data(metadata(Numac=1))]
    assert any("andere akte" in a.remark for a in check_services(asking, (NUMAC,)))
    server.routes[f"{API}/numac/{NUMAC}"] = [status(500)]
    first = next(iter(check_services(asking, (NUMAC,))))
    assert (first.as_expected, first.status) == (False, 500)


def test_only_known_hosts() -> None:
    assert {"codex.opendata.api.vlaanderen.be", "themis.vlaanderen.be", "ws.vlpar.be", "docs.vlaamsparlement.be"} == HOSTS


# --- precedence --------------------------------------------------------------------------------------------------


def test_the_official_article_goes_before_its_digest(server: Server, tmp_path: Path) -> None:
    home = tmp_path / "home"
    bare = load_corpus(home)
    digest = next(p for _, p in bare.passages() if p.provision == "decreet 14.01.2022, art. 32")
    assert official_for(bare, digest) is None
    add_act(home, Codex(client(server, tmp_path)), NUMAC, today=TODAY)
    corpus = load_corpus(home)
    official = official_for(corpus, digest)
    assert official is not None and official.id == f"codex-{NUMAC}/art_32"
    assert digest.id in {p.id for p in digests_of(corpus, official)}
    assert official_for(corpus, official) is None
    other = digest.model_copy(update={"provision": "decreet 12.07.2013, art. 1"})
    assert official_for(corpus, other) is None, "another act of another day"
    five = digest.model_copy(update={"provision": "decreet 14.01.2022, art. 5, § 1, tweede lid"})
    chosen = official_for(corpus, five, as_of=TODAY)
    assert chosen is not None and chosen.id.endswith("/art_5__para_1__al_2")
    before = official_for(corpus, five, as_of=date(2023, 5, 1))
    assert before is not None and before.id.endswith("/art_5@2022-03-21__para_1__al_2")
    both = digest.model_copy(update={"provision": "decreet 14.01.2022, art. 1 en 32; BVR art. niet gezien"})
    assert [p.id.split("/")[1] for p in officials_for(corpus, both, as_of=TODAY)] == ["art_1", "art_32"]
    assert official_for(corpus, digest.model_copy(update={"provision": "decreet 14.01.2022, art. 99"})) is None
