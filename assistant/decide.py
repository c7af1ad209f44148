"""Whether to answer at all: a calibrated decision from several signals.

Scores alone do not tell a near-miss (right subject, wrong attribute) from a hit. What does is whether
the words of the question, weighted by how rare they are, occur in what was found: in the passage, in
the questions it is known to answer, in its statements. The signals and their weights make one logistic
probability that the documents answer the question; the weights were fitted on the development
questions (``eval.fit``), the threshold chosen so that few answerable questions are declined.
"""

from __future__ import annotations

import math
import re
from enum import StrEnum
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np

from assistant.evidence import Evidence, Selection, weights
from assistant.gaps import measures, off_subject
from assistant.slots import STRICT, Slot, fills, head, wanted
from assistant.understand import Reading, expansion_of
from index.retriever import Retriever
from index.text import STOPWORDS, content_words, fold, stem

# Words that carry no subject of their own here: everything is about them, or they only frame the question.
_GENERIC = {
    "nl": "individueel individuele maatwerk imw regeling maatregel systeem vlaanderen vlaamse vlaams hoorzitting verslag spreker sprekers organisatie organisaties "
    "volgens mening standpunt reden manier soort vorm mensen persoon personen iemand man vrouw zaak ding rond omtrent betreft krijg krijgt krijgen gaat wil willen "
    "eigenlijk momenteel vandaag nieuwe nieuw oude bedoeling probleem goed slecht belangrijk grote groot klein weten uitleg uitleggen vertellen dag werk werken "
    "werkt opgelet info informatie vraag vragen stelde gesteld antwoord antwoordde september 2021 zeggen zei sprak noemde noemt noemen vermeldt vermeldde vertelde "
    "haalde aan vond stond kreeg kwam ging maakte gaf deed",
    "fr": "travail adapté individuel imw mesure système flandre flamand flamande audition rapport orateur selon avis raison personnes gens quelqu faire savoir "
    "question réponse nouveau nouvelle",
    "en": "individual custom work imw scheme measure system flanders flemish hearing report speaker according opinion reason people person someone know question "
    "answer new get",
    "de": "individuelle maßarbeit imw maßnahme system flandern flämische anhörung bericht redner laut meinung grund menschen personen jemand wissen frage antwort neue",
}


_OWN_SUBJECT = re.compile(
    r"\b(imw|individue(el|le) maatwerk|maatwerk bij individuele|travail adapté individuel|individual custom work|individuelle maßarbeit|"
    r"(loon|begeleidings|ondersteunings)premie|prime (salariale|d'accompagnement)|(wage|guidance) premium|(lohn|begleit)prämie)\b",
    re.IGNORECASE,
)
_FOREIGN = 0.45
"""A question that names another law or authority is about that one, unless it is this likely to be answered here."""
_STRANGE = 0.35
"""Below this probability a question for the amount of an unknown thing has no answer here."""
_FILLED = 0.5
"""From this probability on it does not matter that no amount, age or name that is asked for was seen: of such practice questions 4 in 5 are answered."""
_SOMETHING_ELSE = 0.5
"""Where nothing is near (:func:`nothing_near`), an answer must be this likely: of practice questions that are answered 3 in 1,000 are not."""
_HARDLY = 0.1
"""A declined question with nothing near it and a probability below this is about another subject."""


class Verdict(StrEnum):
    """What to do with a question."""

    ANSWER = "answer"
    NO_EVIDENCE = "no_evidence"
    OUT_OF_SCOPE = "out_of_scope"
    CLARIFY = "clarify"


@lru_cache(maxsize=8)
def _generic(language: str) -> frozenset[str]:
    return frozenset(stem(w, language) for w in _GENERIC[language].split()) | frozenset(stem(w, language) for w in STOPWORDS[language])


