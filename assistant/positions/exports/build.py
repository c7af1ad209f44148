"""From positions, matrix and comparison to what an export shows."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.positions.compare import Comparison
from assistant.positions.exports.colours import SIGNS
from assistant.positions.exports.report import Block, Cell, Entry, Line, Paragraph, Report, Section, Table, quoted, quotes_of, source
from assistant.positions.matrix import NOTHING, Matrix, Question
from assistant.positions.matrix import Cell as MatrixCell
from assistant.positions.model import STANCE_ORDER, Position, topic_label, topics_in_order
from assistant.positions.outcome import Outcome, outcome
from assistant.positions.resolve import topic_names
from assistant.positions.search import Found
from assistant.positions.words import Words
from corpus.store import Corpus


def sources(found: Sequence[Position], corpus: Corpus, w: Words) -> str:
    """Which reports were read: those of the positions, or all when there is no position."""
    cited = dict.fromkeys(c.document for p in found for c in p.citations)
    documents = list(cited) or [d.id for d in corpus.documents.values() if any(s.speaker for s in d.statements)]
    return w("sources", titles="; ".join(corpus.document(d).meta.title.rstrip(".") for d in documents))


def all_of(matrix: Matrix) -> list[Position]:
    """Every position of the matrix."""
    return [p for cell in matrix.cells.values() for p in (*cell.main, *cell.aside)]


def entries(found: Sequence[Position], w: Words, topic: bool = True) -> list[Entry]:
    """Positions with their quotes; those of one person that rest on the same quotes share an entry, at the place of the first."""
    groups: dict[tuple[str, tuple[tuple[int, int], ...]], list[Position]] = {}
    for p in found:
        groups.setdefault((p.passage, tuple((c.start, c.end) for c in p.citations)), []).append(p)
    return [Entry(f"{own[0].who} · {w.of('role', own[0].role)}", tuple(line(p, w, topic) for p in own), quotes_of(own[0].citations)) for own in groups.values()]


def line(p: Position, w: Words, topic: bool = True) -> Line:
    """What a position says, with stance and theme before it."""
    label = w.stance(p.stance) + (f" · {p.topic_label}" if topic else "")
    return Line(full_summary(p, w), label, p.stance)


def full_summary(p: Position, w: Words) -> str:
    """The summary, with whose view it is when it is not the speaker's, and to whom a question is put."""
    text = p.summary + (f" ({w('on_behalf')} {p.on_behalf_of})" if p.reported else "")
    return text + (f" ({w('to')} {', '.join(p.addressed_to)})" if p.addressed_to else "")


def outcome_blocks(known: Outcome, w: Words) -> list[Block]:
    """What became of a theme, each fact with weight, certainty and source."""
    if not known.facts:
        return [Paragraph(w("outcome_unknown"), muted=True)]
    blocks: list[Block] = []
    for fact in known.facts:
        parts = [w.of("authority", fact.authority), w.of("certainty", fact.certainty), w.of("text_status", fact.citation.text_status)]
        also = f"; {w('also')} {', '.join(fact.also)}" if fact.also else ""
        origin = " ".join(fact.citation.sources[:2])
        blocks.append(Entry(f"{fact.number} · {', '.join(x for x in parts if x)}", (Line(fact.text),), ((f"{source(fact.citation)}{also}", origin),)))
        blocks += [Paragraph(f"! {warning}", muted=True) for warning in fact.warnings]
    return _once(blocks)


def _once(blocks: Sequence[Block]) -> list[Block]:
    """Without repeated warnings."""
    return list(dict.fromkeys(blocks))


def outcome_section(corpus: Corpus, topics: Sequence[str], w: Words) -> Section:
    """One section for all themes, set apart."""
    section = Section(w("title_outcome"), [Paragraph(w("outcome_note"), muted=True)], apart=True)
    for topic in topics:
        if len(topics) > 1:
            section.blocks.append(Paragraph(topic_label(corpus, topic, w.language)))
        section.blocks += outcome_blocks(outcome(corpus, topic, w.language), w)
    return section


