"""The matrix as a picture: SVG, PNG (the same drawing) and a plotly figure for the web page.

Every cell says its stance in a word and a sign besides its colour.
"""

from __future__ import annotations

import io
import textwrap
import unicodedata
from dataclasses import dataclass
from html import escape
from typing import Any

from assistant.positions.exports.build import all_of, column_name, legend, sources
from assistant.positions.exports.colours import FILLS, SIGNS
from assistant.positions.exports.report import clean
from assistant.positions.matrix import NOTHING, Cell, Matrix
from assistant.positions.model import topic_label
from assistant.positions.words import Words
from corpus.store import Corpus

_LEFT, _WIDE, _HIGH, _TOP, _EDGE = 250, 132, 40, 118, 16
_FONTS = ("Carlito-Regular.ttf", "calibri.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "arial.ttf", "DejaVuSans.ttf", "Helvetica.ttc")
_INK, _GREY, _LINE = "#222222", "#5F6B76", "#C5CED6"


@dataclass(frozen=True)
class Box:
    """A rectangle; ``title`` is what a reader hears or sees when pointing at it."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    title: str = ""


@dataclass(frozen=True)
class Label:
    """A line of text at its baseline; ``anchor`` is start or middle."""

    x: float
    y: float
    text: str
    size: int
    bold: bool = False
    grey: bool = False
    anchor: str = "start"


@dataclass(frozen=True)
class Drawing:
    """Size in pixels, boxes under labels."""

    width: int
    height: int
    title: str
    boxes: tuple[Box, ...]
    labels: tuple[Label, ...]


def drawing(matrix: Matrix, corpus: Corpus, w: Words) -> Drawing:
    """Lay the matrix out: themes down, actors across, legend and notes below."""
    boxes: list[Box] = []
    labels = [Label(_EDGE, 30, w("title_matrix"), 18, bold=True), Label(_EDGE, 50, sources(all_of(matrix), corpus, w), 11, grey=True)]
    for j in range(len(matrix.actors)):
        lines = [part for line in column_name(matrix, j).split("\n") for part in textwrap.wrap(line, 19)]
        for k, line in enumerate(lines):
            y = _TOP - 8 - 13 * (len(lines) - 1 - k)
            labels.append(Label(_LEFT + _WIDE * (j + 0.5), y, line, 11, bold=k == 0, anchor="middle"))
    for i, topic in enumerate(matrix.topics):
        y = _TOP + _HIGH * i
        lines = textwrap.wrap(topic_label(corpus, topic, w.language), 36)[:2]
        for k, line in enumerate(lines):
            labels.append(Label(_EDGE, y + _HIGH / 2 + 4 + 13 * (k - (len(lines) - 1) / 2), line, 12, bold=True))
        for j, actor in enumerate(matrix.actors):
            cell = matrix.cell(actor.name, topic)
            x = _LEFT + _WIDE * j
            who = column_name(matrix, j).replace("\n", ", ")
            boxes.append(Box(x, y, _WIDE - 3, _HIGH - 3, f"#{FILLS[cell.stance]}", f"{who}: {topic_label(corpus, topic, w.language)}: {_spoken(cell, w)}"))
            labels += _cell_labels(cell, x, y, w)
    bottom = _TOP + _HIGH * len(matrix.topics) + 18
    width = _LEFT + _WIDE * len(matrix.actors) + _EDGE
    notes = [line for text in (legend(w), w("counting"), w("party_note")) for line in textwrap.wrap(text, max(40, int(width / 6.2)))]
    labels += [Label(_EDGE, bottom + 16 * k, line, 11, grey=True) for k, line in enumerate(notes)]
    return Drawing(width, bottom + 16 * len(notes) + 8, w("title_matrix"), tuple(boxes), tuple(labels))


def _spoken(cell: Cell, w: Words) -> str:
    counts = ", ".join(f"{w.stance(s)} {n}" for s, n in cell.counts.items())
    return counts or w.stance(cell.stance)


def _cell_labels(cell: Cell, x: float, y: float, w: Words) -> list[Label]:
    middle = x + (_WIDE - 3) / 2
    if cell.stance == NOTHING:
        lines = textwrap.wrap(w.stance(NOTHING), 24)[:2]
        return [Label(middle, y + _HIGH / 2 + 2 + 11 * (k - (len(lines) - 1) / 2), line, 9, grey=True, anchor="middle") for k, line in enumerate(lines)]
    word = Label(
        middle, y + 16, textwrap.shorten(f"{SIGNS[cell.stance]} {w.stance(cell.stance)}", 28, placeholder="…"), 10, bold=bool(cell.main), anchor="middle"
    )
    counts = "  ".join(f"{SIGNS[s]}{n}" for s, n in cell.counts.items()) if cell.main else str(len(cell.aside))
    return [word, Label(middle, y + 30, counts, 9, grey=True, anchor="middle")]


def svg(matrix: Matrix, corpus: Corpus, w: Words) -> str:
    """The drawing as SVG text, without anything from elsewhere."""
    d = drawing(matrix, corpus, w)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{d.width}" height="{d.height}" viewBox="0 0 {d.width} {d.height}" role="img"'
        f' aria-label="{_safe(d.title)}" font-family="Calibri, Carlito, Arial, sans-serif">',
        f"<title>{_safe(d.title)}</title>",
        f'<rect width="{d.width}" height="{d.height}" fill="#FFFFFF"/>',
    ]
    for b in d.boxes:
        out.append(
            f'<rect x="{b.x:g}" y="{b.y:g}" width="{b.width:g}" height="{b.height:g}" rx="3" fill="{b.fill}" stroke="{_LINE}"><title>{_safe(b.title)}</title></rect>'
        )
    for t in d.labels:
        weight = ' font-weight="600"' if t.bold else ""
        out.append(
            f'<text x="{t.x:g}" y="{t.y:g}" font-size="{t.size}" fill="{_GREY if t.grey else _INK}" text-anchor="{t.anchor}"{weight} pointer-events="none">{_safe(t.text)}</text>'
        )
    return "\n".join([*out, "</svg>"]) + "\n"


def _safe(text: str) -> str:
    return escape(clean(text), quote=True)


def png(matrix: Matrix, corpus: Corpus, w: Words, scale: int = 2) -> bytes:
    """The drawing as PNG bytes, ``scale`` pixels a unit; in a font of the system when it has a usual one."""
    from PIL import Image, ImageDraw

    d = drawing(matrix, corpus, w)
    image = Image.new("RGB", (d.width * scale, d.height * scale), "#FFFFFF")
    pen = ImageDraw.Draw(image)
    for b in d.boxes:
        corners = [b.x * scale, b.y * scale, (b.x + b.width) * scale, (b.y + b.height) * scale]
        pen.rounded_rectangle(corners, radius=3 * scale, fill=b.fill, outline=_LINE)
    fonts: dict[int, Any] = {}
    for t in d.labels:
        if t.size not in fonts:
            fonts[t.size] = _font(t.size * scale)
        font, accents = fonts[t.size]
        anchor = "ms" if t.anchor == "middle" else "ls"
        pen.text(
            (t.x * scale, t.y * scale),
            t.text if accents else _without_accents(t.text),
            fill=_GREY if t.grey else _INK,
            font=font,
            anchor=anchor,
            stroke_width=scale // 4 if t.bold else 0,
        )
    out = io.BytesIO()
    image.save(out, format="PNG", optimize=True)
    return out.getvalue()


def _font(size: int) -> tuple[Any, bool]:
    """A font at ``size`` pixels, and whether it has accented letters: one of the system, else the library's own, which has none."""
    from PIL import ImageFont

    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size), True
        except OSError:
            continue
    return ImageFont.load_default(size), False


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").replace("ß", "ss"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def figure(matrix: Matrix, corpus: Corpus, w: Words) -> Any:
    """The matrix as a plotly figure; hovering gives the counts in words."""
    import plotly.graph_objects as go

    kinds = list(FILLS)
    step = 1 / len(kinds)
    scale = [pair for i, k in enumerate(kinds) for pair in ((i * step, f"#{FILLS[k]}"), ((i + 1) * step, f"#{FILLS[k]}"))]
    names = [column_name(matrix, j).replace("\n", "<br>") for j in range(len(matrix.actors))]
    themes = [topic_label(corpus, t, w.language) for t in matrix.topics]
    cells = [[matrix.cell(a.name, t) for a in matrix.actors] for t in matrix.topics]
    heat = go.Heatmap(
        z=[[kinds.index(c.stance) for c in row] for row in cells],
        x=[escape(n).replace("&lt;br&gt;", "<br>") for n in names],
        y=[escape(t) for t in themes],
        zmin=-0.5,
        zmax=len(kinds) - 0.5,
        colorscale=scale,
        showscale=False,
        xgap=2,
        ygap=2,
        text=[[f"{SIGNS[c.stance]} {w.stance(c.stance)}" if c.stance != NOTHING else "" for c in row] for row in cells],
        texttemplate="%{text}",
        textfont={"size": 10, "color": _INK},
        hovertext=[[escape(_spoken(c, w)) for c in row] for row in cells],
        hovertemplate="%{x}<br>%{y}<br>%{hovertext}<extra></extra>",
    )
    picture = go.Figure(heat)
    picture.update_layout(
        height=140 + 30 * len(themes),
        margin={"l": 10, "r": 10, "t": 90, "b": 20},
        paper_bgcolor="#FFFFFF",
        plot_bgcolor="#FFFFFF",
        font={"color": _INK, "size": 12},
        xaxis={"side": "top", "fixedrange": True},
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True},
    )
    return picture
