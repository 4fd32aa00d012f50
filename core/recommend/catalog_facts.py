"""What the catalog says about products beside how they look: how much they are asked for, how new they are, and whether
they can be bought.

    popularity  ln(1 + n) / ln(1 + largest n), n = events of all histories of the catalog, a view counting 1, a wish 2,
                a purchase 4; missing while the catalog has no histories
    freshness   1/2 ^ (days before the newest date of the catalog / 180); missing without a readable date
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.schema import histories, history_events, products
from core.home import Home

EVENT_WEIGHTS = {"view": 1.0, "wish": 2.0, "buy": 4.0}
HALF_LIFE_DAYS = 180.0
DATE_NAMES = (
    *("date", "released", "release_date", "launch_date", "published", "added", "date_added", "created", "created_at"),
    *("available_from", "year"),
)
STOCK_NAMES = ("in_stock", "instock", "stock", "stock_status", "availability", "available", "quantity", "inventory")
_YES = ("true", "yes", "y", "in stock", "instock", "available", "in_stock", "limited availability", "low stock")


def popularity(home: Home, catalog: Catalog) -> dict[str, float]:
    """Tell how much products are asked for.

    Returns:
        By product id, 0..1, only those with events; empty when the catalog has no histories.
    """
    table = history_events
    query = (
        select(table.c.product_id, table.c.event, func.count())
        .select_from(table.join(histories, histories.c.history_id == table.c.history_id))
        .where(histories.c.catalog_id == catalog.catalog_id, histories.c.deleted.is_(None))
        .group_by(table.c.product_id, table.c.event)
    )
    counts: dict[str, float] = {}
    with read(home) as connection:
        for product_id, event, count in connection.execute(query):
            counts[product_id] = counts.get(product_id, 0.0) + EVENT_WEIGHTS.get(event, 1.0) * count
    most = math.log1p(max(counts.values(), default=0.0)) or 1.0
    return {product_id: math.log1p(count) / most for product_id, count in counts.items()}


def product_attributes(home: Home, catalog: Catalog, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read some attributes of products, under names in lower case; only products that have one of them."""
    wanted = set(names)
    query = select(products.c.product_id, products.c.attributes).where(products.c.catalog_id == catalog.catalog_id)
    found: dict[str, dict[str, Any]] = {}
    with read(home) as connection:
        for product_id, attributes in connection.execute(query):
            if isinstance(attributes, Mapping):
                named = {str(name).strip().lower().replace(" ", "_"): value for name, value in attributes.items()}
                kept = {name: named[name] for name in names if name in wanted & named.keys()}
                if kept:
                    found[product_id] = kept
    return found


def freshness(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Tell how new products are, from attributes named as in :data:`DATE_NAMES`; by product id, 0..1."""
    dates = {}
    for product_id, values in attributes.items():
        found = next((day for name in DATE_NAMES if (day := read_date(values.get(name))) is not None), None)
        if found is not None:
            dates[product_id] = found
    newest = max(dates.values(), default=date.min)
    return {name: 0.5 ** ((newest - day).days / HALF_LIFE_DAYS) for name, day in dates.items()}


def in_stock(attributes: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Name the products that can be bought, from attributes named as in :data:`STOCK_NAMES`."""
    return {
        product_id
        for product_id, values in attributes.items()
        if any(_says_stock(values[name]) for name in STOCK_NAMES if name in values)
    }


def read_date(value: object) -> date | None:
    """Read a date: ISO 8601, a year, or seconds since 1970; None when it is none between 1970 and 2200."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(str(value))
    except ValueError:
        try:
            found = datetime.fromisoformat(str(value).strip()[:32]).date()
        except ValueError:
            return None
        return found if 1970 <= found.year <= 2200 else None
    if 1970 <= number <= 2200 and number == int(number):
        return date(int(number), 1, 1)
    if 10**8 <= number < 7 * 10**9:
        return datetime.fromtimestamp(number, UTC).date()
    return None


def _says_stock(value: object) -> bool:
    if isinstance(value, bool):
        return value
    try:
        return float(str(value)) > 0
    except ValueError:
        return str(value).strip().lower().replace("https://schema.org/", "") in (*_YES, "instock")


def aligned(values: Mapping[str, float], product_ids: Sequence[str], *, otherwise: float) -> np.ndarray:
    """Lay values by product id out in the order of products; float32 (N,)."""
    return np.fromiter((values.get(each, otherwise) for each in product_ids), np.float32, len(product_ids))
