"""What the points of a map can be colored, shaped and weighed by, the same for pages and the command line.

Every choice has one name, such as ``category, level 1`` or ``attribute: size``, which stands in links;
:func:`read_choice` also takes what is easier to type, ``category:1`` and ``attribute:size``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.catalog.attribute_columns import attribute_names, attribute_values
from core.catalog.catalogs import Catalog
from core.catalog.money import to_major_units
from core.catalog.price_levels import LEVELS, price_levels
from core.errors import SettingsError
from core.explore.kept_clusters import CatalogClusters
from core.explore.map_coloring import Coloring, color_by_kind, color_by_number, opacity_by_number
from core.explore.named_colors import own_colors
from core.home import Home
from core.models.runs import RunFiles

ATTRIBUTE = "attribute: "
CLUSTER = "cluster"
CONFIDENCE = "confidence"
PRICE = "price"
VERDICT = "right or wrong"
OF_A_RUN = (VERDICT, CONFIDENCE)
"""Choices that need a run."""

_LEVEL = "category, level "
_LEVEL_WORDS = {1.0: "1 cheap", 2.0: "2", 2.5: "2.5 all alike", 3.0: "3", 4.0: "4 dear"}
_DISTINCT_NUMBERS = 12


@dataclass(frozen=True)
class MapProducts:
    """Products of a map, and what their colors may rest on.

    Attributes:
        home: The home.
        catalog: The catalog.
        table: The columns of the table of products; N rows.
        run: Whose predictions are shown; None where no run is.
        clusters: Of the map's embedding; None where there are none.
        verdict_colors: Color of `right` and of `wrong`; those that are missing take the next of the theme.
    """

    home: Home
    catalog: Catalog
    table: pd.DataFrame
    run: RunFiles | None = None
    clusters: CatalogClusters | None = None
    verdict_colors: Mapping[str, str] = field(default_factory=dict)


def color_choices(
    home: Home, catalog: Catalog, table: pd.DataFrame, *, judged: bool, clustered: bool = False
) -> list[str]:
    """List what points can be colored by.

    Args:
        home: The home.
        catalog: The catalog.
        table: The columns of the table of products.
        judged: Whether the catalog has a run that is done.
        clustered: Whether the map's embedding has clusters.
    """
    depth = int(table["category"].fillna("").str.count(" > ").max() or 0) if len(table) else 0
    found = [f"{_LEVEL}{level}" for level in range(1, depth + 1)] + ["category"]
    if table["price_minor_units"].notna().any():
        found += [PRICE, "price level"]
    found += [name for name in ("color", "brand", "split") if table[name].notna().any()]
    found += list(OF_A_RUN) if judged else []
    found += [f"{ATTRIBUTE}{name}" for name in attribute_names(home, catalog)]
    return [*found, CLUSTER] if clustered else found


def typed_choice(choice: str) -> str:
    """Write a choice as the command line takes it: without blanks."""
    if choice.startswith(ATTRIBUTE):
        return f"attribute:{choice.removeprefix(ATTRIBUTE)}"
    return choice.replace(_LEVEL, "category:") if choice.startswith(_LEVEL) else choice.replace(" ", "-")


def read_choice(asked: str, choices: list[str]) -> str:
    """Find the choice that was asked for, by its name or as :func:`typed_choice` writes it.

    Raises:
        SettingsError: There is none of that name.
    """
    for choice in choices:
        if asked in (choice, typed_choice(choice)):
            return choice
    known = ", ".join(typed_choice(each) for each in choices)
    raise SettingsError(f"points are not drawn by {asked[:80]!r} here: expected one of {known}")


def coloring_by(products: MapProducts, by: str) -> Coloring:
    """Color all products of a map.

    Args:
        products: The N products.
        by: One of :func:`color_choices`.

    Raises:
        SettingsError: It needs a run or clusters, and there are none.
    """
    table = products.table
    if by.startswith("category"):
        level = int(by.removeprefix(_LEVEL)) if by.startswith(_LEVEL) else None
        return color_by_kind(category_level(table, level).where(table["category"].notna()), by="category")
    if by.startswith(ATTRIBUTE):
        return _by_attribute(products, by.removeprefix(ATTRIBUTE))
    colorings: dict[str, Callable[[], Coloring]] = {
        PRICE: lambda: _by_price(table),
        "price level": lambda: _by_price_level(table),
        "color": lambda: color_by_kind(table["color"], by="color", colors=own_colors(table["color"].dropna())),
        VERDICT: lambda: _by_verdict(products),
        CONFIDENCE: lambda: color_by_number(confidences(table, _run(products)), by="confidence, %", as_percent=True),
        CLUSTER: lambda: _by_cluster(products),
    }
    return colorings[by]() if by in colorings else color_by_kind(table[by], by=by)


def strength_choices(table: pd.DataFrame, *, judged: bool) -> list[str]:
    """List what can make points stronger."""
    return [PRICE] * bool(table["price_minor_units"].notna().any()) + [CONFIDENCE] * judged


def strength_by(products: MapProducts, by: str) -> np.ndarray:
    """Give how strongly each product is drawn, uint8 (N,).

    Args:
        products: The N products.
        by: One of :func:`strength_choices`.
    """
    if by == PRICE:
        return opacity_by_number(prices(products.table)[0])
    return opacity_by_number(confidences(products.table, _run(products)))


def category_level(table: pd.DataFrame, level: int | None) -> pd.Series:
    """Give each product's category, cut to its first levels."""
    paths = table["category"].fillna("no category")
    return paths if level is None else paths.str.split(" > ").str[:level].str.join(" > ")


