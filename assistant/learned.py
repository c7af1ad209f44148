"""What ``eval.fit`` learned from practice questions: linear rules over a question's vector, in files beside the code."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

SPREAD = 10.0
"""The differences between unit vectors of questions are small; times this they are of the size of a rule's ridge."""
Learned = TypeVar("Learned")


def spread(vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Vectors (n, d) around their mean, of length :data:`SPREAD`."""
    centred = vectors - mean
    return np.asarray(SPREAD * centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9))


def read(path: Path, make: Callable[[Mapping[str, np.ndarray]], Learned], without: str) -> Learned | None:
    """What ``make`` makes of the arrays in a file; None, with a line in the log that says how it goes ``without``, when it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as data:
            return make(data)
    except Exception as error:  # numpy and zipfile raise many kinds on a damaged file
        logging.getLogger("maatwerkwijzer").warning("%s cannot be read (%s): %s", path.name, type(error).__name__, without)
        return None
