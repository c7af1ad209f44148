"""Gold seen against the corpus: which passages and spans carry an answer, and whether the gold is right.

A *unit* is one thing to find: a gold passage, with the passages that say the same (``same_as``) and the spans of
its gold quotes. hit@k asks for any unit, recall@k counts units.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import MaatwerkwijzerError
from corpus.model import Document, Passage
from corpus.store import Corpus
from eval.dataset import Gold, Question, QuestionType, read_questions
from eval.errors import DataError

_FACT = re.compile(r"^[A-Z]-\d{2,3}$")


@dataclass(frozen=True)
class Unit:
    """One thing to find: ``passages`` are equivalent ids, ``spans`` the quotes (or the whole passage) as (document, start, end)."""

    id: str
    passages: frozenset[str]
    spans: tuple[tuple[str, int, int], ...]


def resolve(corpus: Corpus, reference: str) -> tuple[Document, Passage]:
    """The passage of an id or a fact number. Raises a MaatwerkwijzerError when there is none."""
    return corpus.fact(reference) if _FACT.match(reference) else corpus.passage(reference)


def equivalents(corpus: Corpus) -> dict[str, frozenset[str]]:
    """Passage id to the ids of those that say the same: its ``same_as`` and the passages whose ``same_as`` it is.

    Only direct links count: two facts that each repeat a part of a third one do not say the same.
    """
    links: dict[str, set[str]] = {}
    for _, passage in corpus.passages():
        if passage.same_as:
            try:
                _, other = resolve(corpus, passage.same_as)
            except MaatwerkwijzerError:
                continue  # the corpus does not hold the fact that this one repeats: it stands for itself
            links.setdefault(passage.id, set()).add(other.id)
            links.setdefault(other.id, set()).add(passage.id)
    return {key: frozenset(value) for key, value in links.items()}


def quote_spans(document: Document, passage: Passage, quotes: Iterable[str]) -> list[tuple[str, int, int]]:
    """Spans of those quotes that stand inside the passage."""
    text = document.passage_text(passage)
    spans = []
    for quote in quotes:
        at = text.find(quote)
        if at >= 0:
            spans.append((document.id, passage.start + at, passage.start + at + len(quote)))
    return spans


def units(corpus: Corpus, gold: Gold, same: dict[str, frozenset[str]] | None = None) -> tuple[Unit, ...]:
    """The units of a gold. Without ``passages`` the passages that hold the quotes are taken.

    Raises a MaatwerkwijzerError when a passage id or fact number does not exist.
    """
    same = equivalents(corpus) if same is None else same
    references = [resolve(corpus, reference) for reference in gold.passages]
    if not references:
        references = [(d, p) for d, p in corpus.passages() if any(q in d.passage_text(p) for q in gold.quotes)]
    groups: list[dict[str, tuple[Document, Passage]]] = []
    for document, passage in references:
        linked = next((g for g in groups if passage.id in g or any(other in g for other in same.get(passage.id, ()))), None)
        if linked is None:
            groups.append({passage.id: (document, passage)})
        else:
            linked[passage.id] = (document, passage)
    out = []
    for members in groups:
        ids = {*members, *(other for member in members for other in same.get(member, ()))}
        spans: list[tuple[str, int, int]] = []
        for document, passage in members.values():
            spans += quote_spans(document, passage, gold.quotes) or [(document.id, passage.start, passage.end)]
        out.append(Unit(next(iter(members)), frozenset(ids), tuple(spans)))
    return tuple(out)


def gold_problems(corpus: Corpus, gold: Gold) -> list[tuple[str, str]]:
    """(field, problem) for everything in a gold that the corpus contradicts; empty when it is right."""
    problems: list[tuple[str, str]] = []
    found: list[tuple[Document, Passage]] = []
    for reference in gold.passages:
        try:
            found.append(resolve(corpus, reference))
        except MaatwerkwijzerError as error:
            problems.append(("passages", error.message))
    for quote in gold.quotes:
        if gold.passages:
            if found and not any(quote in d.passage_text(p) for d, p in found):
                where = [p.id for d, p in corpus.passages() if quote in d.passage_text(p)]
                hint = f"wel in {', '.join(where)}" if where else "nergens in het corpus"
                problems.append(("quotes", f"'{quote}' staat niet letterlijk in de gouden passages ({hint})."))
        elif not any(quote in d.passage_text(p) for d, p in corpus.passages()):
            problems.append(("quotes", f"'{quote}' staat nergens letterlijk in het corpus."))
    speakers = {a.name for a in corpus.actors} | {p.speaker for _, p in corpus.passages() if p.speaker}
    for speaker in gold.speakers:
        if speaker not in speakers:
            problems.append(("speakers", f"'{speaker}' is geen spreker van het corpus."))
    return problems


def question_problems(corpus: Corpus, question: Question) -> list[tuple[str, str]]:
    """The problems of all golds of a question, with the field's full name."""
    if question.type is QuestionType.DIALOGUE:
        golds = [(f"gold_turns.{n}", gold) for n, gold in enumerate(question.gold_turns) if gold is not None]
    else:
        golds = [("gold", question.gold)] if question.gold is not None else []
    return [(f"{prefix}.{field}", problem) for prefix, gold in golds for field, problem in gold_problems(corpus, gold)]


def check_set(corpus: Corpus, path: Path) -> list[DataError]:
    """Everything that is wrong with a questions file: form (raises at the first) and gold (all of it, returned)."""
    questions = read_questions(path)
    lines = {q.id: line for line, q in enumerate_lines(path, questions)}
    return [
        DataError(path, lines[question.id], field, f"({question.id}) {problem}")
        for question in questions
        for field, problem in question_problems(corpus, question)
    ]


def enumerate_lines(path: Path, questions: Iterable[Question]) -> list[tuple[int, Question]]:
    """(line number, question) in file order."""
    from eval.dataset import read_jsonl

    return [(line, question) for (line, _), question in zip(read_jsonl(path), questions, strict=True)]
