"""Commands about catalogs and products: catalogs, products, edit, rename-catalog, delete-catalog."""

import json
from typing import Any

from core.cli.parser import Commands, UsageError, pair, pairs, whole_number
from core.cli.session import Session
from core.cli.tables import table

FIELDS = ("title", "category", "price", "currency", "brand", "color", "description", "split")


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    commands.add("catalogs", list_all, show=show_catalogs, summary="list the catalogs")
    products = commands.add("products", list_products, show=show_products, summary="list the products of a catalog")
    products.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    products.add_argument(
        "--where", metavar="EXPR", help="only products that match, such as \"price < 20 and brand = 'Alba'\""
    )
    products.add_argument("--slice", metavar="NAME", help="only products of this slice")
    products.add_argument("--limit", metavar="N", type=whole_number(0), help="at most so many; default all")
    edit = commands.add("edit", edit_product, show=show_event, summary="change fields of one product; can be undone")
    edit.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    edit.add_argument("product", metavar="PRODUCT", help="product_id")
    edit.add_argument(
        "--set",
        metavar="FIELD=VALUE",
        type=pair,
        action="append",
        required=True,
        help=f"new value, empty for none; fields: {', '.join(FIELDS)}, attribute.NAME",
    )
    rename = commands.add("rename-catalog", rename_catalog, show=show_event, summary="give a catalog another name")
    rename.add_argument("catalog", metavar="CATALOG", help="its name now")
    rename.add_argument("name", metavar="NAME", help="its new name: letters, digits, - and _")
    delete = commands.add("delete-catalog", delete_catalog, show=show_event, summary="delete a catalog; can be undone")
    delete.add_argument("catalog", metavar="CATALOG", help="name of the catalog")


def list_all(session: Session) -> dict[str, Any]:
    """List the catalogs."""
    from core.catalog.catalogs import list_catalogs

    return {
        "catalogs": [
            {
                "catalog": each.name,
                "products": each.products,
                "pictures": each.pictures,
                "categories": each.categories,
            }
            for each in list_catalogs(session.home)
        ]
    }


def list_products(session: Session) -> dict[str, Any]:
    """List products of a catalog in their order."""
    from core.catalog.money import to_major_units
    from core.catalog.product_filter import ProductFilter
    from core.catalog.products import read_products
    from core.catalog.slices import read_slice

    given = session.arguments
    catalog = session.catalog(given.catalog)
    among = None if given.slice is None else read_slice(session.home, catalog, given.slice).product_ids
    chosen = ProductFilter(where=given.where, product_ids=among)
    found = read_products(session.home, catalog, filter=chosen, limit=given.limit)
    return {
        "products": [
            {
                "product_id": each.product_id,
                "title": each.title,
                "category": each.category,
                "price": None
                if each.price_minor_units is None or each.currency is None
                else to_major_units(each.price_minor_units, each.currency),
                "currency": each.currency,
                "brand": each.brand,
                "color": each.color,
                "split": each.split,
                "attributes": each.attributes,
                "pictures": list(each.picture_hashes),
            }
            for each in found
        ]
    }


def edit_product(session: Session) -> dict[str, Any]:
    """Change fields of one product."""
    from core.catalog.products import edit_product as edit
    from core.catalog.products import get_product

    given = session.arguments
    catalog = session.catalog(given.catalog)
    current = get_product(session.home, catalog, given.product)
    values = _values(pairs(given.set, option="--set"), current)
    return {"event": str(edit(session.home, catalog, given.product, values, actor=session.actor))}


def rename_catalog(session: Session) -> dict[str, Any]:
    """Give a catalog another name."""
    from core.catalog.catalogs import rename_catalog as rename

    given = session.arguments
    return {"event": str(rename(session.home, given.catalog, given.name, actor=session.actor))}


def delete_catalog(session: Session) -> dict[str, Any]:
    """Take a catalog out of sight."""
    from core.catalog.catalogs import delete_catalog as delete

    return {"event": str(delete(session.home, session.arguments.catalog, actor=session.actor))}


def show_catalogs(result: dict[str, Any]) -> str:
    """Lay out catalogs."""
    columns = {"catalog": "CATALOG", "products": "PRODUCTS", "pictures": "PICTURES", "categories": "CATEGORIES"}
    return table(result["catalogs"], columns, empty="no catalog yet; make one with `import` or `demo`")


def show_products(result: dict[str, Any]) -> str:
    """Lay out products; pictures are counted."""
    rows = [{**each, "pictures": len(each["pictures"])} for each in result["products"]]
    columns = {"product_id": "PRODUCT", "title": "TITLE", "category": "CATEGORY", "price": "PRICE", "currency": ""}
    return table(rows, {**columns, "split": "SPLIT", "pictures": "PICTURES"}, empty="no product matches")


def show_event(result: dict[str, Any]) -> str:
    """Say how to undo a change."""
    return f"done; undo it with `undo {result['event']}`"


def _values(texts: dict[str, str], current: Any) -> dict[str, Any]:
    """Turn texts into the values of a product's fields; a price is in major units of the product's currency."""
    from core.catalog.money import to_minor_units

    values: dict[str, Any] = {}
    for name, text in texts.items():
        if name.startswith("attribute."):
            attributes = values.setdefault("attributes", dict(current.attributes))
            attributes[name.removeprefix("attribute.")] = _json_or_text(text)
        elif name not in FIELDS:
            raise UsageError(f"--set {name} is no field of a product; expected {', '.join(FIELDS)} or attribute.NAME")
        elif name != "price":
            values[name] = text.strip() or None if name != "title" else text
        elif not text.strip():
            values["price_minor_units"] = None
        else:
            currency = texts.get("currency") or current.currency
            if not currency:
                raise UsageError("--set price needs a currency: add --set currency=EUR")
            values["price_minor_units"] = to_minor_units(text.strip(), currency)
    _refuse_other_units(values, current)
    return values


def _refuse_other_units(values: dict[str, Any], current: Any) -> None:
    """Changing only the currency keeps the amount, which must not move its decimal point."""
    from core.catalog.money import minor_digits

    currency = values.get("currency")
    if not currency or "price_minor_units" in values or current.price_minor_units is None or not current.currency:
        return
    if minor_digits(currency) != minor_digits(current.currency):
        raise UsageError(f"--set currency={currency} needs the price in {currency} too: add --set price=AMOUNT")


def _json_or_text(text: str) -> Any:
    """Read JSON; anything else is text, and so are NaN and infinity, which no JSON reader accepts."""
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False).encode("ascii")
        json.dumps(value, ensure_ascii=False).encode()  # an escaped half of a character
    except (ValueError, RecursionError):
        return text
    return value
