"""The command ``maatwerkwijzer``: data on stdout, messages on stderr, exit codes 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from corpus.errors import MaatwerkwijzerError, UsageError

app = typer.Typer(
    help="Wat betekent maatwerk bij individuele inschakeling voor mij, en wie zegt dat?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
index_app = typer.Typer(help="De zoekindex: bouwen, toestand, nakijken.", no_args_is_help=True)
app.add_typer(index_app, name="index")

errors = Console(stderr=True, soft_wrap=True, highlight=False)

Home = Annotated[Path | None, typer.Option("--home", help="Map met de gegevens (ook MAATWERKWIJZER_HOME).")]
AsJson = Annotated[bool, typer.Option("--json", help="Als JSON.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Dag waarvoor het antwoord moet gelden, JJJJ-MM-DD.")]
Embedding = Annotated[str | None, typer.Option("--embedding", help="Ander embeddingmodel (naam of map).")]
Reranker = Annotated[str | None, typer.Option("--reranker", help="Cross-encoder die de gevonden passages herordent (naam of map).")]
Llm = Annotated[str | None, typer.Option("--llm", help="Chatmodel, als aanbieder:model.")]


def say(message: str) -> None:
    """A message for the person at the terminal."""
    errors.print(message, markup=False)


def parse_day(value: str | None, name: str = "--as-of") -> date | None:
    """A date given as JJJJ-MM-DD.

    Raises:
        UsageError: it is not one.
    """
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{name}: '{value}' is geen datum.", "Schrijf JJJJ-MM-DD, bijvoorbeeld 2024-06-30.") from None


@contextlib.contextmanager
def progress_bar() -> Iterator[Any]:
    """Yield a callback (stage, done, total): a bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    with Progress(console=errors, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def update(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done)

        yield update


def open_assistant(home: Path | None = None, **options: Any) -> Any:
    """The assistant over the corpus and index of ``home``; the index is built when there is none."""
    from assistant.factory import make_assistant
    from assistant.settings import load_settings

    settings = load_settings(home=home, **options)
    with progress_bar() as progress:
        return make_assistant(settings, say=say, progress=progress)


def emit(value: Any) -> None:
    """Print data as JSON on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@app.command()
def ask(
    vraag: Annotated[str, typer.Argument(help="De vraag, in het Nederlands, Frans, Engels of Duits.")],
    as_of: AsOf = None,
    as_json: AsJson = False,
    home: Home = None,
    embedding: Embedding = None,
    reranker: Reranker = None,
    llm: Llm = None,
) -> None:
    """Beantwoord één vraag, met bronnen."""
    day = parse_day(as_of)
    assistant = open_assistant(home, embedding=embedding, reranker=reranker, llm=llm)
    answer = assistant.ask(vraag, as_of=day)
    if as_json:
        emit(answer.model_dump(mode="json"))
        return
    from assistant.show import as_text

    sys.stdout.write(as_text(answer) + "\n")


@app.command()
def batch(
    questions: Annotated[Path, typer.Argument(help="JSONL: één vraag of dialoog per regel.")],
    answers: Annotated[Path, typer.Argument(help="JSONL: één antwoord per regel, in dezelfde volgorde.")],
    home: Home = None,
    embedding: Embedding = None,
    reranker: Reranker = None,
    llm: Llm = None,
) -> None:
    """Beantwoord een bestand met vragen; een slechte regel geeft een antwoord met status 'error'."""
    from assistant.batch import run_batch

    assistant = open_assistant(home, embedding=embedding, reranker=reranker, llm=llm)
    with progress_bar() as progress:
        done, failed = run_batch(assistant, questions, answers, progress)
    say(f"{done} antwoorden geschreven naar {answers}" + (f", waarvan {failed} met een fout." if failed else "."))


@app.command()
def search(
    woorden: Annotated[str, typer.Argument(help="Waarnaar gezocht wordt.")],
    speaker: Annotated[list[str] | None, typer.Option(help="Alleen deze spreker(s).")] = None,
    organisation: Annotated[list[str] | None, typer.Option(help="Alleen deze organisatie(s).")] = None,
    document: Annotated[list[str] | None, typer.Option(help="Alleen dit document.")] = None,
    authority: Annotated[list[str] | None, typer.Option(help="geldend_recht, ontwerp, praktijk of standpunt.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Alleen passages over dit thema.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Hoeveel passages.")] = 10,
    as_json: AsJson = False,
    home: Home = None,
    embedding: Embedding = None,
) -> None:
    """Zoek passages, de beste eerst."""
    from assistant.search import find

    assistant = open_assistant(home, embedding=embedding)
    hits = find(assistant, woorden, k, speaker or [], organisation or [], document or [], authority or [], topic or [])
    if as_json:
        emit([h.as_json() for h in hits])
        return
    if not hits:
        say("Geen passages gevonden.")
    for hit in hits:
        sys.stdout.write(f"{hit.score:8.3f}  {hit.passage}\n          {hit.label}\n          {hit.text}\n\n")


@index_app.command("build")
def index_build(home: Home = None, embedding: Embedding = None) -> None:
    """Bouw de index opnieuw, naast de huidige, en wissel daarna om."""
    from assistant.factory import build_index
    from assistant.settings import load_settings

    settings = load_settings(home=home, embedding=embedding)
    with progress_bar() as progress:
        manifest = build_index(settings, progress)
    say(f"De index is klaar: {manifest.passages} passages, {manifest.keys} sleutels.")


@index_app.command("status")
def index_status(as_json: AsJson = False, home: Home = None, embedding: Embedding = None) -> None:
    """Toon of er een index is en of hij past."""
    from assistant.factory import index_state
    from assistant.settings import load_settings

    state = index_state(load_settings(home=home, embedding=embedding))
    if as_json:
        emit(state)
    else:
        for key, value in state.items():
            sys.stdout.write(f"{key}: {value}\n")


@index_app.command("verify")
def index_verify(home: Home = None, embedding: Embedding = None) -> None:
    """Kijk na of de index heel is en bij de documenten past."""
    from assistant.factory import verify_index
    from assistant.settings import load_settings

    problems = verify_index(load_settings(home=home, embedding=embedding))
    for problem in problems:
        say(problem)
    if problems:
        say("Bouw opnieuw: maatwerkwijzer index build")
        raise typer.Exit(1)
    say("De index is in orde.")


@index_app.command("vectors", hidden=True)
def index_vectors() -> None:
    """Maak de meegeleverde vectoren opnieuw (na een wijziging van de documenten in het pakket)."""
    from corpus.store import load_corpus
    from index.embedding import clean, make_embeddings, write_bundled
    from index.keys import keys
    from index.retriever import vocabularies
    from index.words import vocabulary_words

    with progress_bar() as progress:
        done = 0
        corpus = load_corpus()
        pairs = [(k.prefix, clean(k.text)) for k in keys(corpus)]
        pairs += [("query", w) for w in vocabulary_words(vocabularies(corpus)["nl"])]

        def count(n: int) -> None:
            nonlocal done
            done += n
            if progress:
                progress("vectoren", done, len(pairs))

        written = write_bundled(pairs, make_embeddings(), count)
    say(f"{written} vectoren geschreven.")


@app.command()
def feedback(
    wissen: Annotated[bool, typer.Option("--erase", help="Wis alle bewaarde duimpjes.")] = False,
    answer: Annotated[str | None, typer.Option("--answer", help="Wis alleen wat bij dit antwoord hoort (met --erase).")] = None,
    home: Home = None,
) -> None:
    """Toon of wis de bewaarde duimpjes (staan standaard uit)."""
    from assistant.feedback import erase, read
    from assistant.settings import load_settings

    settings = load_settings(home=home)
    if wissen:
        settings.home.mkdir(parents=True, exist_ok=True)
        say(f"{erase(settings.home, answer)} gewist.")
    else:
        emit(read(settings.home))


@app.command()
def chat(
    host: Annotated[str | None, typer.Option(help="Adres waarop de pagina luistert.")] = None,
    port: Annotated[int | None, typer.Option(help="Poort.")] = None,
    home: Home = None,
    embedding: Embedding = None,
    reranker: Reranker = None,
    llm: Llm = None,
) -> None:
    """Start de webpagina; de index wordt eerst gebouwd als er nog geen is."""
    from assistant.web.serve import serve

    # No name for the assistant here: a server that follows its documents must be able to let it go.
    serve(open_assistant(home, host=host, port=port, embedding=embedding, reranker=reranker, llm=llm))


def _plug_in() -> None:
    """Add the commands that other rooms offer (``eval`` may not be imported from here)."""
    for entry in entry_points(group="maatwerkwijzer.commands"):
        target = entry.load()
        if isinstance(target, typer.Typer):
            app.add_typer(target, name=entry.name)
        else:
            app.command(entry.name)(target)


def main() -> None:
    """Entry point: run a command and turn expected failures into one message and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    _plug_in()
    try:
        app()
    except MaatwerkwijzerError as error:
        say(f"Fout: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("Onderbroken.")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
