"""Exporting a catalog as cleaned: one table and a folder of pictures, or both in a zip file."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, select, tuple_

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.export_manifest import manifest_values, read_recipe, table_name
from core.catalog.export_tables import FORMATS, ROWS_A_BATCH, TEXTS, ExportedProduct, open_writer
from core.catalog.export_target import ExportTarget, check_target, export_target
from core.catalog.id_lists import AmongIds
from core.catalog.schema import pictures, product_pictures, products
from core.catalog.slices import read_slice
from core.errors import CatalogError, SettingsError
from core.home import Home
from core.progress import Progress, SilentProgress
from core.progress_parts import in_parts

PICTURES_FOLDER = "pictures"
_NAMED_MISSING = 20
_BYTES_A_PRODUCT = 600


@dataclass(frozen=True)
class ExportReport:
    """What an export holds.

    Attributes:
        catalog: Name of the catalog.
        to: The folder or zip file.
        format: Format of the table.
        products: Rows of the table.
        pictures: Picture files.
        missing_pictures: Pictures that the home no longer holds.
        seconds: Duration.
        slice: The slice whose products it holds; None for all.
    """

    catalog: str
    to: str
    format: str
    products: int
    pictures: int
    missing_pictures: int
    seconds: float
    slice: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the report as the command `export` prints it."""
        return asdict(self)


def check_export_format(table_format: str) -> None:
    """Refuse a format that no table is written in.

    Raises:
        SettingsError: It is none of ``FORMATS``.
    """
    if table_format not in FORMATS:
        raise SettingsError(f"a table is exported as {', '.join(FORMATS)}, not {table_format[:40]!r}")


