"""A small catalog for tests of the store: four products, prices and categories chosen to tell filters apart."""

from core.catalog.catalogs import Catalog, create_catalog, find_catalog
from core.catalog.log import change
from core.catalog.schema import pictures, product_pictures, products
from core.home import Home

ROWS = [
    {"product_id": "a/1", "title": "Red mug", "category": "Kitchen > Mugs", "price_minor_units": 900, "color": "red"},
    {
        "product_id": "a/2",
        "title": "Blue mug",
        "category": "Kitchen > Mugs",
        "price_minor_units": 1250,
        "color": "blue",
    },
    {"product_id": "b/1", "title": "100% wool", "category": "Clothing", "price_minor_units": None, "brand": "Nord"},
    {"product_id": "c/1", "title": "Desk lamp", "category": "Kitchenware", "price_minor_units": 4000, "split": "test"},
]


def small_catalog(home: Home, name: str = "shop") -> Catalog:
    catalog = create_catalog(home, name, actor="tests")
    with change(home, actor="tests", kind="import", summary="Filled", catalog_id=catalog.catalog_id) as filling:
        common = {"brand": None, "color": None, "description": None, "split": None, "source_values": {}}
        rows = [
            common
            | {"attributes": {"weight_g": 100 * position, "material": "clay"}}
            | row
            | {"catalog_id": catalog.catalog_id, "position": position, "source_key": row["product_id"]}
            | {"currency": "EUR" if row["price_minor_units"] is not None else None}
            for position, row in enumerate(ROWS)
        ]
        filling.insert(products, rows)
        known = filling.connection.execute(pictures.select()).first()
        if known is None:
            picture = {"extension": "jpg", "format": "JPEG", "width_px": 9, "height_px": 9, "bytes": 99}
            filling.connection.execute(pictures.insert(), [{"picture_hash": "f" * 64, **picture}])
        link = {"catalog_id": catalog.catalog_id, "picture_hash": "f" * 64, "source_name": "1.jpg"}
        filling.insert(product_pictures, [{**link, "product_id": "a/1", "position": 0}])
    return find_catalog(home, name)
