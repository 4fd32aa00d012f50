"""A map as a picture: where points, names and legend stand, whatever it is then written as."""

from dataclasses import dataclass

import numpy as np

from core.explore.map_coloring import Coloring
from core.explore.map_palette import palette_of
from core.explore.map_picture import MapPicture
from core.explore.map_scene import SPAN, UNKNOWN

SIDE_PX = 760
LEGEND_PX = 290
TOP_PX = 64
MARGIN_PX = 14
LINE_PX = 22
FONT_PX = 13
SHAPES = (
    (),
    ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
    ((0, -1), (1, 0.6), (-1, 0.6)),
    ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    (
        *((-0.34, -1), (0.34, -1), (0.34, -0.34), (1, -0.34), (1, 0.34), (0.34, 0.34)),
        *((0.34, 1), (-0.34, 1), (-0.34, 0.34), (-1, 0.34), (-1, -0.34), (-0.34, -0.34)),
    ),
    (),
)
"""Corners of each shape around its middle, to the right and down; a round dot and a ring have none."""

RING = 5
_LARGER = 1.4  # a shape needs more room than a round dot to be told apart
_BINS = 40
_LONGEST_NAME = 28


@dataclass(frozen=True)
class Name:
    """A name written in the middle of where it stands: its text, and x and y in pixels."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Panel:
    """One map of a picture.

    Attributes:
        words: What it is; empty where there is but one.
        left: Its left edge, pixels.
        x: float64 (n,), pixels.
        y: float64 (n,), pixels, downwards.
        names: Names of kinds that fit.
    """

    words: str
    left: int
    x: np.ndarray
    y: np.ndarray
    names: tuple[Name, ...]


@dataclass(frozen=True)
class LegendLine:
    """One line of a legend: its words, and the color or the shape it explains, if any."""

    words: str
    color: tuple[int, int, int] | None = None
    shape: int | None = None


@dataclass(frozen=True)
class MapFigure:
    """A map laid out.

    Attributes:
        title: What it is; foreign text, as all words here.
        width: Pixels.
        height: Pixels.
        panels: One map, or two beside one another with the same points.
        colors: uint8 (n, 3).
        shapes: uint8 (n,), places in :data:`SHAPES`.
        weights: float64 (n,), 0..1, how strongly each point is drawn.
        radius: Pixels.
        legend: Its lines.
    """

    title: str
    width: int
    height: int
    panels: tuple[Panel, ...]
    colors: np.ndarray
    shapes: np.ndarray
    weights: np.ndarray
    radius: float
    legend: tuple[LegendLine, ...]


def map_figure(picture: MapPicture, *, title: str) -> MapFigure:
    """Lay out a map; one that has a second end shows both ends beside one another."""
    count = len(picture.positions)
    base = min(4.5, max(1.4, 420 / max(count, 1) ** 0.5)) * (1 if picture.shapes is None else _LARGER)
    ends = [picture.positions] if picture.after is None else [picture.positions, picture.after]
    panels = [
        _panel(picture.coloring, positions, picture.ends[place] if len(ends) > 1 else "", place)
        for place, positions in enumerate(ends)
    ]
    palette, legend = palette_of(picture.coloring), _legend(picture)
    weights = np.full(count, 0.85) if picture.opacity is None else 0.12 + 0.88 * picture.opacity / 255
    return MapFigure(
        title=one_line(title),
        width=len(ends) * (SIDE_PX + MARGIN_PX) + MARGIN_PX + LEGEND_PX,
        height=max(TOP_PX + SIDE_PX + MARGIN_PX, TOP_PX + LINE_PX * (len(legend) + 1)),
        panels=tuple(panels),
        colors=palette[picture.coloring.codes],
        shapes=np.zeros(count, np.uint8) if picture.shapes is None else picture.shapes.codes,
        weights=weights,
        radius=base,
        legend=legend,
    )


def one_line(text: str) -> str:
    """Take out of a foreign text what no picture can show: line ends, control characters, halves of characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def short_name(name: str) -> str:
    """Give the last level of a category, or a name, as long as a legend has room for."""
    last = one_line(name.split(" > ")[-1])
    return last if len(last) <= _LONGEST_NAME else f"{last[: _LONGEST_NAME - 1]}…"


