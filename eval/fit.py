"""Fit the weights of retrieval and of choosing statements, on the development and practice questions only.

Both are linear scores with a softmax over candidates: the log-likelihood of picking a gold passage (or
a statement that holds a gold fact) is maximised with a ridge penalty. Run ``python -m eval.fit`` after a
change of features; it prints the figures and writes ``index/weights.yaml`` and ``assistant/weights.yaml``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize

from assistant import attribution
from assistant.decide import SIGNALS, decide, signals
from assistant.dialogue import clues, in_context
from assistant.engine import Assistant
from assistant.evidence import STATEMENT_FEATURES, passage_features, select, statement_features, weights
from assistant.following import LIKELY, Rule
from assistant.following import rule as following_rule
from assistant.gaps import Gaps, Memory, gaps
from assistant.learned import spread
from assistant.understand import read
from corpus.store import Actor, Corpus
from eval.dataset import Question, load_sets
from eval.matching import contains
from index.mentions import names_of

PAIRS = Path(__file__).parent / "training" / "paren.jsonl"
NEAR_MISSES = PAIRS.with_name("bijna.jsonl")
ELSEWHERE = PAIRS.with_name("buiten.jsonl")
CONVERSATIONS = PAIRS.with_name("gesprekken.jsonl")
RIDGE = 0.01
PASSAGE_PRIOR = {
    "dense_passage": 0.5,
    "dense_sentence": 0.4,
    "dense_view": 0.8,
    "dense_statement": 0.6,
    "dense_question": 0.6,
    "bm25_text": 0.8,
    "bm25_keys": 2.0,
    "actor": 1.0,
    "hearing": 0.8,
    "law": 0.3,
    "opinion_digest": -0.7,
    "second_hand": -0.7,
    "second_hand_hearing": -1.5,
    "draft": -0.3,
    "data_sources": -0.6,
    "open_question": -0.3,
    "contradiction": -0.6,
    "asked_act": 0.5,
    "question_act": -0.4,
}
"""Where the fit starts and what it is drawn to: an added document has no views, so its own words must count."""
LEAST = {"dense_passage": 0.2, "dense_sentence": 0.2, "dense_view": 0.0, "dense_statement": 0.0, "dense_question": 0.0, "bm25_text": 0.5, "bm25_keys": 0.0, "actor": 0.8}
MOST = {"other_actor": 0.2, "contradiction": -1.4, "open_question": -1.3, "second_hand": -1.2, "second_hand_hearing": -1.0}
"""What the hearing report says itself is cited from the report: a digest of it comes after it."""
STATEMENT_PRIOR = {
    "cosine": 0.5,
    "question": 0.5,
    "lexical": 1.5,
    "passage": 2.0,
    "type": 0.8,
    "is_question": -1.2,
    "actor": 0.8,
    "behalf": -0.5,
    "first": 0.1,
    "stance": 0.2,
    "slot": 0.5,
    "second_hand": -0.3,
}
WRITTEN_WEIGHT = 10.0
"""Of a development question; a practice question counts for 1, or for :data:`PAIR_WEIGHT` in the decision to answer."""
PAIR_WEIGHT = 5.0
SORT_RIDGE = 0.1
SUBJECT_RIDGE = 0.02
MISTAKEN = 0.02
"""Share of the questions about our subject that may look like one about something else; that matters only for one that is hardly answered."""
SWITCH_WEIGHT = 5.0
FOLDS = 5
AXES = 160
"""With all 384 the measure is hardly better (AUROC on practice questions 0.948; with 192 0.947, with 128 0.945), and the file thrice as large."""
DECLINED = 0.03
"""Share of the answerable development questions that may be declined."""
CORRECTED = 0.01
"""Share of the practice questions with the right speaker in which a wrong one may be seen."""


@dataclass
class Case:
    """Candidates of one question: features (n, f), which of them are right, and how much the question counts."""

    features: np.ndarray
    right: np.ndarray
    weight: float = 1.0


def _loss(w: np.ndarray, cases: list[Case], prior: np.ndarray) -> tuple[float, np.ndarray]:
    value, gradient = 0.0, np.zeros_like(w)
    for case in cases:
        scores = case.features @ w
        scores -= scores.max()
        p = np.exp(scores)
        q = p * case.right
        value -= case.weight * np.log(q.sum() / p.sum() + 1e-12)
        gradient += case.weight * (case.features.T @ (p / p.sum() - q / max(q.sum(), 1e-12)))
    n = sum(case.weight for case in cases)
    difference = w - prior
    return value / n + RIDGE * float(difference @ difference), gradient / n + 2 * RIDGE * difference


def fit(cases: list[Case], prior: np.ndarray, names: Sequence[str], least: dict[str, float], most: dict[str, float]) -> np.ndarray:
    """Weights that make the right candidates likely, within the bounds given by name."""
    bounds = [(least.get(n), most.get(n)) for n in names]
    found = minimize(_loss, prior, args=(cases, prior), jac=True, bounds=bounds, method="L-BFGS-B")
    return np.asarray(found.x)


def figures(cases: list[Case], w: np.ndarray) -> str:
    """hit@1, hit@5 and MRR of the weights."""
    ranks = []
    for case in cases:
        scores = case.features @ w
        ranks.append(int((scores > scores[case.right].max()).sum()))
    r = np.array(ranks)
    return f"n={len(r)} hit@1={np.mean(r < 1):.3f} hit@5={np.mean(r < 5):.3f} MRR={np.mean(np.where(r < 10, 1 / (r + 1), 0)):.3f}"


def gold_positions(assistant: Assistant, question: Question) -> list[int]:
    """Positions of the gold passages."""
    corpus, retriever = assistant.corpus, assistant.retriever
    out = []
    for reference in question.gold.passages if question.gold else ():
        passage = corpus.fact(reference)[1] if "/" not in reference else corpus.passage(reference)[1]
        out.append(retriever.position[passage.id])
    return out


def collect(assistant: Assistant, questions: list[Question], as_of: date) -> tuple[list[Case], list[Case], list[str]]:
    """Cases for passages and for statements, and the names of the passage features."""
    passages: list[Case] = []
    statements: list[Case] = []
    names: list[str] = []
    for question in questions:
        if question.gold is None or question.question is None or question.type.value == "unanswerable":
            continue
        gold = gold_positions(assistant, question)
        if not gold:
            continue
        reading = read(question.question, assistant.corpus, question.language)
        table = passage_features(reading, question.question, assistant.retriever)
        names = list(table)
        features = np.stack([table[n] for n in names], axis=1)
        right = np.zeros(len(features), dtype=bool)
        right[gold] = True
        passages.append(Case(features, right, WRITTEN_WEIGHT))
        if case := _statement_case(assistant, question, reading, features @ np.array([_weight(n) for n in names]), set(gold)):
            statements.append(case)
    return passages, statements, names


def _statement_case(assistant: Assistant, question: Question, reading: Any, scores: np.ndarray, gold: set[int]) -> Case | None:
    assert question.gold is not None
    rows, features = statement_features(reading, question.question or "", assistant.retriever, scores)
    facts = question.gold.facts
    if not facts:
        return None
    right = np.zeros(len(rows), dtype=bool)
    for i, row in enumerate(rows):
        if int(assistant.retriever.statement_position[row]) in gold:
            text = assistant.corpus.statements[row].texts.get(question.language)
            held = sum(any(contains(text, wording, question.language) for wording in fact) for fact in facts)
            right[i] = held > 0 and held >= len(facts) / 2
    return Case(features, right, WRITTEN_WEIGHT) if right.any() else None


def pairs() -> list[dict[str, Any]]:
    """Training questions (``eval/training``): id, question, language and the statements that answer it, none for a near-miss.

    They are written two by two about one subject, one that the documents answer and one that they do not.
    """
    return _lines(PAIRS)


def near_misses() -> list[dict[str, Any]]:
    """Questions that no document answers, with ``near``, the statement that each resembles, and ``why`` it does not answer."""
    return _lines(NEAR_MISSES)


def off_subject() -> list[dict[str, Any]]:
    """Questions about something else, with ``why``, what they are about: nothing answers them, and nothing near is offered."""
    return _lines(ELSEWHERE)


def answered(corpus: Corpus) -> list[dict[str, Any]]:
    """The questions that the statements are known to answer, in the same form; a question of several statements once."""
    statements: dict[tuple[str, str], list[str]] = {}
    for s in corpus.statements:
        for language, questions in s.questions.items():
            for question in questions:
                statements.setdefault((language, question), []).append(s.id)
    return [{"question": question, "language": language, "statements": own} for (language, question), own in statements.items()]


def conversations() -> list[dict[str, Any]]:
    """Practice conversations: language and turns, each with question, statements (none: nothing answers it) and whether it ``follows`` from the ones before."""
    return _lines(CONVERSATIONS)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def passage_of(statement: str) -> str:
    """The passage of a statement's id."""
    return statement.split("#")[0]


