"""Which keys are near a question: every key exactly in memory, or the nearest ones by Chroma's own index.

Up to :data:`IN_MEMORY_KEYS` keys the vectors are read once and compared all: exact, and fast under any
filter. Above that an index is *large*: nothing is read whole, Chroma searches, and what the fusion must
know of the keys that were not returned (how cosines of a kind are spread) follows from a few sums that
the build has kept (:class:`Spread`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zipfile import BadZipFile

import numpy as np

from corpus.errors import IndexError_
from index.adapter import Adapter
from index.keys import KINDS

if TYPE_CHECKING:
    from index.build import KeyCollection

IN_MEMORY_KEYS = 60_000
"""Up to here the vectors are searched in memory; above it Chroma searches."""
NEAREST = 1_000
"""How many keys are asked of Chroma: enough for some hundreds of passages, each with several keys."""


@dataclass(frozen=True)
class KeyTable:
    """What is known of a row of keys, as arrays of shape (keys,): passage and statement by position, kind, language."""

    passages: np.ndarray
    kinds: np.ndarray
    languages: np.ndarray
    statements: np.ndarray

    def of_kind(self, kind: str, language: str) -> np.ndarray:
        """Which keys are of this kind; statements only in Dutch and in ``language``."""
        mask = self.kinds == KINDS.index(kind)
        if kind == "statement":
            mask &= (self.languages == language) | (self.languages == "nl")
        return mask


@dataclass(frozen=True)
class Nearest:
    """Keys with their cosines to a question, both of shape (keys,). ``complete``: every key is there."""

    table: KeyTable
    cosines: np.ndarray
    complete: bool = True


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
    """The nearest keys by Chroma's own index, embedded or over HTTP."""

    def __init__(self, collection: KeyCollection, tabulate: Callable[[Sequence[dict[str, Any]]], KeyTable], spread: Spread, k: int = NEAREST) -> None:
        self.collection, self.tabulate, self.spread, self.k = collection, tabulate, spread, k

    def nearest(self, vector: np.ndarray) -> Nearest:
        """See :class:`KeySearch`."""
        metadatas, cosines = self.collection.query(vector, self.k)
        return Nearest(self.tabulate(metadatas), cosines, complete=False)

    def standardised(self, values: np.ndarray, kind: str, vector: np.ndarray, nearest: Nearest) -> np.ndarray:
        """See :class:`KeySearch`. Every passage has a key of kind ``passage``: one that was not returned is at most as near as the last one that was."""
        mean, deviation = self.spread.of(kind, vector)
        out = (values - mean) / deviation
        if kind == "passage" and len(nearest.cosines):
            out = np.where(np.isnan(out), (float(nearest.cosines.min()) - mean) / deviation, out)
        return np.zeros_like(values) if np.all(np.isnan(out)) else out


def write_large(folder: Path, adapter: Adapter, spread: Spread) -> None:
    """Keep with a large build what its readers need beside Chroma."""
    np.savez(folder / "large.npz", mean=adapter.mean, matrix=adapter.matrix, means=spread.means, covariances=spread.covariances)


def read_large(folder: Path) -> tuple[Adapter, Spread]:
    """What :func:`write_large` kept. Raises IndexError_ when it is missing or damaged."""
    try:
        with np.load(folder / "large.npz", allow_pickle=False) as data:
            return Adapter(data["mean"], data["matrix"]), Spread(data["means"], data["covariances"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise IndexError_(f"De index '{folder.name}' is beschadigd ({str(error)[:200]}).", "Bouw opnieuw: maatwerkwijzer index build") from None
