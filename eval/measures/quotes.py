"""Quote exactness and marker validity: what can be checked without any judgement."""

from __future__ import annotations

import re

from assistant.answer import Answer, Citation
from corpus.errors import MaatwerkwijzerError
from corpus.store import Corpus
from eval.figures import Pair
from eval.measures.base import Case, Measure, share

_MARKER = re.compile(r"\[(\d+)\]")


def citation_problem(corpus: Corpus, citation: Citation) -> str | None:
    """What is wrong with a citation, or None: document and passage exist, span inside the passage, quote exact."""
    try:
        document, passage = corpus.passage(citation.passage)
    except MaatwerkwijzerError as error:
        return error.message
    if document.id != citation.document:
        return f"passage {citation.passage} hoort bij {document.id}, niet bij {citation.document}"
    if not passage.start <= citation.start < citation.end <= passage.end:
        return f"{citation.start}:{citation.end} valt buiten {passage.id} ({passage.start}:{passage.end})"
    if document.text[citation.start : citation.end] != citation.quote:
        return f"aanhaling is niet de tekst op {citation.start}:{citation.end}"
    if citation.speaker != passage.speaker or citation.organisation != passage.organisation:
        return f"spreker {citation.speaker} ({citation.organisation}) is niet die van de passage ({passage.speaker}, {passage.organisation})"
    return None


def marker_problems(answer: Answer) -> list[str]:
    """What is wrong with the markers: unknown numbers, citations without a marker, double numbers, statements that name no citation."""
    problems = []
    numbers = [c.n for c in answer.citations]
    used = {int(n) for n in _MARKER.findall(answer.answer)}
    problems += [f"[{n}] verwijst nergens naar" for n in sorted(used - set(numbers))]
    problems += [f"citaat {n} heeft geen verwijzing in het antwoord" for n in sorted(set(numbers) - used)]
    problems += [f"citaat {n} komt meer dan eens voor" for n in sorted({n for n in numbers if numbers.count(n) > 1})]
    for statement in answer.statements:
        if not statement.citations:
            problems.append(f"zonder citaat: '{statement.text[:60]}'")
        problems += [f"uitspraak noemt citaat {n}, dat er niet is" for n in statement.citations if n not in numbers]
    return problems


def quote_exact(case: Case) -> Pair | None:
    """Share of an answer's citations that are exact."""
    return share([citation_problem(case.corpus, c) is None for c in case.answer.citations]) if case.answer else None


def markers_valid(case: Case) -> Pair | None:
    """Whether all markers of an answer with content are right."""
    return (float(not marker_problems(case.answer)), 1.0) if case.answer and case.commits else None


MEASURES = [
    Measure("quote_exact", "Share of citations with quote == Document.text[start:end], inside their passage and with its speaker.", quote_exact),
    Measure("markers_valid", "Share of answers whose every marker has a citation and every citation and statement a marker.", markers_valid),
]
