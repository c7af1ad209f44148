"""Citation recall and precision after ALCE, and over-citation.

A statement is *recalled* when its citations together support it. A citation is *precise* when its statement is recalled and the citation
supports it alone, or the others without it do not. Averages are per answer, then over answers with content.
"""

from __future__ import annotations

from assistant.answer import Answer, Citation, StatementOut
from corpus.store import Corpus
from eval.figures import Pair
from eval.measures.base import Case, Measure, share
from eval.measures.support import support


def _context(citation: Citation) -> list[str]:
    return [citation.label, citation.speaker or "", citation.organisation or "", citation.date]


def _supported(corpus: Corpus, answer: Answer, statement: StatementOut, citations: list[Citation]) -> bool:
    context = [line for c in citations for line in _context(c)]
    return bool(citations) and support(statement.text, [c.quote for c in citations], context, answer.language, glossary=corpus.glossary).supported


def _cited(answer: Answer, statement: StatementOut) -> list[Citation]:
    by_number = {c.n: c for c in answer.citations}
    return [by_number[n] for n in statement.citations if n in by_number]


def citation_recall(case: Case) -> Pair | None:
    """Share of the answer's statements that their citations support; an answer with content but without statements has none."""
    if not case.commits or case.answer is None:
        return None
    answer = case.answer
    if not answer.statements:
        return (0.0, 1.0)
    return share([_supported(case.corpus, answer, s, _cited(answer, s)) for s in answer.statements])


def _relevant(corpus: Corpus, answer: Answer) -> list[bool]:
    flags = []
    for statement in answer.statements:
        cited = _cited(answer, statement)
        recalled = _supported(corpus, answer, statement, cited)
        for citation in cited:
            others = [c for c in cited if c is not citation]
            flags.append(recalled and (_supported(corpus, answer, statement, [citation]) or not _supported(corpus, answer, statement, others)))
    return flags


def citation_precision(case: Case) -> Pair | None:
    """Share of the (statement, citation) pairs that are relevant."""
    return share(_relevant(case.corpus, case.answer)) if case.commits and case.answer is not None else None


def over_citation(case: Case) -> Pair | None:
    """Share of the (statement, citation) pairs that could be left out while the rest still supports the statement."""
    if not case.commits or case.answer is None:
        return None
    flags = []
    for statement in case.answer.statements:
        cited = _cited(case.answer, statement)
        for citation in cited:
            flags.append(_supported(case.corpus, case.answer, statement, [c for c in cited if c is not citation]))
    return share(flags)


def gold_cited(case: Case) -> Pair | None:
    """Whether a gold passage is among the cited ones (or a citation overlaps half of a gold quote)."""
    from eval.measures.retrieval import Ranked, covers

    if not case.units or not case.gold.answerable:
        return None
    citations = case.answer.citations if case.answer is not None and case.commits else []
    hit = any(
        covers(Ranked(c.document, c.start, c.end, 1.0, c.passage), unit) or covers(Ranked(c.document, c.start, c.end, 1.0), unit)
        for c in citations
        for unit in case.units
    )
    return (float(hit), 1.0)


MEASURES = [
    Measure("citation_recall", "Share of statements supported by their citations, mean per answer with content.", citation_recall),
    Measure("citation_precision", "Share of citations that support, alone or because the others do not.", citation_precision),
    Measure("over_citation", "Share of citations that could be left out.", over_citation, higher_is_better=False),
    Measure("gold_cited", "Share of answerable questions whose answer cites a gold passage.", gold_cited),
]
