"""Step `merge-products`: rows that are one product become one product with all their pictures."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Connection, or_

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.schema import products
from core.cleaning.catalog_rows import product_batches
from core.cleaning.completeness import completeness
from core.cleaning.folding import fold_name
from core.cleaning.picture_links import product_hashes
from core.cleaning.step import PICTURES, Batches, ChangeGroup, Plan, ProductChange
from core.errors import SettingsError
from core.home import Home
from core.models.settings import check_settings, setting
from core.progress import Progress

MERGED = "merged into another product"
"""What `left_out` says of products that this step took out."""

_COLUMNS = ("title", "brand", "category", "color", "description")
_ATTRIBUTE = "attribute."
_ID_START = "id_start"
_GROUPS_AT_ONCE = 500


@dataclass(frozen=True)
class ProductMergeSettings:
    """Settings of the step `merge-products`."""

    key: str = setting(
        "title",
        help="What one product shares: title, brand, category, color, description, attribute.NAME or id_start (the "
        "id up to the last separator); several with commas between them must all be equal.",
    )
    separators: str = setting("-_#.", help="Characters that end the shared start of an id, for id_start.")

    def __post_init__(self) -> None:
        """Check the key."""
        check_settings(self)
        for name in self.names:
            if name not in (*_COLUMNS, _ID_START) and not (name.startswith(_ATTRIBUTE) and name != _ATTRIBUTE):
                raise SettingsError(
                    f"key names {name[:100]!r}: expected {', '.join(_COLUMNS)}, {_ID_START} or {_ATTRIBUTE}NAME"
                )
        if not self.names:
            raise SettingsError("key is empty: name what one product shares, such as title")

    @property
    def names(self) -> tuple[str, ...]:
        """The parts of the key."""
        return tuple(name.strip() for name in self.key.split(",") if name.strip())


@dataclass
class _Rows:
    """Every product with a key, by position."""

    product_ids: list[str] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    present: list[bool] = field(default_factory=list)


def plan_product_merges(home: Home, catalog: Catalog, settings: ProductMergeSettings, progress: Progress) -> Plan:
    """Find products with the same key; the one with the most data takes the pictures of the others."""
    progress.report(0, None, "comparing products")
    with read(home) as connection:
        groups = _same_products(_read_rows(connection, catalog, settings))
        total = taken = 0
        sizes: dict[int, int] = {}
        for changes in _changes(connection, catalog, groups):
            total += len(changes)
            taken += sum("left_out" in change.after for change in changes)
    for group in groups:
        sizes[len(group)] = sizes.get(len(group), 0) + 1
    return Plan(
        summary=f"Joins rows that share {', '.join(settings.names)}: {taken:,} products go into "
        f"{total - taken:,} others, which take their pictures",
        total=total,
        changes=_batches(catalog, groups),
        groups=tuple(ChangeGroup(PICTURES, f"{size} rows", "1 product", count) for size, count in sorted(sizes.items()))
        if total
        else (),
        figures={"groups": len(groups), "left_out": taken},
    )


def _read_rows(connection: Connection, catalog: Catalog, settings: ProductMergeSettings) -> _Rows:
    """Read the key of every product that is in the catalog, or was merged: importing again may undo its merging."""
    key = _key_of(settings)
    columns = [name for name in settings.names if name in _COLUMNS]
    columns += ["attributes"] if any(name.startswith(_ATTRIBUTE) for name in settings.names) else []
    rows = _Rows()
    candidates = (or_(products.c.left_out.is_(None), products.c.left_out == MERGED),)
    for batch in product_batches(connection, catalog.catalog_id, [*columns, "left_out"], where=candidates):
        for row in batch:
            found = key(row)
            if found is not None:
                rows.product_ids.append(row.product_id)
                rows.keys.append(found)
                rows.present.append(row.left_out is None)
    return rows


def _key_of(settings: ProductMergeSettings) -> Callable[[Any], int | None]:
    """Make what gives a product's key as a number; None where a part of it is missing."""

    def part(row: Any, name: str) -> str:
        if name == _ID_START:
            return _id_start(row.product_id, settings.separators)
        if name.startswith(_ATTRIBUTE):
            attributes = row.attributes if isinstance(row.attributes, dict) else {}
            value = attributes.get(name.removeprefix(_ATTRIBUTE))
            return "" if value is None else fold_name(str(value))
        return fold_name(row._mapping[name] or "")

    def key(row: Any) -> int | None:
        parts = [part(row, name) for name in settings.names]
        if not all(parts):
            return None
        digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).digest()
        return int.from_bytes(digest[:8], signed=True)

    return key


def _id_start(product_id: str, separators: str) -> str:
    """Give an id up to its last separator; an empty text where it has none."""
    place = max((product_id.rfind(each) for each in separators), default=-1)
    return product_id[:place] if place > 0 else ""


def _same_products(rows: _Rows) -> list[list[tuple[str, bool]]]:
    """Gather products of one key, those with at least two members of which one is in the catalog."""
    if not rows.keys:
        return []
    _values, numbers, counts = np.unique(np.array(rows.keys, dtype=np.int64), return_inverse=True, return_counts=True)
    shared = np.flatnonzero(counts[numbers] > 1)
    groups: dict[int, list[tuple[str, bool]]] = {}
    for row in shared.tolist():
        groups.setdefault(int(numbers[row]), []).append((rows.product_ids[row], rows.present[row]))
    return [group for group in groups.values() if any(present for _id, present in group)]


def _batches(catalog: Catalog, groups: list[list[tuple[str, bool]]]) -> Batches:
    return lambda connection: _changes(connection, catalog, groups)


def _changes(
    connection: Connection, catalog: Catalog, groups: list[list[tuple[str, bool]]]
) -> Iterator[list[ProductChange]]:
    for start in range(0, len(groups), _GROUPS_AT_ONCE):
        part = groups[start : start + _GROUPS_AT_ONCE]
        ids = [product_id for group in part for product_id, _present in group]
        data, hashes = completeness(connection, catalog, ids), product_hashes(connection, catalog, ids)
        yield [change for group in part for change in _group_changes(group, data, hashes)]


def _group_changes(
    group: list[tuple[str, bool]], data: dict[str, int], hashes: dict[str, list[str]]
) -> Iterator[ProductChange]:
    ranked = sorted(
        (product_id for product_id, present in group if present), key=lambda each: (-data.get(each, 0), each)
    )
    kept, others = ranked[0], ranked[1:]
    merged = sorted(product_id for product_id, present in group if not present)
    together = list(dict.fromkeys(each for product_id in (kept, *others, *merged) for each in hashes[product_id]))
    if together != hashes[kept] and set(together) != set(hashes[kept]):
        yield ProductChange(kept, {PICTURES: hashes[kept]}, {PICTURES: together})
    for product_id in others:
        yield ProductChange(product_id, {"left_out": None}, {"left_out": MERGED})
