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

from assistant.slots import fills, wanted
from assistant.understand import QuestionType, Reading
from corpus.model import Authority, Document, Kind, Passage, Span, Stance, Statement, Texts, TextStatus
from corpus.precedence import officials_for
from corpus.sentences import sentences
from corpus.store import Corpus
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


_POSITIONS = frozenset({Stance.STEUNT, Stance.STEUNT_ONDER_VOORWAARDE, Stance.BEZORGD, Stance.TEGEN, Stance.STELT_VOOR})
_HAS_NUMBER = re.compile(r"\d|\b(een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|helft|dubbele|kwart|honderden|miljoen\w*)\b", re.IGNORECASE)
_HAS_DATE = re.compile(
    r"\b(\d{4}|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|eind|begin|vanaf|sinds|jaar|kwartaal)\b", re.IGNORECASE
)
_HAS_DURATION = re.compile(r"\b(jaar|jaren|maand\w*|kwarta\w+|week|weken|dag|dagen|uur|termijn|duurt|lang)\b", re.IGNORECASE)
_HAS_NAME = re.compile(r"(?<!^)\b[A-Z][\w&’'-]+(?: [A-Z][\w’'-]+)*")
_HAS_REASON = re.compile(
    r"\b(omdat|want|door|doordat|daarom|wegens|zodat|reden|aangezien|immers|dus|om .{2,60} te|anders|gezien|opportuun|compenseert|bedoeld)\b", re.IGNORECASE
)
_DEPENDENT = re.compile(
    r"^(Wel gevonden|Dat|Dit|Die|Deze|Ze|Zij|Hij|Daar\w*|Daarvoor|Daarna|Dan|Ook|Wie dat|Het gaat|Voor wie|Dergelijk\w*|Zo|Vast deel|Variabel deel|Uitzondering|Anders|Bij elk|Beide|Hun|De bron|Een bron|Eén bron|Er is|Er zijn|Bij die)\b"
)


def fits(kind: QuestionType, statement: Statement) -> float:
    """How well a statement suits the type of question: 1 fits, 0 says nothing, negative does not fit."""
    nl = statement.texts.nl
    if kind is QuestionType.NUMBER:
        return 1.0 if re.search(r"\d", nl) else 0.4 if _HAS_NUMBER.search(nl) else -0.6
    if kind is QuestionType.DATE:
        return 1.0 if _HAS_DATE.search(nl) else -0.6
    if kind is QuestionType.DURATION:
        return 1.0 if _HAS_DURATION.search(nl) else -0.6
    if kind is QuestionType.PERSON:
        return 0.6 if _HAS_NAME.search(nl) else -0.2
    if kind is QuestionType.REASON:
        return 1.0 if statement.kind == "reden" or _HAS_REASON.search(nl) else 0.0
    if kind is QuestionType.ASKED:
        return 1.0 if statement.kind == "vraag" else -0.4
    if kind is QuestionType.POSITION:
        return 1.0 if statement.stance in _POSITIONS else 0.0
    if kind is QuestionType.DEFINITION:
        return 0.6 if re.search(r"\b(is|zijn|betekent|staat voor|heet|omvat|bestaat uit)\b", nl) else 0.0
    return 0.0


def passage_features(reading: Reading, query: str, retriever: Retriever, as_of: date) -> dict[str, np.ndarray]:
    """Every feature of every passage, each of shape (passages,): those of retrieval, and what the reading adds."""
    table = retriever.features(query, reading.language, reading.expansion)
    facets = _facets(retriever)
    names = {a.name for a in reading.actors}
    asked = np.array([p.speaker in names for _, p in retriever.passages]) if names else np.zeros(len(retriever.passages), dtype=bool)
    hearing = facets["hearing"]
    about_hearing = float(reading.hearing or reading.draft)
    table["actor"] = asked.astype(float)
    table["other_actor"] = (hearing & ~asked).astype(float) * (1.0 if names else 0.0)
    table["hearing"] = hearing * about_hearing
    table["hearing_unasked"] = hearing * (1.0 - about_hearing)
    table["law"] = ~hearing * float(reading.law and not reading.hearing)
    table["opinion_digest"] = facets["opinion_digest"]
    table["draft"] = facets["draft"] * (1.0 - float(reading.draft))
    table["data_sources"] = facets["data_sources"]
    table["open_question"] = facets["open_question"]
    table["second_hand"] = facets["second_hand"]
    table["second_hand_hearing"] = facets["second_hand"] * about_hearing
    table["contradiction"] = facets["contradiction"]
    table["glossary"] = facets["glossary"]
    table["asked_act"] = facets["question_act"] * (1.0 if QuestionType.ASKED in reading.types else 0.0)
    table["question_act"] = facets["question_act"] * (0.0 if QuestionType.ASKED in reading.types or names else 1.0)
    return table


