"""From questions to a stored run, its scores, its report, a comparison and the gate, with a stand-in for the assistant."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.answer import Answer, Status
from eval import report
from eval.compare import compare
from eval.dataset import Question
from eval.errors import DataError, EvalUsageError
from eval.export import export
from eval.formats import junit, records, trec
from eval.gate import check, read_gate
from eval.generate import generate, sample
from eval.measures.retrieval import Ranked
from eval.runs import read_run, write_info, write_ranking
from eval.score import current_gold, failures, score
from eval.testing import StandIn, answer, citation, question, small_corpus

CORPUS = small_corpus()
NASTY = "<script>alert('x')</script> & <b>vet</b>"


def questions() -> list[Question]:
    gold = {"status": ["answered"], "passages": ["hoor/2/p1"], "facts": [["iedereen"]]}
    return [
        question("q-1"),
        question("q-2", question="Hoeveel premie?", gold={"status": ["answered"], "passages": ["hoor/1/p2"], "facts": [["45 procent"]]}),
        question("q-3", type="unanswerable", question="Hoe oud is Ann?", gold={"status": ["no_evidence"]}),
        question("q-4", question=NASTY, type="fact", note=NASTY),
        question("d-1", type="dialogue", question=None, gold=None, turns=["Terugkeer?", "Voor wie?"], gold_turns=[None, gold]),
    ]


def known() -> dict[str, Answer]:
    first = citation(CORPUS, "hoor/1/p1", "een werkzaamheidsgraad van 80 procent")
    return {
        "Welke werkzaamheidsgraad wil de koepel?": answer(
            CORPUS, statements=[("Ann Peeters vraagt een werkzaamheidsgraad van 80 procent.", [first])], retrieved=[("hoor/1/p1", 2.0), ("hoor/1/p2", 1.0)]
        ),
        "Voor wie?": answer(
            CORPUS,
            statements=[("De terugkeergarantie geldt voor iedereen.", [citation(CORPUS, "hoor/2/p1", "De terugkeergarantie geldt voor iedereen")])],
            retrieved=[("hoor/2/p1", 2.0)],
        ),
        NASTY: answer(CORPUS, text=f"Antwoord {NASTY}", retrieved=[("hoor/1/p2", 0.5)]),
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "run"
    info = generate(StandIn(CORPUS, known()), questions(), target, corpus=CORPUS.hash, config={"llm": ""})
    hits = {"q-1": [Ranked("hoor", 0, 40, 0.9)], "q-2": [Ranked("hoor", 0, 40, 0.9)]}
    write_ranking(target, "usual_recipe", hits, {"q-1": 1.5})
    info.systems = ["usual_recipe"]
    write_info(target, info)
    return target


def test_run_is_stored_with_all_that_is_needed_to_score_it_again(folder: Path) -> None:
    run = read_run(folder)
    assert list(run.answers) == ["q-1", "q-2", "q-3", "q-4", "d-1#0", "d-1#1"]
    assert [q.id for q in run.questions] == [q.id for q in questions()]
    assert run.info.corpus == CORPUS.hash
    assert {"python", "chromadb", "numpy"} <= set(run.info.versions)
    assert {"cores", "memory_gib", "processor"} <= set(run.info.machine)
    assert run.rankings["usual_recipe"]["q-1"][0] == Ranked("hoor", 0, 40, 0.9)


def test_figures_of_a_run(folder: Path) -> None:
    scores = score(read_run(folder), questions(), CORPUS)
    assert {i for i, v in scores.verdicts.items() if v.right} == {"q-1", "q-3", "d-1#1"}
    assert scores.figure("right").value == 0.6
    assert scores.figure("type:unanswerable/right").value == 1.0
    assert scores.figure("turn_right").n == 1
    assert scores.figure("retrieval:assistant/hit@1").value == pytest.approx(1 / 3)
    assert scores.figure("retrieval:usual_recipe/hit@1").n == 3
    assert [c.item.id for c in failures(scores)] == ["q-4", "q-2"]
    with pytest.raises(EvalUsageError, match="wijsheid"):
        scores.figure("wijsheid")


def test_scoring_twice_gives_the_same(folder: Path) -> None:
    first, second = (score(read_run(folder), questions(), CORPUS).as_json() for _ in range(2))
    assert first == second
    json.dumps(first, allow_nan=False)


def test_missing_answers_count_as_wrong(folder: Path) -> None:
    run = read_run(folder)
    del run.answers["q-1"]
    scores = score(run, questions(), CORPUS)
    assert scores.missing == ["q-1"]
    assert scores.figure("right").value == 0.4
    assert scores.figure("retrieval:assistant/mrr").value == 0.0


def test_dialogue_hands_over_earlier_turns(tmp_path: Path) -> None:
    stand_in = StandIn(CORPUS, known())
    generate(stand_in, questions(), tmp_path / "r", corpus=CORPUS.hash)
    assert stand_in.histories == [0, 0, 0, 0, 0, 1]


def test_interrupted_run_goes_on(tmp_path: Path) -> None:
    target = tmp_path / "r"
    generate(StandIn(CORPUS, known()), questions()[:2], target, corpus=CORPUS.hash)
    again = StandIn(CORPUS, known())
    generate(again, questions(), target, corpus=CORPUS.hash)
    assert len(again.histories) == 4
    assert list(read_run(target).answers) == ["q-1", "q-2", "q-3", "q-4", "d-1#0", "d-1#1"]


def test_crash_of_the_assistant_is_stored_and_counted(tmp_path: Path) -> None:
    info = generate(StandIn(CORPUS, {}), [question(question="kapot?"), question("q-2")], tmp_path / "r", corpus=CORPUS.hash)
    run = read_run(tmp_path / "r")
    assert info.errors == 1
    assert run.answers["q-1"].status is Status.ERROR
    assert "kapot" in run.answers["q-1"].warnings[0]


def test_bare_answers_of_batch_are_a_run(folder: Path, tmp_path: Path) -> None:
    sets = tmp_path / "sets" / "klein"
    sets.mkdir(parents=True)
    (sets / "questions.jsonl").write_text("".join(q.model_dump_json(exclude_defaults=True) + "\n" for q in questions()), encoding="utf-8")
    run = read_run(folder / "answers.jsonl")
    scores = score(run, current_gold(run, tmp_path / "sets"), CORPUS)
    assert scores.figure("right").value == 0.6


def test_gold_may_be_corrected_after_a_run_but_not_the_question(folder: Path, tmp_path: Path) -> None:
    sets = tmp_path / "sets" / "klein"
    sets.mkdir(parents=True)
    easier = question("q-2", question="Hoeveel premie?", gold={"status": ["no_evidence"]})
    reworded = question("q-1", question="Iets heel anders?", gold={"status": ["refused"]})
    (sets / "questions.jsonl").write_text(easier.model_dump_json() + "\n" + reworded.model_dump_json() + "\n", encoding="utf-8")
    run = read_run(folder)
    now = {q.id: q for q in current_gold(run, tmp_path / "sets")}
    assert now["q-2"] == easier
    assert now["q-1"] == questions()[0]


def test_sample_is_spread_and_stable() -> None:
    many = [question(f"q-{i}") for i in range(10)]
    assert [q.id for q in sample(many, 5)] == ["q-0", "q-2", "q-4", "q-6", "q-8"]
    assert sample(many, None) == many and sample(many, 99) == many


def test_damaged_runs(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EvalUsageError, match=r"run\.json"):
        read_run(tmp_path)
    lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "answers.jsonl").write_text("\n".join([lines[0], lines[0]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"regel 2, veld 'id'"):
        read_run(folder)
    (folder / "answers.jsonl").write_text(lines[0].replace('"answered"', '"misschien"') + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"regel 1, veld 'status'"):
        read_run(folder)


def test_comparison(folder: Path, tmp_path: Path) -> None:
    worse = {k: v for k, v in known().items() if not k.startswith("Welke")}
    generate(StandIn(CORPUS, worse), questions(), tmp_path / "b", corpus=CORPUS.hash)
    a, b = (score(read_run(p), questions(), CORPUS) for p in (folder, tmp_path / "b"))
    result = compare(a, b)
    right = next(d for d in result.differences if d.name == "right")
    assert right.difference == pytest.approx(-0.2)
    assert (result.won, result.lost) == ([], ["q-1"])
    assert all(c >= d.p for c, d in zip(result.corrected, result.differences, strict=True))


def gate_file(path: Path, text: str) -> Path:
    (path / "gate.toml").write_text(text, encoding="utf-8")
    return path / "gate.toml"


def test_gate_allows_the_noise_and_no_more(folder: Path, tmp_path: Path) -> None:
    scores = score(read_run(folder), questions(), CORPUS)
    figure = scores.figure("right")
    assert figure.value is not None
    just, above = figure.value + figure.half_width - 0.001, figure.value + figure.half_width + 0.001
    assert check(read_gate(gate_file(tmp_path, f"[floors]\nright = {just}")), scores)[0].passed
    assert not check(read_gate(gate_file(tmp_path, f"[floors]\nright = {above}")), scores)[0].passed
    assert not check(read_gate(gate_file(tmp_path, f'[floors]\nright = {just}\n[noise]\nstrict = ["right"]')), scores)[0].passed
    assert not check(read_gate(gate_file(tmp_path, f"[floors]\nright = {just}\n[noise]\nfactor = 0.5")), scores)[0].passed
    assert check(read_gate(gate_file(tmp_path, "[ceilings]\nover_citation = 0.5")), scores)[0].passed
    fallen = check(read_gate(gate_file(tmp_path, "[ceilings]\nanswer_length = 1\n[noise]\nfactor = 0")), scores)[0]
    assert not fallen.passed


@pytest.mark.parametrize(
    ("text", "part"),
    [("[floors]\n", "niets bewaken"), ("[floors\n", "geen TOML"), ("[vloeren]\nright = 1\n", "vloeren"), ('[floors]\nright = "hoog"\n', r"floors\.right")],
)
def test_bad_gate(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(DataError, match=part):
        read_gate(gate_file(tmp_path, text))


def test_report_is_one_file_escapes_everything_and_marks_the_gold(folder: Path) -> None:
    scores = score(read_run(folder), questions(), CORPUS)
    report.write_html(folder / "report.html", scores)
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in html
    assert 'id="q-4"' in html and 'id="q-2"' in html and 'id="q-1"' not in html
    assert "<mark>een werkzaamheidsgraad van 80 procent</mark>" in html
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", html)
    assert "Plotly.newPlot" in html
    text = report.summary(scores)
    assert "| right | 0.600 [" in text and "| 5 |" in text


def test_marking_escapes_and_joins_overlaps() -> None:
    assert report.mark("a <b> c d", ["<b> c", "c d"]) == "a <mark>&lt;b&gt; c</mark><mark> d</mark>"
    assert report.mark("x & y", []) == "x &amp; y"


def test_exports_are_read_back(folder: Path, tmp_path: Path) -> None:
    scores = score(read_run(folder), questions(), CORPUS)
    run_file, qrels_file = export(scores, "trec", tmp_path / "x")
    from eval.measures.retrieval import ranking_values

    again = ranking_values(trec.read_run(run_file), trec.read_qrels(qrels_file))
    assert {q: v[0] for q, v in again["mrr"].items()} == {q: v[0] for q, v in scores.retrieval_values["assistant"]["mrr"].items()}
    cases = junit.read_junit(export(scores, "junit", tmp_path / "j.xml")[0])
    assert {c.id for c in cases if c.failure is not None} == {"q-2", "q-4"}
    rows = records.read_csv(export(scores, "csv", tmp_path / "c.csv")[0])
    assert {r.id: r.right for r in rows}["q-1"] == "1"
    squad = {r.id: r.answer for r in records.read_squad(export(scores, "squad", tmp_path / "s.json")[0])}
    assert squad["q-3"] == "" and squad["q-1"]
    from eval.formats.beir import read_beir

    export(scores, "beir", tmp_path / "beir")
    assert read_beir(tmp_path / "beir").qrels["q-1"] == {"hoor/1/p1": 1}
    with pytest.raises(EvalUsageError, match="trec"):
        export(scores, "pdf", tmp_path / "x")
    with pytest.raises(EvalUsageError, match="usual_recipe"):
        export(scores, "trec", tmp_path / "x", "bing")


def test_commands_on_stored_files(tmp_path: Path) -> None:
    from eval.cli import app

    runner = CliRunner()
    golden = Path(__file__).parent / "data" / "eval_golden"
    done = runner.invoke(app, ["trec", str(golden / "run"), str(golden / "qrels"), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["mrr"]["value"] == pytest.approx(0.2677, abs=5e-5)
    records.write_ragas(tmp_path / "r.jsonl", [records.Record("a", "v", "antw")])
    done = runner.invoke(app, ["convert", str(tmp_path / "r.jsonl"), str(tmp_path / "c.csv"), "--from", "ragas", "--to", "csv"])
    assert done.exit_code == 0
    assert records.read_csv(tmp_path / "c.csv")[0].answer == "antw"
