"""What every door shares: the assistant behind its limits, counted and logged. No door recomputes anything."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.answer import Answer, Status
from assistant.api.errors import ApiError
from assistant.api.limits import Gate, RateLimit
from assistant.api.logging import log_answer
from assistant.api.metrics import Metrics
from assistant.api.staff import Staff
from assistant.dialogue import Turn
from assistant.engine import Assistant
from corpus.errors import UsageError
from corpus.store import Corpus

MAX_TURNS = 8
"""Earlier turns that still count; a question seldom leans on more."""
LOOKUPS_PER_QUESTION = 20
"""Searches and look-ups cost little: a visitor may do so many times more of them than questions."""


@dataclass
class Service:
    """The assistant, its limits and its figures.

    ``assistant`` may be replaced while questions are being answered (``assistant.api.follow``): whoever needs more
    than one thing of it takes it once, so that documents and index belong together.
    """

    assistant: Assistant
    gate: Gate = field(init=False)
    questions: RateLimit = field(init=False)
    lookups: RateLimit = field(init=False)
    metrics: Metrics = field(init=False)
    staff: Staff = field(init=False)

    def __post_init__(self) -> None:
        settings = self.assistant.settings
        self.gate = Gate(settings.max_concurrent, settings.max_queue)
        self.questions = RateLimit(settings.rate_per_minute)
        self.lookups = RateLimit(settings.rate_per_minute * LOOKUPS_PER_QUESTION)
        self.metrics = Metrics(lambda: self.gate.inside)
        self.staff = Staff(settings.staff_password)

    @property
    def corpus(self) -> Corpus:
        """The documents."""
        return self.assistant.corpus

    async def ask(
        self,
        question: str,
        history: Sequence[Answer | str],
        visitor: str,
        surface: str,
        as_of: date | None = None,
        language: str | None = None,
    ) -> Answer:
        """One answer, within the limits.

        Args:
            history: earlier answers, or questions of which the answer was not kept, oldest first.
            visitor: the address that the limit is for; empty: no limit (a local process).
            surface: where the question came from, for the figures.

        Raises:
            ApiError: 429 when the visitor had his share or the queue is full.
        """
        if visitor:
            self.questions.take(visitor)
        started = time.perf_counter()
        answer = await self.gate.run(self._ask, question, list(history)[-MAX_TURNS:], as_of, language)
        seconds = time.perf_counter() - started
        self.metrics.answer(surface, answer.status, answer.language, seconds)
        log_answer(surface, answer.status, answer.language, seconds * 1000)
        return answer

    def _ask(self, question: str, history: list[Answer | str], as_of: date | None, language: str | None) -> Answer:
        assistant = self.assistant
        return assistant.ask(question, self.turns(assistant, history, as_of, language), as_of, language)

    def turns(self, assistant: Assistant, history: Sequence[Answer | str], as_of: date | None = None, language: str | None = None) -> list[Turn]:
        """Earlier turns as the assistant remembers them.

        A question without its answer is answered again when that costs no chat model: what was answered
        helps to understand the next question.
        """
        turns: list[Turn] = []
        for item in history:
            answer = self._answer_again(assistant, item, turns, as_of, language) if isinstance(item, str) else item
            turns.append(self._remember(assistant, answer, turns))
        return turns

    def _remember(self, assistant: Assistant, answer: Answer, turns: Sequence[Turn]) -> Turn:
        """What is kept of an answer that a client sent back, and may have changed.

        Raises:
            ApiError: 422, it is no answer that we can have given.
        """
        try:
            if answer.language not in ("nl", "fr", "en", "de"):
                raise ValueError("language")
            date.fromisoformat(answer.as_of)
            return assistant.remember(answer, turns)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, UsageError):
            raise ApiError(
                422, "invalid_field", "Een vroegere beurt in 'history' klopt niet. Stuur een antwoord terug zoals u het kreeg, of alleen de vraag.", "history"
            ) from None

    def _answer_again(self, assistant: Assistant, question: str, turns: list[Turn], as_of: date | None, language: str | None) -> Answer:
        if assistant.writer is None:
            return assistant.ask(question, turns, as_of, language)
        day = (as_of or date.today()).isoformat()
        return Answer(id="", question=question, language=language or "nl", status=Status.CLARIFY, answer="", as_of=day, corpus=assistant.corpus.hash)

    async def look_up(self, visitor: str, work: Any, *args: Any) -> Any:
        """Run a search or look-up within its own, wider limit.

        Raises:
            ApiError: 429.
        """
        if visitor:
            self.lookups.take(visitor)
        return await self.gate.run(work, *args)
