"""The door of the checker: what is refused, and how it is said."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from assistant.rules import check
from assistant.rules.facts import FactsInput, parse_facts
from assistant.rules.fields import LANGUAGES, fields
from corpus.errors import CorpusError, UsageError

CONTRACT = [
    "vraag",
    "datum",
    "hoedanigheid",
    "woonplaats",
    "werkplaats",
    "keert_wekelijks_terug",
    "vdab_erkenning",
    "vdab_erkenning_tot",
    "vdab_behoefte",
    "overeenkomst_uren",
    "in_dienst",
    "werkgever_type",
    "in_moeilijkheden",
    "lopende_steun",
    "advies_collectief_maatwerk",
    "uiterst_kwetsbaar",
    "zelfstandig_sinds",
    "erkenning_sinds",
    "inkomen",
    "inkomensjaar",
    "volledig_jaar",
    "bewijsstuk",
    "pakket",
    "kwartaal_nr",
    "jaar_nr",
    "percentage_na_evaluatie",
    "referteloon_kwartaal",
    "brutoloon_kwartaal",
    "werkgeversbijdragen_kwartaal",
    "verminderingen_kwartaal",
    "tewerkstellingsbreuk",
    "begeleidingsnood",
    "prestatiebreuk",
    "sine_in_dienst_sinds",
    "sine_ononderbroken",
    "vop_vraag",
    "lde_keuze",
    "in_dienst_op_2023_06_30",
    "doorstroomevaluatie_positief",
    "einde_buiten_wil",
    "maanden_in_gewone_baan",
    "vte_doelgroep",
    "aandeel_doelgroep",
    "erkend_sinds",
]
WRONG: dict[str, list[Any]] = {
    "keuze": ["gent", "", "JA", 1, True, None, [], {}],
    "ja_nee": ["ja", "true", 1, 0, 1.0, None, [], {}],
    "datum": ["2025-02-30", "2025-13-01", "15-05-2025", "2025-5-1", "2025-05-15T00:00:00", "vandaag", "", 20250515, True, None, [], datetime(2025, 1, 1)],
    "geld": [-1, -0.01, float("nan"), float("inf"), float("-inf"), True, False, "9000", "", None, [], {}, 10**400, 2e9],
    "getal": [-1, float("nan"), float("inf"), True, "24", None, [], {}, 10**400],
    "geheel": [0, -1, 2.5, float("nan"), True, "9", None, [], {}, 10**400],
    "breuk": [-0.1, 1.01, 80, float("nan"), True, "0,8", None, []],
}


def test_the_keys_are_those_of_the_contract() -> None:
    assert list(fields()) == CONTRACT
    assert set(FactsInput.model_fields) == set(CONTRACT)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, f in fields().items() for v in WRONG[f.kind]], ids=repr)
def test_a_wrong_value_names_the_field_and_what_is_accepted(name: str, value: Any) -> None:
    with pytest.raises(UsageError) as caught:
        check({"vraag": "duur", name: value})
    message = str(caught.value)
    assert f"'{name}'" in message and "Aanvaard:" in message and fields()[name].accepted() in message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["Woonplaats", "woon_plaats", "", "vraag ", "antwoord"])
def test_an_unknown_key_is_named_with_the_accepted_ones(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        check({"vraag": "duur", name: "x"})
    assert repr(name) in str(caught.value) and "woonplaats" in str(caught.value)


def test_without_a_question_the_accepted_ones_are_listed() -> None:
    with pytest.raises(UsageError, match=r"'vraag' ontbreekt.*recht_werkgever.*erkenning_maatwerkbedrijf"):
        check({})


@pytest.mark.parametrize("facts", [None, [], "duur", 3, True])
def test_facts_must_be_an_object(facts: Any) -> None:
    with pytest.raises(UsageError, match="object"):
        check(facts)


def test_absent_means_unknown_and_the_date_defaults_to_today() -> None:
    assert check({"vraag": "duur"}).datum == date.today().isoformat()
    parsed = parse_facts({"vraag": "duur"})
    assert all(getattr(parsed, n) is None for n in CONTRACT if n not in ("vraag", "tewerkstellingsbreuk", "prestatiebreuk"))
    assert parsed.tewerkstellingsbreuk == parsed.prestatiebreuk == 1


def test_choices_of_model_and_data_file_agree() -> None:
    schema = FactsInput.model_json_schema()["properties"]
    for name, field in fields().items():
        if field.kind == "keuze":
            options = schema[name].get("enum") or schema[name]["anyOf"][0]["enum"]
            assert options == list(field.values), name
        for language in LANGUAGES:
            assert field.label(language) and field.question(language).endswith(("?", ")"))
            assert all(names[language] for names in field.values.values())


def test_a_whole_number_may_come_as_a_float_from_json() -> None:
    facts = json.loads('{"vraag": "verlenging", "pakket": "5_jaar_gewoon", "jaar_nr": 5.0}')
    assert check(facts).uitkomst == "ja"


def test_amounts_are_exact_decimals() -> None:
    facts = {"vraag": "loonpremie", "datum": "2025-05-15", "pakket": "2_jaar", "kwartaal_nr": 1}
    for wage, premium in ((0.1, 0.02), (1.025, 0.21), (2.675, 0.54), (33.33, 6.67), (12671.34, 2534.27)):
        amount = check({**facts, "referteloon_kwartaal": wage}).bedrag
        assert amount is not None and amount.maximum == premium, wage


def test_the_result_has_exactly_the_keys_of_the_contract() -> None:
    data = check({"vraag": "loonpremie", "pakket": "5_jaar_gewoon", "kwartaal_nr": 9, "referteloon_kwartaal": 9000, "datum": "2025-05-15"}).model_dump(
        mode="json"
    )
    assert list(data) == ["vraag", "datum", "uitkomst", "bedrag", "stappen", "ontbreekt", "waarschuwingen", "citaten"]
    assert data["bedrag"] == {"minimum": 1800.0, "maximum": 2700.0, "eenheid": "euro per kwartaal", "percentage": [20, 30]}
    assert set(data["stappen"][0]) == {"regel", "uitkomst", "uitleg", "feiten", "zekerheid"}
    assert check({"vraag": "recht_werkgever"}).model_dump(mode="json")["ontbreekt"][0] == {
        "veld": "vdab_erkenning",
        "vraag": "Heeft VDAB de arbeidsbeperking erkend?",
    }


def test_a_broken_value_file_is_an_error_with_the_name(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.rules import values

    for file in values.FILES:
        (tmp_path / f"{file}.yaml").write_text("{}", encoding="utf-8")
    row = "{vanaf: 2024-01-01, waarde: 1, feit: [B-061], zekerheid: hoog}"
    bad = {
        "ggmmi: {omschrijving: x, waarden: [{waarde: 1, feit: [], zekerheid: hoog}]}": "ggmmi",
        "ggmmi: {omschrijving: x, waarden: [{waarde: 1, feit: [B-061], zekerheid: zeker}]}": "ggmmi",
        f"ggmmi: {{omschrijving: x, waarden: [{row}, {row}]}}": "overlappen",
        f"ggmmi: {{omschrijving: x, bron: y, waarden: [{row}]}}": "bron",
    }
    monkeypatch.setattr(values, "FOLDER", tmp_path)
    try:
        for content, name in bad.items():
            (tmp_path / "loonpremie.yaml").write_text(content, encoding="utf-8")
            values.read_yaml.cache_clear()
            values.all_values.cache_clear()
            with pytest.raises(CorpusError, match=name):
                values.all_values()
    finally:
        monkeypatch.undo()
        values.read_yaml.cache_clear()
        values.all_values.cache_clear()


def test_a_changed_value_changes_the_outcome_without_code(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.rules import values

    for path in values.FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "loonpremie":
            text = text.replace("tot: 2026-03-31, waarde: 2111.89", "tot: 2030-03-31, waarde: 2200.00")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    facts = {"vraag": "loonpremie", "datum": "2026-06-01", "pakket": "5_jaar_gewoon", "kwartaal_nr": 1, "referteloon_kwartaal": 15000}
    assert check(facts).uitkomst == "onvoldoende_informatie"
    monkeypatch.setattr(values, "FOLDER", tmp_path)
    values.read_yaml.cache_clear()
    values.all_values.cache_clear()
    try:
        amount = check(facts).bedrag
        assert amount is not None and amount.maximum == 5280.0
    finally:
        monkeypatch.undo()
        values.read_yaml.cache_clear()
        values.all_values.cache_clear()
