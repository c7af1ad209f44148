"""Score: a stored run against gold, without asking anything again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.store import Corpus
from eval.dataset import DATASETS, Question, items_of, load_sets, set_names
from eval.errors import EvalUsageError
from eval.figures import Figure, Pair, ratio
from eval.gold import Unit, equivalents, units
from eval.measures import ALL, Case
from eval.measures.crag import crag
from eval.measures.dialogue import dialogues_right
from eval.measures.latency import latency_figures
from eval.measures.retrieval import Ranked, names, retrieval_values
from eval.measures.right import Verdict, judge
from eval.measures.risk import curve, risk_figures
from eval.runs import Run, write_json

ASSISTANT = "assistant"
"""Name under which the passages stored in the answers stand among the retrieval systems."""

GROUP_MEASURES = ("right", "crag", "status_accuracy", "fact_recall", "gold_cited", "citation_recall")
"""Measures shown per type, language, tag, split and audience."""


@dataclass
class Scores:
    """Everything that scoring found; ``values`` and ``retrieval_values`` keep each item's share, for comparisons."""

    run: Run
    cases: list[Case]
    missing: list[str]
    verdicts: dict[str, Verdict]
    values: dict[str, dict[str, Pair]]
    figures: dict[str, Figure]
    groups: dict[str, dict[str, Figure]]
    retrieval_values: dict[str, dict[str, dict[str, Pair]]]
    retrieval: dict[str, dict[str, Figure]]
    risk_coverage: list[tuple[float, float]] = field(default_factory=list)

    def figure(self, key: str) -> Figure:
        """A figure by key: ``right``, ``type:number/right`` or ``retrieval:full/hit@1``. Raises :class:`EvalUsageError`."""
        group, _, name = key.rpartition("/")
        table: Mapping[str, Figure] | None
        if not group:
            table = self.figures
        elif group.startswith("retrieval:"):
            table = self.retrieval.get(group.removeprefix("retrieval:"))
        else:
            table = self.groups.get(group)
        if table is None or name not in table:
            known = sorted(self.figures) + [f"{g}/…" for g in self.groups] + [f"retrieval:{s}/…" for s in self.retrieval]
            raise EvalUsageError(f"Het cijfer '{key}' bestaat niet in deze run.", f"Wel aanwezig: {', '.join(known)}.")
        return table[name]

    def all_figures(self) -> dict[str, Figure]:
        """Every figure by its key."""
        out = dict(self.figures)
        for group, table in self.groups.items():
            out |= {f"{group}/{name}": figure for name, figure in table.items()}
        for system, table in self.retrieval.items():
            out |= {f"retrieval:{system}/{name}": figure for name, figure in table.items()}
        return out

    def as_json(self) -> dict[str, Any]:
        """Plain data, as stored in ``scores.json``."""
        return {
            "run": self.run.info.name,
            "corpus": self.run.info.corpus,
            "scored_with_corpus": self.cases[0].corpus.hash if self.cases else "",
            "items": len(self.cases),
            "missing_answers": self.missing,
            "figures": {key: figure.as_json() for key, figure in self.all_figures().items()},
            "risk_coverage": self.risk_coverage,
            "per_item": {
                case.item.id: {
                    "status": str(case.status),
                    "right": self.verdicts[case.item.id].right,
                    "reasons": self.verdicts[case.item.id].reasons,
                    **{name: round(v[case.item.id][0], 6) for name, v in self.values.items() if case.item.id in v},
                }
                for case in self.cases
            },
        }


def current_gold(run: Run, root: Path = DATASETS, sets: Iterable[str] = ()) -> list[Question]:
    """The run's questions with the gold of today: the sets' version where the id is still there, else as stored.

    A run without stored questions (a file of answers) is scored on the questions that its answers belong to.
    """
    chosen = list(sets)
    today = {q.id: q for q in load_sets(chosen, root)} if chosen or set_names(root) else {}
    if run.questions:
        return [today.get(q.id, q) if _same_questions(today.get(q.id), q) else q for q in run.questions]
    wanted = {answer.split("#", 1)[0] for answer in run.answers}
    found = [q for q in today.values() if q.id in wanted]
    if not found:
        raise EvalUsageError("Geen van de antwoorden hoort bij een vraag van de sets.", "Geef de set met --set.")
    return found


