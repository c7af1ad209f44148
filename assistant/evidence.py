"""From a question to the statements that answer it.

Retrieval ranks passages; an answer is made of statements. The best statement is not the most similar
one: it also has to be said by whom the question asks about, hold on the day it asks about, and be of
the sort that the question wants (a number, a date, a name, a reason).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files

import numpy as np
import yaml

from assistant.facets import fits, passage_facets, statement_facets
from assistant.slots import wanted
from assistant.understand import QuestionType, Reading
from corpus.model import Document, Passage, Span, Statement, Texts
from corpus.sentences import sentences
from index.retriever import Filter, Hit, Retriever
from index.text import content_words, stem


@lru_cache(maxsize=1)
def weights() -> dict[str, dict[str, float]]:
    """The fitted weights, by part."""
    data: dict[str, dict[str, float]] = yaml.safe_load((files("assistant") / "weights.yaml").read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True)
class Evidence:
    """A statement that may answer the question, with its score and the passage that carries it."""

    statement: Statement
    document: Document
    passage: Passage
    score: float
    cosine: float
    lexical: float

    def text(self, language: str) -> str:
        """The statement's sentence in ``language``."""
        return self.statement.texts.get(language)


@dataclass
class Selection:
    """What was found: the ten best passages, statements best first, and signals for the decision."""

    hits: list[Hit]
    evidence: list[Evidence]
    signals: dict[str, float] = field(default_factory=dict)


_DEPENDENT = re.compile(
    r"^(Wel gevonden|Dat|Dit|Die|Deze|Ze|Zij|Hij|Daar\w*|Daarvoor|Daarna|Dan|Ook|Wie dat|Het gaat|Voor wie|Dergelijk\w*|Zo|Vast deel|Variabel deel|Uitzondering|Anders|Bij elk|Beide|Hun|De bron|Een bron|Eén bron|Er is|Er zijn|Bij die)\b"
)


_BORROWED = 0.4
"""Of a follow-up many words are those of the question before it, and lead to what was answered already: its meaning counts more."""
_NOT_YET = 8.0
"""Less for what did not hold yet on the day that is asked about: it comes after nearly everything that did."""
_ASKED_INSTEAD = 5.0
"""``En volgens het decreet?`` asks for the law in the place of what was said."""


def passage_features(reading: Reading, query: str, retriever: Retriever) -> dict[str, np.ndarray]:
    """Every feature of every passage, each of shape (passages,): those of retrieval, and what the reading adds."""
    table = retriever.features(query, reading.language, reading.expansion, reading.conversation)
    if reading.conversation:
        for name in ("bm25_text", "bm25_keys"):
            table[name] = table[name] * _BORROWED
    facets = passage_facets(retriever)
    names = {a.name for a in reading.actors}
    asked = retriever.facets.of("speaker", names)
    hearing = facets.hearing
    about_hearing = float(reading.hearing or reading.draft)
    table["actor"] = asked.astype(float)
    table["other_actor"] = (hearing & ~asked).astype(float) * (1.0 if names else 0.0)
    table["hearing"] = hearing * about_hearing
    table["hearing_unasked"] = hearing * (1.0 - about_hearing)
    table["law"] = ~hearing * float(reading.law and not reading.hearing) * (_ASKED_INSTEAD if reading.follow_up else 1.0)
    table["opinion_digest"] = facets.opinion_digest
    table["draft"] = facets.draft * (1.0 - float(reading.draft))
    table["data_sources"] = facets.data_sources
    table["open_question"] = facets.open_question
    table["second_hand"] = facets.second_hand
    table["second_hand_hearing"] = facets.second_hand * about_hearing
    table["contradiction"] = facets.contradiction
    table["glossary"] = facets.glossary
    table["asked_act"] = facets.question_act * (1.0 if QuestionType.ASKED in reading.types else 0.0)
    table["question_act"] = facets.question_act * (0.0 if QuestionType.ASKED in reading.types or names else 1.0)
    return table


