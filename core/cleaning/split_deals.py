"""Step `split`: deal products to train, validation and test, with duplicates on one side."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.import_options import ImportOptions
from core.catalog.schema import duplicate_groups, product_pictures
from core.catalog.sources import SPLITS
from core.cleaning.catalog_rows import product_batches
from core.cleaning.lots import draw_lots
from core.cleaning.step import ChangeGroup, Plan, ProductChange
from core.home import Home
from core.models.near_duplicates import join_groups
from core.models.settings import check_settings, setting
from core.progress import Progress

_BATCH = 5000


@dataclass(frozen=True)
class SplitSettings:
    """Settings of the step `split`."""

    shares: str = setting("8:1:1", help="Shares of train, validation and test.")
    keep: bool = setting(False, help="Products that have a split keep it; only the others are dealt.")
    seed: int = setting(7, help="Another seed deals otherwise.", minimum=0, maximum=2**32 - 1)

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
        ImportOptions(split=self.shares)


@dataclass(frozen=True)
class _Deal:
    product_ids: list[str]
    present: np.ndarray  # int8 (N,): side each has, -1 without one
    codes: np.ndarray  # int64 (N,): category
    groups: np.ndarray  # int64 (N,): products of one group share a side


def plan_split(home: Home, catalog: Catalog, settings: SplitSettings, progress: Progress) -> Plan:
    """Deal whole groups of duplicates, category by category, to the side furthest below its share."""
    progress.report(0, None, "grouping duplicates")
    with read(home) as connection:
        deal = _read_deal(connection, catalog)
    shares = ImportOptions(split=settings.shares).shares or (1.0, 0.0, 0.0)
    sides = deal_sides(
        deal.groups,
        deal.codes,
        lots=draw_lots(deal.product_ids, seed=settings.seed),
        shares=shares,
        present=deal.present if settings.keep else np.full(len(deal.present), -1, dtype=np.int8),
    )
    changed = np.flatnonzero(sides != deal.present)
    counts = np.bincount(sides, minlength=3)
    together = int((np.bincount(deal.groups) > 1).sum()) if len(deal.groups) else 0
    dealt = ", ".join(f"{count:,} {name}" for name, count in zip(SPLITS, counts.tolist(), strict=True))
    return Plan(
        summary=f"Deals {len(sides):,} products to {dealt}; {together:,} groups of duplicates stay together; "
        f"{len(changed):,} products change sides",
        total=len(changed),
        changes=lambda _connection: _changes(deal, sides, changed),
        groups=_groups(deal.present, sides),
        figures={
            **dict(zip(SPLITS, counts.tolist(), strict=True)),
            "groups_kept_together": together,
            "groups_parted": _parted(deal.groups, sides),
        },
    )


def deal_sides(
    groups: np.ndarray, codes: np.ndarray, *, lots: np.ndarray, shares: tuple[float, float, float], present: np.ndarray
) -> np.ndarray:
    """Deal products to sides; the order they come in does not matter.

    Args:
        groups: Int64 array of shape (N,): products of one group share a side.
        codes: Int64 array of shape (N,): category of each, -1 without one.
        lots: Uint64 array of shape (N,): decide the order within a category.
        shares: Of train, validation and test, summing to 1.
        present: Int8 array of shape (N,): the side a product keeps, -1 for those to deal.

    Returns:
        Int8 array of shape (N,): 0 train, 1 validation, 2 test.
    """
    if not len(groups):
        return np.zeros(0, dtype=np.int8)
    count = int(groups.max()) + 1
    sizes = np.bincount(groups, minlength=count)
    lot = np.full(count, np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(lot, groups, lots)
    category = _main_category(groups, codes, lots, count)
    kept = np.full(count, -1, dtype=np.int8)
    np.maximum.at(kept, groups, present)  # a group on several sides keeps the last: test rather than train
    held = np.zeros((int(category.max()) + 2, 3))
    totals = np.bincount(category + 1, weights=sizes, minlength=len(held))
    np.add.at(held, (category[kept >= 0] + 1, kept[kept >= 0]), sizes[kept >= 0])
    side = kept.copy()
    free = np.flatnonzero(kept < 0)
    overall = held.sum(axis=0)
    # Large groups first, while there is room for them; then by lot.
    for group in free[np.lexsort((lot[free], -sizes[free], category[free]))].tolist():
        row, size = category[group] + 1, sizes[group]
        dealt = overall.sum() + size
        # A category of one product lacks train most, always: what all categories together lack makes up for it.
        lacking = [
            share * totals[row] - held[row, place] + share * dealt - overall[place] if share > 0 else -np.inf
            for place, share in enumerate(shares)
        ]
        best = int(np.argmax(lacking))
        side[group] = best
        held[row, best] += size
        overall[best] += size
    return np.where(present >= 0, present, side[groups]).astype(np.int8)


def _main_category(groups: np.ndarray, codes: np.ndarray, lots: np.ndarray, count: int) -> np.ndarray:
    """Choose the category of each group: that of its member with the lowest lot."""
    order = np.lexsort((lots, groups))
    first = order[np.unique(groups[order], return_index=True)[1]]
    main = np.full(count, -1, dtype=np.int64)
    main[groups[first]] = codes[first]
    return main


def _read_deal(connection: Connection, catalog: Catalog) -> _Deal:
    product_ids: list[str] = []
    present: list[int] = []
    codes: list[int] = []
    numbers: dict[str, int] = {}
    sides = {name: place for place, name in enumerate(SPLITS)}
    for rows in product_batches(connection, catalog.catalog_id, ["category", "split"]):
        for product_id, category, split in rows:
            product_ids.append(product_id)
            present.append(sides.get(split, -1))
            codes.append(-1 if category is None else numbers.setdefault(category, len(numbers)))
    # Names of categories come in the order of ids, which is the same whenever the catalog is.
    groups = product_groups(connection, catalog, product_ids)
    return _Deal(product_ids, np.array(present, dtype=np.int8), np.array(codes, dtype=np.int64), groups)


def product_groups(connection: Connection, catalog: Catalog, product_ids: list[str]) -> np.ndarray:
    """Number the groups of products that must not part: those that share a picture, or near duplicates of one.

    Returns:
        Int64 array of shape (N,); near duplicates are those the step `duplicates` found last.
    """
    place = {product_id: row for row, product_id in enumerate(product_ids)}
    pairs: list[tuple[int, int]] = []
    shown, near = product_pictures.c, duplicate_groups.c
    by_hash = select(shown.picture_hash, shown.product_id).where(shown.catalog_id == catalog.catalog_id)
    by_group = select(near.group_id, near.product_id).where(near.catalog_id == catalog.catalog_id, near.kind == "near")
    for query in (by_hash, by_group):
        first: dict[object, int] = {}
        for key, product_id in connection.execute(query):
            row = place.get(product_id)
            if row is not None and (owner := first.setdefault(key, row)) != row:
                pairs.append((owner, row))
    return join_groups(len(product_ids), pairs)


def _changes(deal: _Deal, sides: np.ndarray, changed: np.ndarray) -> Iterator[list[ProductChange]]:
    for start in range(0, len(changed), _BATCH):
        yield [
            ProductChange(
                deal.product_ids[row], {"split": _name(int(deal.present[row]))}, {"split": _name(int(sides[row]))}
            )
            for row in changed[start : start + _BATCH].tolist()
        ]


def _groups(present: np.ndarray, sides: np.ndarray) -> tuple[ChangeGroup, ...]:
    pairs, counts = np.unique(np.stack((present, sides)), axis=1, return_counts=True)
    groups = [
        ChangeGroup("split", _name(int(before)), _name(int(after)), int(count))
        for before, after, count in zip(*pairs, counts, strict=True)
        if before != after
    ]
    return tuple(sorted(groups, key=lambda group: -group.products))


def _parted(groups: np.ndarray, sides: np.ndarray) -> int:
    """Count groups that stand on several sides, as where products keep the split they have."""
    if not len(groups):
        return 0
    pairs = np.unique(np.stack((groups, sides.astype(np.int64))), axis=1)
    return int((np.bincount(pairs[0]) > 1).sum())


def _name(side: int) -> str | None:
    return SPLITS[side] if side >= 0 else None