def turns(kept_apart: bool) -> Iterator[dict]:
    """Every turn as a practice question: a follow-up with the answered questions before it, any later turn also in that way.

    ``kept_apart``: those of every tenth conversation, which is not learned from. ``in_context``: with the questions before it.
    """
    for number, conversation in enumerate(conversations()):
        if (number % 10 == 0) != kept_apart:
            continue
        earlier: list[str] = []
        near = ""
        for turn in conversation["turns"]:
            own = {"language": conversation["language"], "statements": turn["statements"], "near": near}
            if not turn["follows"]:
                yield {**own, "question": turn["question"], "in_context": False}
            if earlier:
                yield {**own, "question": in_context(turn["question"], earlier), "in_context": True}
            if turn["statements"]:
                earlier.append(turn["question"])
                near = turn["statements"][0]


def collect_pairs(assistant: Assistant, as_of: date) -> tuple[list[Case], list[Case]]:
    """The same cases of the training questions that have an answer."""
    passages: list[Case] = []
    statements: list[Case] = []
    retriever = assistant.retriever
    for row in pairs():
        if not row["statements"]:
            continue
        reading = read(row["question"], assistant.corpus, row["language"])
        table = passage_features(reading, row["question"], retriever)
        features = np.stack(list(table.values()), axis=1)
        right = np.zeros(len(features), dtype=bool)
        right[[retriever.position[passage_of(s)] for s in row["statements"]]] = True
        passages.append(Case(features, right))
        rows, own = statement_features(reading, row["question"], retriever, features @ np.array([_weight(n) for n in table]))
        good = np.array([assistant.corpus.statements[n].id in row["statements"] for n in rows])
        if good.any():
            statements.append(Case(own, good))
    return passages, statements


