"""Put the parts together as the settings say."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from assistant.engine import Assistant
from assistant.settings import Settings
from corpus.errors import IndexError_, MaatwerkwijzerError
from corpus.store import load_corpus
from index.build import Manifest, build, current, verify, why_stale
from index.embedding import make_embeddings
from index.open import open_index

Progress = Callable[[str, int, int], None]


def prepare_home(settings: Settings) -> None:
    """Make the home folder.

    Raises:
        MaatwerkwijzerError: it cannot be made or written.
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MaatwerkwijzerError(f"De map {settings.home} kan niet gemaakt worden: {error.strerror}.", "Kies een andere met --home.") from None
    if not os.access(settings.home, os.W_OK) and current(settings.home) is None:
        raise MaatwerkwijzerError(f"In de map {settings.home} mag niet geschreven worden.", "Kies een andere met --home.")


def make_assistant(settings: Settings, say: Callable[[str], None] | None = None, progress: Progress | None = None) -> Assistant:
    """The assistant over the corpus and index of the settings' home; a missing or stale index is built first."""
    prepare_home(settings)
    corpus = load_corpus(settings.home)
    embeddings = make_embeddings(settings.embedding, settings.home)
    retriever = open_index(corpus, embeddings, settings.home, settings.chroma_url, say=say, progress=progress)
    if settings.reranker:
        from index.rerank import CrossEncoderReranker

        retriever.reranker = CrossEncoderReranker(settings.reranker)
    writer = None
    if settings.llm:
        from assistant.writer import ChatWriter

        writer = ChatWriter.from_settings(settings)
    return Assistant(corpus, retriever, settings, writer)


def build_index(settings: Settings, progress: Progress | None = None) -> Manifest:
    """Build the index anew beside the live one."""
    prepare_home(settings)
    corpus = load_corpus(settings.home)
    return build(corpus, make_embeddings(settings.embedding, settings.home), settings.home, settings.chroma_url, progress)


def index_state(settings: Settings) -> dict[str, Any]:
    """What ``index status`` shows."""
    corpus = load_corpus(settings.home)
    manifest = current(settings.home)
    if manifest is None:
        return {"index": "geen", "advies": "maatwerkwijzer index build"}
    reason = why_stale(manifest, corpus, make_embeddings(settings.embedding))
    return {
        "index": manifest.name,
        "toestand": reason or "past bij de documenten",
        "passages": manifest.passages,
        "sleutels": manifest.keys,
        "embedding": manifest.embedding,
        "corpus": manifest.corpus,
        "gemaakt": manifest.created,
        "plaats": settings.chroma_url or str(settings.home),
    }


def verify_index(settings: Settings) -> list[str]:
    """What is wrong with the live index, in sentences."""
    corpus = load_corpus(settings.home)
    try:
        return verify(settings.home, corpus, make_embeddings(settings.embedding), settings.chroma_url)
    except IndexError_ as error:
        return [error.message]
