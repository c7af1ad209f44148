"""The matrix, the comparison and what became of a theme."""

from __future__ import annotations

import pytest

from assistant.citations import holds
from assistant.positions.compare import compare_positions
from assistant.positions.matrix import Agreement, Cell, Matrix, leaning, matrix
from assistant.positions.model import Position, holders, roster
from assistant.positions.outcome import links, outcome
from assistant.positions.resolve import resolve_actors
from corpus.errors import UsageError
from corpus.store import Actor, Corpus, load_corpus


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def full(corpus: Corpus) -> Matrix:
    return matrix(corpus)


def actor(corpus: Corpus, name: str) -> Actor:
    return resolve_actors(name, roster(corpus))[0]


def test_every_position_is_counted_once_on_its_main_theme(corpus: Corpus, full: Matrix) -> None:
    own = [h.statement.id for h in holders(corpus) if not h.reported]
    counted = [p.id for c in full.cells.values() for p in c.main]
    assert sorted(counted) == sorted(own)


def test_the_four_speakers_and_seven_members_are_all_there(full: Matrix) -> None:
    assert len(full.actors) == 11
    assert sum(a.role == "spreker" for a in full.actors) == 4


def test_an_empty_cell_is_one_that_no_statement_of_the_actor_touches(corpus: Corpus, full: Matrix) -> None:
    touched = {(h.actor.name, t) for h in holders(corpus) for t in h.statement.topics}
    for a in full.actors:
        for t in full.topics:
            assert (full.cell(a.name, t).stance == "niet_gezegd") == ((a.name, t) not in touched)


def test_known_cells_read_as_a_careful_reader_would(full: Matrix) -> None:
    assert full.cell("Ludwig Vandenhove", "uitzendarbeid").stance == "tegen"
    assert full.cell("Dries Van Gool", "uitzendarbeid").stance == "niet_gezegd"
    assert full.cell("Gorik Ooms", "ontslagbeperking").stance == "gemengd"
    assert full.cell("Stef De Cock", "brussel").stance == "stelt_voor"
    assert "Ludwig Vandenhove (Vooruit)" in full.agreement["uitzendarbeid"].tegen


def test_a_view_that_a_speaker_only_reports_is_not_his_own_stance(full: Matrix) -> None:
    cell = full.cell("Gorik Ooms", "budgetneutraliteit")
    assert not any(p.reported for p in cell.main)
    assert any(p.reported and p.on_behalf_of == "VVSG" for p in cell.aside)


def made(stance: str) -> Position:
    return Position(
        id="d/p1#1",
        person="A",
        organisation=None,
        party=None,
        role="spreker",
        topic="t",
        topic_label="T",
        topics=["t"],
        stance=stance,
        summary="s",
        citations=[],
        kind="positie",
    )


@pytest.mark.parametrize(
    ("stances", "word"),
    [
        ([], "niet_gezegd"),
        (["steunt", "bezorgd", "bezorgd"], "gemengd"),
        (["stelt_vast", "stelt_vast", "bezorgd"], "bezorgd"),
        (["bezorgd", "tegen", "tegen"], "tegen"),
        (["vraagt", "vraagt", "stelt_voor"], "stelt_voor"),
        (["vraagt", "vraagt", "stelt_vast"], "vraagt"),
    ],
)
def test_the_word_for_a_cell(stances: list[str], word: str) -> None:
    assert Cell("A", "t", tuple(made(s) for s in stances)).stance == word


def test_a_cell_with_side_mentions_only_says_so() -> None:
    assert Cell("A", "t", (), (made("steunt"),)).stance == "zijdelings"


def test_leaning_and_verdict() -> None:
    assert leaning(["steunt", "vraagt"]) == "voor" and leaning(["tegen"]) == "tegen"
    assert leaning(["steunt_onder_voorwaarde", "bezorgd"]) == "gemengd" and leaning(["vraagt"]) == ""
    assert Agreement("t", ("A",), ("B",), (), ()).verdict == "oneens"
    assert Agreement("t", ("A", "B"), (), (), ()).verdict == "eens"
    assert Agreement("t", ("A",), ("B",), (), (), (("A", "B"),)).verdict == "", "A says in so many words to agree with B"
    assert Agreement("t", ("A", "B"), (), ("C",), ()).verdict == ""


def test_joining_another_in_so_many_words_is_seen(full: Matrix) -> None:
    assert ("Koepel Lokale Diensteneconomie", "VVSG") in full.agreement["erkenning_label"].joined
    assert full.agreement["erkenning_label"].verdict != "oneens"


