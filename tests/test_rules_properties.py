"""Laws of the checker: total, deterministic, monotone in what is known, bounded amounts, exact questions."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.rules import CheckResult, check, summary, what_would_change
from assistant.rules.bedragen import caps
from assistant.rules.facts import parse_facts, parse_value
from assistant.rules.fields import fields
from assistant.rules.kleene import JA, NEE, ONBEKEND, Truth, all_of, any_of, negate
from assistant.rules.rule import Case
from assistant.rules.table import Scenario, scenarios
from assistant.rules.values import all_values, dated

DATES = [
    "2008-10-01", "2008-10-02", "2019-01-01", "2023-03-31", "2023-06-30", "2023-07-01", "2023-10-31", "2023-11-01", "2024-04-30", "2024-10-17", "2024-10-18",
    "2025-05-15", "2025-06-30", "2025-07-01", "2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01", "2027-12-31", "9999-12-31", "0001-01-01",
]  # fmt: skip
NUMBERS: dict[str, list[Any]] = {
    "inkomensjaar": [2022, 2023, 2024, 2025, 2026],
    "kwartaal_nr": [1, 4, 5, 6, 8, 9, 10, 20, 21, 1000],
    "jaar_nr": [1, 2, 3, 4, 5, 6, 250],
    "overeenkomst_uren": [0, 6, 23.99, 24, 24.01, 1976],
    "percentage_na_evaluatie": [0, 19.9, 20, 33, 75, 75.1, 100],
    "maanden_in_gewone_baan": [0, 14, 18, 18.5, 20],
    "vte_doelgroep": [0, 19.99, 20, 200],
}
MONEY = [0, 0.01, 9000, 12671.34, 12671.35, 16409.19, 16409.2, 16861.46, 50000, 1_000_000_000]
FRACTIONS = [0, 0.5, 0.5499, 0.55, 0.65, 0.8, 1]


def values_of(name: str) -> list[Any]:
    """Telling values of a field: every choice, and numbers and dates at the edges."""
    field = fields()[name]
    telling: dict[str, list[Any]] = {
        "keuze": list(field.values),
        "ja_nee": [True, False],
        "datum": DATES,
        "geld": MONEY,
        "breuk": FRACTIONS,
    }
    return telling[field.kind] if field.kind in telling else list(NUMBERS[name])


SCENARIOS = scenarios(Path(__file__).parent / "rules")
NAMES = [n for n in fields() if n != "vraag"]
FACTS = st.fixed_dictionaries({"vraag": st.sampled_from(values_of("vraag"))}, optional={n: st.sampled_from(values_of(n)) for n in NAMES})
MANY = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(FACTS)
def test_total_and_deterministic(facts: dict[str, Any]) -> None:
    result = check(facts)
    assert CheckResult.model_validate(result.model_dump(mode="json")) == result
    assert check(facts) == result
    assert not {m.veld for m in result.ontbreekt} & set(facts)
    assert (result.bedrag is not None) == (result.uitkomst == "bedrag")
    assert result.ontbreekt == [] or result.uitkomst == "onvoldoende_informatie"
    if result.uitkomst == "onvoldoende_informatie":
        assert result.ontbreekt or result.waarschuwingen
    if result.uitkomst in ("ja", "nee") and result.vraag not in ("loonpremie", "begeleidingspremie"):
        deciding = {"nee"} if result.uitkomst == "nee" else {"ja"}
        assert any(s.uitkomst in deciding for s in result.stappen)


@settings(max_examples=60, deadline=None)
@given(FACTS, st.sampled_from(["nl", "fr", "en", "de"]))
def test_every_result_can_be_told(facts: dict[str, Any], language: str) -> None:
    result = check(facts)
    assert summary(result, language)
    assert all(isinstance(s, str) and "{" not in s for s in what_would_change(facts, result, language))


def contradictory(facts: dict[str, Any]) -> bool:
    """Facts that cannot all be true of one case: learning one of them is not learning more."""
    quarter, year = facts.get("kwartaal_nr"), facts.get("jaar_nr")
    if quarter is not None and year is not None and (quarter + 3) // 4 != year:
        return True
    if facts.get("vdab_behoefte") == "geen" and facts["vraag"] == "loonpremie":
        return True
    if facts.get("pakket") == "2_jaar" and "percentage_na_evaluatie" in facts:
        return True
    return "referteloon_kwartaal" in facts and any(n in facts for n in ("brutoloon_kwartaal", "werkgeversbijdragen_kwartaal", "verminderingen_kwartaal"))


# What a question presupposes when it is not said (docs/RULES.md): saying it is changing the case, not adding to it.
DEFAULTS = {"datum", "tewerkstellingsbreuk", "prestatiebreuk"}
PREMISES = {
    "recht_werkgever": {"vdab_erkenning_tot", "uiterst_kwetsbaar", "advies_collectief_maatwerk"},
    "recht_zelfstandige": {"vdab_erkenning_tot"},
    "loonpremie": {"percentage_na_evaluatie", "hoedanigheid", "kwartaal_nr", "jaar_nr"},
    "begeleidingspremie": {"werkplaats", "hoedanigheid"},
    "aanpassing": {"percentage_na_evaluatie"},
    "overgang_sine": {"lde_keuze"},
}


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(FACTS, st.data())
def test_monotone_in_what_is_known(facts: dict[str, Any], data: st.DataObject) -> None:
    """Adding a fact never turns a certain answer around, nor makes it uncertain; an amount stays the same."""
    presupposed = DEFAULTS | PREMISES.get(facts["vraag"], set())
    names = data.draw(st.sets(st.sampled_from(sorted(set(facts) - {"vraag"} - presupposed)), max_size=8)) if set(facts) - {"vraag"} - presupposed else set()
    less = {n: v for n, v in facts.items() if n not in names}
    if contradictory(facts):
        return
    before, after = check(less), check(facts)
    if before.uitkomst in ("ja", "nee"):
        assert after.uitkomst == before.uitkomst
    if before.uitkomst == "bedrag":
        assert after.bedrag == before.bedrag


@pytest.mark.parametrize("question", sorted(values_of("vraag")))
def test_monotone_step_by_step_from_every_scenario_like_case(question: str) -> None:
    """The same law on many random cases of one question, one fact at a time (every certain answer on the way stays)."""
    rng = random.Random(question)
    presupposed = DEFAULTS | PREMISES.get(question, set())
    for _ in range(150):
        names = rng.sample(NAMES, k=len(NAMES))
        full = {n: rng.choice(values_of(n)) for n in names}
        start = {"vraag": question, **{n: full[n] for n in presupposed}}
        known, certain = dict(start), ""
        for name in names:
            if name in presupposed or contradictory({**known, name: full[name]}):
                continue
            known[name] = full[name]
            outcome = check(known).uitkomst
            if certain:
                assert outcome == certain, (known, name)
            elif outcome in ("ja", "nee"):
                certain = outcome


@MANY
@given(FACTS)
def test_amounts_never_exceed_the_cap_times_the_percentage(facts: dict[str, Any]) -> None:
    result = check({**facts, "vraag": "loonpremie"})
    if result.bedrag is None:
        return
    case = Case(parse_facts({**facts, "vraag": "loonpremie"}), parse_value(fields()["datum"], result.datum))
    known = caps(case.day)
    limit = max(known.values) if known.values else known.floor
    assert limit is not None
    highest = Decimal(str(max(result.bedrag.percentage))) / 100 * limit * case.f.tewerkstellingsbreuk
    assert 0 <= result.bedrag.minimum <= result.bedrag.maximum
    assert Decimal(str(result.bedrag.maximum)) <= highest + Decimal("0.005")  # to the cent
    assert all(20 <= p <= 75 for p in result.bedrag.percentage)
    if result.bedrag.minimum < result.bedrag.maximum:
        assert any("T-01" in w or "B-062" in w for w in result.waarschuwingen)


@MANY
@given(FACTS)
def test_guidance_premium_is_one_of_the_published_amounts_at_full_performance(facts: dict[str, Any]) -> None:
    result = check({**{k: v for k, v in facts.items() if k != "prestatiebreuk"}, "vraag": "begeleidingspremie"})
    if result.bedrag is not None:
        assert result.bedrag.minimum == result.bedrag.maximum
        assert result.bedrag.minimum in (1630, 1030, 1930, 1330, 2480, 1880)
        assert any("niet officieel nagelezen" in w for w in result.waarschuwingen)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS, st.data())
def test_what_is_not_asked_cannot_matter(facts: dict[str, Any], data: st.DataObject) -> None:
    """In a complete case, a field that was missing and not asked for makes no difference."""
    presupposed = DEFAULTS | PREMISES.get(facts["vraag"], set()) | {"jaar_nr", "kwartaal_nr"} - set(facts)
    result = check(facts)
    if result.uitkomst != "onvoldoende_informatie":
        return
    asked = {m.veld for m in result.ontbreekt}
    free = [n for n in NAMES if n not in facts and n not in asked and n not in presupposed]
    if not free:
        return
    name = data.draw(st.sampled_from(free))
    rest = {n: data.draw(st.sampled_from(values_of(n)), label=n) for n in asked}
    outcomes = set()
    for value in values_of(name):
        case = {**facts, **rest, name: value}
        if not contradictory(case):
            outcomes.add(check(case).uitkomst)
    assert len(outcomes) <= 1, (name, outcomes)


@pytest.mark.parametrize("question", sorted(values_of("vraag")))
def test_what_is_asked_can_matter(question: str) -> None:
    """For each first question there is a completion in which its answer decides."""
    rng = random.Random(question)
    for _ in range(25):
        names = rng.sample([n for n in NAMES if n not in ("datum", "jaar_nr", "uiterst_kwetsbaar")], k=rng.randrange(0, 6))
        facts = {"vraag": question, "datum": rng.choice(["2024-12-01", "2025-05-15", "2026-05-01"]), **{n: rng.choice(values_of(n)) for n in names}}
        result = check(facts)
        if not result.ontbreekt or contradictory(facts):
            continue
        first = result.ontbreekt[0].veld
        assert any(_differs(facts, first, rng) for _ in range(400)), (facts, first)


BASES = yaml.safe_load((Path(__file__).parent / "rules" / "basis.yaml").read_text(encoding="utf-8"))
FAVOURABLE: dict[str, dict[str, Any]] = {q: {} for q in values_of("vraag")} | {b["vraag"]: b | {"uiterst_kwetsbaar": False} for b in BASES.values()}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[s.name for s in SCENARIOS])
def test_no_single_fact_turns_a_certain_scenario(scenario: Scenario) -> None:
    """Every other key with every telling value, added to a scenario with a certain outcome, leaves that outcome."""
    before = check(scenario.facts)
    if before.uitkomst == "onvoldoende_informatie":
        return
    presupposed = DEFAULTS | PREMISES.get(before.vraag, set())
    for name in (n for n in NAMES if n not in scenario.facts and n not in presupposed):
        for value in values_of(name):
            facts = {**scenario.facts, name: value}
            if contradictory(facts):
                continue
            after = check(facts)
            assert after.uitkomst == before.uitkomst, (name, value)
            assert after.bedrag == before.bedrag, (name, value)


def _differs(facts: dict[str, Any], name: str, rng: random.Random) -> bool:
    missing = [m.veld for m in check(facts).ontbreekt if m.veld != name]
    good = FAVOURABLE[facts["vraag"]]
    rest = {n: good[n] if n in good and rng.random() < 0.95 else rng.choice(values_of(n)) for n in missing}
    seen = {str((r.uitkomst, r.bedrag)) for v in values_of(name) for r in [check({**facts, **rest, name: v})]}
    return len(seen) > 1


@given(st.lists(st.sampled_from(list(Truth)), max_size=5))
def test_kleene(values: list[Truth]) -> None:
    """Unknown inputs propagate exactly when they could still change the result."""
    completions: list[list[bool]] = [[]]
    for value in values:
        options = {JA: [True], NEE: [False], ONBEKEND: [True, False]}[value]
        completions = [[*done, o] for done in completions for o in options]
    for combine, plain in ((all_of, all), (any_of, any)):
        seen = {plain(c) for c in completions}
        expected = ONBEKEND if len(seen) == 2 else JA if seen == {True} else NEE
        assert combine(values) is expected
    assert [negate(negate(v)) for v in values] == values


def test_values_do_not_overlap_and_have_a_source() -> None:
    for value in all_values().values():
        assert value.description
        for period in value.periods:
            assert all(f[:2] in ("B-", "F-") for f in period.feit)
    ggmmi = dated("ggmmi")
    assert ggmmi.last.tot is not None and ggmmi.at(ggmmi.last.tot) is ggmmi.last
    assert dated("inkomensdrempel").last.tot is not None
