"""One fill and one sign a stance: the sign and the word say it too, so that colour never stands alone."""

from __future__ import annotations

FILLS = {
    "steunt": "CFE8D5",
    "steunt_onder_voorwaarde": "E4F0CC",
    "stelt_voor": "D3E3F5",
    "bezorgd": "FDE4C0",
    "tegen": "F6CDC9",
    "gemengd": "EFE3D0",
    "vraagt": "E6E0F3",
    "stelt_vast": "E9EDF0",
    "zijdelings": "F7F8F9",
    "niet_gezegd": "FFFFFF",
}
"""Light fills, RRGGBB; text of #222 on them has a contrast of at least 11 to 1."""

SIGNS = {
    "steunt": "+",
    "steunt_onder_voorwaarde": "(+)",
    "stelt_voor": ">",
    "bezorgd": "!",
    "tegen": "-",
    "gemengd": "+!",
    "vraagt": "?",
    "stelt_vast": "=",
    "zijdelings": "~",
    "niet_gezegd": "",
}