class Bags:
    """For each passage the stems of everything that is known of it in one language."""

    def __init__(self, retriever: Retriever, language: str) -> None:
        # Not the retriever itself: its bags must not keep it alive.
        self._corpus, self._vocabulary, self.language = retriever.corpus, retriever.vocabulary[language], language
        self._bags: dict[str, frozenset[str]] = {}
        self._words: dict[str, list[str]] = {}
        self._statements: dict[str, tuple[frozenset[str], list[str]]] = {}

    def of(self, passage_id: str) -> frozenset[str]:
        """Stems of text, context, views and statements (other languages: of the statements only)."""
        if passage_id not in self._bags:
            corpus, words = self._corpus, self._vocabulary
            document, passage = corpus.passage(passage_id)
            parts = [getattr(s.texts, self.language) for s in corpus.statements_of.get(passage_id, ())]
            parts += [passage.speaker or "", passage.organisation or ""]
            if self.language == "nl":
                parts += [document.passage_text(passage), passage.heading, *document.views.get(passage_id, ())]
            self._bags[passage_id] = frozenset(words.analyse(" ".join(parts)))
        return self._bags[passage_id]

    def words_of(self, passage_id: str) -> list[str]:
        """The Dutch content words of the passage, its views and statements."""
        if passage_id not in self._words:
            corpus = self._corpus
            document, passage = corpus.passage(passage_id)
            parts = [document.passage_text(passage), passage.heading, passage.speaker or "", passage.organisation or ""]
            parts += document.views.get(passage_id, ())
            parts += [s.texts.nl for s in corpus.statements_of.get(passage_id, ())]
            self._words[passage_id] = list(dict.fromkeys(content_words(" ".join(parts))))
        return self._words[passage_id]


    def of_statement(self, e: Evidence) -> tuple[frozenset[str], list[str]]:
        """Stems of everything that is known of one statement, and its Dutch content words."""
        s = e.statement
        if s.id not in self._statements:
            quotes = [e.document.text[span.start : span.end] for span in s.spans]
            parts = [s.texts.get(self.language), *s.questions.get(self.language, ()), s.speaker or "", s.organisation or ""]
            dutch = [s.texts.nl, *s.questions.get("nl", ()), *quotes]
            bag = frozenset(self._vocabulary.analyse(" ".join(parts + (quotes if self.language == "nl" else []))))
            self._statements[s.id] = bag, list(dict.fromkeys(content_words(" ".join(dutch))))
        return self._statements[s.id]


_BAGS: WeakKeyDictionary[Retriever, dict[str, Bags]] = WeakKeyDictionary()


def bags(retriever: Retriever, language: str) -> Bags:
    """The bags of a retriever, made as they are needed."""
    own = _BAGS.setdefault(retriever, {})
    if language not in own:
        own[language] = Bags(retriever, language)
    return own[language]


SIGNALS = (
    "bias",
    "best_view",
    "gap",
    "missing",
    "unknown_words",
    "number_missing",
    "short",
    "actor_missing",
    "foreign_place",
    "slot_missing",
    "slot_missing_passage",
    "head_missing",
    "head_unknown",
    "name_missing",
    "actor_cosine",
    "other_language",
    "other_language_missing",
    "far",
    "farthest",
    "far_other_language",
    "far_statement",
    "farthest_statement",
    "own_question",
    "slot_agrees",
    "nearer_unanswered",
    "sort_answered",
)


