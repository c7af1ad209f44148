"""Commands of the evaluation: ``maatwerkwijzer eval …``. Data on stdout, messages and progress on stderr."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.errors import EvalUsageError

app = typer.Typer(no_args_is_help=True, help="Cijfers: hoe goed zijn zoeken, citaten, antwoorden en weigeren?")

Home = Annotated[Path | None, typer.Option("--home", help="Map met de gegevens.")]
Sets = Annotated[list[str] | None, typer.Option("--set", help="Vragenset (naam of pad); herhaalbaar. Standaard alle.")]
Split = Annotated[str | None, typer.Option("--split", help="dev (standaard), test of all.")]
Languages = Annotated[list[str] | None, typer.Option("--language", help="Alleen deze taal; herhaalbaar.")]
Types = Annotated[list[str] | None, typer.Option("--type", help="Alleen deze soort vraag; herhaalbaar.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Hoogstens zoveel vragen, gelijkmatig gespreid.")]
AsJson = Annotated[bool, typer.Option("--json", help="Schrijf JSON op stdout.")]
RunPath = Annotated[Path, typer.Argument(help="Map van een run, of een bestand met antwoorden.")]


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _emit(as_json: bool, data: Any, text: str) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n" if as_json else text.rstrip("\n") + "\n")


def _split(split: str | None) -> str | None:
    chosen = split or "dev"
    if chosen not in ("dev", "test", "all"):
        raise EvalUsageError(f"De verdeling '{split}' bestaat niet.", "Kies uit: dev, test, all.")
    return None if chosen == "all" else chosen


def _scored(path: Path, home: Path | None, sets: list[str] | None = None) -> Any:
    """Scores of a stored run with the gold of today."""
    from corpus.store import load_corpus
    from eval.opening import settings_of
    from eval.runs import read_run
    from eval.score import current_gold, score

    run = read_run(path)
    corpus = load_corpus(settings_of({"home": home}).home)
    if run.info.corpus and run.info.corpus != corpus.hash:
        _say(f"Let op: de run is gemaakt met corpus {run.info.corpus}, nu geldt {corpus.hash}. Citaten kunnen daardoor verschoven zijn.")
    return score(run, current_gold(run, sets=sets or ()), corpus)


def _retrieval_table(figures: dict[str, Any], labels: dict[str, str]) -> str:
    from eval.measures.retrieval import names
    from eval.tables import markdown_table, with_interval

    rows = [[labels.get(s, s), *(with_interval(table[m]) for m in names()), str(table["mrr"].n)] for s, table in figures.items()]
    return markdown_table(("zoeken", *names(), "n"), rows)


@app.command()
def run(
    sets: Sets = None,
    split: Split = None,
    language: Languages = None,
    kind: Types = None,
    limit: Limit = None,
    out: Annotated[Path | None, typer.Option("--out", help="Map voor de run; een bestaande wordt aangevuld.")] = None,
    baselines: Annotated[bool, typer.Option("--baselines/--no-baselines", help="Ook de zoeksystemen vergelijken.")] = True,
    system: Annotated[list[str] | None, typer.Option("--system", help="Alleen dit zoeksysteem; herhaalbaar.")] = None,
    answers: Annotated[bool, typer.Option("--answers/--no-answers", help="Ook antwoorden maken (anders alleen zoeken).")] = True,
    gate: Annotated[Path | None, typer.Option("--gate", help="gate.toml: code 1 als een cijfer onder zijn grens valt.")] = None,
    beir: Annotated[Path | None, typer.Option("--beir", help="BEIR-map: alleen zoeken, op die teksten en vragen.")] = None,
    beir_language: Annotated[str, typer.Option("--beir-language", help="Taal van de BEIR-teksten.")] = "nl",
    llm: Annotated[str | None, typer.Option("--llm", help="Chatmodel, als bij 'ask'.")] = None,
    embedding: Annotated[str | None, typer.Option("--embedding", help="Embeddingmodel.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Stel de vragen, bewaar de antwoorden, beoordeel ze en maak een verslag.

    Voorbeelden: eval run | eval run --split test --out runs/a | eval run --gate eval/gate.toml | eval run --beir scifact
    """
    options = {"home": home, "llm": llm, "embedding": embedding}
    if beir is not None:
        _run_beir(beir, out, options, beir_language, system, as_json)
        return
    from eval.baselines import SYSTEMS, run_systems
    from eval.dataset import items_of, load_sets
    from eval.gate import Select, check, read_gate
    from eval.generate import generate, sample
    from eval.opening import open_assistant, public_config
    from eval.report import summary, write_html
    from eval.runs import read_run, write_info, write_ranking
    from eval.score import score, write_scores
    from eval.tables import CHECK_HEADER, check_row, markdown_table

    gate_file = read_gate(gate) if gate is not None else None
    select = gate_file.select if gate_file else Select()
    chosen_split = _split(split or select.split)
    questions = sample(
        load_sets(sets or select.sets, split=chosen_split, languages=language or select.languages, types=kind or select.types), limit or select.limit
    )
    if not questions:
        raise EvalUsageError("Geen enkele vraag past bij de selectie.", "Kies een andere --set, --split, --language of --type.")
    opened = open_assistant(options)
    folder = out or opened.settings.home / "eval" / datetime.now().strftime("%Y%m%d-%H%M%S")
    selection = {
        "sets": list(sets or select.sets) or "alle",
        "split": chosen_split or "all",
        "languages": list(language or select.languages),
        "types": list(kind or select.types),
        "limit": limit or select.limit,
    }
    info = generate(
        opened.assistant if answers else _Silent(opened.corpus.hash),
        questions,
        folder,
        corpus=opened.corpus.hash,
        system="maatwerkwijzer" if answers else "alleen zoeken",
        config=public_config(opened.settings),
        selection=selection,
    )
    wanted = (list(system or select.systems or SYSTEMS)) if baselines else []
    if wanted:
        first_turns = [item for item in items_of(questions) if not item.turn and item.gold is not None and item.gold.answerable]
        for name, (rankings, ms) in run_systems(wanted, opened.corpus, opened.retriever, opened.embeddings, first_turns).items():
            write_ranking(folder, name, rankings, ms)
            info.seconds[name] = round(sum(ms.values()) / 1000, 3)
        info.systems = wanted
        write_info(folder, info)
    scores = score(read_run(folder), questions, opened.corpus)
    checks = check(gate_file, scores) if gate_file else []
    write_scores(folder, scores)
    write_html(folder / "report.html", scores, checks)
    text = summary(scores, checks) if answers else _retrieval_table({s: t for s, t in scores.retrieval.items() if s in wanted}, _labels())
    (folder / "summary.md").write_text(text, encoding="utf-8")
    _emit(as_json, scores.as_json(), text)
    _say(f"Run bewaard in {folder}; open {folder / 'report.html'} in een browser.")
    fallen = [c for c in checks if not c.passed]
    if fallen:
        _say("Onder de grens:\n" + markdown_table(CHECK_HEADER, [check_row(c) for c in fallen]))
        raise typer.Exit(1)


