"""``doctor``: what is wrong with this installation, and what to do about it.

Each check is one function that returns one or more :class:`Check` results. A check looks and never
changes anything, apart from a file of a few bytes in the home that it removes again.
"""

from __future__ import annotations

import hashlib
import json
import locale
import os
import shutil
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from corpus.errors import MaatwerkwijzerError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from corpus.store import Corpus

PYTHON = (3, 11)
DISK_NEEDED, DISK_WANTED = 100 * 2**20, 500 * 2**20
MEMORY_WANTED = 700 * 2**20
REINSTALL = "Installeer opnieuw: pip install --force-reinstall -c constraints.txt maatwerkwijzer"
REBUILD = "Bouw opnieuw: maatwerkwijzer index build"


class Severity(StrEnum):
    """How bad it is: ``fout`` means that something does not work."""

    OK = "ok"
    WARNING = "waarschuwing"
    ERROR = "fout"


@dataclass(frozen=True)
class Check:
    """What one check found, and the remedy when it is not well."""

    name: str
    severity: Severity
    message: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def ok(name: str, message: str) -> Check:
    """All is well."""
    return Check(name, Severity.OK, message)


def warning(name: str, message: str, remedy: str) -> Check:
    """It works, but not as it should."""
    return Check(name, Severity.WARNING, message, remedy)


def error(name: str, message: str, remedy: str) -> Check:
    """It does not work."""
    return Check(name, Severity.ERROR, message, remedy)


@dataclass
class Examined:
    """What the checks share. ``corpus`` is filled by the check of the documents."""

    settings: Settings
    corpus: Corpus | None = None

    @property
    def home(self) -> Path:
        """The data folder."""
        return self.settings.home


def examine(home: Path | None = None, **options: Any) -> list[Check]:
    """Run every check, for the settings that a command with these options would have. Never raises."""
    found = [*_guarded("python", check_python), *_guarded("pakketten", check_packages), *_guarded("tekens", check_encoding), *_guarded("klok", check_clock)]
    from assistant.settings import load_settings

    try:
        settings = load_settings(home=home, **options)
    except MaatwerkwijzerError as problem:
        found.append(error("instellingen", problem.message, problem.remedy or "Verbeter de instelling, of haal ze weg."))
        return found
    found.append(ok("instellingen", "alle instellingen zijn geldig"))
    examined = Examined(settings)
    steps: tuple[tuple[str, Callable[[Examined], Iterator[Check]]], ...] = (
        ("veiligheid", check_exposure),
        ("home", check_home),
        ("schijf", check_disk),
        ("geheugen", check_memory),
        ("documenten", check_bundled),
        ("toegevoegde documenten", check_added),
        ("vectoren", check_vectors),
        ("taalmodel", check_embedding),
        ("chroma-server", check_server),
        ("index", check_index),
        ("resten", check_leftovers),
        ("chatmodel", check_chat_model),
        ("poort", check_port),
    )
    for name, step in steps:
        found += _guarded(name, step, examined)
    return found


def _guarded(name: str, check: Callable[..., Iterator[Check]], *arguments: Any) -> list[Check]:
    """The results of one check; one that fails itself says so and does not keep the others from running."""
    try:
        return list(check(*arguments))
    except MaatwerkwijzerError as problem:
        return [error(name, problem.message, problem.remedy)]
    except Exception as problem:  # whatever is broken may break the check too: that is a finding
        return [error(name, f"deze controle liep zelf vast: {type(problem).__name__}: {str(problem)[:200]}", REINSTALL)]


# -- the program ------------------------------------------------------------------------------------------


def check_python() -> Iterator[Check]:
    """The version of Python."""
    have = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < PYTHON:
        yield error("python", f"Python {have} is te oud", f"Installeer Python {PYTHON[0]}.{PYTHON[1]} of nieuwer.")
    else:
        yield ok("python", f"Python {have}")