def signals(reading: Reading, query: str, selection: Selection, retriever: Retriever) -> dict[str, float]:
    """What speaks for and against an answer; every value is about 0 to 1 or standardised."""
    language = reading.language
    words = retriever.vocabulary[language]
    index = retriever.bm25_keys(language)
    generic = _generic(language)
    names = {stem(w, language) for a in reading.actors for alias in (a.name, *a.aliases) for w in content_words(alias, language)}
    stems = [s for s in dict.fromkeys(words.analyse(query, query=True)) if s not in generic]
    own = [s for s in stems if s not in names]
    weight = {s: index.idf(s) for s in own}
    total = sum(weight.values()) or 1.0
    top = [h.passage.id for h in selection.hits[:3]]
    bag: frozenset[str] = frozenset().union(*(bags(retriever, language).of(p) for p in top[:2])) if top else frozenset()
    widened = set(words.analyse(reading.expansion)) if reading.expansion else set()
    replaced = bool(widened & bag)
    gone = [s for s in own if s not in bag]
    missing = sum(weight[s] for s in gone) / total
    if replaced:
        missing *= 0.5
    best = selection.evidence[0] if selection.evidence else None
    s = selection.signals
    tokens = content_words(query, language)
    unknown = [w for w in tokens if w not in words and not w.isdigit() and words.repair(w) == w and not words.split(w)]
    asked, own_bags = _asked(reading, query, retriever, generic | names), bags(retriever, language)
    far, farthest = _far(asked, selection, own_bags, retriever)
    far_statement, farthest_statement = _far_statement(asked, selection, own_bags, retriever)
    nearer_unanswered, sort_answered = measures(reading.embedded(query), best.document.id if best else "", retriever)
    return {
        "bias": 1.0,
        "best_view": s.get("top_cos_view", 0.0),
        "gap": min(s.get("gap", 0.0), 3.0) / 3.0,
        "missing": missing,
        "unknown_words": len(unknown) / max(1, len(tokens)),
        "number_missing": _numbers_missing(reading, selection.evidence[:4]),
        "short": 1.0 if len(own) <= 1 else 0.0,
        "actor_missing": 1.0 if reading.actors and best and not _by_actor(reading, best) else 0.0,
        "foreign_place": 1.0 if reading.foreign_place else 0.0,
        "slot_missing": _slot_missing(query, selection.evidence[:3]),
        "slot_missing_passage": _slot_missing_passage(query, selection),
        "head_missing": _head_missing(reading, query, selection.evidence[:4], retriever),
        "head_unknown": _head_unknown(reading, query, retriever),
        "name_missing": _names_missing(query, reading, retriever, bag),
        "other_language": float(language != "nl"),
        "other_language_missing": missing * float(language != "nl"),
        "far": far,
        "farthest": farthest,
        "far_other_language": far * float(language != "nl"),
        "far_statement": far_statement,
        "farthest_statement": farthest_statement,
        "own_question": _own_question(query, reading, selection, retriever),
        "slot_agrees": _slot_agrees(query, reading, retriever),
        "nearer_unanswered": nearer_unanswered,
        "sort_answered": sort_answered,
        "actor_cosine": s.get("top_cos_view", 0.0) - s.get("actor_cos_view", s.get("top_cos_view", 0.0)),
    }


def _asked(reading: Reading, query: str, retriever: Retriever, skip: frozenset[str] | set[str]) -> list[str]:
    """The content words of the question that name its subject."""
    words = retriever.vocabulary[reading.language]
    tokens = words.join(content_words(query, reading.language))
    return [w for w in (words.repair(t) for t in tokens) if stem(w, reading.language) not in skip and not w[0].isdigit()][:12]


def _distance(asked: list[str], found: list[str], bag: frozenset[str], language: str, retriever: Retriever) -> tuple[float, float]:
    """How far the words of the question are from others: the mean weighted by rarity, and the farthest."""
    if not asked:
        return 0.0, 0.0
    index = retriever.bm25_keys(language)
    near = retriever.word_vectors.nearness(asked, found)
    near = np.array([1.0 if stem(w, language) in bag else n for w, n in zip(asked, near, strict=True)])
    weight = np.array([index.idf(stem(w, language)) for w in asked])
    distance = (1.0 - near) * weight
    return float(distance.sum() / weight.sum()), float(distance.max() / 9.0)


def _far(asked: list[str], selection: Selection, own: Bags, retriever: Retriever) -> tuple[float, float]:
    """How far the question's words are from those of the two best passages."""
    top = [h.passage.id for h in selection.hits[:2]]
    found = list(dict.fromkeys(w for p in top for w in own.words_of(p)))
    bag: frozenset[str] = frozenset().union(*(own.of(p) for p in top))
    return _distance(asked, found, bag, own.language, retriever)


