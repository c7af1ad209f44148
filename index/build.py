"""Build the index beside the live one, verify it, and swap it in with one atomic pointer.

Layout under ``<home>/index``: ``builds/<name>/`` holds one immutable build (its Chroma folder and
``manifest.json``), ``current`` names the live build. A reader never sees half of a build: the pointer
moves only after every key has been read back. With ``MAATWERKWIJZER_CHROMA_URL`` the vectors live in a
collection of that server instead of a folder; manifest and pointer stay in the home.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import numpy as np
from filelock import FileLock, Timeout

from corpus.errors import IndexError_, SettingsError
from corpus.store import Corpus
from index import nearest
from index.adapter import fit_adapter
from index.embedding import CachedEmbeddings
from index.keys import CHUNKER, Key, keys

FORMAT = 2
REBUILD = "Bouw opnieuw: maatwerkwijzer index build"
_BATCH = 2_000  # Chroma takes at most 5,461 rows a call
_PAGE = 5_000
_ROOM = 256 * 1024  # bytes, for the journal that opening a database writes
SERVER_SECONDS = 60.0
"""How long a Chroma server may take for one answer."""


class IndexBusy(IndexError_):
    """Another process is building the index."""


@dataclass(frozen=True)
class Manifest:
    """What a build was made of; a mismatch with what is asked for makes it stale or foreign."""

    name: str
    corpus: str
    embedding: str
    chunker: str
    keys: int
    passages: int
    dimension: int
    chromadb: str
    created: str
    format: int = FORMAT
    large: bool = False
    """True when Chroma searches (``index.nearest``): its vectors then went through the adapter already."""

    @property
    def collection(self) -> str:
        """Name of the Chroma collection."""
        return f"mww-{self.name}"


def root(home: Path) -> Path:
    """The folder of all builds."""
    return home / "index"


def current(home: Path) -> Manifest | None:
    """The manifest of the live build, or None when there is none.

    Raises:
        IndexError_: the pointer or the manifest is damaged.
    """
    pointer = root(home) / "current"
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexError_(f"Het bestand {pointer.name} van de index kan niet gelezen worden: {error}.", REBUILD) from None
    path = root(home) / "builds" / name / "manifest.json"
    try:
        if not name or "/" in name or name.startswith("."):
            raise ValueError("ongeldige naam")
        manifest = Manifest(**json.loads(path.read_text(encoding="utf-8")))
        if manifest.name != name:
            raise ValueError(f"manifest van een andere index: '{str(manifest.name)[:40]}'")
        return manifest
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise IndexError_(f"De index '{name[:40]}' is beschadigd ({str(error)[:200]}).", REBUILD) from None


def why_stale(manifest: Manifest, corpus: Corpus, embeddings: CachedEmbeddings) -> str:
    """In one sentence why this build does not fit corpus and embedding; empty when it does."""
    if manifest.format != FORMAT or manifest.chunker != CHUNKER:
        return "de index werd gemaakt door een andere versie van dit programma"
    if manifest.embedding != embeddings.name:
        return f"de index werd gemaakt met het model '{manifest.embedding}' en niet met '{embeddings.name}'"
    if manifest.corpus != corpus.hash:
        return "de documenten zijn veranderd sinds de index werd gemaakt"
    return ""


def client(home: Path, url: str = "", name: str = "", create: bool = False) -> Any:
    """A Chroma client: embedded in the folder of build ``name``, or of the server at ``url``.

    Where the disk is full or read-only an existing build is read from a private copy; ``create`` asks for the folder itself.

    Raises:
        SettingsError: the address is no http(s) address.
        IndexError_: the server does not answer, or the folder is damaged.
    """
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    quiet = ChromaSettings(anonymized_telemetry=False)
    host, port, ssl = server_address(url) if url else ("", 0, False)
    where = f"op {host}:{port}" if url else f"in build '{name}'"
    with chroma_errors(f"{where} is niet bereikbaar", "Start de Chroma-server, of bouw opnieuw: maatwerkwijzer index build"):
        if url:
            # Chroma's own client waits for ever: ask first whether the server is there, and set a limit afterwards.
            heartbeat(url)
            chroma = chromadb.HttpClient(host=host, port=port, ssl=ssl, settings=quiet)
            chroma._server._session.timeout = SERVER_SECONDS  # type: ignore[attr-defined]
            return chroma
        folder = root(home) / "builds" / name / "chroma"
        folder.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(path=str(folder if create else _writable(folder)), settings=quiet)


_COPIES: set[Path] = set()
"""Private copies of builds in use, each in a folder of its own."""


def _can_write(folder: Path) -> bool:
    """Whether the folder is writable and its disk has room for what Chroma writes when it opens a database."""
    if not os.access(folder, os.W_OK):
        return False
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"\0" * _ROOM)
    except OSError:
        return False
    return True


def _writable(folder: Path) -> Path:
    """The folder, or a copy of it for this process when it may only be read: Chroma opens every database for writing."""
    if _can_write(folder):
        return folder
    copy = Path(tempfile.mkdtemp(prefix="maatwerkwijzer-"))
    _COPIES.add(copy)
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    shutil.copytree(folder, copy / folder.name, copy_function=shutil.copyfile)
    for inner in (copy / folder.name, *(p for p in copy.rglob("*") if p.is_dir())):
        inner.chmod(0o700)
    return copy / folder.name


def server_address(url: str) -> tuple[str, int, bool]:
    """Host, port and whether it is https. Raises SettingsError when ``url`` is no http(s) address (what it is, is not repeated: it may hold a password)."""
    try:
        parsed = urlparse(url)
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
    except ValueError:
        parsed, port = urlparse(""), 0
    if parsed.scheme not in ("http", "https") or not parsed.hostname:
        raise SettingsError("De instelling 'chroma_url' is geen http-adres.", "Bijvoorbeeld MAATWERKWIJZER_CHROMA_URL=http://127.0.0.1:8000")
    return parsed.hostname, port, parsed.scheme == "https"


def heartbeat(url: str, seconds: float = 5.0) -> None:
    """Return when a Chroma server answers at ``url`` within some seconds; else httpx raises, or ValueError when it is no Chroma server."""
    import httpx

    host, port, ssl = server_address(url)
    name = f"[{host}]" if ":" in host else host
    reply = httpx.get(f"{'https' if ssl else 'http'}://{name}:{port}/api/v2/heartbeat", timeout=seconds)
    if reply.status_code != 200 or "heartbeat" not in reply.text:
        raise ValueError(f"daar antwoordt geen Chroma-server (status {reply.status_code})")


def lock(home: Path) -> FileLock:
    """The lock that a builder holds; one builder at a time."""
    root(home).mkdir(parents=True, exist_ok=True)
    return FileLock(root(home) / "build.lock")


def build(
    corpus: Corpus,
    embeddings: CachedEmbeddings,
    home: Path,
    url: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> Manifest:
    """Build, verify and swap in a new index; the previous one stays in use until the last moment.

    Args:
        progress: called with (stage, done, total).

    Raises:
        IndexBusy: another process is building.
        IndexError_: the disk is full, Chroma fails, or the new build does not verify.
    """
    say = progress or (lambda stage, done, total: None)
    try:
        with lock(home).acquire(timeout=0):
            return _build(corpus, embeddings, home, url, say)
    except Timeout:
        raise IndexBusy("Een ander proces bouwt op dit ogenblik de index.", "Wacht tot het klaar is en probeer opnieuw.") from None
    except OSError as error:
        raise IndexError_(
            f"De index kan niet geschreven worden in {root(home)}: {error.strerror or error}.", "Maak plaats of kies een andere --home."
        ) from error


def _build(corpus: Corpus, embeddings: CachedEmbeddings, home: Path, url: str, say: Callable[[str, int, int], None]) -> Manifest:
    sweep(home, url)
    everything = list(keys(corpus))
    done = 0

    def embedded(n: int) -> None:
        nonlocal done
        done += n
        say("embedding", done, len(everything))

    if not everything:
        raise IndexError_("Er zijn geen documenten om te doorzoeken.", "Voeg er een toe: maatwerkwijzer corpus add BESTAND")
    vectors = _vectors(everything, embeddings, embedded)
    large = len(everything) > nearest.IN_MEMORY_KEYS
    name = f"{time.strftime('%Y%m%dT%H%M%S')}-{time.time_ns() % 1_000_000_000:09d}-{corpus.hash[:8]}"
    manifest = Manifest(
        name=name,
        corpus=corpus.hash,
        embedding=embeddings.name,
        chunker=CHUNKER,
        keys=len(everything),
        passages=sum(1 for _ in corpus.passages()),
        dimension=int(vectors.shape[1]),
        chromadb=version("chromadb"),
        created=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        large=large,
    )
    folder = root(home) / "builds" / name
    folder.mkdir(parents=True)
    finished = False
    try:
        (folder / "unfinished").write_text("", encoding="utf-8")
        if large:
            table = nearest.table_of(everything, corpus)
            adapter = fit_adapter(vectors, table.subjects)
            vectors = adapter(vectors)
            nearest.Large(adapter, nearest.spread_of(vectors, [k.kind for k in everything]), table).write(folder)
        with chroma_errors("kan de index niet bewaren", "Is de schijf vol, of de Chroma-server weg? Probeer daarna opnieuw: maatwerkwijzer index build"):
            collection = _collection(home, url, manifest, create=True)
            for at in range(0, len(everything), _BATCH):
                batch = everything[at : at + _BATCH]
                collection.add_embeddings(at, batch, vectors[at : at + len(batch)], corpus)
                say("chroma", min(at + _BATCH, len(everything)), len(everything))
            _read_back(collection, everything, vectors)
            collection.close()
        _write_atomic(folder / "manifest.json", json.dumps(asdict(manifest), indent=1))
        (folder / "unfinished").unlink()
        finished = True
    finally:
        if not finished:
            _remove(home, folder, url)
    _write_atomic(root(home) / "current", name)
    return manifest


@contextmanager
def chroma_errors(what: str, remedy: str = REBUILD) -> Iterator[None]:
    """Turn what Chroma, sqlite and httpx raise (many unrelated kinds) into one IndexError_ that says ``what`` went wrong."""
    try:
        yield
    except (IndexError_, SettingsError, MemoryError):
        raise
    except BaseException as error:
        # A panic in Chroma's Rust code (on a damaged database, say) is no Exception: pyo3 lets it pass those.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise IndexError_(f"Chroma {what}: {type(error).__name__}: {str(error)[:200]}.", remedy) from error


def _vectors(everything: list[Key], embeddings: CachedEmbeddings, progress: Callable[[int], None]) -> np.ndarray:
    """The vectors of all keys, float32 of shape (keys, dimension)."""
    out: np.ndarray | None = None
    for prefix in ("passage", "query"):
        rows = [n for n, k in enumerate(everything) if k.prefix == prefix]
        if rows:
            made = embeddings.vectors([everything[n].text for n in rows], prefix, progress)
            out = np.zeros((len(everything), made.shape[1]), dtype=np.float32) if out is None else out
            out[rows] = made
    assert out is not None
    return out


def _read_back(collection: KeyCollection, everything: list[Key], vectors: np.ndarray) -> None:
    """Prove that every key can be read again as it was stored, a page at a time."""
    seen = 0
    for rows, metadatas, stored in collection.pages():
        for row, metadata, vector in zip(rows, metadatas, stored, strict=True):
            key = everything[row] if row < len(everything) else None
            if key is None or metadata["passage"] != key.passage or float(np.abs(vector - vectors[row]).max()) > 1e-3:
                raise IndexError_(f"De nieuwe index bewaart sleutel {row} niet zoals hij gegeven werd.", REBUILD)
        seen += len(rows)
    if seen != len(everything):
        raise IndexError_(f"De nieuwe index telt {seen} sleutels in plaats van {len(everything)}.", REBUILD)


class KeyCollection:
    """The Chroma collection of one build, through ``langchain-chroma``."""

    def __init__(self, store: Any, folder: Path) -> None:
        """``folder``: where the build keeps its manifest, and what belongs to it beside Chroma."""
        self.store, self.folder = store, folder

    def close(self) -> None:
        """Let go of the files or the connection; a private copy is removed. Nothing can be read from it any more."""
        chroma = self.store._client
        folder = Path(chroma.get_settings().persist_directory).parent
        chroma.close()
        if folder in _COPIES:
            _COPIES.discard(folder)
            shutil.rmtree(folder, ignore_errors=True)

    def add_embeddings(self, first: int, batch: list[Key], vectors: np.ndarray, corpus: Corpus) -> None:
        """Store keys with their vectors and metadata; row ids are their position in the corpus order."""
        self.store._collection.upsert(
            ids=[f"{first + i:08d}" for i in range(len(batch))],
            embeddings=vectors,
            documents=[k.text for k in batch],
            metadatas=[_metadata(k, corpus) for k in batch],
        )

    def count(self) -> int:
        """How many keys there are."""
        return int(self.store._collection.count())

    def pages(self, size: int = _PAGE) -> Iterator[tuple[list[int], list[dict[str, Any]], np.ndarray]]:
        """Row numbers, metadata and vectors (float32), ``size`` keys at a time.

        Raises:
            IndexError_: the collection is damaged or the server does not answer.
        """
        with chroma_errors("kan de index niet lezen", f"Loopt de Chroma-server nog? {REBUILD}"):
            for at in range(0, self.count(), size):
                page = self.store._collection.get(limit=size, offset=at, include=["embeddings", "metadatas"])
                vectors = np.asarray(page["embeddings"], dtype=np.float32)
                if len(vectors) != len(page["ids"]) or not all(page["metadatas"]):
                    raise ValueError("sleutels zonder vector of metadata")
                yield [int(i) for i in page["ids"]], page["metadatas"], vectors

    def read_all(self) -> tuple[list[dict[str, Any]], np.ndarray]:
        """Metadata and vectors (float32, rows in corpus order) of every key. Raises IndexError_ as :meth:`pages`."""
        metadatas: list[dict[str, Any]] = []
        rows: list[int] = []
        parts: list[np.ndarray] = []
        for page_rows, page_metadatas, page_vectors in self.pages():
            rows += page_rows
            metadatas += page_metadatas
            parts.append(page_vectors)
        order = np.argsort(np.asarray(rows, dtype=int))
        return [metadatas[i] for i in order], np.concatenate(parts)[order] if parts else np.zeros((0, 1), dtype=np.float32)

    def query(self, vector: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The ``k`` nearest keys, nearest first, by Chroma's own index: row numbers and cosines, both of shape (k,).

        Raises:
            IndexError_: the collection is damaged or the server does not answer.
        """
        with chroma_errors("kan niet zoeken", f"Loopt de Chroma-server nog? {REBUILD}"):
            found = self.store._collection.query(query_embeddings=[vector], n_results=k, include=["distances"])
            return np.array([int(i) for i in found["ids"][0]], dtype=int), 1.0 - np.asarray(found["distances"][0], dtype=np.float32)


