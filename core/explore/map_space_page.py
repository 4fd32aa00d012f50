"""A map in space as one HTML page by Plotly, whose script lies in the page: it turns and zooms without any network."""

import html

import numpy as np
import pandas as pd

from core.explore.map_coloring import Coloring
from core.explore.map_figure import one_line
from core.explore.map_palette import INK, PAPER, palette_of
from core.explore.map_points import MapPoints
from core.explore.map_scene import UNKNOWN

MOST_POINTS = 20_000
"""Points that Plotly draws in space; of more, every category shows its share."""

_LONGEST = 60
# Plotly makes functions from text for its shaders; nothing may be asked of anybody, nor any foreign script come in.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)


def space_page(points: MapPoints, coloring: Coloring, *, title: str) -> str:
    """Write the page.

    Args:
        points: N products with ``x``, ``y`` and ``z``.
        coloring: Of all of them.
        title: Of the page; foreign text.
    """
    import plotly.graph_objects as go  # only who writes such a page waits for it

    table, codes = points.table.iloc[points.drawn], coloring.codes[points.drawn]
    colors = [f"rgb({red},{green},{blue})" for red, green, blue in palette_of(coloring).tolist()]
    size = float(np.clip(160 / max(len(table), 1) ** 0.5, 1.6, 5.0))
    figure = go.Figure()
    for name, mine, color in _groups(coloring, codes, colors):
        if mine.any():
            marker = {"color": color, "size": size, "opacity": 0.85}
            figure.add_trace(go.Scatter3d(**_places(table[mine]), name=name, mode="markers", marker=marker))
    plain = {"showticklabels": False, "title": "", "showbackground": False, "zeroline": False}
    figure.update_layout(
        scene={"xaxis": plain, "yaxis": plain, "zaxis": plain, "aspectmode": "data"},
        legend={"title": {"text": plotly_text(coloring.by)}, "itemsizing": "constant"},
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        paper_bgcolor=PAPER,
        font={"color": INK},
    )
    drawn = figure.to_html(include_plotlyjs=True, full_html=False, config={"displaylogo": False}, default_height="86vh")
    shown = html.escape(one_line(title))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">\n'
        f"<title>{shown}</title>\n<style>body {{ margin: 16px 20px; background: {PAPER}; color: {INK}; "
        "font-family: system-ui, sans-serif; }</style></head>\n"
        f"<body><h1>{shown}</h1>\n{drawn}\n</body></html>\n"
    )


def plotly_text(text: object) -> str:
    """Make a foreign name safe for Plotly, which reads a few HTML tags in every text."""
    plain = one_line(str(text))
    return html.escape(plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…", quote=False)


def _groups(coloring: Coloring, codes: np.ndarray, colors: list[str]) -> list[tuple[str, np.ndarray, str | list[str]]]:
    """Give the name, the points and the color of each entry of the legend."""
    if coloring.kinds:
        return [(plotly_text(kind.name), codes == code, colors[code]) for code, kind in enumerate(coloring.kinds)]
    known = codes != UNKNOWN
    ticks = " to ".join(words for _, words in (coloring.ticks[:1] + coloring.ticks[-1:]))
    return [(ticks, known, [colors[code] for code in codes[known]]), ("unknown", ~known, colors[UNKNOWN])]


def _places(table: pd.DataFrame) -> dict[str, object]:
    return {
        **{axis: table[axis].to_numpy(np.float32) for axis in "xyz"},
        "text": [plotly_text(title) for title in table["title"]],
        "hovertemplate": "%{text}<extra></extra>",
    }
