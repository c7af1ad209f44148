"""The published commands, through the real entry point: data on stdout, messages on stderr, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.engine import Assistant

COMMAND = Path(sys.executable).parent / "maatwerkwijzer"


@pytest.fixture
def run(home: Path, assistant: Assistant):  # type: ignore[no-untyped-def]
    """Run a command over the home of the test run (its index is built)."""

    def call(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "MAATWERKWIJZER_HOME": str(home)}
        return subprocess.run([str(COMMAND), *arguments], input=stdin, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=120)

    return call


def test_ask_batch_and_search_print_the_contract(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    answer = json.loads(run("ask", "Wat vindt HERWIN van de terugkeergarantie?", "--json").stdout)
    assert {"id", "question", "language", "status", "answer", "statements", "citations", "retrieved", "check", "warnings", "follow_up_of", "as_of", "corpus"} <= set(answer)
    assert len(answer["retrieved"]) == 10 and answer["citations"][0]["quote"]
    found = json.loads(run("search", "begeleiding", "--speaker", "Stef De Cock", "-k", "3", "--json").stdout)
    assert len(found) == 3 and {f["speaker"] for f in found} == {"Stef De Cock"}
    (tmp_path / "q.jsonl").write_text('{"id": "1", "question": "Wat is de VOP?"}\n', encoding="utf-8")
    done = run("batch", str(tmp_path / "q.jsonl"), str(tmp_path / "a.jsonl"))
    assert done.returncode == 0 and not done.stdout and json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8"))["id"] == "1"


def test_check_takes_a_file_standard_input_or_a_rule(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    facts = {"vraag": "loonpremie", "pakket": "5_jaar_gewoon", "kwartaal_nr": 1, "referteloon_kwartaal": 9000}
    (tmp_path / "f.json").write_text(json.dumps(facts), encoding="utf-8")
    for arguments, stdin in (((str(tmp_path / "f.json"),), ""), (("-",), json.dumps(facts))):
        result = json.loads(run("check", *arguments, "--json", stdin=stdin).stdout)
        assert result["uitkomst"] == "bedrag" and result["bedrag"]["minimum"] == 3600.0 and result["citaten"]
    assert "B-022" in run("check", "--explain", "R-06").stdout
    wrong = run("check", "-", stdin='{"vraag": "duur", "paket": "2_jaar"}')
    assert wrong.returncode == 2 and "paket" in wrong.stderr and "Traceback" not in wrong.stderr


def test_corpus_and_positions_print_data_exactly(run, assistant: Assistant) -> None:  # type: ignore[no-untyped-def]
    text = assistant.corpus.documents["hoorzitting-2021-09-23"].text
    assert run("corpus", "show", "hoorzitting-2021-09-23", "--text").stdout == text
    found = json.loads(run("positions", "--actor", "HERWIN", "--topic", "terugkeergarantie", "--format", "json").stdout)
    assert found and all({"person", "organisation", "party", "role", "topic", "stance", "summary", "citations"} <= set(p) for p in found)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ask", "x", "--as-of", "2024-99-99"), 2, "2024-99-99"),
        (("corpus", "show", "bestaat-niet"), 2, "bestaat-niet"),
        (("search", "premie", "--speaker", "Niemand"), 2, "Niemand"),
        (("batch", "geen-bestand.jsonl", "a.jsonl"), 2, "geen-bestand"),
        (("onbekend",), 2, "onbekend"),
    ],
)
def test_wrong_usage_is_said_in_one_message(run, arguments: tuple[str, ...], code: int, words: str) -> None:  # type: ignore[no-untyped-def]
    done = run(*arguments)
    assert done.returncode == code and words in done.stderr and not done.stdout and "Traceback" not in done.stderr


def test_feedback_can_be_shown_and_erased(run, home: Path) -> None:  # type: ignore[no-untyped-def]
    row = {"date": "2026-11-23", "answer": "abc", "thumb": "down", "reason": "x"}
    (home / "feedback.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert json.loads(run("feedback").stdout)[0]["answer"] == "abc"
    assert run("feedback", "--erase").returncode == 0
    assert json.loads(run("feedback").stdout) == []