def rank(reading: Reading, query: str, retriever: Retriever, as_of: date) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Score of every passage for ``query``, shape (passages,), and the features it was made of."""
    table = passage_features(reading, query, retriever)
    w = weights()["passage"]
    scores = np.sum([table[name] * w.get(name, 0.0) for name in table], axis=0)
    # Only law and practice have such a day.
    facets = passage_facets(retriever)
    scores = np.where(~retriever.facets.begun(as_of) & ~facets.hearing, scores - _NOT_YET, scores)
    # A fact and the canonical fact that says the same rank together, the canonical one first.
    for own, canonical in facets.same:
        best = max(scores[own], scores[canonical])
        scores[own] = min(scores[own], best - 1e-3) if scores[canonical] >= scores[own] else best - 1e-3
        scores[canonical] = best
    # Where the official text of an article is held, it stands just above our digest of that article.
    before = scores.copy()
    for digest, text in facets.officials(as_of):
        scores[text] = max(scores[text], before[digest] + 1e-3)
    return scores, table


def select(reading: Reading, query: str, retriever: Retriever, as_of: date, where: Filter | None = None) -> Selection:
    """Rank passages and statements for ``query`` (the question, made to stand on its own)."""
    scores, table = rank(reading, query, retriever, as_of)
    allowed = None if where is None else where.mask(retriever.facets)
    cosines = retriever.best_cosines(reading.embedded(query), reading.language, allowed)
    if reading.actors:
        by_actor = retriever.facets.of("speaker", {a.name for a in reading.actors})
        own = retriever.best_cosines(reading.embedded(query), reading.language, by_actor if allowed is None else by_actor & allowed)
        cosines["actor_cos_view"] = own["top_cos_view"]
    if allowed is not None:
        scores = np.where(allowed, scores, scores.min() - 1.0)
    hits = retriever.top(scores, 10, where)
    if retriever.reranker is not None:
        hits = retriever.reranker.rerank(query, hits)
    return Selection(hits, _statements(reading, query, retriever, scores, allowed), _signals(table, scores, cosines))


def _signals(table: dict[str, np.ndarray], scores: np.ndarray, cosines: dict[str, float]) -> dict[str, float]:
    """How strong and how clear the best passage is."""
    order = np.argsort(-scores)[:5]
    best = order[0]
    return {
        "score": float(scores[best]),
        "gap": float(scores[best] - scores[order[1]]) if len(order) > 1 else 0.0,
        **{name: float(table[name][best]) for name in ("dense_passage", "dense_view", "dense_statement", "bm25_text", "bm25_keys")},
        **cosines,
    }


STATEMENT_FEATURES = ("cosine", "question", "lexical", "passage", "type", "is_question", "actor", "behalf", "first", "stance", "slot", "second_hand")


def statement_features(reading: Reading, query: str, retriever: Retriever, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 120 most promising statements: their rows in ``corpus.statements`` and features of shape (n, features)."""
    cosines, lexical = retriever.statement_scores(query, reading.language, reading.expansion, reading.conversation)
    asked = retriever.question_cosines(reading.embedded(query), reading.language)
    top = float(np.max(scores)) if len(scores) else 0.0
    relative = np.maximum((scores[retriever.statement_position] - top) / 3.0, -4.0)
    standard = standardised(cosines)
    # A statement without questions of its own is as near as its words are.
    question = np.where(np.isnan(asked), standard, standardised(asked))
    promising = standard + question + 2.0 * lexical + relative
    rows = np.argsort(-promising)[:120] if len(promising) <= 2_000 else _largest(promising, 120)
    facets = statement_facets(retriever)
    people = {a.name for a in reading.actors} | {a.organisation for a in reading.actors if a.organisation}
    # What a member of parliament contributed is mostly questions: asked about a member, they are answers.
    asks = QuestionType.ASKED in reading.types or any(a.role != "spreker" for a in reading.actors)
    slot = wanted(query)
    none = np.zeros(len(rows))
    columns = {
        "cosine": standard[rows],
        "question": question[rows],
        "lexical": lexical[rows] * (_BORROWED if reading.conversation else 1.0),
        "passage": relative[rows],
        "type": np.max([facets.fits(t)[rows] for t in reading.types], axis=0) if reading.types else none,
        "is_question": none if asks else facets.question[rows],
        "actor": facets.by(people)[rows] if people else none,
        "behalf": (facets.for_others & ~facets.on_behalf_of(people))[rows] if people else none,
        "first": facets.first[rows],
        "stance": facets.position[rows] if QuestionType.POSITION in reading.types else none,
        "slot": none if slot is None else facets.fills(slot)[rows],
        "second_hand": facets.second_hand[rows],
    }
    return rows, np.stack([columns[name] for name in STATEMENT_FEATURES], axis=1).astype(float)


