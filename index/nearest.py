"""Which keys are near a question: every key exactly in memory, or the nearest ones by Chroma's own index.

Up to :data:`IN_MEMORY_KEYS` keys the vectors are read once and compared all: exact, and fast under any
filter. Above that an index is *large*: nothing is read whole, Chroma searches, and what the fusion must
know of the keys that were not returned (how cosines of a kind are spread) follows from a few sums that
the build has kept (:class:`Spread`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zipfile import BadZipFile

import numpy as np

from corpus.errors import IndexError_
from index.adapter import Adapter
from index.keys import BY_LANGUAGE, KINDS, Key

if TYPE_CHECKING:
    from corpus.store import Corpus
    from index.build import KeyCollection

IN_MEMORY_KEYS = 60_000
"""Up to here the vectors are searched in memory; above it Chroma searches."""
NEAREST = 500
"""How many keys are asked of Chroma: enough for some hundred passages, each with several keys."""


@dataclass(frozen=True)
class Group:
    """Keys of one kind, sorted by their owner (a passage or a statement, by position).

    ``rows``: shape (keys,); ``owners`` and ``starts``: shape (owners,), where in ``rows`` each owner's keys begin.
    """

    rows: np.ndarray
    owners: np.ndarray
    starts: np.ndarray

    def best(self, cosines: np.ndarray, size: int) -> np.ndarray:
        """The highest cosine of each owner's keys, shape (size,); NaN where an owner has none."""
        out = np.full(size, np.nan)
        if len(self.rows):
            out[self.owners] = np.maximum.reduceat(cosines[self.rows], self.starts)
        return out


@dataclass(frozen=True)
class KeyTable:
    """What is known of a row of keys, as arrays of shape (keys,): passage and statement by position, kind, language."""

    passages: np.ndarray
    kinds: np.ndarray
    languages: np.ndarray
    statements: np.ndarray
    _groups: dict[tuple[str, str, str], Group] = field(default_factory=dict, repr=False, compare=False)

    @property
    def subjects(self) -> np.ndarray:
        """What each key says the same as: its statement, or its passage when it belongs to none; numbers, shape (keys,)."""
        own = np.where(self.statements >= 0, self.statements.astype(np.int64), -1 - self.passages.astype(np.int64))
        return np.unique(own, return_inverse=True)[1]

    def group(self, kind: str, language: str, owner: str = "passages") -> Group:
        """The keys of a kind by owner (``passages`` or ``statements``); texts of statements only in Dutch and in ``language``.

        Made once: grouping takes longer than comparing.
        """
        known = self._groups.get((kind, language, owner))
        if known is None:
            mask = self.kinds == KINDS.index(kind)
            if kind in BY_LANGUAGE:
                mask &= (self.languages == language) | (self.languages == "nl")
            owners = getattr(self, owner)
            rows = np.flatnonzero(mask & (owners >= 0))
            rows = rows[np.argsort(owners[rows], kind="stable")]
            unique, starts = np.unique(owners[rows], return_index=True)
            known = self._groups[kind, language, owner] = Group(rows, unique, starts)
        return known

    def take(self, rows: np.ndarray) -> KeyTable:
        """The same of some of the keys."""
        return KeyTable(self.passages[rows], self.kinds[rows], self.languages[rows], self.statements[rows])


def table_of(keys: Sequence[Key], corpus: Corpus) -> KeyTable:
    """The table of all keys of a corpus, in their order; about twenty bytes a key."""
    position = {p.id: n for n, (_, p) in enumerate(corpus.passages())}
    statement = {s.id: n for n, s in enumerate(corpus.statements)}
    return KeyTable(
        passages=np.array([position[k.passage] for k in keys], dtype=np.int32),
        kinds=np.array([KINDS.index(k.kind) for k in keys], dtype=np.int8),
        languages=np.array([k.language for k in keys], dtype=str),
        statements=np.array([statement.get(k.ref, -1) for k in keys], dtype=np.int32),
    )


