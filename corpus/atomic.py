"""Change a folder of files all at once, so that a kill at any moment leaves the old one or the new one, whole.

A folder is written beside its place, flushed to disk, and renamed. Where the place is taken, the two are
exchanged in one step (Linux); elsewhere the old one is moved aside first, and :func:`recover` puts it
back when the second step never came.
"""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STAGING = ".tmp"
_OLD = ".oud-"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def staged(parent: Path) -> Iterator[Path]:
    """Give a fresh folder under ``parent/.tmp``; what is left of it is removed in the end."""
    staging = parent / STAGING
    staging.mkdir(parents=True, exist_ok=True)
    folder = staging / f"nieuw-{os.getpid()}-{secrets.token_hex(4)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _remove_if_empty(staging, parent)


def put(folder: Path, target: Path) -> None:
    """Make ``folder`` (complete, under the same parent's staging) the folder ``target``, in one step."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _flush(path)
    _flush(folder)
    if not target.exists():
        os.rename(folder, target)
    elif not _exchange(folder, target):
        old = target.parent / STAGING / f"{_OLD}{target.name}"
        os.rename(target, old)
        os.rename(folder, target)
        shutil.rmtree(old, ignore_errors=True)
    _flush(target.parent)


def drop(target: Path) -> None:
    """Remove the folder ``target``: out of sight in one step, then from the disk."""
    staging = target.parent / STAGING
    staging.mkdir(exist_ok=True)
    gone = staging / f"weg-{os.getpid()}-{secrets.token_hex(4)}"
    os.rename(target, gone)
    _flush(target.parent)
    shutil.rmtree(gone, ignore_errors=True)
    _remove_if_empty(staging, target.parent)


def recover(parent: Path) -> None:
    """Finish what a killed process left: put back a folder that was moved aside, sweep the rest.

    Only to be called while holding the lock, when nobody else can be writing.
    """
    staging = parent / STAGING
    if not staging.is_dir():
        return
    for path in staging.iterdir():
        if path.name.startswith(_OLD) and not (parent / path.name[len(_OLD) :]).exists():
            os.rename(path, parent / path.name[len(_OLD) :])
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    _remove_if_empty(staging, parent)


def write_file(path: Path, data: bytes) -> None:
    """Write one file atomically: a reader sees the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(data)
        _flush(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one system call; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    if library.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(other))


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_if_empty(*folders: Path) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return
