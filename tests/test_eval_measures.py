"""Every measure against an example worked out by hand."""

import numpy as np
import pytest

from assistant.answer import Status
from eval.gold import equivalents, units
from eval.measures import attribution, citations, crag, dialogue, facts, premises, quotes, right, risk, status
from eval.measures.retrieval import Ranked, covers, retrieval_values, unit_ranking
from eval.measures.support import negated, support
from eval.testing import answer, case, citation, question, small_corpus

CORPUS = small_corpus()
RIGHT = answer(
    CORPUS,
    statements=[("Ann Peeters (KOEPEL) vraagt een werkzaamheidsgraad van 80 procent.", [citation(CORPUS, "hoor/1/p1", "een werkzaamheidsgraad van 80 procent")])],
    retrieved=[("hoor/1/p1", 3.0), ("hoor/2/p1", 1.0)],
)
WRONG = answer(CORPUS, statements=[("In 2021 kregen 1.200 mensen een premie.", [citation(CORPUS, "hoor/1/p2", "kregen 1.200 mensen een premie van 45 procent")])])
DECLINED = answer(CORPUS, status=Status.NO_EVIDENCE, text="Dat staat niet in de documenten.")
UNANSWERABLE = question("q-2", type="unanswerable", question="Hoeveel verdient ze?", gold={"status": ["no_evidence"]})
FALSE = question(
    "q-3",
    type="false_premise",
    question="Waarom wil de koepel 90 procent?",
    gold={"status": ["answered", "partial"], "passages": ["hoor/1/p1"], "corrects": ["80 procent"], "forbidden": ["90 procent is juist"]},
)


def test_right_answer() -> None:
    verdict = right.judge(case(CORPUS, question(), RIGHT))
    assert verdict.right and verdict.reasons == []


@pytest.mark.parametrize(
    ("asked", "given", "reason"),
    [
        (question(), WRONG, "feiten"),
        (question(), DECLINED, "status"),
        (question(), None, "status"),
        (UNANSWERABLE, RIGHT, "status"),
        (question(gold={"status": ["answered"], "facts": [["80 procent"]], "forbidden": ["werkzaamheidsgraad"]}), RIGHT, "verboden"),
        (FALSE, WRONG, "vooronderstelling"),
    ],
)
def test_what_makes_an_answer_wrong(asked: object, given: object, reason: str) -> None:
    verdict = right.judge(case(CORPUS, asked, given))  # type: ignore[arg-type]
    assert not verdict.right
    assert reason in "; ".join(verdict.reasons)


def test_declining_needs_no_facts_where_it_is_accepted() -> None:
    either = question(gold={"status": ["answered", "no_evidence"], "facts": [["80 procent"]]})
    assert right.judge(case(CORPUS, either, DECLINED)).right
    told = question(type="unanswerable", gold={"status": ["no_evidence"], "facts": [["niet bekend"]]})
    assert not right.judge(case(CORPUS, told, DECLINED)).right


def test_crag_by_hand() -> None:
    half = question(gold={"status": ["answered"], "facts": [["80 procent"], ["in 2030"]]})
    third = question(gold={"status": ["answered"], "facts": [["80 procent"], ["in 2030"], ["in Gent"]]})
    scores = [
        crag.crag(case(CORPUS, question(), RIGHT))[0],
        crag.crag(case(CORPUS, half, RIGHT))[0],
        crag.crag(case(CORPUS, third, RIGHT))[0],
        crag.crag(case(CORPUS, question(), DECLINED))[0],
        crag.crag(case(CORPUS, question(), None))[0],
        crag.crag(case(CORPUS, UNANSWERABLE, DECLINED))[0],
        crag.crag(case(CORPUS, UNANSWERABLE, RIGHT))[0],
        crag.crag(case(CORPUS, UNANSWERABLE, answer(CORPUS, status=Status.CLARIFY, text="Wie?")))[0],
    ]
    assert scores == [1, 0.5, -1, 0, 0, 1, -1, 0]


def test_status_and_refusals() -> None:
    cases = [
        case(CORPUS, question(), RIGHT),
        case(CORPUS, question(), DECLINED),
        case(CORPUS, UNANSWERABLE, DECLINED),
        case(CORPUS, UNANSWERABLE, WRONG),
        case(CORPUS, question(), None),
    ]
    assert [status.status_accuracy(c)[0] for c in cases] == [1, 0, 1, 0, 0]
    assert [status.refusal_precision(c) for c in cases] == [None, (0.0, 1.0), (1.0, 1.0), None, None]
    assert [status.refusal_recall(c) for c in cases] == [None, None, (1.0, 1.0), (0.0, 1.0), None]
    assert [status.answered_rate(c) for c in cases] == [(1.0, 1.0), (0.0, 1.0), None, None, (0.0, 1.0)]


