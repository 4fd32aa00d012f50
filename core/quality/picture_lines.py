"""Lines of the quality report about pictures, duplicates and the files that imports skipped."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, distinct, func, select

from core.catalog.product_filter import ProductFilter
from core.catalog.schema import (
    duplicate_groups,
    imports,
    picture_measures,
    pictures,
    product_pictures,
    products,
    skipped_files,
)
from core.catalog.sources import SKIP_REASONS
from core.cleaning.catalog_rows import in_catalog
from core.quality.measuring import own_pictures
from core.quality.picture_limits import find_limits, judge_pictures
from core.quality.quality_report import MOST_PRODUCTS, QualityLine, checked_line
from core.vision.picture_measures import MEASURES_VERSION

_MEASURES = ("brightness", "highlight", "sharpness", "information", "edges")
_HASHES_A_QUERY = 500
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class PictureFacts:
    """What is known of the different pictures of a catalog. P pictures.

    Attributes:
        hashes: P hashes.
        width_px: float (P,).
        height_px: float (P,).
        formats: Pictures by format.
        measures: Measures by name, float (P,), NaN where unknown.
        measured: bool (P,): looked at by the present version of the measuring.
        unreadable: bool (P,): could not be opened then.
    """

    hashes: Sequence[str]
    width_px: np.ndarray
    height_px: np.ndarray
    formats: Mapping[str, int]
    measures: Mapping[str, np.ndarray]
    measured: np.ndarray
    unreadable: np.ndarray


def read_pictures(connection: Connection, catalog_id: int) -> PictureFacts:
    """Read what is known of the different pictures of a catalog."""
    mine = own_pictures(catalog_id).subquery()
    current = and_(
        picture_measures.c.picture_hash == pictures.c.picture_hash, picture_measures.c.version == MEASURES_VERSION
    )
    names = ("picture_hash", "format", "width_px", "height_px")
    query = (
        select(
            *(pictures.c[name] for name in names),
            picture_measures.c.version,
            picture_measures.c.problem.is_not(None),
            *(picture_measures.c[name] for name in _MEASURES),
        )
        .join(mine, mine.c.picture_hash == pictures.c.picture_hash)
        .outerjoin(picture_measures, current)
    )
    hashes: list[str] = []
    formats: Counter[str] = Counter()
    numbers: list[np.ndarray] = []
    rows = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(query)
    for batch in rows.partitions(_ROWS_AT_ONCE):
        hashes += [row[0] for row in batch]
        formats.update(row[1] for row in batch)
        numbers.append(np.array([row[2:] for row in batch], dtype=np.float64))
    table = np.concatenate(numbers) if numbers else np.empty((0, 4 + len(_MEASURES)))
    measures = {name: table[:, 4 + place] for place, name in enumerate(_MEASURES)}
    return PictureFacts(
        hashes=hashes,
        width_px=table[:, 0],
        height_px=table[:, 1],
        formats=dict(formats.most_common()),
        measures=measures,
        measured=np.isfinite(table[:, 2]),
        unreadable=table[:, 3] == 1,
    )


def picture_lines(connection: Connection, catalog_id: int, facts: PictureFacts) -> list[QualityLine]:
    """Make the lines about pictures; those that need measures only once there are some."""
    if not facts.hashes:
        return []
    numbers = dict(facts.measures)
    numbers["ratio"] = facts.width_px / np.maximum(facts.height_px, 1)
    numbers["short_side"] = np.minimum(facts.width_px, facts.height_px)
    found = judge_pictures(numbers, find_limits(numbers))
    measured = int(facts.measured.sum())
    totals = {key: len(facts.hashes) if key in ("picture_shape", "picture_small") else measured for key in found}
    found["picture_unreadable"], totals["picture_unreadable"] = facts.unreadable.astype(float), measured
    return [
        _picture_line(connection, catalog_id, key, scores, facts.hashes, total=totals[key])
        for key, scores in found.items()
        if totals[key]
    ]


def duplicate_lines(connection: Connection, catalog_id: int, *, total: int) -> list[QualityLine]:
    """Make the lines about products that share a picture, and of near duplicates where they were looked for."""
    link = product_pictures
    mine = and_(products.c.catalog_id == link.c.catalog_id, products.c.product_id == link.c.product_id)
    sharing = func.count(distinct(link.c.product_id))
    shared = (
        select(link.c.picture_hash, sharing.label("sharing"))
        .join(products, mine)
        .where(*in_catalog(catalog_id))
        .group_by(link.c.picture_hash)
        .having(sharing > 1)
        .subquery()
    )
    query = (
        select(
            link.c.product_id, func.max(shared.c.sharing).label("sharing"), func.min(link.c.picture_hash).label("first")
        )
        .join(shared, shared.c.picture_hash == link.c.picture_hash)
        .join(products, mine)
        .where(*in_catalog(catalog_id))
        .group_by(link.c.product_id)
    )
    lines = [_counted_line(connection, "duplicate_exact", query, total, ("sharing", True), ("first", False))]
    group = duplicate_groups
    same = and_(products.c.catalog_id == group.c.catalog_id, products.c.product_id == group.c.product_id)
    near = (
        select(
            group.c.product_id,
            func.max(group.c.similarity).label("likeness"),
            func.min(group.c.group_id).label("first"),
        )
        .join(products, same)
        .where(*in_catalog(catalog_id), group.c.kind == "near")
        .group_by(group.c.product_id)
    )
    if connection.execute(select(group.c.group_id).where(group.c.catalog_id == catalog_id).limit(1)).first():
        lines.append(_counted_line(connection, "duplicate_near", near, total, ("first", False), ("likeness", True)))
    return lines


def skipped_lines(connection: Connection, catalog_id: int) -> list[QualityLine]:
    """Make a line for each reason for which the last import of each source left files out."""
    last = (
        select(func.max(imports.c.import_id))
        .where(imports.c.catalog_id == catalog_id, imports.c.finished.is_not(None))
        .group_by(imports.c.source)
    )
    query = select(skipped_files.c.reason, func.count()).where(skipped_files.c.import_id.in_(last))
    counts = {row[0]: row[1] for row in connection.execute(query.group_by(skipped_files.c.reason))}
    total = sum(counts.values())
    return [_skipped_line(connection, last, reason, count, total) for reason, count in sorted(counts.items())]


def _skipped_line(connection: Connection, last: Any, reason: str, count: int, total: int) -> QualityLine:
    query = select(skipped_files.c.name).where(skipped_files.c.import_id.in_(last), skipped_files.c.reason == reason)
    names = tuple(connection.execute(query.order_by(skipped_files.c.name).limit(MOST_PRODUCTS)).scalars())
    known = SKIP_REASONS.get(reason)
    files = "1 file or row was" if count == 1 else f"{count:,} files or rows were"
    return QualityLine(
        key=f"skipped_{reason}",
        group="files",
        title=f"Left out by the import: {reason.replace('_', ' ')}",
        severity="warning",
        sentence=f"{files} left out{f': {known}' if known else ''}. The report of the import says why for each.",
        count=count,
        total=total,
        names=names,
    )


def _picture_line(
    connection: Connection, catalog_id: int, key: str, scores: np.ndarray, hashes: Sequence[str], *, total: int
) -> QualityLine:
    bad = np.flatnonzero(scores > 0)
    worst = bad[np.argsort(-scores[bad], kind="stable")][:MOST_PRODUCTS]
    ids = _products_with(connection, catalog_id, [hashes[place] for place in worst])
    return checked_line(key, count=len(bad), total=total, products=ProductFilter(product_ids=ids))


def _products_with(connection: Connection, catalog_id: int, hashes: Sequence[str]) -> tuple[str, ...]:
    """Give the products that show pictures, in the order of the pictures."""
    found: dict[str, list[str]] = {}
    link = product_pictures
    mine = and_(products.c.catalog_id == link.c.catalog_id, products.c.product_id == link.c.product_id)
    for start in range(0, len(hashes), _HASHES_A_QUERY):
        query = (
            select(link.c.picture_hash, link.c.product_id)
            .join(products, mine)
            .where(*in_catalog(catalog_id), link.c.picture_hash.in_(hashes[start : start + _HASHES_A_QUERY]))
            .order_by(products.c.position, products.c.product_id)
        )
        for picture_hash, product_id in connection.execute(query):
            found.setdefault(picture_hash, []).append(product_id)
    ordered = dict.fromkeys(product_id for picture_hash in hashes for product_id in found.get(picture_hash, []))
    return tuple(list(ordered)[:MOST_PRODUCTS])


def _counted_line(connection: Connection, key: str, query: Any, total: int, *order: tuple[str, bool]) -> QualityLine:
    """Make the line of the products a query gives; `order` names its columns and whether they fall."""
    found = query.subquery()
    count = int(connection.execute(select(func.count()).select_from(found)).scalar_one())
    columns = [found.c[name].desc() if falling else found.c[name] for name, falling in order]
    ordered = select(found.c.product_id).order_by(*columns, found.c.product_id).limit(MOST_PRODUCTS)
    ids = tuple(connection.execute(ordered).scalars()) if count else ()
    return checked_line(key, count=count, total=total, products=ProductFilter(product_ids=ids))
