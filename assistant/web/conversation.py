"""A conversation: kept by the visitor's browser only, and checked again each time it comes back from there."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from assistant.answer import Answer
from assistant.citations import holds
from corpus.store import Corpus

MOST_TURNS = 30
_LONGEST = 600_000
_ANSWERS = TypeAdapter(list[Answer])


def parse(memory: str | None, corpus: Corpus) -> list[Answer]:
    """The answers in what a browser kept. What is damaged, or cites what the documents do not say, is left out."""
    if not memory or len(memory) > _LONGEST:
        return []
    try:
        answers = _ANSWERS.validate_json(memory)
    except ValidationError:
        return []
    return [a for a in answers[-MOST_TURNS:] if all(holds(corpus, c) for c in a.citations)]


def serialise(answers: Sequence[Answer]) -> str:
    """What the browser keeps: the answers without what was only retrieved."""
    kept = [a.model_dump(mode="json", exclude={"retrieved", "timings_ms", "versions"}) for a in answers[-MOST_TURNS:]]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