def _panel(coloring: Coloring, positions: np.ndarray, words: str, place: int) -> Panel:
    left = MARGIN_PX + place * (SIDE_PX + MARGIN_PX)
    inner = SIDE_PX - 2 * MARGIN_PX  # so that no point is cut at the edge
    x = left + MARGIN_PX + positions[:, 0] / SPAN * inner
    y = TOP_PX + MARGIN_PX + (1 - positions[:, 1] / SPAN) * inner
    return Panel(one_line(words), left, x, y, tuple(_names(coloring, x, y, left)))


def _names(coloring: Coloring, x: np.ndarray, y: np.ndarray, left: int) -> list[Name]:
    """Place the names of kinds where most of their points are; one that would cover another is left out."""
    found: list[Name] = []
    taken: list[tuple[float, float, float, float]] = []
    for code, kind in enumerate(coloring.kinds):
        mine = coloring.codes == code
        if kind.rest or not mine.any():
            continue
        middle_x, middle_y = _densest(x[mine], y[mine], left)
        text = short_name(kind.name)
        half = len(text) * FONT_PX * 0.29 + 4
        box = (middle_x - half, middle_y - 10, middle_x + half, middle_y + 10)
        off = box[0] < left or box[2] > left + SIDE_PX or box[1] < TOP_PX or box[3] > TOP_PX + SIDE_PX
        if off or any(
            box[0] < each[2] and box[2] > each[0] and box[1] < each[3] and box[3] > each[1] for each in taken
        ):
            continue
        taken.append(box)
        found.append(Name(text, middle_x, middle_y))
    return found


def _densest(x: np.ndarray, y: np.ndarray, left: int) -> tuple[float, float]:
    """Give the mean of the points in and around the fullest of 40 by 40 cells."""
    columns = np.clip((x - left) / SIDE_PX * _BINS, 0, _BINS - 1).astype(int)
    rows = np.clip((y - TOP_PX) / SIDE_PX * _BINS, 0, _BINS - 1).astype(int)
    counts = np.zeros((_BINS + 2, _BINS + 2), int)
    np.add.at(counts, (rows + 1, columns + 1), 1)
    around = sum(counts[up : up + _BINS, right : right + _BINS] for up in range(3) for right in range(3))
    row, column = np.unravel_index(int(np.argmax(around)), (_BINS, _BINS))
    near = (abs(rows - row) <= 1) & (abs(columns - column) <= 1)
    return float(x[near].mean()), float(y[near].mean())


def _legend(picture: MapPicture) -> tuple[LegendLine, ...]:
    coloring = picture.coloring
    palette = palette_of(coloring)
    lines = [LegendLine(one_line(coloring.by))]
    if coloring.kinds:
        lines += [
            LegendLine(f"{short_name(kind.name)}  {kind.count:,}", _triple(palette[code]))
            for code, kind in enumerate(coloring.kinds)
        ]
    else:
        lines += [LegendLine(words, _triple(palette[code])) for code, words in coloring.ticks]
        if (coloring.codes == UNKNOWN).any():
            lines.append(LegendLine("unknown", _triple(palette[UNKNOWN])))
    if picture.shapes is not None:
        lines.append(LegendLine(one_line(picture.shapes.by)))
        lines += [
            LegendLine(f"{short_name(kind.name)}  {kind.count:,}", shape=shape)
            for shape, kind in enumerate(picture.shapes.kinds)
        ]
    if picture.opacity_by:
        lines.append(LegendLine(f"stronger: more {one_line(picture.opacity_by)}"))
    return tuple(lines)


def _triple(color: np.ndarray) -> tuple[int, int, int]:
    red, green, blue = color.tolist()
    return red, green, blue
