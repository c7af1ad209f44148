"""HTML that cannot be injected into: text is escaped unless this module made it.

``tag("a", title, href=address)`` escapes ``title`` and ``address``. Only :class:`Safe` strings, which come out
of :func:`tag` and :func:`join`, pass as they are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

_VOID = {"br", "hr", "img", "input", "meta", "link"}
_NAME = re.compile(r"^[a-z][a-z0-9-]*$")
_UNWANTED = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]")


class Safe(str):
    """Markup that this module made."""

    __slots__ = ()


Node = Any
"""A Safe, a string or number (escaped), None (nothing), or an iterable of these."""


def text(value: object) -> Safe:
    """Plain text as markup; control characters and marks that turn the direction of writing are left out."""
    return Safe(html.escape(_UNWANTED.sub("", str(value)), quote=True))


def join(*nodes: Node, by: str = "") -> Safe:
    """The nodes one after another, with ``by`` (escaped) between them."""
    return Safe(str(text(by)).join(part for part in _flat(nodes) if part))


def _flat(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        if node is None or node is False:
            continue
        if isinstance(node, Safe):
            yield node
        elif isinstance(node, str | int | float):
            yield text(node)
        else:
            yield from _flat(node)


def tag(element: str, /, *children: Node, **attributes: Any) -> Safe:
    """An element. ``cls`` is class, ``for_`` is for, an underscore a hyphen; None and False are left out, True has no value.

    Raises:
        ValueError: a name that is not one (names never come from data), or an ``on…`` attribute.
    """
    parts = [element]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written = {"cls": "class", "for_": "for"}.get(key, key.rstrip("_").replace("_", "-"))
        if not _NAME.match(written) or written.startswith("on"):
            raise ValueError(f"attribute {written!r}")
        if written in ("href", "src", "action") and not is_address(str(value)):
            continue
        parts.append(written if value is True else f'{written}="{text(value)}"')
    if not _NAME.match(element):
        raise ValueError(f"element {element!r}")
    opening = Safe(f"<{' '.join(parts)}>")
    return opening if element in _VOID else Safe(f"{opening}{join(*children)}</{element}>")


def is_address(value: str) -> bool:
    """True for an http(s) address or one on this site; anything else (javascript:, data:) may not be a link."""
    return value.startswith(("https://", "http://", "/", "#", "?")) and not value.startswith("//")