def _same_questions(today: Question | None, stored: Question) -> bool:
    """Gold may change, the question may not: another wording is another question, and the old answer says nothing about it."""
    return today is not None and (today.question, today.turns) == (stored.question, stored.turns)


def score(run: Run, questions: Sequence[Question], corpus: Corpus) -> Scores:
    """Score a run on these questions. A missing answer counts as wrong, with zero for every retrieval measure."""
    same = equivalents(corpus)
    cases = [
        Case(item, item.gold, run.answers.get(item.id), corpus, units(corpus, item.gold, same))
        for item in items_of(questions)
        if item.gold is not None
    ]
    if not cases:
        raise EvalUsageError("Er is niets te beoordelen: de selectie bevat geen vragen.", "Kies een andere --set, --split, --language of --type.")
    verdicts = {case.item.id: judge(case) for case in cases}
    values: dict[str, dict[str, Pair]] = {}
    for measure in ALL:
        values[measure.name] = {case.item.id: value for case in cases if (value := measure.value(case)) is not None}
    figures = {m.name: ratio(m.name, values[m.name], m.unit) for m in ALL}
    whole = dialogues_right(cases)
    figures["dialogue_right"] = ratio("dialogue_right", whole)
    for figure in [*risk_figures(cases), *latency_figures(cases)]:
        figures[figure.name] = figure
    scores = Scores(
        run=run,
        cases=cases,
        missing=[case.item.id for case in cases if case.answer is None],
        verdicts=verdicts,
        values=values,
        figures=figures,
        groups=_groups(cases, values),
        retrieval_values={},
        retrieval={},
        risk_coverage=curve(cases),
    )
    _score_retrieval(scores)
    return scores


def _score_retrieval(scores: Scores) -> None:
    """Retrieval tables: each stored system, and the passages in the answers. Later turns of dialogues are left out (they need history)."""
    wanted: dict[str, tuple[Unit, ...]] = {c.item.id: c.units for c in scores.cases if c.units and c.gold.answerable and not c.item.turn}
    rankings: dict[str, Mapping[str, Sequence[Ranked]]] = dict(scores.run.rankings)
    rankings[ASSISTANT] = {
        case.item.id: [Ranked(r.document, 0, 0, r.score, r.passage) for r in case.answer.retrieved] for case in scores.cases if case.answer
    }
    for system, ranking in rankings.items():
        table = retrieval_values(ranking, wanted)
        scores.retrieval_values[system] = table
        scores.retrieval[system] = {name: ratio(name, table[name]) for name in names()}


def groupings(case: Case) -> list[str]:
    """The groups a case belongs to."""
    parent = case.item.parent
    return [
        f"split:{parent.split}",
        f"language:{parent.language}",
        f"type:{parent.type.value}",
        f"audience:{parent.audience}",
        *(f"tag:{tag}" for tag in parent.tags),
    ]


def _groups(cases: Sequence[Case], values: Mapping[str, Mapping[str, Pair]]) -> dict[str, dict[str, Figure]]:
    members: dict[str, set[str]] = {}
    for case in cases:
        for group in groupings(case):
            members.setdefault(group, set()).add(case.item.id)
    out: dict[str, dict[str, Figure]] = {}
    for group in sorted(members):
        out[group] = {
            name: ratio(name, {i: p for i, p in values[name].items() if i in members[group]}, "score" if name == "crag" else "ratio")
            for name in GROUP_MEASURES
        }
    return out


def failures(scores: Scores) -> list[Case]:
    """Cases whose answer is not right, worst first (wrong before declined before incomplete), then in order."""
    wrong = [case for case in scores.cases if not scores.verdicts[case.item.id].right]
    return sorted(wrong, key=lambda case: crag(case)[0])


def write_scores(folder: Path, scores: Scores) -> None:
    """Write ``scores.json``."""
    write_json(folder / "scores.json", scores.as_json())


def by_definition() -> dict[str, tuple[str, bool, Callable[[Case], Pair | None]]]:
    """Name to (definition, higher is better, function) of every measure per answer."""
    return {m.name: (m.definition, m.higher_is_better, m.value) for m in ALL}
