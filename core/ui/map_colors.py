"""What the points of a map can be colored by, and how strongly they are drawn."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.attribute_columns import attribute_names, attribute_values
from core.catalog.catalogs import Catalog
from core.explore.clusters import CatalogClusters, latest_clusters
from core.explore.map_coloring import (
    Coloring,
    Shapes,
    color_by_kind,
    color_by_number,
    opacity_by_number,
    shape_by_kind,
)
from core.models.runs import Run, list_runs
from core.recommend.price_levels import LEVELS, price_levels
from core.ui.address import choice_in_address
from core.ui.caches import home
from core.ui.map_view import MapPoints, category_level, own_colors, prices
from core.ui.palette import verdict_colors
from core.ui.run_view import run_files, verdicts

ATTRIBUTE = "attribute: "
CLUSTER = "cluster"
NONE = "nothing"
_NO_SHAPES = ("price", "confidence")
_RUN_CHOICES = ("right or wrong", "confidence")
_LEVEL_WORDS = {1.0: "1 cheap", 2.0: "2", 2.5: "2.5 all alike", 3.0: "3", 4.0: "4 dear"}
_DISTINCT_NUMBERS = 12


def color_choices(catalog: Catalog, points: MapPoints) -> list[str]:
    """List what the points of a map can be colored by."""
    found = _color_choices(str(home().root), points.version, bool(_runs(catalog)), catalog, points)
    return found if _clusters(catalog, points) is None else [*found, CLUSTER]


def _clusters(catalog: Catalog, points: MapPoints) -> CatalogClusters | None:
    return latest_clusters(home(), catalog, points.embedding) if points.embedding else None


@st.cache_data(show_spinner=False, max_entries=16)
def _color_choices(root: str, version: str, judged: bool, _catalog: Catalog, _points: MapPoints) -> list[str]:
    table = _points.table
    depth = int(table["category"].fillna("").str.count(" > ").max() or 0) if len(table) else 0
    found = [f"category, level {level}" for level in range(1, depth + 1)] + ["category"]
    if table["price_minor_units"].notna().any():
        found += ["price", "price level"]
    found += [name for name in ("color", "brand", "split") if table[name].notna().any()]
    found += list(_RUN_CHOICES) if judged else []
    return found + [f"{ATTRIBUTE}{name}" for name in attribute_names(home(), _catalog)]


def _runs(catalog: Catalog) -> list[Run]:
    return [run for run in list_runs(home(), catalog_id=catalog.catalog_id) if run.state == "done"]


def pick_coloring(catalog: Catalog, points: MapPoints) -> tuple[Coloring, str]:
    """Let the visitor choose what colors mean; give the coloring of all points, and its name in the address."""
    choices = color_choices(catalog, points)
    by = choice_in_address("Color by", choices, name="by")
    run_id = _pick_run(catalog) if by in _RUN_CHOICES else ""
    return coloring_of(catalog, points, by, run_id=run_id), by


def _pick_run(catalog: Catalog) -> str:
    names = {run.run_id: f"{run.name} ({run.run_id})" for run in _runs(catalog)}
    return choice_in_address("Run", list(names), name="verdict_run", format_func=names.__getitem__)


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
        if found is not None:
            labels = found.labels.set_index("product_id")["cluster"]
            return color_by_kind(points.table["product_id"].map(labels).map(found.names), by="cluster")
    return _coloring_of(str(home().root), points.version, by, run_id, catalog, points)


@st.cache_resource(show_spinner=False, max_entries=12)
def _coloring_of(root: str, version: str, by: str, run_id: str, _catalog: Catalog, _points: MapPoints) -> Coloring:
    table = _points.table
    if by.startswith("category"):
        level = int(by.rsplit(" ", 1)[1]) if "level" in by else None
        return color_by_kind(category_level(table, level).where(table["category"].notna()), by="category")
    if by.startswith(ATTRIBUTE):
        return _by_attribute(_catalog, table, by.removeprefix(ATTRIBUTE))
    colorings: dict[str, Callable[[], Coloring]] = {
        "price": lambda: _by_price(table),
        "price level": lambda: _by_level(table),
        "color": lambda: color_by_kind(table["color"], by="color", colors=own_colors(table["color"].dropna())),
        "right or wrong": lambda: _by_verdict(table, run_id),
        "confidence": lambda: color_by_number(confidences(table, run_id), by="confidence, %", as_percent=True),
    }
    return colorings[by]() if by in colorings else color_by_kind(table[by], by=by)


def _by_price(table: pd.DataFrame) -> Coloring:
    values, currency = prices(table)
    return color_by_number(values, by=f"price, {currency}", logarithmic=True)


def _by_level(table: pd.DataFrame) -> Coloring:
    plain = {name: table[name].astype(object).where(table[name].notna(), None) for name in ("currency", "category")}
    amounts = [None if pd.isna(price) else int(price) for price in table["price_minor_units"]]
    levels = price_levels(amounts, plain["currency"].tolist(), categories=plain["category"].tolist())
    found = pd.Series(LEVELS[levels.codes % len(LEVELS)], index=table.index).astype(float)
    words = found.map(_LEVEL_WORDS).where(levels.codes < levels.missing_code)
    return color_by_kind(words, by="price level", order=tuple(_LEVEL_WORDS.values()))


def _by_verdict(table: pd.DataFrame, run_id: str) -> Coloring:
    words = table["product_id"].map(verdicts(run_id)).fillna("not predicted")
    return color_by_kind(words, by="prediction", colors=verdict_colors(), order=("right", "wrong"))


def confidences(table: pd.DataFrame, run_id: str) -> pd.Series:
    """Give each product the mean probability of what a run predicted for its pictures; missing where it did not."""
    return table["product_id"].map(_confidences(str(home().root), run_id))


@st.cache_data(show_spinner=False, max_entries=4)
def _confidences(root: str, run_id: str) -> pd.Series:
    files = run_files(run_id)
    best = pd.Series(np.asarray(files.probabilities.max(axis=1), np.float32))
    return best.groupby(files.products["product_id"].to_numpy()).mean()


def _by_attribute(catalog: Catalog, table: pd.DataFrame, name: str) -> Coloring:
    values = table["product_id"].map(attribute_values(home(), catalog, name))
    numbers = pd.to_numeric(values, errors="coerce")
    if values.notna().any() and numbers.notna().sum() == values.notna().sum() and numbers.nunique() > _DISTINCT_NUMBERS:
        return color_by_number(numbers, by=name)
    return color_by_kind(values, by=name)


def pick_shapes(catalog: Catalog, points: MapPoints) -> Shapes | None:
    """Let the visitor choose what shapes mean; give those of all points, None for round dots."""
    choices = [each for each in color_choices(catalog, points) if each not in _NO_SHAPES]
    by = choice_in_address("Shape by", [NONE, *choices], name="shape", help="Up to six kinds, each a shape of its own.")
    if by == NONE:
        return None
    run_id = ""
    if by in _RUN_CHOICES:
        known, asked = [run.run_id for run in _runs(catalog)], st.query_params.get("verdict_run")
        run_id = str(asked) if asked in known else known[0]
    coloring = coloring_of(catalog, points, by, run_id=run_id)
    if not coloring.kinds:
        st.caption("Numbers have no shapes: show them by color or strength.")
        return None
    return shape_by_kind(coloring)


def pick_opacity(catalog: Catalog, points: MapPoints, *, run_id: str = "") -> tuple[np.ndarray | None, str]:
    """Let the visitor choose what makes points stronger; give uint8 (N,) and its name, None for nothing."""
    choices = [NONE]
    if points.table["price_minor_units"].notna().any():
        choices.append("price")
    runs = _runs(catalog)
    choices += ["confidence"] if runs else []
    by = choice_in_address("Strength by", choices, name="strength", help="Stronger points have more of it.")
    if by == "price":
        return opacity_by_number(prices(points.table)[0]), "price"
    if by == "confidence":
        asked = st.query_params.get("verdict_run")
        known = [run.run_id for run in runs]
        return opacity_by_number(confidences(points.table, asked if asked in known else known[0])), "confidence"
    return None, ""
