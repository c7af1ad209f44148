"""The report: one HTML file that needs no network, and a Markdown summary for a pull request.

Every text from a question, an answer or a document is escaped by the template; plots come from plotly, whose script stands in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from eval.baselines import LABELS
from eval.figures import Figure
from eval.gate import Check
from eval.measures import Case
from eval.measures.latency import stages
from eval.measures.quotes import citation_problem, marker_problems
from eval.measures.retrieval import names
from eval.score import GROUP_MEASURES, Scores, by_definition, failures
from eval.tables import CHECK_HEADER, check_row, markdown_table, with_interval

HEADLINE = (
    "right",
    "crag",
    "status_accuracy",
    "refusal_precision",
    "refusal_recall",
    "answered_rate",
    "language_accuracy",
    "fact_recall",
    "citation_recall",
    "citation_precision",
    "over_citation",
    "quote_exact",
    "markers_valid",
    "gold_cited",
    "speaker_attribution",
    "premise_corrected",
    "turn_right",
    "auroc_answerable",
    "answer_length",
    "latency_total_p50",
    "latency_total_p95",
)


def mark(text: str, quotes: Sequence[str]) -> Markup:
    """Text with the quotes that stand in it marked; everything escaped. Overlapping quotes are marked as one."""
    spans = sorted((at, at + len(q)) for q in quotes if q and (at := text.find(q)) >= 0)
    out = Markup("")
    position = 0
    for start, end in spans:
        if end <= position:
            continue
        start = max(start, position)
        out += escape(text[position:start]) + Markup("<mark>") + escape(text[start:end]) + Markup("</mark>")
        position = end
    return out + escape(text[position:])


def _failure(case: Case, scores: Scores) -> dict[str, Any]:
    verdict = scores.verdicts[case.item.id]
    gold_ids = {p for unit in case.units for p in unit.passages}
    answer = case.answer
    cited = {c.passage for c in answer.citations} if answer else set()
    problems = [p for c in answer.citations if (p := citation_problem(case.corpus, c))] + marker_problems(answer) if answer and case.commits else []
    earlier = [t for n, t in enumerate(case.item.parent.turns) if case.item.turn is not None and n < case.item.turn]
    retrieved = [
        {
            "passage": r.passage,
            "score": f"{r.score:.3f}",
            "gold": r.passage in gold_ids,
            "cited": r.passage in cited,
            "text": mark(r.text, case.gold.quotes),
        }
        for r in (answer.retrieved if answer else [])
    ]
    return {
        "id": case.item.id,
        "type": case.item.type.value,
        "language": case.language,
        "split": case.item.parent.split,
        "tags": case.item.parent.tags,
        "question": case.item.question,
        "earlier": earlier,
        "reasons": verdict.reasons,
        "status": str(case.status) if answer else "geen antwoord",
        "answer": answer.answer if answer else "",
        "warnings": answer.warnings if answer else [],
        "citations": [{"n": c.n, "label": c.label, "quote": c.quote, "gold": c.passage in gold_ids} for c in answer.citations] if answer else [],
        "problems": problems,
        "gold": case.gold,
        "facts": list(zip([" / ".join(f) for f in case.gold.facts], verdict.found or (None,) * len(case.gold.facts), strict=True)),
        "gold_found": any(r["gold"] for r in retrieved),
        "gold_passages": [_gold_text(case, unit) for unit in case.units],
        "retrieved": retrieved,
        "note": case.item.parent.note,
    }


def _gold_text(case: Case, unit: Any) -> dict[str, Any]:
    document, passage = case.corpus.passage(unit.id)
    return {"id": unit.id, "text": mark(document.passage_text(passage), case.gold.quotes)}


def _bars(figures: Sequence[tuple[str, Figure]], name: str) -> Any:
    import plotly.graph_objects as go

    kept = [(label, f) for label, f in figures if f.value is not None]
    return go.Bar(
        name=name,
        x=[label for label, _ in kept],
        y=[f.value for _, f in kept],
        customdata=[f.n for _, f in kept],
        hovertemplate="%{x}: %{y:.3f} (n = %{customdata})<extra></extra>",
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(f.high or f.value or 0) - (f.value or 0) for _, f in kept],
            "arrayminus": [(f.value or 0) - (f.low if f.low is not None else f.value or 0) for _, f in kept],
        },
    )


def plots(scores: Scores) -> list[tuple[str, Any]]:
    """(title, plotly figure) for right answers per type, retrieval systems, risk against coverage, and latency per stage."""
    import plotly.graph_objects as go

    layout = {"template": "plotly_white", "margin": {"t": 20, "b": 40}, "height": 380, "font": {"family": "system-ui, sans-serif"}}
    out = []
    per_type = [(group.removeprefix("type:"), table["right"]) for group, table in scores.groups.items() if group.startswith("type:")]
    figure = go.Figure([_bars(per_type, "juist")])
    figure.update_layout(yaxis={"range": [0, 1], "title": "aandeel juist"}, **layout)
    out.append(("Juiste antwoorden per soort vraag", figure))
    figure = go.Figure(
        [_bars([(LABELS.get(s, s), table[m]) for s, table in scores.retrieval.items()], m) for m in ("hit@1", "hit@5", "hit@10", "mrr", "ndcg@10")]
    )
    figure.update_layout(yaxis={"range": [0, 1]}, barmode="group", **layout)
    out.append(("Zoeken: systemen naast elkaar", figure))
    if scores.risk_coverage:
        x, y = zip(*scores.risk_coverage, strict=True)
        figure = go.Figure([go.Scatter(x=x, y=y, mode="lines+markers", name="risico")])
        figure.update_layout(
            xaxis={"title": "dekking (aandeel beantwoord, zekerste eerst)", "range": [0, 1]},
            yaxis={"title": "risico (aandeel fout)", "rangemode": "tozero"},
            **layout,
        )
        out.append(("Risico en dekking", figure))
    timings = stages(scores.cases)
    if timings:
        figure = go.Figure([go.Box(y=values, name=stage, boxpoints="outliers") for stage, values in timings.items()])
        figure.update_layout(yaxis={"title": "milliseconden", "type": "log"}, showlegend=False, **layout)
        out.append(("Tijd per stap", figure))
    return out


def write_html(path: Path, scores: Scores, checks: Sequence[Check] = ()) -> None:
    """Write the self-contained report."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from plotly.offline import get_plotlyjs

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).resolve().parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    figures = [
        (title, Markup(figure.to_html(full_html=False, include_plotlyjs=False, div_id=f"plot-{n}", config={"displaylogo": False})))
        for n, (title, figure) in enumerate(plots(scores))
    ]
    definitions = by_definition()
    text = environment.get_template("report.html").render(
        info=scores.run.info,
        n=len(scores.cases),
        missing=scores.missing,
        figures=[(name, with_interval(f), f.n, definitions.get(name, ("", True, None))[0]) for name, f in scores.figures.items()],
        retrieval_names=names(),
        retrieval=[(LABELS.get(s, s), [with_interval(table[m]) for m in names()], table["mrr"].n) for s, table in scores.retrieval.items()],
        group_names=GROUP_MEASURES,
        groups=[(group, [with_interval(table[m]) for m in GROUP_MEASURES], table["right"].n) for group, table in scores.groups.items()],
        plots=figures,
        check_header=CHECK_HEADER,
        checks=[check_row(c) for c in checks],
        failures=[_failure(case, scores) for case in failures(scores)],
        # A script's end tag inside the script would end it early; plotly's own file has none, and this keeps it so.
        plotly=Markup(get_plotlyjs().replace("</script", "<\\/script")),
    )
    path.write_text(text, encoding="utf-8")


