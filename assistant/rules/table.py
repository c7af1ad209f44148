"""Scenarios: read them, and show which rule is reached by which (rules by scenarios, no empty row).

``python -m assistant.rules.table FOLDER`` prints the table.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.rules.checker import check
from assistant.rules.rule import REGISTRY
from corpus.errors import UsageError

ACCEPTED = {"naam", "zin", "vanuit", "zonder", "feiten", "uitkomst", "bedrag", "percentage", "stap", "ontbreekt", "eerste_vraag", "waarschuwing"}


@dataclass(frozen=True)
class Scenario:
    """A sentence that a jurist can check, the facts, and what the checker must say."""

    name: str
    sentence: str
    facts: dict[str, Any]
    expected: dict[str, Any]


def scenarios(folder: Path) -> list[Scenario]:
    """The scenarios in ``folder/*.yaml``; ``basis.yaml`` holds the starting points.

    Raises:
        UsageError: an unknown key, a double name, or a starting point that does not exist.
    """
    bases: dict[str, dict[str, Any]] = yaml.safe_load((folder / "basis.yaml").read_text(encoding="utf-8"))
    found: dict[str, Scenario] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == "basis.yaml":
            continue
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            unknown = set(row) - ACCEPTED
            name = row["naam"]
            if unknown or name in found or row.get("vanuit", next(iter(bases))) not in bases:
                raise UsageError(f"{path.name}: scenario {name} is dubbel, of heeft een onbekende sleutel of basis {sorted(unknown)}.")
            facts = {**bases.get(row.get("vanuit", ""), {}), **row.get("feiten", {})}
            for key in row.get("zonder", []):
                facts.pop(key, None)
            found[name] = Scenario(name, row["zin"], facts, {k: v for k, v in row.items() if k not in ("naam", "zin", "vanuit", "zonder", "feiten")})
    return list(found.values())


def reached(items: list[Scenario]) -> dict[str, dict[str, list[str]]]:
    """Per rule and outcome (ja, nee, onbekend) the names of the scenarios in whose trace it stands."""
    table: dict[str, dict[str, list[str]]] = {number: {} for number in sorted(REGISTRY)}
    for item in items:
        for step in check(item.facts).stappen:
            table[step.regel].setdefault(step.uitkomst, []).append(item.name)
    return table


def render(items: list[Scenario]) -> str:
    """The table as Markdown: rule, sentence, number of scenarios per outcome, an example."""
    lines = ["| regel | zin | ja | nee | onbekend | voorbeeld |", "|---|---|---|---|---|---|"]
    for number, outcomes in reached(items).items():
        counts = " | ".join(str(len(outcomes.get(o, []))) for o in ("ja", "nee", "onbekend"))
        example = next((names[0] for o in ("nee", "ja", "onbekend") if (names := outcomes.get(o))), "")
        lines.append(f"| {number} | {REGISTRY[number].sentence} | {counts} | {example} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(render(scenarios(Path(sys.argv[1] if len(sys.argv) > 1 else "tests/rules"))))
