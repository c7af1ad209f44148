"""The command ``positions``: search, matrix, comparison and the helper for annotating a report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.positions.annotate import check as check_annotation
from assistant.positions.annotate import propose, write
from assistant.positions.compare import compare_positions
from assistant.positions.exports import build, csv, json, md, rows, table
from assistant.positions.matrix import matrix as make_matrix
from assistant.positions.model import roster
from assistant.positions.resolve import resolve_actors, resolve_organisation, resolve_party, resolve_topics
from assistant.positions.search import Found, Query, search
from assistant.positions.words import Words
from corpus.errors import MaatwerkwijzerError, UsageError
from corpus.store import Actor, Corpus, load_corpus

if TYPE_CHECKING:
    from assistant.positions.exports.report import Report

app = typer.Typer(pretty_exceptions_enable=False)

FORMATS = ("table", "json", "csv", "md", "docx", "xlsx")
PICTURES = ("svg", "png")
_BINARY = ("docx", "xlsx", "png")
_FEW = 3
"""Up to so many themes the matrix on a terminal shows all quotes."""

Actors = Annotated[list[str] | None, typer.Option("--actor", help="Naam, familienaam, organisatie of partij; een tikfout mag. Meermaals kan.")]
Organisations = Annotated[list[str] | None, typer.Option("--organisation", "--organisatie", help="Organisatie.")]
Parties = Annotated[list[str] | None, typer.Option("--party", "--partij", help="Partij in 2021 (van buiten het verslag).")]
Roles = Annotated[list[str] | None, typer.Option("--role", "--rol", help="spreker, parlementslid of voorzitter.")]
Topics = Annotated[list[str] | None, typer.Option("--topic", "--thema", help="Thema: id, naam in vier talen of synoniem.")]
Stances = Annotated[
    list[str] | None, typer.Option("--stance", "--houding", help="steunt, steunt_onder_voorwaarde, bezorgd, tegen, vraagt, stelt_voor, stelt_vast.")
]
Format = Annotated[str | None, typer.Option("--format", "-f", help="table, json, csv, md, docx of xlsx; standaard table, of wat --out zegt.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Schrijf naar dit bestand.")]
Language = Annotated[str, typer.Option("--language", "--taal", help="Taal van samenvattingen: nl, fr, en of de.")]
Home = Annotated[Path | None, typer.Option("--home", help="Map met de gegevens (ook MAATWERKWIJZER_HOME).")]


def _home(home: Path | None) -> Path:
    from assistant.settings import load_settings

    return Path(load_settings(home=home).home)


def _open(home: Path | None, retrieval: bool) -> tuple[Corpus, Any]:
    """The corpus, with the retriever only where it is needed: opening it may build the index."""
    if not retrieval:
        return load_corpus(_home(home)), None
    from assistant.cli import open_assistant

    assistant = open_assistant(home)
    return assistant.corpus, assistant.retriever


def _say(message: str) -> None:
    print(message, file=sys.stderr)


def _format(asked: str | None, out: Path | None, accepted: Sequence[str] = FORMATS) -> str:
    """The format asked for, else what the file name says, else ``table``.

    Raises:
        UsageError: an unknown format, or a binary one for a terminal.
    """
    known = {"txt": "table", **{f: f for f in accepted}}
    name = asked or (out.suffix.lstrip(".").lower() if out and out.suffix else "table")
    if name not in known:
        raise UsageError(f"Het formaat '{name}' bestaat niet.", f"Kies uit: {', '.join(accepted)}.")
    chosen = known[name]
    if chosen in _BINARY and out is None and sys.stdout.isatty():
        raise UsageError(f"{chosen} is geen tekst voor een scherm.", f"Schrijf het naar een bestand: --out standpunten.{chosen}.")
    return chosen


def _emit(content: str | bytes, out: Path | None) -> None:
    """To the file, or to stdout: text as text, bytes as bytes.

    Raises:
        MaatwerkwijzerError: the file cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if out is not None:
        try:
            out.write_bytes(data)
        except OSError as error:
            raise MaatwerkwijzerError(f"{out} kan niet geschreven worden: {error.strerror}.", "Kies een andere plaats met --out.") from None
        _say(f"Geschreven: {out}")
    elif isinstance(content, str):
        sys.stdout.write(content)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def _rendered(report: Report, kind: str) -> str | bytes:
    if kind == "docx":
        from assistant.positions.exports import docx

        return docx.render(report)
    return md.render(report) if kind == "md" else table.render(report)


