"""The words of the interface in four languages, from ``texts/<language>.yaml``."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("nl", "fr", "en", "de")
NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English", "de": "Deutsch"}


@lru_cache(maxsize=4)
def _load(language: str) -> dict[str, Any]:
    text = (files("assistant.web") / "texts" / f"{language}.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


class Words:
    """Look-up of words: ``words("ask.send")``, ``words("ask.marker", n=1, label="…")``."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "nl"
        self._data = _load(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """The text under ``key``, filled in. A key that does not exist is a KeyError: that is a mistake in the code."""
        found = self.get(key)
        return str(found).format(**values) if values else str(found)

    def get(self, key: str) -> Any:
        """The text, list or table under ``key``."""
        value: Any = self._data
        for part in key.split("."):
            value = value[part]
        return value

    def name(self, group: str, key: str | None) -> str:
        """The word for a value out of the data (an authority, a stance); the value itself when there is none."""
        if not key:
            return ""
        return str(self.get(group).get(str(key), str(key).replace("_", " ")))


def choose(asked: str | None, accept: str) -> str:
    """The language of a visitor: by hand (``?lang=``) first, then by the browser's preferences (Accept-Language), else Dutch."""
    if asked in LANGUAGES:
        return str(asked)
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept.split(",")[:20]):
        name, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            continue
        code = name.strip().lower()[:2]
        if code in LANGUAGES and weight > 0:
            ranked.append((-weight, position, code))
    return min(ranked)[2] if ranked else "nl"
