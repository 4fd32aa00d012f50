"""Giving a product further pictures that the catalog shows elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from core.catalog.catalogs import Catalog
from core.catalog.log import Change
from core.catalog.schema import product_pictures

_A_QUERY = 500


def write_links(writing: Change, catalog: Catalog, pictures: Mapping[str, Sequence[str]]) -> None:
    """Add the pictures that products do not show yet, behind those they do.

    Args:
        writing: The open change.
        catalog: The catalog.
        pictures: All hashes a product is to show, by product.
    """
    present = _links(writing.connection, catalog, product_pictures.c.product_id, list(pictures))
    shown: dict[str, dict[str, int]] = {product_id: {} for product_id in pictures}
    for link in present:
        shown[link["product_id"]][link["picture_hash"]] = link["position"]
    wanted = {each for product_id, hashes in pictures.items() for each in hashes if each not in shown[product_id]}
    names = {
        link["picture_hash"]: link["source_name"]
        for link in _links(writing.connection, catalog, product_pictures.c.picture_hash, sorted(wanted))
    }
    rows = []
    for product_id, hashes in pictures.items():
        last = max(shown[product_id].values(), default=-1)
        missing = [each for each in dict.fromkeys(hashes) if each not in shown[product_id]]
        rows += [
            {
                "catalog_id": catalog.catalog_id,
                "product_id": product_id,
                "position": last + place,
                "picture_hash": picture_hash,
                "source_name": names.get(picture_hash, ""),
            }
            for place, picture_hash in enumerate(missing, start=1)
        ]
    writing.insert(product_pictures, rows)


def product_hashes(connection: Connection, catalog: Catalog, product_ids: Sequence[str]) -> dict[str, list[str]]:
    """Read the pictures of products in order."""
    found: dict[str, list[str]] = {product_id: [] for product_id in product_ids}
    for link in _links(connection, catalog, product_pictures.c.product_id, product_ids):
        found[link["product_id"]].append(link["picture_hash"])
    return found


def _links(connection: Connection, catalog: Catalog, column: Any, values: Sequence[str]) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    for start in range(0, len(values), _A_QUERY):
        query = select(product_pictures).where(
            product_pictures.c.catalog_id == catalog.catalog_id, column.in_(values[start : start + _A_QUERY])
        )
        query = query.order_by(product_pictures.c.product_id, product_pictures.c.position)
        rows += [dict(row) for row in connection.execute(query).mappings()]
    return rows
