"""Steps that give values other names: the same value becomes the same other value in every product."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, or_

from core.catalog.catalogs import Catalog
from core.catalog.schema import products
from core.cleaning.catalog_rows import in_catalog, product_batches
from core.cleaning.step import Batches, ChangeGroup, ProductChange

MOST_GROUPS = 1000
_VALUES_A_QUERY = 400  # a query takes a bounded number of values; above it every product is looked at

ValueMap = Mapping[str, str | None]
"""New value by old one; values that stay are not in it."""


def changed_only(mapping: Mapping[str, str | None]) -> dict[str, str | None]:
    """Leave out the values that stay as they are."""
    return {before: after for before, after in mapping.items() if after != before}


def map_groups(maps: Mapping[str, ValueMap], counts: Mapping[str, Mapping[str | None, int]]) -> tuple[ChangeGroup, ...]:
    """List what becomes what, the most frequent first.

    Args:
        maps: Changed values by field.
        counts: Products by value, by field.
    """
    groups = [
        ChangeGroup(field, before, after, counts[field].get(before, 0))
        for field, mapping in maps.items()
        for before, after in mapping.items()
    ]
    return tuple(sorted(groups, key=lambda group: (-group.products, group.field, group.before or ""))[:MOST_GROUPS])


def mapped(catalog: Catalog, maps: Mapping[str, ValueMap]) -> Batches:
    """Give the changes of all products that bear a changed value.

    Args:
        catalog: The catalog.
        maps: Changed values by column.
    """
    named = {field: mapping for field, mapping in maps.items() if mapping}

    def batches(connection: Connection) -> Iterator[list[ProductChange]]:
        if not named:
            return
        for rows in product_batches(connection, catalog.catalog_id, list(named), where=_conditions(catalog, named)):
            changes = [change for row in rows if (change := _change(row._mapping, named)) is not None]
            if changes:
                yield changes

    return batches


def mapped_total(connection: Connection, catalog: Catalog, maps: Mapping[str, ValueMap]) -> int:
    """Count the products that bear a changed value in any of the fields."""
    return sum(len(changes) for changes in mapped(catalog, maps)(connection))


def _conditions(catalog: Catalog, maps: Mapping[str, ValueMap]) -> Sequence:
    if sum(map(len, maps.values())) > _VALUES_A_QUERY:
        return in_catalog(catalog.catalog_id)
    changed = or_(*(products.c[field].in_(list(mapping)) for field, mapping in maps.items()))
    return (*in_catalog(catalog.catalog_id), changed)


def _change(row: Mapping, maps: Mapping[str, ValueMap]) -> ProductChange | None:
    after = {field: mapping[row[field]] for field, mapping in maps.items() if row[field] in mapping}
    return ProductChange(row["product_id"], {field: row[field] for field in after}, after) if after else None
