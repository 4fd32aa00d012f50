"""Catalogs: making, finding, renaming and deleting them."""

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select

from core.catalog.catalog_totals import CatalogTotals, totals_of
from core.catalog.database import read
from core.catalog.log import change
from core.catalog.schema import catalogs
from core.errors import CatalogError
from core.home import Home

_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True)
class Catalog:
    """A catalog and its totals.

    Attributes:
        catalog_id: Never changes; folders are named by it.
        name: What people call it; letters, digits, ``-`` and ``_``.
        version: Rises by one with every change: the key of every cache.
        products: How many products it has.
        pictures: How many pictures its products have, duplicates counted each time.
        categories: How many distinct category paths it has.
        created: UTC time, ISO 8601.
        source: Where it was first imported from, in words.
    """

    catalog_id: int
    name: str
    version: int
    products: int
    pictures: int
    categories: int
    created: str
    source: str | None


def check_name(name: str) -> str:
    """Give the name back when it can name a catalog, a preset or a slice.

    Raises:
        CatalogError: It has other characters than letters, digits, ``-`` and ``_``, or not 1 to 100 of them.
    """
    if not _NAME.fullmatch(name):
        raise CatalogError(
            f"a name has 1 to 100 letters, digits, '-' and '_', not {name[:120]!r}; for example 'spring-2026'"
        )
    return name


def list_catalogs(home: Home) -> list[Catalog]:
    """List the catalogs by name."""
    with read(home) as connection:
        rows = connection.execute(_live().order_by(catalogs.c.name)).mappings().all()
        totals = totals_of(home, connection, {row["catalog_id"]: row["version"] for row in rows})
        return [_catalog(row, totals) for row in rows]


def find_catalog(home: Home, name: str) -> Catalog:
    """Find a catalog by its name.

    Raises:
        CatalogError: There is none; the message names the closest ones.
    """
    with read(home) as connection:
        row = connection.execute(_live().where(catalogs.c.name == name)).mappings().first()
        if row is not None:
            return _catalog(row, totals_of(home, connection, {row["catalog_id"]: row["version"]}))
        names = list(connection.execute(select(catalogs.c.name).where(catalogs.c.deleted.is_(None))).scalars())
    close = difflib.get_close_matches(name, names, n=3) or sorted(names)[:5]
    found = f"there are {', '.join(close)}" if close else "there is none yet: make one with `import` or `demo`"
    raise CatalogError(f"there is no catalog {name[:120]!r}; {found}")


def create_catalog(home: Home, name: str, *, actor: str, source: str | None = None) -> Catalog:
    """Make an empty catalog.

    Raises:
        CatalogError: The name cannot be used or is taken.
    """
    check_name(name)
    with change(home, actor=actor, kind="create", summary=f"Made the catalog {name}") as making:
        _refuse_taken(making.connection, name)
        row = {"name": name, "source": source, "version": 1, "created": _now()}
        making.insert(catalogs, [row])
    return find_catalog(home, name)


def rename_catalog(home: Home, name: str, new_name: str, *, actor: str) -> int:
    """Give a catalog another name; gives the number of the change, for undoing.

    Raises:
        CatalogError: There is no such catalog, or the new name cannot be used or is taken.
    """
    catalog = find_catalog(home, name)
    check_name(new_name)
    summary = f"Renamed the catalog {name} to {new_name}"
    with change(home, actor=actor, kind="rename", summary=summary, catalog_id=catalog.catalog_id) as renaming:
        _refuse_taken(renaming.connection, new_name)
        renaming.update(catalogs, {"catalog_id": catalog.catalog_id}, {"name": new_name})
        return renaming.event_id


def delete_catalog(home: Home, name: str, *, actor: str) -> int:
    """Take a catalog out of sight; gives the number of the change: undoing it brings everything back.

    Raises:
        CatalogError: There is no such catalog.
    """
    catalog = find_catalog(home, name)
    summary = f"Deleted the catalog {name} ({catalog.products} products)"
    with change(home, actor=actor, kind="delete", summary=summary, catalog_id=catalog.catalog_id) as deleting:
        deleting.update(catalogs, {"catalog_id": catalog.catalog_id}, {"deleted": _now()})
        return deleting.event_id


def _refuse_taken(connection: Any, name: str) -> None:
    taken = select(catalogs.c.catalog_id).where(catalogs.c.name == name, catalogs.c.deleted.is_(None))
    if connection.execute(taken).first() is not None:
        raise CatalogError(f"there is a catalog {name!r} already; choose another name")


def _live() -> Select[Any]:
    return select(catalogs).where(catalogs.c.deleted.is_(None))


def _catalog(row: Any, totals: dict[int, CatalogTotals]) -> Catalog:
    counted = totals[row["catalog_id"]]
    return Catalog(
        catalog_id=row["catalog_id"],
        name=row["name"],
        version=row["version"],
        products=counted.products,
        pictures=counted.pictures,
        categories=counted.categories,
        created=row["created"],
        source=row["source"],
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
