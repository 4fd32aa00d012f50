"""Editing products by hand, one or many at once, without writing over what somebody else wrote meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from core.catalog.catalogs import Catalog
from core.catalog.log import change
from core.catalog.products import check_values, get_product
from core.catalog.schema import products
from core.catalog.tables.cells import UNCLEAN
from core.errors import CatalogError, EditConflictError
from core.home import Home

MOST_EDITED_AT_ONCE = 100_000
LEFT_OUT_BY_HAND = "by hand"
"""Why a product is left out that a user took out, beside the reasons of cleaning steps."""

_IDS_A_QUERY = 500
_MANY_FIELDS = ("category", "brand", "color", "split", "left_out")


def typed_category(text: str | None) -> str | None:
    """Write a category that somebody typed as a path: ``Kitchen>Dishes`` becomes ``Kitchen > Dishes``.

    Returns:
        The path; None when nothing was typed.
    """
    return " > ".join(level.strip() for level in (text or "").split(">") if level.strip()) or None


def save_product(
    home: Home,
    catalog: Catalog,
    product_id: str,
    values: Mapping[str, Any],
    *,
    seen: Mapping[str, Any],
    actor: str,
) -> int:
    """Change fields of one product, unless somebody else changed one of the same fields since it was read.

    Args:
        home: The home.
        catalog: The catalog.
        product_id: The product.
        values: New values by field.
        seen: The values of these fields as the editor saw them; fields that are missing here are not compared.
        actor: Who edits.

    Returns:
        The number of the change, for undoing.

    Raises:
        EditConflictError: A field holds another value by now; nothing was written.
        CatalogError: There is no such product, or a value cannot be kept.
    """
    check_values(get_product(home, catalog, product_id), dict(values))
    key = {"catalog_id": catalog.catalog_id, "product_id": product_id}
    summary = f"Changed {', '.join(name.replace('_minor_units', '') for name in values)} of {product_id[:100]}"
    with change(home, actor=actor, kind="edit", summary=summary, catalog_id=catalog.catalog_id) as editing:
        matching = (products.c.catalog_id == catalog.catalog_id) & (products.c.product_id == product_id)
        row = editing.connection.execute(select(products).where(matching).with_for_update()).mappings().first()
        if row is None:
            raise CatalogError(f"product {product_id[:200]!r} was taken away a moment ago; nothing was written")
        theirs = {name: row[name] for name in values if name in seen and row[name] != seen[name]}
        if theirs:
            raise EditConflictError(
                f"somebody else changed {', '.join(theirs)} of this product while you edited it; nothing was written",
                theirs=theirs,
            )
        editing.update(products, key, dict(values))
        return editing.event_id


def edit_products(
    home: Home, catalog: Catalog, product_ids: Sequence[str], values: Mapping[str, Any], *, actor: str
) -> int:
    """Give many products the same values in one change, undone in one.

    Args:
        home: The home.
        catalog: The catalog.
        product_ids: The products, at most :data:`MOST_EDITED_AT_ONCE`; those that are not there any more are passed by.
        values: New values of category, brand, color, split or left_out (a reason, or None to take back in).
        actor: Who edits.

    Returns:
        The number of the change, for undoing.

    Raises:
        CatalogError: A field cannot be edited for many, a value cannot be kept, or nothing is left to change.
    """
    wanted = list(dict.fromkeys(product_ids))
    _check_bulk(wanted, values)
    with change(home, actor=actor, kind="edit", summary="Changing products", catalog_id=catalog.catalog_id) as editing:
        changes = []
        for start in range(0, len(wanted), _IDS_A_QUERY):
            mine = products.c.product_id.in_(wanted[start : start + _IDS_A_QUERY])
            query = select(products.c.product_id, *(products.c[name] for name in values))
            rows = editing.connection.execute(query.where(products.c.catalog_id == catalog.catalog_id, mine)).mappings()
            for row in rows:
                if any(row[name] != value for name, value in values.items()):
                    key = {"catalog_id": catalog.catalog_id, "product_id": row["product_id"]}
                    changes.append((key, dict(values)))
        if not changes:
            raise CatalogError("nothing to change: every selected product says so already")
        editing.update_many(products, changes)
        editing.summarize(_bulk_summary(values, len(changes)))
        return editing.event_id


def _check_bulk(product_ids: Sequence[str], values: Mapping[str, Any]) -> None:
    if not product_ids:
        raise CatalogError("no product is selected; select some first")
    if len(product_ids) > MOST_EDITED_AT_ONCE:
        raise CatalogError(
            f"at most {MOST_EDITED_AT_ONCE:,} products are edited at once, not {len(product_ids):,}; narrow the filters"
        )
    for name, value in values.items():
        if name not in _MANY_FIELDS:
            raise CatalogError(f"{name!r} cannot be set for many products; expected one of {', '.join(_MANY_FIELDS)}")
        if not isinstance(value, str | None) or len(value or "") > 1000:
            raise CatalogError(f"{name} must be a text of at most 1,000 characters or empty, not {str(value)[:100]!r}")
        if UNCLEAN.search(value or ""):
            raise CatalogError(f"{name} holds signs that cannot be printed, {value!r:.100}: type it anew")


def _bulk_summary(values: Mapping[str, Any], changed: int) -> str:
    noun = "1 product" if changed == 1 else f"{changed:,} products"
    if "left_out" in values:
        return f"Took {noun} back in" if values["left_out"] is None else f"Left {noun} out"
    given = ", ".join(f"{name} {value[:100]}" if value else f"no {name}" for name, value in values.items())
    return f"Gave {noun} {given}"
