"""Help to annotate another report: propose candidates, and check the file that people made of them.

The file has one JSON object a line, the same as ``corpus/documents/<id>/statements.jsonl``:
``passage``, ``quotes`` (exact words of that passage), ``nl``/``fr``/``en``/``de`` (one sentence in our
words), ``kind``, ``topics`` (the main one first), ``stance`` (null: no position), ``on_behalf_of``,
``addressed_to`` and ``answers``. A paragraph without a position is marked by a line whose stance is null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from assistant.positions.model import roster
from assistant.positions.resolve import topics_in
from corpus.errors import MaatwerkwijzerError, UsageError
from corpus.model import LANGUAGES, Document, Passage, Stance
from corpus.sentences import sentences
from corpus.store import Corpus
from index.mentions import mentioned

KINDS = frozenset({"positie", "feit", "vraag", "voorstel", "voorwaarde", "cijfer", "reden", "onbekend"})
_KEYS = frozenset({"passage", "quotes", *LANGUAGES, "kind", "topics", "stance", "on_behalf_of", "addressed_to", "answers", "speaker", "cue"})
_KIND_OF = {Stance.VRAAGT: "vraag", Stance.STELT_VOOR: "voorstel", Stance.STEUNT_ONDER_VOORWAARDE: "voorwaarde"}
_SHORTEST = 25


@dataclass(frozen=True)
class Problem:
    """What is wrong, and in which line of the file (0: about the whole file)."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"regel {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True)
class Check:
    """The result of :func:`check`: problems, notices that do not fail, and counts."""

    problems: list[Problem]
    notices: list[str]
    rows: int
    positions: int
    paragraphs: int


@lru_cache(maxsize=1)
def cues() -> list[tuple[Stance, list[re.Pattern[str]]]]:
    """Patterns by stance, from ``cues.yaml``, in the order in which they are tried."""
    raw = (files("assistant.positions") / "cues.yaml").read_text(encoding="utf-8")
    data: dict[str, list[str]] = yaml.safe_load(raw)
    return [(Stance(name), [re.compile(p, re.IGNORECASE) for p in patterns]) for name, patterns in data.items()]


def stated(document: Document) -> list[Passage]:
    """The paragraphs that somebody speaks: for a committee report those of its numbered parts."""
    return [p for p in document.passages if p.speaker]


def propose(document: Document, corpus: Corpus) -> Iterator[dict[str, Any]]:
    """Candidates: for each spoken paragraph its sentences with a cue, or one line without stance when there is none.

    Nothing is summarised: the sentence in our own words (``nl`` and the other languages) is for a person to write.
    """
    for passage in stated(document):
        found = False
        for start, end in sentences(document.passage_text(passage), passage.start):
            quote = document.text[start:end]
            hit = _cue(quote)
            if hit and len(quote) >= _SHORTEST:
                found = True
                yield _row(document, passage, quote, corpus, *hit)
        if not found:
            yield _row(document, passage, document.passage_text(passage), corpus, None, "")


def _cue(sentence: str) -> tuple[Stance, str] | None:
    for stance, patterns in cues():
        for pattern in patterns:
            if match := pattern.search(sentence):
                return stance, match[0]
    return None


def _row(document: Document, passage: Passage, quote: str, corpus: Corpus, stance: Stance | None, cue: str) -> dict[str, Any]:
    topics = [t.id for t in topics_in(quote, corpus.topics.values())] or [t.id for t in topics_in(document.passage_text(passage), corpus.topics.values())][:1]
    put_to = [a.organisation or a.name for a in mentioned(quote, roster(corpus)) if a.name != passage.speaker] if stance is Stance.VRAAGT else []
    return {
        "passage": passage.id,
        "speaker": passage.speaker,
        "quotes": [quote],
        **dict.fromkeys(LANGUAGES, ""),
        "kind": _KIND_OF.get(stance, "positie") if stance else "feit",
        "topics": topics,
        "stance": stance.value if stance else None,
        "on_behalf_of": None,
        "addressed_to": put_to,
        "answers": [],
        "cue": cue,
    }


def write(rows: Iterable[dict[str, Any]], path: Path) -> int:
    """Write candidates as JSONL and return how many.

    Raises:
        UsageError: the file exists: nobody's work is overwritten.
        MaatwerkwijzerError: it cannot be written.
    """
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    try:
        with path.open("x", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines)
    except FileExistsError:
        raise UsageError(f"{path} bestaat al.", "Kies een andere naam, dan gaat er geen werk verloren.") from None
    except OSError as error:
        raise MaatwerkwijzerError(f"{path} kan niet geschreven worden: {error.strerror}.") from None
    return len(lines)


