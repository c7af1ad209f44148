"""``maatwerkwijzer corpus …``: see, add, fetch and verify the documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from platformdirs import user_data_path

from corpus.added import AddedReport, Problem, add, added_ids, check_document, remove, verify_added
from corpus.catalogue import catalogue, manifest
from corpus.errors import CorpusError, MaatwerkwijzerError, UsageError
from corpus.metadata import Ask, MetaOptions
from corpus.model import Document, Passage
from corpus.readers import Limits
from corpus.store import BUNDLED, Corpus, load_corpus

app = typer.Typer(help="De documenten: bekijken, toevoegen, ophalen en controleren.", no_args_is_help=True)

Home = Annotated[
    Path | None,
    typer.Option("--home", envvar="MAATWERKWIJZER_HOME", help="Map met de toegevoegde documenten (standaard de gegevensmap van de gebruiker)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Gegevens als JSON op stdout.")]
DocumentId = Annotated[str, typer.Argument(help="Id van het document, zie 'corpus list'.")]


def _home(home: Path | None) -> Path:
    return home if home is not None else user_data_path("maatwerkwijzer")


def _print(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str).encode("utf-8"))


def _exact(text: str) -> None:
    """Print exactly this text: no line end added, none converted."""
    typer.echo(text.encode("utf-8"), nl=False)


def _say(text: str) -> None:
    typer.echo(text, err=True)


@app.command("list")
def list_documents(home: Home = None, as_json: AsJson = False) -> None:
    """Toon alle documenten.

    Voorbeeld: maatwerkwijzer corpus list
    """
    corpus = load_corpus(_home(home))
    rows = [d.as_json() for d in sorted(corpus.documents.values(), key=lambda d: (d.meta.date, d.id))]
    if as_json:
        _print(rows)
        return
    for row in rows:
        origin = "toegevoegd" if row["added"] else "meegeleverd"
        typer.echo(f"{row['id']}  [{row['kind']}, {row['text_status']}, {origin}]  {row['date']}  {row['passages']} passages\n    {row['title']}")


@app.command()
def show(
    document: DocumentId,
    text: Annotated[bool, typer.Option("--text", help="Alleen de canonieke tekst, letterlijk.")] = False,
    passage: Annotated[str | None, typer.Option("--passage", help="Eén passage, met haar volledige id.")] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Toon een document, zijn tekst of één passage.

    Voorbeeld: maatwerkwijzer corpus show hoorzitting-2021-09-23 --text
    """
    if text and (passage or as_json):
        raise UsageError("--text gaat niet samen met --passage of --json.", "Kies één van de drie.")
    corpus = load_corpus(_home(home))
    found = corpus.document(document)
    if text:
        _exact(found.text)
    elif passage:
        _show_passage(found, passage, as_json)
    elif as_json:
        _print({**found.as_json(), "outline": found.outline, "passages_list": [p.model_dump(mode="json") for p in found.passages]})
    else:
        _describe(found)


def _show_passage(document: Document, passage_id: str, as_json: bool) -> None:
    found = document.by_id.get(passage_id) or document.by_id.get(f"{document.id}/{passage_id}")
    if found is None:
        raise UsageError(f"De passage '{passage_id}' staat niet in '{document.id}'.", f"Zie 'maatwerkwijzer corpus show {document.id}'.")
    if as_json:
        _print({**found.model_dump(mode="json"), "text": document.passage_text(found)})
    else:
        _exact(document.passage_text(found))


def _describe(document: Document) -> None:
    meta, source = document.meta, document.meta.source
    typer.echo(f"{meta.title}\n{meta.id}: {meta.kind.value}, {meta.authority.value}, {meta.text_status.value}, {meta.date:%d.%m.%Y}")
    for label, value in (("Uitgever", source.publisher), ("Adres", source.url), ("ELI", source.eli), ("Numac", source.numac), ("Nota", source.note)):
        if value:
            typer.echo(f"{label}: {value}")
    typer.echo(f"{len(document.text)} tekens, {len(document.passages)} passages, {len(document.statements)} uitspraken\nsha256: {document.sha256}\n")
    for passage in document.passages:
        typer.echo(f"{passage.id}{_where(passage)}")


def _where(passage: Passage) -> str:
    parts = [passage.speaker or "", passage.provision or "", f"p. {passage.page}" if passage.page else ""]
    kept = ", ".join(p for p in parts if p)
    return f"  ({kept})" if kept else ""