def prices(table: pd.DataFrame) -> tuple[pd.Series, str]:
    """Give prices in major units of the most frequent currency, others missing, and the currency."""
    counts = table["currency"].value_counts()
    currency = str(counts.index[0]) if len(counts) else ""
    same = table["price_minor_units"].where(table["currency"] == currency)
    return same.map(lambda minor: to_major_units(int(minor), currency), na_action="ignore").astype("Float64"), currency


def confidences(table: pd.DataFrame, run: RunFiles) -> pd.Series:
    """Give each product the mean probability of what a run predicted for its pictures; missing where it did not."""
    best = pd.Series(np.asarray(run.probabilities.max(axis=1), np.float32))
    return table["product_id"].map(best.groupby(run.products["product_id"].to_numpy()).mean())


def verdicts(run: RunFiles) -> dict[str, str]:
    """Say for each product of a run ``right`` or ``wrong``; one wrong picture makes a product wrong."""
    rows = run.products
    right = (rows["label"] == rows["predicted"]).groupby(rows["product_id"]).all()
    return {str(product_id): "right" if fine else "wrong" for product_id, fine in right.items()}


def _run(products: MapProducts) -> RunFiles:
    if products.run is None:
        raise SettingsError(
            f"catalog {products.catalog.name!r} has no run to show predictions of: make one with `train`"
        )
    return products.run


def _by_price(table: pd.DataFrame) -> Coloring:
    values, currency = prices(table)
    return color_by_number(values, by=f"price, {currency}", logarithmic=True)


def _by_price_level(table: pd.DataFrame) -> Coloring:
    plain = {name: table[name].astype(object).where(table[name].notna(), None) for name in ("currency", "category")}
    amounts = [None if pd.isna(price) else int(price) for price in table["price_minor_units"]]
    levels = price_levels(amounts, plain["currency"].tolist(), categories=plain["category"].tolist())
    found = pd.Series(LEVELS[levels.codes % len(LEVELS)], index=table.index).astype(float)
    words = found.map(_LEVEL_WORDS).where(levels.codes < levels.missing_code)
    return color_by_kind(words, by="price level", order=tuple(_LEVEL_WORDS.values()))


def _by_verdict(products: MapProducts) -> Coloring:
    words = products.table["product_id"].map(verdicts(_run(products))).fillna("not predicted")
    return color_by_kind(words, by="prediction", colors=dict(products.verdict_colors), order=("right", "wrong"))


def _by_cluster(products: MapProducts) -> Coloring:
    if products.clusters is None:
        raise SettingsError(f"catalog {products.catalog.name!r} has no clusters of this embedding: find them first")
    numbers = products.clusters.labels.set_index("product_id")["cluster"]
    return color_by_kind(products.table["product_id"].map(numbers).map(products.clusters.names), by="cluster")


def _by_attribute(products: MapProducts, name: str) -> Coloring:
    values = products.table["product_id"].map(attribute_values(products.home, products.catalog, name))
    numbers = pd.to_numeric(values, errors="coerce")
    if values.notna().any() and numbers.notna().sum() == values.notna().sum() and numbers.nunique() > _DISTINCT_NUMBERS:
        return color_by_number(numbers, by=name)
    return color_by_kind(values, by=name)
