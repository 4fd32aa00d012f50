"""Dividing products into train, validation and test: evenly in every category, duplicates on one side."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from math import floor

from sqlalchemy import ColumnElement, Connection, select

from core.catalog.log import Change
from core.catalog.schema import duplicate_groups, product_pictures, products
from core.catalog.sources import SPLITS

Shares = tuple[float, float, float]


def choose_splits(
    products: list[tuple[str, str | None, str | None]],
    links: Iterable[tuple[str, str]],
    *,
    shares: Shares,
    seed: int,
) -> dict[str, str]:
    """Choose a split for every product that has none.

    Products that share a picture, directly or through others, stay together and join the split that one of them has
    already. The others fill up, category by category, whichever split is furthest below its share. What is less than
    one product of a category's share goes by the shares of all products: else every small category would go to train.

    Args:
        products: (product_id, category, split or None), each id once.
        links: (product_id, picture_hash).
        shares: Of train, validation and test, summing to 1.
        seed: Another seed divides otherwise.

    Returns:
        The chosen split by `product_id`, for those that had none.
    """
    category = {product_id: name or "" for product_id, name, _split in products}
    split = {product_id: side for product_id, _name, side in products if side in SPLITS}
    totals = Counter(category.values())
    groups = _groups(list(category), links)
    chosen: dict[str, str] = {}
    free: list[list[str]] = []
    for group in groups:
        sides = Counter(split[product_id] for product_id in group if product_id in split)
        if sides:
            side = max(SPLITS, key=lambda name: sides[name])
            chosen |= {product_id: side for product_id in group if product_id not in split}
        else:
            free.append(group)
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for product_id, side in {**split, **chosen}.items():
        held[category[product_id]][side] += 1
    overall = Counter({**split, **chosen}.values())
    # Large groups first, while there is room for them; then in the order of the seed.
    for group in sorted(free, key=lambda group: (-len(group), _lot(group[0], seed))):
        name = Counter(category[product_id] for product_id in group).most_common(1)[0][0]
        wanting = _emptiest(held[name], total=totals[name], shares=shares, least=1)
        side = wanting or _emptiest(overall, total=overall.total() + len(group), shares=shares) or SPLITS[0]
        chosen |= dict.fromkeys(group, side)
        overall[side] += len(group)
        for product_id in group:
            held[category[product_id]][side] += 1
    return chosen


def assign_splits(change: Change, *, catalog_id: int, shares: Shares, seed: int) -> int:
    """Give every product of a catalog that has no split one; return how many got one."""
    chosen = _chosen(change.connection, catalog_id=catalog_id, shares=shares, seed=seed)
    changes = [({"catalog_id": catalog_id, "product_id": name}, {"split": side}) for name, side in chosen.items()]
    change.update_many(products, changes)
    return len(chosen)


def lacks_splits(connection: Connection, catalog_id: int) -> bool:
    """Tell whether a catalog has products without a split."""
    query = select(products.c.product_id).where(*_present(catalog_id), products.c.split.is_(None))
    return connection.execute(query.limit(1)).first() is not None


def _chosen(connection: Connection, *, catalog_id: int, shares: Shares, seed: int) -> dict[str, str]:
    columns = (products.c.product_id, products.c.category, products.c.split)
    query = select(*columns).where(*_present(catalog_id)).order_by(products.c.product_id)
    rows = [(row[0], row[1], row[2]) for row in connection.execute(query)]
    joined = select(product_pictures.c.product_id, product_pictures.c.picture_hash)
    links = connection.execute(joined.where(product_pictures.c.catalog_id == catalog_id))
    pairs = [(row[0], row[1]) for row in links]
    # Nearly equal pictures, as the cleaning step `duplicates` found them last, keep their products together too.
    near = select(duplicate_groups.c.product_id, duplicate_groups.c.group_id)
    near = near.where(duplicate_groups.c.catalog_id == catalog_id, duplicate_groups.c.kind == "near")
    pairs += [(row[0], f"near {row[1]}") for row in connection.execute(near)]
    return choose_splits(rows, pairs, shares=shares, seed=seed)


def _present(catalog_id: int) -> tuple[ColumnElement[bool], ...]:
    """The conditions on the products of a catalog that no cleaning step took out."""
    return products.c.catalog_id == catalog_id, products.c.left_out.is_(None)


def _groups(product_ids: list[str], links: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Gather products that share pictures, directly or through others (union-find); ids sorted in each group."""
    parent = {product_id: product_id for product_id in product_ids}

    def root(product_id: str) -> str:
        while parent[product_id] != product_id:
            parent[product_id] = parent[parent[product_id]]
            product_id = parent[product_id]
        return product_id

    owner: dict[str, str] = {}
    for product_id, picture_hash in links:
        if product_id in parent:
            parent[root(product_id)] = root(owner.setdefault(picture_hash, product_id))
    groups: dict[str, list[str]] = defaultdict(list)
    for product_id in sorted(product_ids):
        groups[root(product_id)].append(product_id)
    return list(groups.values())


def _emptiest(held: Counter[str], *, total: int, shares: Shares, least: int | None = None) -> str | None:
    """Choose the split furthest below its share; the first of equals, never one without a share.

    Args:
        held: How many products each split holds.
        total: Of how many products it is to hold its share.
        shares: Of train, validation and test.
        least: Only splits whose share, rounded down, lacks at least so many products; None lets each be chosen.
    """
    wanted = [(side, share * total) for side, share in zip(SPLITS, shares, strict=True) if share > 0]
    if least is not None:
        wanted = [(side, size) for side, size in wanted if floor(size + 1e-9) - held[side] >= least]
    return max(wanted, key=lambda item: item[1] - held[item[0]])[0] if wanted else None


def _lot(product_id: str, seed: int) -> bytes:
    """Draw a product's lot: always the same for the same id and seed, on every machine."""
    return hashlib.sha256(f"{seed}:{product_id}".encode()).digest()
