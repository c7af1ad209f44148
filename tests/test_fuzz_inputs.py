"""``ask``, ``batch``, ``check``, masking and settings on every kind of input: an answer or a message, never a traceback.

The soak part does 44,000 inputs; with those of the readers more than 100,000 in total.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fuzzing import JSON_VALUE, NASTY, TEXT, few, many, only_inside
from holds import built, quick, small_bundle, use_bundle
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Status
from assistant.batch import answer_line, run_batch
from assistant.citations import holds
from assistant.engine import Assistant
from assistant.privacy import is_national_number, mask
from assistant.rules import check
from assistant.rules.cli import from_text, number_from_text, read_facts
from assistant.rules.fields import fields
from assistant.settings import PREFIX, Settings, load_settings
from corpus.errors import MaatwerkwijzerError, SettingsError, UsageError
from index.open import open_index

SECONDS = 10.0
WORDS = st.sampled_from(
    ["wie", "wat", "hoe", "hoeveel", "waarom", "wanneer", "betaalt", "is", "de", "het", "premie", "loonpremie", "werkgever", "VDAB", "maatwerk", "Brussel", "HERWIN", "Gorik", "Ooms", "volgens", "decreet", "45", "2024-01-01", "?", "!", ".", "en", "dan", "What", "about", "who", "said", "Pourquoi", "la", "prime", "Was", "ist", "die", "niet", "geen", "negeer", "alle", "instructies", "[1]", "TWIJFEL", "artikel", "12/3"]
)
QUESTION = st.one_of(TEXT, st.lists(st.one_of(WORDS, st.sampled_from(NASTY), st.text(max_size=5)), max_size=25).map(" ".join))


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An assistant over two documents, warmed up."""
    folder = tmp_path_factory.mktemp("fuzz")
    with pytest.MonkeyPatch.context() as patch:
        use_bundle(patch, small_bundle(folder))
        found = built(folder / "home")
        made = Assistant(found, open_index(found, quick(), folder / "home"), Settings(home=folder / "home"))
        made.ask("Wie betaalt de begeleidingspremie? Ist das so? Qu'est-ce que c'est?")
        yield made


def sound(assistant: Assistant, answer: Answer) -> None:
    """What every answer must be, whatever was asked."""
    text = json.dumps(answer.model_dump(mode="json"))
    assert json.loads(text)["status"] in set(Status)
    assert answer.answer and answer.language in ("nl", "fr", "en", "de")
    assert all(holds(assistant.corpus, c) for c in answer.citations)
    numbers = {c.n for c in answer.citations}
    assert all(set(s.citations) <= numbers and s.citations for s in answer.statements)
    assert "Traceback" not in answer.answer


def check_ask(assistant: Assistant, questions: list[str]) -> None:
    """A conversation of any text."""
    history: list[Any] = []
    for question in questions:
        started = time.monotonic()
        with only_inside():
            answer = assistant.ask(question, history)
            history.append(assistant.remember(answer, history))
        assert time.monotonic() - started < SECONDS
        sound(assistant, answer)


def check_batch_line(assistant: Assistant, line: bytes) -> None:
    """Any bytes as a line."""
    with only_inside():
        answers = list(answer_line(assistant, line.replace(b"\n", b" "), 1))
    assert answers
    for answer in answers:
        sound(assistant, answer)


def check_facts(facts: Any) -> None:
    """Any JSON as facts: a result of the contract, or a message with a remedy."""
    with only_inside():
        try:
            result = check(facts)
        except UsageError as error:
            assert error.message and error.remedy
            return
    data = json.loads(json.dumps(result.model_dump(mode="json")))
    assert data["uitkomst"] in ("ja", "nee", "onvoldoende_informatie", "bedrag")
    assert (data["bedrag"] is not None) == (data["uitkomst"] == "bedrag")
    if data["bedrag"]:
        assert 0 <= data["bedrag"]["minimum"] <= data["bedrag"]["maximum"]


def check_mask(text: str) -> None:
    """Masking any text twice is masking it once; what is not masked stays as it was."""
    masked, kinds = mask(text)
    again, more = mask(masked)
    assert again == masked and not more, (masked, again)
    assert bool(kinds) == (masked != text)


def _valid_facts() -> st.SearchStrategy[dict[str, Any]]:
    """Facts with the right keys, and values of which most are of the right type."""
    options: dict[str, Any] = {}
    for name, field in fields().items():
        right: list[Any] = [JSON_VALUE]
        if field.kind == "keuze":
            right.append(st.sampled_from(sorted(field.values)))
        elif field.kind == "ja_nee":
            right.append(st.booleans())
        elif field.kind == "datum":
            right.append(st.dates().map(str))
        else:
            right += [st.integers(0, 20_000), st.floats(0, 1), st.floats(allow_nan=True)]
        # The right kind of value three times out of four.
        options[name] = st.one_of(*right[1:], *right[1:], *right[1:], right[0])
    keys = [k for k in options if k != "vraag"]
    question = st.sampled_from(sorted(fields()["vraag"].values))
    return st.builds(lambda asked, own: {"vraag": asked, **own}, question, st.fixed_dictionaries({}, optional={k: options[k] for k in keys}))


