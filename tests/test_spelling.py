"""A question with typing errors is read as it was meant; names, numbers and words that exist stay as they are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.engine import Assistant
from corpus.store import Corpus
from eval.dataset import load_sets
from index.retriever import Retriever
from index.spelling import Speller
from index.text import Vocabulary


@pytest.fixture(scope="module")
def retriever(assistant: Assistant) -> Retriever:
    return assistant.retriever


@pytest.fixture(scope="module")
def dutch(retriever: Retriever) -> Speller:
    return retriever.speller("nl")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hoevel loonpremi krijgt een zelfstanige", "hoeveel loonpremie krijgt een zelfstandige"),
        ("Waneer begon indivdueel maatwerk?", "Wanneer begon individueel maatwerk?"),
        ("wie beslist over de arbeidsbeperkng", "wie beslist over de arbeidsbeperking"),
        ("verlnegen van de beperkking", "verlengen van de beperking"),
    ],
)
def test_typing_errors_are_corrected(dutch: Speller, typed: str, meant: str) -> None:
    assert dutch.correct(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "wat zei vanpassel over de klaverbladfinanciering",
        "vandenhoven en stef dekok over uitzendarbeid",
        "Xyvolt in Diest kreeg 1.200 euro op 23 sept 2021",
        "geld voor een ouderdomspensioenfonds en een kattenluikje",
        "F-048, IMW, VOP",
        "",
    ],
)
def test_names_numbers_and_rare_words_stay(dutch: Speller, text: str) -> None:
    assert dutch.correct(text) == text


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("fr", "combien dure l'accompagnemant d'un employeur à l’étranger", "combien dure l'accompagnement d'un employeur à l’étranger"),
        ("en", "how much is the wage subsiddy", "how much is the wage subsidy"),
        ("de", "wie hoch ist die lohnprämie für den arbeitgebr", "wie hoch ist die lohnprämie für den arbeitgeber"),
    ],
)
def test_other_languages_too(retriever: Retriever, language: str, typed: str, meant: str) -> None:
    assert retriever.speller(language).correct(typed) == meant


def test_questions_without_errors_are_left_alone(retriever: Retriever) -> None:
    """What people write well is hardly ever touched; the sets of noisy questions aside."""
    asked = [q for q in load_sets(split="dev") if q.question and "noisy" not in q.tags]
    changed = [q.question for q in asked if retriever.speller(q.language).correct(q.question or "") != q.question]
    assert len(changed) <= len(asked) // 50, changed


def test_most_lost_doubled_and_swapped_letters_are_found(corpus: Corpus, dutch: Speller) -> None:
    chance = random.Random(5)
    words = [w for w in sorted({w for s in corpus.statements for w in s.texts.nl.split()}) if w.isalpha() and w.islower() and len(w) >= 7]
    repaired = 0
    for word in words:
        at = chance.randrange(1, len(word) - 1)
        wrong = chance.choice([word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:at] + word[at + 1] + word[at] + word[at + 2 :]])
        repaired += dutch.correct(wrong) == word
    assert repaired >= 0.8 * len(words), (repaired, len(words))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_keeps_its_shape(text: str) -> None:
    own = Speller(Vocabulary(["loonpremie en begeleiding"], "nl"), ["Gorik Ooms"])
    once = own.correct(text)
    assert own.correct(once) == once
    assert [c for c in once if not c.isalpha()] == [c for c in text if not c.isalpha()]


def test_a_misspelt_question_gets_the_answer_of_the_right_one(assistant: Assistant) -> None:
    wrong = assistant.ask("hoe lnag duurt de tijdlijke loonpremi hoogstens")
    right = assistant.ask("hoe lang duurt de tijdelijke loonpremie hoogstens")
    assert right.citations and wrong.answer == right.answer
    assert wrong.question.startswith("hoe lnag")
    assert "Gelezen als: lang, tijdelijke, loonpremie." in wrong.warnings
    assert not any("Gelezen" in w for w in right.warnings)
