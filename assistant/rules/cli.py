"""The command ``check``: a file of facts, or questions one at a time.

Data go to stdout, messages and questions to stderr; errors are raised for the caller's one place that prints them.
"""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.rules.checker import check
from assistant.rules.explain import explain_rule, summary, what_would_change
from assistant.rules.facts import describe_type, parse_value
from assistant.rules.fields import Field, fields
from assistant.rules.result import CheckResult
from corpus.errors import CorpusError, UsageError

if TYPE_CHECKING:
    from corpus.store import Corpus

YES = {"ja": True, "j": True, "yes": True, "y": True, "oui": True, "true": True, "nee": False, "n": False, "no": False, "non": False, "false": False}
UNKNOWN = {"", "?", "weet niet", "onbekend"}
MAX_BYTES = 1_000_000


def check_command(
    facts_file: Annotated[Path | None, typer.Argument(help="JSON-bestand met één object van feiten; - leest standaardinvoer; zonder bestand worden vragen gesteld.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Als JSON.")] = False,
    explain: Annotated[str | None, typer.Option("--explain", help="Leg een regel uit, bijvoorbeeld R-06.")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Map met de gegevens (ook MAATWERKWIJZER_HOME).")] = None,
) -> None:
    """Kijk een eigen geval na met de regels, of leg een regel uit.

    \f

    Args:
        facts_file: a JSON file with one object of facts; ``-`` reads stdin; None asks interactively.
        json: print the result as JSON (the contract) instead of text.
        explain: the number of a rule, for example R-06, to print with the text of its facts.
        home: the data folder whose corpus is cited, by default the user's.

    Raises:
        UsageError: the file cannot be read, is no JSON or no object, or a fact is not accepted (exit code 2).
    """
    corpus = _corpus(home)
    if explain is not None:
        print(explain_rule(explain, corpus))
        return
    facts = read_facts(facts_file) if facts_file is not None else ask_facts()
    result = check(facts, corpus)
    print(json_module.dumps(result.model_dump(mode="json"), ensure_ascii=False, indent=2) if json else render(facts, result))


def read_facts(path: Path) -> dict[str, Any]:
    """Read a JSON object of facts from ``path`` (``-``: stdin).

    Raises:
        UsageError: unreadable, too large, no UTF-8, no JSON, no object, or a key that is named twice.
    """
    name = "de invoer" if str(path) == "-" else str(path)
    try:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1) if str(path) == "-" else _bytes(path)
        content = raw.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"Ik kan {name} niet lezen ({error.strerror or error}).", "Geef een bestaand JSON-bestand met feiten.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is geen UTF-8-tekst.", "Bewaar het bestand als UTF-8.") from error
    if len(raw) > MAX_BYTES:
        raise UsageError(f"{name} is groter dan {MAX_BYTES} bytes.", "Geef een JSON-bestand met de feiten van één geval.")
    try:
        data = json_module.loads(content, object_pairs_hook=_unique)
    except (json_module.JSONDecodeError, RecursionError) as error:
        where = f" (regel {error.lineno}, kolom {error.colno})" if isinstance(error, json_module.JSONDecodeError) else ""
        raise UsageError(f"{name} bevat geen geldige JSON{where}.", 'Voorbeeld: {"vraag": "duur", "pakket": "2_jaar"}.') from error
    except ValueError as error:  # a number with more digits than Python converts
        raise UsageError(f"{name} bevat een getal dat te groot is.", "Kijk de getallen na.") from error
    if not isinstance(data, dict):
        raise UsageError(f"{name} moet een JSON-object zijn, niet {describe_type(data)}.", 'Voorbeeld: {"vraag": "duur", "pakket": "2_jaar"}.')
    return data


def _bytes(path: Path) -> bytes:
    with path.open("rb") as handle:
        return handle.read(MAX_BYTES + 1)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(n for n in names if names.count(n) > 1)
        raise UsageError(f"Het veld {twice!r} staat twee keer in de feiten.", "Laat één van beide weg.")
    return data


