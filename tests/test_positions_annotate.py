"""Annotating another report: candidates are exact, and the checker misses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.positions.annotate import Check, check, propose, stated, write
from corpus.errors import UsageError
from corpus.model import Document
from corpus.store import BUNDLED, Corpus, load_corpus

REPORT = "hoorzitting-2021-09-23"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def report(corpus: Corpus) -> Document:
    return corpus.document(REPORT)


@pytest.fixture(scope="module")
def lines() -> list[Row]:
    raw = (BUNDLED / REPORT / "statements.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in raw.splitlines() if line.strip()]


def as_text(rows: list[Row]) -> str:
    return "\n".join(json.dumps(r, ensure_ascii=False) for r in rows)


def test_the_annotation_of_the_hearing_passes(corpus: Corpus, report: Document, lines: list[Row]) -> None:
    result = check(report, corpus, as_text(lines))
    assert [str(p) for p in result.problems] == []
    assert result.notices == [], "every theme has a position"
    assert result.positions >= 150 and result.paragraphs == len(stated(report)) > 100


def position(lines: list[Row]) -> int:
    return next(i for i, r in enumerate(lines) if r["stance"] and r["passage"].endswith("1.4/p7"))


CHANGES: dict[str, tuple[Callable[[Row], Any], str]] = {
    "a quote with one letter changed": (lambda r: r.update(quotes=[r["quotes"][0].replace("e", "a", 1)]), "niet letterlijk"),
    "a quote of another speaker": (lambda r: r.update(quotes=["Het lid vindt uitzendarbeid voor individueel maatwerk geen optie."]), "niet letterlijk"),
    "no quote": (lambda r: r.update(quotes=[]), "geen citaat"),
    "an empty quote": (lambda r: r.update(quotes=[""]), "niet letterlijk"),
    "an unknown passage": (lambda r: r.update(passage=f"{REPORT}/9/p9"), "bestaat niet"),
    "an unknown theme": (lambda r: r.update(topics=["voetbal"]), "voetbal"),
    "no theme": (lambda r: r.update(topics=[]), "minstens één thema"),
    "an unknown stance": (lambda r: r.update(stance="blij"), "blij"),
    "an unknown kind": (lambda r: r.update(kind="mening"), "mening"),
    "no sentence": (lambda r: r.update(nl=" "), "eigen woorden"),
    "a wrong speaker": (lambda r: r.update(speaker="Allessia Claes"), "niet van Allessia Claes"),
    "somebody unknown addressed": (lambda r: r.update(addressed_to=["UNIZO"]), "UNIZO"),
    "an answer to nothing": (lambda r: r.update(answers=[f"{REPORT}/2/nobody/p1"]), "nobody"),
    "an answer to oneself": (lambda r: r.update(answers=[f"{REPORT}/1.4/p6"]), "iemand anders"),
    "a misspelt field": (lambda r: r.update(standpunt="x"), "standpunt"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_fault_is_found_and_named_with_its_line(corpus: Corpus, report: Document, lines: list[Row], name: str) -> None:
    change, message = CHANGES[name]
    at = position(lines)
    rows = [dict(r) for r in lines]
    change(rows[at])
    found = [p for p in check(report, corpus, as_text(rows)).problems if p.line == at + 1]
    assert any(message in p.message for p in found), [str(p) for p in found]


def test_a_paragraph_left_out_is_named_and_a_marking_line_covers_it(corpus: Corpus, report: Document, lines: list[Row]) -> None:
    missing = f"{REPORT}/2/annouri/p6"
    rows = [r for r in lines if r["passage"] != missing]
    result = check(report, corpus, as_text(rows))
    assert len(result.problems) == 1 and missing in result.problems[0].message
    quote = report.passage_text(report.by_id[missing])
    marked: Row = {"passage": missing, "quotes": [quote], "nl": "Geen standpunt.", "kind": "feit", "topics": [], "stance": None}
    assert check(report, corpus, as_text([*rows, marked])).problems == []


def test_a_line_twice_and_broken_json_are_named(corpus: Corpus, report: Document, lines: list[Row]) -> None:
    def messages(raw: str) -> str:
        return "\n".join(str(p) for p in check(report, corpus, raw).problems)

    assert f"regel {len(lines) + 1}" in messages(as_text([*lines, lines[0]]))
    assert "geen JSON" in messages(as_text(lines) + "\n{kapot")
    assert "geen JSON-object" in messages(as_text(lines) + "\n[1]")


def test_a_theme_without_position_is_a_notice_not_a_problem(corpus: Corpus, report: Document, lines: list[Row]) -> None:
    rows = [r if r["topics"][:1] != ["brussel"] else {**r, "topics": ["werkgevers"]} for r in lines]
    result: Check = check(report, corpus, as_text(rows))
    assert result.problems == [] and "brussel" in result.notices[0]


def test_candidates_are_exact_and_cover_every_paragraph(corpus: Corpus, report: Document) -> None:
    rows = list(propose(report, corpus))
    problems = check(report, corpus, as_text(rows)).problems
    # What is left for a person: the sentence in our words, and themes that no word gave away.
    left = [p for p in problems if "eigen woorden" not in p.message and "minstens één thema" not in p.message]
    assert left == []
    assert {r["passage"] for r in rows} == {p.id for p in stated(report)}


def test_candidates_recognise_questions_with_whom_they_are_put_to(corpus: Corpus, report: Document) -> None:
    rows = [r for r in propose(report, corpus) if r["passage"].endswith("2/annouri/p5")]
    assert {r["stance"] for r in rows} >= {"vraagt"}
    assert any("Groep Maatwerk" in r["addressed_to"] for r in rows)
    asked = [r for r in propose(report, corpus) if r["stance"] == "vraagt"]
    annotated = {s.passage for s in report.statements if s.kind == "vraag"}
    assert len(annotated & {r["passage"] for r in asked}) >= 0.9 * len(annotated)


def test_candidates_find_most_annotated_positions(corpus: Corpus, report: Document) -> None:
    proposed: list[tuple[int, int]] = []
    for row in propose(report, corpus):
        if row["stance"]:
            passage = report.by_id[row["passage"]]
            start = passage.start + report.passage_text(passage).find(row["quotes"][0])
            proposed.append((start, start + len(row["quotes"][0])))
    sided = [s for s in report.statements if s.stance and s.stance.value != "stelt_vast"]
    hit = [s for s in sided if any(start < span.end and span.start < end for span in s.spans for start, end in proposed)]
    assert len(hit) >= 0.85 * len(sided)


def test_writing_never_overwrites_work(tmp_path: Path, corpus: Corpus, report: Document) -> None:
    path = tmp_path / "kandidaten.jsonl"
    count = write(propose(report, corpus), path)
    assert len(path.read_text(encoding="utf-8").splitlines()) == count
    with pytest.raises(UsageError, match="bestaat al"):
        write(propose(report, corpus), path)
