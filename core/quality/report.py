"""Making the quality report of a catalog."""

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection, and_, func, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.money import minor_digits
from core.catalog.schema import product_pictures, products
from core.cleaning.catalog_rows import in_catalog, value_counts
from core.home import Home
from core.quality.picture_lines import PictureFacts, duplicate_lines, picture_lines, read_pictures, skipped_lines
from core.quality.product_lines import price_lines, product_lines, value_lines
from core.quality.product_scan import ProductScan, scan_products
from core.quality.quality_report import Histogram, QualityReport, by_importance

_PRICE_BINS = 30
_MOST_CURRENCIES = 4
_SIZE_BINS = 24


def quality_report(home: Home, catalog: Catalog) -> QualityReport:
    """Judge a catalog: what it holds, what is missing, what is wrong.

    One pass over the products and some counting in the database: a million products without pictures take seconds and
    about 100 MB. What needs measures of pictures is told of those that are measured, see
    :func:`core.quality.measuring.measure_pictures`.

    Args:
        home: The home.
        catalog: The catalog.
    """
    mine = catalog.catalog_id
    with read(home) as connection:
        counts = value_counts(connection, mine, "category")
        total = sum(counts.values())
        pictured = _pictures_per_product(connection, mine, total)
        scan = scan_products(connection, mine)
        facts = read_pictures(connection, mine)
        lines = [
            *product_lines(connection, mine, total=total, counts=counts, pictured=pictured),
            *value_lines(connection, mine, scan),
            *price_lines(connection, mine, scan),
            *picture_lines(connection, mine, facts),
            *(duplicate_lines(connection, mine, total=total) if facts.hashes else []),
            *skipped_lines(connection, mine),
        ]
    return QualityReport(
        catalog=catalog.name,
        version=catalog.version,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        products=total,
        pictures=sum(pictures * count for pictures, count in pictured.items()),
        distinct_pictures=len(facts.hashes),
        unmeasured=int((~facts.measured).sum()),
        lines=by_importance(lines) if total else by_importance([line for line in lines if line.group == "files"]),
        categories=tuple(counts.items()),
        pictures_per_product=pictured,
        formats=facts.formats,
        sizes=_sizes(facts),
        prices=_prices(scan),
    )


def _pictures_per_product(connection: Connection, catalog_id: int, total: int) -> Mapping[int, int]:
    """Count products by how many pictures they have, 0 included."""
    same = and_(
        products.c.catalog_id == product_pictures.c.catalog_id, products.c.product_id == product_pictures.c.product_id
    )
    each = (
        select(func.count().label("pictures"))
        .select_from(product_pictures)
        .join(products, same)
        .where(*in_catalog(catalog_id))
        .group_by(product_pictures.c.product_id)
        .subquery()
    )
    query = select(each.c.pictures, func.count()).group_by(each.c.pictures).order_by(each.c.pictures)
    counts = {row[0]: row[1] for row in connection.execute(query)}
    without = total - sum(counts.values())
    return ({0: without} if without else {}) | counts


def _sizes(facts: PictureFacts) -> Histogram | None:
    """Distribute the shorter sides, which limit what can be seen, over ranges that grow by equal factors."""
    if not facts.hashes:
        return None
    shorter = np.minimum(facts.width_px, facts.height_px)
    edges, counts = _by_factors(shorter, _SIZE_BINS)
    return Histogram("Shorter side of the pictures", "px", edges, counts)


def _by_factors(values: np.ndarray, bins: int) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Count positive values in ranges that grow by equal factors, from the least to the greatest; one range of no
    width when all are equal.
    """
    low, high = float(values.min()), float(values.max())
    if low == high:
        return (low, high), (len(values),)
    edges = np.geomspace(low, high * 1.0001, bins + 1)
    edges[0] = low * 0.9999
    counts, _ = np.histogram(values, bins=edges)
    return tuple(edges.tolist()), tuple(counts.tolist())


def _prices(scan: ProductScan) -> dict[str, Histogram]:
    """Distribute the prices of each currency over ranges that grow by equal factors, as prices do."""
    known = scan.price_minor_units > 0
    sizes = np.bincount(scan.currency_codes[known], minlength=len(scan.currencies))
    drawn: dict[str, Histogram] = {}
    for code in np.argsort(-sizes, kind="stable")[:_MOST_CURRENCIES]:
        currency = scan.currencies[code]
        if not sizes[code] or currency is None:
            continue
        prices = scan.price_minor_units[known & (scan.currency_codes == code)] / 10.0 ** minor_digits(currency)
        edges, counts = _by_factors(prices, _PRICE_BINS)
        drawn[currency] = Histogram("Prices", currency, edges, counts)
    return drawn
