"""Wrong premises, own situations, comparisons, unknowns, time."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answer import Status
from assistant.engine import Assistant
from eval.fit import pairs, with_other_names
from tests.conftest import TODAY


def test_wrong_speaker_is_named_and_corrected(assistant: Assistant) -> None:
    answer = assistant.ask("Waarom zei Ludwig Vandenhove dat een bedrijf in Diest medisch materiaal laat verpakken?", as_of=TODAY)
    assert answer.status is Status.ANSWERED and "Maurits Vande Reyde" in answer.answer.split("\n")[0]
    assert answer.citations[0].speaker == "Maurits Vande Reyde"


def test_a_name_in_the_place_of_another_is_mostly_noticed_and_a_right_one_left_alone(assistant: Assistant) -> None:
    rows = [row for row in pairs() if row["statements"] and row["language"] == "nl"][:500]
    wrong = list(with_other_names(rows, assistant.corpus))[::4]
    right = [row for row in rows if any(a.name.split()[-1] in row["question"] for a in assistant.corpus.actors)]
    assert len(wrong) > 20 and len(right) > 20

    def corrected(question: str) -> bool:
        return "zegt niet" in assistant.ask(question, as_of=TODAY).answer.split("\n")[0]

    assert sum(corrected(row["question"]) for row in wrong) > 0.4 * len(wrong)
    assert sum(corrected(row["question"]) for row in right) < 0.05 * len(right)


@pytest.mark.parametrize(("question", "asked"), [("Wat zei Ilse Malfroot over de zalm?", "Ilse Malfroot"), ("Wat vindt VVSG van werken met interimkantoren?", "VVSG")])
def test_who_did_not_speak_of_it_is_named_and_who_did_is_offered(assistant: Assistant, question: str, asked: str) -> None:
    answer = assistant.ask(question, as_of=TODAY)
    assert answer.status is Status.NO_EVIDENCE and asked in answer.answer.split("\n")[0]
    assert answer.citations and all(asked not in (c.speaker, c.organisation) for c in answer.citations)


@pytest.mark.parametrize(
    ("question", "asked", "real"),
    [
        ("Hoe laat ik bij de RVA vaststellen dat ik individueel maatwerk nodig heb?", "RVA", "VDAB"),
        ("Comment l'ONSS constate-t-il que j'ai besoin du travail adapté individuel ?", "ONSS", "VDAB"),
    ],
)
def test_a_service_that_does_not_deal_with_it_is_corrected(assistant: Assistant, question: str, asked: str, real: str) -> None:
    answer = assistant.ask(question, as_of=TODAY)
    first = answer.answer.split("\n")[0]
    assert answer.status is Status.ANSWERED and asked in first and real in first and answer.citations


@pytest.mark.parametrize("question", ["Kan een OCMW als werkgever een loonpremie krijgen?", "Welke codes gelden bij de RSZ voor SINE na een overname?", "Hoe vraag ik bij VDAB een indicering?"])
def test_a_service_that_the_sources_do_name_is_no_wrong_premise(assistant: Assistant, question: str) -> None:
    assert not assistant.ask(question, as_of=TODAY).answer.startswith("Let op: onze bronnen noemen hier niet")


@pytest.mark.parametrize(
    "question", ["Hoeveel doelpunten maakte de Rode Duivels gisteren?", "Geef mij een recept voor stoofvlees.", "How tall is the Eiffel Tower?", "Wat kost een nieuwe nummerplaat voor mijn moto?"]
)
def test_another_subject_is_said_to_be_one(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question, as_of=TODAY)
    assert answer.status is Status.OUT_OF_SCOPE and not answer.citations


def test_wrong_number_is_corrected(assistant: Assistant) -> None:
    answer = assistant.ask("Waarom is de loonpremie hoogstens 90 procent?", as_of=TODAY)
    assert "75" in answer.answer and "90" in answer.answer.split("\n")[0]


@pytest.mark.parametrize(
    ("question", "who"),
    [
        ("Malfroot vroeg naar de terugkeergarantie, wat was het antwoord?", "Gorik Ooms"),
        ("Annouri vreesde verdringing van zwakke profielen. Wat antwoordde De Cock daarop?", "Stef De Cock"),
        ("Claes asked about the role of VDAB in the referral. What did Ooms answer?", "Gorik Ooms"),
    ],
)
def test_what_was_answered_comes_before_the_question_that_was_put(assistant: Assistant, question: str, who: str) -> None:
    answer = assistant.ask(question, as_of=TODAY)
    assert answer.status is Status.ANSWERED and answer.citations[0].speaker == who


def test_both_sides_of_a_comparison_are_quoted(assistant: Assistant) -> None:
    answer = assistant.ask("Waarin verschillen VVSG en HERWIN over de klaverbladfinanciering?", as_of=TODAY)
    assert {c.organisation for c in answer.citations} >= {"VVSG", "HERWIN"}


@pytest.mark.parametrize(
    ("question", "outcome", "words"),
    [
        ("Ik woon in Brussel en werk in Mechelen, heb ik recht?", "nee", "Brussel"),
        ("Ik heb een contract van 6 uur. Krijgt mijn werkgever de premie?", "nee", "24 uur"),
        ("Kwartaal 2, referteloon 9.000 euro, gewoon pakket van 5 jaar: hoeveel loonpremie krijg ik?", "bedrag", "3.600"),
        ("Ik had SINE, wat nu?", "nee", "30 juni 2025"),
        ("kheb sine gehad, wa nu", "nee", "30 juni 2025"),
    ],
)
def test_own_situation_is_computed_explained_and_cited(assistant: Assistant, question: str, outcome: str, words: str) -> None:
    answer = assistant.ask(question, as_of=TODAY)
    assert answer.check is not None and answer.check["uitkomst"] == outcome
    assert words in answer.answer and answer.citations and answer.status is Status.ANSWERED


def test_missing_facts_are_asked_for_and_the_next_message_fills_them_in(assistant: Assistant) -> None:
    first = assistant.ask("Ik werk in Mechelen bij een vzw. Heb ik recht op individueel maatwerk?", as_of=TODAY)
    assert first.check and first.check["uitkomst"] == "onvoldoende_informatie" and "?" in first.answer
    history = [assistant.remember(first)]
    second = assistant.ask("Ik woon in Brussel", history, as_of=TODAY)
    assert second.check and second.check["uitkomst"] == "nee"


def test_general_questions_do_not_start_a_check(assistant: Assistant) -> None:
    assert assistant.ask("Wat gebeurt er met SINE na 30 juni 2025?", as_of=TODAY).check is None


def test_what_is_not_known_is_said_with_where_to_ask(assistant: Assistant) -> None:
    answer = assistant.ask("Binnen welke termijn kan ik in beroep gaan tegen een beslissing van VDAB over individueel maatwerk?", as_of=TODAY)
    assert answer.status in (Status.NO_EVIDENCE, Status.ANSWERED)
    assert "niet gevonden" in answer.answer.lower() and ("VDAB" in answer.answer or "departement" in answer.answer)


def test_contradictions_are_shown(assistant: Assistant) -> None:
    answer = assistant.ask("Wanneer moet ik de verlenging van een pakket van vijf jaar vragen?", as_of=TODAY)
    told = answer.answer + " ".join(answer.warnings)
    assert "vijfde jaar" in told and "voorlaatste jaar" in told


def test_the_past_and_today_get_different_answers(assistant: Assistant) -> None:
    then = assistant.ask("Welke steun gold er voor een werkgever?", as_of=date(2022, 6, 1))
    now = assistant.ask("Welke steun geldt er voor een werkgever?", as_of=TODAY)
    assert {c.passage for c in then.citations} != {c.passage for c in now.citations}
    future = [c for c in then.citations if assistant.corpus.passage(c.passage)[1].valid_from is not None]
    assert all(assistant.corpus.passage(c.passage)[1].valid_from <= date(2022, 6, 1) for c in future)  # type: ignore[operator]


def test_certainty_and_sources_of_a_fact_are_shown(assistant: Assistant) -> None:
    answer = assistant.ask("Hoeveel bedraagt de begeleidingspremie?", as_of=TODAY)
    assert "HERWIN" in answer.answer and "euro" in answer.answer and any(c.certainty == "middel" and c.sources for c in answer.citations)
