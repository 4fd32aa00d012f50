"""What the points of a map can be colored by, and how strongly they are drawn."""

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore import map_choices
from core.explore.kept_clusters import CatalogClusters, latest_clusters
from core.explore.map_choices import CLUSTER, CONFIDENCE, OF_A_RUN, PRICE, MapProducts, strength_by, strength_choices
from core.explore.map_coloring import Coloring, Shapes, shape_by_kind
from core.explore.map_points import MapPoints
from core.models.runs import Run, list_runs
from core.ui.address import choice_in_address
from core.ui.caches import home
from core.ui.palette import verdict_colors
from core.ui.run_view import run_files

NONE = "nothing"
_NO_SHAPES = (PRICE, CONFIDENCE)


def color_choices(catalog: Catalog, points: MapPoints) -> list[str]:
    """List what the points of a map can be colored by."""
    found = _color_choices(str(home().root), points.version, bool(_runs(catalog)), catalog, points.table)
    return found if _clusters(catalog, points) is None else [*found, CLUSTER]


def _clusters(catalog: Catalog, points: MapPoints) -> CatalogClusters | None:
    return latest_clusters(home(), catalog, points.embedding) if points.embedding else None


@st.cache_data(show_spinner=False, max_entries=16)
def _color_choices(root: str, version: str, judged: bool, _catalog: Catalog, _table: pd.DataFrame) -> list[str]:
    return map_choices.color_choices(home(), _catalog, _table, judged=judged)


def _runs(catalog: Catalog) -> list[Run]:
    return [run for run in list_runs(home(), catalog_id=catalog.catalog_id) if run.state == "done"]


def pick_coloring(catalog: Catalog, points: MapPoints) -> tuple[Coloring, str]:
    """Let the visitor choose what colors mean; give the coloring of all points, and its name in the address."""
    choices = color_choices(catalog, points)
    by = choice_in_address("Color by", choices, name="by")
    run_id = _pick_run(catalog) if by in OF_A_RUN else ""
    return coloring_of(catalog, points, by, run_id=run_id), by


def _pick_run(catalog: Catalog) -> str:
    names = {run.run_id: f"{run.name} ({run.run_id})" for run in _runs(catalog)}
    return choice_in_address("Run", list(names), name="verdict_run", format_func=names.__getitem__)


def run_in_address(catalog: Catalog) -> str:
    """Give the id of the run the address names, the newest where it names none that is known; empty without runs."""
    known = [run.run_id for run in _runs(catalog)]
    asked = st.query_params.get("verdict_run", "")
    return asked if asked in known else next(iter(known), "")


def coloring_of(catalog: Catalog, points: MapPoints, by: str, *, run_id: str = "") -> Coloring:
    """Color all points of a map.

    Args:
        catalog: The catalog.
        points: The points.
        by: One of :func:`color_choices`.
        run_id: Whose predictions, where that matters.
    """
    if by == CLUSTER:
        found = _clusters(catalog, points)
        return map_choices.coloring_by(MapProducts(home(), catalog, points.table, clusters=found), by)
    return _coloring_of(str(home().root), points.version, by, run_id, catalog, points.table)


@st.cache_resource(show_spinner=False, max_entries=12)
def _coloring_of(root: str, version: str, by: str, run_id: str, _catalog: Catalog, _table: pd.DataFrame) -> Coloring:
    run = run_files(run_id) if by in OF_A_RUN else None
    products = MapProducts(home(), _catalog, _table, run=run, verdict_colors=verdict_colors())
    return map_choices.coloring_by(products, by)


def pick_shapes(catalog: Catalog, points: MapPoints) -> Shapes | None:
    """Let the visitor choose what shapes mean; give those of all points, None for round dots."""
    choices = [each for each in color_choices(catalog, points) if each not in _NO_SHAPES]
    by = choice_in_address("Shape by", [NONE, *choices], name="shape", help="Up to six kinds, each a shape of its own.")
    if by == NONE:
        return None
    coloring = coloring_of(catalog, points, by, run_id=run_in_address(catalog) if by in OF_A_RUN else "")
    if not coloring.kinds:
        st.caption("Numbers have no shapes: show them by color or strength.")
        return None
    return shape_by_kind(coloring)


def pick_opacity(catalog: Catalog, points: MapPoints) -> tuple[np.ndarray | None, str]:
    """Let the visitor choose what makes points stronger; give uint8 (N,) and its name, None for nothing."""
    choices = [NONE, *strength_choices(points.table, judged=bool(_runs(catalog)))]
    by = choice_in_address("Strength by", choices, name="strength", help="Stronger points have more of it.")
    if by == NONE:
        return None, ""
    run_id = run_in_address(catalog) if by in OF_A_RUN else ""
    return _strength_of(str(home().root), points.version, by, run_id, catalog, points.table), by


@st.cache_data(show_spinner=False, max_entries=4)
def _strength_of(root: str, version: str, by: str, run_id: str, _catalog: Catalog, _table: pd.DataFrame) -> np.ndarray:
    run = run_files(run_id) if by in OF_A_RUN else None
    return strength_by(MapProducts(home(), _catalog, _table, run=run), by)
