"""What an export says about itself, and recognising one of ours."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from core import __version__
from core.catalog.catalogs import Catalog
from core.catalog.export_tables import COLUMNS, FORMATS
from core.catalog.schema import cleaning_steps
from core.errors import CatalogError
from core.files import read_ordinary

MANIFEST = "manifest.json"
LAYOUT = 1
"""Number of the export's layout; raised when an importer of today could not read it."""

_KEY = "shelflens_export"
_MOST_BYTES = 2**24


@dataclass(frozen=True)
class ExportManifest:
    """What is needed to read an export again.

    Attributes:
        catalog: Name of the catalog it was made from.
        table_format: One of ``core.catalog.export_tables.FORMATS``.
        products: Products in the table.
    """

    catalog: str
    table_format: str
    products: int

    @property
    def table(self) -> str:
        """Name of the table's file."""
        return table_name(self.table_format)


def table_name(table_format: str) -> str:
    """Give the name of the table's file within an export."""
    return f"products.{table_format}"


def manifest_values(
    catalog: Catalog, *, table_format: str, products: int, pictures: int, missing: list[str], recipe: list[Any]
) -> dict[str, Any]:
    """Put together what an export says about itself.

    Args:
        catalog: The catalog.
        table_format: Format of the table.
        products: Products in the table.
        pictures: Files in the folder of pictures.
        missing: Pictures the home no longer holds.
        recipe: The cleaning steps of the catalog.
    """
    return {
        _KEY: LAYOUT,
        "catalog": catalog.name,
        "catalog_version": catalog.version,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "shelflens": __version__,
        "table": table_name(table_format),
        "format": table_format,
        "columns": list(COLUMNS),
        "products": products,
        "pictures": pictures,
        "missing_pictures": missing,
        "recipe": recipe,
        "cells": "In CSV a leading ' keeps spreadsheets from running a cell; take one off to get the value.",
    }


def read_recipe(connection: Connection, catalog_id: int) -> list[dict[str, Any]]:
    """Read the cleaning steps of a catalog, in order."""
    names = ("kind", "settings", "summary", "created")
    query = select(*(cleaning_steps.c[name] for name in names)).where(cleaning_steps.c.catalog_id == catalog_id)
    return [dict(row) for row in connection.execute(query.order_by(cleaning_steps.c.step_id)).mappings()]


def is_export(folder: Path) -> bool:
    """Tell whether a folder holds an export: a manifest of ours lies in it."""
    try:
        return _KEY in _read(folder)
    except (OSError, ValueError):
        return False


def read_manifest(folder: Path) -> ExportManifest:
    """Read the manifest of an export, which may come from strangers.

    Raises:
        CatalogError: It is damaged, or of a later layout.
    """
    try:
        values = _read(folder)
        layout, products = values[_KEY], values["products"]
        if not isinstance(layout, int) or layout > LAYOUT:
            raise CatalogError(
                f"{folder} was exported by a newer ShelfLens (layout {str(layout)[:20]}, this one reads {LAYOUT}): "
                "upgrade ShelfLens"
            )
        if values["format"] not in FORMATS or not isinstance(products, int) or isinstance(products, bool):
            raise ValueError("format or products make no sense")
        return ExportManifest(str(values["catalog"])[:200], values["format"], max(products, 0))
    except (OSError, ValueError, KeyError) as error:
        raise CatalogError(f"{folder / MANIFEST} is damaged ({error}): export the catalog again") from error


def _read(folder: Path) -> dict[str, Any]:
    try:
        values = json.loads(read_ordinary(folder / MANIFEST, most_bytes=_MOST_BYTES))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(values, dict):
        raise ValueError("it is no JSON object")
    return values
