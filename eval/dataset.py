"""Question sets: what a question and its gold look like, and how they are read.

A set is a folder ``eval/datasets/<name>/`` with ``questions.jsonl`` (one :class:`Question` a line) and a
``README.md``. The same models are the documentation of the format (see ``eval/README.md``) and its check:
unknown keys are errors, and every error names file, line and field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from assistant.answer import Status
from eval.errors import DataError, EvalUsageError

ANSWERING: frozenset[Status] = frozenset({Status.ANSWERED, Status.PARTIAL})
"""Statuses with which the assistant commits itself to content."""

Wording = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

DATASETS = Path(__file__).resolve().parent / "datasets"


class QuestionType(StrEnum):
    """What a question asks for."""

    FACT = "fact"
    NUMBER = "number"
    PERSON = "person"
    REASON = "reason"
    POSITION = "position"
    COMPARISON = "comparison"
    LIST = "list"
    DEFINITION = "definition"
    QUESTION_AND_ANSWER = "question_and_answer"
    TRANSITION = "transition"
    ELIGIBILITY = "eligibility"
    DATE = "date"
    UNANSWERABLE = "unanswerable"
    FALSE_PREMISE = "false_premise"
    DIALOGUE = "dialogue"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Gold(_Model):
    """What a right answer to one question, or to one turn of a dialogue, has to be."""

    status: tuple[Status, ...] = Field(min_length=1, description="Accepted statuses; any one is right.")
    passages: tuple[Wording, ...] = Field(default=(), description="Passage ids or fact numbers (B-022) that each carry the answer.")
    quotes: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = Field(
        default=(), description="Exact substrings of the canonical text that carry the answer."
    )
    facts: tuple[Annotated[tuple[Wording, ...], Field(min_length=1)], ...] = Field(
        default=(), description="Every outer entry must be in the answer, in any one of its wordings."
    )
    forbidden: tuple[Wording, ...] = Field(default=(), description="A wording that makes the answer wrong.")
    speakers: tuple[Wording, ...] = Field(default=(), description="Who must be named as the one who said it.")
    organisations: tuple[Wording, ...] = Field(default=(), description="Which organisations must be named.")
    corrects: tuple[Wording, ...] = Field(default=(), description="False premise: one of these wordings must be in the answer.")

    @property
    def answerable(self) -> bool:
        """Whether an answer with content is accepted."""
        return any(status in ANSWERING for status in self.status)

    @model_validator(mode="after")
    def _checkable(self) -> Gold:
        if Status.ANSWERED in self.status and not (self.passages or self.quotes or self.facts or self.corrects):
            raise ValueError("een vraag met een antwoord heeft 'passages', 'quotes', 'facts' of 'corrects' nodig, anders is elk antwoord juist")
        return self


class Question(_Model):
    """One question with its gold, or one dialogue with a gold per turn."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,60}$", description="Unique in all sets, e.g. hz-001.")
    split: Literal["dev", "test"] = Field(description="Tune on dev only.")
    language: Literal["nl", "fr", "en", "de"] = "nl"
    type: QuestionType
    tags: tuple[Wording, ...] = Field(default=(), description="Free labels for tables: noisy, near_miss, other_law, ...")
    question: str | None = Field(default=None, description="The question; not for a dialogue. May be empty to test that.")
    turns: tuple[str, ...] = Field(default=(), description="Dialogue only: the user's questions in order.")
    as_of: date | None = Field(default=None, description="The date on which the law is asked for.")
    gold: Gold | None = None
    gold_turns: tuple[Gold | None, ...] = Field(default=(), description="Dialogue only: a gold per turn; null for a turn not scored.")
    audience: Literal["burger", "werkgever", "staf"] = "burger"
    note: str = ""

    @model_validator(mode="after")
    def _shape(self) -> Question:
        if self.type is QuestionType.DIALOGUE:
            if self.question is not None or self.gold is not None:
                raise ValueError("een dialoog heeft 'turns' en 'gold_turns', geen 'question' en 'gold'")
            if len(self.turns) < 2:
                raise ValueError("een dialoog heeft minstens twee 'turns'")
            if len(self.turns) != len(self.gold_turns):
                raise ValueError(f"{len(self.turns)} 'turns' maar {len(self.gold_turns)} 'gold_turns'")
            if all(gold is None for gold in self.gold_turns):
                raise ValueError("'gold_turns' beoordeelt geen enkele beurt")
            return self
        if self.turns or self.gold_turns:
            raise ValueError("'turns' en 'gold_turns' horen alleen bij type 'dialogue'")
        if self.question is None or self.gold is None:
            raise ValueError("'question' en 'gold' zijn verplicht")
        if self.type is QuestionType.UNANSWERABLE and Status.ANSWERED in self.gold.status:
            raise ValueError("een onbeantwoordbare vraag kan de status 'answered' niet aanvaarden")
        if self.type is QuestionType.FALSE_PREMISE and not self.gold.corrects:
            raise ValueError("een verkeerde vooronderstelling heeft 'gold.corrects' nodig: bewoordingen waarvan er een in het antwoord moet staan")
        return self

    def items(self) -> tuple[Item, ...]:
        """The units that are asked and scored: one, or one for each turn of a dialogue (``<id>#0``, ``<id>#1``, ...)."""
        if self.type is QuestionType.DIALOGUE:
            return tuple(
                Item(id=f"{self.id}#{n}", question=turn, gold=gold, parent=self, turn=n)
                for n, (turn, gold) in enumerate(zip(self.turns, self.gold_turns, strict=True))
            )
        assert self.question is not None
        return (Item(id=self.id, question=self.question, gold=self.gold, parent=self, turn=None),)


