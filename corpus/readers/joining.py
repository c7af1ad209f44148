"""Join printed lines into paragraphs, and words that were broken at a line end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.readers.base import STARTER, RawBlock, heading_level, is_list_item

_BROKEN = re.compile(r"[^\W\d_]-$")
# Starts at a word's start and never gives letters back: the time must not grow with the square of a very long word.
_HYPHENATED = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:-[^\W\d_]++)+")
_WORD_LIMIT = 200
_WORD = re.compile(r"[^\W\d_]+")
# A line that ends a sentence and stops well before the right margin ends the paragraph.
_SHORT_LINE = 0.8
# No paragraph of prose is longer; joining lines one by one must not grow with the square of a file without empty lines.
_LONGEST = 50_000


class Joiner:
    """Joins lines; the document's own words decide whether a hyphen at a line end belongs to the word."""

    def __init__(self, lines: Iterable[str]) -> None:
        """``lines``: all lines of the document, from which the vocabulary is taken."""
        self.hyphenated: set[str] = set()
        self.words: set[str] = set()
        for line in lines:
            self.hyphenated.update(m.lower() for m in _HYPHENATED.findall(line))
            self.words.update(m.lower() for m in _WORD.findall(line))

    def join(self, left: str, right: str) -> str:
        """Return ``left`` continued by ``right``."""
        if not left or not right:
            return left or right
        if not _BROKEN.search(left[-2:]):
            return f"{left} {right}"
        half = re.search(r"[^\W\d_]+(?:-[^\W\d_]+)*-$", left[-_WORD_LIMIT:])
        rest = _WORD.match(right)
        if half is None or rest is None:
            return f"{left} {right}"
        if right[0].isupper() or half.group()[:-1].isupper():
            return left + right
        whole = (half.group()[:-1] + rest.group()).lower()
        kept = (half.group() + rest.group()).lower()
        if rest.group() in ("en", "of"):
            return f"{left} {right}"
        if kept in self.hyphenated and whole not in self.words:
            return left + right
        return left[:-1] + right


def paragraphs(pages: list[tuple[int | None, list[str]]], titles: dict[str, int] | None = None) -> list[RawBlock]:
    """Turn the cleaned lines of each page into blocks.

    ``pages``: (page number or None, lines; an empty line ends a paragraph). ``titles``: heading texts
    known from the file's own outline, in lower case, with their level.
    """
    titles = titles or {}
    joiner = Joiner(line for _, lines in pages for line in lines)
    blocks: list[RawBlock] = []
    open_text, is_item = "", False
    open_page: int | None = None
    starts: list[tuple[int, int]] = []
    last_line, width = "", 0

    def close() -> None:
        nonlocal open_text, starts
        if open_text:
            level = titles.get(open_text.lower(), 0) or (0 if is_item or starts else _lone_heading)
            kind = "heading" if level else ("list" if is_item else "paragraph")
            blocks.append(RawBlock(kind, open_text, level, open_page, tuple(starts)))  # type: ignore[arg-type]
        open_text, starts = "", []

    _lone_heading = 0
    for number, lines in pages:
        lengths = sorted(len(line) for line in lines if line)
        new_page = bool(blocks or open_text)
        page_width = lengths[int(len(lengths) * 0.9)] if lengths else width
        for line in lines:
            if not line:
                # The page's edge is not a paragraph's end; an empty line inside the page is.
                if not new_page:
                    close()
                continue
            ends = last_line[-1:] in ".:;?!”\"…)" and len(last_line) < _SHORT_LINE * width
            if new_page and last_line[-1:] in ".:;?!”\"…":
                ends = True
            heading = heading_level(line) or titles.get(line.lower(), 0)
            if open_text and (ends or STARTER.match(line) or (heading and _may_end(last_line, width)) or _lone_heading or len(open_text) > _LONGEST):
                close()
            if not open_text:
                open_text, open_page, is_item = line, number, is_list_item(line)
                _lone_heading = heading
            else:
                before = open_text
                open_text = joiner.join(before, line)
                _lone_heading = 0
                if new_page and number is not None:
                    at = open_text.rfind(line)
                    if at < 0 or not open_text.endswith(line):
                        at = len(before)
                    if at > 0 and open_text[at - 1] != " ":
                        # A word broken over two pages counts to the page where it begins.
                        space = open_text.find(" ", at)
                        at = space + 1 if space >= 0 else len(open_text)
                    if at < len(open_text):
                        starts.append((at, number))
            new_page, last_line, width = False, line, page_width
    close()
    return blocks


def _may_end(line: str, width: int) -> bool:
    """True when a paragraph can end with ``line``: at a sentence's end, or well before the right margin."""
    return line[-1:] in ".:;?!”\"…)" or len(line) < 0.6 * width
