"""Personal data in a question reach no log, no file, no figure and no model, whichever door they come through.

Notations of a national number are in ``test_fuzz_inputs.py``; here is where they may not get to.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from holds import command, no_traceback, ready_home
from holds_web import door, small_assistant  # noqa: F401

from assistant.batch import run_batch
from assistant.engine import Assistant
from assistant.fake_model import FakeModel
from assistant.feedback import Feedback, erase, erase_old, read, store
from assistant.writer import ChatWriter

NUMBER = "85.07.30-033.28"
PERSONAL = {
    "national number": NUMBER,
    "national number, plain": "85073003328",
    "national number, spaces": "85 07 30 033 28",
    "national number, odd dash": "85.07.30–033.28",
    "e-mail": "jan.peeters@voorbeeld.be",
    "mobile": "0470 12 34 56",
    "telephone": "+32 2 123 45 67",
    "account": "BE68 5390 0754 7034",
}
TRACES = ("85.07.30", "85073003328", "85 07 30", "033.28", "033 28", "peeters@", "voorbeeld.be", "12 34 56", "123 45 67", "5390 0754")


def traces(text: str) -> list[str]:
    """What of the personal data is in a text."""
    return [t for t in TRACES if t in text]


def files_with_traces(folder: Path) -> list[str]:
    """Every file below a folder that holds any of it."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            found += [f"{path.name}: {t}" for t in TRACES if t.encode() in raw]
    return found


def questions() -> list[str]:
    return [f"Mijn gegevens zijn {value}. Wie betaalt de premie?" for value in PERSONAL.values()]


class Listening(FakeModel):
    """A model that keeps what it was told."""

    def __init__(self) -> None:
        super().__init__("honest")
        self.heard: list[str] = []

    def invoke(self, messages: Any, **more: Any) -> Any:
        """See FakeModel."""
        self.heard.append(repr(messages))
        return super().invoke(messages, **more)


def test_no_model_hears_personal_data(small_assistant: Assistant) -> None:  # noqa: F811
    import dataclasses

    model = Listening()
    assistant = dataclasses.replace(small_assistant, writer=ChatWriter(model, "fake:listening"))
    history: list[Any] = []
    for question in [*questions(), "En dan, wie betaalt de premie?"]:
        answer = assistant.ask(question, history[-3:])
        history.append(assistant.remember(answer, history[-3:]))
        assert traces(answer.model_dump_json()) == []
    assert model.heard and traces("".join(model.heard)) == []
    assert all(traces(repr(turn)) == [] for turn in history)


def test_an_answer_that_a_client_sends_back_is_masked_again(small_assistant: Assistant) -> None:  # noqa: F811
    answer = small_assistant.ask("Wie betaalt de premie?")
    answer.question = questions()[0]
    assert traces(repr(small_assistant.remember(answer))) == []