@dataclass(frozen=True)
class Nearest:
    """Keys with their cosines to a question, both of shape (keys,). ``complete``: every key is there."""

    table: KeyTable
    cosines: np.ndarray
    complete: bool = True
    _best: dict[tuple[str, str, str], np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    def best(self, kind: str, language: str, size: int, owner: str = "passages") -> np.ndarray:
        """The highest cosine of each passage (or statement) with a key of this kind, shape (size,), NaN where there is none."""
        known = self._best.get((kind, language, owner))
        if known is None:
            known = self._best[kind, language, owner] = self.table.group(kind, language, owner).best(self.cosines, size)
        return known


class KeySearch(Protocol):
    """Finds keys near a question."""

    def nearest(self, vector: np.ndarray) -> Nearest:
        """All keys, or the nearest ones when there are too many; ``vector`` went through the adapter."""
        ...

    def standardised(self, values: np.ndarray, kind: str, vector: np.ndarray, nearest: Nearest) -> np.ndarray:
        """Best cosines of the passages (NaN: none known), shape (passages,), as distances from the mean in standard deviations."""
        ...


class InMemorySearch:
    """Every key, exactly: the vectors were read from Chroma once."""

    def __init__(self, table: KeyTable, vectors: np.ndarray) -> None:
        self.table, self.vectors = table, vectors

    def nearest(self, vector: np.ndarray) -> Nearest:
        """See :class:`KeySearch`."""
        return Nearest(self.table, self.vectors @ vector)

    def standardised(self, values: np.ndarray, kind: str, vector: np.ndarray, nearest: Nearest) -> np.ndarray:
        """See :class:`KeySearch`: over the passages that have such a key; NaN stays."""
        if np.all(np.isnan(values)):
            return np.zeros_like(values)
        spread = float(np.nanstd(values))
        return (values - float(np.nanmean(values))) / (spread if spread > 1e-6 else 1.0)


@dataclass(frozen=True)
class Spread:
    """Sums over all keys of each kind, from which mean and deviation of their cosines with any question follow exactly.

    ``means``: shape (kinds, d), ``covariances``: shape (kinds, d, d); a kind without keys has zeros.
    """

    means: np.ndarray
    covariances: np.ndarray

    def of(self, kind: str, vector: np.ndarray) -> tuple[float, float]:
        """Mean and standard deviation of the cosines of all keys of this kind with ``vector``."""
        n = KINDS.index(kind)
        variance = float(vector @ self.covariances[n] @ vector)
        return float(self.means[n] @ vector), max(variance, 1e-12) ** 0.5


def spread_of(vectors: np.ndarray, kinds: Sequence[str]) -> Spread:
    """The sums for keys ``vectors`` of shape (n, d) with their kinds."""
    dimension = vectors.shape[1]
    means, covariances = np.zeros((len(KINDS), dimension)), np.zeros((len(KINDS), dimension, dimension))
    names = np.asarray(kinds)
    for n, kind in enumerate(KINDS):
        own = vectors[names == kind]
        if len(own):
            means[n] = own.mean(axis=0)
            covariances[n] = own.T.astype(np.float64) @ own / len(own) - np.outer(means[n], means[n])
    return Spread(means.astype(np.float32), covariances.astype(np.float32))


class ChromaSearch:
    """The nearest keys by Chroma's own index, embedded or over HTTP.

    Chroma is asked for numbers and distances only: reading the metadata of some hundred keys from its
    database takes ten times as long as finding them.
    """

    def __init__(self, collection: KeyCollection, table: KeyTable, spread: Spread) -> None:
        self.collection, self.table, self.spread, self.k = collection, table, spread, NEAREST

    def nearest(self, vector: np.ndarray) -> Nearest:
        """See :class:`KeySearch`."""
        rows, cosines = self.collection.query(vector, self.k)
        return Nearest(self.table.take(rows), cosines, complete=False)

    def standardised(self, values: np.ndarray, kind: str, vector: np.ndarray, nearest: Nearest) -> np.ndarray:
        """See :class:`KeySearch`. Every passage has a key of kind ``passage``: one that was not returned is at most as near as the last one that was."""
        mean, deviation = self.spread.of(kind, vector)
        out = (values - mean) / deviation
        if kind == "passage" and len(nearest.cosines):
            out = np.where(np.isnan(out), (float(nearest.cosines.min()) - mean) / deviation, out)
        return np.zeros_like(values) if np.all(np.isnan(out)) else out


@dataclass(frozen=True)
class Large:
    """What a large build keeps for its readers beside Chroma, so that they need not read Chroma whole."""

    adapter: Adapter
    spread: Spread
    table: KeyTable

    def write(self, folder: Path) -> None:
        """Keep it with the build."""
        names, codes = np.unique(self.table.languages, return_inverse=True)
        np.savez(
            folder / "large.npz",
            mean=self.adapter.mean,
            matrix=self.adapter.matrix,
            means=self.spread.means,
            covariances=self.spread.covariances,
            passages=self.table.passages,
            kinds=self.table.kinds,
            statements=self.table.statements,
            language_names=names,
            languages=codes.astype(np.int8),
        )

    @classmethod
    def read(cls, folder: Path, keys: int) -> Large:
        """Read it again, for a build of so many keys. Raises IndexError_ when it is missing or damaged."""
        try:
            with np.load(folder / "large.npz", allow_pickle=False) as data:
                table = KeyTable(data["passages"], data["kinds"], data["language_names"][data["languages"]], data["statements"])
                if not len(table.passages) == len(table.kinds) == len(table.languages) == len(table.statements) == keys:
                    raise ValueError("een ander aantal sleutels")
                return cls(Adapter(data["mean"], data["matrix"]), Spread(data["means"], data["covariances"]), table)
        except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile) as error:
            raise IndexError_(f"De index '{folder.name}' is beschadigd ({str(error)[:200]}).", "Bouw opnieuw: maatwerkwijzer index build") from None