def _weight(name: str) -> float:
    return weights()["passage"].get(name, 0.0)


def fit_gaps(assistant: Assistant, rows: list[dict[str, Any]], more: list[dict[str, Any]]) -> tuple[Gaps, np.ndarray]:
    """What the practice questions teach of questions without an answer, and both measures of ``rows`` themselves, shape (n, 2).

    A question's own measures come from the others: what is remembered but its own pair, and a rule fitted without it.
    """
    embeddings = assistant.retriever.embeddings
    raw, other = (embeddings.vectors([r["question"] for r in own], "query") for own in (rows, more))
    answered, other_answered = (np.array([bool(r["statements"]) for r in own]) for own in (rows, more))
    pair = np.array([_pair(r["id"]) for r in rows])
    mean = raw.mean(axis=0)

    def rule(chosen: np.ndarray) -> np.ndarray:
        vectors, y = np.concatenate([raw[chosen], other]), np.concatenate([answered[chosen], other_answered]).astype(float)
        return fit_logistic(np.concatenate([np.ones((len(y), 1)), spread(vectors, mean)], axis=1), y, np.ones(len(y)), SORT_RIDGE)

    sort = np.zeros(len(rows))
    fold = np.random.default_rng(0).integers(FOLDS, size=int(pair.max()) + 1)[pair]
    for n in range(FOLDS):
        w = rule(fold != n)
        sort[fold == n] = w[0] + spread(raw[fold == n], mean) @ w[1:]
    memory = remember(np.concatenate([raw, other]), np.concatenate([answered, other_answered]))
    pair_of = np.concatenate([pair, np.full(len(other), -1)])
    near = np.concatenate([memory.nearer(raw[n : n + 200], pair[n : n + 200, None] == pair_of[None, :]) for n in range(0, len(rows), 200)])
    own = np.stack([near, sort], axis=1)
    usual = own[answered].mean(axis=0)
    w = rule(np.ones(len(rows), dtype=bool))
    elsewhere = np.array(["near" not in r and not r["statements"] for r in more])
    v, offset = fit_subject(np.concatenate([raw[answered], other[~elsewhere]]), other[elsewhere], mean)
    documents = frozenset(assistant.corpus.passage(passage_of(s))[0].id for r in (*rows, *more) for s in r["statements"])
    return Gaps(embeddings.name, documents, memory, mean, w[1:], float(w[0]), v, offset, (float(usual[0]), float(usual[1]))), own


