"""Baselines, BEIR, the benchmark and the commands, with real Chroma and the stand-in embedding."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corpus.errors import MaatwerkwijzerError
from eval import bench
from eval.baselines import CHUNK_OVERLAP, CHUNK_SIZE, RawText, UsualRecipe, raw_texts, run_systems
from eval.beir_run import beir_corpus, run_beir
from eval.cli import app
from eval.errors import EvalUsageError
from eval.formats.beir import Beir, BeirText, write_beir
from eval.synthetic import WordSumEncoder, synthetic_corpus
from eval.testing import StandIn, question, small_corpus
from index.embedding import CachedEmbeddings, HashEncoder
from index.open import open_index

CORPUS = small_corpus()
BEIR = Beir(
    {
        "doc/1": BeirText("Kat", "De kat slaapt op de mat in de zon."),
        "doc 2": BeirText("", "Een premie wordt elk kwartaal betaald aan de werkgever."),
        "d3": BeirText("Leeg", ""),
    },
    {"v1": "premie werkgever kwartaal", "v2": "waar slaapt de kat"},
    {"v1": {"doc 2": 1}, "v2": {"doc/1": 1}},
)


def embeddings() -> CachedEmbeddings:
    return CachedEmbeddings(HashEncoder())


def test_usual_recipe_returns_true_spans_of_the_text() -> None:
    text = "Inleiding.\n\n" + "\n\n".join(f"Paragraaf {i}: " + f"woord{i} en nog wat meer tekst. " * 12 for i in range(12))
    with UsualRecipe([RawText("hoor", 0, text)], embeddings()) as usual:
        assert len(usual.chunks) > 3
        for chunk in usual.chunks:
            start = chunk.metadata["start_index"]
            assert text[start : start + len(chunk.page_content)] == chunk.page_content
            assert len(chunk.page_content) <= CHUNK_SIZE
        hits = usual.search("woord7 en nog wat", 3)
        assert len(hits) == 3 and hits[0].score >= hits[-1].score
        assert "woord7" in text[hits[0].start : hits[0].end]
        assert hits[0].passage is None
    assert CHUNK_OVERLAP == 200


def test_all_systems_rank_the_same_items(tmp_path: Path) -> None:
    model = embeddings()
    retriever = open_index(CORPUS, model, tmp_path)
    items = [item for q in (question("q-1"), question("q-2", question="Voor wie geldt de terugkeergarantie?")) for item in q.items()]
    found = run_systems(["usual_recipe", "bm25", "full"], CORPUS, retriever, model, items)
    assert {name: list(rankings) for name, (rankings, _) in found.items()} == {n: ["q-1", "q-2"] for n in ("usual_recipe", "bm25", "full")}
    assert found["bm25"][0]["q-2"][0].passage == "hoor/2/p1"
    assert all(ms["q-1"] > 0 for _, ms in found.values())
    with pytest.raises(EvalUsageError, match="bm25"):
        run_systems(["google"], CORPUS, retriever, model, items)


def test_raw_texts_are_whole_documents() -> None:
    assert [(t.document, t.text) for t in raw_texts(CORPUS)] == [(d.id, d.text) for d in CORPUS.documents.values()]


def test_beir_becomes_a_corpus_with_exact_passages() -> None:
    corpus, ids = beir_corpus(BEIR)
    assert {ids[p.id]: d.passage_text(p) for d, p in corpus.passages()} == {"doc/1": BEIR.corpus["doc/1"].text, "doc 2": BEIR.corpus["doc 2"].text, "d3": "Leeg"}


def test_beir_run_finds_what_bm25_must_find(tmp_path: Path) -> None:
    plain = Beir({k.replace(" ", "_"): v for k, v in BEIR.corpus.items()}, BEIR.queries, {"v1": {"doc_2": 1}, "v2": {"doc/1": 1}})
    scores = run_beir(plain, tmp_path, embeddings(), systems=("bm25", "usual_recipe"))
    assert scores.figures["bm25"]["hit@1"].value == 1.0
    assert scores.figures["usual_recipe"]["hit@10"].value == 1.0
    stored = json.loads((tmp_path / "beir.json").read_text(encoding="utf-8"))
    assert stored["texts"] == 3 and stored["queries"] == 2
    assert (tmp_path / "retrieval" / "bm25.run").is_file() and (tmp_path / "qrels").is_file()


def test_synthetic_corpus_has_the_size_asked_for_and_is_stable() -> None:
    made = synthetic_corpus(CORPUS, 250, per_document=100)
    passages = list(made.passages())
    assert (len(passages), len(made.documents)) == (250, 3)
    assert len({d.passage_text(p) for d, p in passages}) == 250
    assert synthetic_corpus(CORPUS, 250, per_document=100).hash == made.hash


def test_word_vectors_are_unit_and_deterministic() -> None:
    first, again = (WordSumEncoder().encode(["de premie", "de kat", ""], "query") for _ in range(2))
    assert (first == again).all()
    assert abs((first**2).sum(axis=1) - 1).max() < 1e-5


def test_growth_point_measures_every_part() -> None:
    point = bench.growth_point(CORPUS, 120, queries=3)
    assert point["passages"] == 120
    assert all(point[mode]["n"] == 3 and point[mode]["p50_ms"] > 0 for mode in ("bm25", "dense", "full", "filtered", "baseline_matrix_product"))
    assert point["peak_memory_mib"] >= point["memory_before_mib"] > 0


def test_growth_is_measured_with_a_chroma_server_too() -> None:
    point = bench.growth_point(CORPUS, 60, queries=2, server=True)
    assert point["chroma"] == "server" and point["server_memory_mib"] > 0 and point["full"]["p50_ms"] > 0


def test_benchmark_of_answers_search_and_build(tmp_path: Path) -> None:
    model = embeddings()
    retriever = open_index(CORPUS, model, tmp_path / "home")
    asked = ["Welke werkzaamheidsgraad?", "Voor wie?", "Hoeveel?"]
    result: dict[str, Any] = {
        "answers": bench.bench_answers(StandIn(CORPUS, {}), asked, model),
        "search": bench.bench_search(CORPUS, retriever, model, asked),
        "build": bench.bench_build(CORPUS, model, sample=3),
        "growth": [],
    }
    assert result["answers"]["stages"]["total"]["n"] == 3
    assert result["search"]["usual_recipe"]["ratio_to_usual_recipe"] == 1.0
    assert result["build"]["passages"] == 5
    bench.write_bench(tmp_path / "out", result)
    assert json.loads((tmp_path / "out" / "bench.json").read_text(encoding="utf-8"))["machine"]["cores"] >= 1
    assert "BM25 alleen" in (tmp_path / "out" / "bench.md").read_text(encoding="utf-8")


def test_run_score_compare_report_and_checks_by_command(tmp_path: Path) -> None:
    runner = CliRunner()
    common = ["--home", str(tmp_path / "home")]
    (tmp_path / "gate.toml").write_text('[select]\nlimit = 6\nsystems = ["bm25"]\n[floors]\nquote_exact = 1.0\n', encoding="utf-8")
    options = ["run", *common, "--embedding", "hash", "--out", str(tmp_path / "a"), "--gate", str(tmp_path / "gate.toml")]
    done = runner.invoke(app, [*options, "--json"])
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)["figures"]
    assert figures["quote_exact"]["value"] in (1.0, None)
    assert figures["retrieval:bm25/hit@1"]["n"] > 0
    info = json.loads((tmp_path / "a" / "run.json").read_text(encoding="utf-8"))
    assert info["selection"]["limit"] == 6 and info["selection"]["split"] == "dev"
    assert "home" not in info["config"] and "llm_api_key" not in info["config"]
    assert {"report.html", "summary.md", "scores.json", "answers.jsonl", "questions.jsonl"} <= {p.name for p in (tmp_path / "a").iterdir()}

    (tmp_path / "gate.toml").write_text('[select]\nlimit = 6\nsystems = ["bm25"]\n[floors]\nright = 1.5\n[noise]\nstrict = ["right"]\n', encoding="utf-8")
    done = runner.invoke(app, options)
    assert done.exit_code == 1
    assert "GEVALLEN" in done.output

    for command in (["score", str(tmp_path / "a")], ["compare", str(tmp_path / "a"), str(tmp_path / "a")], ["report", str(tmp_path / "a")]):
        done = runner.invoke(app, [*command, *common])
        assert done.exit_code == 0, (command, done.output)
    assert runner.invoke(app, ["check-citations", str(tmp_path / "a"), *common]).exit_code == 0

    path = tmp_path / "a" / "answers.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    cited = next(row for row in rows if row["citations"])
    cited["citations"][0]["quote"] += "!"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = runner.invoke(app, ["check-citations", str(tmp_path / "a"), *common, "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["problems"][0]["id"] == cited["id"]


def test_beir_by_command(tmp_path: Path) -> None:
    write_beir(tmp_path / "beir", Beir({"a": BeirText("", "de kat slaapt"), "b": BeirText("", "de premie stijgt")}, {"q": "kat"}, {"q": {"a": 1}}))
    arguments = ["run", "--beir", str(tmp_path / "beir"), "--home", str(tmp_path / "h"), "--embedding", "hash", "--out", str(tmp_path / "o"), "--json"]
    done = CliRunner().invoke(app, [*arguments, "--system", "bm25"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["bm25"]["hit@1"]["value"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "part", "code"),
    [
        (["run", "--split", "train"], "train", 2),
        (["run", "--set", "bestaat-niet"], "bestaat-niet", 2),
        (["run", "--gate", "bestaat-niet.toml"], "bestaat-niet.toml", 1),
        (["run", "--beir", "bestaat-niet"], "corpus.jsonl", 1),
        (["score", "bestaat-niet"], "run.json", 2),
        (["bench", "--sizes", "veel"], "veel", 2),
    ],
)
def test_wrong_use_is_explained(arguments: list[str], part: str, code: int, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [*arguments, "--home", str(tmp_path)])
    assert isinstance(done.exception, MaatwerkwijzerError)
    assert part in str(done.exception)
    assert done.exception.exit_code == code


def test_beir_ids_that_cannot_be_stored_are_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(MaatwerkwijzerError, match="'doc 2'"):
        run_beir(BEIR, tmp_path, embeddings(), systems=("bm25",))
    assert not (tmp_path / "qrels").exists()


def test_start_is_measured_in_fresh_processes(tmp_path: Path) -> None:
    measured = bench.bench_start({"home": str(tmp_path), "embedding": "hash"}, "Wie sprak voor VVSG?", times=2)
    assert measured["cold"]["first_answer_s"] >= measured["cold"]["ready_s"] > 0
    assert measured["baseline_import_chromadb_s"] > 0
    assert [p["passages"] for p in bench.bench_growth([60])] == [60]
