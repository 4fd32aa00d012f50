"""What each change did to one product: its fields before and after."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.log import Event
from core.catalog.log_change import key_text
from core.catalog.money import format_price
from core.catalog.products import product_events
from core.catalog.schema import changed_rows, products
from core.home import Home

_SHOWN = ("title", "category", "price_minor_units", "brand", "color", "description", "split", "left_out", "attributes")
_WORDS = {"price_minor_units": "price", "left_out": "left out"}


@dataclass(frozen=True)
class ProductChange:
    """One change of a product.

    Attributes:
        event: Its entry in the log.
        fields: Before and after by field, in words; empty for the import that brought the product.
    """

    event: Event
    fields: dict[str, tuple[str | None, str | None]]


def product_history(home: Home, catalog: Catalog, product_id: str) -> list[ProductChange]:
    """List the changes of one product, newest first, with what each did to its fields."""
    events = product_events(home, catalog, product_id)
    with read(home) as connection:
        mine = (products.c.catalog_id == catalog.catalog_id) & (products.c.product_id == product_id)
        row = connection.execute(select(products).where(mine)).mappings().first()
        recorded = (
            select(changed_rows.c.event_id, changed_rows.c.row_before)
            .where(changed_rows.c.table_name == products.name)
            .where(changed_rows.c.event_id.in_([event.event_id for event in events]))
            .where(changed_rows.c.row_before.is_not(None))
            .where(changed_rows.c.row_key == _key_text(catalog, product_id))
            .order_by(changed_rows.c.event_id.desc(), changed_rows.c.sequence)
        )
        before: dict[int, dict[str, Any]] = {}
        for each in connection.execute(recorded):
            # Changed twice in one event: the first says how it was, column by column.
            before[each.event_id] = {**each.row_before, **before.get(each.event_id, {})}
    after = dict(row) if row is not None else {}
    changes = []
    for event in events:
        was = before.get(event.event_id)
        was = None if was is None else {**after, **was}  # only what the change set is kept
        changes.append(ProductChange(event, {} if was is None else _differences(was, after)))
        after = after if was is None else {**after, **was}  # a record may hold only the columns that were set
    return changes


def _differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    found: dict[str, tuple[str | None, str | None]] = {}
    for name in _SHOWN:
        if name not in before:
            continue
        if name == "attributes":
            found |= _attribute_differences(before.get(name) or {}, after.get(name) or {})
        elif before.get(name) != after.get(name):
            found[_WORDS.get(name, name)] = (_written(name, {**after, **before}), _written(name, after))
    return found


def _attribute_differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {
        name: tuple(None if values.get(name) is None else str(values[name]) for values in (before, after))  # type: ignore[misc]
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }


def _written(name: str, row: dict[str, Any]) -> str | None:
    value = row.get(name)
    if name == "price_minor_units" and isinstance(value, int):
        return format_price(value, row.get("currency"))
    return None if value is None else str(value)


def _key_text(catalog: Catalog, product_id: str) -> str:
    return key_text({"catalog_id": catalog.catalog_id, "product_id": product_id})
