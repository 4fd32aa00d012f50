"""Lines of the quality report about products, their values and their prices."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, or_, select

from core.catalog.product_filter import ProductFilter
from core.catalog.schema import product_pictures, products
from core.cleaning.catalog_rows import in_catalog
from core.cleaning.folding import fold_name, frequent_forms
from core.cleaning.spellings import spelled_paths
from core.quality.price_outliers import FAR_DEVIATIONS, price_deviations
from core.quality.product_scan import ProductScan, stand_ins
from core.quality.quality_report import EXAMPLES, MOST_PRODUCTS, QualityLine, checked_line

SMALL_CATEGORY = 10
"""A category of fewer products is small: with shares 8:1:1 it leaves nothing to validate or test on."""

_VALUES_A_QUERY = 500
_MISSING = ("brand", "color", "description", "split")
_PLACES_A_QUERY = 500


def product_lines(
    connection: Connection,
    catalog_id: int,
    *,
    total: int,
    counts: Mapping[str | None, int],
    pictured: Mapping[int, int],
) -> list[QualityLine]:
    """Make the lines about what products lack and have.

    Args:
        connection: Reads.
        catalog_id: The catalog.
        total: Its products.
        counts: Products by category path.
        pictured: Products by how many pictures they have.
    """
    missing = _missing_counts(connection, catalog_id)
    several = sum(count for pictures, count in pictured.items() if pictures > 1)
    small = [path for path, count in counts.items() if path is not None and count < SMALL_CATEGORY]
    lacking = partial(_lacking_line, connection, catalog_id, total=total)
    lines = [
        lacking("without_picture", pictured.get(0, 0), ProductFilter(has_picture=False)),
        lacking("without_category", missing["category"], ProductFilter(where="category IS NULL")),
        lacking("without_price", missing["price_minor_units"], ProductFilter(where="price IS NULL")),
        *(lacking(f"without_{name}", missing[name], ProductFilter(where=f"{name} IS NULL")) for name in _MISSING),
        _valued_line(
            connection,
            catalog_id,
            "small_category",
            products.c.category,
            small,
            sum(counts[path] for path in small),
            total,
        ),
    ]
    with_several = _ids(connection, catalog_id, _has_several()) if several else ()
    return [*lines, _line("several_pictures", several, total, ProductFilter(product_ids=with_several))]


def value_lines(connection: Connection, catalog_id: int, scan: ProductScan) -> list[QualityLine]:
    """Make the lines about titles, stand-ins and spellings."""
    total = scan.products
    lines = [
        _line(key, found.count, total, ProductFilter(product_ids=tuple(found.product_ids)))
        for key, found in scan.found.items()
        if key != "price_zero"
    ]
    lines += [_repeated_titles(connection, catalog_id, scan), _stand_in_line(connection, catalog_id, scan)]
    for field, counts in scan.counts.items():
        variants = _variants({str(value): count for value, count in counts.items() if value is not None}, field)
        touched = sum(counts[value] for value in variants)
        lines.append(
            _valued_line(connection, catalog_id, f"spelling_{field}", products.c[field], variants, touched, total)
        )
    return lines


def price_lines(connection: Connection, catalog_id: int, scan: ProductScan) -> list[QualityLine]:
    """Make the lines about prices; none where there are no prices."""
    total = len(scan.price_minor_units)
    if not total:
        return []
    zero = scan.found["price_zero"]
    lines = [_line("price_zero", zero.count, total, ProductFilter(product_ids=tuple(zero.product_ids)))]
    deviations = np.abs(
        price_deviations(
            scan.price_minor_units,
            category_codes=scan.category_codes,
            currency_codes=scan.currency_codes,
            category_paths=scan.category_paths,
        )
    )
    far = np.flatnonzero(deviations > FAR_DEVIATIONS)
    worst = far[np.argsort(-deviations[far], kind="stable")][:MOST_PRODUCTS]
    ids = _ids_at(connection, catalog_id, scan.positions[scan.priced[worst]])
    lines.append(_line("price_outlier", len(far), total, ProductFilter(product_ids=ids)))
    return [*lines, _currency_line(connection, catalog_id, scan, total)]


def _line(key: str, count: int, total: int, chosen: ProductFilter) -> QualityLine:
    return checked_line(key, count=count, total=total, products=chosen)


def _lacking_line(
    connection: Connection, catalog_id: int, key: str, count: int, chosen: ProductFilter, *, total: int
) -> QualityLine:
    """Make the line of products that lack something; there may be any number, so a condition says which."""
    query = chosen.narrow(select(products.c.product_id).where(products.c.catalog_id == catalog_id))
    first = connection.execute(query.order_by(*chosen.order()).limit(EXAMPLES)).scalars() if count else ()
    return checked_line(key, count=count, total=total, products=chosen, first=tuple(first))


def _missing_counts(connection: Connection, catalog_id: int) -> dict[str, int]:
    names = ("category", "price_minor_units", *_MISSING)
    query = select(func.count().label("all"), *(func.count(products.c[name]).label(name) for name in names))
    row = connection.execute(query.where(*in_catalog(catalog_id))).mappings().one()
    return {name: row["all"] - row[name] for name in names}


def _has_several() -> ColumnElement[bool]:
    several = (
        select(product_pictures.c.product_id)
        .where(product_pictures.c.catalog_id == products.c.catalog_id)
        .where(product_pictures.c.product_id == products.c.product_id, product_pictures.c.position == 1)
    )
    return several.exists()


def _ids(connection: Connection, catalog_id: int, *conditions: ColumnElement[bool]) -> tuple[str, ...]:
    """Give the first products that meet conditions, in the catalog's order."""
    query = select(products.c.product_id).where(*in_catalog(catalog_id), *conditions)
    query = query.order_by(products.c.position, products.c.product_id).limit(MOST_PRODUCTS)
    return tuple(connection.execute(query).scalars())


