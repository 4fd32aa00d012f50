"""Slices: products of a catalog kept under a name, to look at, judge or review again."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.catalog.catalogs import Catalog
from core.catalog.documents import (
    Document,
    add_document,
    change_document,
    delete_document,
    find_document,
    list_documents,
)
from core.errors import CatalogError
from core.home import Home

KIND = "slice"
MOST_PRODUCTS = 1_000_000
_MOST_NOTE_CHARACTERS = 2_000


@dataclass(frozen=True)
class Slice:
    """Products kept under a name.

    Attributes:
        name: What people call it.
        product_ids: The products, as they were when it was saved; some may have left the catalog since.
        note: Why it was kept, in somebody's words.
        revision: Rises with every change.
        created: UTC time, ISO 8601.
        created_by: Who saved it.
    """

    name: str
    product_ids: tuple[str, ...]
    note: str
    revision: int
    created: str
    created_by: str


def save_slice(
    home: Home,
    catalog: Catalog,
    name: str,
    product_ids: Sequence[str],
    *,
    note: str = "",
    actor: str,
    replace: bool = False,
) -> Slice:
    """Keep products under a name.

    Args:
        home: The home.
        catalog: The catalog they belong to.
        name: Letters, digits, ``-`` and ``_``.
        product_ids: The products; each is kept once, in this order.
        note: Why, in at most 2,000 characters.
        actor: Who keeps them.
        replace: Change the slice of that name when there is one.

    Raises:
        CatalogError: There is no product, one is no text, there are too many, the note is too long, or the name is
            none or taken.
    """
    kept = list(dict.fromkeys(product_ids))
    if not kept:
        raise CatalogError("a slice needs at least one product: select some first")
    if len(kept) > MOST_PRODUCTS:
        raise CatalogError(f"a slice holds at most {MOST_PRODUCTS:,} products, not {len(kept):,}: narrow it down")
    if not all(isinstance(product_id, str) and product_id for product_id in kept):
        raise CatalogError("every product of a slice must be an id, a text that is not empty")
    if len(note) > _MOST_NOTE_CHARACTERS:
        raise CatalogError(f"the note has {len(note):,} characters, at most {_MOST_NOTE_CHARACTERS:,} are kept")
    body = {"product_ids": kept, "note": note}
    if replace and name in {document.name for document in list_documents(home, catalog, KIND)}:
        known = find_document(home, catalog, KIND, name)
        return _slice(change_document(home, catalog, known, body=body, actor=actor))
    return _slice(add_document(home, catalog, KIND, name, body=body, actor=actor))


def list_slices(home: Home, catalog: Catalog) -> list[Slice]:
    """List the slices of a catalog by name."""
    return [_slice(document) for document in list_documents(home, catalog, KIND)]


def read_slice(home: Home, catalog: Catalog, name: str) -> Slice:
    """Read a slice.

    Raises:
        CatalogError: The catalog has none of that name, or what is kept is no slice.
    """
    return _slice(find_document(home, catalog, KIND, name))


def rename_slice(home: Home, catalog: Catalog, name: str, new_name: str, *, actor: str) -> Slice:
    """Give a slice another name.

    Raises:
        CatalogError: There is none of that name, or the new one is none or taken.
    """
    return _slice(change_document(home, catalog, find_document(home, catalog, KIND, name), name=new_name, actor=actor))


def delete_slice(home: Home, catalog: Catalog, name: str, *, actor: str) -> int:
    """Delete a slice, not its products; gives the number of the change, for undoing.

    Raises:
        CatalogError: There is none of that name.
    """
    return delete_document(home, catalog, find_document(home, catalog, KIND, name), actor=actor)


def _slice(document: Document) -> Slice:
    product_ids, note = document.body.get("product_ids"), document.body.get("note", "")
    if not isinstance(product_ids, list) or not all(isinstance(each, str) for each in product_ids):
        raise CatalogError(f"the slice {document.name!r} is damaged (no list of product ids): delete it, or undo")
    return Slice(
        name=document.name,
        product_ids=tuple(product_ids),
        note=note if isinstance(note, str) else "",
        revision=document.revision,
        created=document.created,
        created_by=document.created_by,
    )
