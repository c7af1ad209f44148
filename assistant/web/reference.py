"""The configuration reference of the operators' manual, made from the settings themselves."""

from __future__ import annotations

import sys
from pathlib import Path

from annotated_types import Ge, Gt, Le, Lt
from pydantic_core import PydanticUndefined

from assistant.settings import PREFIX, Settings

START, END = "<!-- settings: made by assistant/web/reference.py -->", "<!-- end of settings -->"
_SIGNS = {Ge: ("≥", "ge"), Gt: (">", "gt"), Le: ("≤", "le"), Lt: ("<", "lt")}
_KINDS = {"Path": "map", "str": "tekst", "int": "geheel getal", "float": "getal", "bool": "true of false"}


def reference() -> str:
    """A Markdown table of every setting: key, variable, kind and bounds, default, meaning."""
    lines = ["| sleutel | omgevingsvariabele | soort | standaard | betekenis |", "|---|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        bounds = " ".join(f"{sign} {getattr(m, key):g}" for m in field.metadata for kind, (sign, key) in _SIGNS.items() if isinstance(m, kind))
        kind = _KINDS.get(getattr(field.annotation, "__name__", ""), "tekst")
        default = "map met gebruikersgegevens" if field.default is PydanticUndefined else _shown(field.default)
        lines.append(f"| `{name}` | `{PREFIX}{name.upper()}` | {kind}{', ' + bounds if bounds else ''} | {default} | {field.description} |")
    return "\n".join(lines)


def _shown(value: object) -> str:
    if value == "":
        return "leeg"
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def update(manual: Path) -> None:
    """Put the table between its marks in the manual."""
    text = manual.read_text(encoding="utf-8")
    before, rest = text.split(START, 1)
    after = rest.split(END, 1)[1]
    manual.write_text(f"{before}{START}\n{reference()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    update(Path(sys.argv[1]))