def check_packages() -> Iterator[Check]:
    """Every package that the program needs is there, in the version that was tested where that is known."""
    wanted = constraints()
    missing, other = [], []
    try:
        needed = [r for r in requires("maatwerkwijzer") or [] if "extra ==" not in r]
    except PackageNotFoundError:
        yield error("pakketten", "het pakket 'maatwerkwijzer' is niet geïnstalleerd", "Installeer het: pip install -c constraints.txt -e .")
        return
    for requirement in needed:
        name = _package(requirement)
        try:
            have = version(name)
        except PackageNotFoundError:
            missing.append(name)
            continue
        if (should := wanted.get(_normal(name))) and should != have.split("+")[0]:
            other.append(f"{name} {have} in plaats van {should}")
    if missing:
        yield error("pakketten", f"niet geïnstalleerd: {', '.join(missing)}", REINSTALL)
    if other:
        yield warning("pakketten", f"andere versie dan getest: {'; '.join(other)}", REINSTALL)
    if not missing and not other:
        yield ok("pakketten", f"{len(needed)} pakketten" + (", alle in de geteste versie" if wanted else ""))


def constraints() -> dict[str, str]:
    """The tested versions, from ``constraints.txt`` beside the program; empty when it was installed without."""
    path = Path(__file__).resolve().parent.parent / "constraints.txt"
    if not path.is_file():
        return {}
    pairs = (line.split("==", 1) for line in path.read_text(encoding="utf-8").splitlines() if "==" in line and not line.startswith("#"))
    return {_normal(name): value.split(";")[0].strip() for name, value in pairs}


def _package(requirement: str) -> str:
    end = next((n for n, c in enumerate(requirement) if not (c.isalnum() or c in "-_.")), len(requirement))
    return requirement[:end]