def second_hand(passage: Passage) -> bool:
    """True for a digest of what the hearing report, which is held word for word, says itself."""
    return bool(passage.sources) and all(source.startswith("hoorzitting") for source in passage.sources)


# The retriever is kept with its facets: the id of one that is gone may be given to another.
_FACETS: dict[int, tuple[Retriever, dict[str, np.ndarray]]] = {}


def _facets(retriever: Retriever) -> dict[str, np.ndarray]:
    """What each passage is, whatever is asked; made once for a retriever."""
    kept = _FACETS.get(id(retriever))
    if kept is None:
        pairs = retriever.passages
        hearing = np.array([d.meta.kind is Kind.HOORZITTINGSVERSLAG for d, _ in pairs])
        facets = {
            "hearing": hearing,
            "opinion_digest": (np.array([p.authority is Authority.STANDPUNT for _, p in pairs]) & ~hearing) * 1.0,
            "draft": np.array([p.authority is Authority.ONTWERP for _, p in pairs]) * 1.0,
            "data_sources": np.array([p.section == "databronnen" for _, p in pairs]) * 1.0,
            "open_question": np.array([p.section == "onbekend" for _, p in pairs]) * 1.0,
            "second_hand": np.array([second_hand(p) for _, p in pairs]) * 1.0,
            "contradiction": np.array([p.section == "tegenspraak" for _, p in pairs]) * 1.0,
            "glossary": np.array([p.section in ("afkortingen", "slot") for _, p in pairs]) * 1.0,
            "question_act": np.array([p.speech_act == "vraag" for _, p in pairs]) * 1.0,
        }
        kept = (retriever, facets)
        _FACETS.clear()
        _FACETS[id(retriever)] = kept
    return kept[1]


