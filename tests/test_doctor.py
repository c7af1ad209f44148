"""``doctor`` on a healthy installation, and on more than twenty that are broken in one way each."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from holds import built, command, free_port, no_traceback, quick, small_bundle, use_bundle
from typer.testing import CliRunner

from assistant import doctor
from assistant.doctor import Check, Severity, examine
from corpus.added import add
from corpus.metadata import MetaOptions
from corpus.store import load_corpus
from index.build import build, current, lock, root
from index.embedding import BUNDLED_VECTORS

SECRET = "sk-geheim-0123456789"


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents, vectors, and a home with an added document and an index."""
    folder = tmp_path_factory.mktemp("gezond")
    bundle = small_bundle(folder)
    if (BUNDLED_VECTORS / "vectors.json").is_file():
        shutil.copytree(BUNDLED_VECTORS, folder / "vectors")
    note = folder / "nota.md"
    note.write_text("# Nota\n\nDe begeleiding duurt twee jaar.\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        use_bundle(patch, bundle)
        add(folder / "home", note, MetaOptions(id="nota"))
        built(folder / "home")
    return folder


class Site:
    """One installation that a breaker may change: files, this process's modules, settings."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        self.home, self.bundle, self.vectors = folder / "home", folder / "corpus" / "documents", folder / "vectors"
        self.options: dict[str, Any] = {"embedding": "hash", "port": free_port()}
        self.held: list[Any] = []

    @property
    def build(self) -> Path:
        manifest = current(self.home)
        assert manifest is not None
        return root(self.home) / "builds" / manifest.name

    def examine(self) -> list[Check]:
        return examine(self.home, **self.options)


@pytest.fixture
def site(healthy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    folder = tmp_path / "installatie"
    shutil.copytree(healthy, folder)
    monkeypatch.delenv("MAATWERKWIJZER_HOME", raising=False)
    monkeypatch.delenv("MAATWERKWIJZER_CHROMA_URL", raising=False)
    use_bundle(monkeypatch, folder / "corpus" / "documents")
    if (folder / "vectors").is_dir():
        monkeypatch.setattr("index.embedding.BUNDLED_VECTORS", folder / "vectors")
    made = Site(folder, monkeypatch)
    yield made
    for thing in made.held:
        thing.close() if hasattr(thing, "close") else thing.release()


def without_package(site: Site) -> None:
    real = importlib.metadata.version

    def version(name: str) -> str:
        if name == "rapidfuzz":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    site.patch.setattr("assistant.doctor.version", version)


def other_package(site: Site) -> None:
    real = importlib.metadata.version
    site.patch.setattr("assistant.doctor.version", lambda name: "0.0.1" if name == "chromadb" else real(name))
    site.patch.setattr("assistant.doctor.constraints", lambda: {"chromadb": "1.5.9"})


def damage(path: Path, at: int | None = None) -> None:
    raw = bytearray(path.read_bytes())
    middle = len(raw) // 2 if at is None else at
    raw[middle : middle + 64] = bytes(b ^ 0x5A for b in raw[middle : middle + 64])
    path.write_bytes(bytes(raw))


def home_is_a_file(site: Site) -> None:
    shutil.rmtree(site.home)
    site.home.write_text("x", encoding="utf-8")


def listening(site: Site) -> None:
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    site.held.append(server)
    site.options["port"] = server.getsockname()[1]


def locked(site: Site) -> None:
    holder = lock(site.home)
    holder.acquire()
    site.held.append(holder)


def stale(site: Site) -> None:
    note = site.folder / "tweede.md"
    note.write_text("# Tweede\n\nEen tweede nota over de loonpremie.\n", encoding="utf-8")
    add(site.home, note, MetaOptions(id="tweede"))


def another_model(site: Site) -> None:
    embeddings = quick()
    embeddings.encoder.name = "hash-vorige-versie"
    build(load_corpus(site.home), embeddings, site.home)


def disk(free: int) -> Callable[[Site], None]:
    return lambda site: site.patch.setattr("assistant.doctor.shutil.disk_usage", lambda _: SimpleNamespace(free=free))


def option(**values: Any) -> Callable[[Site], None]:
    return lambda site: site.options.update(values)


def variable(name: str, value: str) -> Callable[[Site], None]:
    return lambda site: site.patch.setenv(name, value)


BROKEN: dict[str, tuple[Callable[[Site], Any], str, Severity, str]] = {
    "old python": (lambda s: s.patch.setattr("assistant.doctor.sys", SimpleNamespace(version_info=(3, 9, 1), getfilesystemencoding=lambda: "utf-8")), "python", Severity.ERROR, "te oud"),
    "package missing": (without_package, "pakketten", Severity.ERROR, "rapidfuzz"),
    "package of another version": (other_package, "pakketten", Severity.WARNING, "chromadb 0.0.1"),
    "ascii locale": (lambda s: s.patch.setattr("assistant.doctor.locale.getpreferredencoding", lambda _: "ANSI_X3.4-1968"), "tekens", Severity.WARNING, "PYTHONUTF8"),
    "clock years back": (lambda s: s.patch.setattr("assistant.doctor.time.time", lambda: 0.0), "klok", Severity.WARNING, "klok"),
    "setting that does not exist": (variable("MAATWERKWIJZER_KLEUR", "rood"), "instellingen", Severity.ERROR, "MAATWERKWIJZER_KLEUR"),
    "setting with a wrong value": (variable("MAATWERKWIJZER_RATE_PER_MINUTE", "veel"), "instellingen", Severity.ERROR, "rate_per_minute"),
    "open to everybody": (variable("MAATWERKWIJZER_HOST", "0.0.0.0"), "veiligheid", Severity.WARNING, "wachtwoord"),
    "home is a file": (home_is_a_file, "home", Severity.ERROR, "geen map"),
    "home writable by all": (lambda s: s.home.chmod(0o777), "home", Severity.WARNING, "iedereen"),
    "disk almost full": (disk(200 * 2**20), "schijf", Severity.WARNING, "200 MB"),
    "disk full": (disk(2**20), "schijf", Severity.ERROR, "te weinig"),
    "bundled document damaged": (lambda s: (s.bundle / "voorontwerp-2021" / "facts.jsonl").write_bytes(b'{"id": "F-001"'), "documenten", Severity.ERROR, "facts.jsonl"),
    "bundled document without metadata field": (lambda s: (s.bundle / "voorontwerp-2021" / "meta.yaml").write_text("id: x\n", encoding="utf-8"), "documenten", Severity.ERROR, "meta.yaml"),
    "topics missing": (lambda s: (s.bundle.parent / "topics.yaml").unlink(), "documenten", Severity.ERROR, "topics.yaml"),
    "added text changed": (lambda s: (s.home / "corpus" / "nota" / "text.txt").write_text("Iets anders.", encoding="utf-8"), "toegevoegde documenten", Severity.ERROR, "nota"),
    "added passages missing": (lambda s: (s.home / "corpus" / "nota" / "passages.jsonl").unlink(), "toegevoegde documenten", Severity.ERROR, "passages.jsonl"),
    "added original replaced": (lambda s: (s.home / "corpus" / "nota" / "original.md").write_text("x", encoding="utf-8"), "toegevoegde documenten", Severity.ERROR, "oorspronkelijke"),
    "vectors damaged": (lambda s: damage(s.vectors / "vectors-0.bin"), "vectoren", Severity.WARNING, "hash"),
    "vectors gone": (lambda s: (s.vectors / "vectors-0.bin").unlink(), "vectoren", Severity.WARNING, "vectors-0.bin"),
    "vectors manifest no json": (lambda s: (s.vectors / "vectors.json").write_text("{", encoding="utf-8"), "vectoren", Severity.WARNING, "gelezen"),
    "model does not exist": (lambda s: s.options.update(embedding=str(s.folder / "geen-model")), "taalmodel", Severity.ERROR, "geen-model"),
    "no index": (lambda s: shutil.rmtree(s.home / "index"), "index", Severity.WARNING, "nog geen index"),
    "index of other documents": (stale, "index", Severity.WARNING, "documenten zijn veranderd"),
    "index of another model": (another_model, "index", Severity.WARNING, "hash-vorige-versie"),
    "pointer to nowhere": (lambda s: (s.home / "index" / "current").write_text("20200101T000000-x", encoding="utf-8"), "index", Severity.ERROR, "beschadigd"),
    "pointer with a path": (lambda s: (s.home / "index" / "current").write_text("../../etc", encoding="utf-8"), "index", Severity.ERROR, "beschadigd"),
    "manifest no json": (lambda s: (s.build / "manifest.json").write_bytes(b"\xff\x00"), "index", Severity.ERROR, "beschadigd"),
    "index database damaged": (lambda s: damage(s.build / "chroma" / "chroma.sqlite3", 0), "index", Severity.ERROR, "Chroma"),
    "index folder without chroma": (lambda s: shutil.rmtree(s.build / "chroma"), "index", Severity.ERROR, "beschadigd"),
    "chroma server away": (lambda s: s.options.update(chroma_url=f"http://127.0.0.1:{free_port()}"), "chroma-server", Severity.ERROR, "geen antwoord"),
    "chroma address is none": (option(chroma_url="ftp://x"), "chroma-server", Severity.ERROR, "http"),
    "chat model address dead": (lambda s: s.options.update(llm="openai:x", llm_base_url=f"http://127.0.0.1:{free_port()}/v1", llm_api_key=SECRET), "chatmodel", Severity.WARNING, "geen antwoord"),
    "chat model without provider": (option(llm="alleen-een-naam"), "chatmodel", Severity.ERROR, "aanbieder:model"),
    "port taken": (listening, "poort", Severity.WARNING, "--port"),
    "somebody is building": (locked, "resten", Severity.WARNING, "ander proces"),
    "left by a killed build": (lambda s: (s.home / "index" / "builds" / "20200101T000000-1" / "unfinished").parent.mkdir() or (s.home / "index" / "builds" / "20200101T000000-1" / "unfinished").touch(), "resten", Severity.WARNING, "unfinished"),
    "left by a killed add": (lambda s: (s.home / "corpus" / ".tmp" / "nieuw-1-x").mkdir(parents=True), "resten", Severity.WARNING, "nieuw-1-x"),
}  # fmt: skip
FOLLOWS = {
    # What is broken may make a later check say that it could not be done, too.
    "home is a file": {"toegevoegde documenten", "index", "resten"},
    "chroma server away": {"index"},
    "chroma address is none": {"index"},
    "model does not exist": {"index"},
}


def test_a_healthy_installation_has_nothing_wrong(site: Site) -> None:
    checks = site.examine()
    wrong = [c for c in checks if c.severity is not Severity.OK and c.name not in ("pakketten", "tekens", "geheugen", "schijf", "vectoren")]
    assert wrong == [] and len(checks) >= 18


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_installation_is_told_what_is_wrong_and_what_to_do(site: Site, name: str) -> None:
    breaker, check_name, severity, words = BROKEN[name]
    if check_name == "vectoren" and not site.vectors.is_dir():
        pytest.skip("no vectors come with this checkout")
    before = {(c.name, c.severity) for c in site.examine()}
    breaker(site)
    checks = site.examine()
    found = [c for c in checks if c.name == check_name and c.severity is severity]
    assert found and any(words in f"{c.message} {c.remedy}" for c in found), checks
    assert all(c.remedy for c in found)
    # Nothing else is blamed for it.
    blamed = {c.name for c in checks if c.severity is Severity.ERROR and (c.name, c.severity) not in before} - {check_name} - FOLLOWS.get(name, set())
    assert not (blamed and check_name not in ("documenten", "toegevoegde documenten", "instellingen")), blamed
    assert SECRET not in json.dumps([c.as_json() for c in checks])


def test_looking_changes_nothing(site: Site) -> None:
    before = {p: p.stat().st_mtime_ns for p in sorted(site.home.rglob("*")) if p.is_file() and "chroma" not in p.parts}
    site.examine()
    assert {p: p.stat().st_mtime_ns for p in sorted(site.home.rglob("*")) if p.is_file() and "chroma" not in p.parts} == before


def test_a_check_that_fails_itself_is_a_finding(site: Site) -> None:
    def broken(_: Any) -> Any:
        raise ZeroDivisionError("door nul gedeeld")

    site.patch.setattr("assistant.doctor.check_disk", broken)
    (found,) = [c for c in site.examine() if c.name == "schijf"]
    assert found.severity is Severity.ERROR and "ZeroDivisionError" in found.message


def test_the_command_prints_json_and_exits_with_one_on_an_error(site: Site) -> None:
    app = typer.Typer()
    app.command("doctor")(doctor.doctor_command)
    arguments = ["--home", str(site.home), "--embedding", "hash", "--port", str(free_port())]
    good = CliRunner().invoke(app, [*arguments, "--json"])
    rows = json.loads(good.stdout)
    assert {tuple(row) for row in rows} == {("name", "severity", "message", "remedy")} and {r["severity"] for r in rows} <= {"ok", "waarschuwing", "fout"}
    assert good.exit_code == (1 if any(r["severity"] == "fout" for r in rows) else 0)
    (site.home / "index" / "current").write_text("weg", encoding="utf-8")
    bad = CliRunner().invoke(app, arguments)
    assert bad.exit_code == 1 and "✗ index" in bad.stdout and "→ Bouw opnieuw" in bad.stdout


def test_through_the_real_entry_point(tmp_path: Path) -> None:
    done = command("doctor", "--json", "--embedding", "hash", home=tmp_path / "leeg")
    if "No such command" in done.stderr:
        pytest.skip("the command is not plugged in yet")
    no_traceback(done)
    assert any(r["name"] == "index" and r["severity"] == "waarschuwing" for r in json.loads(done.stdout))
    assert not (tmp_path / "leeg" / "index").exists()