def _normal(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(".", "-")


def check_encoding() -> Iterator[Check]:
    """File names and text with accents."""
    names, text = sys.getfilesystemencoding(), locale.getpreferredencoding(False)
    if names.lower().replace("-", "") != "utf8" or text.lower().replace("-", "") != "utf8":
        yield warning("tekens", f"deze omgeving gebruikt {text} voor tekst en {names} voor bestandsnamen", "Zet LC_ALL=C.UTF-8, of PYTHONUTF8=1.")
    else:
        yield ok("tekens", "UTF-8")


def check_clock() -> Iterator[Check]:
    """The date decides which law holds: a clock that is years wrong gives wrong answers."""
    newest = max(p.stat().st_mtime for p in (Path(__file__), Path(__file__).parent))
    if time.time() < newest - 86_400:
        yield warning("klok", f"de klok staat op {datetime.now():%d.%m.%Y}, vroeger dan de datum van dit programma", "Zet de klok van deze machine juist.")
    else:
        yield ok("klok", f"{datetime.now():%d.%m.%Y}")


# -- settings and home ------------------------------------------------------------------------------------


def check_exposure(examined: Examined) -> Iterator[Check]:
    """Who can reach the pages."""
    settings = examined.settings
    if settings.host not in ("127.0.0.1", "localhost", "::1") and not settings.staff_password:
        yield warning(
            "veiligheid", f"de webpagina luistert op {settings.host} en de medewerkerspagina's hebben geen wachtwoord", "Zet MAATWERKWIJZER_STAFF_PASSWORD."
        )
    elif "*" in settings.cors_origins:
        yield warning("veiligheid", "elke website mag de API vanuit een browser aanspreken (cors_origins = *)", "Noem de websites die het mogen.")
    else:
        yield ok("veiligheid", f"luistert op {settings.host}")


def check_home(examined: Examined) -> Iterator[Check]:
    """The data folder exists or can be made, can be written, and is not open to everybody."""
    home = examined.home
    if home.exists() and not home.is_dir():
        yield error("home", f"{home} is geen map", "Kies een andere met --home of MAATWERKWIJZER_HOME.")
        return
    parent = _nearest(home)
    probe = parent / f".doctor-{os.getpid()}"
    try:
        probe.write_bytes(b"maatwerkwijzer\n")
    except OSError as problem:
        yield error("home", f"in {parent} kan niet geschreven worden: {problem.strerror}", "Kies een andere map met --home, of geef schrijfrecht.")
        return
    finally:
        probe.unlink(missing_ok=True)
    if os.name == "posix" and home.is_dir() and stat.S_IMODE(home.stat().st_mode) & stat.S_IWOTH:
        yield warning("home", f"iedereen op deze machine kan schrijven in {home}", f"chmod o-w '{home}'")
    else:
        yield ok("home", f"{home}" + ("" if home.is_dir() else " (wordt gemaakt bij het eerste gebruik)"))


def _nearest(path: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path


def check_disk(examined: Examined) -> Iterator[Check]:
    """Room for an index beside the live one."""
    free = shutil.disk_usage(_nearest(examined.home)).free
    text = f"{free / 2**20:.0f} MB vrij"
    if free < DISK_NEEDED:
        yield error("schijf", f"{text}: te weinig om een index te bouwen", "Maak plaats, of kies een andere map met --home.")
    elif free < DISK_WANTED:
        yield warning("schijf", text, f"Zorg voor minstens {DISK_WANTED // 2**20} MB.")
    else:
        yield ok("schijf", text)


def check_memory(examined: Examined) -> Iterator[Check]:
    """Room for the model and the index."""
    import psutil

    free = psutil.virtual_memory().available
    text = f"{free / 2**20:.0f} MB geheugen vrij"
    yield ok("geheugen", text) if free >= MEMORY_WANTED else warning("geheugen", text, "Sluit andere programma's; de assistent vraagt ongeveer 700 MB.")


# -- documents and models ---------------------------------------------------------------------------------


def check_bundled(examined: Examined) -> Iterator[Check]:
    """The documents that come with the package."""
    from corpus.added import check_document
    from corpus.store import load_corpus

    try:
        corpus = load_corpus()
    except (MaatwerkwijzerError, OSError) as problem:
        yield error("documenten", f"de meegeleverde documenten kunnen niet geladen worden: {problem}", REINSTALL)
        return
    problems = [p for d in corpus.documents.values() for p in check_document(d)]
    if problems:
        yield error("documenten", f"{problems[0].document}: {problems[0].message}", REINSTALL)
    else:
        examined.corpus = corpus
        yield ok("documenten", f"{len(corpus.documents)} documenten, {sum(1 for _ in corpus.passages())} passages, hash {corpus.hash}")


def check_added(examined: Examined) -> Iterator[Check]:
    """The documents that were added."""
    from corpus.added import added_ids, verify_added
    from corpus.store import load_corpus

    names = added_ids(examined.home)
    problems = verify_added(examined.home)
    for problem in problems[:5]:
        yield error("toegevoegde documenten", f"{problem.document}: {problem.message}", problem.remedy or f"maatwerkwijzer corpus remove {problem.document}")
    if not problems:
        if examined.corpus is not None:
            examined.corpus = load_corpus(examined.home)
        yield ok("toegevoegde documenten", f"{len(names)} toegevoegd" if names else "geen")
    else:
        examined.corpus = None


def check_vectors(examined: Examined) -> Iterator[Check]:
    """The vectors that come with the package: without them the first start takes minutes."""
    from index.embedding import BUNDLED_VECTORS

    remedy = f"De vectoren worden dan opnieuw gemaakt, wat minuten duurt. {REINSTALL}"
    try:
        info = json.loads((BUNDLED_VECTORS / "vectors.json").read_text(encoding="utf-8"))
        digest = hashlib.sha256(b"".join((BUNDLED_VECTORS / str(name)).read_bytes() for name in info["files"])).hexdigest()
        same, rows = digest == info["sha256"], int(info["rows"])
    except FileNotFoundError as problem:
        yield warning("vectoren", f"het bestand {Path(str(problem.filename)).name} ontbreekt", remedy)
        return
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        yield warning("vectoren", f"de meegeleverde vectoren kunnen niet gelezen worden: {problem}", remedy)
        return
    if not same:
        yield warning("vectoren", "de meegeleverde vectoren zijn beschadigd: hun hash klopt niet", remedy)
    else:
        yield ok("vectoren", f"{rows} meegeleverde vectoren, hash klopt")


def check_embedding(examined: Examined) -> Iterator[Check]:
    """The language model loads, gives a unit vector, and the same one as when the bundled vectors were made."""
    import numpy as np

    from index.embedding import make_embeddings

    embeddings = make_embeddings(examined.settings.embedding)
    text = "Wat is individueel maatwerk?"
    vector = embeddings.query_vector(text)
    if vector.ndim != 1 or not abs(float(np.linalg.norm(vector)) - 1.0) < 0.01:
        yield error("taalmodel", f"'{embeddings.name}' geeft geen eenheidsvector", REINSTALL)
        return
    if embeddings.cache is not None and examined.corpus is not None:
        from index.embedding import clean
        from index.keys import keys

        for key in keys(examined.corpus):
            stored = embeddings.cache.get(embeddings.cache.key(key.prefix, clean(key.text)))
            if stored is not None:
                if float(stored @ embeddings.encoder.encode([clean(key.text)], key.prefix)[0]) < 0.99:
                    yield error("taalmodel", f"'{embeddings.name}' geeft andere vectoren dan de meegeleverde", REINSTALL)
                    return
                break
    yield ok("taalmodel", f"{embeddings.name}, {len(vector)} dimensies")


# -- index ------------------------------------------------------------------------------------------------


def check_server(examined: Examined) -> Iterator[Check]:
    """The Chroma server, when one is configured."""
    url = examined.settings.chroma_url
    if not url:
        yield ok("chroma-server", "niet ingesteld: de ingebouwde Chroma wordt gebruikt")
        return
    from index.build import heartbeat, server_address

    host, port, _ = server_address(url)
    try:
        heartbeat(url)
    except Exception as problem:  # httpx raises many kinds
        yield error("chroma-server", f"geen antwoord van {host}:{port} ({type(problem).__name__}: {str(problem)[:100]})", "Start de server: chroma run --host … --port …")
        return
    yield ok("chroma-server", f"{host}:{port} antwoordt")


def check_index(examined: Examined) -> Iterator[Check]:
    """The index is there, fits documents and model, and can be read back."""
    from index.build import current, verify, why_stale
    from index.embedding import make_embeddings

    settings, corpus = examined.settings, examined.corpus
    manifest = current(settings.home)
    if manifest is None:
        yield warning("index", "er is nog geen index", "Hij wordt gebouwd bij het eerste gebruik, of nu: maatwerkwijzer index build")
        return
    if corpus is None:
        yield warning("index", "niet nagekeken, omdat de documenten niet in orde zijn", "Herstel eerst de documenten.")
        return
    embeddings = make_embeddings(settings.embedding)
    if reason := why_stale(manifest, corpus, embeddings):
        yield warning("index", reason, "Hij wordt opnieuw gebouwd bij het volgende gebruik, of nu: maatwerkwijzer index build")
        return
    problems = verify(settings.home, corpus, embeddings, settings.chroma_url)
    for problem in problems[:5]:
        yield error("index", problem, REBUILD)
    if not problems:
        yield ok("index", f"{manifest.passages} passages, {manifest.keys} sleutels, nagelezen")


def check_leftovers(examined: Examined) -> Iterator[Check]:
    """What killed processes left behind, and builders that are at work now."""
    from filelock import FileLock, Timeout

    home = examined.home
    for name, path in (("de index", home / "index" / "build.lock"), ("de documenten", home / "corpus.lock")):
        if path.is_file() and os.access(path, os.W_OK):
            try:
                with FileLock(path).acquire(timeout=0):
                    pass
            except Timeout:
                yield warning("resten", f"een ander proces werkt nu aan {name}", "Wacht tot het klaar is en kijk dan opnieuw.")
                return
    left = [p for pattern in ("index/*.tmp", "index/builds/*/unfinished", "corpus/.tmp/*", ".doctor-*") for p in sorted(home.glob(pattern))]
    if left:
        shown = ", ".join(str(p.relative_to(home)) for p in left[:3])
        yield warning("resten", f"{len(left)} resten van een onderbroken bewerking: {shown}", "Ze worden opgeruimd door: maatwerkwijzer index build, en het volgende 'corpus add'.")
    else:
        yield ok("resten", "geen")


# -- neighbours -------------------------------------------------------------------------------------------


def check_chat_model(examined: Examined) -> Iterator[Check]:
    """The chat model, when one is configured. Without it answers are still given, from the documents' own words."""
    settings = examined.settings
    if not settings.llm:
        yield ok("chatmodel", "niet ingesteld: antwoorden komen uit de documenten zelf")
        return
    if ":" not in settings.llm:
        yield error("chatmodel", f"'{settings.llm}' is geen chatmodel", "Schrijf aanbieder:model, bijvoorbeeld openai:naam.")
        return
    if not settings.llm_base_url:
        yield ok("chatmodel", f"{settings.llm}; niet geprobeerd, omdat er geen eigen adres is ingesteld")
        return
    import httpx

    where = urlsplit(settings.llm_base_url).hostname or "?"
    headers = {"Authorization": f"Bearer {settings.llm_api_key}"} if settings.llm_api_key else {}
    remedy = "Start de server van het model, of verbeter llm_base_url en llm_api_key. Tot dan komen antwoorden uit de documenten zelf."
    try:
        reply = httpx.get(f"{settings.llm_base_url.rstrip('/')}/models", headers=headers, timeout=5.0)
    except Exception as problem:  # httpx raises many kinds, and another for an address that is none
        yield warning("chatmodel", f"geen antwoord van {where} ({type(problem).__name__})", remedy)
        return
    if reply.status_code >= 400:
        yield warning("chatmodel", f"{where} antwoordt met status {reply.status_code}", remedy)
    else:
        yield ok("chatmodel", f"{settings.llm} op {where} antwoordt")


def check_port(examined: Examined) -> Iterator[Check]:
    """The port of the web page."""
    host, port = examined.settings.host, examined.settings.port
    if port == 0:
        yield ok("poort", "een vrije poort wordt gekozen")
        return
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            yield warning("poort", f"op {host}:{port} kan niet geluisterd worden: {problem.strerror or problem}", "Draait de webpagina al? Kies anders een andere poort met --port.")
            return
    yield ok("poort", f"{host}:{port} is vrij")


# -- command ----------------------------------------------------------------------------------------------

_SIGN = {Severity.OK: "✓", Severity.WARNING: "!", Severity.ERROR: "✗"}


def as_text(checks: list[Check]) -> str:
    """The results for a terminal: one line each, the remedy below it, and how many of each there are."""
    lines = []
    for check in checks:
        lines.append(f"{_SIGN[check.severity]} {check.name}: {check.message}")
        if check.remedy and check.severity is not Severity.OK:
            lines.append(f"    → {check.remedy}")
    counts = {s: sum(c.severity is s for c in checks) for s in Severity}
    lines.append(f"{counts[Severity.ERROR]} fouten, {counts[Severity.WARNING]} waarschuwingen, {counts[Severity.OK]} in orde.")
    return "\n".join(lines)


def doctor_command(
    as_json: Annotated[bool, typer.Option("--json", help="Als JSON.")] = False,
    home: Annotated[Path | None, typer.Option("--home", help="Map met de gegevens (ook MAATWERKWIJZER_HOME).")] = None,
    embedding: Annotated[str | None, typer.Option("--embedding", help="Ander embeddingmodel (naam of map).")] = None,
    llm: Annotated[str | None, typer.Option("--llm", help="Chatmodel, als aanbieder:model.")] = None,
    port: Annotated[int | None, typer.Option(help="Poort van de webpagina.")] = None,
) -> None:
    """Kijk na wat er mis is met deze installatie, en zeg wat eraan te doen is.

    Voorbeeld: maatwerkwijzer doctor --json
    """
    checks = examine(home, embedding=embedding, llm=llm, port=port)
    if as_json:
        sys.stdout.write(json.dumps([c.as_json() for c in checks], ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(as_text(checks) + "\n")
    if any(c.severity is Severity.ERROR for c in checks):
        raise typer.Exit(1)
