"""Figures as text: one way to print a value with its interval, in Markdown, HTML and on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from eval.figures import Difference, Figure
from eval.gate import Check


def number(value: float | None, unit: str = "ratio") -> str:
    """A value in its unit: ratios with three decimals, scores with sign, milliseconds and characters whole or with one decimal."""
    if value is None:
        return "–"
    if unit == "score":
        return f"{value:+.3f}"
    if unit == "ms":
        return f"{value:.1f}"
    if unit == "characters":
        return f"{value:.0f}"
    return f"{value:.3f}"


def with_interval(figure: Figure) -> str:
    """``0.812 [0.761, 0.858]``, or a dash without items."""
    if figure.value is None:
        return "–"
    value = number(figure.value, figure.unit)
    if figure.low is None or figure.high is None:
        return value
    return f"{value} [{number(figure.low, figure.unit)}, {number(figure.high, figure.unit)}]"


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; bars in cells are escaped, line breaks become spaces."""

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |\n"

    return line(header) + line(["---"] * len(header)) + "".join(line(row) for row in rows)


def difference_row(d: Difference, corrected: float) -> list[str]:
    """One measure of a comparison: A, B, difference with interval, p, corrected p, questions better and worse, n."""
    mark = "*" if corrected < 0.05 else ""
    return [
        d.name,
        f"{d.a:.3f}",
        f"{d.b:.3f}",
        f"{d.difference:+.3f} [{d.low:+.3f}, {d.high:+.3f}]",
        f"{d.p:.4f}",
        f"{corrected:.4f}{mark}",
        f"+{d.better} / -{d.worse}",
        str(d.n),
    ]


DIFFERENCE_HEADER = ("cijfer", "A", "B", "B - A", "p", "p (Holm)", "beter / slechter", "n")
CHECK_HEADER = ("cijfer", "grens", "ruis", "gemeten", "n", "")


def check_row(check: Check) -> list[str]:
    """One line of a gate."""
    sign = "≥" if check.kind == "floor" else "≤"
    return [check.key, f"{sign} {check.bound:.3f}", f"{check.half_width:.3f}", number(check.value), str(check.n), "ok" if check.passed else "GEVALLEN"]