def test_who_asked_and_who_answered(full: Matrix) -> None:
    asked = full.questions["terugkeergarantie"]
    assert {q.position.person for q in asked} >= {"Allessia Claes", "Ilse Malfroot", "Maurits Vande Reyde"}
    assert all(any("HERWIN" in who for who in q.answered_by) for q in asked)
    unanswered = full.questions["doelgroepkortingen"]
    assert unanswered and all(q.answers == () for q in unanswered)


def test_an_answer_is_about_the_theme_of_its_question(full: Matrix) -> None:
    for asked in full.questions.values():
        for q in asked:
            for a in q.answers:
                assert q.position.passage in a.answers and set(a.topics) & set(q.position.topics)
                assert a.person != q.position.person


def test_a_matrix_of_some_actors_and_themes(corpus: Corpus) -> None:
    own = matrix(corpus, [actor(corpus, "VVSG"), actor(corpus, "Groen")], ["brussel", "lokale_besturen"])
    assert [a.name for a in own.actors] == ["Dries Van Gool", "Imade Annouri"]
    assert own.topics == ["brussel", "lokale_besturen"]
    assert own.cell("Dries Van Gool", "brussel").stance == "niet_gezegd"
    assert own.cell("Imade Annouri", "lokale_besturen").main


def test_vvsg_and_herwin_on_the_cloverleaf(corpus: Corpus) -> None:
    own = compare_positions(corpus, [actor(corpus, "VVSG"), actor(corpus, "HERWIN")], "klaverbladfinanciering")
    assert [c.who for c in own.columns] == ["VVSG", "HERWIN"]
    assert "bezorgd" in own.shared and own.silent == []
    key = own.columns[1].key(2)
    assert len({p.stance for p in key}) == 2 and key[0].stance == "bezorgd"
    assert all(holds(corpus, c) for column in own.columns for p in column.positions for c in p.citations)


def test_an_actor_who_says_nothing_is_named_as_silent(corpus: Corpus) -> None:
    own = compare_positions(corpus, [actor(corpus, "Groep Maatwerk"), actor(corpus, "VVSG")], "brussel")
    assert own.silent == ["VVSG"] and own.differs


@pytest.mark.parametrize("names", [["VVSG"], ["VVSG", "VVSG"], ["VVSG", "HERWIN", "Claes", "Annouri", "Malfroot"]])
def test_a_comparison_is_between_two_to_four(corpus: Corpus, names: list[str]) -> None:
    with pytest.raises(UsageError, match="2 tot 4"):
        compare_positions(corpus, [actor(corpus, n) for n in names], "brussel")


def test_a_comparison_of_an_unknown_theme_lists_the_themes(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="brussel"):
        compare_positions(corpus, [actor(corpus, "VVSG"), actor(corpus, "HERWIN")], "voetbal")


def test_every_outcome_is_a_fact_of_the_dossier_on_a_known_theme(corpus: Corpus) -> None:
    assert set(links()) <= set(corpus.topics)
    for topic in links():
        for fact in outcome(corpus, topic).facts:
            assert holds(corpus, fact.citation) and fact.text == fact.citation.quote, fact.number
            assert fact.certainty in {"hoog", "middel", "laag"}
            assert fact.citation.sources or fact.certainty == "laag", fact.number


def test_outcomes_come_from_after_the_hearing_never_from_it(corpus: Corpus) -> None:
    for topic in links():
        for fact in outcome(corpus, topic).facts:
            assert fact.citation.document not in {"hoorzitting-2021-09-23", "voorontwerp-2021"}, fact.number


def test_the_return_guarantee_became_article_73_within_18_months(corpus: Corpus) -> None:
    facts = outcome(corpus, "terugkeergarantie").facts
    together = " ".join(f.text for f in facts)
    assert "artikel 73" in together and "18 maanden" in together
    assert "F-092" in facts[0].also
    assert any("garantie" in w for w in facts[0].warnings)


def test_the_minimum_share_became_55_percent_with_20_vte(corpus: Corpus) -> None:
    together = " ".join(f.text for f in outcome(corpus, "minimumaandeel").facts)
    assert "55 %" in together and "20 VTE" in together


def test_a_theme_of_which_nothing_is_known_has_no_facts(corpus: Corpus) -> None:
    assert outcome(corpus, "verdringing").facts == []


def test_outcomes_speak_the_language_asked(corpus: Corpus) -> None:
    assert outcome(corpus, "timing", "fr").facts[0].text != outcome(corpus, "timing").facts[0].text
