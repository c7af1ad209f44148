"""A linear adapter on the frozen embedding, fitted on the documents alone.

All keys of one passage (its text, sentences, views, statements in four languages) say the same thing in
different words. What varies among them is wording and language; what varies between passages is subject.
Linear discriminant analysis turns that into a map: directions of wording are shrunk (within-class
whitening), directions of subject are kept (scaled by a power of the between-class variance). Closed
form, deterministic, a few hundredths of a second; no question set is involved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EPSILON = 1e-4
"""Added to the within-class variances, which are about 1e-4 themselves: directions that hardly occur are not blown up."""
POWER = 0.3
"""0 keeps only the whitening; 1 keeps only the directions in which passages differ. Flat between 0.25 and 0.35."""
_FEWEST = 40


@dataclass(frozen=True)
class Adapter:
    """``(x - mean) @ matrix``, then unit length."""

    mean: np.ndarray
    matrix: np.ndarray

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """Map vectors of shape (n, d) or (d,) to unit vectors of the same shape, float32."""
        mapped = (vectors - self.mean) @ self.matrix
        norms = np.linalg.norm(mapped, axis=-1, keepdims=True)
        return np.asarray(mapped / np.maximum(norms, 1e-9), dtype=np.float32)


def fit_adapter(vectors: np.ndarray, groups: np.ndarray) -> Adapter:
    """Fit the adapter on key vectors (n, d) with for each the number of its passage, shape (n,).

    With too few passages that have several keys there is nothing to learn: the identity is returned.
    """
    dimension = vectors.shape[1]
    count = np.bincount(groups)
    if int((count > 2).sum()) < _FEWEST:
        return Adapter(np.zeros(dimension, dtype=np.float32), np.eye(dimension, dtype=np.float32))
    means = np.zeros((len(count), dimension))
    np.add.at(means, groups, vectors)
    means /= np.maximum(count, 1)[:, None]
    mean = vectors.mean(axis=0)
    rest = vectors - means[groups]
    values, axes = np.linalg.eigh(rest.T @ rest / len(rest))
    whiten = axes * (values + EPSILON) ** -0.5
    between = (means[count > 0] - mean) @ whiten
    values, axes = np.linalg.eigh(np.cov(between.T))
    values = np.maximum(values, 0.0)
    matrix = whiten @ (axes * (values / (1.0 + values)) ** POWER)
    return Adapter(mean.astype(np.float32), matrix.astype(np.float32))