def test_nothing_of_a_question_is_logged_stored_or_counted(door: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:  # noqa: F811
    from assistant.api.logging import configure, logger

    configure()
    logger.propagate = True
    try:
        with caplog.at_level(logging.DEBUG):
            client = door(fresh=True, home=tmp_path / "home")
            (tmp_path / "home").mkdir()
            for question in questions():
                replies = [
                    client.post("/api/v1/ask", json={"question": question}),
                    client.post("/api/v1/ask", json={"question": "En dan?", "history": [question]}),
                    client.get("/api/v1/search", params={"query": question}),
                    client.post("/v1/chat/completions", json={"model": "maatwerkwijzer", "messages": [{"role": "user", "content": question}]}),
                    client.get("/", params={"vraag": question}),
                    client.get(f"/api/v1/documents/{question}"),
                    client.post("/api/v1/check", json={"vraag": question, question: 1}),
                ]
                assert all(r.status_code < 500 for r in replies)
                assert traces(replies[0].text) == []
            figures = client.get("/metrics").text
    finally:
        logger.propagate = False
    ours = "\n".join(r.getMessage() + repr({k: v for k, v in vars(r).items() if k not in ("msg", "args")}) for r in caplog.records if not r.name.startswith(("httpx", "asyncio", "httpcore")))
    assert traces(ours) == [] and traces(figures) == []
    assert traces("".join(capfd.readouterr())) == []
    assert "maatwerkwijzer_answers_total" in figures
    assert files_with_traces(tmp_path) == []


def test_an_unforeseen_fault_does_not_log_the_question(door: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    from assistant.api.logging import logger

    def broken(self: Assistant, question: str, *_: Any, **__: Any) -> Any:
        raise RuntimeError(f"fout bij {question}")

    monkeypatch.setattr(Assistant, "ask", broken)
    monkeypatch.setattr(logger, "propagate", True)
    with caplog.at_level(logging.DEBUG):
        reply = door().post("/api/v1/ask", json={"question": questions()[0]})
    assert reply.status_code == 500 and traces(reply.text) == []
    ours = [r for r in caplog.records if r.name == "maatwerkwijzer"]
    assert ours and traces(" ".join(r.getMessage() + repr(vars(r)) for r in ours)) == []


def test_the_commands_keep_and_repeat_nothing(tmp_path: Path) -> None:
    home = ready_home(tmp_path / "home")
    for arguments in (["ask", questions()[0]], ["ask", questions()[4], "--json"]):
        done = command(*arguments, "--embedding", "hash", home=home)
        no_traceback(done)
        assert traces(done.stderr) == [] and traces(done.stdout) == []
    assert files_with_traces(home) == []


def test_batch_masks_questions_errors_and_all(small_assistant: Assistant, tmp_path: Path) -> None:  # noqa: F811
    lines = [{"id": str(n), "question": q} for n, q in enumerate(questions())]
    lines += [{"id": "fout", "question": questions()[0], "as_of": NUMBER}, {"id": "fout2", "question": "x", "language": "jan.peeters@voorbeeld.be"}, {"id": "d", "turns": questions()[:3]}]
    (tmp_path / "v.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    out = tmp_path / "uit"
    out.mkdir()
    run_batch(small_assistant, tmp_path / "v.jsonl", out / "a.jsonl")
    assert files_with_traces(out) == []
    assert len((out / "a.jsonl").read_text(encoding="utf-8").splitlines()) == len(lines) + 2


def test_a_question_with_a_national_number_is_refused_and_says_why(small_assistant: Assistant) -> None:  # noqa: F811
    answer = small_assistant.ask(questions()[0])
    assert answer.status == "refused" and "[rijksregisternummer]" in answer.question and not answer.citations


# -- feedback ---------------------------------------------------------------------------------------------


def given(answer: str = "a1", question: str = "Wie betaalt de premie?") -> Feedback:
    return Feedback(answer=answer, question=question, status="answered", thumb="down", reason="onvolledig")


def test_feedback_is_off_unless_the_operator_switches_it_on(door: Any, tmp_path: Path) -> None:  # noqa: F811
    reply = door(home=tmp_path).post("/ui/feedback", json=given().model_dump())
    assert reply.status_code == 404 and list(tmp_path.iterdir()) == []


def test_feedback_holds_no_personal_data_in_any_field(door: Any, tmp_path: Path) -> None:  # noqa: F811
    client = door(home=tmp_path, feedback=True)
    for value in PERSONAL.values():
        for row in (given(question=f"x {value} y"), given(answer=value), given().model_copy(update={"status": value[:40]})):
            assert client.post("/ui/feedback", json=row.model_dump(), headers={"User-Agent": "x", "Cookie": "a=b"}).status_code == 204
    assert files_with_traces(tmp_path) == []
    assert {tuple(row) for row in read(tmp_path)} == {("date", "answer", "question", "status", "language", "thumb", "reason")}
    raw = (tmp_path / "feedback.jsonl").read_text(encoding="utf-8")
    assert "203.0.113.7" not in raw and "T" not in read(tmp_path)[0]["date"]


def test_feedback_is_kept_so_long_and_no_longer(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    rows = [{"date": (today - timedelta(days=n)).isoformat(), "answer": str(n), "question": "x"} for n in (0, 5, 89, 90, 91, 400)]
    (tmp_path / "feedback.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    assert erase_old(tmp_path, 90) == 2
    assert [r["answer"] for r in read(tmp_path)] == ["0", "5", "89", "90"]
    store(tmp_path, given("nieuw"), 10)
    assert [r["answer"] for r in read(tmp_path)] == ["0", "5", "nieuw"]


def test_feedback_can_be_erased_with_what_a_killed_process_left(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        store(tmp_path, given(name), 90)
    (tmp_path / "feedback.jsonl.123.456.tmp").write_text(json.dumps({"question": "x"}), encoding="utf-8")
    assert erase(tmp_path, "b") == 1 and [r["answer"] for r in read(tmp_path)] == ["a", "c"]
    assert erase(tmp_path) == 2 and read(tmp_path) == []
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ".lock"] == []


@pytest.mark.parametrize("content", [b"\xff\xfe\n", b"3\n[]\nnull\n", b"{\n", b"[" * 50_000, b""])
def test_a_damaged_feedback_file_costs_only_its_bad_lines(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "feedback.jsonl").write_bytes(content)
    store(tmp_path, given("goed"), 90)
    store(tmp_path, given("vreemd", "regel\u2028einde\x85?"), 90)
    assert [r["answer"] for r in read(tmp_path)] == ["goed", "vreemd"]


def test_feedback_from_several_processes_loses_nothing(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from assistant.feedback import Feedback, store\nfor n in range(10): store(Path(sys.argv[1]), Feedback(answer=sys.argv[2] + str(n), question='x', thumb='up'), 90)"
    children = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "abc"]
    assert [c.wait(60) for c in children] == [0, 0, 0]
    assert len(read(tmp_path)) == 30


def test_no_connection_leaves_the_machine_while_a_question_is_answered(small_assistant: Assistant) -> None:  # noqa: F811
    from fuzzing import only_inside

    with only_inside():
        for question in questions():
            small_assistant.ask(question)
    assert os.environ.get("ANONYMIZED_TELEMETRY", "").lower() != "true"