def ask_facts(read: Callable[[], str] = input, say: Callable[[str], None] | None = None) -> dict[str, Any]:
    """Ask one question at a time, only what can still change the outcome, until it is settled or nothing is left to ask.

    ``read`` gives one line of answer; end of input stops the asking. An empty answer or ``?`` means unknown.
    """
    tell = say if say is not None else _stderr
    known = fields()
    answer = _ask(known["vraag"], read, tell)
    if answer is None:
        raise UsageError("Er is geen vraag gekozen.", f"Kies uit: {known['vraag'].accepted()}.")
    facts: dict[str, Any] = {"vraag": answer}
    skipped: set[str] = set()
    while True:
        todo = [item.veld for item in check(facts).ontbreekt if item.veld not in skipped]
        if not todo:
            return facts
        try:
            value = _ask(known[todo[0]], read, tell)
        except EOFError:
            return facts
        if value is None:
            skipped.add(todo[0])
        else:
            facts[todo[0]] = value


def _ask(field: Field, read: Callable[[], str], tell: Callable[[str], None]) -> Any:
    """Ask for one field until the answer is accepted; None when it is not known."""
    tell(field.question())
    options = list(field.values)
    for number, option in enumerate(options, 1):
        tell(f"  {number}. {field.values[option]['nl']}")
    while True:
        try:
            line = read().strip()
        except EOFError:
            if field.name == "vraag":
                return None
            raise
        if line.lower() in UNKNOWN:
            return None
        try:
            return parse_value(field, from_text(field, line))
        except UsageError as error:
            tell(str(error))


def from_text(field: Field, line: str) -> Any:
    """What a person typed as a value: a choice by number or name, ja or nee, a number with a comma or a point."""
    if field.kind == "keuze":
        options = list(field.values)
        if line.isdecimal() and 1 <= int(line) <= len(options):
            return options[int(line) - 1]
        return next((o for o in options if line.lower() in (o, field.values[o]["nl"].lower())), line)
    if field.kind == "ja_nee":
        return YES.get(line.lower(), line)
    if field.kind == "datum":
        return line
    return number_from_text(line)


def number_from_text(line: str) -> float | int | str:
    """``9.500,50`` as 9500.5, ``0,8`` as 0.8, ``9.000`` as 9000; the text itself when it is no number."""
    plain = line.replace("€", "").replace("euro", "").replace("%", "").replace(" ", "").replace("\u00a0", "")
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif plain.count(".") > 1 or (plain.count(".") == 1 and len(plain.rsplit(".", 1)[1]) == 3 and not plain.startswith("0")):
        plain = plain.replace(".", "")
    try:
        number = float(plain)
    except ValueError:
        return line
    return int(number) if number.is_integer() else number


def render(facts: dict[str, Any], result: CheckResult) -> str:
    """The result as plain text: summary, trace, what is missing, warnings, what would change it, sources."""
    lines = [summary(result), "", "Stappen"]
    lines += [f"- {s.regel} {s.uitkomst}: {s.uitleg} [{', '.join(s.feiten)}; zekerheid {s.zekerheid}]" for s in result.stappen]
    for title, items in (
        ("Nog te weten", [f"{m.vraag} ({m.veld})" for m in result.ontbreekt]),
        ("Waarschuwingen", result.waarschuwingen),
        ("Wat zou het antwoord veranderen", what_would_change(facts, result)),
        ("Bronnen", [f"[{c['n']}] {c['label']}" for c in result.citaten]),
    ):
        if items:
            lines += ["", title, *(f"- {item}" for item in items)]
    return "\n".join(lines)


def _stderr(line: str) -> None:
    print(line, file=sys.stderr)


def _corpus(home: Path | None) -> Corpus | None:
    """The corpus, or None with a message when it cannot be read: the rules do not need it."""
    from corpus.store import load_corpus

    try:
        return load_corpus(home)
    except CorpusError as error:
        _stderr(f"Zonder aanhalingen: {error}")
        return None
