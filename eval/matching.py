"""Whether a gold wording stands in an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from eval.normalise import normalise, normalise_dates

INFLECTION_FROM = 5
"""Length from which the last word of a wording may carry an ending (shorter ones turn into other words)."""
_ENDINGS = "(?:e|en|n|s|es)?"


@lru_cache(maxsize=16384)
def _pattern(wording: str, language: str, dates: bool) -> re.Pattern[str] | None:
    stem = wording.endswith("*")
    tokens = (normalise_dates if dates else normalise)(wording.rstrip("*"), language)
    if not tokens:
        return None
    last = tokens.rsplit(" ", 1)[-1]
    if stem:
        tail = r"\w*"
    elif len(last) >= INFLECTION_FROM and last.isalpha():
        tail = _ENDINGS
    else:
        tail = ""
    return re.compile(r"(?<![^ ])" + re.escape(tokens) + tail + r"(?![^ ])")


def contains(text: str, wording: str, language: str = "nl") -> bool:
    """Whether ``wording`` stands in ``text`` as whole words, after normalisation of both (see ``eval/README.md``)."""
    for dates, form in ((False, normalise), (True, normalise_dates)):
        pattern = _pattern(wording, language, dates)
        if pattern is not None and pattern.search(form(text, language)):
            return True
    return False


def contains_any(text: str, wordings: Iterable[str], language: str = "nl") -> bool:
    """Whether one of the wordings stands in ``text``."""
    return any(contains(text, wording, language) for wording in wordings)
