"""Words of the interface in four languages, from ``texts.yaml``."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from corpus.errors import UsageError
from corpus.model import LANGUAGES


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, Any]]:
    raw = (files("assistant.positions") / "texts.yaml").read_text(encoding="utf-8")
    data: dict[str, dict[str, Any]] = yaml.load(raw, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data


class Words:
    """The texts of one language: ``words("none")``, ``words("found", count=3, …)``, ``words.stance("bezorgd")``."""

    def __init__(self, language: str = "nl") -> None:
        """Raises UsageError when the language is not nl, fr, en or de."""
        if language not in LANGUAGES:
            raise UsageError(f"De taal '{language}' is er niet.", f"Kies uit: {', '.join(LANGUAGES)}.")
        self.language = language
        self._own = _texts()[language]

    def __call__(self, key: str, **values: Any) -> str:
        text: str = self._own[key]
        return text.format(**values) if values else text

    def of(self, group: str, key: str | None) -> str:
        """A word of a group (``stance``, ``role``, ``certainty`` …); the key itself when it has no translation."""
        if not key:
            return ""
        return str(self._own[group].get(key, key))

    def stance(self, key: str) -> str:
        """The stance, or what a cell without a stance is called."""
        return self.of("stance", key)
