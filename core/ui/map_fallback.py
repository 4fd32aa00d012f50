"""The map in a browser without WebGL 2: Plotly's drawing of a sample."""

import pandas as pd
import streamlit as st

from core.explore.map_picture import MapPicture
from core.explore.map_scene import drawn_rows
from core.ui.charts import map_scatter
from core.ui.map_view import MapPoints
from core.ui.wording import counted

MOST_WITHOUT_WEBGL = 3_000


def draw_fallback(points: MapPoints, picture: MapPicture) -> None:
    """Draw with Plotly's plain scatter, which needs no WebGL: fewer points, without pictures and loops."""
    places = drawn_rows(points.table["category"].iloc[points.drawn], MOST_WITHOUT_WEBGL)
    coloring = picture.coloring
    codes = coloring.codes[places]
    names = [kind.name for kind in coloring.kinds]
    values = [names[code] if code < len(names) else "known" if code < 255 else "unknown" for code in codes]
    frame = pd.DataFrame({"x": points.table["x"].to_numpy()[points.drawn[places]], "row": places, "value": values})
    frame["y"] = points.table["y"].to_numpy()[points.drawn[places]]
    figure = map_scatter(frame, numeric=False, legend_title=coloring.by)
    plain = {"data": [_plain(trace) for trace in figure.to_plotly_json()["data"]], "layout": figure.layout}
    st.plotly_chart(plain, key="map_fallback", alt=picture.label, config={"scrollZoom": True, "displaylogo": False})
    st.caption(
        f"{len(places):,} of {counted(len(points.table), 'product')} are drawn, each category its share. With WebGL 2 "
        "(graphics acceleration, in the browser's settings) the map shows all of them, with loops and pictures."
    )


def _plain(trace: dict[str, object]) -> dict[str, object]:
    return {**trace, "type": "scatter"}