class _Silent:
    """Answers nothing, for a run that only compares retrieval."""

    def __init__(self, corpus: str) -> None:
        self.corpus = corpus

    def ask(self, question: str, history: Any = (), as_of: Any = None, language: str | None = None) -> Any:
        from assistant.answer import Answer, Status

        return Answer(id="", question=question, language=language or "nl", status=Status.NO_EVIDENCE, answer="", as_of="", corpus=self.corpus)


def _labels() -> dict[str, str]:
    from eval.baselines import LABELS

    return LABELS


def _run_beir(beir: Path, out: Path | None, options: dict[str, Any], language: str, system: list[str] | None, as_json: bool) -> None:
    from eval.beir_run import SYSTEMS, run_beir
    from eval.formats.beir import read_beir
    from eval.opening import settings_of
    from index.embedding import make_embeddings

    unknown = [s for s in system or () if s not in SYSTEMS]
    if unknown:
        raise EvalUsageError(f"Het zoeksysteem '{unknown[0]}' bestaat niet voor BEIR.", f"Kies uit: {', '.join(SYSTEMS)}.")
    if language not in ("nl", "fr", "en", "de"):
        raise EvalUsageError(f"De taal '{language}' wordt niet ondersteund.", "Kies uit: nl, fr, en, de.")
    settings = settings_of(options)
    data = read_beir(beir)
    folder = out or settings.home / "eval" / ("beir-" + datetime.now().strftime("%Y%m%d-%H%M%S"))
    scores = run_beir(data, folder, make_embeddings(settings.embedding, settings.home), language=language, systems=system or SYSTEMS)
    text = _retrieval_table(scores.figures, _labels())
    (folder / "summary.md").write_text(text, encoding="utf-8")
    _emit(as_json, {s: {m: f.as_json() for m, f in t.items()} for s, t in scores.figures.items()}, text)
    _say(f"Run bewaard in {folder}.")


