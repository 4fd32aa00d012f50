"""Accepted findings: what accepting writes, writing all of them as one change, and taking them along as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.catalog.catalogs import Catalog
from core.catalog.export_cells import csv_lines, optional_cell, safe_cell
from core.catalog.log import change
from core.catalog.money import format_price
from core.catalog.product_edits import typed_category
from core.catalog.products import Product
from core.catalog.schema import product_pictures, products
from core.catalog.tables.cells import UNCLEAN
from core.cleaning.duplicates import SURPLUS
from core.errors import CatalogError
from core.home import Home
from core.review.decisions import Decision
from core.review.findings import DUPLICATES, LABELS, PICTURES, PRICES, SENT, Finding
from core.review.product_states import WRITTEN_FIELD, name_pictures, read_states

ODD_PICTURE = "odd picture"
"""What `left_out` says of products whose pictures a reviewer found wanting."""

_LONGEST_CATEGORY = 1000
_IDS_A_QUERY = 500
_COLUMNS = ("product_id", "kind", "field", "before", "after", "score", "decided_by", "decided_at")
_SUMMARIES = {
    LABELS: "Review: moved {} to another category",
    SENT: "Review: moved {} to another category",
    PRICES: "Review: corrected the price of {}",
    DUPLICATES: "Review: left {} out as copies",
    PICTURES: "Review: left {} out for their pictures",
}


@dataclass(frozen=True)
class Written:
    """What writing accepted decisions did.

    Attributes:
        event_id: The change, for undoing; None when nothing was left to write.
        product_ids: The products that were changed.
        overtaken: Products that somebody changed since they were decided about: left as they are.
    """

    event_id: int | None
    product_ids: tuple[str, ...]
    overtaken: tuple[str, ...]


def accepted_value(finding: Finding) -> Any:
    """Give the value that accepting a finding writes.

    Raises:
        CatalogError: There is no suggestion to accept.
    """
    if finding.kind == PRICES:
        return None  # a price is never made up: it is taken off, or typed by who knows it
    if finding.kind == DUPLICATES and finding.suggested is not None:
        return SURPLUS
    if finding.kind == PICTURES:
        return ODD_PICTURE
    if finding.suggested is None:
        raise CatalogError("nothing is suggested for this product: choose a category, keep it, or put it off")
    return finding.suggested


def chosen_value(kind: str, typed: str, product: Product) -> Any:
    """Read what a reviewer typed instead of the suggestion: a category, or a price in the product's currency.

    Raises:
        CatalogError: It is neither, or nothing can be chosen for findings of this kind.
    """
    if kind in (LABELS, SENT):
        return check_category(typed)
    if kind == PRICES:
        from core.catalog.prices import parse_price

        found = parse_price(typed, currency=product.currency)
        if found.currency != product.currency:
            raise CatalogError(f"this product's prices are in {product.currency}, not {found.currency}")
        return found.minor_units
    raise CatalogError("here only accepting, keeping and putting off can be decided")


def check_category(typed: str) -> str:
    """Read a category that somebody typed.

    Raises:
        CatalogError: It is empty, too long, or holds signs that cannot be printed.
    """
    category = typed_category(typed)
    if category is None:
        raise CatalogError("a category is missing: choose one, or type a path such as Clothing > Shirts")
    if len(category) > _LONGEST_CATEGORY:
        raise CatalogError(
            f"a category has at most {_LONGEST_CATEGORY:,} characters, not {len(category):,}: shorten it"
        )
    if UNCLEAN.search(category):
        raise CatalogError(f"the category holds signs that cannot be printed, {category!r:.100}: type it anew")
    return category


def write_accepted(home: Home, catalog: Catalog, kind: str, accepted: Sequence[Decision], *, actor: str) -> Written:
    """Write accepted decisions as one change, undone in one; what somebody changed meanwhile stays as theirs.

    Args:
        home: The home.
        catalog: The catalog.
        kind: Of the findings.
        accepted: Decisions that wait to be written.
        actor: Who writes them.
    """
    if not accepted:
        return Written(None, (), ())
    mine = products.c.catalog_id == catalog.catalog_id
    changes, overtaken = [], []
    with change(home, actor=actor, kind="review", summary="Reviewing", catalog_id=catalog.catalog_id) as writing:
        for start in range(0, len(accepted), _IDS_A_QUERY):
            part = {each.product_id: each for each in accepted[start : start + _IDS_A_QUERY]}
            query = select(products).where(mine, products.c.product_id.in_(part)).with_for_update()
            rows = {row["product_id"]: row for row in writing.connection.execute(query).mappings()}
            shown = _pictures(writing.connection, catalog, list(part))
            for product_id, decision in part.items():
                row = rows.get(product_id)
                if row is None or not _still_seen(row, shown.get(product_id, []), decision):
                    overtaken.append(product_id)
                else:
                    key = {"catalog_id": catalog.catalog_id, "product_id": product_id}
                    changes.append((key, _new_values(kind, decision)))
        if changes:
            writing.update_many(products, changes)
        count = "1 product" if len(changes) == 1 else f"{len(changes):,} products"
        writing.summarize(_SUMMARIES[kind].format(count))
        return Written(writing.event_id, tuple(str(key["product_id"]) for key, _values in changes), tuple(overtaken))


def corrections_csv(home: Home, catalog: Catalog, kind: str, accepted: Sequence[Decision]) -> str:
    """Write accepted decisions as CSV that no spreadsheet takes for formulas.

    Columns: product_id, kind, field, before, after, score, decided_by, decided_at.
    """
    states = read_states(home, catalog, [each.product_id for each in accepted])
    field, rows = WRITTEN_FIELD[kind], [list(_COLUMNS)]
    for each in accepted:
        state = states.get(each.product_id)
        currency = state.product.currency if state is not None else None
        before, after = (_written(field, value, currency) for value in (each.seen.get(field), each.to))
        score = "" if each.score is None else f"{each.score:.4f}"
        cells = [safe_cell(each.product_id), kind, field, optional_cell(before), optional_cell(after), score]
        rows.append([*cells, safe_cell(each.actor), each.at])
    return csv_lines(rows)


def _new_values(kind: str, decision: Decision) -> dict[str, Any]:
    values = {WRITTEN_FIELD[kind]: decision.to}
    return values | ({"currency": None} if kind == PRICES and decision.to is None else {})


def _still_seen(row: Any, picture_hashes: Sequence[str], decision: Decision) -> bool:
    return all(
        (name_pictures(picture_hashes) if name == "pictures" else row.get(name)) == value
        for name, value in decision.seen.items()
    )


def _pictures(connection: Any, catalog: Catalog, product_ids: Sequence[str]) -> dict[str, list[str]]:
    link = product_pictures.c
    query = select(link.product_id, link.picture_hash).where(
        link.catalog_id == catalog.catalog_id, link.product_id.in_(product_ids)
    )
    found: dict[str, list[str]] = {}
    for product_id, picture_hash in connection.execute(query.order_by(link.product_id, link.position)):
        found.setdefault(product_id, []).append(picture_hash)
    return found


def _written(field: str, value: Any, currency: str | None) -> str | None:
    if field == "price_minor_units" and isinstance(value, int):
        return format_price(value, currency) or str(value)
    return None if value is None else str(value)