def test_language() -> None:
    german = answer(CORPUS, text="Achtzig Prozent.", language="de")
    assert status.language_accuracy(case(CORPUS, question(), german)) == (0.0, 1.0)
    assert status.language_accuracy(case(CORPUS, question(), RIGHT)) == (1.0, 1.0)
    assert status.language_accuracy(case(CORPUS, question(), None)) is None


def test_readme_defines_every_figure() -> None:
    from pathlib import Path

    from eval.measures import ALL

    text = (Path(__file__).parent.parent / "eval" / "README.md").read_text(encoding="utf-8")
    assert [m.name for m in ALL if f"`{m.name}`" not in text] == []


def test_fact_recall() -> None:
    asked = question(gold={"status": ["answered"], "facts": [["80 %"], ["1.200", "twaalfhonderd"], ["45 procent"], ["iedereen"]]})
    assert facts.fact_recall(case(CORPUS, asked, RIGHT)) == (0.25, 1.0)
    assert facts.fact_recall(case(CORPUS, asked, WRONG)) == (0.25, 1.0)
    assert facts.fact_recall_shown(case(CORPUS, asked, WRONG)) == (0.5, 1.0)
    assert facts.fact_recall(case(CORPUS, asked, None)) == (0.0, 1.0)
    assert facts.fact_recall(case(CORPUS, UNANSWERABLE, DECLINED)) is None


def test_length_counts_no_markers() -> None:
    given = answer(CORPUS, text="Tien tekens. [1][2]")
    assert facts.length(case(CORPUS, question(), given)) == (12.0, 1.0)
    assert facts.length(case(CORPUS, question(), DECLINED)) is None


@pytest.mark.parametrize(
    ("statement", "quotes_", "supported"),
    [
        ("Ann Peeters vraagt een werkzaamheidsgraad van 80 procent.", ["een werkzaamheidsgraad van 80 procent"], True),
        ("De werkzaamheidsgraad is 85 procent.", ["een werkzaamheidsgraad van 80 procent"], False),
        ("VDAB wil een werkzaamheidsgraad van 80 procent.", ["een werkzaamheidsgraad van 80 procent"], False),
        ("Het is niet haalbaar zonder begeleiding.", ["Dat is haalbaar met begeleiding."], False),
        ("Het is haalbaar met begeleiding.", ["Dat is niet haalbaar met begeleiding."], False),
        ("De paarse olifant danst vrolijk.", ["een werkzaamheidsgraad van 80 procent"], False),
        ("Er is begeleiding.", [], False),
    ],
)
def test_support(statement: str, quotes_: list[str], supported: bool) -> None:
    assert support(statement, quotes_, ["Ann Peeters (KOEPEL)"]).supported is supported


def test_support_across_languages_compares_numbers_and_negation() -> None:
    quote = ["Dat is niet haalbaar voor 1.200 mensen."]
    assert support("Ce n'est pas réalisable pour 1 200 personnes.", quote, language="fr").supported
    assert not support("Ce n'est pas réalisable pour 1 300 personnes.", quote, language="fr").supported
    assert not support("C'est réalisable pour 1 200 personnes.", quote, language="fr").supported
    assert negated("Das geht nicht", "de") and not negated("It works", "en")


def test_alce_by_hand() -> None:
    first = citation(CORPUS, "hoor/1/p1", "een werkzaamheidsgraad van 80 procent", 1)
    second = citation(CORPUS, "hoor/1/p2", "een premie van 45 procent", 2)
    useless = citation(CORPUS, "hoor/2/p1", "De terugkeergarantie geldt voor iedereen", 3)
    both = "De werkzaamheidsgraad is 80 procent en de premie 45 procent."
    given = answer(CORPUS, statements=[(both, [first, second, useless]), ("De premie is 99 procent.", [second])])
    asked = case(CORPUS, question(), given)
    # One of two statements is supported; of its three citations two are needed, and the unsupported statement's citation does not count.
    assert citations.citation_recall(asked) == (0.5, 1.0)
    assert citations.citation_precision(asked) == (0.5, 1.0)
    assert citations.over_citation(asked) == (0.25, 1.0)
    assert citations.citation_recall(case(CORPUS, question(), answer(CORPUS, text="Zomaar."))) == (0.0, 1.0)
    assert citations.citation_recall(case(CORPUS, question(), DECLINED)) is None


