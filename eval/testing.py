"""A small corpus and a deterministic stand-in assistant for the tests of the evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.answer import Answer, Citation, RetrievedPassage, StatementOut, Status
from assistant.citations import cite
from corpus.model import Authority, Document, DocumentMeta, Kind, Passage, TextStatus
from corpus.store import Actor, Corpus
from eval.dataset import Gold, Item, Question
from eval.gold import units
from eval.measures import Case

PARTS = [
    ("hoor/1/p1", "Ann Peeters", "KOEPEL", "Ann Peeters vraagt een werkzaamheidsgraad van 80 procent. Dat is niet haalbaar zonder begeleiding."),
    ("hoor/1/p2", "Ann Peeters", "KOEPEL", "In 2021 kregen 1.200 mensen een premie van 45 procent."),
    ("hoor/2/p1", "Bram De Wit", "BOND", "De terugkeergarantie geldt voor iedereen, ook voor wie op proef werkt."),
]


def small_corpus() -> Corpus:
    """One hearing of three paragraphs and a digest of two facts, of which one repeats the other."""
    text, passages = "Verslag", []
    for identity, speaker, organisation, words in PARTS:
        text += "\n\n"
        passages.append(
            Passage(
                id=identity,
                document="hoor",
                start=len(text),
                end=len(text) + len(words),
                section=identity.split("/")[1],
                speaker=speaker,
                organisation=organisation,
                authority=Authority.STANDPUNT,
            )
        )
        text += words
    meta = DocumentMeta(
        id="hoor",
        title="Hoorzitting",
        kind=Kind.HOORZITTINGSVERSLAG,
        authority=Authority.STANDPUNT,
        text_status=TextStatus.VERBATIM,
        date=date(2021, 9, 23),
    )
    hearing = Document(meta=meta, text=text, passages=tuple(passages))
    first, second = "De premie is 20 procent.", "De premie bedraagt 20 procent van het loon."
    digest = Document(
        meta=DocumentMeta(
            id="feiten", title="Feiten", kind=Kind.BESLUIT, authority=Authority.GELDEND_RECHT, text_status=TextStatus.SAMENVATTING, date=date(2022, 7, 15)
        ),
        text=f"{first}\n\n{second}",
        passages=(
            Passage(id="feiten/B-001", document="feiten", start=0, end=len(first), authority=Authority.GELDEND_RECHT),
            Passage(
                id="feiten/F-002",
                document="feiten",
                start=len(first) + 2,
                end=len(first) + 2 + len(second),
                authority=Authority.GELDEND_RECHT,
                same_as="B-001",
            ),
        ),
    )
    actors = [Actor("Ann Peeters", "peeters", "spreker", "KOEPEL"), Actor("Bram De Wit", "dewit", "spreker", "BOND")]
    return Corpus({"hoor": hearing, "feiten": digest}, actors, {}, {})


def question(identity: str = "q-1", **changes: object) -> Question:
    """A valid question with a right gold, changed as asked."""
    base: dict[str, object] = {
        "id": identity,
        "split": "dev",
        "type": "number",
        "question": "Welke werkzaamheidsgraad wil de koepel?",
        "gold": {
            "status": ["answered"],
            "passages": ["hoor/1/p1"],
            "quotes": ["een werkzaamheidsgraad van 80 procent"],
            "facts": [["80 procent"]],
            "speakers": ["Ann Peeters"],
            "organisations": ["KOEPEL"],
        },
    }
    return Question.model_validate({**base, **changes})


def citation(corpus: Corpus, passage: str, quote: str, n: int = 1) -> Citation:
    """A true citation of a quote."""
    document, found = corpus.passage(passage)
    start = document.text.index(quote, found.start)
    return cite(corpus, passage, start, start + len(quote), n)


def answer(
    corpus: Corpus,
    identity: str = "q-1",
    status: Status = Status.ANSWERED,
    statements: Sequence[tuple[str, Sequence[Citation]]] = (),
    text: str | None = None,
    retrieved: Sequence[tuple[str, float]] = (),
    language: str = "nl",
    ms: float = 10.0,
) -> Answer:
    """An answer made of (sentence, citations) pairs."""
    numbered: dict[int, Citation] = {c.n: c for _, cited in statements for c in cited}
    prose = " ".join(f"{s} {''.join(f'[{c.n}]' for c in cited)}" for s, cited in statements)
    return Answer(
        id=identity,
        question="?",
        language=language,
        status=status,
        answer=prose if text is None else text,
        statements=[StatementOut(text=s, citations=[c.n for c in cited], authority="standpunt") for s, cited in statements],
        citations=list(numbered.values()),
        retrieved=[RetrievedPassage(passage=p, document=p.split("/")[0], text=_words(corpus, p), score=s) for p, s in retrieved],
        as_of="2026-01-01",
        corpus=corpus.hash,
        timings_ms={"total": ms, "retrieve": ms / 2},
    )


def _words(corpus: Corpus, passage: str) -> str:
    document, found = corpus.passage(passage)
    return document.passage_text(found)


def case(corpus: Corpus, asked: Question, given: Answer | None, turn: int = 0) -> Case:
    """The case of a question (or of a turn) with its answer."""
    item: Item = asked.items()[turn]
    gold = item.gold
    assert isinstance(gold, Gold)
    return Case(item, gold, given, corpus, units(corpus, gold))


class StandIn:
    """Answers the known questions with what it was given, and declines the rest; deterministic."""

    def __init__(self, corpus: Corpus, known: dict[str, Answer]) -> None:
        self.corpus, self.known = corpus, known
        self.histories: list[int] = []

    def ask(self, question: str, history: Sequence[object] = (), as_of: date | None = None, language: str | None = None) -> Answer:
        """See ``eval.generate.Asks``."""
        self.histories.append(len(history))
        if "kapot" in question:
            raise RuntimeError("kapot")
        found = self.known.get(question)
        return found if found is not None else answer(self.corpus, "x", Status.NO_EVIDENCE, text="Dat staat niet in de documenten.")