def _valued_line(
    connection: Connection,
    catalog_id: int,
    key: str,
    column: Any,
    values: Sequence[str],
    count: int,
    total: int,
) -> QualityLine:
    """Make the line of products whose column has one of some values."""
    found: list[str] = []
    for start in range(0, len(values), _VALUES_A_QUERY):
        found += _ids(connection, catalog_id, column.in_(values[start : start + _VALUES_A_QUERY]))
        if len(found) >= MOST_PRODUCTS:
            break
    return _line(key, count, total, ProductFilter(product_ids=tuple(found[:MOST_PRODUCTS])))


def _variants(counts: Mapping[str, int], field: str) -> list[str]:
    """Give the spellings of a name that are not its most frequent one."""
    best = spelled_paths(counts, plurals=False) if field == "category" else frequent_forms(counts, key=fold_name)
    return sorted(value for value, chosen in best.items() if value != chosen)


def _stand_in_line(connection: Connection, catalog_id: int, scan: ProductScan) -> QualityLine:
    """Find products with a stand-in in any field; a product with two counts once."""
    found = {field: stand_ins(counts) for field, counts in scan.counts.items()}
    conditions = [products.c[field].in_(values[:_VALUES_A_QUERY]) for field, values in found.items() if values]
    if not conditions:
        return _line("placeholder_value", 0, scan.products, ProductFilter())
    ids = _ids(connection, catalog_id, or_(*conditions))
    counting = select(func.count()).select_from(products).where(*in_catalog(catalog_id), or_(*conditions))
    count = int(connection.execute(counting).scalar_one())
    return _line("placeholder_value", count, scan.products, ProductFilter(product_ids=ids))


def _repeated_titles(connection: Connection, catalog_id: int, scan: ProductScan) -> QualityLine:
    """Find titles by their hashes: sorting a million texts in the database takes longer than all the rest."""
    _, first, groups, sizes = np.unique(scan.title_hashes, return_index=True, return_inverse=True, return_counts=True)
    repeated = np.flatnonzero(sizes[groups] > 1)
    order = np.lexsort((repeated, first[groups[repeated]], -sizes[groups[repeated]]))[:MOST_PRODUCTS]
    ids = _ids_at(connection, catalog_id, scan.positions[repeated[order]])
    return _line("title_repeated", len(repeated), scan.products, ProductFilter(product_ids=ids))


def _ids_at(connection: Connection, catalog_id: int, positions: np.ndarray) -> tuple[str, ...]:
    """Give the products at positions, in the order of the positions given."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(positions), _PLACES_A_QUERY):
        chunk = [int(place) for place in positions[start : start + _PLACES_A_QUERY]]
        query = select(products.c.position, products.c.product_id).where(
            *in_catalog(catalog_id), products.c.position.in_(chunk)
        )
        for place, product_id in connection.execute(query):
            found.setdefault(place, []).append(product_id)
    return tuple(product_id for place in dict.fromkeys(positions.tolist()) for product_id in found.get(place, []))


def _currency_line(connection: Connection, catalog_id: int, scan: ProductScan, total: int) -> QualityLine:
    counts = Counter({scan.currencies[code]: int(size) for code, size in enumerate(np.bincount(scan.currency_codes))})
    usual, _ = counts.most_common(1)[0]
    others = total - counts[usual]
    ids: tuple[str, ...] = ()
    if others:
        ids = _ids(connection, catalog_id, products.c.price_minor_units.is_not(None), products.c.currency != usual)
    return _line("price_currency", others, total, ProductFilter(product_ids=ids))