def _metadata(key: Key, corpus: Corpus) -> dict[str, Any]:
    document, passage = corpus.passage(key.passage)
    data = {
        "passage": key.passage,
        "document": document.id,
        "kind": key.kind,
        "language": key.language,
        "authority": str(passage.authority),
        "ref": key.ref,
        "speaker": passage.speaker or "",
        "organisation": passage.organisation or "",
    }
    return data


def _collection(home: Path, url: str, manifest: Manifest, create: bool = False) -> KeyCollection:
    from langchain_chroma import Chroma

    store = Chroma(
        collection_name=manifest.collection,
        client=client(home, url, manifest.name, create),
        collection_metadata={"hnsw:space": "cosine"} if create else None,
        create_collection_if_not_exists=create,
    )
    return KeyCollection(store, root(home) / "builds" / manifest.name)


def open_collection(home: Path, manifest: Manifest, url: str = "") -> KeyCollection:
    """Open the collection of a build.

    Raises:
        IndexError_: it is not there, or holds another number of keys than the manifest says.
    """
    if not url and not (root(home) / "builds" / manifest.name / "chroma").is_dir():
        raise IndexError_(f"De index '{manifest.name}' is beschadigd: de map 'chroma' ontbreekt.", REBUILD)
    with chroma_errors(f"kan de index '{manifest.name}' niet openen, misschien is hij beschadigd"):
        collection = _collection(home, url, manifest)
        count = collection.count()
    if count != manifest.keys:
        raise IndexError_(f"De index telt {count} sleutels in plaats van {manifest.keys}.", REBUILD)
    return collection


