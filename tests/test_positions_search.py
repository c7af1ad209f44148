"""Searching positions: who, what, how, and free words."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.citations import holds
from assistant.engine import Assistant
from assistant.positions.model import holders, roster
from assistant.positions.resolve import resolve_actors, resolve_party, resolve_role, resolve_stance, resolve_topics
from assistant.positions.search import Query, search
from corpus.errors import UsageError
from corpus.store import Corpus, load_corpus
from index.text import fold, words

REPORT = "hoorzitting-2021-09-23"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


class SharedWords:
    """A retriever that counts shared words: enough to see how the search uses one."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        passages = list(corpus.passages())
        self.position = {p.id: i for i, (_, p) in enumerate(passages)}
        self.texts = [set(words(fold(d.passage_text(p)))) for d, p in passages]
        self.statement_position = np.array([self.position[s.passage] for s in corpus.statements])

    def scores(self, query: str, **_: Any) -> np.ndarray:
        asked = set(words(fold(query)))
        return np.array([len(asked & t) for t in self.texts], dtype=float)

    def statement_scores(self, query: str, language: str = "nl", expansion: str = "") -> tuple[np.ndarray, np.ndarray]:
        asked = set(words(fold(query)))
        own = np.array([len(asked & set(words(fold(s.texts.get(language))))) for s in self.corpus.statements], dtype=float)
        return own, own


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("HERWIN", "Gorik Ooms"),
        ("hervin", "Gorik Ooms"),
        ("Ooms", "Gorik Ooms"),
        ("VVGS", "Dries Van Gool"),
        ("vereniging van steden en gemeenten", "Dries Van Gool"),
        ("groep-maatwerk", "Stef De Cock"),
        ("koepel", "Jan Van Passel"),
        ("Vandereyde", "Maurits Vande Reyde"),
        ("Bothyune", "Robrecht Bothuyne"),
        ("groen", "Imade Annouri"),
        ("vooruit", "Ludwig Vandenhove"),
    ],
)
def test_an_actor_is_found_by_name_organisation_party_or_misspelling(corpus: Corpus, typed: str, name: str) -> None:
    assert [a.name for a in resolve_actors(typed, roster(corpus))] == [name]


def test_an_unknown_actor_is_refused_with_the_list_of_who_spoke(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match=r"Hilde Peeters.*Gorik Ooms \(HERWIN\)"):
        resolve_actors("Hilde Peeters", roster(corpus))


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("terugkeergarantie", "terugkeergarantie"),
        ("Return guarantee", "terugkeergarantie"),
        ("garantie de retour", "terugkeergarantie"),
        ("Rückkehrgarantie", "terugkeergarantie"),
        ("klaverblatfinanciering", "klaverbladfinanciering"),
        ("interim", "uitzendarbeid"),
        ("artikel 13", "ontslagbeperking"),
        ("LDE", "lde_overgang"),
        ("lde_overgang", "lde_overgang"),
    ],
)
def test_a_theme_is_found_by_id_label_synonym_or_misspelling(corpus: Corpus, typed: str, topic: str) -> None:
    assert [t.id for t in resolve_topics(typed, corpus)] == [topic]


def test_unknown_values_are_refused_with_what_there_is(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="klaverbladfinanciering"):
        resolve_topics("voetbal", corpus)
    with pytest.raises(UsageError, match="steunt_onder_voorwaarde"):
        resolve_stance("enthousiast")
    with pytest.raises(UsageError, match="parlementslid"):
        resolve_role("minister")
    with pytest.raises(UsageError, match="Vlaams Belang"):
        resolve_party("PVDA", roster(corpus))


def test_stances_and_roles_are_understood_in_four_languages() -> None:
    assert {resolve_stance(s).value for s in ("bezorgd", "inquiet", "concerned", "besorgt")} == {"bezorgd"}
    assert resolve_stance("steunt onder voorwaarde").value == "steunt_onder_voorwaarde"
    assert {resolve_role(r) for r in ("parlementsleden", "député", "member of parliament")} == {"parlementslid"}


