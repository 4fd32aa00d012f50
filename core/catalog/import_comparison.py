"""What became different between two imports of one source."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.schema import events, import_changes, imports, products
from core.errors import CatalogError
from core.home import Home


@dataclass(frozen=True)
class ImportRun:
    """One import that left a trace.

    Attributes:
        import_id: Its number; later ones have higher ones.
        event_id: Its entry in the log.
        source: Where the products came from.
        started: UTC time, ISO 8601.
        finished: Likewise; None for one that was cancelled or killed.
        report: What the command `import` printed; empty for one that did not finish.
        undone: Whether it was undone.
    """

    import_id: int
    event_id: int
    source: str
    started: str
    finished: str | None
    report: dict[str, Any]
    undone: bool


@dataclass(frozen=True)
class ChangedProduct:
    """A product that the source describes differently.

    Attributes:
        product_id: The product.
        fields: Field -> (before, after); "source_key" where it moved, "pictures" with lists of hashes.
    """

    product_id: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class ImportComparison:
    """What the later of two imports found different from the earlier one.

    Attributes:
        first: The earlier import.
        second: The later one.
        counts: By "new", "changed", "moved" and "gone": how many, however few are listed.
        new: Products that were added, or are in the source again.
        changed: Products whose source says something else, or shows other pictures.
        moved: Products found in another place of the source, whatever else changed of them.
        gone: Products that left the source in between; they stay in the catalog.
    """

    first: ImportRun
    second: ImportRun
    counts: dict[str, int]
    new: tuple[str, ...]
    changed: tuple[ChangedProduct, ...]
    moved: tuple[ChangedProduct, ...]
    gone: tuple[str, ...]


def list_imports(home: Home, catalog: Catalog) -> list[ImportRun]:
    """List the imports into a catalog that left a trace, newest first; one that found nothing new leaves none."""
    query = (
        select(imports, events.c.undone_by)
        .outerjoin(events, events.c.event_id == imports.c.event_id)
        .where(imports.c.catalog_id == catalog.catalog_id)
        .order_by(imports.c.import_id.desc())
    )
    with read(home) as connection:
        return [_run(row) for row in connection.execute(query).mappings()]


def compare_imports(
    home: Home, catalog: Catalog, first_id: int, second_id: int, *, limit: int | None = None
) -> ImportComparison:
    """Compare two imports of one source, whichever is named first.

    Imports of the source in between count as well, unless they were undone: what two of them changed and changed back
    is no difference.

    Args:
        home: The home.
        catalog: The catalog.
        first_id: Number of an import, see `list_imports`.
        second_id: Number of another one.
        limit: List at most so many of each kind; None lists all.

    Raises:
        CatalogError: The catalog had no such imports, or they were of different sources.
    """
    runs = {run.import_id: run for run in list_imports(home, catalog)}
    for import_id in (first_id, second_id):
        if import_id not in runs:
            raise CatalogError(f"catalog {catalog.name!r} had no import {import_id}; list them with `imports`")
    first, second = (runs[number] for number in sorted((first_id, second_id)))
    if first.source != second.source:
        raise CatalogError(
            f"import {first.import_id} was of {first.source}, import {second.import_id} of {second.source}: "
            "only imports of one source can be compared"
        )
    between = [
        run
        for run in runs.values()
        if first.import_id < run.import_id <= second.import_id and run.source == first.source and not run.undone
    ]
    with read(home) as connection:
        return _compared(connection, catalog, first, second, between=between, limit=limit)


def _compared(
    connection: Connection,
    catalog: Catalog,
    first: ImportRun,
    second: ImportRun,
    *,
    between: Sequence[ImportRun],
    limit: int | None,
) -> ImportComparison:
    added = products.c.added_by.in_([run.event_id for run in between])
    new = select(products.c.product_id).where(products.c.catalog_id == catalog.catalog_id, added)
    returned = _gone_only(first.import_id, second.import_id)
    gone = _gone_only(second.import_id, first.import_id)
    changed, moved = _differences(connection, [run.import_id for run in between], skipped=new)
    back = list(connection.execute(returned.limit(limit)).scalars())
    listed = new.order_by(products.c.position).limit(None if limit is None else max(0, limit - len(back)))
    return ImportComparison(
        first=first,
        second=second,
        counts={
            "new": _count(connection, new) + _count(connection, returned),
            "changed": len(changed),
            "moved": len(moved),
            "gone": _count(connection, gone),
        },
        new=(*back, *connection.execute(listed).scalars()),
        changed=tuple(changed[:limit]),
        moved=tuple(moved[:limit]),
        gone=tuple(connection.execute(gone.limit(limit)).scalars()),
    )


def _gone_only(import_id: int, other_id: int) -> Select[Any]:
    """Select the products that one import missed and another did not, by id."""
    mine, other = import_changes.alias(), import_changes.alias()
    same = and_(other.c.import_id == other_id, other.c.kind == "gone", other.c.product_id == mine.c.product_id)
    query = select(mine.c.product_id).outerjoin(other, same).where(mine.c.import_id == import_id)
    return query.where(mine.c.kind == "gone", other.c.product_id.is_(None)).order_by(mine.c.product_id)


def _differences(
    connection: Connection, import_ids: list[int], *, skipped: Select[Any]
) -> tuple[list[ChangedProduct], list[ChangedProduct]]:
    """Put together what several imports changed, product by product; what came back to what it was falls away."""
    query = (
        select(import_changes.c.product_id, import_changes.c.fields)
        .where(import_changes.c.import_id.in_(import_ids), import_changes.c.kind.in_(("changed", "moved")))
        .where(import_changes.c.product_id.not_in(skipped))
        .order_by(import_changes.c.product_id, import_changes.c.import_id)
    )
    together: dict[str, dict[str, tuple[Any, Any]]] = {}
    for row in connection.execute(query):
        fields = together.setdefault(row.product_id, {})
        for name, (before, after) in row.fields.items():
            fields[name] = (fields[name][0] if name in fields else before, after)
    changed: list[ChangedProduct] = []
    moved: list[ChangedProduct] = []
    for product_id, fields in together.items():
        real = {name: pair for name, pair in fields.items() if pair[0] != pair[1]}
        if real:
            (moved if "source_key" in real else changed).append(ChangedProduct(product_id, real))
    return changed, moved


def _count(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one())


def _run(row: Any) -> ImportRun:
    return ImportRun(
        import_id=row["import_id"],
        event_id=row["event_id"],
        source=row["source"],
        started=row["started"],
        finished=row["finished"],
        report=row["report"] if isinstance(row["report"], dict) else {},
        undone=row["undone_by"] is not None,
    )
