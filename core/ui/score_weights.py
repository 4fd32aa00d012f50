"""The sliders that say what makes products alike; their values live in the URL."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.recommend.weights import BASIC_PARTS, PARTS, RankWeights
from core.ui.palette import part_colors

SLIDER_PX = 120
MOST = 2.0
FURTHER_PARTS = PARTS[len(BASIC_PARTS) :]
_PREFIX = "weight_"
_DEFAULTS = RankWeights()
_HELP = {
    "visual": "How much the look counts: cosine similarity of the embeddings.",
    "color": "How much the colors of the product count, its background left out.",
    "price": "How much the price counts; what a good price is, you say under Price.",
    "category": "How much shared levels of the category path count.",
    "brand": "How much the same brand counts.",
    "popularity": "How much it counts that people look at it, wish for it and buy it; from histories.",
    "freshness": "How much it counts that it is new; from a date attribute, half after 180 days.",
    "text": "How much common words of the titles count, rare words more.",
}


def weight_sliders(*, reset: bool = True) -> None:
    """Draw a slider for each basic part, in one row that fits a page of 800 px; ``reset`` adds the button."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for part in BASIC_PARTS:
            _slider(part, SLIDER_PX)
        if reset:
            reset_button()


def reset_button() -> None:
    """Draw the button that puts all sliders back."""
    st.button("Reset", on_click=reset_weights, icon=":material/restart_alt:", help="Puts all weights back.")


def further_sliders() -> None:
    """Draw a slider for each further part, one below the other."""
    for part in FURTHER_PARTS:
        _slider(part, "stretch")


def chosen_weights() -> RankWeights | None:
    """Give the weights as the sliders stand; None when all are zero."""
    values = {part: float(st.session_state.get(weight_key(part), getattr(_DEFAULTS, part))) for part in PARTS}
    return RankWeights(**values) if any(values.values()) else None


def weight_key(part: str) -> str:
    """Name the slider of a part, in the session and in the URL."""
    return f"{_PREFIX}{part}"


def reset_weights() -> None:
    """Put all sliders back to their defaults."""
    for part in PARTS:
        st.session_state[weight_key(part)] = getattr(_DEFAULTS, part)


def draw_part_legend(parts: Sequence[str] = BASIC_PARTS) -> None:
    """Say in one line which color of the bars is which part."""
    colors = part_colors()
    pieces = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.4em;margin-right:1.2em">'
        f'<i style="width:.85em;height:.85em;border-radius:3px;background:{colors[part]}"></i>{part}</span>'
        for part in parts
    )
    st.html(f'<div style="font-size:.86rem;opacity:.9">What each score is made of: &nbsp;{pieces}</div>')


def _slider(part: str, width: int | Literal["stretch"]) -> None:
    default = float(getattr(_DEFAULTS, part))
    label = part.capitalize()
    key = weight_key(part)
    st.slider(label, 0.0, MOST, default, 0.05, key=key, bind="query-params", help=_HELP[part], width=width)