def _far_statement(asked: list[str], selection: Selection, own: Bags, retriever: Retriever) -> tuple[float, float]:
    """The same for the nearest of the best statements: an attribute that only the rest of the passage has is another one."""
    each = []
    for e in selection.evidence[:4]:
        bag, found = own.of_statement(e)
        each.append(_distance(asked, found, bag, own.language, retriever))
    return min((mean for mean, _ in each), default=0.0), min((farthest for _, farthest in each), default=0.0)


def _own_question(query: str, reading: Reading, selection: Selection, retriever: Retriever) -> float:
    """Cosine with the nearest question that the best statement is known to answer; of any statement when it has none."""
    best = selection.evidence[0].statement.id if selection.evidence else ""
    row = retriever.statement_row.get(best)
    cosine = float("nan") if row is None else float(retriever.question_cosines(reading.embedded(query), reading.language)[row])
    return selection.signals.get("top_cos_question", 0.0) if math.isnan(cosine) else cosine


def _slot_agrees(query: str, reading: Reading, retriever: Retriever) -> float:
    """Share of the known questions nearest to this one that ask for the same sort of thing (an amount, a date, nothing of the kind); 0.5: none known."""
    language = reading.language
    cosines = retriever.question_cosines(reading.embedded(query), language)
    near = np.argsort(-np.where(np.isnan(cosines), -np.inf, cosines))[:4] if len(cosines) <= 2_000 else np.argpartition(-np.nan_to_num(cosines, nan=-2.0), 4)[:4]
    own = [retriever.corpus.statements[n].questions for n in near]
    known = [q for questions in own for q in questions.get(language, questions.get("nl", ()))]
    slot = wanted(query)
    return sum(wanted(q) == slot for q in known) / len(known) if known else 0.5


def _slot_missing(query: str, evidence: list[Evidence]) -> float:
    """1 when the question asks for an amount, a year, a name … and none of the best statements holds one."""
    slot = wanted(query)
    return 0.0 if slot is None or any(fills(slot, e.statement.texts.nl) for e in evidence) else 1.0


def _head_missing(reading: Reading, query: str, evidence: list[Evidence], retriever: Retriever) -> float:
    """How far what is counted or priced is from any statement with a number; 0 when nothing is counted."""
    language = reading.language
    words = retriever.vocabulary[language]
    noun = head(query, content_words(query, language))
    if not noun:
        return 0.0
    noun = words.repair(noun)
    with_number = [e for e in evidence if fills(Slot.COUNT, e.statement.texts.nl)]
    if not with_number:
        return 1.0
    own = {s for e in with_number for s in words.analyse(e.text(language))}
    if stem(noun, language) in own or own & {stem(p, language) for p in words.split(noun)}:
        return 0.0
    found = [w for e in with_number for w in content_words(e.statement.texts.nl)]
    return 1.0 - float(max(0.0, retriever.word_vectors.nearness([noun], found)[0]))


def _head_unknown(reading: Reading, query: str, retriever: Retriever) -> float:
    """1 when what is counted or priced is a word that no document has."""
    words = retriever.vocabulary[reading.language]
    noun = head(query, content_words(query, reading.language))
    known = not noun or noun in words or words.repair(noun) != noun or bool(words.split(noun)) or bool(expansion_of(noun))
    return 0.0 if known else 1.0


def _slot_missing_passage(query: str, selection: Selection) -> float:
    """The same for the two best passages as a whole."""
    slot = wanted(query)
    return 0.0 if slot is None or any(fills(slot, h.text) for h in selection.hits[:2]) else 1.0


_CAPITAL = re.compile(r"(?<![.?!:] )(?<!^)\b[A-ZÀ-Ý][\w-]{3,}")


def _names_missing(query: str, reading: Reading, retriever: Retriever, bag: frozenset[str]) -> float:
    """Share of the proper names in the question that nothing found has; German writes every noun with a capital."""
    if reading.language == "de":
        return 0.0
    known = {w for a in retriever.corpus.actors for alias in (a.name, *a.aliases) for w in content_words(alias)}
    names = [w.lower() for w in _CAPITAL.findall(query) if w.lower() not in known]
    if not names:
        return 0.0
    words = retriever.vocabulary[reading.language]
    return sum(not set(words.analyse(n)) & bag for n in names) / len(names)


