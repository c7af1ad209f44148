"""The command ``check``: files, questions one at a time, explanations; and the sentences it prints."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.rules import check, explain_rule, summary, what_would_change
from assistant.rules.bench import checks_per_second
from assistant.rules.cli import ask_facts, check_command, number_from_text, read_facts
from assistant.rules.rule import REGISTRY
from corpus.errors import UsageError


def answers(*lines: str) -> Any:
    rest = iter(lines)

    def read() -> str:
        try:
            return next(rest)
        except StopIteration:
            raise EOFError from None

    return read


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "geen geldige JSON"),
        (b"{", "geen geldige JSON"),
        (b"[1]", "een lijst"),
        (b'"duur"', "een tekst"),
        (b"null", "null"),
        (b"3", "een getal"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"vraag": "duur", "vraag": "loonpremie"}', "twee keer"),
        (b"[" * 100_000, "geen geldige JSON"),
        (b'{"inkomen": ' + b"9" * 5000 + b"}", "te groot"),
        (b" " * 1_000_001, "groter dan"),
    ],
)
def test_a_bad_file_is_refused_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "feiten.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=says) as caught:
        read_facts(path)
    assert caught.value.exit_code == 2


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "niet.json", tmp_path):
        with pytest.raises(UsageError, match="niet lezen"):
            read_facts(path)


def test_nan_in_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feiten.json"
    path.write_text('{"vraag": "loonpremie", "referteloon_kwartaal": NaN}', encoding="utf-8")
    with pytest.raises(UsageError, match="referteloon_kwartaal"):
        check_command(path, json=True)


def test_json_goes_to_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "feiten.json"
    path.write_text('\ufeff{"vraag": "duur", "pakket": "2_jaar"}', encoding="utf-8")
    check_command(path, json=True)
    data = json.loads(capsys.readouterr().out)
    assert data["uitkomst"] == "bedrag" and data["bedrag"]["maximum"] == 8


def test_text_shows_trace_warnings_and_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "feiten.json"
    path.write_text('{"vraag": "recht_werkgever", "woonplaats": "brussels_gewest"}', encoding="utf-8")
    check_command(path)
    out = capsys.readouterr().out
    assert out.startswith("Nee, de werkgever kan de premie voor deze persoon niet krijgen.")
    assert "- R-06 nee:" in out and "B-023" in out and "Wat zou het antwoord veranderen" in out and "het Vlaamse Gewest" in out


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"vraag": "duur"}')))
    assert read_facts(Path("-")) == {"vraag": "duur"}


def test_questions_come_one_at_a_time_and_stop_when_it_is_settled() -> None:
    shown: list[str] = []
    facts = ask_facts(answers("recht_werkgever", "ja", "loonpremie", "1", "brussels_gewest", "te veel"), shown.append)
    assert facts["woonplaats"] == "brussels_gewest" and check(facts).uitkomst == "nee"
    questions = [line for line in shown if line.endswith("?")]
    assert len(questions) == 5
    assert not any("soort werkgever" in line or "in dienst" in line for line in shown)


def test_a_wrong_answer_is_asked_again_and_unknown_is_skipped() -> None:
    shown: list[str] = []
    facts = ask_facts(answers("loonpremie", "weet niet", "negen", "9", "9.000,50"), shown.append)
    assert facts == {"vraag": "loonpremie", "kwartaal_nr": 9, "referteloon_kwartaal": 9000.5}
    assert any("Aanvaard: een geheel getal" in line for line in shown)
    assert [m.veld for m in check(facts).ontbreekt] == ["pakket"]


def test_end_of_input_ends_the_questions() -> None:
    assert ask_facts(answers("12"), lambda line: None) == {"vraag": "erkenning_maatwerkbedrijf"}
    with pytest.raises(UsageError, match="geen vraag gekozen"):
        ask_facts(answers(), lambda line: None)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("9.000", 9000), ("9.000,50", 9000.5), ("9000", 9000), ("€ 9 000", 9000), ("0,8", 0.8), ("0.8", 0.8), ("20 %", 20), ("1.234.567", 1234567)],
)
def test_numbers_as_people_type_them(typed: str, number: float) -> None:
    assert number_from_text(typed) == number


def test_explain_prints_rule_sentence_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    check_command(explain="r-06")
    out = capsys.readouterr().out
    assert "R-06 (ontvankelijkheid)" in out and "woont in het Vlaamse Gewest" in out and "B-022" in out


def test_every_rule_can_be_explained() -> None:
    for number, item in REGISTRY.items():
        words = explain_rule(number)
        assert item.sentence in words and all(f in words for f in item.facts)
        assert item.sentence.endswith(".") and item.facts and item.certainty in ("hoog", "middel", "laag")


def test_an_unknown_rule_lists_the_rules() -> None:
    with pytest.raises(UsageError, match=r"R-99.*R-06"):
        explain_rule("R-99")


def test_summary_is_in_four_languages_and_short() -> None:
    result = check({"vraag": "loonpremie", "datum": "2025-05-15", "pakket": "5_jaar_gewoon", "kwartaal_nr": 9, "referteloon_kwartaal": 9000})
    assert "1.800,00 euro tot 2.700,00 euro" in summary(result) and "20 / 30 %" in summary(result)
    assert "1,800.00 euro to 2,700.00 euro" in summary(result, "en")
    assert "1 800,00 euros à 2 700,00 euros" in summary(result, "fr").replace("\u202f", " ")
    assert "1.800,00 Euro bis 2.700,00 Euro" in summary(result, "de")
    with pytest.raises(UsageError, match="taal"):
        summary(result, "es")


def test_summary_names_the_reason_of_a_refusal() -> None:
    result = check({"vraag": "recht_werkgever", "woonplaats": "brussels_gewest"})
    assert "R-06" in summary(result) and "Brusselse Gewest" in summary(result)
    assert "domicile" in summary(result, "fr") and "place of residence" in summary(result, "en") and "Wohn" in summary(result, "de")


def test_what_would_change_is_true() -> None:
    facts = {"vraag": "overgang_lde", "datum": "2024-03-01", "lde_keuze": "collectief", "in_dienst_op_2023_06_30": True}
    assert what_would_change(facts, check(facts)) == ["Als 'keuze van de LDE-onderneming' anders is (individueel maatwerk), dan wel."]
    open_case = {"vraag": "overgang_lde", "datum": "2024-03-01", "in_dienst_op_2023_06_30": True}
    assert what_would_change(open_case, check(open_case)) == [
        "Als het antwoord op 'keuze van de LDE-onderneming' individueel maatwerk is, dan wel.",
        "Als het antwoord op 'keuze van de LDE-onderneming' collectief maatwerk is, dan niet.",
    ]
    hopeless = {"vraag": "overgang_sine", "datum": "2025-07-01", "sine_ononderbroken": True}
    assert what_would_change(hopeless, check(hopeless)) == []


def test_the_benchmark_runs() -> None:
    assert checks_per_second(50) > 0
