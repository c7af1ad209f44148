"""Full disks, read-only homes, damaged files, two builders, and readers while builders are at work."""

from __future__ import annotations

import contextlib
import errno
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from holds import Child, built, command, make_read_only, no_traceback, quick, small_bundle, small_disk, use_bundle

from assistant.batch import run_batch
from assistant.engine import Assistant
from assistant.settings import Settings
from corpus.added import add, added_ids, remove, verify_added
from corpus.errors import CorpusError, IndexError_, MaatwerkwijzerError, UsageError
from corpus.metadata import MetaOptions
from corpus.store import load_corpus
from index.build import IndexBusy, build, current, lock, root, verify
from index.embedding import CachedEmbeddings, HashEncoder, VectorCache, make_embeddings
from index.open import open_index

NOTE = "# Nota\n\nDe begeleiding duurt twee jaar.\n"


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_bundle(monkeypatch, small_bundle(tmp_path / "pakket"))


def note(folder: Path, text: str = NOTE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "nota.md"
    path.write_text(text, encoding="utf-8")
    return path


def fill(disk: Path, leave: int) -> Path:
    """Fill a disk but for about ``leave`` bytes."""
    path = disk / "vulling"
    # Without a buffer: what is left in one would be written again on closing, and fail a second time.
    with path.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(b"\0" * 65_536)
    with path.open("r+b") as stream:
        stream.truncate(max(path.stat().st_size - leave, 0))
    return path


# -- disk full --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", [0, 20_000, 120_000, 400_000])
def test_a_full_disk_stops_a_build_and_leaves_the_old_index(bundle: Path, tmp_path: Path, leave: int) -> None:
    with small_disk(tmp_path / "schijf", "24m") as disk:
        home = disk / "home"
        old = built(home)
        filling = fill(disk, leave)
        with pytest.raises(IndexError_) as caught:
            build(old, quick(), home)
        assert caught.value.remedy
        assert verify(home, old, quick()) == []
        assert open_index(old, quick(), home).search("premie", 1)
        filling.unlink()
        built(home)
        assert not list(root(home).glob("builds/*/unfinished"))


def test_a_full_disk_stops_an_add_and_leaves_the_documents(bundle: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "schijf", "2m") as disk:
        home = disk / "home"
        add(home, note(tmp_path), MetaOptions(id="nota"))
        filling = fill(disk, 0)
        with pytest.raises((MaatwerkwijzerError, OSError)):
            add(home, note(tmp_path / "meer", NOTE + "Tekst. " * 30_000), MetaOptions(id="meer"))
        assert added_ids(home) == ["nota"] and verify_added(home) == []
        filling.unlink()
        assert add(home, note(tmp_path / "meer", NOTE + "Tekst. " * 30_000), MetaOptions(id="meer"))[0].ok


def test_a_full_disk_costs_only_the_cache_of_vectors(bundle: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "schijf", "64k") as disk:
        cache = VectorCache("x", disk / "cache.sqlite3")
        fill(disk, 0)
        embeddings = CachedEmbeddings(HashEncoder(), cache)
        texts = [f"tekst {n}" for n in range(300)]
        assert np.array_equal(embeddings.vectors(texts), HashEncoder().encode(texts, "passage"))


def test_a_full_disk_in_the_middle_of_a_batch_leaves_the_old_answers(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = _assistant(tmp_path / "home")
    questions, answers = tmp_path / "vragen.jsonl", tmp_path / "antwoorden.jsonl"
    questions.write_text('{"id": "1", "question": "Wat is de premie?"}\n' * 3, encoding="utf-8")
    answers.write_text("oud\n", encoding="utf-8")

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("assistant.batch.as_line", full)
    with pytest.raises(UsageError, match="No space left"):
        run_batch(assistant, questions, answers)
    assert answers.read_text(encoding="utf-8") == "oud\n"
    assert sorted(p.name for p in tmp_path.glob("antwoorden*")) == ["antwoorden.jsonl"]


def _assistant(home: Path) -> Assistant:
    found = load_corpus(home)
    return Assistant(found, open_index(found, quick(), home), Settings(home=home))


# -- read-only --------------------------------------------------------------------------------------------


def test_a_read_only_home_is_told_in_words_by_every_command(tmp_path: Path) -> None:
    with small_disk(tmp_path / "schijf", "4m") as disk:
        (disk / "home").mkdir()
        make_read_only(disk)
        for arguments in (
            ["index", "build", "--embedding", "hash"],
            ["corpus", "add", str(note(tmp_path))],
        ):
            done = command(*arguments, home=disk / "home")
            no_traceback(done)
            assert done.returncode == 1 and str(disk) in done.stderr, (arguments, done.stderr)
        done = command("index", "status", "--embedding", "hash", home=disk / "home")
        no_traceback(done)
        assert done.returncode == 0, done.stderr


def test_an_index_on_a_read_only_disk_can_be_read_but_not_built(bundle: Path, tmp_path: Path) -> None:
    own = built(tmp_path / "home")
    with small_disk(tmp_path / "schijf", "24m") as disk:
        shutil.copytree(tmp_path / "home", disk / "home")
        make_read_only(disk)
        assert open_index(own, quick(), disk / "home").search("premie", 1)
        assert verify(disk / "home", own, quick()) == []
        with pytest.raises(IndexError_, match="kan niet geschreven worden"):
            build(own, quick(), disk / "home")


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    with small_disk(tmp_path / "schijf", "1m") as disk:
        make_read_only(disk)
        assert make_embeddings("e5", disk / "home").cache is not None
    taken = tmp_path / "bestand"
    taken.write_text("x", encoding="utf-8")
    assert VectorCache("x", taken / "cache" / "v.sqlite3").get(b"0" * 16) is None


# -- damaged files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["header", "middle", "cut", "empty", "text", "gone"])
@pytest.mark.parametrize("name", ["chroma/chroma.sqlite3", "manifest.json", "../../current"])
def test_a_damaged_index_file_is_found_and_a_new_build_heals_it(bundle: Path, tmp_path: Path, name: str, part: str) -> None:
    home = tmp_path / "home"
    own = built(home)
    manifest = current(home)
    assert manifest is not None
    # As after a restart: Chroma keeps a folder that it has opened in memory.
    shutil.copytree(home, tmp_path / "kopie")
    home = tmp_path / "kopie"
    path = (root(home) / "builds" / manifest.name / name).resolve()
    raw = path.read_bytes()
    if part == "gone":
        path.unlink()
    else:
        changed = {
            "header": b"\xff" * 32 + raw[32:],
            "middle": raw[: len(raw) // 3] + b"\xa5" * min(20_000, len(raw) // 3) + raw[len(raw) // 3 + min(20_000, len(raw) // 3) :],
            "cut": raw[: len(raw) // 2],
            "empty": b"",
            "text": b"dit is geen index\n",
        }[part]
        path.write_bytes(changed)
    try:
        problems = verify(home, own, quick())
    except IndexError_ as error:
        problems = [error.message]
    healthy = problems == []
    try:
        found = open_index(own, quick(), home).search("premie", 1)
        assert found
    except IndexError_ as error:
        assert not healthy and "index build" in error.remedy
    build(own, quick(), home)
    assert verify(home, own, quick()) == []


def test_a_vector_that_was_changed_behind_our_back_is_found(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    own = built(home)
    from index.build import open_collection

    manifest = current(home)
    assert manifest is not None
    collection = open_collection(home, manifest)
    collection.store._collection.update(ids=["00000000"], embeddings=[[0.0] * 63 + [1.0]])
    collection.store._collection.update(ids=["00000001"], embeddings=[[3.0] * 64])
    assert any("eenheidsvector" in p for p in verify(home, own, quick()))
    assert any("klopt niet" in p for p in verify(home, own, quick()))
    collection.store._collection.update(ids=["00000002"], metadatas=[{"passage": "elders/1/p1"}])
    assert any("niet die van het corpus" in p for p in verify(home, own, quick()))
    with pytest.raises(IndexError_, match="past niet"):
        open_index(own, quick(), home).search("premie", 1)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"model": "m"}', b'{"model": "m", "files": [1], "sha256": "", "rows": 1, "dimension": 2}', b"\xff\xfe", b"[" * 50_000])
def test_a_damaged_list_of_bundled_vectors_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    (tmp_path / "vectors.json").write_bytes(content)
    monkeypatch.setattr("index.embedding.BUNDLED_VECTORS", tmp_path)
    assert VectorCache("m").get(b"0" * 16) is None


def test_damaged_bundled_vectors_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.embedding import write_bundled

    monkeypatch.setattr("index.embedding.BUNDLED_VECTORS", tmp_path / "vectoren")
    plain = CachedEmbeddings(HashEncoder())
    write_bundled([("passage", "de premie"), ("query", "wat is de premie")], plain)
    kept = VectorCache(plain.name)
    assert kept.get(kept.key("passage", "de premie")) is not None
    path = tmp_path / "vectoren" / "vectors-0.bin"
    raw = bytearray(path.read_bytes())
    raw[40] ^= 1
    path.write_bytes(bytes(raw))
    damaged = CachedEmbeddings(HashEncoder(), VectorCache(plain.name))
    assert damaged.cache is not None and damaged.cache.get(kept.key("passage", "de premie")) is None
    assert np.array_equal(damaged.vectors(["de premie"]), plain.vectors(["de premie"]))


@pytest.mark.parametrize("content", [b"dit is geen database" * 100, b"SQLite format 3\0" + b"\xff" * 4000, b""])
def test_a_damaged_cache_of_vectors_is_thrown_away(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "v.sqlite3"
    path.write_bytes(content)
    embeddings = CachedEmbeddings(HashEncoder(), VectorCache("m", path))
    assert np.array_equal(embeddings.vectors(["a b", "c"]), HashEncoder().encode(["a b", "c"], "passage"))


def test_a_cache_that_breaks_while_it_is_used_is_done_without(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite3"
    embeddings = CachedEmbeddings(HashEncoder(), VectorCache("m", path))
    texts = [f"tekst {n}" for n in range(200)]
    embeddings.vectors(texts)
    with sqlite3.connect(path) as other:
        other.execute("drop table vectors")
    assert np.array_equal(embeddings.vectors(texts), HashEncoder().encode(texts, "passage"))


@pytest.mark.parametrize("name", ["meta.json", "text.txt", "passages.jsonl", "structure.json"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{", b"[]", b"null", b"3", b'"x"', b"[" * 20_000, b'{"a": 1}\n'])
def test_a_damaged_added_document_is_named_and_can_be_removed(bundle: Path, tmp_path: Path, name: str, content: bytes) -> None:
    home = tmp_path / "home"
    add(home, note(tmp_path), MetaOptions(id="nota"))
    (home / "corpus" / "nota" / name).write_bytes(content)
    problems = verify_added(home)
    assert problems and problems[0].document == "nota"
    with pytest.raises(CorpusError, match="nota"):
        load_corpus(home)
    remove(home, "nota")
    assert "nota" not in load_corpus(home).documents


def test_damaged_documents_are_told_in_words_by_every_command(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = command("corpus", "add", str(note(tmp_path)), "--id", "nota", home=home)
    assert done.returncode == 0, done.stderr
    (home / "corpus" / "nota" / "passages.jsonl").write_text("{\n", encoding="utf-8")
    for arguments in (["ask", "Wat is de premie?", "--embedding", "hash"], ["corpus", "verify"]):
        done = command(*arguments, home=home)
        no_traceback(done)
        assert done.returncode == 1 and "nota" in done.stderr + done.stdout, (arguments, done.stderr)


# -- two at once ------------------------------------------------------------------------------------------


def test_a_second_builder_is_told_so_and_changes_nothing(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    own = built(home)
    before = current(home)
    with lock(home).acquire(), pytest.raises(IndexBusy, match="ander proces"):
        build(own, quick(), home)
    assert current(home) == before


def test_two_builders_at_once_leave_one_whole_index(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    children = [Child(bundle, home, "build") for _ in range(2)]
    for child in children:
        child.go()
    ends = [child.end() for child in children]
    assert any(code == 0 for code, _ in ends)
    assert all(code == 0 or "ander proces bouwt" in said for code, said in ends), ends
    assert verify(home, load_corpus(home), quick()) == []


def test_readers_without_an_index_wait_for_the_one_that_builds_it(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    children = [Child(bundle, home, "open") for _ in range(3)]
    for child in children:
        child.go()
    for code, said in [child.end() for child in children]:
        assert code == 0 and "found " in said, said
    assert verify(home, load_corpus(home), quick()) == []


def test_builds_one_after_another_in_one_process_do_not_collide(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    own = load_corpus(home)
    names = {build(own, quick(), home).name for _ in range(5)}
    assert len(names) == 5
    # Of the older ones only the last two are kept for readers that still have them open.
    assert len(list((root(home) / "builds").iterdir())) <= 4


def test_readers_never_see_half_an_index_while_it_is_built_again_and_again(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    own = built(home)
    readers = [Child(bundle, home, "read", "8").go() for _ in range(2)]
    for _ in range(6):
        build(own, quick(), home)
    for code, said in [reader.end() for reader in readers]:
        assert code == 0, said


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_many_readers_and_two_builders_for_a_long_time(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    own = built(home)
    for _ in range(10):
        readers = [Child(bundle, home, "read", "25").go() for _ in range(5)]
        builder = Child(bundle, home, "build").go()
        for _ in range(10):
            try:
                build(own, quick(), home)
            except IndexBusy:
                continue
        builder.end()
        for code, said in [reader.end() for reader in readers]:
            assert code == 0, said
    assert verify(home, own, quick()) == []


def test_a_manifest_of_another_build_is_not_believed(bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    built(home)
    manifest = current(home)
    assert manifest is not None
    path = root(home) / "builds" / manifest.name / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, "name": "../../../elders"}), encoding="utf-8")
    with pytest.raises(IndexError_, match="beschadigd"):
        current(home)
