"""The offer to draw a map, or to draw it anew, and the words about each way to draw one."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.catalog_maps import CatalogMap
from core.jobs.arguments import MOST_SEED
from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.embedding_choice import version_now
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job, tell_failed
from core.ui.offer_row import words_and_button
from core.ui.permission import may_edit
from core.ui.wording import counted, percent

HELP = {
    "umap": "UMAP keeps neighbors together: islands are groups of look-alikes; distances between islands mean little.",
    "tsne": "t-SNE keeps the nearest neighbors together: groups are clear, their sizes and distances mean little.",
    "pca": "PCA is a straight projection: distances keep their meaning, but groups overlap more.",
}


def draw_offer(
    catalog: Catalog,
    method: str,
    embedding: str,
    *,
    why: str,
    dimensions: int = 2,
    settings: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> None:
    """Offer to draw a map, or show how far its job is.

    Args:
        catalog: The catalog.
        method: One of :data:`core.explore.map_settings.METHODS`.
        embedding: Whose map.
        why: Why it is offered; words of ours.
        dimensions: 2 or 3.
        settings: Of the method; None takes its defaults.
        seed: Of the layout.
    """
    job = active_job("map", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Drawing the map")
        return
    if catalog.pictures < 3:
        st.info("A map needs at least three products with pictures.", icon=":material/image_not_supported:")
        return
    tell_failed("map", catalog=catalog.name)
    with st.container(border=True):
        words, button = words_and_button()
        words.markdown(f"**{why}**  \n{HELP[method]}")
        key = f"draw_{method}_{embedding}_{dimensions}"
        if may_edit() and button.button("Draw the map", type="primary", icon=":material/scatter_plot:", key=key):
            _submit(catalog, method, embedding, dimensions=dimensions, settings=settings, seed=seed)


def draw_stale(catalog: Catalog, drawn: CatalogMap) -> bool:
    """Offer to bring a map up to date, by the same settings, where its embedding has changed; tell whether it has."""
    if version_now(catalog, drawn.backbone) in (None, drawn.embedding_version):
        return False
    draw_offer(
        catalog,
        drawn.method,
        drawn.backbone,
        why="Products were added, changed or removed since this map was drawn.",
        dimensions=drawn.dimensions,
        settings=drawn.settings,
        seed=drawn.seed,
    )
    return True


def draw_again(catalog: Catalog, drawn: CatalogMap) -> None:
    """Offer other settings for a map that is there."""
    if not may_edit() or not drawn.settings:  # PCA has none, and no seed
        return
    with st.popover("Draw anew", icon=":material/tune:", help="Other settings, or another arrangement by its seed"):
        job = active_job("map", catalog=catalog.name)
        if job is not None:
            live_job(job.job, title="Drawing the map")
            return
        with st.form(f"again_{drawn.method}", border=False):
            settings = _settings_fields(drawn)
            seed = int(st.number_input("Seed", 0, MOST_SEED, drawn.seed, help="The same seed gives the same map."))
            asked = st.form_submit_button("Draw", type="primary", icon=":material/scatter_plot:")
        if asked:
            with shown_errors():
                _submit(
                    catalog,
                    drawn.method,
                    drawn.backbone,
                    dimensions=drawn.dimensions,
                    settings=settings,
                    seed=seed,
                    anew=True,
                )


def how_far(drawn: CatalogMap) -> str:
    """Say in a sentence or two how far a map can be trusted, and how it was drawn."""
    told = ", ".join(
        f"{name.replace('_', ' ')} {value:g}" for name, value in drawn.settings.items() if value is not None
    )
    how = f" Drawn with {told}, seed {drawn.seed}." if told else ""
    if drawn.trustworthiness is None:
        return how.strip()
    kept = "" if drawn.neighbor_preservation is None else f"; {percent(drawn.neighbor_preservation, digits=0)} of the "
    kept += "nearest products are nearest on the map too" if kept else ""
    placed = int(drawn.frame["placed"].sum())
    later = f" {counted(placed, 'product')} were placed into it later." if placed else ""
    return f"Trustworthiness {drawn.trustworthiness:.3f} of 1{kept}.{how}{later}"


def _settings_fields(drawn: CatalogMap) -> dict[str, Any]:
    """Draw a field for each setting of the method; a map's own settings are filled in."""
    now = drawn.settings
    found: dict[str, Any] = {}
    if "neighbors" in now:
        found["neighbors"] = int(
            st.number_input("Neighbors", 2, 200, now["neighbors"], help="Few show detail, many the whole.")
        )
    if "min_distance" in now:
        found["min_distance"] = float(
            st.number_input(
                "Least distance", 0.0, 1.0, float(now["min_distance"]), 0.05, help="How close neighbors may come."
            )
        )
    if "perplexity" in now:
        found["perplexity"] = float(
            st.number_input(
                "Perplexity", 2.0, 100.0, float(now["perplexity"]), 5.0, help="How many neighbors count, smoothly."
            )
        )
    return {**now, **found}


def _submit(
    catalog: Catalog,
    method: str,
    embedding: str,
    *,
    dimensions: int,
    settings: Mapping[str, Any] | None,
    seed: int,
    anew: bool = False,
) -> None:
    asked: dict[str, object] = {"catalog": catalog.name, "method": method, "backbone": embedding, "seed": seed}
    asked |= {"dimensions": dimensions, "settings": dict(settings or {}), "anew": anew}
    submit(home(), "map", asked, actor=visitor_name())
    st.rerun()
