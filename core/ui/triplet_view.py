"""What a triplet run did to look-alikes: precision of neighbors before and after, and both maps."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.catalog.catalogs import Catalog
from core.errors import RunError
from core.evaluation.neighbors import MeanFigure, NeighborReport, neighbor_report
from core.explore.catalog_maps import CatalogMap, latest_map
from core.jobs.supervise import submit
from core.models.runs import Run
from core.ui.caches import home
from core.ui.charts import map_scatter
from core.ui.embed_offer import offer_embedding
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.map_view import known_kinds, map_points
from core.ui.navigation import link
from core.ui.permission import may_edit
from core.ui.run_view import run_files
from core.ui.wording import number_text, percent
from core.vision.embeddings import latest_embedding

RECIPE = "triplet"
_STILL = {"displayModeBar": False}
_METHODS = ("umap", "pca")


def draw_triplet(run: Run, catalog: Catalog | None) -> None:
    """Draw the section; nothing for runs of other recipes, or whose catalog is gone."""
    if run.recipe != RECIPE or catalog is None:
        return
    st.header(
        "Look-alikes before and after",
        anchor=False,
        help="Of the ten pictures nearest to a test picture, how many are of its category.",
    )
    missing = _missing_embedding(run, catalog)
    if missing is not None:
        why = "The catalog is to be embedded with this run first; its cached features make that quick."
        offer_embedding(catalog, why=why, backbone=missing)
        return
    try:
        report = _report(str(home().root), run.run_id, _versions(run, catalog))
    except RunError as error:
        st.info(str(error))
        return
    _draw_figures(report)
    with st.container(horizontal=True):
        link("embeddings", "Its map", icon=":material/scatter_plot:", embedding=run.run_id)
        link("recommend", "Its look-alikes", icon=":material/recommend:", embedding=run.run_id)
    _draw_maps(run, catalog)


def _draw_figures(report: NeighborReport) -> None:
    rests = (
        f"{number_text(report.queries)} test pictures of {number_text(report.products)} products it never learned from."
    )
    shown = {
        "Before": (report.before, f"With {report.backbone} as it came. {rests}"),
        "After": (report.after, f"With the embedding of this run. {rests}"),
        "Gain": (report.gain, "Mean difference, picture by picture."),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (figure, words) in shown.items():
            st.metric(f"{label} (P@{report.k})", _points(figure, label), help=f"{words} {_between(figure)}", width=150)
        st.metric("Best possible", percent(report.ceiling), help=_CEILING, width=150)
        st.metric("Pictures", number_text(report.queries), help="Test pictures asked for.", width=110)
    with st.expander("By category", icon=":material/table:"):
        table = report.by_label.assign(before=100 * report.by_label["before"], after=100 * report.by_label["after"])
        share = st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0)
        table = table.rename(
            columns={"label": "Category", "pictures": "Pictures", "before": "Before", "after": "After"}
        )
        st.dataframe(table, hide_index=True, width="stretch", column_config={"Before": share, "After": share})


_CEILING = "What a perfect order would reach: some categories have fewer than eleven test pictures."


def _points(figure: MeanFigure, label: str) -> str:
    return f"{100 * figure.value:+.1f} points" if label == "Gain" else percent(figure.value)


def _between(figure: MeanFigure) -> str:
    low, high = (f"{100 * end:.1f}" for end in figure.interval)
    return f"95 % interval {low} to {high}."


def _missing_embedding(run: Run, catalog: Catalog) -> str | None:
    """Name what the catalog is not embedded with yet."""
    for name in (run.backbone, run.encoder):
        if latest_embedding(home(), catalog, backbone=name) is None:
            return name
    return None


def _versions(run: Run, catalog: Catalog) -> tuple[str, ...]:
    found = (latest_embedding(home(), catalog, backbone=name) for name in (run.backbone, run.encoder))
    return tuple(embedding.version for embedding in found if embedding is not None)


@st.cache_resource(show_spinner="Comparing neighbors", max_entries=4)
def _report(root: str, run_id: str, versions: tuple[str, ...]) -> NeighborReport:
    return neighbor_report(home(), run_id)


def _draw_maps(run: Run, catalog: Catalog) -> None:
    """Draw both maps side by side, or offer those that are missing."""
    for method in _METHODS:
        pair = [latest_map(home(), catalog, method, backbone=name) for name in (run.backbone, run.encoder)]
        if all(pair):
            break
    else:
        _offer_maps(run, catalog)
        return
    labels = _labels(str(home().root), run.run_id)
    st.caption("Only test products are drawn, colored by their true category; the model did not learn from them.")
    titles = (f"Before: {run.backbone}", "After: this run")
    for column, drawn, title in zip(st.columns(2, gap="medium"), pair, titles, strict=True):
        if drawn is not None:
            trust = "" if drawn.trustworthiness is None else f" · trustworthiness {drawn.trustworthiness:.2f}"
            column.caption(f"{title}{trust}")
            chart = _small_map(catalog, drawn, labels)
            column.plotly_chart(chart, key=f"triplet_{drawn.version}", config=_STILL, alt=f"Map: {title}")


def _small_map(catalog: Catalog, drawn: CatalogMap, labels: pd.Series) -> go.Figure:
    points = map_points(catalog, drawn)
    # Pictures it learned from lie apart in any case: only test products say what was learned.
    points = points[points["product_id"].isin(labels.index)]
    kinds = known_kinds(points["product_id"].map(labels))
    figure = map_scatter(points[["x", "y", "row"]].assign(value=kinds.to_numpy()), numeric=False, legend_title="")
    return figure.update_layout(height=380, showlegend=False)


@st.cache_resource(show_spinner=False, max_entries=4)
def _labels(root: str, run_id: str) -> pd.Series:
    """Give the label of each test product, by its id."""
    rows = run_files(run_id).products
    rows = rows[rows["split"] == "test"].drop_duplicates("product_id")
    return pd.Series(rows["label"].to_numpy(), index=rows["product_id"])


def _offer_maps(run: Run, catalog: Catalog) -> None:
    job = active_job("map", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Drawing the map")
        return
    if may_edit() and st.button("Draw both maps", icon=":material/scatter_plot:", help="UMAP, one after the other."):
        for name in (run.backbone, run.encoder):
            if latest_map(home(), catalog, "umap", backbone=name) is None:
                submit(
                    home(), "map", {"catalog": catalog.name, "method": "umap", "backbone": name}, actor=visitor_name()
                )
        st.rerun()