def standardised(values: np.ndarray) -> np.ndarray:
    """Distances from the mean in standard deviations; NaN stays, all NaN gives NaN."""
    known = values[~np.isnan(values)]
    return (values - known.mean()) / max(float(known.std()), 1e-6) if known.size else values


def _largest(values: np.ndarray, n: int) -> np.ndarray:
    """Positions of the ``n`` largest values, largest first, without sorting the rest."""
    found = np.argpartition(-values, n)[:n]
    return found[np.argsort(-values[found], kind="stable")]


def _statements(reading: Reading, query: str, retriever: Retriever, scores: np.ndarray, allowed: np.ndarray | None) -> list[Evidence]:
    corpus = retriever.corpus
    w = weights()["statement"]
    rows, features = statement_features(reading, query, retriever, scores)
    totals = features @ np.array([w.get(name, 0.0) for name in STATEMENT_FEATURES])
    found = []
    for total, row, own in zip(totals, rows, features, strict=True):
        at = retriever.statement_position[row]
        if allowed is None or allowed[at]:
            document, passage = retriever.passages[at]
            found.append(Evidence(corpus.statements[row], document, passage, float(total), float(own[0]), float(own[1])))
    found += _sentences_of_plain_passages(reading, query, retriever, scores, allowed)
    return sorted(found, key=lambda e: -e.score)


def _sentences_of_plain_passages(reading: Reading, query: str, retriever: Retriever, scores: np.ndarray, allowed: np.ndarray | None) -> list[Evidence]:
    """For documents without statements: sentences of the best passages, in their own words, scored like statements."""
    corpus = retriever.corpus
    w = weights()["statement"]
    best = [h for h in retriever.top(scores, 6) if allowed is None or allowed[retriever.position[h.passage.id]]]
    plain = [h for h in best if h.passage.id not in corpus.statements_of]
    if not plain:
        return []
    stems = set(retriever.vocabulary["nl"].analyse(f"{query} {reading.expansion}", query=True))
    vector = retriever.query_vector(reading.embedded(query))
    top = float(np.max(scores))
    out: list[Evidence] = []
    for hit in plain:
        spans = sentences(hit.text, hit.passage.start)
        texts = [hit.document.text[a:b] for a, b in spans]
        cosines = retriever.adapter(retriever.embeddings.vectors(texts)) @ vector
        rank = max((hit.score - top) / 3.0, -4.0)
        for n, ((a, b), text, cosine) in enumerate(zip(spans, texts, cosines, strict=True)):
            own = set(retriever.vocabulary["nl"].analyse(text))
            lexical = len(stems & own) / max(1, len(stems))
            statement = Statement(
                id=f"{hit.passage.id}#s{n}",
                document=hit.document.id,
                passage=hit.passage.id,
                spans=(Span(start=a, end=b),),
                texts=Texts(nl=text),
                speaker=hit.passage.speaker,
                organisation=hit.passage.organisation,
                kind="vraag" if text.endswith("?") else "feit",
            )
            # 0.12: the spread of the adapted cosines between a question and unrelated text, whose mean is about 0.
            score = w["cosine"] * float(cosine) / 0.12 + w["lexical"] * lexical + w["passage"] * rank
            score += w["type"] * max((fits(t, statement) for t in reading.types), default=0.0)
            out.append(Evidence(statement, hit.document, hit.passage, score, float(cosine), lexical))
    return sorted(out, key=lambda e: -e.score)


def starts_dependent(text: str) -> bool:
    """True when a sentence leans on the one before it (``Dat …``, ``Daarvoor …``)."""
    return bool(_DEPENDENT.match(text))


def content_stems(text: str, language: str = "nl") -> set[str]:
    """Stems of the words that carry content."""
    return {stem(w, language) for w in content_words(text, language)}


def similar(a: str, b: str, language: str = "nl") -> float:
    """Overlap of content between two sentences: shared stems over the smaller set, 0..1."""
    x, y = content_stems(a, language), content_stems(b, language)
    return len(x & y) / max(1, min(len(x), len(y)))