def rank(reading: Reading, query: str, retriever: Retriever, as_of: date) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Score of every passage for ``query``, shape (passages,), and the features it was made of."""
    table = passage_features(reading, query, retriever, as_of)
    w = weights()["passage"]
    scores = np.sum([table[name] * w.get(name, 0.0) for name in table], axis=0)
    if reading.context:
        scores = scores + w.get("context", 2.0) * np.array([p.id in reading.context for _, p in retriever.passages])
    scores = np.where(_future(retriever, as_of), scores - 6.0, scores)
    return _official_first(retriever, _link_same(retriever.corpus, retriever, scores), as_of), table


def select(reading: Reading, query: str, retriever: Retriever, as_of: date, where: Filter | None = None) -> Selection:
    """Rank passages and statements for ``query`` (the question, made to stand on its own)."""
    scores, table = rank(reading, query, retriever, as_of)
    allowed = _allowed(retriever, where)
    cosines = retriever.best_cosines(query, reading.language, allowed)
    if reading.actors:
        names = {a.name for a in reading.actors}
        by_actor = np.array([p.speaker in names for _, p in retriever.passages])
        own = retriever.best_cosines(query, reading.language, by_actor if allowed is None else by_actor & allowed)
        cosines["actor_cos_view"] = own["top_cos_view"]
    if where is not None and where.without:
        taken = np.array([p.id in where.without for _, p in retriever.passages])
        scores = np.where(taken, scores.min() - 1.0, scores)
    hits = retriever.top(scores, 10, where)
    if retriever.reranker is not None:
        hits = retriever.reranker.rerank(query, hits)
    return Selection(hits, _statements(reading, query, retriever, scores, where), _signals(table, scores, cosines))


def _allowed(retriever: Retriever, where: Filter | None) -> np.ndarray | None:
    return None if where is None else np.array([where.allows(p, frozenset()) for _, p in retriever.passages])


def _future(retriever: Retriever, as_of: date) -> np.ndarray:
    """What did not hold yet on that day; only law and practice have such a day."""
    return np.array([p.valid_from is not None and p.valid_from > as_of and d.meta.kind is not Kind.HOORZITTINGSVERSLAG for d, p in retriever.passages])


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


def _link_same(corpus: Corpus, retriever: Retriever, scores: np.ndarray) -> np.ndarray:
    """A fact and the canonical fact that says the same rank together, the canonical one first."""
    out = scores.copy()
    for i, (_, p) in enumerate(retriever.passages):
        if p.same_as and corpus.has_fact(p.same_as):
            j = retriever.position[corpus.fact(p.same_as)[1].id]
            best = max(scores[i], scores[j])
            out[j], out[i] = best, min(out[i], best - 1e-3) if scores[j] >= scores[i] else best - 1e-3
    return out


STATEMENT_FEATURES = ("cosine", "lexical", "passage", "type", "is_question", "actor", "behalf", "first", "stance", "slot", "second_hand")


def statement_features(reading: Reading, query: str, retriever: Retriever, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 120 most promising statements: their rows in ``corpus.statements`` and features of shape (n, features)."""
    corpus = retriever.corpus
    cosines, lexical = retriever.statement_scores(query, reading.language, reading.expansion)
    top = float(np.max(scores)) if len(scores) else 0.0
    relative = np.maximum((scores[retriever.statement_position] - top) / 3.0, -4.0)
    standard = (cosines - cosines.mean()) / max(float(cosines.std()), 1e-6)
    rows = np.argsort(-(standard + 2.0 * lexical + relative))[:120]
    names = {a.name for a in reading.actors} | {a.organisation for a in reading.actors if a.organisation}
    # What a member of parliament contributed is mostly questions: asked about a member, they are answers.
    asks = QuestionType.ASKED in reading.types or any(a.role != "spreker" for a in reading.actors)
    slot = wanted(query)
    features = np.zeros((len(rows), len(STATEMENT_FEATURES)))
    for n, row in enumerate(rows):
        s = corpus.statements[row]
        features[n] = (
            standard[row],
            lexical[row],
            relative[row],
            max((fits(t, s) for t in reading.types), default=0.0),
            float(s.kind == "vraag" and not asks),
            float(bool(names) and s.speaker in names),
            float(bool(names) and s.on_behalf_of is not None and s.on_behalf_of not in names),
            float(s.id.endswith("#1")),
            float(s.stance in _POSITIONS and QuestionType.POSITION in reading.types),
            0.0 if slot is None else float(fills(slot, s.texts.nl)),
            float(second_hand(corpus.passage(s.passage)[1])),
        )
    return rows, features


def _official_first(retriever: Retriever, scores: np.ndarray, as_of: date) -> np.ndarray:
    """Where the official text of an article is held, it stands just above our digest of that article."""
    official = [d for d in retriever.corpus.documents.values() if d.meta.text_status is TextStatus.OFFICIEEL]
    if not official:
        return scores
    out = scores.copy()
    for i, (document, p) in enumerate(retriever.passages):
        if document.meta.text_status is TextStatus.SAMENVATTING and p.provision:
            for text in officials_for(retriever.corpus, p, as_of):
                j = retriever.position[text.id]
                out[j] = max(out[j], scores[i] + 1e-3)
    return out


def _statements(reading: Reading, query: str, retriever: Retriever, scores: np.ndarray, where: Filter | None) -> list[Evidence]:
    corpus = retriever.corpus
    w = weights()["statement"]
    rows, features = statement_features(reading, query, retriever, scores)
    totals = features @ np.array([w.get(name, 0.0) for name in STATEMENT_FEATURES])
    found = []
    for total, row, own in zip(totals, rows, features, strict=True):
        s = corpus.statements[row]
        document, passage = corpus.passage(s.passage)
        if where is None or where.allows(passage, frozenset(s.topics)):
            found.append(Evidence(s, document, passage, float(total), float(own[0]), float(own[1])))
    found += _sentences_of_plain_passages(reading, query, retriever, scores, where)
    return sorted(found, key=lambda e: -e.score)


def _sentences_of_plain_passages(reading: Reading, query: str, retriever: Retriever, scores: np.ndarray, where: Filter | None) -> list[Evidence]:
    """For documents without statements: sentences of the best passages, in their own words, scored like statements."""
    corpus = retriever.corpus
    w = weights()["statement"]
    plain = [h for h in retriever.top(scores, 6, where) if h.passage.id not in corpus.statements_of]
    if not plain:
        return []
    stems = set(retriever.vocabulary["nl"].analyse(f"{query} {reading.expansion}", query=True))
    vector = retriever.query_vector(query)
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
