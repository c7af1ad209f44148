"""Formats: what is written is read back the same, and bad input is explained with file, line and field."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.errors import DataError, EvalUsageError
from eval.formats import beir, junit, records, trec

SAFE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
KEY = st.text(alphabet="abcdefgh-_./#0123456789é", min_size=1, max_size=12)
RECORD = st.builds(
    records.Record,
    id=KEY,
    question=TEXT,
    answer=TEXT,
    contexts=st.lists(TEXT, max_size=3).map(tuple),
    reference=TEXT,
    reference_contexts=st.lists(TEXT, max_size=3).map(tuple),
    status=st.sampled_from(["", "answered", "no_evidence"]),
    right=st.sampled_from(["", "0", "1"]),
)


@SAFE
@given(run=st.dictionaries(KEY, st.dictionaries(KEY, st.floats(-1e6, 1e6), min_size=1, max_size=5), min_size=1, max_size=4))
def test_trec_run_round_trip(tmp_path: Path, run: dict[str, dict[str, float]]) -> None:
    trec.write_run(tmp_path / "run", run)
    assert trec.read_run(tmp_path / "run") == run


@SAFE
@given(qrels=st.dictionaries(KEY, st.dictionaries(KEY, st.integers(-2, 4), min_size=1, max_size=5), min_size=1, max_size=4))
def test_qrels_round_trip(tmp_path: Path, qrels: dict[str, dict[str, int]]) -> None:
    trec.write_qrels(tmp_path / "qrels", qrels)
    assert trec.read_qrels(tmp_path / "qrels") == qrels


@SAFE
@given(
    corpus=st.dictionaries(KEY, st.builds(beir.BeirText, TEXT, TEXT), min_size=1, max_size=4),
    queries=st.dictionaries(KEY, TEXT, min_size=1, max_size=4),
)
def test_beir_round_trip(tmp_path: Path, corpus: dict[str, beir.BeirText], queries: dict[str, str]) -> None:
    data = beir.Beir(corpus, queries, {q: {d: 1 for d in corpus} for q in queries})
    beir.write_beir(tmp_path, data)
    assert beir.read_beir(tmp_path) == data


@SAFE
@given(rows=st.lists(RECORD, max_size=4, unique_by=lambda r: r.id))
@pytest.mark.parametrize("name", ["ragas", "deepeval", "squad", "csv"])
def test_records_round_trip(tmp_path: Path, rows: list[records.Record], name: str) -> None:
    read, write = records.codec(name)
    path = tmp_path / "records"
    write(path, rows)
    kept = {
        "ragas": ("id", "question", "answer", "contexts", "reference", "reference_contexts"),
        "deepeval": ("id", "question", "answer", "contexts", "reference", "reference_contexts", "status"),
        "squad": ("id", "answer"),
        "csv": ("id", "question", "answer", "contexts", "reference", "reference_contexts", "status", "right"),
    }[name]
    assert [[getattr(r, f) for f in kept] for r in read(path)] == [[getattr(r, f) for f in kept] for r in rows]


def test_every_format_reads_a_byte_order_mark(tmp_path: Path) -> None:
    rows = [records.Record("a", "Hoe lang?", "Twee jaar.")]
    for name, (read, write) in records.FORMATS.items():
        write(tmp_path / name, rows)
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + (tmp_path / name).read_bytes())
        assert read(tmp_path / name)[0].answer == "Twee jaar."
    trec.write_run(tmp_path / "run", {"q": {"d": 1.0}})
    (tmp_path / "run").write_bytes(b"\xef\xbb\xbf" + (tmp_path / "run").read_bytes())
    assert trec.read_run(tmp_path / "run") == {"q": {"d": 1.0}}


def test_names_are_those_of_the_tools(tmp_path: Path) -> None:
    rows = [records.Record("a", "v", "antw", ("c",), "ref", ("rc",), "answered")]
    records.write_ragas(tmp_path / "r", rows)
    row = json.loads((tmp_path / "r").read_text(encoding="utf-8"))
    assert set(row) == {"id", "user_input", "retrieved_contexts", "reference_contexts", "response", "reference"}
    records.write_deepeval(tmp_path / "d", rows)
    row = json.loads((tmp_path / "d").read_text(encoding="utf-8"))
    assert (row["input"], row["actual_output"], row["retrieval_context"]) == ("v", "antw", ["c"])
    records.write_squad(tmp_path / "s", rows)
    assert json.loads((tmp_path / "s").read_text(encoding="utf-8")) == {"a": "antw"}


def test_csv_runs_no_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    records.write_csv(tmp_path / "c", [records.Record("a", "=1+1", "@x")])
    text = (tmp_path / "c").read_text(encoding="utf-8")
    assert '"=1+1"' not in text and "'=1+1" in text
    assert records.read_csv(tmp_path / "c")[0].question == "=1+1"


XML = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30)


@SAFE
@given(
    cases=st.lists(
        st.builds(
            junit.TestCase,
            id=XML,
            group=XML,
            seconds=st.integers(0, 9).map(float),
            failure=st.none() | XML,
            output=XML,
        ),
        max_size=4,
    )
)
def test_junit_round_trip(tmp_path: Path, cases: list[junit.TestCase]) -> None:
    junit.write_junit(tmp_path / "j.xml", "eval", cases)
    assert junit.read_junit(tmp_path / "j.xml") == cases


def test_junit_survives_what_xml_cannot_hold_and_refuses_entities(tmp_path: Path) -> None:
    junit.write_junit(tmp_path / "j.xml", "eval", [junit.TestCase("a", "b", output="x\x00<y>&\x1b")])
    assert junit.read_junit(tmp_path / "j.xml")[0].output == "x\ufffd<y>&\ufffd"
    (tmp_path / "bad.xml").write_text('<!DOCTYPE a [<!ENTITY x "y">]><testsuites>&x;</testsuites>', encoding="utf-8")
    with pytest.raises(DataError, match="verboden"):
        junit.read_junit(tmp_path / "bad.xml")


@pytest.mark.parametrize(
    ("reader", "text", "parts"),
    [
        (trec.read_run, "q Q0 d 1 0.5 tag\nq Q0 e 2 veel tag\n", ("regel 2", "'score'", "veel")),
        (trec.read_run, "q Q0 d 1 nan tag\n", ("regel 1", "'score'")),
        (trec.read_run, "q Q0 d 1 0.5\n", ("regel 1", "5 kolommen")),
        (trec.read_run, "q Q0 d 1 1 t\nq Q0 d 2 1 t\n", ("regel 2", "'docno'", "twee keer")),
        (trec.read_run, "", ("leeg",)),
        (trec.read_qrels, "q 0 d ja\n", ("regel 1", "'rel'", "ja")),
        (records.read_ragas, '{"user_input": "a"}\n{"response": "b"}\n', ("regel 2", "'user_input'", "ontbreekt")),
        (records.read_ragas, '{"user_input": "a", "retrieved_contexts": "b"}\n', ("regel 1", "'retrieved_contexts'")),
        (records.read_ragas, '{"user_input": "a"}\n{kapot\n', ("regel 2", "geen JSON")),
        (records.read_deepeval, '{"input": 3}\n', ("regel 1", "'input'", "int")),
        (records.read_squad, '{"a": 1}', ("'a'",)),
        (records.read_squad, "[]", ("geen object",)),
        (records.read_csv, "id,answer\na,b\n", ("regel 1", "'question'")),
        (records.read_csv, "id,question\na,b,c\n", ("regel 2", "3 cellen")),
        (records.read_csv, "id,question,contexts\na,b,c\n", ("regel 2", "'contexts'")),
        (junit.read_junit, "<a>\n<b></a>", ("regel 2",)),
    ],
)
def test_bad_input_names_file_line_and_field(tmp_path: Path, reader: object, text: str, parts: tuple[str, ...]) -> None:
    path = tmp_path / "slecht.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        reader(path)  # type: ignore[operator]
    assert all(part in str(caught.value) for part in ("slecht.txt", *parts))


def test_wrong_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin"
    path.write_bytes('q Q0 d 1 0.5 tag\nq Q0 é 1 0.5 tag\n'.encode("latin-1"))
    with pytest.raises(DataError, match="regel 2"):
        trec.read_run(path)


def test_missing_file_and_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"geen\.csv"):
        records.read_csv(tmp_path / "geen.csv")
    with pytest.raises(EvalUsageError, match="ragas, deepeval, squad, csv"):
        records.codec("excel")


def test_beir_errors(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "", "text": "x"}\n', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "x"}\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"test\.tsv"):
        beir.read_beir(tmp_path)
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nz\td\t1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"regel 2, veld 'query-id'.*'z'"):
        beir.read_beir(tmp_path)
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": ""}\n', encoding="utf-8")
    with pytest.raises(DataError, match="veld 'text': ontbreekt"):
        beir.read_beir(tmp_path)


def test_trec_ids_cannot_hold_spaces(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="spatie"):
        trec.write_run(tmp_path / "run", {"q 1": {"d": 1.0}})
