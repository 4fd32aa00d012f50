"""Small catalogs to clean: products written out, in the order they are given."""

from collections.abc import Iterable
from typing import Any

from core.catalog.catalogs import Catalog, create_catalog, find_catalog
from core.catalog.database import read
from core.catalog.log import change
from core.catalog.product_filter import ProductFilter
from core.catalog.products import Product, read_products
from core.catalog.schema import pictures, product_pictures, products
from core.cleaning.steps import AppliedStep, apply_step, make_step, preview_step
from core.home import Home
from tests.models.synthetic import picture_hash


def make_shop(home: Home, rows: Iterable[dict[str, Any]], *, name: str = "shop") -> Catalog:
    """Make a catalog of products; ``pictures`` are numbers of pictures that need no file."""
    catalog = create_catalog(home, name, actor="tests")
    add_rows(home, catalog, rows)
    return find_catalog(home, name)


def add_rows(home: Home, catalog: Catalog, rows: Iterable[dict[str, Any]], *, first: int = 0) -> None:
    """Add products as an import would."""
    empty = dict.fromkeys(("category", "price_minor_units", "currency", "brand", "color", "description", "split"))
    made, links = [], []
    for position, row in enumerate(rows, start=first):
        row = dict(row)
        product_id = row.setdefault("product_id", f"p{position:04}")
        shown = row.pop("pictures", ())
        common = {"catalog_id": catalog.catalog_id, "position": position, "source_key": product_id}
        made.append({**empty, "title": "A product", "attributes": {}, "source_values": {}, **common, **row})
        links += [
            {
                "catalog_id": catalog.catalog_id,
                "product_id": product_id,
                "position": place,
                "picture_hash": picture_hash(number),
                "source_name": f"{number}.jpg",
            }
            for place, number in enumerate(shown)
        ]
    with change(home, actor="tests", kind="import", summary="Filled", catalog_id=catalog.catalog_id) as filling:
        known = {row[0] for row in filling.connection.execute(pictures.select())}
        size = {"extension": "jpg", "format": "JPEG", "width_px": 9, "height_px": 9, "bytes": 99}
        wanted = {link["picture_hash"] for link in links} - known
        if wanted:
            filling.connection.execute(pictures.insert(), [{"picture_hash": each, **size} for each in sorted(wanted)])
        filling.insert(products, made)
        filling.insert(product_pictures, links)


def clean(home: Home, kind: str, *, name: str = "shop", **settings: Any) -> AppliedStep:
    """Apply a step."""
    return apply_step(home, find_catalog(home, name), make_step(kind, settings), actor="ann")


def preview(home: Home, kind: str, *, name: str = "shop", **settings: Any):
    """Preview a step."""
    return preview_step(home, find_catalog(home, name), make_step(kind, settings))


def values(home: Home, field: str, *, name: str = "shop") -> dict[str, Any]:
    """One field of every product that is in the catalog, by id."""
    return {product.product_id: getattr(product, field) for product in all_products(home, name=name)}


def all_products(home: Home, *, name: str = "shop", left_out: bool | None = False) -> list[Product]:
    return read_products(home, find_catalog(home, name), filter=ProductFilter(left_out=left_out))


def whole_catalog(home: Home, *, name: str = "shop") -> list[Any]:
    """Every row of a catalog and its picture links, but for the marks of the log."""
    catalog = find_catalog(home, name)
    with read(home) as connection:
        rows = [
            {key: value for key, value in row.items() if key not in ("changed_in", "added_by")}
            for table in (products, product_pictures)
            for row in connection.execute(table.select().where(table.c.catalog_id == catalog.catalog_id)).mappings()
        ]
    return sorted(rows, key=lambda row: (str(row["product_id"]), row["position"], "title" in row))