def test_redundant_citation_is_precise_but_over_cited() -> None:
    short = citation(CORPUS, "hoor/1/p1", "een werkzaamheidsgraad van 80 procent", 1)
    long = citation(CORPUS, "hoor/1/p1", "Ann Peeters vraagt een werkzaamheidsgraad van 80 procent.", 2)
    given = case(CORPUS, question(), answer(CORPUS, statements=[("De werkzaamheidsgraad is 80 procent.", [short, long])]))
    assert citations.citation_precision(given) == (1.0, 1.0)
    assert citations.over_citation(given) == (1.0, 1.0)


def test_gold_cited_by_passage_and_by_overlap() -> None:
    assert citations.gold_cited(case(CORPUS, question(), RIGHT)) == (1.0, 1.0)
    assert citations.gold_cited(case(CORPUS, question(), WRONG)) == (0.0, 1.0)
    assert citations.gold_cited(case(CORPUS, question(), None)) == (0.0, 1.0)


def test_quote_exactness() -> None:
    good = citation(CORPUS, "hoor/1/p1", "een werkzaamheidsgraad van 80 procent")
    assert quotes.citation_problem(CORPUS, good) is None
    bad = [
        good.model_copy(update={"quote": good.quote.replace("80", "90")}),
        good.model_copy(update={"start": good.start + 1}),
        good.model_copy(update={"passage": "hoor/9/p9"}),
        good.model_copy(update={"passage": "hoor/2/p1"}),
        good.model_copy(update={"document": "feiten"}),
        good.model_copy(update={"speaker": "Bram De Wit"}),
    ]
    assert all(quotes.citation_problem(CORPUS, c) for c in bad)
    given = answer(CORPUS, statements=[("Een.", [good, bad[0].model_copy(update={"n": 2})])])
    assert quotes.quote_exact(case(CORPUS, question(), given)) == (0.5, 1.0)


def test_markers() -> None:
    good = citation(CORPUS, "hoor/1/p1", "80 procent")
    assert quotes.marker_problems(answer(CORPUS, statements=[("Een.", [good])])) == []
    assert quotes.marker_problems(answer(CORPUS, statements=[("Een.", [good])], text="Een. [1][2]")) == ["[2] verwijst nergens naar"]
    assert quotes.marker_problems(answer(CORPUS, statements=[("Een.", [good])], text="Een.")) == ["citaat 1 heeft geen verwijzing in het antwoord"]
    assert "zonder citaat" in quotes.marker_problems(answer(CORPUS, statements=[("Een.", [])]))[0]


def test_attribution() -> None:
    assert attribution.speaker_attribution(case(CORPUS, question(), RIGHT)) == (1.0, 1.0)
    assert attribution.organisation_attribution(case(CORPUS, question(), RIGHT)) == (1.0, 1.0)
    other = answer(CORPUS, statements=[("De terugkeergarantie geldt voor iedereen.", [citation(CORPUS, "hoor/2/p1", "De terugkeergarantie geldt voor iedereen")])])
    assert attribution.speaker_attribution(case(CORPUS, question(), other)) == (0.0, 1.0)
    assert attribution.misattribution(case(CORPUS, question(), other)) == (1.0, 1.0)
    assert attribution.misattribution(case(CORPUS, question(), RIGHT)) == (0.0, 1.0)
    assert attribution.speaker_attribution(case(CORPUS, question(), DECLINED)) == (0.0, 1.0)
    assert attribution.speaker_attribution(case(CORPUS, question(), answer(CORPUS, text="Volgens Peeters 80 procent."))) == (1.0, 1.0)


def test_premises() -> None:
    assert premises.premise_corrected(case(CORPUS, FALSE, RIGHT)) == (1.0, 1.0)
    assert premises.premise_corrected(case(CORPUS, FALSE, WRONG)) == (0.0, 1.0)
    assert premises.premise_corrected(case(CORPUS, FALSE, answer(CORPUS, text="80 procent, en 90 procent is juist"))) == (0.0, 1.0)
    assert premises.premise_corrected(case(CORPUS, question(), RIGHT)) is None