@app.command()
def score(path: RunPath, sets: Sets = None, home: Home = None, as_json: AsJson = False) -> None:
    """Beoordeel een bewaarde run (of antwoorden van 'batch') opnieuw, met het goud van nu."""
    from eval.report import summary
    from eval.score import write_scores

    scores = _scored(path, home, sets)
    if path.is_dir():
        write_scores(path, scores)
    _emit(as_json, scores.as_json(), summary(scores))


@app.command()
def compare(a: RunPath, b: RunPath, sets: Sets = None, home: Home = None, as_json: AsJson = False) -> None:
    """Vergelijk twee runs vraag per vraag: verschil B - A met interval, en een gepaarde permutatietoets."""
    from dataclasses import asdict

    from eval.compare import compare as paired_compare
    from eval.tables import DIFFERENCE_HEADER, difference_row, markdown_table

    result = paired_compare(_scored(a, home, sets), _scored(b, home, sets))
    rows = [difference_row(d, p) for d, p in zip(result.differences, result.corrected, strict=True)]
    text = markdown_table(DIFFERENCE_HEADER, rows)
    text += "\n* verschilt ook na Holms correctie voor het aantal cijfers (p < 0,05).\n"
    text += f"\nGewonnen ({len(result.won)}): {', '.join(result.won) or '–'}\nVerloren ({len(result.lost)}): {', '.join(result.lost) or '–'}\n"
    if result.only_a or result.only_b:
        text += f"\nNiet vergeleken: {result.only_a} vragen alleen in A, {result.only_b} alleen in B.\n"
    data = {
        "differences": [{**asdict(d), "p_holm": p} for d, p in zip(result.differences, result.corrected, strict=True)],
        "won": result.won,
        "lost": result.lost,
        "only_a": result.only_a,
        "only_b": result.only_b,
    }
    _emit(as_json, data, text)


@app.command()
def report(
    path: RunPath,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="HTML-bestand; standaard report.html in de run.")] = None,
    sets: Sets = None,
    gate: Annotated[Path | None, typer.Option("--gate", help="Toon ook deze grenzen.")] = None,
    home: Home = None,
) -> None:
    """Maak het verslag van een run: één HTML-bestand zonder netwerk, en een samenvatting in Markdown."""
    from eval.gate import check, read_gate
    from eval.report import summary, write_html

    scores = _scored(path, home, sets)
    checks = check(read_gate(gate), scores) if gate else []
    target = out or scores.run.folder / "report.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_html(target, scores, checks)
    text = summary(scores, checks)
    target.with_name("summary.md" if out is None else target.stem + ".md").write_text(text, encoding="utf-8")
    _emit(False, None, text)
    _say(f"Verslag: {target}")


