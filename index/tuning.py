"""What the bundled model has learned about this subject: new scales and biases for its layers.

``eval.tune`` learned them from practice questions; the four-bit numbers and the vocabulary stay those of
the package, so that one and a half megabyte is enough. The package's engine runs the result as its own.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from index.modelfile import ModelFile

PATH = Path(__file__).with_name("tuned.npz")
SCALES = ".scales"


def fingerprint() -> str:
    """Eight characters that identify what was learned; empty when the file is not there."""
    return hashlib.sha256(PATH.read_bytes()).hexdigest()[:8] if PATH.is_file() else ""


def write(tensors: dict[str, np.ndarray], path: Path = PATH) -> None:
    """Keep vectors by the name of their tensor, and scales of a matrix, shape (rows, blocks), by its name and :data:`SCALES`."""
    np.savez_compressed(path, **{n: t.astype(np.float16 if n.endswith(SCALES) else np.float32) for n, t in tensors.items()})  # type: ignore[arg-type]


def apply(data: np.ndarray, path: Path | None = None) -> None:
    """Put what was learned in a model file's bytes (shape (bytes,), writable).

    Raises ValueError, KeyError or what numpy raises when the two do not fit or one of them is damaged.
    """
    model = ModelFile(data)
    with np.load(path or PATH, allow_pickle=False) as learned:
        for name in learned.files:
            values = learned[name]
            if name.endswith(SCALES):
                blocks = model.blocks(name.removesuffix(SCALES), values.shape[1] * 32)
                if blocks.shape != values.shape:
                    raise ValueError(f"{name} has shape {values.shape}, the model's {blocks.shape}")
                blocks["scale"] = values
            else:
                model.floats(name)[:] = values


@contextmanager
def as_file(data: np.ndarray) -> Iterator[str]:
    """The path of a file with these bytes, in memory where the system can; what has it open may keep it open afterwards."""
    if hasattr(os, "memfd_create"):
        number = os.memfd_create("model")
        with os.fdopen(number, "wb") as file:
            data.tofile(file)
            file.flush()
            yield f"/proc/self/fd/{number}"
        return
    with tempfile.NamedTemporaryFile() as file:
        data.tofile(file)
        file.flush()
        yield file.name
