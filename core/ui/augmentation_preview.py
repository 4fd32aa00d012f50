"""What augmentation does to the visitor's own pictures, before a training is started."""

import html
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st

from core.catalog.catalogs import Catalog
from core.models.augmentation import alters_nothing
from core.ui.caches import home, picture_address
from core.ui.errors import shown_errors
from core.ui.offer_row import words_and_button
from core.vision.augmented_samples import augmented_samples
from core.vision.picture_fit import PictureFit
from core.vision.views import ViewSettings

PICTURES, VIEWS, SIDE_PX = 6, 4, 144


def augmentation_preview(
    catalog: Catalog, settings: Any, *, fit: PictureFit = "pad", key: str = "augmentation"
) -> None:
    """Draw an expander with a few of the catalog's pictures and views of each; nothing for recipes that draw none.

    Args:
        catalog: Whose pictures.
        settings: How views are drawn, or a recipe's settings that know it (``view_settings``).
        fit: How the recipe makes pictures square.
        key: Tells several previews of a page apart.
    """
    drawn = settings if isinstance(settings, ViewSettings) else getattr(settings, "view_settings", None)
    if drawn is None:
        return
    with st.expander("Preview of altered pictures", icon=":material/filter_vintage:"), shown_errors():
        _draw_preview(catalog, drawn, fit, key)


def _draw_preview(catalog: Catalog, settings: ViewSettings, fit: PictureFit, key: str) -> None:
    words, button = words_and_button()
    seed = int(st.session_state.get(f"{key}_seed", 0))
    if button.button("Other pictures", icon=":material/casino:", key=f"{key}_reseed"):
        seed = st.session_state[f"{key}_seed"] = seed + 1
    if alters_nothing(settings):
        words.caption("Nothing is altered: the training sees every picture as it is.")
    else:
        words.caption("Your pictures on top; below, four views of each as the training may see them.")
    figures = tuple(asdict(settings).items())
    page = _preview_page(str(home().root), (catalog.catalog_id, catalog.version), figures, fit, seed, catalog)
    if page:
        st.html(page)
    else:
        st.caption("No picture of this catalog can be read.")


@st.cache_data(show_spinner="Altering pictures", max_entries=12)
def _preview_page(
    root: str, key: tuple[int, int], figures: tuple[tuple[str, Any], ...], fit: PictureFit, seed: int, _catalog: Catalog
) -> str:
    """Lay out originals and views as one grid, a column a picture; data addresses never leave the connection."""
    samples = augmented_samples(
        home(),
        _catalog,
        ViewSettings(**dict(figures)),
        count=PICTURES,
        seed=seed,
        views=VIEWS,
        side_px=SIDE_PX,
        fit=fit,
    )
    if not samples:
        return ""
    rows = [("As it is", [sample.picture for sample in samples])]
    rows += [(f"View {number + 1}", [sample.views[number] for sample in samples]) for number in range(VIEWS)]
    cells = "".join(_cell(picture, words, place) for words, row in rows for place, picture in enumerate(row))
    style = f"display:grid;grid-template-columns:repeat({len(samples)},minmax(0,{SIDE_PX}px));gap:6px"
    return f'<div style="{style}">{cells}</div>'


def _cell(picture: np.ndarray, words: str, place: int) -> str:
    words = html.escape(f"{words} of picture {place + 1}")
    frame = "outline:2px solid currentColor;outline-offset:-2px;" if words.startswith("As") else ""
    style = f"width:100%;border-radius:6px;display:block;{frame}"
    return f'<img src="{picture_address(picture)}" alt="{words}" title="{words}" style="{style}">'