def positions_report(found: Found, corpus: Corpus, w: Words) -> Report:
    """The result of a search: positions by theme when several were found, then what stands apart."""
    report = Report(w("title_positions"), [sources(found.positions, corpus, w)])
    people = list(dict.fromkeys(p.who for p in found.positions))
    themes = list(dict.fromkeys(p.topic for p in found.positions))
    if found.positions:
        names = ", ".join(people[:4]) + (f" +{len(people) - 4}" if len(people) > 4 else "")
        report.notes.append(w("found", count=len(found.positions), actors=names, topics=len(themes)))
    else:
        report.notes.append(w("none"))
    report.notes += [w("absent", name=name) for name in found.absent]
    if found.left_out:
        report.notes.append(w("left_out", count=found.left_out))
    report.notes += [w("synonyms", topic=t.labels.get(w.language), words=", ".join(topic_names(t)[1:])) for t in found.topics]
    if any(p.party for p in found.positions):
        report.notes.append(w("party_note"))
    if found.positions:
        report.sections.append(Section(w("title_positions"), list(entries(found.positions, w))))
    if found.reported:
        report.sections.append(Section(w("title_reported"), list(entries(found.reported, w))))
    if found.further:
        blocks: list[Block] = [Entry(c.speaker or "", (), ((quoted(c), source(c)),)) for c in found.further]
        report.sections.append(Section(w("title_further"), blocks))
    if found.topics:
        report.sections.append(outcome_section(corpus, [t.id for t in found.topics], w))
    return report


def cell_text(cell: MatrixCell, w: Words) -> str:
    """Stances with their counts in words, and how often the theme only comes up beside another."""
    lines = [f"{w.stance(s)} {n}" for s, n in cell.counts.items()]
    if cell.aside:
        lines.append(f"{w.stance('zijdelings')} {len(cell.aside)}")
    if lines and (numbers := pages(cell)):
        lines.append(f"p. {numbers}")
    return "\n".join(lines) or w.stance(NOTHING)


def pages(cell: MatrixCell) -> str:
    """The pages of a cell's positions, those on the main theme when there are any."""
    found = {c.page for p in (cell.main or cell.aside) for c in p.citations if c.page is not None}
    return ", ".join(str(n) for n in sorted(found))


def column_name(matrix: Matrix, index: int) -> str:
    """How an actor heads a column."""
    a = matrix.actors[index]
    return f"{a.organisation}\n{a.name}" if a.organisation else f"{a.name}\n{a.party or ''}".rstrip()


def matrix_table(matrix: Matrix, corpus: Corpus, w: Words) -> Table:
    """Themes down, actors across."""
    rows = []
    for topic in matrix.topics:
        cells = [matrix.cell(a.name, topic) for a in matrix.actors]
        own = [Cell(cell_text(c, w), c.stance, muted=c.stance == NOTHING) for c in cells]
        rows.append((Cell(topic_label(corpus, topic, w.language)), *own))
    header = (w("topic"), *(column_name(matrix, i) for i in range(len(matrix.actors))))
    return Table(header, tuple(rows), (1.6, *([1.0] * len(matrix.actors))))


_SIDES = ("voor", "tegen", "gemengd", "stelt_voor")


def agreement_rows(matrix: Matrix, corpus: Corpus, w: Words) -> list[list[str]]:
    """Theme, how the stances lie, and who stands on which side; only themes on which somebody takes a side or proposes."""
    rows = []
    for topic in matrix.topics:
        a = matrix.agreement[topic]
        sides = [", ".join(getattr(a, side)) for side in _SIDES]
        joined = "\n".join(f"{who} {w('joins')} {whom}" for who, whom in a.joined)
        if any(sides):
            verdict = "\n".join(x for x in (w.of("verdict", a.verdict), joined) if x)
            rows.append([topic_label(corpus, topic, w.language), verdict, *sides])
    return rows


def agreement_header(w: Words) -> tuple[str, ...]:
    """Headings for :func:`agreement_rows`."""
    return (w("topic"), w("title_agreement"), *(w.of("leaning", side) for side in _SIDES))


def question_lines(questions: Sequence[Question], w: Words) -> list[tuple[str, str, str, str]]:
    """(who asked, whom, what with its source, who answered where) for each question."""
    out = []
    for q in questions:
        p = q.position
        places: dict[str, list[str]] = {}
        for a in q.answers:
            if a.passage not in places.setdefault(a.who, []):
                places[a.who].append(a.passage)
        answered = "; ".join(f"{who} [{', '.join(ids)}]" for who, ids in places.items()) or w("unanswered")
        out.append((p.who, ", ".join(p.addressed_to), f"{p.summary} {source(p.citations[0])}", answered))
    return out


def questions_table(questions: Sequence[Question], w: Words) -> Table:
    """Who asked what and who answered."""
    rows = tuple(tuple(Cell(text) for text in line) for line in question_lines(questions, w))
    return Table((w("asks"), w("to"), w("summary"), w("answered_by")), rows, (1.0, 0.8, 2.4, 1.6))


