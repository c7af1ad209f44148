"""The command ``positions`` as a member of staff uses it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.positions.cli import app
from corpus.errors import MaatwerkwijzerError, UsageError
from corpus.store import BUNDLED

REPORT = "hoorzitting-2021-09-23"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAATWERKWIJZER_HOME", str(tmp_path / "home"))


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*arguments: str) -> MaatwerkwijzerError:
    error = CliRunner().invoke(app, list(arguments)).exception
    assert isinstance(error, MaatwerkwijzerError), error
    return error


def test_json_is_a_list_and_nothing_else() -> None:
    found = json.loads(run("--actor", "HERWIN", "--topic", "contingent", "--format", "json").stdout)
    assert isinstance(found, list) and found
    assert {p["organisation"] for p in found} == {"HERWIN"}
    assert all("contingent" in p["topics"] for p in found)


def test_nothing_found_is_an_empty_list_and_a_message() -> None:
    result = run("--actor", "VVSG", "--topic", "brussel", "--format", "json")
    assert json.loads(result.stdout) == [] and "Geen standpunten" in result.stderr


def test_json_without_filters_is_everything() -> None:
    assert len(json.loads(run("--format", "json").stdout)) >= 150


def test_the_format_follows_the_file_name(tmp_path: Path) -> None:
    for name, start in (("a.docx", b"PK"), ("a.xlsx", b"PK"), ("a.md", b"# "), ("a.csv", b"id,"), ("a.json", b"["), ("a.txt", b"Standpunten")):
        result = run("--topic", "brussel", "--out", str(tmp_path / name))
        assert result.stdout == "" and name in result.stderr
        assert (tmp_path / name).read_bytes().startswith(start)


def test_a_piped_document_is_the_bytes_themselves() -> None:
    assert run("--topic", "brussel", "--format", "docx").stdout_bytes.startswith(b"PK")


def test_wrong_use_is_explained() -> None:
    for arguments, words in (
        (("--format", "pdf"), "docx"),
        (("--actor", "Niemand Bekend"), "HERWIN"),
        (("--topic", "voetbal"), "--query"),
        (("matrix", "--format", "gif"), "svg"),
        (("compare", "--actor", "VVSG", "--topic", "brussel"), "--actor"),
        (("annotate", REPORT), "--check"),
        (("annotate", "bestaat-niet", "--check", "x.jsonl"), REPORT),
        (("--language", "es"), "nl, fr, en, de"),
    ):
        error = refused(*arguments)
        assert isinstance(error, UsageError) and error.exit_code == 2
        assert words in str(error), str(error)


def test_a_place_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    assert "--out" in str(refused("--topic", "brussel", "--out", str(tmp_path / "nergens" / "a.md")))


def test_matrix_in_every_format(tmp_path: Path) -> None:
    for suffix, start in (("json", b"{"), ("csv", b"topic,"), ("md", b"# "), ("docx", b"PK"), ("xlsx", b"PK"), ("svg", b"<svg"), ("png", b"\x89PNG")):
        path = tmp_path / f"m.{suffix}"
        run("matrix", "--topic", "brussel", "--topic", "terugkeergarantie", "--out", str(path))
        assert path.read_bytes().startswith(start)


def test_matrix_on_the_terminal_names_who_said_nothing() -> None:
    out = run("matrix", "--topic", "Brussel").stdout
    assert "stelt voor 2" in out and "niet gezegd in dit verslag: " in out


def test_the_whole_matrix_has_eleven_actors_and_every_cell() -> None:
    rows = list(csv.DictReader(io.StringIO(run("matrix", "--format", "csv").stdout)))
    assert len({r["person"] for r in rows}) == 11
    assert len(rows) == 11 * len({r["topic"] for r in rows})


def test_compare_by_organisation_and_party() -> None:
    out = run("compare", "--organisation", "VVSG", "--party", "Groen", "--topic", "klaverblad").stdout
    assert "VVSG" in out and "Imade Annouri (Groen)" in out and "“" in out


def test_annotate_proposes_and_checks(tmp_path: Path) -> None:
    path = tmp_path / "kandidaten.jsonl"
    assert "kandidaten geschreven" in run("annotate", REPORT, "--propose", str(path)).stderr
    open_work = run("annotate", REPORT, "--check", str(path))
    assert open_work.exit_code == 1 and "eigen woorden" in open_work.stdout
    done = run("annotate", REPORT, "--check", str(BUNDLED / REPORT / "statements.jsonl"))
    assert done.exit_code == 0 and done.stdout == "" and "0 problemen" in done.stderr


# The ten tasks of docs/POSITIONS.md: the command, and what a complete answer holds.
TASKS: list[tuple[list[str], list[str]]] = [
    (["--actor", "HERWIN", "--topic", "contingent"], ["1.4/p8", "1.4/p9", "3/ooms/p1", "3/ooms/p3", "3/ooms/p6", "keurslijf", "p. 13"]),
    (
        ["--topic", "klaverblad", "--stance", "bezorgd"],
        ["Dries Van Gool (VVSG)", "Jan Van Passel", "Gorik Ooms (HERWIN)", "1.1/p4", "1.3/p4", "1.4/p5", "3/vangool/p2"],
    ),
    (
        ["matrix", "--topic", "terugkeergarantie", "--format", "md"],
        ["Ilse Malfroot", "Maurits Vande Reyde", "Allessia Claes", "3/ooms/p3", "B-120", "18 maanden"],
    ),
    (["compare", "--actor", "VVSG", "--actor", "HERWIN", "--topic", "klaverbladfinanciering"], ["1.1/p4", "3/vangool/p2", "3/ooms/p8", "B-115"]),
    (["--party", "N-VA", "--format", "csv"], ["2/claes/p1", "2/claes/p12", "4/p1", "poortwachter"]),
    (["--role", "spreker", "--stance", "stelt voor", "--topic", "begeleiding"], ["3/decock/p2", "strenge criteria", "register"]),
    (["matrix", "--no-quotes"], ["niet gezegd in dit verslag", "Uitzendarbeid", "geen antwoord aangeduid in dit verslag"]),
    (["--topic", "interim"], ["2/vandenhove/p8", "2/claes/p7", "2/vandereyde/p4", "3/vanpassel/p5", "B-027", "uitzendkantoor"]),
    (["--topic", "artikel 13"], ["1.4/p7", "1.4/p5", "invoegbedrijven", "F-074"]),
    (["--role", "voorzitter", "--stance", "vraagt"], ["2/bothuyne/p3", "2/bothuyne/p4", "2/bothuyne/p5"]),
]


@pytest.mark.parametrize(("command", "holds"), TASKS, ids=[" ".join(c) for c, _ in TASKS])
def test_ten_tasks_of_a_note_taker(command: list[str], holds: list[str]) -> None:
    out = " ".join(run(*command).stdout.split())
    assert [h for h in holds if h not in out] == []


def test_the_manual_names_the_same_commands() -> None:
    manual = (Path(__file__).parent.parent / "docs" / "POSITIONS.md").read_text(encoding="utf-8")
    for command, _ in TASKS:
        line = "positions " + " ".join(f'"{c}"' if " " in c else c for c in command)
        assert line in manual, line
