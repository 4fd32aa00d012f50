"""The four sliders that say what makes products alike; their values live in the URL."""

import streamlit as st

from core.recommend.weights import BASIC_PARTS as PARTS
from core.recommend.weights import RankWeights
from core.ui.palette import part_colors

SLIDER_PX = 176
_PREFIX = "weight_"
_DEFAULTS = RankWeights()
_HELP = {
    "visual": "How much the look counts: cosine similarity of the embeddings.",
    "color": "How much the main colors count: similarity of the palettes.",
    "price": "How much the price level counts: same level 1, three levels apart 0.",
    "category": "How much shared levels of the category path count.",
}


def weight_sliders() -> RankWeights | None:
    """Draw a slider a part; give the weights, or None when all are zero."""
    values = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        for part in PARTS:
            values[part] = st.slider(
                part.capitalize(),
                0.0,
                2.0,
                getattr(_DEFAULTS, part),
                0.05,
                key=f"{_PREFIX}{part}",
                bind="query-params",
                help=_HELP[part],
                width=SLIDER_PX,
            )
        st.button("Reset", on_click=_reset, icon=":material/restart_alt:")
    return RankWeights(**values) if any(values.values()) else None


def _reset() -> None:
    for part in PARTS:
        st.session_state[f"{_PREFIX}{part}"] = getattr(_DEFAULTS, part)


def draw_part_legend() -> None:
    """Say in one line which color of the bars is which part."""
    colors = part_colors()
    pieces = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.4em;margin-right:1.2em">'
        f'<i style="width:.85em;height:.85em;border-radius:3px;background:{colors[part]}"></i>{part}</span>'
        for part in PARTS
    )
    st.html(f'<div style="font-size:.86rem;opacity:.9">What each score is made of: &nbsp;{pieces}</div>')