def fit_subject(ours: np.ndarray, others: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, float]:
    """A linear rule, direction (d,) and offset, that is above 0 for questions about something else and for :data:`MISTAKEN` of ours.

    Prints how many of those it was not fitted on it finds.
    """
    x = np.concatenate([np.ones((len(ours) + len(others), 1)), spread(np.concatenate([ours, others]), mean)], axis=1)
    y = np.concatenate([np.zeros(len(ours)), np.ones(len(others))])
    fold = np.random.default_rng(0).integers(FOLDS, size=len(y))
    found = np.zeros(len(y))
    for n in range(FOLDS):
        found[fold == n] = x[fold == n] @ fit_logistic(x[fold != n], y[fold != n], np.ones(int((fold != n).sum())), SUBJECT_RIDGE)
    threshold = float(np.quantile(found[y == 0], 1.0 - MISTAKEN))
    print(f"another subject: n={len(others)}, found {np.mean(found[y > 0] > threshold):.3f} at {MISTAKEN:.1%} of ours")
    w = fit_logistic(x, y, np.ones(len(y)), SUBJECT_RIDGE)
    return w[1:], float(w[0]) - threshold


def remember(vectors: np.ndarray, answered: np.ndarray) -> Memory:
    """A memory of questions with these vectors (n, d), along the :data:`AXES` directions in which they differ most."""
    mean = vectors.mean(axis=0)
    _, axes = np.linalg.eigh((vectors - mean).T @ (vectors - mean))
    memory = Memory(mean, axes[:, ::-1][:, :AXES], np.zeros((0, AXES), dtype=np.float32), answered)
    return replace(memory, vectors=memory.place(vectors))