@app.command()
def bench(
    out: Annotated[Path | None, typer.Option("--out", help="Map voor bench.json, bench.md en bench.html.")] = None,
    questions: Annotated[int, typer.Option("--questions", min=2, help="Aantal vragen voor de tijden.")] = 50,
    sizes: Annotated[str, typer.Option("--sizes", help="Groottes voor de groei, met komma's; leeg: geen groei.")] = "1000,10000,100000",
    server: Annotated[bool, typer.Option("--chroma-server", help="Alleen de groei, met een Chroma-server over HTTP in plaats van ingebouwd.")] = False,
    start: Annotated[bool, typer.Option("--start/--no-start", help="Ook koude en warme start meten.")] = True,
    load: Annotated[bool, typer.Option("--load", help="Alleen de belastingproef: bezoekers tegelijk op een server van deze machine.")] = False,
    visitors: Annotated[str, typer.Option("--visitors", help="Belastingproef: hoeveel bezoekers tegelijk, met komma's.")] = "1,5,20,50",
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=3600, help="Belastingproef: hoelang per aantal bezoekers.")] = 120.0,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Meet snelheid en geheugen, als verhouding tot een basislijn in hetzelfde proces."""
    from eval import bench as measure
    from eval.dataset import items_of, load_sets
    from eval.generate import sample
    from eval.machine import peak_memory_mib
    from eval.opening import open_assistant

    try:
        wanted = [int(s) for s in sizes.split(",") if s.strip()]
    except ValueError:
        wanted = [0]
    if any(s < 1 for s in wanted):
        raise EvalUsageError(f"--sizes '{sizes}' is geen rij van hele getallen boven nul.", "Bijvoorbeeld --sizes 1000,10000.")
    options = {"home": str(home) if home else None}
    asked = [item.question for item in items_of(sample(load_sets(split="dev"), questions)) if not item.turn]
    opened = open_assistant(options)
    if load:
        from eval.load import bench_load

        try:
            levels = [int(v) for v in visitors.split(",")]
        except ValueError:
            levels = [0]
        if any(not 1 <= v <= 1000 for v in levels):
            raise EvalUsageError(f"--visitors '{visitors}' is geen rij van hele getallen van 1 tot 1000.", "Bijvoorbeeld --visitors 1,5,20,50.")
        rows = bench_load(asked, levels, seconds, {"MAATWERKWIJZER_HOME": str(opened.settings.home)})
        _keep_bench(out, opened.settings.home, {"load": rows}, as_json)
        return
    if server:
        _keep_bench(out, opened.settings.home, {"growth": measure.bench_growth(wanted, server=True)}, as_json)
        return
    opened.assistant.ask(asked[0])
    result: dict[str, Any] = {
        "answers": measure.bench_answers(opened.assistant, asked, opened.embeddings),
        "search": measure.bench_search(opened.corpus, opened.retriever, opened.embeddings, asked),
        "build": measure.bench_build(opened.corpus, opened.embeddings),
        "peak_memory_mib": round(peak_memory_mib(), 1),
    }
    if start:
        result["start"] = measure.bench_start(options, asked[0])
    if wanted:
        result["growth"] = measure.bench_growth(wanted)
    _keep_bench(out, opened.settings.home, result, as_json)


def _keep_bench(out: Path | None, home: Path, result: dict[str, Any], as_json: bool) -> None:
    from eval.bench import write_bench

    folder = out or home / "eval" / ("bench-" + datetime.now().strftime("%Y%m%d-%H%M%S"))
    write_bench(folder, result)
    _emit(as_json, result, (folder / "bench.md").read_text(encoding="utf-8"))
    _say(f"Bewaard in {folder}.")


@app.command("check-citations")
def check_citations(path: RunPath, home: Home = None, as_json: AsJson = False) -> None:
    """Controleer elk citaat van een run: staat de aanhaling letterlijk op haar plaats? Code 1 als er een niet klopt."""
    from corpus.store import load_corpus
    from eval.measures.quotes import citation_problem, marker_problems
    from eval.opening import settings_of
    from eval.progress import progress
    from eval.runs import read_run

    stored = read_run(path)
    corpus = load_corpus(settings_of({"home": home}).home)
    problems: list[dict[str, Any]] = []
    count = 0
    for item, answer in progress(list(stored.answers.items()), "citaten"):
        for citation in answer.citations:
            count += 1
            if problem := citation_problem(corpus, citation):
                problems.append({"id": item, "n": citation.n, "problem": problem})
        if answer.status in ("answered", "partial"):
            problems += [{"id": item, "n": None, "problem": p} for p in marker_problems(answer)]
    lines = [f"{p['id']}" + (f" [{p['n']}]" if p["n"] is not None else "") + f": {p['problem']}" for p in problems]
    text = "\n".join([*lines, f"{count} citaten in {len(stored.answers)} antwoorden, {len(problems)} problemen."])
    _emit(as_json, {"answers": len(stored.answers), "citations": count, "problems": problems}, text)
    if problems:
        raise typer.Exit(1)


@app.command("check-set")
def check_set(paths: Annotated[list[Path], typer.Argument(help="Map of questions.jsonl.")], home: Home = None) -> None:
    """Controleer een vragenset: vorm, letterlijke citaten, passages, feiten en sprekers; en tel de vragen."""
    from collections import Counter

    from corpus.store import load_corpus
    from eval.dataset import read_questions
    from eval.gold import check_set as check_gold
    from eval.opening import settings_of
    from eval.tables import markdown_table

    corpus = load_corpus(settings_of({"home": home}).home)
    problems = []
    for path in paths:
        file = path / "questions.jsonl" if path.is_dir() else path
        questions = read_questions(file)
        found = check_gold(corpus, file)
        problems += found
        counts = Counter((q.type.value, q.split) for q in questions)
        rows = [[kind, str(counts[kind, "dev"]), str(counts[kind, "test"])] for kind in sorted({k for k, _ in counts})]
        rows.append(["samen", *(str(sum(q.split == s for q in questions)) for s in ("dev", "test"))])
        languages = ", ".join(f"{k} {v}" for k, v in Counter(q.language for q in questions).most_common())
        tags = ", ".join(f"{k} {v}" for k, v in Counter(t for q in questions for t in q.tags).most_common())
        _emit(False, None, f"{file}\n\n" + markdown_table(("type", "dev", "test"), rows) + f"\ntalen: {languages}\ntags: {tags or '–'}\n")
        for problem in found:
            _say(problem.message)
    if problems:
        _say(f"{len(problems)} problemen.")
        raise typer.Exit(1)


@app.command()
def export(
    path: RunPath,
    target: Annotated[Path, typer.Argument(help="Bestand (trec: voorvoegsel; beir: map).")],
    kind: Annotated[str, typer.Option("--format", "-f", help="trec, beir, junit, ragas, deepeval, squad of csv.")],
    system: Annotated[str, typer.Option("--system", help="trec: welk zoeksysteem.")] = "assistant",
    sets: Sets = None,
    home: Home = None,
) -> None:
    """Schrijf een run in een formaat van anderen."""
    from eval.export import export as write

    for written in write(_scored(path, home, sets), kind, target, system):
        _emit(False, None, str(written))


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(help="Bestand om te lezen.")],
    target: Annotated[Path, typer.Argument(help="Bestand om te schrijven.")],
    read: Annotated[str, typer.Option("--from", help="ragas, deepeval, squad of csv.")],
    write: Annotated[str, typer.Option("--to", help="ragas, deepeval, squad of csv.")],
) -> None:
    """Zet vraag-antwoordrecords om van het ene formaat naar het andere."""
    from eval.formats.records import codec

    reader, writer = codec(read)[0], codec(write)[1]
    records = reader(source)
    writer(target, records)
    _say(f"{len(records)} records geschreven.")


@app.command()
def trec(
    run_file: Annotated[Path, typer.Argument(help="TREC-run.")],
    qrels_file: Annotated[Path, typer.Argument(help="TREC-qrels.")],
    as_json: AsJson = False,
) -> None:
    """Reken een TREC-run van om het even welk systeem uit, met intervallen. Een vraag zonder resultaat telt nul."""
    from eval.figures import ratio
    from eval.formats.trec import read_qrels, read_run
    from eval.measures.retrieval import names, ranking_values

    values = ranking_values(read_run(run_file), read_qrels(qrels_file))
    figures = {name: ratio(name, values[name]) for name in names()}
    _emit(as_json, {name: f.as_json() for name, f in figures.items()}, _retrieval_table({run_file.name: figures}, {}))
