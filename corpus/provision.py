"""How Flemish lawyers cite a provision, and the id that belongs to it.

"art. 5, § 1, eerste lid, 2°, a)" and ``art_5__para_1__al_1__point_2__point_a`` name the same place; the
id follows the naming convention of Akoma Ntoso (OASIS LegalDocML), with ``al`` for *alinea* (lid).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

ORDINALS = ["eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste", "negende", "tiende", "elfde", "twaalfde", "dertiende", "veertiende", "vijftiende", "zestiende", "zeventiende", "achttiende", "negentiende", "twintigste", "eenentwintigste", "tweeëntwintigste", "drieëntwintigste", "vierentwintigste", "vijfentwintigste", "zesentwintigste", "zevenentwintigste", "achtentwintigste", "negenentwintigste", "dertigste"]

NUMBER = r"\d+(?:\.\d+)*(?:/\d+)*(?:bis|ter|quater|quinquies|sexies|septies|octies|novies|decies)?(?:/\d+)*"


def ordinal(n: int) -> str:
    """Dutch ordinal of a lid: ``1`` gives "eerste"; beyond thirty "31ste"."""
    return ORDINALS[n - 1] if n <= len(ORDINALS) else f"{n}ste"


@dataclass(frozen=True)
class Provision:
    """A place in a statute. ``points`` are the markers without their sign: ``("2", "a")`` for 2°, a)."""

    article: str
    para: str | None = None
    lid: int | None = None
    points: tuple[str, ...] = ()
    last_point: str | None = None
    """Last marker of a group: ``1° tot en met 4°``."""

    def cite(self) -> str:
        """As a lawyer writes it: "art. 5, § 1, eerste lid, 2°, a)"."""
        parts = [f"art. {self.article}"]
        if self.para:
            parts.append(f"§ {self.para}")
        if self.lid:
            parts.append(f"{ordinal(self.lid)} lid")
        signs = ("°", ")", ")")
        for depth, point in enumerate(self.points):
            sign = _sign(point, depth, signs)
            group = self.last_point if depth == len(self.points) - 1 else None
            parts.append(f"{point}{sign} tot en met {group}{sign}" if group else f"{point}{sign}")
        return ", ".join(parts)

    def eid(self) -> str:
        """As an id: ``art_5__para_1__al_1__point_2``."""
        parts = [f"art_{_safe(self.article)}"]
        if self.para:
            parts.append(f"para_{_safe(self.para)}")
        if self.lid:
            parts.append(f"al_{self.lid}")
        for depth, point in enumerate(self.points):
            group = self.last_point if depth == len(self.points) - 1 else None
            parts.append(f"point_{_safe(point)}-{_safe(group)}" if group else f"point_{_safe(point)}")
        return "__".join(parts)


def _sign(point: str, depth: int, signs: tuple[str, ...]) -> str:
    if depth == 0 and point[0].isdigit():
        return "°"
    return signs[min(depth, 2)] if depth else ")"


def _safe(number: str) -> str:
    return number.replace("/", "-").replace(" ", "").lower()


@dataclass(frozen=True)
class Reference:
    """A provision of a named act: "decreet 14.01.2022, art. 32"."""

    kind: str
    day: date
    provision: Provision


_REFERENCE = re.compile(
    rf"(?P<kind>decreet|besluit|BVR|ontwerp)\s+(?:van\s+)?(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}}),\s*art\.?\s*(?P<art>{NUMBER})"
    rf"(?:,\s*§\s*(?P<para>\d+(?:/\d+)?\w*))?(?:,\s*(?P<lid>{'|'.join(ORDINALS)})\s+lid)?(?:,\s*(?P<point>\d+)°)?(?:,\s*(?P<sub>[a-z])\))?"
    rf"(?P<more>(?:(?:,\s*|\s+en\s+)(?:art\.?\s*)?{NUMBER}(?!°)(?=[,;(\s]|$))*)",
    re.IGNORECASE,
)


def parse_references(text: str) -> list[Reference]:
    """The provisions named in a digest's field ``provision``, in order.

    A part (between semicolons) that says that the article was not seen, that only compares
    ("vergelijk", "zie"), or that rests on somebody else's word ("volgens") is left out.
    """
    out: list[Reference] = []
    for part in text.split(";"):
        part = part.strip()
        if re.search(r"niet (?:gezien|gelezen)|vermoedelijk|mogelijk|volgens", part):
            continue
        match = _REFERENCE.match(part)
        if match is None:
            continue
        kind = "besluit" if match["kind"].lower() == "bvr" else match["kind"].lower()
        try:
            day = date(int(match["y"]), int(match["m"]), int(match["d"]))
        except ValueError:
            continue
        lid = ORDINALS.index(match["lid"].lower()) + 1 if match["lid"] else None
        points = tuple(p for p in (match["point"], match["sub"]) if p)
        out.append(Reference(kind, day, Provision(match["art"], match["para"], lid, points)))
        out.extend(Reference(kind, day, Provision(m)) for m in re.findall(NUMBER, match["more"] or ""))
    return out
