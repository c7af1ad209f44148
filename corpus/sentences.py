"""Where sentences end, in Dutch legal and ordinary prose."""

from __future__ import annotations

import re
from itertools import pairwise

_END = re.compile(r"[.!?…][\"”’')\]]*(\s+)(?=[\"“„‘'(\[«]?[ ]?[A-ZÀ-ÖØ-Þ0-9§−–•-])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“\"'/.])(?:art|artt|nr|nrs|dhr|mevr|mw|bv|blz|p|pp|resp|incl|excl|ca|mr|prof|dr|drs|ir|ing|jl|ll|zgn|nl|vgl|cf|o\.a|o\.m|m\.b\.t|i\.v\.m|t\.e\.m"
    r"|t\.a\.v|m\.a\.w|b\.v|d\.w\.z|d\.i|i\.p\.v|St|Parl|Vl|B\.S|BS|St\.bl|Stbl|tel|min|max|afd|hfdst|par|lid|[A-Z])$"
)


def sentence_starts(text: str) -> list[int]:
    """Offsets at which a sentence begins in ``text``; the first is 0."""
    starts = [0]
    for match in _END.finditer(text):
        before = text[starts[-1] : match.start()]
        if text[match.start()] == "." and (_ABBREVIATION.search(before) or re.fullmatch(r"\s*\d{1,2}", before)):
            continue
        starts.append(match.end())
    return starts


def sentences(text: str, start: int = 0) -> list[tuple[int, int]]:
    """Spans (in code points, shifted by ``start``) of the sentences of ``text``; a line end also ends one."""
    marks = sorted({*sentence_starts(text), *(m.end() for m in re.finditer(r"\n+", text)), len(text)})
    spans = []
    for a, b in pairwise(marks):
        piece = text[a:b]
        if piece.strip():
            spans.append((start + a + len(piece) - len(piece.lstrip()), start + a + len(piece.rstrip())))
    return spans


def cut(text: str, start: int, end: int, limit: int, starts: tuple[int, ...] = ()) -> list[tuple[int, int]]:
    """Cut ``text[start:end]`` into pieces of at most ``limit`` characters, at sentence ends where possible.

    ``starts``: further offsets where a piece may begin (list items). A sentence that is itself too long
    is cut after ``;``, ``,`` or a space, and only as a last resort within a word. The pieces cover all but
    white space, in order.
    """
    if end - start <= limit:
        return [(start, end)]
    marks = sorted({start + offset for offset in sentence_starts(text[start:end])} | {s for s in starts if start < s < end} | {end})
    pieces: list[tuple[int, int]] = []
    at = start
    while end - at > limit:
        ahead = [m for m in marks if at < m <= at + limit + 1 and len(text[at:m].rstrip()) <= limit]
        # Pieces of like size read better than one full piece and a stub.
        stop = ahead[-1] if ahead else _inside(text, at, at + limit)
        pieces.append((at, at + len(text[at:stop].rstrip())))
        at = stop + len(text[stop:end]) - len(text[stop:end].lstrip())
    if at < end:
        pieces.append((at, end))
    return pieces


def _inside(text: str, at: int, stop: int) -> int:
    for mark in ("; ", ", ", " "):
        found = text.rfind(mark, at + (stop - at) // 3, stop)
        if found > at:
            return found + len(mark)
    return stop
