"""Open what an evaluation needs: settings, corpus, index and assistant."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.store import Corpus, load_corpus

SECRET = frozenset({"llm_api_key", "staff_password", "home", "llm_base_url", "chroma_url"})
"""Settings that are not stored with a run: keys, and paths and addresses that say something of the machine."""


@dataclass(frozen=True)
class Opened:
    """Everything opened. ``assistant`` is an ``assistant.engine.Assistant``."""

    settings: Any
    corpus: Corpus
    retriever: Any
    embeddings: Any
    assistant: Any


def settings_of(options: dict[str, Any]) -> Any:
    """Settings from defaults, file, environment and options (``home``, ``config``, ``llm``, ...; None does not count)."""
    from assistant.settings import load_settings

    rest = dict(options)
    config = rest.pop("config", None)
    home = rest.pop("home", None)
    return load_settings(Path(config) if config else None, home=Path(home) if home else None, **rest)


def open_assistant(options: dict[str, Any]) -> Opened:
    """Open corpus, index (built first when there is none) and assistant."""
    from assistant.engine import Assistant
    from index.embedding import make_embeddings
    from index.open import open_index

    settings = settings_of(options)
    corpus = load_corpus(settings.home)
    embeddings = make_embeddings(settings.embedding, settings.home)
    retriever = open_index(corpus, embeddings, settings.home, settings.chroma_url, say=lambda text: print(text, file=sys.stderr))
    return Opened(settings, corpus, retriever, embeddings, Assistant(corpus, retriever, settings))


def public_config(settings: Any) -> dict[str, Any]:
    """The settings that may be stored beside figures."""
    return {k: v for k, v in settings.model_dump(mode="json").items() if k not in SECRET}
