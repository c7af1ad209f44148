"""The scenarios of tests/rules, and what they cover: every rule, every cited fact."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.rules import check, summary
from assistant.rules.fields import LANGUAGES
from assistant.rules.rule import REGISTRY
from assistant.rules.table import Scenario, reached, render, scenarios
from assistant.rules.values import all_values
from corpus.store import load_corpus

SCENARIOS = scenarios(Path(__file__).parent / "rules")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[s.name for s in SCENARIOS])
def test_scenario(scenario: Scenario) -> None:
    result = check(scenario.facts)
    expected = scenario.expected
    assert result.uitkomst == expected["uitkomst"], (scenario.sentence, result.stappen)
    if "bedrag" in expected:
        assert result.bedrag is not None
        assert [result.bedrag.minimum, result.bedrag.maximum] == expected["bedrag"]
    else:
        assert (result.bedrag is not None) == (result.uitkomst == "bedrag")
    if "percentage" in expected:
        assert result.bedrag is not None and result.bedrag.percentage == expected["percentage"]
    steps = {s.regel: s.uitkomst for s in result.stappen}
    for number, outcome in expected.get("stap", {}).items():
        assert steps.get(number) == outcome, (number, steps)
    asked = [item.veld for item in result.ontbreekt]
    if "ontbreekt" in expected:
        assert asked == expected["ontbreekt"]
    if "eerste_vraag" in expected:
        assert asked[0] == expected["eerste_vraag"]
    if "waarschuwing" in expected:
        assert any(expected["waarschuwing"] in w for w in result.waarschuwingen), result.waarschuwingen


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[s.name for s in SCENARIOS])
def test_every_result_keeps_the_contract(scenario: Scenario) -> None:
    result = check(scenario.facts)
    type(result).model_validate(result.model_dump(mode="json"))
    numbers = [s.regel for s in result.stappen]
    assert numbers == sorted(numbers) and len(numbers) == len(set(numbers))
    assert not {item.veld for item in result.ontbreekt} & set(scenario.facts)
    if result.uitkomst in ("ja", "nee", "bedrag"):
        assert result.ontbreekt == []
    else:
        assert result.ontbreekt or result.waarschuwingen, "who gets no answer must be told what to ask or where"
    for language in LANGUAGES:
        words = summary(result, language)
        assert 1 <= len(re.findall(r"[.?!](?= |$)", words)) <= 5, words
        assert "{" not in words


def test_there_are_enough_scenarios() -> None:
    names = [s.name for s in SCENARIOS]
    assert len([n for n in names if n.startswith("dossier-")]) >= 25
    assert {n.split("-")[1] for n in names if n.startswith("dossier-")} == {str(i) for i in range(1, 26)}
    assert len([n for n in names if not n.startswith("dossier-")]) >= 100


def test_every_rule_is_reached() -> None:
    table = reached(SCENARIOS)
    assert set(table) == set(REGISTRY)
    assert [number for number, outcomes in table.items() if not outcomes] == []
    assert len(render(SCENARIOS).splitlines()) == len(REGISTRY) + 2


def test_every_deciding_rule_is_seen_to_refuse_or_to_give_way() -> None:
    table = reached(SCENARIOS)
    always_met = {"R-30", "R-31", "R-32", "R-34", "R-41", "R-23", "R-55", "R-04"}
    for number, item in REGISTRY.items():
        if item.decides and number not in always_met:
            assert "nee" in table[number], number


def test_a_weak_fact_never_decides() -> None:
    for scenario in SCENARIOS:
        for step in check(scenario.facts).stappen:
            if step.zekerheid == "laag" and REGISTRY[step.regel].decides:
                assert step.uitkomst == "onbekend", (scenario.name, step)


def test_every_cited_fact_exists_in_the_corpus() -> None:
    corpus = load_corpus()
    cited = {f for item in REGISTRY.values() for f in item.facts}
    cited |= {f for dated in all_values().values() for p in dated.periods for f in p.feit}
    cited |= {f for s in SCENARIOS for step in check(s.facts).stappen for f in step.feiten}
    if not corpus.has_fact("B-022"):
        pytest.skip("the digest documents are not in the corpus yet")
    assert sorted(f for f in cited if not corpus.has_fact(f)) == []


def test_with_a_corpus_every_fact_of_the_trace_is_cited() -> None:
    corpus = load_corpus()
    if not corpus.has_fact("B-022"):
        pytest.skip("the digest documents are not in the corpus yet")
    result = check({"vraag": "recht_werkgever", "woonplaats": "brussels_gewest"}, corpus)
    facts = list(dict.fromkeys(f for step in result.stappen for f in step.feiten))
    assert [c["n"] for c in result.citaten] == list(range(1, len(facts) + 1))
    for citation in result.citaten:
        document = corpus.document(citation["document"])
        assert document.text[citation["start"] : citation["end"]] == citation["quote"]
    assert any(c["passage"].endswith("B-023") for c in result.citaten)
    assert result.waarschuwingen == check({"vraag": "recht_werkgever", "woonplaats": "brussels_gewest"}).waarschuwingen


def test_the_documentation_lists_every_rule_as_it_is() -> None:
    words = (Path(__file__).parents[1] / "docs" / "RULES.md").read_text(encoding="utf-8")
    for number, item in REGISTRY.items():
        assert f"| {number} | {item.topic} | {item.sentence}" in words, number
        assert f"| {', '.join(item.facts)} | {item.certainty} |" in words, number