def sweep(home: Path, url: str = "", keep: int = 2) -> None:
    """Remove builds that were never finished and all but the newest ``keep`` finished ones; the live one always stays.

    Only to be called while holding the lock. A build on a server is removed there too.
    """
    folder = root(home) / "builds"
    for left in root(home).glob("*.tmp"):
        left.unlink(missing_ok=True)
    if not folder.is_dir():
        return
    try:
        live = current(home)
    except IndexError_:
        live = None
    builds = sorted((b for b in folder.iterdir() if b.is_dir()), reverse=True)
    finished = [b for b in builds if (b / "manifest.json").is_file() and not (b / "unfinished").exists()]
    for build_folder in builds:
        if live and build_folder.name == live.name:
            continue
        if build_folder not in finished[:keep]:
            _remove(home, build_folder, url)


def _remove(home: Path, folder: Path, url: str) -> None:
    """Remove one build. One whose server does not answer now stays marked as unfinished, for a later sweep."""
    if url and not (folder / "chroma").is_dir():
        from chromadb.errors import NotFoundError

        try:
            client(home, url).delete_collection(f"mww-{folder.name}")
        except NotFoundError:
            pass
        except Exception:  # the server is away, in one of the many ways that httpx and chromadb tell
            (folder / "unfinished").touch()
            return
    shutil.rmtree(folder, ignore_errors=True)


