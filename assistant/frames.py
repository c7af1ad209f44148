"""The assistant's fixed sentences, by name and language."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, str]]:
    data: dict[str, dict[str, str]] = yaml.load(
        (files("assistant") / "frames.yaml").read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return data


def frame(name: str, language: str, **values: object) -> str:
    """The sentence ``name`` in ``language``, with its blanks filled in."""
    texts = _all()[name]
    return texts.get(language, texts["nl"]).format(**values)