@app.callback(invoke_without_command=True)
def positions(
    context: typer.Context,
    actor: Actors = None,
    organisation: Organisations = None,
    party: Parties = None,
    role: Roles = None,
    topic: Topics = None,
    stance: Stances = None,
    query: Annotated[str, typer.Option("--query", "-q", help="Vrije woorden; ook een omschrijving vindt het.")] = "",
    further: Annotated[bool, typer.Option("--further", "--verder", help="Zoek ook met de zoekindex naar verdere passages.")] = False,
    limit: Annotated[int | None, typer.Option("-k", min=0, help="Hoogstens zoveel standpunten; 0: alle.")] = None,
    format: Format = None,
    out: Out = None,
    language: Language = "nl",
    home: Home = None,
) -> None:
    """Wie vindt wat, met de woorden en de bladzijde erbij. Wat je samen opgeeft, geldt samen.

    Voorbeelden:

    positions --actor HERWIN --topic contingent

    positions --topic terugkeergarantie --stance vraagt --out vragen.docx

    positions --query "geld van de gemeente mag niet elders naartoe"
    """
    if context.invoked_subcommand is not None:
        return
    kind, w = _format(format, out), Words(language)
    corpus, retriever = _open(home, bool(query.strip()) or further)
    asked = Query(
        actors=tuple(actor or ()),
        organisations=tuple(organisation or ()),
        parties=tuple(party or ()),
        roles=tuple(role or ()),
        topics=tuple(topic or ()),
        stances=tuple(stance or ()),
        text=query,
    )
    found = search(corpus, asked, retriever, language, limit)
    _emit(_positions(found, corpus, w, kind), out)
    _notes(found, w, kind)


def _positions(found: Found, corpus: Corpus, w: Words, kind: str) -> str | bytes:
    if kind == "json":
        return json.dump(json.positions(found.positions))
    if kind == "csv":
        return csv.dump(rows.POSITION_KEYS, rows.position_data(found.positions))
    if kind == "xlsx":
        from assistant.positions.exports import xlsx

        return xlsx.positions(found, corpus, w)
    return _rendered(build.positions_report(found, corpus, w), kind)


def _notes(found: Found, w: Words, kind: str) -> None:
    """On stderr what a list of positions cannot say."""
    if not found.positions:
        _say(w("none"))
    if kind not in ("json", "csv"):
        return
    for name in found.absent:
        _say(w("absent", name=name))
    if found.left_out:
        _say(w("left_out", count=found.left_out))
    beside = [f"{w(key)}: {len(own)}" for key, own in (("title_further", found.further), ("title_reported", found.reported)) if own]
    if beside:
        _say("; ".join(beside) + " (--format md)")


def _chosen(corpus: Corpus, actor: list[str] | None, organisation: list[str] | None, party: list[str] | None) -> list[Actor]:
    people = roster(corpus)
    named = [a for name in actor or () for a in resolve_actors(name, people)]
    named += [a for name in organisation or () for a in resolve_organisation(name, people)]
    named += [a for name in party or () for a in resolve_party(name, people)]
    return list({a.name: a for a in named}.values())