def _write_atomic(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(temporary, path)


def verify(home: Path, corpus: Corpus, embeddings: CachedEmbeddings, url: str = "") -> list[str]:
    """Check the live index against the corpus; return what is wrong, in sentences (empty: all is well)."""
    problems = []
    manifest = current(home)
    if manifest is None:
        return ["Er is nog geen index."]
    if reason := why_stale(manifest, corpus, embeddings):
        problems.append(f"De index past niet: {reason}.")
    collection = open_collection(home, manifest, url)
    expected = list(keys(corpus))
    fits = not problems and len(expected) == manifest.keys
    if not problems and not fits:
        problems.append(f"De index telt {manifest.keys} sleutels; de documenten hebben er {len(expected)}.")
    adapter = nearest.Large.read(root(home) / "builds" / manifest.name, manifest.keys).adapter if manifest.large else None
    sampled = range(0, len(expected), max(1, len(expected) // 20)) if fits else ()
    strange, long_or_short, seen = 0, 0, set()
    for rows, metadatas, vectors in collection.pages():
        norms = np.linalg.norm(vectors, axis=1)
        long_or_short += int(np.sum(~(np.abs(norms - 1) <= 0.01)))
        for row, metadata, vector in zip(rows, metadatas, vectors, strict=True):
            seen.add(row)
            if fits and (row >= len(expected) or metadata["passage"] != expected[row].passage):
                strange += 1
            elif row in sampled:
                made = embeddings.vectors([expected[row].text], expected[row].prefix)[0]
                made = made if adapter is None else adapter(made)
                if made.shape != vector.shape or float(made @ vector) < 0.99:
                    problems.append(f"De vector van '{expected[row].text[:40]}…' klopt niet.")
    collection.close()
    if strange or (fits and len(seen) != len(expected)):
        problems.append("De sleutels van de index zijn niet die van het corpus.")
    if long_or_short:
        problems.append(f"{long_or_short} vectoren zijn geen eenheidsvectoren.")
    return problems
