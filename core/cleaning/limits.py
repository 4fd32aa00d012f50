"""Steps `cap-per-category` and `under-sample`: large categories give products up, drawn by lot."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.schema import product_pictures, products
from core.cleaning.catalog_rows import in_catalog, product_batches
from core.cleaning.category_paths import top_levels
from core.cleaning.lots import draw_lots
from core.cleaning.step import Batches, ChangeGroup, Plan, ProductChange
from core.errors import SettingsError
from core.home import Home
from core.models.settings import check_settings, setting
from core.progress import Progress

CAPPED, UNDER_SAMPLED = "cap per category", "under-sampled"
"""What `left_out` says of products that these steps took out."""


@dataclass(frozen=True)
class CapSettings:
    """Settings of the step `cap-per-category`."""

    most: int = setting(300, help="At most so many stay in a category.", unit="products", minimum=1)
    count: str = setting(
        "products",
        help="What is counted: products, or their pictures.",
        choices=("products", "pictures"),
    )
    level: int = setting(0, help="Level of the category that counts; 0 takes the whole path.", minimum=0, maximum=50)
    seed: int = setting(7, help="Another seed draws other products.", minimum=0, maximum=2**32 - 1)

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)


@dataclass(frozen=True)
class UnderSampleSettings:
    """Settings of the step `under-sample`; the defaults are those of the Flipkart report."""

    above: int = setting(2000, help="Categories with more are sampled.", unit="products", minimum=1)
    down_to: int = setting(1500, help="So many of each stay.", unit="products", minimum=1)
    only_train: bool = setting(False, help="Count and take out only products of the train split.")
    level: int = setting(0, help="Level of the category that counts; 0 takes the whole path.", minimum=0, maximum=50)
    seed: int = setting(7, help="Another seed draws other products.", minimum=0, maximum=2**32 - 1)

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
        if self.down_to > self.above:
            raise SettingsError(f"down_to is {self.down_to}: expected at most above, which is {self.above}")


@dataclass(frozen=True)
class _Members:
    """The products a limit looks at, by position.

    Attributes:
        product_ids: N ids in order.
        codes: Int64 (N,): number of the category; -1 without one.
        names: Category by number.
    """

    product_ids: list[str]
    codes: np.ndarray
    names: list[str]


def plan_cap(home: Home, catalog: Catalog, settings: CapSettings, _progress: Progress) -> Plan:
    """Keep at most N products, or pictures, of every category."""
    with read(home) as connection:
        members = _members(connection, catalog, level=settings.level)
        weights = np.ones(len(members.product_ids), dtype=np.int64)
        if settings.count == "pictures":
            weights = _picture_counts(connection, catalog, members.product_ids)
    order = _lot_order(members, seed=settings.seed)
    running = _running_totals(members.codes[order], weights[order])
    out = np.zeros(len(order), dtype=bool)
    out[order] = (running > settings.most) & (members.codes[order] >= 0)
    return _plan(members, out, catalog, reason=CAPPED, told=f"at most {settings.most:,} {settings.count} a category")


def plan_under_sample(home: Home, catalog: Catalog, settings: UnderSampleSettings, _progress: Progress) -> Plan:
    """Sample the categories above one size down to another."""
    with read(home) as connection:
        only = (products.c.split == "train",) if settings.only_train else ()
        members = _members(connection, catalog, level=settings.level, where=only)
    sizes = np.bincount(members.codes[members.codes >= 0], minlength=len(members.names) + 1)
    order = _lot_order(members, seed=settings.seed)
    codes = members.codes[order]
    rank = _running_totals(codes, np.ones(len(order), dtype=np.int64))
    out = np.zeros(len(order), dtype=bool)
    # A category between the two sizes keeps all: sampled once, it is never sampled again.
    out[order] = (codes >= 0) & (sizes[codes] > settings.above) & (rank > settings.down_to)
    told = f"categories above {settings.above:,} products sampled down to {settings.down_to:,}"
    return _plan(members, out, catalog, reason=UNDER_SAMPLED, told=told)


def _members(
    connection: Connection, catalog: Catalog, *, level: int, where: tuple[ColumnElement[bool], ...] = ()
) -> _Members:
    product_ids: list[str] = []
    codes: list[int] = []
    numbers: dict[str, int] = {}
    cut: dict[str, str] = {}
    conditions = (*in_catalog(catalog.catalog_id), *where)
    for rows in product_batches(connection, catalog.catalog_id, ["category"], where=conditions):
        for product_id, path in rows:
            product_ids.append(product_id)
            if path is None:
                codes.append(-1)
                continue
            name = cut.get(path) or cut.setdefault(path, top_levels(path, level) or path)
            codes.append(numbers.setdefault(name, len(numbers)))
    return _Members(product_ids, np.array(codes, dtype=np.int64), list(numbers))


def _picture_counts(connection: Connection, catalog: Catalog, product_ids: list[str]) -> np.ndarray:
    table = product_pictures.c
    query = select(table.product_id, func.count()).where(table.catalog_id == catalog.catalog_id)
    counts = {row[0]: int(row[1]) for row in connection.execute(query.group_by(table.product_id))}
    return np.fromiter((counts.get(each, 0) for each in product_ids), dtype=np.int64, count=len(product_ids))


def _lot_order(members: _Members, *, seed: int) -> np.ndarray:
    """Sort products by category, within it by lot; equal lots, which hardly occur, by id."""
    lots = draw_lots(members.product_ids, seed=seed)
    return np.lexsort((lots, members.codes))


def _running_totals(codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sum weights within each run of equal codes."""
    totals = np.cumsum(weights)
    starts = np.flatnonzero(np.diff(codes, prepend=codes[0] - 1 if len(codes) else 0))
    before = np.repeat(totals[starts] - weights[starts], np.diff(np.append(starts, len(codes))))
    return np.asarray(totals - before)


def _plan(members: _Members, out: np.ndarray, catalog: Catalog, *, reason: str, told: str) -> Plan:
    counts = np.bincount(members.codes[out], minlength=len(members.names))
    sizes = np.bincount(members.codes[members.codes >= 0], minlength=len(members.names))
    hit = np.flatnonzero(counts)
    hit = hit[np.argsort(-counts[hit], kind="stable")]
    total = int(out.sum())
    groups = tuple(
        ChangeGroup("left_out", f"{members.names[code]} ({sizes[code]:,} products)", reason, int(counts[code]))
        for code in hit[:1000].tolist()
    )
    left_out = [members.product_ids[row] for row in np.flatnonzero(out).tolist()]
    return Plan(
        summary=f"Leaves {total:,} of {len(out):,} products out: {told}; {len(hit):,} categories are larger",
        total=total,
        changes=leaving_out(left_out, reason=reason),
        groups=groups,
        figures={"products": len(out), "left_out": total, "categories": len(hit)},
    )


def leaving_out(product_ids: list[str], *, reason: str) -> Batches:
    """Give the changes that take products out of the catalog."""

    def batches(_connection: Connection) -> Iterator[list[ProductChange]]:
        for start in range(0, len(product_ids), 5000):
            yield [
                ProductChange(product_id, {"left_out": None}, {"left_out": reason})
                for product_id in product_ids[start : start + 5000]
            ]

    return batches
