"""Undo the line and word breaks that a PDF leaves behind in its text.

The hearing report was supplied as text taken out of a PDF: every printed line is followed by an
empty one, words are broken with a hyphen at line ends, and the first line of a page starts with one
space. :func:`unwrap` turns that into paragraphs, and reports what became of each hyphen, so that a
person can check the list (``corpus verify --hyphens``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

BULLET = "−"

# Words whose own hyphen happens to stand at a line end. A prefix in capitals (VN-, ICF-, LDE-) keeps
# its hyphen by rule; these cannot be told from a broken word without knowing Dutch.
KEEP_HYPHEN = frozenset({"publiek-private"})
# A vowel clash that only the hyphen kept apart takes a diaeresis once the word is whole again.
DIAERESIS = {"creeren": "creëren"}

_CAPITAL_PREFIX = re.compile(r"(?:^|[^\w-])((?:[A-Z]{2,}|[A-Z])(?:-[A-Z]{2,})*)-$")
_LAST_WORD = re.compile(r"\S+$")
_FIRST_WORD = re.compile(r"^\S+")


@dataclass(frozen=True)
class Hyphen:
    """One hyphen at a line end: the page, both halves, and the word that was made of them."""

    page: int
    left: str
    right: str
    result: str

    @property
    def kept(self) -> bool:
        """True when the hyphen belongs to the word."""
        return self.result.startswith(self.left)


@dataclass
class Block:
    """A paragraph, heading or list item: its text, and for each page after the first the offset in
    ``text`` where that page begins."""

    text: str
    page: int
    page_starts: list[tuple[int, int]] = field(default_factory=list)


def join_lines(left: str, right: str, page: int, hyphens: list[Hyphen]) -> str:
    """Return ``left`` continued by ``right``; a line-end hyphen is resolved and noted in ``hyphens``."""
    if not left:
        return right
    if not left.endswith("-"):
        return f"{left} {right}"
    last = _LAST_WORD.search(left)
    first = _FIRST_WORD.search(right)
    assert last and first  # both lines are stripped and not empty
    half, rest = last.group(), first.group()
    bare = re.sub(r"\W+$", "", rest)
    if _CAPITAL_PREFIX.search(half) or half + bare in KEEP_HYPHEN:
        word = half + rest
    else:
        word = half[:-1] + rest
        word = DIAERESIS.get(half[:-1] + bare, half[:-1] + bare) + rest[len(bare) :]
    hyphens.append(Hyphen(page, half, rest, word))
    return left[: last.start()] + word + right[first.end() :]


def unwrap(raw: str, headings: Iterable[re.Pattern[str]] = ()) -> tuple[list[Block], list[Hyphen]]:
    """Return the paragraphs of PDF text ``raw`` in reading order, and every line-end hyphen.

    A line that matches one of ``headings`` is a block of its own. A paragraph ends at a line of one
    space, at a line with two or more trailing spaces, before a heading and before a bullet. Lines
    that are one long web address were displaced by the PDF and are left out (the document's
    metadata keeps them).
    """
    patterns = tuple(headings)
    blocks: list[Block] = []
    hyphens: list[Hyphen] = []
    open_block: Block | None = None
    page = 0
    for line in raw.splitlines():
        if line == "":
            continue
        text = line.strip()
        if not text:
            open_block = None
            continue
        new_page = line.startswith(" ") or page == 0
        if new_page:
            page += 1
        if re.fullmatch(r"https?://\S{60,}", text):
            continue
        is_heading = any(p.fullmatch(text) for p in patterns)
        if open_block is None or is_heading or text.startswith(BULLET):
            open_block = Block(text, page)
            blocks.append(open_block)
        else:
            before = open_block.text
            open_block.text = join_lines(before, text, page, hyphens)
            if new_page:
                # A word broken over two pages counts to the page where it begins.
                start = len(before) + 1 if not before.endswith("-") else open_block.text.find(" ", len(before) - 1) + 1
                open_block.page_starts.append((start, page))
        if is_heading or line.endswith("  "):
            open_block = None
    return blocks, hyphens