FACTS = st.one_of(JSON_VALUE, _valid_facts(), _valid_facts())
LINE = st.one_of(
    st.binary(max_size=200),
    TEXT.map(lambda t: t.encode("utf-8", "surrogatepass")),
    st.fixed_dictionaries({}, optional={"id": JSON_VALUE, "question": st.one_of(QUESTION, JSON_VALUE), "turns": st.one_of(st.lists(QUESTION, max_size=3), JSON_VALUE), "as_of": JSON_VALUE, "language": st.one_of(st.sampled_from(["nl", "fr", "en", "de"]), JSON_VALUE), "extra": JSON_VALUE}).map(lambda d: json.dumps(d).encode()),
    st.fixed_dictionaries({"id": TEXT, "question": QUESTION}).map(lambda d: json.dumps(d).encode()),
)  # fmt: skip
NUMBERS = st.sampled_from("0123456789" * 4 + " .-/+()@,\n\u00a0\u2013\u200b٣BEbe:aä")
PERSONAL = st.one_of(TEXT, st.text(NUMBERS, max_size=60), st.lists(st.one_of(st.sampled_from(["85.07.30-033.28", "jan@voorbeeld.be", "0470 12 34 56", "BE68 5390 0754 7034", "+32 2 123 45 67"]), TEXT), max_size=5).map("".join))


def test_ask(assistant: Assistant) -> None:
    few(150)(given(st.lists(QUESTION, min_size=1, max_size=3))(lambda questions: check_ask(assistant, questions)))()


def test_batch_lines(assistant: Assistant) -> None:
    few(150)(given(LINE)(lambda line: check_batch_line(assistant, line)))()


def test_check() -> None:
    few(200)(given(FACTS)(check_facts))()


def test_masking() -> None:
    few(300)(given(PERSONAL)(check_mask))()


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", ["ask", "batch", "check", "mask", "settings"])
def test_at_length(assistant: Assistant, tmp_path: Path, part: str) -> None:
    runs: dict[str, tuple[int, Any, Callable[[Any], None]]] = {
        "ask": (4_000, st.lists(QUESTION, min_size=1, max_size=2), lambda value: check_ask(assistant, value)),
        "batch": (8_000, LINE, lambda value: check_batch_line(assistant, value)),
        "check": (12_000, FACTS, check_facts),
        "mask": (14_000, PERSONAL, check_mask),
        "settings": (6_000, TOML, lambda value: check_settings(tmp_path, value)),
    }
    count, strategy, action = runs[part]
    many(count)(given(strategy)(action))()


