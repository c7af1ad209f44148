"""What is searched: for each passage several *keys*, each a text that should lead to it.

A key is the passage itself with its context, one of its sentences, a view (a question that it answers
or a paraphrase; never shown, never cited), one of its statements in one of four languages, or a question
that one of its statements answers. A passage is as near to a question as its nearest key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.model import Document, Kind, Passage, TextStatus
from corpus.sentences import sentences
from corpus.store import Corpus

CHUNKER = "keys-4"
KINDS = ("passage", "sentence", "view", "statement", "question")
BY_LANGUAGE = frozenset({"statement", "question"})
"""Kinds that come in several languages: a question is compared with the Dutch ones and with those in its own language."""


@dataclass(frozen=True)
class Key:
    """A text that leads to a passage. ``ref`` is the statement's id, or empty."""

    passage: str
    kind: str
    language: str
    text: str
    ref: str = ""

    @property
    def prefix(self) -> str:
        """e5 prefix: a view is a question and is compared as one."""
        return "query" if self.kind in ("view", "question") else "passage"


def context(document: Document, passage: Passage) -> str:
    """What a passage is embedded with beside its own words: document, heading, speaker."""
    if document.meta.kind is Kind.HOORZITTINGSVERSLAG:
        who = f"{passage.speaker} ({passage.organisation})" if passage.organisation else passage.speaker or ""
        return f"Hoorzitting 2021, {passage.heading}. {who}".strip()
    return f"{document.meta.short or document.meta.title}, {passage.provision or passage.heading}"


def keys(corpus: Corpus) -> Iterator[Key]:
    """Every key of every passage, in a fixed order."""
    for document, passage in corpus.passages():
        text = document.passage_text(passage)
        language = document.meta.language
        yield Key(passage.id, "passage", language, f"{context(document, passage)}: {text}")
        if document.meta.text_status is not TextStatus.SAMENVATTING:
            parts = sentences(text)
            if len(parts) > 1:
                for a, b in parts:
                    yield Key(passage.id, "sentence", language, text[a:b])
        for view in document.views.get(passage.id, ()):
            yield Key(passage.id, "view", language, view)
        for statement in corpus.statements_of.get(passage.id, ()):
            for code in ("nl", "fr", "en", "de"):
                if own := getattr(statement.texts, code):
                    yield Key(passage.id, "statement", code, own, statement.id)
            for code, questions in statement.questions.items():
                for question in questions:
                    yield Key(passage.id, "question", code, question, statement.id)