def _by_actor(reading: Reading, e: Evidence) -> bool:
    names = {n for a in reading.actors for n in (a.name, a.organisation) if n}
    return e.statement.speaker in names or e.statement.on_behalf_of in names or any(fold(n) in fold(e.statement.texts.nl) for n in names)


def _numbers_missing(reading: Reading, evidence: list[Evidence]) -> float:
    if not reading.numbers:
        return 0.0
    text = " ".join(e.document.passage_text(e.passage) for e in evidence).replace(".", "")
    return sum(n.replace(".", "") not in text for n in reading.numbers) / len(reading.numbers)


def probability(values: dict[str, float]) -> float:
    """Logistic probability that the documents answer the question."""
    w = weights()["decide"]
    z = sum(w.get(name, 0.0) * values[name] for name in SIGNALS)
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


def likely(p: float) -> bool:
    """True from half the threshold: enough where something else, too, speaks for an answer."""
    return p >= 0.5 * weights()["decide"].get("threshold", 0.5)


def decide(reading: Reading, query: str, selection: Selection, retriever: Retriever) -> tuple[Verdict, float]:
    """The verdict and the probability behind it."""
    if not selection.evidence:
        return Verdict.NO_EVIDENCE, 0.0
    values = signals(reading, query, selection, retriever)
    # An age, a price, a year, a name that neither the statements nor the passages hold is not there.
    # What is asked of a person is that person's: a number elsewhere in the passage does not fill it.
    unfilled = wanted(query) in STRICT and values["slot_missing"] == 1.0 and (values["slot_missing_passage"] == 1.0 or bool(reading.actors))
    p = probability(values)
    # With everything else in place it is no such question, whatever its words (``Hoeveel belang hecht X aan …?``).
    if unfilled and p < _FILLED:
        p = 0.0
    # The amount of a thing that no document has is hardly in the documents, whatever stands near it.
    if values["head_unknown"] and values["head_missing"] > 0.5 and p < _STRANGE:
        p = 0.0
    if reading.foreign and p < _FOREIGN:
        # With our own subject named beside it, it is a question about both, which the documents leave open.
        return (Verdict.NO_EVIDENCE if _OWN_SUBJECT.search(query) else Verdict.OUT_OF_SCOPE), p
    # A follow-up leans on what was answered before: less of it stands in its own words.
    enough = likely(p) if reading.follow_up else p >= weights()["decide"].get("threshold", 0.5)
    if enough and (p >= _SOMETHING_ELSE or not nothing_near(reading, query, retriever, 0.36, 0.45)):
        return Verdict.ANSWER, p
    return (Verdict.OUT_OF_SCOPE if p < _HARDLY and _another_subject(reading, query, retriever) else Verdict.NO_EVIDENCE), p


def _another_subject(reading: Reading, query: str, retriever: Retriever) -> bool:
    """True when nothing is near, or not very near and the question is of the sort that is about something else."""
    if nothing_near(reading, query, retriever, 0.40, 0.48):
        return True
    return off_subject(reading.embedded(query), retriever) and nothing_near(reading, query, retriever, 0.52, 0.52)


def nothing_near(reading: Reading, query: str, retriever: Retriever, far: float, rather_far: float) -> bool:
    """True when the nearest key is no nearer than ``far`` in cosine, or than ``rather_far`` for a question with few words of the subject."""
    if reading.actors or reading.hearing:
        return False
    words = retriever.vocabulary[reading.language]
    generic = {stem(w, reading.language) for w in STOPWORDS[reading.language]}
    stems = [s for s in words.analyse(query, query=True) if s not in generic]
    if not stems:
        return True
    index = retriever.bm25_keys(reading.language)
    # A word of the subject is one that many passages have; a word that one passage happens to have says nothing.
    topical = [s for s in stems if index.document_frequency.get(s, 0) >= 6]
    best = float(retriever.nearest(reading.embedded(query)).cosines.max())
    return best < far or (best < rather_far and len(topical) / len(stems) < 0.5)
