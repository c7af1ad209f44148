"""What a person who asks something gets to see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answer import Answer, Status
from assistant.batch import run_batch
from assistant.citations import holds
from assistant.engine import Assistant
from corpus.store import Corpus
from eval.dataset import load_sets
from tests.conftest import TODAY


def ask(assistant: Assistant, question: str, **kwargs: object) -> Answer:
    return assistant.ask(question, as_of=TODAY, **kwargs)  # type: ignore[arg-type]


def test_position_of_one_actor_is_attributed_and_marked_as_said_about_the_draft(assistant: Assistant) -> None:
    answer = ask(assistant, "Wat vindt HERWIN van de terugkeergarantie?")
    assert answer.status is Status.ANSWERED
    assert "heel belangrijk" in answer.answer and "voorontwerp" in answer.answer
    assert {c.speaker for c in answer.citations} == {"Gorik Ooms"}
    assert {c.organisation for c in answer.citations} == {"HERWIN"}
    assert all(c.authority == "standpunt" and c.page for c in answer.citations)


def test_number_with_its_speaker(assistant: Assistant) -> None:
    answer = ask(assistant, "Hoeveel mensen kregen in 2021 een SINE-premie volgens Gorik Ooms?")
    assert answer.status is Status.ANSWERED and "10.000" in answer.statements[0].text
    assert answer.citations[0].quote in answer.citations[0].quote and answer.citations[0].speaker == "Gorik Ooms"


def test_reason(assistant: Assistant) -> None:
    answer = ask(assistant, "Waarom was VDAB er niet bij?")
    assert answer.status is Status.ANSWERED and "opportuun" in answer.answer


def test_another_subject_gets_no_answer_and_says_why(assistant: Assistant) -> None:
    answer = ask(assistant, "Wat kost een treinkaartje naar Gent?")
    assert answer.status in (Status.OUT_OF_SCOPE, Status.NO_EVIDENCE)
    assert not answer.citations and len(answer.answer) > 20


@pytest.mark.parametrize("question", ["", "   ", "???", "\u200b\u0000", "…"])
def test_meaningless_input_is_asked_about(assistant: Assistant, question: str) -> None:
    assert ask(assistant, question).status is Status.CLARIFY


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Sinds wanneer is individueel maatwerk in werking?", ["1 juli 2023"]),
        ("Wat vervangt de VOP?", ["individueel maatwerk"]),
        ("Tot wanneer kon je SINE-voordelen behouden?", ["30 juni 2025"]),
        ("Hoe hoog is de loonpremie?", ["20 %", "75 %"]),
        ("Komt iemand die in Brussel woont in aanmerking?", ["Brussel"]),
        ("Binnen hoeveel maanden moet de gewone baan eindigen om terug te mogen naar het maatwerkbedrijf?", ["18 maanden"]),
    ],
)
def test_law_questions_are_answered_from_the_digest_and_say_so(assistant: Assistant, question: str, words: list[str]) -> None:
    answer = ask(assistant, question)
    assert answer.status is Status.ANSWERED
    assert all(w in answer.answer for w in words), answer.answer
    digests = [c for c in answer.citations if c.text_status == "samenvatting"]
    assert digests and all(c.certainty and c.sources for c in digests)


@pytest.mark.parametrize(
    ("question", "language"),
    [("Quand le travail adapté individuel est-il entré en vigueur ?", "fr"), ("Since when is individual custom work in force?", "en"), ("Seit wann gilt die individuelle Maßarbeit?", "de")],
)
def test_answers_in_the_language_of_the_question_with_dutch_quotes(assistant: Assistant, question: str, language: str) -> None:
    answer = ask(assistant, question)
    assert answer.language == language and answer.status is Status.ANSWERED and "2023" in answer.answer
    assert any("juli 2023" in c.quote for c in answer.citations)
    assert answer.warnings  # says that the quotes are Dutch


def test_personal_number_is_refused_and_not_repeated(assistant: Assistant) -> None:
    answer = ask(assistant, "Mijn rijksregisternummer is 85.07.30-033.28, heb ik recht op een premie?")
    assert answer.status is Status.REFUSED
    assert "033" not in answer.model_dump_json()


def test_every_citation_of_every_development_question_is_an_exact_span(assistant: Assistant, corpus: Corpus) -> None:
    wrong = []
    for question in load_sets(split="dev"):
        if question.question is None:
            continue
        answer = assistant.ask(question.question, as_of=TODAY)
        for c in answer.citations:
            if not holds(corpus, c) or corpus.documents[c.document].text[c.start : c.end] != c.quote:
                wrong.append((question.id, c.n))
        if answer.statements:
            numbers = {c.n for c in answer.citations}
            assert all(s.citations and set(s.citations) <= numbers for s in answer.statements), question.id
    assert not wrong


def test_law_and_opinion_never_mix(assistant: Assistant) -> None:
    for question in load_sets(split="dev")[::4]:
        if question.question is None:
            continue
        answer = assistant.ask(question.question, as_of=TODAY)
        by_number = {c.n: c for c in answer.citations}
        for statement in answer.statements:
            assert {by_number[n].authority for n in statement.citations} == {statement.authority}, question.id
            if any(by_number[n].document.startswith("hoorzitting") for n in statement.citations):
                assert statement.authority == "standpunt"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
def test_any_text_gets_an_answer_with_a_status(assistant: Assistant, text: str) -> None:
    answer = ask(assistant, text)
    assert answer.status in set(Status) - {Status.ERROR}
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


def test_same_question_same_answer(assistant: Assistant) -> None:
    first, second = (ask(assistant, "Wat is enclavewerking?") for _ in range(2))
    assert first.model_dump(exclude={"timings_ms"}) == second.model_dump(exclude={"timings_ms"})


def test_batch_keeps_order_and_answers_bad_lines_with_an_error(assistant: Assistant, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "question": "Wat is de VOP?"}),
        "geen json",
        json.dumps({"id": "c", "question": 5}),
        json.dumps({"id": "d", "turns": ["Wat vindt VVSG van de klaverbladfinanciering?", "En HERWIN?"]}),
        json.dumps({"id": "e", "question": "Wat is IMW?", "as_of": "2024-13-01"}),
        json.dumps({"id": "f", "question": "Wat is IMW?", "kleur": "rood"}),
    ]
    source, target = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    source.write_bytes("\ufeff".encode() + "\n".join(lines).encode())
    assert run_batch(assistant, source, target) == (7, 4)
    answers = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [a["id"] for a in answers] == ["a", "line-2", "c", "d#0", "d#1", "e", "f"]
    assert [a["status"] == "error" for a in answers] == [False, True, True, False, False, True, True]
    assert "kleur" in answers[6]["answer"] and "as_of" in answers[5]["answer"]
    assert any(c["organisation"] == "HERWIN" for c in answers[4]["citations"])
