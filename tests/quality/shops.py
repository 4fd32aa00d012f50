"""Catalogs for tests of the quality report."""

from core.catalog.catalogs import Catalog, create_catalog, find_catalog
from core.catalog.log import change
from core.catalog.schema import products
from core.home import Home


def shop_of(home: Home, rows, name: str = "shop") -> Catalog:
    """Make a catalog of products without pictures; each row says what differs from an ordinary mug."""
    catalog = create_catalog(home, name, actor="tests")
    common = {"category": "Kitchen > Mugs", "price_minor_units": 1000, "currency": "EUR", "brand": "Alba"}
    common |= {"color": "red", "description": "A mug", "split": None, "attributes": {}, "source_values": {}}
    filled = [
        common
        | {"product_id": f"p{place}", "title": f"Mug number {place}"}
        | row
        | {"catalog_id": catalog.catalog_id, "position": place}
        for place, row in enumerate(rows)
    ]
    with change(home, actor="tests", kind="import", summary="Filled", catalog_id=catalog.catalog_id) as filling:
        filling.insert(products, [{"source_key": row["product_id"], **row} for row in filled])
    return find_catalog(home, name)