class Item(_Model):
    """One question as it is put to the assistant. ``gold`` is None for a turn that only sets the scene."""

    id: str
    question: str
    gold: Gold | None
    parent: Question
    turn: int | None

    @property
    def type(self) -> QuestionType:
        """The question's type."""
        return self.parent.type


def items_of(questions: Iterable[Question]) -> list[Item]:
    """All items of all questions, in order."""
    return [item for question in questions for item in question.items()]


def read_jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield (line number, object) for each non-empty line; UTF-8 with or without BOM.

    Raises :class:`DataError` for a missing file, another encoding, and a line that is no JSON object.
    """
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise DataError(path, None, None, f"kan niet gelezen worden ({exc.strerror or exc}).", "Kijk het pad na.") from exc
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw[: exc.start].count(b"\n") + 1
        raise DataError(path, line, None, f"is geen UTF-8 (byte 0x{raw[exc.start]:02x}).", "Bewaar het bestand als UTF-8.") from exc
    for number, line_text in enumerate(text.split("\n"), start=1):
        if not line_text.strip():
            continue
        try:
            value = json.loads(line_text)
        except json.JSONDecodeError as exc:
            raise DataError(path, number, None, f"is geen JSON: {exc.msg}, kolom {exc.colno}.", "Schrijf één JSON-object per regel.") from exc
        if not isinstance(value, dict):
            raise DataError(path, number, None, f"is een JSON-{type(value).__name__}, geen object.", "Schrijf één JSON-object per regel.")
        yield number, value


def data_error(path: Path, line: int | None, exc: ValidationError) -> DataError:
    """Turn the first problem of a pydantic error into a :class:`DataError` with its field."""
    first = exc.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or None
    problem = first["msg"].removeprefix("Value error, ")
    if first["type"] != "value_error" and not isinstance(first["input"], dict | list | tuple):
        problem += f" (gevonden: {first['input']!r})"
    more = exc.error_count() - 1
    return DataError(path, line, field, problem + (f"; en nog {more}" if more else "") + ".", "Zie eval/README.md voor het formaat.")


def read_questions(path: Path) -> list[Question]:
    """Read one ``questions.jsonl``; ids must be unique in the file. Raises :class:`DataError`."""
    questions: list[Question] = []
    seen: dict[str, int] = {}
    for line, value in read_jsonl(path):
        try:
            question = Question.model_validate_json(json.dumps(value), strict=False)
        except ValidationError as exc:
            raise data_error(path, line, exc) from exc
        if question.id in seen:
            raise DataError(path, line, "id", f"'{question.id}' staat al op regel {seen[question.id]}.", "Geef elke vraag een eigen id.")
        seen[question.id] = line
        questions.append(question)
    if not questions:
        raise DataError(path, None, None, "bevat geen vragen.", "Schrijf één JSON-object per regel.")
    return questions


def set_names(root: Path = DATASETS) -> list[str]:
    """Names of the sets that have a ``questions.jsonl``, sorted."""
    return sorted(folder.parent.name for folder in root.glob("*/questions.jsonl"))


def load_sets(
    names: Iterable[str] = (), root: Path = DATASETS, split: str | None = None, languages: Iterable[str] = (), types: Iterable[str] = ()
) -> list[Question]:
    """Questions of the named sets (all when none is named), filtered by split, language and type.

    A name may also be the path of a ``.jsonl`` file or of a folder with one. Raises
    :class:`EvalUsageError` for an unknown set and :class:`DataError` for a bad line or an id used twice.
    """
    chosen = list(names) or set_names(root)
    if not chosen:
        raise EvalUsageError(f"Er is geen vragenset in {root}.", "Geef het pad van een questions.jsonl.")
    questions: list[Question] = []
    origin: dict[str, Path] = {}
    for name in chosen:
        path = next((p for p in (root / name / "questions.jsonl", Path(name), Path(name) / "questions.jsonl") if p.is_file()), None)
        if path is None:
            raise EvalUsageError(f"De vragenset '{name}' bestaat niet.", f"Wel aanwezig: {', '.join(set_names(root)) or 'geen'}.")
        for question in read_questions(path):
            if question.id in origin:
                raise DataError(path, None, "id", f"'{question.id}' staat ook in {origin[question.id]}.", "Een id is uniek over alle sets.")
            origin[question.id] = path
            questions.append(question)
    wanted_languages, wanted_types = set(languages), set(types)
    return [
        q
        for q in questions
        if (split is None or q.split == split)
        and (not wanted_languages or q.language in wanted_languages)
        and (not wanted_types or q.type.value in wanted_types)
    ]