def test_a_party_gives_all_its_members_and_says_that_it_comes_from_outside_the_report(corpus: Corpus) -> None:
    found = search(corpus, Query(parties=("CD&V",))).positions
    assert {p.person for p in found} == {"Loes Vandromme", "Robrecht Bothuyne"}
    assert all(p.party == "cd&v" and "buiten het verslag" in (p.party_note or "") for p in found)


def test_speakers_of_organisations_have_no_party_and_the_chair_has_his_own_role(corpus: Corpus) -> None:
    assert all(p.party is None for p in search(corpus, Query(roles=("spreker",))).positions)
    assert {p.person for p in search(corpus, Query(roles=("voorzitter",))).positions} == {"Robrecht Bothuyne"}


def test_every_position_carries_exact_quotes_of_its_own_speaker(corpus: Corpus) -> None:
    found = search(corpus, Query()).positions
    assert len(found) >= 150
    for p in found:
        assert p.citations, p.id
        assert all(holds(corpus, c) and c.speaker == p.person for c in p.citations), p.id


def test_everything_herwin_said_about_the_contingent(corpus: Corpus) -> None:
    found = search(corpus, Query(actors=("HERWIN",), topics=("contingent",)))
    assert {p.organisation for p in found.positions} == {"HERWIN"}
    named = {p.id for p in corpus.document(REPORT).passages if p.speaker == "Gorik Ooms" and "contingent" in corpus.document(REPORT).passage_text(p)}
    assert named <= {c.passage for p in found.positions for c in p.citations} | {c.passage for c in found.further}
    main = [p.topic == "contingent" for p in found.positions]
    assert main == sorted(main, reverse=True), "main theme comes before side mentions"


def test_passages_that_name_a_theme_but_are_not_annotated_with_it_stand_apart(corpus: Corpus) -> None:
    # Without the annotation of one passage, the passage itself must still be found.
    report = corpus.document(REPORT)
    kept = tuple(s for s in report.statements if s.passage != f"{REPORT}/2/vandenhove/p8")
    bare = Corpus(
        {**corpus.documents, REPORT: report.model_copy(update={"statements": kept})}, corpus.actors, corpus.topics, corpus.glossary, corpus.facts_data
    )
    found = search(bare, Query(topics=("uitzendarbeid",)))
    assert f"{REPORT}/2/vandenhove/p8" in {c.passage for c in found.further}
    assert f"{REPORT}/2/vandenhove/p8" not in {c.passage for c in search(corpus, Query(topics=("uitzendarbeid",))).further}


def test_what_another_says_of_an_actor_stands_apart(corpus: Corpus) -> None:
    found = search(corpus, Query(actors=("VVSG",), topics=("budgetneutraliteit",)))
    assert {p.organisation for p in found.positions} == {"VVSG"}
    assert {p.person for p in found.reported} == {"Gorik Ooms"}
    assert all(p.reported and p.on_behalf_of == "VVSG" for p in found.reported)


def test_somebody_who_did_not_speak_gives_only_what_others_report(corpus: Corpus) -> None:
    found = search(corpus, Query(actors=("minister",)))
    assert found.positions == [] and found.absent == ["minister"]
    assert found.reported and all("minister" in (p.on_behalf_of or "") for p in found.reported)


FILTERS = {
    "actors": ["HERWIN", "VVSG", "Claes"],
    "roles": ["spreker", "parlementslid"],
    "topics": ["begeleiding", "financiering", "doorstroom"],
    "stances": ["bezorgd", "vraagt", "steunt"],
}


@given(st.fixed_dictionaries({k: st.lists(st.sampled_from(v), unique=True, max_size=2).map(tuple) for k, v in FILTERS.items()}))
@settings(max_examples=25, deadline=None)
def test_combined_filters_are_the_intersection_of_single_ones(asked: dict[str, tuple[str, ...]]) -> None:
    corpus = _shared()
    together = {p.id for p in search(corpus, replace(Query(), **asked)).positions}  # type: ignore[arg-type]
    single = [{p.id for p in search(corpus, replace(Query(), **{k: v})).positions} for k, v in asked.items()]  # type: ignore[arg-type]
    assert together == set.intersection(*single)


