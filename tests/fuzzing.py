"""What the fuzzing tests share: how many inputs, nasty text, and an eye on the files of the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

_RELAXED: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large, HealthCheck.filter_too_much],
}


def few(examples: int) -> settings:
    """The fast part: the same inputs on every run."""
    return settings(max_examples=examples, derandomize=True, **_RELAXED)


def many(examples: int) -> settings:
    """The soak part: other inputs on every run."""
    return settings(max_examples=examples, derandomize=False, **_RELAXED)


NASTY = (
    "\x00", "\ud800", "\udfff", "\u202e", "\u200b", "\ufeff", "\u2028", "\x85", "\x1b[31m", "\r\n", "﷽" * 50, "e" + "\u0301" * 200, "🧑‍🦽", "ǅ", "ß", "İ",
    "\U000e0041", "\U0010ffff", "'; drop table x;--", "<script>alert(1)</script>", "=cmd|'/c calc'!A0", "{{7*7}}", "${jndi:ldap://x}", "../../etc/passwd",
    "%s%n%x", "[1](javascript:alert(1))", "```", "\\", "\"", "1e999", "-0", "NaN", "٣", "½", "Ⅷ", "﹪",
)  # fmt: skip
ANY_CHARACTER = st.characters(codec=None, categories=None)
TEXT = st.one_of(
    st.text(max_size=200),
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=10)), max_size=12).map("".join),
)
JSON_VALUE: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT, st.sampled_from(["ja", "2024-02-30", "0001-01-01", 10**400, -1, 1e308])),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=10), inner, max_size=4)),
    max_leaves=12,
)

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_watched: dict[str, Any] = {"allowed": None, "seen": []}
_installed: list[bool] = []


def _watch(event: str, values: tuple[Any, ...]) -> None:
    allowed = _watched["allowed"]
    if allowed is None:
        return
    path: Any = None
    if (event == "open" and len(values) == 3 and isinstance(values[2], int) and values[2] & _WRITES) or event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate", "shutil.rmtree"):
        path = values[0]
    elif event in ("socket.connect", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        _watched["seen"].append(f"{event} {values[-1]!r}"[:200])
    if isinstance(path, str | bytes | os.PathLike):
        name = os.fsdecode(path)
        if not os.path.isabs(name) and len(values) > 1 and isinstance(values[-1], int) and values[-1] >= 0:
            return  # relative to a folder that was opened and checked before (shutil.rmtree)
        if not name.startswith(allowed) and "__pycache__" not in name and not name.startswith("/dev/"):
            _watched["seen"].append(f"{event} {name}"[:200])


@contextmanager
def only_inside(*folders: Path) -> Iterator[None]:
    """Fail when anything in the block changes a file outside ``folders``, opens a connection or starts a process."""
    if not _installed:
        sys.addaudithook(_watch)
        _installed.append(True)
    _watched["allowed"], _watched["seen"] = tuple(str(f) for f in folders), []
    try:
        yield
    finally:
        _watched["allowed"] = None
    assert _watched["seen"] == [], _watched["seen"]
