"""The question format, and every stored question set: form, exact quotes, passages, speakers, ids."""

import json
import re
from pathlib import Path

import pytest

from corpus.store import Corpus, load_corpus
from eval.dataset import DATASETS, QuestionType, load_sets, read_questions, set_names
from eval.errors import DataError, EvalUsageError
from eval.gold import check_set, gold_problems
from eval.testing import question, small_corpus

README = Path(__file__).parent.parent / "eval" / "README.md"
GOOD = {
    "id": "q-1",
    "split": "dev",
    "type": "fact",
    "question": "Wie?",
    "gold": {"status": ["answered"], "facts": [["ja"]]},
}


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", set_names())
def test_stored_set_agrees_with_the_corpus(name: str, corpus: Corpus) -> None:
    problems = check_set(corpus, DATASETS / name / "questions.jsonl")
    assert not problems, "\n".join(p.message for p in problems)


@pytest.mark.parametrize("name", set_names())
def test_stored_set_has_a_readme(name: str) -> None:
    assert (DATASETS / name / "README.md").is_file()


def test_ids_are_unique_over_all_sets_and_both_splits_are_there() -> None:
    questions = load_sets()
    assert len({q.id for q in questions}) == len(questions)
    assert {q.split for q in questions} == {"dev", "test"}


def test_no_question_is_in_both_splits() -> None:
    questions = load_sets()

    def texts(split: str) -> set[str]:
        return {" ".join((q.question or " ".join(q.turns)).lower().split()) for q in questions if q.split == split and (q.question or q.turns)}

    assert not texts("dev") & texts("test")


def test_examples_of_the_readme_are_valid(tmp_path: Path, corpus: Corpus) -> None:
    block = re.search(r"```json\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    path = tmp_path / "questions.jsonl"
    path.write_text(block.group(1), encoding="utf-8")
    assert len(read_questions(path)) == 2
    assert check_set(corpus, path) == []


def test_readme_names_every_field() -> None:
    from eval.dataset import Gold, Question

    text = README.read_text(encoding="utf-8")
    assert [name for model in (Question, Gold) for name in model.model_fields if f"`{name}`" not in text] == []
    assert [kind.value for kind in QuestionType if f"`{kind.value}`" not in text] == []


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        ({**GOOD, "extra": 1}, ("'extra'",)),
        ({**GOOD, "type": "raadsel"}, ("'type'", "raadsel")),
        ({**GOOD, "split": "train"}, ("'split'", "train")),
        ({**GOOD, "id": "Q 1"}, ("'id'",)),
        ({**GOOD, "gold": {"status": ["misschien"], "facts": [["ja"]]}}, ("'gold.status.0'", "misschien")),
        ({**GOOD, "gold": {"status": [], "facts": [["ja"]]}}, ("'gold.status'",)),
        ({**GOOD, "gold": {"status": ["answered"], "facts": [[]]}}, ("'gold.facts.0'",)),
        ({**GOOD, "gold": {"status": ["answered"]}}, ("'gold'", "elk antwoord juist")),
        ({**GOOD, "gold": None}, ("verplicht",)),
        ({**GOOD, "turns": ["a", "b"]}, ("dialogue",)),
        ({**GOOD, "type": "unanswerable"}, ("onbeantwoordbare",)),
        ({**GOOD, "type": "false_premise"}, ("corrects",)),
        ({"id": "d-1", "split": "dev", "type": "dialogue", "turns": ["a", "b"], "gold_turns": [None]}, ("gold_turns",)),
        ({"id": "d-1", "split": "dev", "type": "dialogue", "turns": ["a"], "gold_turns": [GOOD["gold"]]}, ("twee",)),
        ("{kapot", ("geen JSON",)),
        ("[1]", ("geen object",)),
    ],
)
def test_bad_question_names_file_line_and_field(tmp_path: Path, row: object, parts: tuple[str, ...]) -> None:
    path = write(tmp_path / "vragen.jsonl", {**GOOD, "id": "eerste"}, row)
    with pytest.raises(DataError) as caught:
        read_questions(path)
    assert all(part in str(caught.value) for part in ("vragen.jsonl", "regel 2", *parts))


def test_double_id_names_both_lines(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"regel 2, veld 'id'.*regel 1"):
        read_questions(write(tmp_path / "v.jsonl", GOOD, GOOD))


def test_byte_order_mark_and_blank_lines_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + (json.dumps(GOOD) + "\r\n\r\n").encode())
    assert [q.id for q in read_questions(path)] == ["q-1"]


def test_wrong_encoding_and_empty_file(tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_bytes(json.dumps(GOOD).encode() + b"\n{\"id\": \"\xe9\"}")
    with pytest.raises(DataError, match=r"regel 2.*UTF-8"):
        read_questions(tmp_path / "v.jsonl")
    (tmp_path / "leeg.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="geen vragen"):
        read_questions(tmp_path / "leeg.jsonl")


def test_unknown_set_lists_the_known_ones() -> None:
    with pytest.raises(EvalUsageError, match=set_names()[0]):
        load_sets(["bestaat-niet"])


def test_filters(tmp_path: Path) -> None:
    rows = [GOOD, {**GOOD, "id": "q-2", "split": "test"}, {**GOOD, "id": "q-3", "language": "fr", "type": "number"}]
    path = str(write(tmp_path / "v.jsonl", *rows))
    assert [q.id for q in load_sets([path], split="dev")] == ["q-1", "q-3"]
    assert [q.id for q in load_sets([path], languages=["fr"])] == ["q-3"]
    assert [q.id for q in load_sets([path], types=["fact"])] == ["q-1", "q-2"]


def test_dialogue_becomes_items_with_numbered_ids() -> None:
    gold = {"status": ["answered"], "facts": [["ja"]]}
    asked = question("d-1", type="dialogue", question=None, gold=None, turns=["a", "b"], gold_turns=[None, gold])
    assert [(i.id, i.turn, i.gold is None) for i in asked.items()] == [("d-1#0", 0, True), ("d-1#1", 1, False)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quotes": ["een werkzaamheidsgraad van 90 procent"]}, "quotes"),
        ({"quotes": ["ook voor wie op proef werkt"]}, "quotes"),
        ({"passages": ["hoor/9/p9"], "quotes": []}, "passages"),
        ({"passages": ["B-999"], "quotes": []}, "passages"),
        ({"speakers": ["Niemand"]}, "speakers"),
    ],
)
def test_gold_that_the_corpus_contradicts(changes: dict[str, object], field: str) -> None:
    gold = {"status": ["answered"], "passages": ["hoor/1/p1"], "quotes": ["80 procent"], "facts": [["80"]], **changes}
    asked = question(gold=gold).gold
    assert asked is not None
    assert [f for f, _ in gold_problems(small_corpus(), asked)] == [field]