@app.command()
def matrix(
    actor: Actors = None,
    organisation: Organisations = None,
    party: Parties = None,
    topic: Topics = None,
    quotes: Annotated[bool | None, typer.Option("--quotes/--no-quotes", help="Alle citaten erbij; standaard in md en docx, en bij weinig thema's.")] = None,
    format: Format = None,
    out: Out = None,
    language: Language = "nl",
    home: Home = None,
) -> None:
    """Wie zegt wat over welk thema: houding, aantal, eens en oneens, vraag en antwoord. Ook als beeld: svg of png."""
    kind, w = _format(format, out, (*FORMATS, *PICTURES)), Words(language)
    corpus, _ = _open(home, False)
    themes = list(dict.fromkeys(t.id for name in topic or () for t in resolve_topics(name, corpus)))
    own = make_matrix(corpus, _chosen(corpus, actor, organisation, party), themes, language)
    content: str | bytes
    if kind == "json":
        content = json.dump(json.matrix(own, corpus, language))
    elif kind == "csv":
        content = csv.dump(rows.MATRIX_KEYS, rows.matrix_data(own, corpus, w))
    elif kind == "xlsx":
        from assistant.positions.exports import xlsx

        content = xlsx.matrix(own, corpus, w)
    elif kind in PICTURES:
        from assistant.positions.exports import heatmap

        content = heatmap.svg(own, corpus, w) if kind == "svg" else heatmap.png(own, corpus, w)
    else:
        full = quotes if quotes is not None else kind in ("md", "docx") or 0 < len(themes) <= _FEW
        content = _rendered(build.matrix_report(own, corpus, w, full), kind)
    _emit(content, out)


@app.command()
def compare(
    topic: Annotated[str, typer.Option("--topic", "--thema", help="Thema: id, naam of synoniem.")],
    actor: Actors = None,
    organisation: Organisations = None,
    party: Parties = None,
    format: Format = None,
    out: Out = None,
    language: Language = "nl",
    home: Home = None,
) -> None:
    """Twee tot vier actoren naast elkaar over één thema, met citaten."""
    kind, w = _format(format, out), Words(language)
    corpus, _ = _open(home, False)
    themes = resolve_topics(topic, corpus)
    if len(themes) > 1:
        raise UsageError(f"'{topic}' past bij meer dan één thema.", f"Kies er één: {', '.join(t.id for t in themes)}.")
    own = compare_positions(corpus, _chosen(corpus, actor, organisation, party), themes[0].id, language)
    content: str | bytes
    if kind == "json":
        content = json.dump(json.comparison(own, corpus, language))
    elif kind == "csv":
        content = csv.dump(rows.POSITION_KEYS, rows.position_data(p for c in own.columns for p in c.positions))
    elif kind == "xlsx":
        from assistant.positions.exports import xlsx

        content = xlsx.comparison(own, corpus, w)
    else:
        content = _rendered(build.compare_report(own, corpus, w), kind)
    _emit(content, out)


@app.command()
def annotate(
    document: Annotated[str, typer.Argument(help="Id van het verslag (zie corpus list).")],
    propose_to: Annotated[Path | None, typer.Option("--propose", help="Schrijf kandidaten naar dit JSONL-bestand.")] = None,
    check_file: Annotated[Path | None, typer.Option("--check", help="Kijk dit JSONL-bestand na.")] = None,
    home: Home = None,
) -> None:
    """Help bij het annoteren van een verslag: kandidaten voorstellen, of een bestand nakijken."""
    if (propose_to is None) == (check_file is None):
        raise UsageError("Kies één van beide: --propose BESTAND of --check BESTAND.")
    corpus, _ = _open(home, False)
    report = corpus.document(document)
    if propose_to is not None:
        count = write(propose(report, corpus), propose_to)
        _say(f"{count} kandidaten geschreven naar {propose_to}. Vul de zin in eigen woorden in, verbeter thema en houding, en kijk na met --check.")
        return
    assert check_file is not None
    result = check_annotation(report, corpus, _read(check_file))
    for problem in result.problems:
        print(problem)
    for notice in result.notices:
        _say(notice)
    _say(f"{result.rows} regels, {result.positions} standpunten, {result.paragraphs} alinea's met een spreker, {len(result.problems)} problemen.")
    if result.problems:
        raise typer.Exit(1)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} kan niet gelezen worden: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is geen UTF-8 (byte {error.start}).") from None
