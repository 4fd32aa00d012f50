"""A map as SVG: text, every point a vector, foreign names escaped."""

from html import escape

import numpy as np

from core.explore.map_figure import FONT_PX, LEGEND_PX, LINE_PX, RING, SHAPES, TOP_PX, MapFigure, Panel
from core.explore.map_palette import INK, PAPER

_WEIGHTS = 16  # steps of strength, so that points of the same one share their attributes


def map_svg(figure: MapFigure) -> str:
    """Write a map as SVG."""
    middle = TOP_PX // 2
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{figure.width}" height="{figure.height}" '
        f'viewBox="0 0 {figure.width} {figure.height}" font-family="sans-serif" font-size="{FONT_PX}" fill="{INK}">',
        f"<title>{escape(figure.title)}</title>",
        f'<rect width="100%" height="100%" fill="{PAPER}"/>',
        f'<text x="28" y="{middle}" font-size="20" font-weight="600">{escape(figure.title)}</text>',
    ]
    for panel in figure.panels:
        lines += _panel(figure, panel)
    return "\n".join([*lines, *_legend(figure), "</svg>", ""])


def _panel(figure: MapFigure, panel: Panel) -> list[str]:
    names = [f'<text x="{name.x:.1f}" y="{name.y + 4:.1f}">{escape(name.text)}</text>' for name in panel.names]
    words = f'<text x="{panel.left + 14}" y="{TOP_PX - 6}">{escape(panel.words)}</text>' if panel.words else ""
    return [
        words,
        *_dots(figure, panel),
        f'<g text-anchor="middle" font-weight="600" stroke="{PAPER}" stroke-width="3" paint-order="stroke">',
        *names,
        "</g>",
    ]


def _dots(figure: MapFigure, panel: Panel) -> list[str]:
    """Draw points that look alike together, the faintest first."""
    steps = np.ceil(figure.weights * _WEIGHTS).astype(int)
    keys = np.column_stack([steps, figure.colors, figure.shapes])
    alike, places = np.unique(keys, axis=0, return_inverse=True)
    groups = []
    for number, (step, red, green, blue, shape) in enumerate(alike.tolist()):
        rows = np.flatnonzero(places.reshape(-1) == number)
        dots = "".join(dot(shape, panel.x[row], panel.y[row], figure.radius) for row in rows)
        color, weight = f"#{red:02x}{green:02x}{blue:02x}", round(step / _WEIGHTS, 3)
        paint = f'fill="{color}" fill-opacity="{weight}"'
        if shape == RING:
            width = round(figure.radius * 0.56, 2)
            paint = f'fill="none" stroke="{color}" stroke-opacity="{weight}" stroke-width="{width}"'
        groups.append(f'<g class="dots" {paint}>{dots}</g>')
    return groups


def dot(shape: int, x: float, y: float, radius: float) -> str:
    """Write one point."""
    if SHAPES[shape]:
        corners = " ".join(f"{x + right * radius:.1f},{y + down * radius:.1f}" for right, down in SHAPES[shape])
        return f'<polygon points="{corners}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius * (0.72 if shape == RING else 1):.1f}"/>'


def _legend(figure: MapFigure) -> list[str]:
    left = figure.width - LEGEND_PX
    lines = []
    for place, line in enumerate(figure.legend):
        y = TOP_PX + LINE_PX * place
        at = left
        if line.color is not None:
            red, green, blue = line.color
            lines.append(f'<rect x="{left}" y="{y}" width="12" height="12" fill="#{red:02x}{green:02x}{blue:02x}"/>')
            at += 20
        elif line.shape is not None:
            paint = f'fill="none" stroke="{INK}" stroke-width="2"' if line.shape == RING else f'fill="{INK}"'
            lines.append(f"<g {paint}>{dot(line.shape, left + 6, y + 6, 6)}</g>")
            at += 20
        weight = "400" if at > left else "600"
        lines.append(f'<text x="{at}" y="{y + 11}" font-weight="{weight}">{escape(line.words)}</text>')
    return lines