def summary(scores: Scores, checks: Sequence[Check] = ()) -> str:
    """The Markdown summary: headline figures, retrieval, groups and the gate, each with n and 95 % interval."""
    info = scores.run.info
    wrong = failures(scores)
    out = f"## Evaluatie {info.name}\n\n"
    out += f"{len(scores.cases)} vragen, {len(scores.cases) - len(wrong)} juist; corpus `{info.corpus}`; {info.created}"
    out += f"; **{len(scores.missing)} zonder antwoord**" if scores.missing else ""
    out += f"; **{info.errors} fouten**" if info.errors else ""
    out += ". Tussen haken: 95 %-interval (bootstrap over vragen).\n\n"
    rows = [[name, with_interval(scores.figures[name]), str(scores.figures[name].n)] for name in HEADLINE if name in scores.figures]
    out += markdown_table(("cijfer", "waarde", "n"), rows) + "\n"
    if scores.retrieval:
        rows = [
            [LABELS.get(s, s), *(with_interval(table[m]) for m in ("hit@1", "hit@5", "hit@10", "mrr", "ndcg@10")), str(table["mrr"].n)]
            for s, table in scores.retrieval.items()
        ]
        out += markdown_table(("zoeken", "hit@1", "hit@5", "hit@10", "MRR", "nDCG@10", "n"), rows) + "\n"
    rows = [[group, *(with_interval(table[m]) for m in ("right", "crag", "status_accuracy")), str(table["right"].n)] for group, table in scores.groups.items()]
    out += markdown_table(("groep", "juist", "CRAG", "status", "n"), rows)
    if checks:
        out += "\n" + markdown_table(CHECK_HEADER, [check_row(c) for c in checks])
    return out