def legend(w: Words) -> str:
    """The signs with their words."""
    return f"{w('legend')}: " + " · ".join(f"{sign} {w.stance(s)}" for s, sign in SIGNS.items() if sign)


def matrix_report(matrix: Matrix, corpus: Corpus, w: Words, quotes: bool = True) -> Report:
    """The matrix, then for each theme agreement, questions, quotes and what became of it."""
    report = Report(w("title_matrix"), [sources(all_of(matrix), corpus, w), w("counting"), w("party_note"), legend(w)], wide=True)
    report.sections.append(Section(w("title_matrix"), [matrix_table(matrix, corpus, w)]))
    if rows := agreement_rows(matrix, corpus, w):
        table = Table(agreement_header(w), tuple(tuple(Cell(t) for t in row) for row in rows), (1.3, 1.2, 1.5, 1.5, 1.5, 1.2))
        report.sections.append(Section(w("title_agreement"), [Paragraph(w("agreement_note"), muted=True), table]))
    asked = [q for t in matrix.topics for q in matrix.questions[t]]
    if asked:
        report.sections.append(Section(w("title_questions"), [questions_table(asked, w)]))
    report.sections.append(outcome_section(corpus, matrix.topics, w))
    if quotes:
        annex = Section(w("title_annex"), [])
        report.sections.append(annex)
        for topic in matrix.topics:
            own = matrix.positions(topic)
            if own:
                report.sections.append(Section(topic_label(corpus, topic, w.language), list(entries(own, w, topic=False)), level=3))
    return report


def compare_table(comparison: Comparison, w: Words) -> Table:
    """One column an actor, one row a stance; within a cell each position with its words and source."""
    header = ("", *(f"{c.who}\n{c.actor.name}" if c.actor.organisation else c.who for c in comparison.columns))
    rows = []
    for stance in STANCE_ORDER:
        cells = []
        for column in comparison.columns:
            own = [p for p in column.cell.main if p.stance == stance.value]
            cells.append(Cell(_with_quotes(own, w), stance.value if own else ""))
        if any(c.text for c in cells):
            rows.append((Cell(w.stance(stance.value), stance.value), *cells))
    aside = [Cell(_with_quotes(c.cell.aside, w), "zijdelings") for c in comparison.columns]
    if any(c.text for c in aside):
        rows.append((Cell(w.stance("zijdelings"), "zijdelings"), *aside))
    if comparison.silent:
        said = [Cell("" if c.cell.main or c.cell.aside else w("not_said"), muted=True) for c in comparison.columns]
        rows.insert(0, (Cell(""), *said))
    return Table(header, tuple(rows), (0.6, *([2.0] * len(comparison.columns))))


def _with_quotes(found: Sequence[Position], w: Words) -> str:
    """Positions that share quotes together: summaries, then each quote with its source on a line of its own."""
    parts = []
    for own in entries(found, w, topic=False):
        quotes = [text for quote, where in own.quotes for text in (quote, where)]
        parts.append("\n".join([*(f"• {x.text}" for x in own.lines), *quotes]))
    return "\n\n".join(parts)


def compare_lines(comparison: Comparison, w: Words) -> list[str]:
    """The difference in a few lines."""
    lines = []
    for c in comparison.columns:
        counts = ", ".join(f"{w.stance(s)} {n}" for s, n in c.cell.counts.items())
        lines.append(f"{c.who}: {counts or w.stance(c.cell.stance)}")
    if comparison.shared:
        lines.append(f"{w('same')}: {', '.join(w.stance(s) for s in comparison.shared)}")
    return lines


def compare_report(comparison: Comparison, corpus: Corpus, w: Words) -> Report:
    """Side by side, with questions and what became of it."""
    report = Report(
        w("title_compare", topic=comparison.label),
        [sources([p for c in comparison.columns for p in c.positions], corpus, w), *compare_lines(comparison, w), w("agreement_note")],
        wide=True,
    )
    report.sections.append(Section(comparison.label, [compare_table(comparison, w)]))
    if comparison.questions:
        report.sections.append(Section(w("title_questions"), [questions_table(comparison.questions, w)]))
    report.sections.append(outcome_section(corpus, [comparison.topic], w))
    return report


def topics_of(found: Found, corpus: Corpus) -> list[str]:
    """Main themes of what was found, in the order of the list."""
    return topics_in_order(corpus, [p.topic for p in found.positions])
