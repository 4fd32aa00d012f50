"""Which pictures are in which slice: by price band, color, brand, what the picture measures, source, named slices."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.documents import list_documents
from core.catalog.money import format_price
from core.catalog.products import product_table
from core.catalog.schema import imports, picture_measures, pictures, product_pictures, products
from core.home import Home

SLICE = "slice"
"""Kind of the documents that hold a named slice: ``{"product_ids": [...], "note": ...}``."""

MOST_VALUES = 60
"""Colors or brands looked at: those with the most pictures."""

_BANDS = 4
_TAIL = 0.2
_LARGEST_TAIL = 0.4
_MEASURES = (
    ("brightness", "low", "darkest fifth"),
    ("brightness", "high", "brightest fifth"),
    ("contrast", "low", "lowest fifth of contrast"),
    ("sharpness", "low", "least sharp fifth"),
    ("background", "low", "busiest fifth of backgrounds"),
    ("background", "high", "plainest fifth of backgrounds"),
    ("short_side", "low", "smallest fifth"),
)


@dataclass(frozen=True)
class SliceMembers:
    """The pictures of a slice.

    Attributes:
        kind: See :class:`core.evaluation.slice_search.Slice`.
        name: Likewise.
        rows: Int64 array: rows of the predictions.
    """

    kind: str
    name: str
    rows: np.ndarray


def slice_members(
    home: Home, catalog: Catalog, predictions: pd.DataFrame
) -> tuple[list[SliceMembers], tuple[str, ...]]:
    """Find the slices of judged pictures.

    Products are looked up as the catalog has them now; those that are gone are in no slice by product.

    Args:
        home: The home.
        catalog: The catalog of the run.
        predictions: N rows: product_id, picture_hash.

    Returns:
        The slices that have pictures, and sentences about what could not be sliced by.
    """
    table = product_table(home, catalog).set_index("product_id")
    places = table.index.get_indexer(pd.Index(predictions["product_id"]))
    rows = pd.DataFrame(index=np.arange(len(predictions)))
    for name in ("price_minor_units", "currency", "brand", "color"):
        values = [None if pd.isna(value) else value for value in table[name]]
        rows[name] = [values[place] if place >= 0 else None for place in places]
    found = [*_by_price(rows), *_by_value(rows, "color"), *_by_value(rows, "brand")]
    measured = list(_by_measure(home, catalog, predictions))
    found += [*measured, *_by_source(home, catalog, predictions), *_by_document(home, catalog, predictions)]
    notes = [f"no judged product has a {name}" for name in ("price", "color", "brand") if not _has(found, name)]
    if not measured:
        notes.append(f"no picture was measured yet: run `measure {catalog.name}`, or open the page Quality")
    return found, tuple(notes)


def _has(found: list[SliceMembers], kind: str) -> bool:
    return any(each.kind == kind for each in found)


def _by_price(rows: pd.DataFrame) -> Iterator[SliceMembers]:
    """Cut the prices of each currency into quarters."""
    prices = pd.to_numeric(rows["price_minor_units"], errors="coerce").to_numpy(np.float64)
    for currency in pd.unique(rows["currency"].dropna()):
        mine = np.flatnonzero((rows["currency"] == currency).to_numpy() & np.isfinite(prices))
        if not len(mine):
            continue
        ends = np.unique(np.quantile(prices[mine], np.arange(1, _BANDS) / _BANDS).round())
        band = np.searchsorted(ends, prices[mine], side="left")
        for number in range(len(ends) + 1):
            chosen = mine[band == number]
            if 0 < len(chosen) < len(mine):
                yield SliceMembers("price", _band_words(ends, number, str(currency)), chosen)


def _band_words(ends: Any, number: int, currency: str) -> str:
    written = [format_price(int(each), currency) for each in ends]
    if number == 0:
        return f"up to {written[0]}"
    if number == len(ends):
        return f"above {written[-1]}"
    return f"above {written[number - 1]} up to {written[number]}"


def _by_value(rows: pd.DataFrame, kind: str) -> Iterator[SliceMembers]:
    values = rows[kind].map(lambda value: value.strip() if isinstance(value, str) else None)
    groups = values[values.notna() & (values != "")]
    for name in groups.value_counts().index[:MOST_VALUES]:
        yield SliceMembers(kind, str(name), np.flatnonzero((values == name).to_numpy()))


def _by_measure(home: Home, catalog: Catalog, predictions: pd.DataFrame) -> Iterator[SliceMembers]:
    """Take the fifth of pictures at an end of each measure; a measure that most pictures share has no such end."""
    measures = _read_measures(home, catalog)
    if measures.empty:
        return
    known = measures.reindex(predictions["picture_hash"].to_numpy())
    for name, end, words in _MEASURES:
        values = pd.to_numeric(known[name], errors="coerce").to_numpy(np.float64)
        there = np.isfinite(values)
        if not there.any():
            continue
        cut = float(np.quantile(values[there], _TAIL if end == "low" else 1 - _TAIL))
        chosen = np.flatnonzero(there & (values <= cut if end == "low" else values >= cut))
        if 0 < len(chosen) <= _LARGEST_TAIL * there.sum():
            sign = "at most" if end == "low" else "at least"
            unit = f"{cut:,.0f} px on its shorter side" if name == "short_side" else f"{name} {cut:.2f}"
            yield SliceMembers("picture", f"{words} ({sign} {unit})", chosen)


def _read_measures(home: Home, catalog: Catalog) -> pd.DataFrame:
    """Read what the pictures of a catalog measure, indexed by their hash."""
    names = ("brightness", "contrast", "sharpness", "background")
    mine = select(product_pictures.c.picture_hash).where(product_pictures.c.catalog_id == catalog.catalog_id)
    query = (
        select(
            picture_measures.c.picture_hash,
            *(picture_measures.c[name] for name in names),
            pictures.c.width_px,
            pictures.c.height_px,
        )
        .join(pictures, pictures.c.picture_hash == picture_measures.c.picture_hash)
        .where(picture_measures.c.picture_hash.in_(mine), picture_measures.c.problem.is_(None))
    )
    with read(home) as connection:
        found = pd.DataFrame(connection.execute(query).fetchall(), columns=["hash", *names, "width", "height"])
    return found.assign(short_side=found[["width", "height"]].min(axis=1)).set_index("hash")


def _by_source(home: Home, catalog: Catalog, predictions: pd.DataFrame) -> Iterator[SliceMembers]:
    """Tell products apart by the import that brought them, where there were several sources."""
    query = (
        select(products.c.product_id, imports.c.source)
        .join(imports, imports.c.event_id == products.c.added_by)
        .where(products.c.catalog_id == catalog.catalog_id, imports.c.catalog_id == catalog.catalog_id)
    )
    with read(home) as connection:
        source_of = {row.product_id: row.source for row in connection.execute(query)}
    sources = predictions["product_id"].map(source_of)
    names = sources.value_counts().index[:MOST_VALUES]
    if len(names) > 1:
        for name in names:
            yield SliceMembers("source", str(name), np.flatnonzero((sources == name).to_numpy()))


def _by_document(home: Home, catalog: Catalog, predictions: pd.DataFrame) -> Iterator[SliceMembers]:
    """Take the slices that people keep under a name; one whose body is none of ours has no pictures."""
    for document in list_documents(home, catalog, SLICE)[:MOST_VALUES]:
        ids = document.body.get("product_ids")
        if isinstance(ids, list):
            chosen = {each for each in ids if isinstance(each, str)}
            rows = np.flatnonzero(predictions["product_id"].isin(chosen).to_numpy())
            if len(rows):
                yield SliceMembers("slice", document.name, rows)
