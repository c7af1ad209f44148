"""Flat rows for CSV and Excel: one a position, a cell of the matrix, a question or a fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.positions.exports.build import question_lines
from assistant.positions.exports.report import source
from assistant.positions.matrix import NOTHING, Matrix, Question
from assistant.positions.model import Position, topic_label
from assistant.positions.outcome import outcome
from assistant.positions.words import Words
from corpus.store import Corpus

Rows = list[list[str]]

POSITION_KEYS = (
    "id",
    "person",
    "organisation",
    "party",
    "party_note",
    "role",
    "topic",
    "topic_label",
    "topics",
    "stance",
    "summary",
    "quote",
    "label",
    "passage",
    "page",
)


def position_header(w: Words) -> list[str]:
    """Headings for :func:`position_rows` as people read them."""
    return [
        w("actor"),
        w("organisation"),
        w("party"),
        w("role_label"),
        w("topic"),
        w("stance_label"),
        w("summary"),
        w("quote"),
        w("source"),
        w("passage"),
    ]


def position_rows(found: Iterable[Position], w: Words) -> Rows:
    """Positions in words, several quotes in one cell."""
    return [
        [
            p.person,
            p.organisation or "",
            p.party or "",
            w.of("role", p.role),
            p.topic_label,
            w.stance(p.stance),
            p.summary + (f" ({w('on_behalf')} {p.on_behalf_of})" if p.reported else ""),
            " … ".join(c.quote for c in p.citations),
            p.citations[0].label if p.citations else "",
            p.passage,
        ]
        for p in found
    ]


def position_data(found: Iterable[Position]) -> Rows:
    """Positions by the names of the contract (``POSITION_KEYS``), several values with `` | `` between."""
    return [
        [
            p.id,
            p.person,
            p.organisation or "",
            p.party or "",
            p.party_note or "",
            p.role,
            p.topic,
            p.topic_label,
            " | ".join(p.topics),
            p.stance,
            p.summary,
            " | ".join(c.quote for c in p.citations),
            " | ".join(dict.fromkeys(c.label for c in p.citations)),
            p.passage,
            str(p.citations[0].page or "") if p.citations else "",
        ]
        for p in found
    ]


MATRIX_KEYS = ("topic", "topic_label", "person", "organisation", "party", "stance", "counts", "aside", "sources")


def matrix_data(own: Matrix, corpus: Corpus, w: Words) -> Rows:
    """One row a cell, empty cells too, with the sources of its positions."""
    rows = []
    for t in own.topics:
        for a in own.actors:
            cell = own.cell(a.name, t)
            counts = ", ".join(f"{w.stance(s)} {n}" for s, n in cell.counts.items())
            sources = dict.fromkeys(source(p.citations[0]) for p in (cell.main or cell.aside) if p.citations)
            stance = w.stance(cell.stance if cell.stance != NOTHING else NOTHING)
            label = topic_label(corpus, t, w.language)
            rows.append([t, label, a.name, a.organisation or "", a.party or "", stance, counts, str(len(cell.aside)), " | ".join(sources)])
    return rows


def question_rows(questions: Sequence[Question], w: Words) -> Rows:
    """Who asked whom what, and who answered."""
    return [list(line) for line in question_lines(questions, w)]


def outcome_rows(corpus: Corpus, topics: Sequence[str], w: Words) -> Rows:
    """Theme, fact, text, weight, certainty, source."""
    rows = []
    for topic in topics:
        label = topic_label(corpus, topic, w.language)
        facts = outcome(corpus, topic, w.language).facts
        if not facts:
            rows.append([label, "", w("outcome_unknown"), "", "", ""])
        for f in facts:
            rows.append(
                [
                    label,
                    f.number,
                    f.text,
                    w.of("authority", f.authority),
                    w.of("certainty", f.certainty),
                    f"{source(f.citation)} {' '.join(f.citation.sources)}",
                ]
            )
    return rows