def export_catalog(
    home: Home,
    catalog: Catalog,
    to: Path,
    *,
    table_format: str = "parquet",
    with_pictures: bool = True,
    replace: bool = False,
    slice_name: str | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Export a catalog as it is now, without the products that cleaning left out.

    Products are written a few thousand at a time and pictures one by one, so a catalog larger than memory can be
    exported. The target appears whole or not at all. Imported again, the export gives the same products.

    Args:
        home: The home.
        catalog: The catalog.
        to: A new folder, or a new file that ends in ``.zip``.
        table_format: One of ``core.catalog.export_tables.FORMATS``.
        with_pictures: Whether to export the pictures too.
        replace: An earlier export at `to` may go.
        slice_name: Only the products of this slice that are still in the catalog; None exports all.
        progress: Hears how far the export is, and may cancel it; None tells nobody.

    Raises:
        SettingsError: There is no such format.
        CatalogError: The target is taken or cannot be written, the disk is full, or there is no such slice.
        Cancelled: The user asked to stop; nothing is left of the export.
    """
    began = time.monotonic()
    check_export_format(table_format)
    check_target(to, replace=replace)
    export = _Export(home, catalog, with_pictures=with_pictures, progress=progress or SilentProgress())
    if slice_name is not None:
        export.narrow(read_slice(home, catalog, slice_name).product_ids)
    with read(home) as connection:
        needed_bytes = export.count(connection)
        with export_target(to, needed_bytes=needed_bytes, replace=replace) as target:
            export.write(connection, target, table_format)
    return ExportReport(
        catalog=catalog.name,
        to=str(to),
        format=table_format,
        products=export.products,
        pictures=export.pictures,
        missing_pictures=export.missing_pictures,
        seconds=round(time.monotonic() - began, 3),
        slice=slice_name,
    )


class _Export:
    """One export under way."""

    def __init__(self, home: Home, catalog: Catalog, *, with_pictures: bool, progress: Progress) -> None:
        self._home, self._catalog, self._with_pictures = home, catalog, with_pictures
        self._parts = in_parts(progress, {"table": 1, "pictures": 4 if with_pictures else 0.01})
        self._in_catalog: tuple[ColumnElement[bool], ...] = (
            products.c.catalog_id == catalog.catalog_id,
            products.c.left_out.is_(None),
        )
        self.products = self.pictures = self.missing_pictures = 0
        self._total = self._total_pictures = 0
        self._missing: list[str] = []

    def narrow(self, product_ids: Sequence[str]) -> None:
        """Export only these products."""
        self._in_catalog += (AmongIds(products.c.product_id, product_ids),)

    def count(self, connection: Connection) -> int:
        """Count what there is to write; gives about how many bytes that takes."""
        counting = select(func.count()).select_from(products).where(*self._in_catalog)
        self._total = int(connection.execute(counting).scalar_one())
        if not self._with_pictures:
            return self._total * _BYTES_A_PRODUCT
        mine = self._own_pictures().subquery()
        sizes = select(func.count(), func.coalesce(func.sum(mine.c.bytes), 0))
        self._total_pictures, size = connection.execute(sizes).one()
        return self._total * _BYTES_A_PRODUCT + int(size)

    def write(self, connection: Connection, target: ExportTarget, table_format: str) -> None:
        """Write table, pictures and manifest."""
        name = table_name(table_format)
        with open_writer(target.work / name, table_format) as writer:
            for batch in self._batches(connection):
                writer.write(batch)
                self.products += len(batch)
                told = f"writing {self.products:,} of {self._total:,} products"
                self._parts["table"].report(self.products, self._total, told)
        target.add_table(name)
        if self._with_pictures:
            self._copy_pictures(connection, target)
        values = manifest_values(
            self._catalog,
            table_format=table_format,
            products=self.products,
            pictures=self.pictures,
            missing=self._missing,
            recipe=read_recipe(connection, self._catalog.catalog_id),
        )
        target.add_manifest(json.dumps(values, ensure_ascii=False, indent=1))

    def _batches(self, connection: Connection) -> Iterator[list[ExportedProduct]]:
        """Read products in the catalog's order, each batch behind the last."""
        names = ("position", "product_id", *TEXTS, "price_minor_units", "attributes")
        place = tuple_(products.c.position, products.c.product_id)
        query = select(*(products.c[name] for name in names)).where(*self._in_catalog)
        query = query.order_by(products.c.position, products.c.product_id).limit(ROWS_A_BATCH)
        last: tuple[int, str] | None = None
        while True:
            behind = query if last is None else query.where(place > tuple_(literal(last[0]), literal(last[1])))
            rows = connection.execute(behind).mappings().all()
            if rows:
                shown = self._shown_pictures(connection, [row["product_id"] for row in rows])
                yield [_exported(row, shown.get(row["product_id"], ())) for row in rows]
                last = (rows[-1]["position"], rows[-1]["product_id"])
            if len(rows) < ROWS_A_BATCH:
                return

    def _shown_pictures(self, connection: Connection, product_ids: list[str]) -> dict[str, tuple[str, ...]]:
        """Look up where the pictures of products will lie; those the home no longer holds are left out."""
        if not self._with_pictures:
            return {}
        link = product_pictures
        shown: dict[str, list[str]] = {}
        for start in range(0, len(product_ids), 500):
            query = (
                select(link.c.product_id, link.c.picture_hash, pictures.c.extension)
                .join(pictures, pictures.c.picture_hash == link.c.picture_hash)
                .where(link.c.catalog_id == self._catalog.catalog_id)
                .where(link.c.product_id.in_(product_ids[start : start + 500]))
                .order_by(link.c.product_id, link.c.position)
            )
            for product_id, picture_hash, extension in connection.execute(query):
                if self._home.picture_path(picture_hash, extension).is_file():
                    shown.setdefault(product_id, []).append(picture_name(picture_hash, extension))
        return {product_id: tuple(names) for product_id, names in shown.items()}

    def _copy_pictures(self, connection: Connection, target: ExportTarget) -> None:
        query = self._own_pictures().order_by(pictures.c.picture_hash)
        last: str | None = None
        while True:
            behind = query if last is None else query.where(pictures.c.picture_hash > last)
            rows = connection.execute(behind.limit(ROWS_A_BATCH)).all()
            for row in rows:
                self._copy(target, row.picture_hash, row.extension)
                done = self.pictures + self.missing_pictures
                told = f"copying {done:,} of {self._total_pictures:,} pictures"
                self._parts["pictures"].report(done, self._total_pictures, told)
            if len(rows) < ROWS_A_BATCH:
                return
            last = rows[-1].picture_hash

    def _copy(self, target: ExportTarget, picture_hash: str, extension: str) -> None:
        source = self._home.picture_path(picture_hash, extension)
        if not source.is_file():
            self.missing_pictures += 1
            if len(self._missing) < _NAMED_MISSING:
                self._missing.append(picture_hash)
            return
        target.add_picture(source, picture_name(picture_hash, extension))
        self.pictures += 1

    def _own_pictures(self) -> Any:
        """Select the different pictures of the exported products."""
        link = product_pictures
        same = and_(products.c.catalog_id == link.c.catalog_id, products.c.product_id == link.c.product_id)
        mine = select(link.c.picture_hash).join(products, same).where(*self._in_catalog)
        return select(pictures.c.picture_hash, pictures.c.extension, pictures.c.bytes).where(
            pictures.c.picture_hash.in_(mine)
        )


def picture_name(picture_hash: str, extension: str) -> str:
    """Give the path of a picture within an export: named by its content, so no source's name can lead anywhere."""
    return f"{PICTURES_FOLDER}/{picture_hash[:2]}/{picture_hash}.{extension}"


def _exported(row: Any, shown: tuple[str, ...]) -> ExportedProduct:
    if not isinstance(row["attributes"], dict):
        raise CatalogError(f"the row of product {str(row['product_id'])[:100]!r} is damaged: restore a backup")
    return ExportedProduct(
        product_id=row["product_id"],
        texts={name: row[name] for name in TEXTS},
        price_minor_units=row["price_minor_units"],
        pictures=shown,
        attributes=row["attributes"],
    )