def check(document: Document, corpus: Corpus, raw: str) -> Check:
    """Prove that an annotation fits its document.

    Args:
        raw: the JSONL text.

    Checked: quotes are exact words of the passage and of the speaker that the line names; themes, stances and
    kinds are known; a position has a theme and a sentence; who is addressed exists; answered passages are
    questions of somebody else; nothing stands there twice; every spoken paragraph is covered or marked.
    """
    problems: list[Problem] = []
    rows = list(_rows(raw, problems))
    names = {n for a in roster(corpus) for n in (a.name, a.organisation) if n}
    seen: dict[tuple[str, str], int] = {}
    for number, row in rows:
        problems += [Problem(number, m) for m in _faults(document, corpus, row, names)]
        key = (str(row.get("passage")), str(row.get("nl") or row.get("quotes")))
        if key in seen:
            problems.append(Problem(number, f"zegt hetzelfde over dezelfde passage als regel {seen[key]}."))
        seen.setdefault(key, number)
    covered = {row.get("passage") for _, row in rows}
    paragraphs = stated(document)
    problems += [
        Problem(0, f"De alinea {p.id} ({p.speaker}) heeft geen enkele regel; markeer ze met een regel met stance null als er geen standpunt in staat.")
        for p in paragraphs
        if p.id not in covered
    ]
    used = {t for _, row in rows if row.get("stance") for t in _strings(row, "topics")[:1]}
    empty = [t for t in corpus.topics if t not in used]
    notices = [f"Thema's zonder standpunt als hoofdthema: {', '.join(empty)}."] if empty else []
    return Check(problems, notices, len(rows), sum(1 for _, r in rows if r.get("stance")), len(paragraphs))


def _rows(raw: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            problems.append(Problem(number, f"is geen JSON ({error})."))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            problems.append(Problem(number, "is geen JSON-object."))


def _strings(row: dict[str, Any], key: str) -> list[str]:
    value = row.get(key)
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _faults(document: Document, corpus: Corpus, row: dict[str, Any], names: set[str]) -> Iterator[str]:
    unknown = sorted(set(row) - _KEYS)
    if unknown:
        yield f"onbekende velden: {', '.join(unknown)}."
    passage = document.by_id.get(str(row.get("passage")))
    if passage is None:
        yield f"de passage '{row.get('passage')}' bestaat niet in {document.id}."
        return
    if row.get("speaker") not in (None, passage.speaker):
        yield f"de passage is van {passage.speaker or 'niemand'}, niet van {row['speaker']}."
    quotes = _strings(row, "quotes")
    if not quotes:
        yield "er is geen citaat."
    text = document.passage_text(passage)
    yield from (f"het citaat staat niet letterlijk in {passage.id}: '{q[:60]}'." for q in quotes if not q or q not in text)
    topics = _strings(row, "topics")
    yield from (f"het thema '{t}' staat niet in de lijst." for t in topics if t not in corpus.topics)
    stance = row.get("stance")
    if stance is not None and stance not in {s.value for s in Stance}:
        yield f"de houding '{stance}' bestaat niet; kies uit {', '.join(s.value for s in Stance)} of null."
    if row.get("kind", "feit") not in KINDS:
        yield f"de soort '{row.get('kind')}' bestaat niet; kies uit {', '.join(sorted(KINDS))}."
    if stance and passage.speaker is None:
        yield "een standpunt heeft een spreker nodig, en deze alinea heeft er geen."
    if stance and not topics:
        yield "een standpunt heeft minstens één thema nodig."
    if stance and not str(row.get("nl") or "").strip():
        yield "de zin in eigen woorden (nl) ontbreekt nog."
    yield from (f"'{n}' (addressed_to) is geen spreker of organisatie van het verslag." for n in _strings(row, "addressed_to") if n not in names)
    for answered in _strings(row, "answers"):
        question = document.by_id.get(answered)
        if question is None:
            yield f"de beantwoorde passage '{answered}' bestaat niet."
        elif question.speaker in (None, passage.speaker):
            yield f"'{answered}' (answers) is geen passage van iemand anders."
