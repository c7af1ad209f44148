"""Positions, matrix and comparison as JSON data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from assistant.positions.compare import Comparison
from assistant.positions.matrix import Matrix, Question
from assistant.positions.model import Position, topic_label
from assistant.positions.outcome import outcome
from corpus.store import Corpus


def dump(value: Any) -> str:
    """Readable JSON with letters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def positions(found: Sequence[Position]) -> list[dict[str, Any]]:
    """The list that ``positions --format json`` prints."""
    return [p.model_dump(mode="json") for p in found]


def matrix(own: Matrix, corpus: Corpus, language: str = "nl") -> dict[str, Any]:
    """Actors, themes and cells; a cell names its positions by id, and these stand in ``positions``."""
    every = {p.id: p for c in own.cells.values() for p in (*c.main, *c.aside)}
    return {
        "actors": [
            {"person": a.name, "organisation": a.organisation, "party": a.party, "role": a.role, "party_note": _party_note(a.party)} for a in own.actors
        ],
        "topics": [_topic(own, t, corpus, language) for t in own.topics],
        "cells": [
            {
                "person": a.name,
                "topic": t,
                "stance": (cell := own.cell(a.name, t)).stance,
                "counts": cell.counts,
                "positions": [p.id for p in cell.main],
                "aside": [p.id for p in cell.aside],
            }
            for a in own.actors
            for t in own.topics
        ],
        "positions": positions(list(every.values())),
    }


def _party_note(party: str | None) -> str | None:
    from assistant.positions.model import PARTY_NOTE

    return PARTY_NOTE if party else None


def _topic(own: Matrix, topic: str, corpus: Corpus, language: str) -> dict[str, Any]:
    a = own.agreement[topic]
    return {
        "topic": topic,
        "label": topic_label(corpus, topic, language),
        "agreement": {"verdict": a.verdict or None, "for": a.voor, "against": a.tegen, "mixed": a.gemengd, "proposes": a.stelt_voor, "joined": a.joined},
        "questions": [_question(q) for q in own.questions[topic]],
        "outcome": [f.model_dump(mode="json") for f in outcome(corpus, topic, language).facts],
    }


def _question(q: Question) -> dict[str, Any]:
    return {"position": q.position.model_dump(mode="json"), "answered_by": q.answered_by, "answers": [p.id for p in q.answers]}


def comparison(own: Comparison, corpus: Corpus, language: str = "nl") -> dict[str, Any]:
    """The actors side by side with their positions in full."""
    return {
        "topic": own.topic,
        "label": own.label,
        "shared": own.shared,
        "differs": own.differs,
        "silent": own.silent,
        "actors": [
            {
                "person": c.actor.name,
                "organisation": c.actor.organisation,
                "party": c.actor.party,
                "leaning": c.leaning or None,
                "stance": c.cell.stance,
                "counts": c.cell.counts,
                "positions": positions(c.cell.main),
                "aside": positions(c.cell.aside),
            }
            for c in own.columns
        ],
        "questions": [_question(q) for q in own.questions],
        "outcome": [f.model_dump(mode="json") for f in outcome(corpus, own.topic, language).facts],
    }
