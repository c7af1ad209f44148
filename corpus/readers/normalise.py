"""Make characters canonical, once, on the way in: after this every offset is a code point of the canonical text."""

from __future__ import annotations

import re
import unicodedata

# Invisible characters carry nothing that a person sees, break searching, and can hide or reorder text:
# controls, soft hyphen, zero-width and bidirectional marks, byte-order mark, lone surrogates, tags.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SPACE = re.compile(r"\s+")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def clean(text: str) -> str:
    """One block of text: composed (NFC), without invisible characters, every run of white space one space.

    Idempotent: ``clean(clean(x)) == clean(x)``.
    """
    text = _INVISIBLE.sub("", text).translate(_LIGATURES)
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def clean_lines(text: str) -> list[str]:
    """The lines of ``text``, each cleaned; empty lines stay, as empty strings."""
    return [clean(line) for line in re.split(r"\r\n|\r|\n|\u2028|\u2029|\x85", text)]