def _shared(cache: list[Corpus] = []) -> Corpus:  # noqa: B006
    if not cache:
        cache.append(load_corpus())
    return cache[0]


def test_the_values_of_one_filter_add_up(corpus: Corpus) -> None:
    for a, b in combinations(("VVSG", "HERWIN", "Claes"), 2):
        both = search(corpus, Query(actors=(a, b))).positions
        assert len(both) == len(search(corpus, Query(actors=(a,))).positions) + len(search(corpus, Query(actors=(b,))).positions)


def test_free_words_need_a_retriever(corpus: Corpus) -> None:
    with pytest.raises(UsageError, match="index"):
        search(corpus, Query(text="wachtlijst"))


def test_free_words_rank_and_a_limit_says_how_many_are_left_out(corpus: Corpus) -> None:
    retriever: Any = SharedWords(corpus)
    found = search(corpus, Query(text="10.000 ICF-screenings zijn veel werk voor VDAB"), retriever)
    assert "screenings" in found.positions[0].summary
    few = search(corpus, Query(text="10.000 ICF-screenings zijn veel werk voor VDAB"), retriever, limit=2)
    assert [p.id for p in few.positions] == [p.id for p in found.positions[:2]]
    every = search(corpus, Query(text="10.000 ICF-screenings zijn veel werk voor VDAB"), retriever, limit=0)
    assert len(every.positions) == len(list(holders(corpus))) == len(few.positions) + few.left_out


def test_free_words_that_are_only_a_theme_give_the_whole_theme(corpus: Corpus) -> None:
    retriever: Any = SharedWords(corpus)
    asked = {p.id for p in search(corpus, Query(topics=("uitzendarbeid",))).positions}
    assert {p.id for p in search(corpus, Query(text="interim"), retriever).positions} == asked


def test_free_words_within_a_theme_leave_nothing_of_it_out(corpus: Corpus) -> None:
    retriever: Any = SharedWords(corpus)
    found = search(corpus, Query(topics=("begeleiding",), text="Nederland"), retriever)
    assert {p.id for p in found.positions} == {p.id for p in search(corpus, Query(topics=("begeleiding",))).positions}
    assert "Nederland" in found.positions[0].summary


def test_summaries_and_labels_follow_the_language_and_quotes_do_not(corpus: Corpus) -> None:
    asked = Query(actors=("VVSG",), topics=("timing", "inclusie"))
    nl, fr = search(corpus, asked).positions, search(corpus, asked, language="fr").positions
    assert [p.id for p in nl] == [p.id for p in fr]
    assert all(a.summary != b.summary and a.citations == b.citations for a, b in zip(nl, fr, strict=True))
    assert {p.topic_label for p in fr} >= {"Marché du travail inclusif"}


@pytest.mark.parametrize(
    ("asked", "passage"),
    [
        ("bang om niemand meer te mogen ontslaan", "1.4/p7"),
        ("te veel werk voor VDAB", "3/ooms/p4"),
        ("geld voor de gemeente mag niet elders naartoe", "2/annouri/p4"),
        ("de arbeidsmarkt zelf maakt mensen gehandicapt", "1.4/p3"),
        ("weten bedrijven dat ze een coach kunnen inhuren", "2/malfroot/p2"),
        ("are private firms as good at guiding people", "2/vandenhove/p7"),
    ],
)
def test_a_paraphrase_finds_the_position(assistant: Assistant, asked: str, passage: str) -> None:
    found = search(assistant.corpus, Query(text=asked), assistant.retriever)
    assert f"{REPORT}/{passage}" in [p.passage for p in found.positions[:10]]


def test_retrieval_shows_further_passages_only_of_the_actor_asked_for(assistant: Assistant) -> None:
    found = search(assistant.corpus, Query(actors=("Annouri",), text="klaverblad bij de gemeente oormerken"), assistant.retriever)
    assert found.positions and {p.person for p in found.positions} == {"Imade Annouri"}
    assert {c.speaker for c in found.further} <= {"Imade Annouri"}
    cited = {c.passage for p in found.positions for c in p.citations}
    assert not cited & {c.passage for c in found.further}