def fit_following(assistant: Assistant, conversations: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> Rule:
    """Learn which questions follow from the one before: the later turns of practice conversations, and questions that stand on their own.

    Prints how well it does on conversations that it was not fitted on, beside the rule of thumb.
    """
    corpus, retriever = assistant.corpus, assistant.retriever
    rows = [(n, c["language"], t["question"], float(t["follows"])) for n, c in enumerate(conversations) for t in c["turns"][1:]]
    rows += [(-1, r["language"], r["question"], 0.0) for r in others]
    own = [clues(question, language, corpus) for _, language, question, _ in rows]
    values, y = np.array([c.values() for c in own]), np.array([row[3] for row in rows])
    raw = retriever.embeddings.vectors([row[2] for row in rows], "query")
    mean = raw.mean(axis=0)
    x = np.concatenate([np.ones((len(rows), 1)), values, spread(raw, mean)], axis=1)
    conversation = np.array([row[0] for row in rows])
    # A change of subject within a conversation is rare among these, and what the rule is for.
    weight = np.where((conversation >= 0) & (y == 0), SWITCH_WEIGHT, 1.0)
    generator = np.random.default_rng(0)
    fold = np.where(conversation >= 0, generator.integers(FOLDS, size=len(conversations))[conversation], generator.integers(FOLDS, size=len(rows)))
    found = np.zeros(len(rows))
    for n in range(FOLDS):
        found[fold == n] = x[fold == n] @ fit_logistic(x[fold != n], y[fold != n], weight[fold != n])
    for label, follows in (("rule of thumb", np.array([c.follows for c in own])), ("learned", found > LIKELY)):
        later = conversation >= 0
        print(
            f"follow-ups {label}: found {np.mean(follows[y > 0]):.3f}, changes of subject left alone {np.mean(~follows[later & (y == 0)]):.3f}, other questions {np.mean(~follows[~later]):.3f}"
        )
    w = fit_logistic(x, y, weight)
    k = values.shape[1]
    return Rule(retriever.embeddings.name, w[1 : k + 1], mean, w[k + 1 :], float(w[0]))


def remembered(corpus: Corpus) -> list[dict[str, Any]]:
    """What the memory of :mod:`assistant.gaps` holds beside the pairs, on which it is measured and fitted: every other practice question."""
    return [*answered(corpus), *near_misses(), *turns(kept_apart=False), *off_subject()]


def _pair(identifier: str) -> int:
    """The number of the pair that practice question ``pr-0001``, ``pr-0002`` … belongs to."""
    return (int(identifier.split("-")[1]) - 1) // 2


def decision_cases(assistant: Assistant, questions: list[Question], as_of: date, measured: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Signals (n, f) and labels (1: the documents answer it) of every single question of the split, and of the practice questions.

    The measures of :mod:`assistant.gaps` must have been fitted; ``measured`` holds those of the practice questions, shape (n, 2).
    """
    rows, labels, ids = [], [], []
    for question in questions:
        if question.gold is None or question.question is None:
            continue
        answerable = question.gold.answerable
        if answerable and not {"answered"} & set(question.gold.status):
            continue
        reading = read(question.question, assistant.corpus, question.language)
        selection = select(reading, question.question, assistant.retriever, question.as_of or as_of)
        values = signals(reading, question.question, selection, assistant.retriever)
        rows.append([values[name] for name in SIGNALS])
        labels.append(float(answerable))
        ids.append(question.id)
    for row, (near, sort) in zip(pairs(), measured, strict=True):
        reading = read(row["question"], assistant.corpus, row["language"])
        selection = select(reading, row["question"], assistant.retriever, as_of)
        values = signals(reading, row["question"], selection, assistant.retriever)
        values |= {"nearer_unanswered": float(near), "sort_answered": float(sort)}
        rows.append([values[name] for name in SIGNALS])
        labels.append(float(bool(row["statements"])))
        ids.append(row["id"])
    return np.array(rows), np.array(labels), ids


def with_other_names(rows: Sequence[dict[str, Any]], corpus: Corpus) -> Iterator[dict[str, Any]]:
    """Answered practice questions that name the one speaker of their statements, each with two other speakers in that place."""
    speakers = [a for a in corpus.actors if any(s.speaker == a.name for s in corpus.statements)]
    said_by = {s.id: s.speaker for s in corpus.statements}
    for n, row in enumerate(rows):
        names = {said_by[s] for s in row["statements"]}
        actor = next((a for a in speakers if names == {a.name}), None)
        if actor is None:
            continue
        others = [a for a in speakers if a.name != actor.name and a.organisation != actor.organisation]
        for k in range(2):
            other = others[(7 * n + 5 * k) % len(others)]
            question = _renamed(row["question"], actor, other)
            if question != row["question"]:
                yield {**row, "question": question, "actor": other.name}


def _renamed(question: str, actor: Actor, other: Actor) -> str:
    """The question with the first mention of ``actor`` turned into ``other``."""
    for alias, pattern in names_of(actor):
        name = (other.organisation or other.name) if alias == actor.organisation else other.name
        changed = pattern.sub(name, question, count=1)
        if changed != question:
            return changed
    return question


def attribution_cases(assistant: Assistant, as_of: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Signals (n, f) of practice questions that name a speaker; which name another one than who said it; which are answered as they stand.

    The memory of :mod:`assistant.gaps` must not hold these questions.
    """
    own = pairs()
    values, wrong, answered = [], [], []
    for row in [*own, *with_other_names(own, assistant.corpus)]:
        reading = read(row["question"], assistant.corpus, row["language"])
        if "actor" in row and [a.name for a in reading.actors] != [row["actor"]]:
            continue
        found = select(reading, row["question"], assistant.retriever, as_of)
        other = attribution.elsewhere(reading, row["question"], found, assistant.retriever, as_of, decide(reading, row["question"], found, assistant.retriever)[1])
        if other is not None:
            values.append([other.signals[name] for name in attribution.SIGNALS])
            wrong.append("actor" in row)
            answered.append(bool(row["statements"]) and "actor" not in row)
    return np.array(values), np.array(wrong), np.array(answered)


def fit_logistic(x: np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: float = 0.01) -> np.ndarray:
    """Ridge logistic regression; both classes weigh the same, examples within a class by ``weight``.

    The first column is the intercept and is not shrunk.
    """
    mean_of = {label: float((weight * (y == label)).sum() / len(y)) for label in (0.0, 1.0)}
    share = np.where(y > 0, 0.5 / mean_of[1.0], 0.5 / mean_of[0.0]) * weight
    scale = x.std(axis=0)
    scale[scale < 1e-9] = 1.0
    z = x / scale

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        s = z @ w
        p = 1 / (1 + np.exp(-s))
        value = float(np.mean(share * (np.logaddexp(0, s) - y * s))) + ridge * float(w[1:] @ w[1:])
        gradient = z.T @ (share * (p - y)) / len(y)
        gradient[1:] += 2 * ridge * w[1:]
        return value, gradient

    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x) / scale


def auroc(scores: np.ndarray, y: np.ndarray) -> float:
    """Probability that an answerable question scores above an unanswerable one."""
    a, b = scores[y > 0], scores[y == 0]
    return float(np.mean((a[:, None] > b[None, :]) + 0.5 * (a[:, None] == b[None, :])))


def _install(own: Gaps) -> None:
    own.write()
    gaps.cache_clear()


def main(home: Path | None = None) -> None:
    """Fit both sets of weights and write them."""
    from assistant.factory import make_assistant
    from assistant.settings import load_settings

    assistant = make_assistant(load_settings(home=home))
    questions = load_sets(split="dev")
    as_of = date(2026, 11, 23)
    passages, _, names = collect(assistant, questions, as_of)
    passages += collect_pairs(assistant, as_of)[0]
    print("passages before", figures(passages, np.array([_weight(n) for n in names])))
    prior = np.array([PASSAGE_PRIOR.get(n, 0.0) for n in names])
    w = fit(passages, prior, names, LEAST, MOST)
    print("passages after ", figures(passages, w))
    data = weights()
    data["passage"] = {n: round(float(x), 3) for n, x in zip(names, w, strict=True)}
    _, statements, _ = collect(assistant, questions, as_of)
    statements += collect_pairs(assistant, as_of)[1]
    print("statements before", figures(statements, np.array([data["statement"].get(n, 0.0) for n in STATEMENT_FEATURES])))
    prior = np.array([STATEMENT_PRIOR[n] for n in STATEMENT_FEATURES])
    v = fit(statements, prior, STATEMENT_FEATURES, {"cosine": 0.2, "lexical": 0.2, "passage": 0.2}, {"second_hand": -0.8})
    print("statements after ", figures(statements, v))
    data["statement"] = {n: round(float(x), 3) for n, x in zip(STATEMENT_FEATURES, v, strict=True)}
    learned, measured = fit_gaps(assistant, pairs(), remembered(assistant.corpus))
    _install(learned)
    fit_following(assistant, conversations(), pairs()).write()
    following_rule.cache_clear()
    x, y, ids = decision_cases(assistant, questions, as_of, measured)
    written = np.array([not i.startswith("pr-") for i in ids])
    v = fit_logistic(x, y, np.where(written, WRITTEN_WEIGHT, PAIR_WEIGHT))
    scores = x @ v
    threshold = float(np.quantile(scores[(y > 0) & written], DECLINED))
    for label, mask in (("development", written), ("practice", ~written)):
        declined = float(np.mean(scores[mask & (y == 0)] < threshold))
        print(f"decision {label}: n={mask.sum()} AUROC={auroc(scores[mask], y[mask]):.3f}; at {DECLINED:.0%} of the answerable declined, {declined:.3f} of the others are")
    data["decide"] = {**{n: round(float(c), 3) for n, c in zip(SIGNALS, v, strict=True)}, "threshold": round(1 / (1 + float(np.exp(-threshold))), 3)}
    try:
        memory, n = learned.memory, len(pairs())
        _install(replace(learned, memory=replace(memory, vectors=memory.vectors[n:], answered=memory.answered[n:])))
        x, wrong, answerable = attribution_cases(assistant, as_of)
    finally:
        _install(learned)
    v = fit_logistic(x, wrong.astype(float), np.ones(len(wrong)))
    scores = x @ v
    threshold = float(np.quantile(scores[answerable], 1.0 - CORRECTED))
    found = [float(np.mean(scores[mask] > threshold)) for mask in (wrong, answerable, ~wrong & ~answerable)]
    print(f"wrong speakers: n={wrong.sum()} AUROC={auroc(scores, wrong):.3f}; found {found[0]:.3f}, of the right ones {found[1]:.3f}, of unanswered questions {found[2]:.3f}")
    data["premise"] = {**{n: round(float(c), 3) for n, c in zip(attribution.SIGNALS, v, strict=True)}, "threshold": round(threshold, 3)}
    root = Path(__file__).resolve().parents[1]
    own = {n: data["passage"][n] for n in names if n.startswith(("dense", "bm25"))} | {"speaker": max(0.5, data["passage"]["actor"])}
    (root / "index" / "weights.yaml").write_text("# Fitted on the development questions by `python -m eval.fit`.\n" + yaml.safe_dump(own, sort_keys=False), encoding="utf-8")
    path = root / "assistant" / "weights.yaml"
    path.write_text("# Fitted on the development questions by `python -m eval.fit`; never on the test split.\n" + yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