def test_dialogue_turns_and_whole_dialogues() -> None:
    gold = {"status": ["answered"], "facts": [["80 procent"]]}
    asked = question("d-1", type="dialogue", question=None, gold=None, turns=["Wie?", "Hoeveel?"], gold_turns=[gold, gold])
    cases = [case(CORPUS, asked, RIGHT, 0), case(CORPUS, asked, WRONG, 1)]
    assert [dialogue.turn_right(c) for c in cases] == [(1.0, 1.0), (0.0, 1.0)]
    assert [dialogue.follow_up_right(c) for c in cases] == [None, (0.0, 1.0)]
    assert dialogue.dialogues_right(cases) == {"d-1": (0.0, 1.0)}
    assert dialogue.turn_right(case(CORPUS, question(), RIGHT)) is None


def test_risk_coverage_by_hand() -> None:
    assert risk.risk_coverage([0.9, 0.8, 0.7, 0.6], [True, False, True, False]) == [(0.25, 0.0), (0.5, 0.5), (0.75, 1 / 3), (1.0, 0.5)]
    assert risk.risk_coverage([0.5, 0.5], [False, True]) == [(1.0, 0.5)]


def test_auroc_by_hand_and_as_scikit_learn() -> None:
    from sklearn.metrics import roc_auc_score

    assert risk.auroc(np.array([[0.9, 1], [0.8, 0], [0.7, 1], [0.1, 0]])) == 0.75
    assert risk.auroc(np.array([[0.5, 1], [0.5, 0]])) == 0.5
    assert risk.auroc(np.array([[0.5, 1], [0.7, 1]])) is None
    draw = np.random.default_rng(3)
    rows = np.column_stack([draw.integers(0, 9, 200), draw.integers(0, 2, 200)]).astype(float)
    assert risk.auroc(rows) == pytest.approx(roc_auc_score(rows[:, 1], rows[:, 0]))


def test_units_join_facts_that_say_the_same() -> None:
    gold = question(gold={"status": ["answered"], "passages": ["F-002"]}).gold
    assert gold is not None
    found = units(CORPUS, gold)
    assert len(found) == 1
    assert found[0].passages == {"feiten/B-001", "feiten/F-002"}
    assert set(equivalents(CORPUS)) == {"feiten/B-001", "feiten/F-002"}
    both = question(gold={"status": ["answered"], "passages": ["F-002", "B-001"]}).gold
    assert both is not None and len(units(CORPUS, both)) == 1


def test_gold_without_passages_takes_those_with_the_quote() -> None:
    gold = question(gold={"status": ["answered"], "quotes": ["ook voor wie op proef werkt"]}).gold
    assert gold is not None
    assert [u.id for u in units(CORPUS, gold)] == ["hoor/2/p1"]


def test_chunk_hits_by_half_of_the_quote() -> None:
    gold = question().gold
    assert gold is not None
    unit = units(CORPUS, gold)[0]
    (document, start, end), length = unit.spans[0], unit.spans[0][2] - unit.spans[0][1]
    assert covers(Ranked(document, start + length // 2, end + 500, 1.0), unit)
    assert not covers(Ranked(document, start + length // 2 + 1, end + 500, 1.0), unit)
    assert not covers(Ranked("feiten", start, end, 1.0), unit)
    assert covers(Ranked(document, 0, 0, 1.0, "hoor/1/p1"), unit)


def test_retrieval_by_hand() -> None:
    gold = question(gold={"status": ["answered"], "passages": ["hoor/1/p1", "hoor/2/p1"]}).gold
    assert gold is not None
    its = units(CORPUS, gold)
    ranking = [Ranked("hoor", 0, 0, 0.9, p) for p in ("hoor/1/p2", "hoor/1/p1", "feiten/B-001", "hoor/2/p1")]
    assert unit_ranking(ranking, its) == ["~0", "hoor/1/p1", "~2", "hoor/2/p1"]
    values = retrieval_values({"a": ranking}, {"a": its, "missing": its})
    got = {name: table["a"][0] for name, table in values.items()}
    ideal = 1 + 1 / np.log2(3)
    expected = {"hit@1": 0, "hit@3": 1, "hit@5": 1, "hit@10": 1, "recall@5": 1, "recall@10": 1, "mrr": 0.5}
    expected["ndcg@10"] = (1 / np.log2(3) + 1 / np.log2(5)) / ideal
    assert got == pytest.approx(expected)
    assert all(table["missing"] == (0.0, 1.0) for table in values.values())


def test_a_unit_found_twice_counts_once() -> None:
    gold = question().gold
    assert gold is not None
    its = units(CORPUS, gold)
    twice = [Ranked("hoor", 0, 0, 1.0, "hoor/1/p1"), Ranked("hoor", 0, 0, 0.9, "hoor/1/p1")]
    assert retrieval_values({"a": twice}, {"a": its})["ndcg@10"]["a"][0] == pytest.approx(1.0)
