"""The index: what is found, what a rebuild does to readers, and what is said when it is damaged."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine import Assistant
from assistant.search import find
from corpus.errors import IndexError_, MaatwerkwijzerError
from corpus.store import load_corpus
from index.adapter import fit_adapter
from index.build import build, current, lock, root, verify
from index.embedding import CachedEmbeddings, VectorCache, clean, make_embeddings
from index.keys import keys
from index.mentions import mentioned
from index.open import open_index
from index.retriever import Filter, LangChainRetriever
from index.text import Vocabulary, stem


def test_split_and_misspelt_words_find_the_same(assistant: Assistant) -> None:
    for query in ("terugkeergarantie HERWIN", "terug keer garantie herwin", "terugkeergarntie HERWIN", "TERUGKEERGARANTIE Herwin"):
        assert "hoorzitting-2021-09-23/3/ooms/p3" in [h.passage for h in find(assistant, query, 3, [], [], [], [], [])]


def test_filters_hold(assistant: Assistant) -> None:
    hits = assistant.retriever.search("premie", 10, where=Filter(speakers=frozenset({"Stef De Cock"})))
    assert hits and {h.passage.speaker for h in hits} == {"Stef De Cock"}


def test_is_a_langchain_retriever(assistant: Assistant) -> None:
    found = LangChainRetriever(retriever=assistant.retriever, k=3).invoke("Wat is het zalmmodel?")
    assert "hoorzitting-2021-09-23/1.2/p6" in [d.id for d in found] and "zalmmodel" in found[0].page_content


def test_shipped_vectors_cover_every_key_and_are_those_of_the_model(assistant: Assistant) -> None:
    embeddings = assistant.retriever.embeddings
    cache = VectorCache(embeddings.name)
    everything = list(keys(assistant.corpus))
    missing = [k.text for k in everything if cache.get(cache.key(k.prefix, clean(k.text))) is None]
    assert not missing, f"make the vectors again: maatwerkwijzer index vectors ({len(missing)} missing)"
    for key in everything[:: len(everything) // 5]:
        made = embeddings.encoder.encode([clean(key.text)], key.prefix)[0]
        shipped = cache.get(cache.key(key.prefix, clean(key.text)))
        assert shipped is not None and float(made @ shipped) > 0.999


def test_views_are_never_shown(assistant: Assistant) -> None:
    views = {v for d in assistant.corpus.documents.values() for own in d.views.values() for v in own}
    views |= {q for s in assistant.corpus.statements for own in s.questions.values() for q in own}
    answer = assistant.ask("Wat is de functie van Dries Van Gool?")
    shown = [answer.answer, *(c.quote for c in answer.citations), *(r.text for r in answer.retrieved)]
    assert not any(view in text for view in views if len(view) > 40 for text in shown)


def test_adapter_is_deterministic_and_gives_unit_vectors() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 5)
    vectors = rng.normal(size=(60, 16))[groups] + 0.3 * rng.normal(size=(300, 16))
    first, second = fit_adapter(vectors, groups), fit_adapter(vectors, groups)
    assert np.array_equal(first(vectors), second(vectors))
    assert np.allclose(np.linalg.norm(first(vectors), axis=1), 1, atol=1e-4)
    few = fit_adapter(vectors[:10], groups[:10])
    assert np.allclose(few(vectors[0]), vectors[0] / np.linalg.norm(vectors[0]), atol=1e-5)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_can_be_analysed_and_cleaned(text: str) -> None:
    vocabulary = Vocabulary(["de loonpremie van de werkgever"], "nl")
    assert all(isinstance(s, str) and s for s in vocabulary.analyse(text, query=True))
    assert "\x00" not in clean(text) and clean(text)


def test_stems_keep_what_belongs_together_and_apart() -> None:
    assert stem("bedrijven") == stem("bedrijf") and stem("premies") == stem("premie") and stem("gemeenten") == stem("gemeente")
    assert stem("begeleiding") != stem("beleid") and stem("gemeente") != stem("gemeen")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("wat zegt de vvsg", ["Dries Van Gool"]),
        ("Stef de Kock over premies", ["Stef De Cock"]),
        ("wat vindt Groen", ["Imade Annouri"]),
        ("groen licht voor de begroting", []),
        ("steden en gemeenten en HERWIN", ["Dries Van Gool", "Gorik Ooms"]),
    ],
)
def test_actors_are_recognised(assistant: Assistant, text: str, names: list[str]) -> None:
    assert [a.name for a in mentioned(text, assistant.corpus.actors)] == names


# -- building -------------------------------------------------------------------------------------------


def _hash() -> CachedEmbeddings:
    return make_embeddings("hash")


def test_second_builder_is_told_to_wait_and_the_first_index_stays(tmp_path: Path) -> None:
    corpus = load_corpus()
    first = build(corpus, _hash(), tmp_path)
    with lock(tmp_path).acquire(timeout=1), pytest.raises(IndexError_, match="ander proces"):
        build(corpus, _hash(), tmp_path)
    manifest = current(tmp_path)
    assert manifest and manifest.name == first.name and verify(tmp_path, corpus, _hash()) == []


def test_damage_is_named_with_a_remedy(tmp_path: Path) -> None:
    corpus = load_corpus()
    manifest = build(corpus, _hash(), tmp_path)
    folder = root(tmp_path) / "builds" / manifest.name
    shutil.rmtree(folder / "chroma")
    with pytest.raises(IndexError_) as error:
        open_index(corpus, _hash(), tmp_path)
    assert "beschadigd" in error.value.message and "index build" in error.value.remedy
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(MaatwerkwijzerError, match="beschadigd"):
        current(tmp_path)


def test_index_of_another_model_is_noticed_and_built_anew(tmp_path: Path) -> None:
    corpus = load_corpus()
    build(corpus, _hash(), tmp_path)
    said: list[str] = []
    other = CachedEmbeddings(type("Other", (), {"name": "hash-other", "encode": _hash().encoder.encode})())
    retriever = open_index(corpus, other, tmp_path, say=said.append)
    assert retriever.manifest and retriever.manifest.embedding == "hash-other" and "ander" not in said[0] and "model" in said[0]


def _build_forever(home: str) -> None:
    while True:
        build(load_corpus(), make_embeddings("hash"), Path(home))


def test_killing_a_build_leaves_the_previous_index_in_use(tmp_path: Path) -> None:
    corpus = load_corpus()
    build(corpus, _hash(), tmp_path)
    context = multiprocessing.get_context("spawn")
    for wait in (2.2, 3.1, 3.9):
        process = context.Process(target=_build_forever, args=(str(tmp_path),))
        process.start()
        time.sleep(wait)
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert verify(tmp_path, corpus, _hash()) == []
        assert open_index(corpus, _hash(), tmp_path).search("premie", 1)