@app.command("add")
def add_documents(
    path: Annotated[Path, typer.Argument(help="Bestand of map: txt, Markdown, HTML, PDF of DOCX.")],
    document_id: Annotated[str | None, typer.Option("--id", help="Id van het document.")] = None,
    title: Annotated[str | None, typer.Option(help="Titel.")] = None,
    short: Annotated[str | None, typer.Option(help="Korte naam voor verwijzingen.")] = None,
    kind: Annotated[str | None, typer.Option(help="hoorzittingsverslag, decreet, besluit, ontwerp, praktijk of advies.")] = None,
    authority: Annotated[str | None, typer.Option(help="geldend_recht, ontwerp, praktijk of standpunt.")] = None,
    text_status: Annotated[str | None, typer.Option("--text-status", help="officieel, verbatim of samenvatting.")] = None,
    date: Annotated[str | None, typer.Option(help="Datum van het document, als 2026-11-23.")] = None,
    valid_from: Annotated[str | None, typer.Option("--valid-from", help="Geldt vanaf deze dag.")] = None,
    valid_to: Annotated[str | None, typer.Option("--valid-to", help="Geldt tot en met deze dag.")] = None,
    language: Annotated[str | None, typer.Option(help="nl, fr, en of de.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Uitgever.")] = None,
    url: Annotated[str | None, typer.Option(help="Adres waar het document staat.")] = None,
    licence: Annotated[str | None, typer.Option(help="Licentie.")] = None,
    numac: Annotated[str | None, typer.Option(help="Numac van een decreet of besluit.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Vervang een eerder toegevoegd document met hetzelfde id.")] = False,
    max_mb: Annotated[int, typer.Option("--max-mb", min=1, max=500, help="Grootste bestand, in MB.")] = 50,
    no_input: Annotated[bool, typer.Option("--no-input", help="Niets vragen, ook niet op een terminal.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Voeg een bestand of een map met bestanden toe.

    Voorbeeld: maatwerkwijzer corpus add nota.pdf --title "Nota begeleiding" --date 2026-03-01
    """
    options = MetaOptions(
        id=document_id, title=title, short=short, kind=kind, authority=authority, text_status=text_status, date=date, valid_from=valid_from,
        valid_to=valid_to, language=language, publisher=publisher, url=url, licence=licence, numac=numac,
    )  # fmt: skip
    interactive = not no_input and not as_json and not path.is_dir() and sys.stdin.isatty() and sys.stderr.isatty()
    limits = Limits(file_bytes=max_mb * 1024 * 1024)
    with _progress() as progress:
        reports = add(_home(home), path, options, progress=progress, ask=_asker() if interactive else None, limits=limits, replace=replace)
    _report(reports, as_json)


def _asker() -> Ask:
    def ask(field: str, proposal: str) -> str:
        return str(typer.prompt(field.capitalize(), default=proposal, err=True))

    return ask


@contextmanager
def _progress() -> Iterator[Any]:
    """A progress bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Toevoegen", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name)


def _report(reports: list[AddedReport], as_json: bool) -> None:
    if as_json:
        _print([r.as_json() for r in reports])
    for report in reports:
        if not as_json:
            typer.echo(f"{report.status}: {report.id or report.path}" + (f"  ({report.title})" if report.title else ""))
        for line in (report.message, report.remedy, *report.notes):
            if line:
                _say(f"    {line}")
    if not all(r.ok for r in reports):
        raise typer.Exit(1)


@app.command("remove")
def remove_document(document: DocumentId, home: Home = None) -> None:
    """Verwijder een toegevoegd document en alles wat ervan bewaard is.

    Voorbeeld: maatwerkwijzer corpus remove nota
    """
    meta = remove(_home(home), document)
    _say(f"Verwijderd: {document}" + (f" ({meta.title})." if meta else "."))


@app.command()
def fetch(
    numac: Annotated[list[str] | None, typer.Option("--numac", help="Numac van een akte; mag meer keren. Standaard decreet en besluit.")] = None,
    parlement: Annotated[list[str] | None, typer.Option("--parlement", help="Nummer van een document van het Vlaams Parlement (pfile).")] = None,
    themis: Annotated[list[str] | None, typer.Option("--themis", help="Nummer van een bestand op Themis.")] = None,
    title: Annotated[str | None, typer.Option(help="Titel van een document van Parlement of Themis.")] = None,
    kind: Annotated[str | None, typer.Option(help="Soort van een document van Parlement of Themis.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Alleen tonen wat de diensten antwoorden; verandert niets.")] = False,
    history: Annotated[bool, typer.Option("--history/--no-history", help="Ook vroegere versies van de artikelen ophalen.")] = True,
    refresh: Annotated[bool, typer.Option("--refresh", help="De cache overslaan.")] = False,
    loopback: Annotated[str | None, typer.Option("--loopback", help="Testserver op deze machine in plaats van de echte diensten.", hidden=True)] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Haal officiële teksten op (hiervoor is een netwerk nodig).

    Voorbeeld: maatwerkwijzer corpus fetch --numac 2022040298
    """
    from corpus.fetch.http import PoliteClient

    client = PoliteClient(None if check else _home(home) / "cache" / "fetch", loopback=loopback)
    if check:
        _check(client, tuple(numac or ()), as_json)
        return
    from corpus.fetch.codex import DECISION, DECREE

    numacs = numac or ([] if parlement or themis else [DECREE, DECISION])
    jobs = [("codex", n) for n in numacs] + [("parlement", n) for n in parlement or []] + [("themis", n) for n in themis or []]
    reports = []
    for service, number in jobs:
        _say(f"Ophalen: {service} {number} …")
        try:
            reports.append(_fetch_one(client, service, number, _home(home), MetaOptions(title=title, kind=kind), history, refresh))
        except UsageError:
            raise
        except MaatwerkwijzerError as error:
            reports.append(AddedReport(f"{service} {number}", "mislukt", message=error.message, remedy=error.remedy))
    _report(reports, as_json)


def _fetch_one(client: Any, service: str, number: str, home: Path, options: MetaOptions, history: bool, refresh: bool) -> AddedReport:
    if service == "codex":
        from corpus.fetch.act import add_act
        from corpus.fetch.codex import Codex

        return add_act(home, Codex(client), number, history, refresh)
    from corpus.fetch.files import add_fetched

    if service == "themis":
        from corpus.fetch.themis import Themis

        return add_fetched(home, Themis(client).download(number), options, "Vlaamse Regering (Themis)")
    from corpus.fetch.parlement import Parlement

    return add_fetched(home, Parlement(client).pdf(number), options, "Vlaams Parlement")


def _check(client: Any, numacs: tuple[str, ...], as_json: bool) -> None:
    from corpus.fetch.check import check_services

    answers = []
    for answer in check_services(client, numacs):
        answers.append(answer)
        if not as_json:
            verdict = "zoals verwacht" if answer.as_expected else "ANDERS DAN VERWACHT"
            typer.echo(f"{answer.service}: {verdict}\n    {answer.url}\n    status {answer.status}, {answer.content_type or '-'}, {answer.bytes} bytes")
            for line in (*answer.first_fields, answer.remark):
                if line:
                    typer.echo(f"    {line}")
    if as_json:
        _print([a.as_json() for a in answers])
    if not all(a.as_expected for a in answers):
        raise typer.Exit(1)


@app.command()
def verify(
    hyphens: Annotated[bool, typer.Option("--hyphens", help="Toon elk afbreekstreepje van het hoorzittingsverslag en wat ervan werd.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Controleer alle documenten: teksten onveranderd, citaten op hun plaats.

    Voorbeeld: maatwerkwijzer corpus verify --hyphens
    """
    if hyphens:
        _hyphens(as_json)
        return
    problems = verify_added(_home(home))
    damaged = {p.document for p in problems}
    checked = sorted(added_ids(_home(home)))
    # A damaged added document must not hide the state of the bundled ones.
    bundled = load_corpus(None)
    for document in bundled.documents.values():
        problems += check_document(document)
        problems += [
            Problem(document.id, f"Het citaat {s.start}:{s.end} van {statement.id} ligt buiten de tekst.")
            for statement in document.statements
            for s in statement.spans
            if s.end > len(document.text)
        ]
        checked.append(document.id)
    if as_json:
        _print({"documents": checked, "problems": [{"document": p.document, "message": p.message, "remedy": p.remedy} for p in problems]})
    for problem in problems:
        _say(f"{problem.document}: {problem.message} {problem.remedy}".rstrip())
    if not as_json:
        typer.echo(f"{len(checked)} documenten gecontroleerd, {len(problems)} problemen" + (f" in {len(damaged)} toegevoegde." if damaged else "."))
    if problems:
        raise typer.Exit(1)


def _hyphens(as_json: bool) -> None:
    from corpus.pdftext import unwrap

    rows = []
    for folder in sorted(BUNDLED.iterdir()):
        if (folder / "original.txt").is_file():
            _, found = unwrap((folder / "original.txt").read_text(encoding="utf-8").partition("Gebruikte afkortingen")[0], _headings())
            rows += [{"document": folder.name, "page": h.page, "left": h.left, "right": h.right, "result": h.result, "kept": h.kept} for h in found]
    if as_json:
        _print(rows)
        return
    for row in rows:
        typer.echo(f"p. {row['page']}\t{row['left']} + {row['right']}\t{row['result']}\t{'streepje behouden' if row['kept'] else 'aaneen'}")
    _say(f"{len(rows)} afbreekstreepjes, waarvan {sum(1 for r in rows if r['kept'])} behouden.")


def _headings() -> tuple[Any, ...]:
    from corpus import hearing

    return (hearing.PART, hearing.SUBPART, hearing.MEMBER, hearing.ANSWER, hearing.ABBREVIATIONS)


@app.command("catalogue")
def show_catalogue(
    as_manifest: Annotated[bool, typer.Option("--manifest", help="Alleen de lijst met hashes.")] = False,
    home: Home = None,
) -> None:
    """Beschrijf het corpus als DCAT-catalogus (JSON-LD), of als lijst met hashes.

    Voorbeeld: maatwerkwijzer corpus catalogue > catalogus.jsonld
    """
    corpus = load_corpus(_home(home))
    _print(manifest(corpus) if as_manifest else catalogue(corpus))


@app.command()
def glossary(as_json: AsJson = False, home: Home = None) -> None:
    """Toon de afkortingen en wat ze betekenen."""
    entries = dict(sorted(load_corpus(_home(home)).glossary.items()))
    if as_json:
        _print(entries)
        return
    for word, meaning in entries.items():
        typer.echo(f"{word}\t{meaning}")


@app.command()
def statements(
    document: DocumentId,
    check: Annotated[bool, typer.Option("--check", help="Vergelijk elke uitspraak met haar citaat en de vier talen met elkaar.")] = False,
    propose: Annotated[Path | None, typer.Option("--propose", help="Laat een chatmodel uitspraken voorstellen en schrijf ze naar dit bestand, om na te lezen.")] = None,
    llm: Annotated[str, typer.Option("--llm", help="Chatmodel voor --propose, als aanbieder:model.")] = "",
    llm_base_url: Annotated[str, typer.Option("--llm-base-url", help="Adres van een OpenAI-compatibele server.")] = "",
    language: Annotated[str, typer.Option(help="nl, fr, en of de.")] = "nl",
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Toon, controleer of laat uitspraken voorstellen van een document.

    Voorbeeld: maatwerkwijzer corpus statements hoorzitting-2021-09-23 --check
    """
    corpus = load_corpus(_home(home))
    found = corpus.document(document)
    if propose is not None:
        _propose_statements(found, propose, llm, llm_base_url)
        return
    if check:
        _check_statements(corpus, found, as_json)
        return
    if as_json:
        _print([s.model_dump(mode="json") for s in found.statements])
        return
    for statement in found.statements:
        typer.echo(f"{statement.id}\t{statement.texts.get(language)}")


def _propose_statements(document: Document, target: Path, llm: str, base_url: str) -> None:
    from corpus.propose import propose

    if not llm:
        raise UsageError("--propose vraagt een chatmodel.", "Geef --llm, bijvoorbeeld openai:naam met --llm-base-url.")
    from langchain.chat_models import init_chat_model

    try:
        options: dict[str, Any] = {"base_url": base_url} if base_url else {}
        model = init_chat_model(llm, **options)
        proposals = list(propose(document, lambda prompt: str(model.invoke(prompt).content)))
    except Exception as error:  # each provider raises its own kinds
        raise CorpusError(f"Het chatmodel '{llm}' gaf geen antwoord ({type(error).__name__}).", "Kijk adres en sleutel na.") from None
    rows = [p.row for p in proposals if p.row]
    target.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    typer.echo(f"{len(rows)} voorstellen in {target}; {len(proposals) - len(rows)} niet overgenomen. Lees ze na voor u ze als statements.jsonl bij het document legt.", err=True)


def _check_statements(corpus: Corpus, document: Document, as_json: bool) -> None:
    from corpus.statement_check import check_statements

    if not document.statements:
        raise CorpusError(f"'{document.id}' heeft geen uitspraken.", "Antwoorden gebruiken dan de zinnen van het document zelf.")
    names = [a.name for a in corpus.actors] + [a.organisation for a in corpus.actors if a.organisation]
    findings = check_statements(document, known_names=names, glossary=corpus.glossary)
    errors = [f for f in findings if f.severity == "error"]
    if as_json:
        _print({"document": document.id, "statements": len(document.statements), "findings": [f.as_json() for f in findings]})
    else:
        for finding in findings:
            typer.echo(f"{'FOUT' if finding.severity == 'error' else 'let op'}\t{finding.statement}\t{finding.check}\t{finding.message}")
        typer.echo(f"{len(document.statements)} uitspraken, {len(errors)} fouten, {len(findings) - len(errors)} aandachtspunten.")
    if errors:
        raise typer.Exit(1)