# -- sizes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", ["a", "premie ", "\ud800", "🧑‍🦽", "\u0301", "{{", "0 ", "[1]", "negeer ", "?", "\n", "-", "İ", "ﷺ", "e\u0301", "Gorik Ooms "])
@pytest.mark.parametrize("size", [1, 1_999, 2_000, 2_001, 60_000])
def test_questions_of_every_size(assistant: Assistant, piece: str, size: int) -> None:
    question = (piece * (size // len(piece) + 1))[:size]
    started = time.monotonic()
    answer = assistant.ask(question)
    assert time.monotonic() - started < SECONDS
    sound(assistant, answer)
    if size > 2_000 and len(mask(question)[0]) > 2_000:
        assert answer.status is Status.CLARIFY and not answer.citations


def test_a_long_conversation_and_huge_turns(assistant: Assistant) -> None:
    check_ask(assistant, ["Wie betaalt de premie?", "En dan?", "x" * 50_000, "En voor SINE?"] * 5)


def test_a_batch_of_bad_lines_gives_one_answer_a_line_in_order(assistant: Assistant, tmp_path: Path) -> None:
    draw = random.Random(5)
    lines: list[bytes] = []
    for n in range(120):
        kind = draw.randrange(5)
        if kind == 0:
            lines.append(json.dumps({"id": f"goed-{n}", "question": "Wie betaalt de premie?"}).encode())
        elif kind == 1:
            lines.append(bytes(draw.randrange(1, 256) for _ in range(20)).replace(b"\n", b"x").replace(b"\r", b"x"))
        elif kind == 2:
            lines.append(json.dumps({"id": f"dialoog-{n}", "turns": ["Wie betaalt de premie?", "Waarom?"]}).encode())
        elif kind == 3:
            lines.append(json.dumps({"id": f"vreemd-{n}\u2028\ud800", "question": draw.choice(NASTY)}).encode())
        else:
            lines.append(b"[" * 3000)
    questions, answers = tmp_path / "v.jsonl", tmp_path / "a.jsonl"
    questions.write_bytes(b"\n".join(line or b"x" for line in lines))
    written, failed = run_batch(assistant, questions, answers)
    raw = answers.read_bytes().decode("utf-8")
    rows = [json.loads(line) for line in raw.splitlines()]
    assert len(rows) == written and failed == sum(r["status"] == "error" for r in rows) > 0
    got = [r["id"] for r in rows]
    wanted = []
    for n, line in enumerate(lines, 1):
        try:
            row = json.loads(line.decode("utf-8"))
            wanted += [row["id"]] if "question" in row else [f"{row['id']}#0", f"{row['id']}#1"]
        except (ValueError, RecursionError):
            wanted.append(f"line-{n}")
    assert got == wanted


def test_an_unforeseen_fault_in_one_line_does_not_cost_the_others(assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    real = Assistant.ask

    def ask(self: Assistant, question: str, *args: Any, **kwargs: Any) -> Answer:
        if "stuk" in question:
            raise ZeroDivisionError(f"bij het lezen van {question}")
        return real(self, question, *args, **kwargs)

    monkeypatch.setattr(Assistant, "ask", ask)
    (tmp_path / "v.jsonl").write_text('{"id": "1", "question": "stuk: geheim woord"}\n{"id": "2", "question": "Wie betaalt de premie?"}\n', encoding="utf-8")
    assert run_batch(assistant, tmp_path / "v.jsonl", tmp_path / "a.jsonl") == (2, 1)
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows[0]["status"] == "error" and "ZeroDivisionError" in rows[0]["answer"] and rows[1]["status"] != "error"
    # Its own message may hold words of the question: neither log nor answer repeats it.
    assert "geheim" not in rows[0]["answer"] and "geheim" not in caplog.text and "ZeroDivisionError" in caplog.text


def test_answers_are_written_to_a_pipe_or_device_and_never_replace_it(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "v.jsonl").write_text('{"id": "1", "question": "Wie betaalt de premie?"}\n', encoding="utf-8")
    pipe, link, target = tmp_path / "pijp", tmp_path / "link", tmp_path / "doel"
    os.mkfifo(pipe)
    target.write_text("", encoding="utf-8")
    link.symlink_to(target)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        run_batch(assistant, tmp_path / "v.jsonl", pipe)
        assert json.loads(os.read(reader, 65_000))["id"] == "1"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    run_batch(assistant, tmp_path / "v.jsonl", link)
    assert link.is_symlink() and json.loads(target.read_text(encoding="utf-8"))["id"] == "1"
    with pytest.raises(UsageError):
        run_batch(assistant, tmp_path / "v.jsonl", tmp_path)


# -- check by file and by answer --------------------------------------------------------------------------


@few(150)
@given(st.one_of(st.binary(max_size=300), JSON_VALUE.map(lambda v: json.dumps(v).encode()), TEXT.map(lambda t: t.encode("utf-8", "surrogatepass"))))
def test_facts_files_of_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "feiten.json"
    path.write_bytes(data)
    try:
        facts = read_facts(path)
    except UsageError as error:
        assert error.remedy
        return
    check_facts(facts)


@few(200)
@given(st.one_of(TEXT, st.text("0123456789.,€% -eE", max_size=30)))
def test_typed_answers_of_any_text(line: str) -> None:
    number_from_text(line)
    for field in fields().values():
        value = from_text(field, line)
        check_facts({"vraag": "duur", field.name: value})


# -- settings ---------------------------------------------------------------------------------------------

KEYS = st.one_of(st.sampled_from(sorted(Settings.model_fields)), st.text(st.characters(categories=["Ll"]), min_size=1, max_size=8))
TOML_VALUE = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.booleans(), st.sampled_from(["1e400", "nan", "[]", "{}", "1979-05-27", '""', "'''x'''", '"\\u0000"', '"~"', '"\\uD800"', "0x10"]),
    TEXT.map(lambda t: json.dumps(t.encode("utf-8", "replace").decode(), ensure_ascii=False)), st.floats(),
)  # fmt: skip
TOML = st.one_of(
    st.binary(max_size=200),
    st.dictionaries(KEYS, TOML_VALUE, max_size=5).map(lambda d: "\n".join(f"{k} = {str(v).lower() if isinstance(v, bool) else v}" for k, v in d.items()).encode("utf-8", "replace")),
)


def check_settings(folder: Path, data: bytes) -> None:
    """Any configuration file: settings, or an error that is wrong usage and names something."""
    path = folder / "instellingen.toml"
    path.write_bytes(data)
    with only_inside(folder):
        try:
            found = load_settings(path)
        except SettingsError as error:
            assert error.exit_code == 2 and error.message
            return
    assert "\0" not in str(found.home)
    assert set(found.model_dump()) == set(Settings.model_fields)


def test_settings_files(tmp_path: Path) -> None:
    few(150)(given(TOML)(lambda data: check_settings(tmp_path, data)))()


@few(100)
@given(st.sampled_from(sorted(Settings.model_fields)), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40))
def test_settings_from_the_environment(name: str, value: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"{PREFIX}{name.upper()}", value)
        try:
            load_settings()
        except SettingsError as error:
            assert name in error.message


def test_a_secret_of_the_wrong_type_is_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "i.toml"
    for name in ("llm_api_key", "staff_password"):
        path.write_text(f'{name} = ["zeergeheim"]\n', encoding="utf-8")
        with pytest.raises(MaatwerkwijzerError) as caught:
            load_settings(path)
        assert "zeergeheim" not in str(caught.value) and name in str(caught.value)
        path.write_text(f'{name} = "zeergeheim"\n', encoding="utf-8")
        assert "zeergeheim" not in repr(load_settings(path)) + str(load_settings(path))


# -- national numbers -------------------------------------------------------------------------------------

BIRTHS = st.tuples(st.dates(min_value=__import__("datetime").date(1900, 1, 1), max_value=__import__("datetime").date(2026, 1, 1)), st.integers(1, 997), st.sampled_from([0, 20, 40]))
STYLES = [
    "{a}{b}{c}{d}{e}", "{a}.{b}.{c}-{d}.{e}", "{a}{b}{c} {d} {e}", "{a}{b}{c}-{d}-{e}", "{a}/{b}/{c} {d}.{e}", "{a} {b} {c} {d} {e}", "{a}.{b}.{c}–{d}.{e}",
    "{a}\u00a0{b}\u00a0{c}\u00a0{d}\u00a0{e}", "{a}{b}{c}\u200b{d}{e}", "{a}-{b}-{c}-{d}-{e}", "RR{a}{b}{c}{d}{e}", "({a}.{b}.{c}-{d}.{e})", "{a}.{b}.{c} - {d}.{e}", "{a}_{b}_{c}_{d}_{e}",
]  # fmt: skip


def national_number(birth: Any, serial: int, bis: int) -> str:
    """A number with right check digits for a birth date; ``bis`` is added to the month."""
    body = f"{birth.year % 100:02d}{birth.month + bis:02d}{birth.day:02d}{serial:03d}"
    check = 97 - (int(body) + (2_000_000_000 if birth.year >= 2000 else 0)) % 97
    return f"{body}{check:02d}"


@few(400)
@given(BIRTHS, st.sampled_from(STYLES), st.sampled_from(["", "Mijn nummer is ", "Nr. 5 ", "op 1/2/2024: "]), st.sampled_from(["", ".", " en wat krijg ik?", ", 12 uur"]))
def test_every_national_number_is_masked_in_every_notation(birth: Any, style: str, before: str, after: str) -> None:
    number = national_number(*birth)
    assert is_national_number(number)
    a, b, c, d, e = number[:2], number[2:4], number[4:6], number[6:9], number[9:]
    written = style.format(a=a, b=b, c=c, d=d, e=e)
    for text in (written, written.translate({ord(str(n)): 0xFF10 + n for n in range(10)}), written.translate({ord(str(n)): 0x0660 + n for n in range(10)})):
        masked, kinds = mask(f"{before}{text}{after}")
        assert "rijksregisternummer" in kinds and "[rijksregisternummer]" in masked
        assert masked.startswith(before) and masked.endswith(after)
        assert not set("0123456789") & set(masked[len(before) : len(masked) - len(after)])


@few(200)
@given(st.integers(0, 10**11 - 1))
def test_a_number_with_wrong_check_digits_is_no_national_number(value: int) -> None:
    digits = f"{value:011d}"
    body, check = int(digits[:9]), int(digits[9:])
    right = {97 - body % 97, 97 - (2_000_000_000 + body) % 97}
    assert not is_national_number(digits) or check in right


@pytest.mark.parametrize(
    "text",
    ["2022-07-15", "van 01/07/2023 tot 30/06/2024", "01.01.2023-30.06.2023", "1.234.567,89 euro", "artikel 12/3, 4° en 5°", "B-022", "numac 2022040298", "0,123456789", "0.123456789", "in 2021, 2022, 2023 en 2024", "45 % van 9.500 euro per kwartaal", "20 tot 45 procent, 5 jaar", "§ 3.1.2.10, p. 12-14"],
)  # fmt: skip
def test_dates_amounts_and_references_are_left_alone(text: str) -> None:
    assert mask(text) == (text, [])
