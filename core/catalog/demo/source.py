"""The demo as a source: drawn once into a folder, read like any other source afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.catalog.demo.assortment import CURRENCY
from core.catalog.demo.products import make_products
from core.catalog.demo.shards import draw_pictures, picture_name
from core.catalog.demo.shoppers import make_shoppers
from core.catalog.demo.truths import Listed, plant, truths_of
from core.catalog.sources import SkippedFile, SourcePicture, SourceRecord
from core.files import read_json, whole_folder, write_json_whole
from core.progress import Progress, SilentProgress

GENERATOR_VERSION = 3
DEFAULT_SEED = 7


class DemoSource:
    """The demo catalog drawn in a folder; draws it first when the folder does not hold it yet."""

    def __init__(self, folder: Path, seed: int = DEFAULT_SEED, *, progress: Progress | None = None) -> None:
        self.folder = folder
        self.seed = seed
        draw_demo(folder, seed=seed, progress=progress)
        self._rows: list[dict[str, Any]] = read_json(folder / "catalog.json")["products"]

    @property
    def description(self) -> str:
        """Say where the products come from."""
        return f"demo drawn from seed {self.seed}"

    def count(self) -> int:
        """Count the products."""
        return len(self._rows)

    def keys(self) -> set[str]:
        """Give the ids of all products."""
        return {row["product_id"] for row in self._rows}

    def records(self) -> Iterator[SourceRecord]:
        """Yield every product with its pictures, in order of id."""
        for row in self._rows:
            pictures = tuple(SourcePicture(name, self.folder / "pictures" / name) for name in row["pictures"])
            yield SourceRecord(**{**row, "category": tuple(row["category"]), "pictures": pictures})

    def skipped(self) -> list[SkippedFile]:
        """List what was left out: nothing."""
        return []

    def truths(self) -> dict[str, Any]:
        """Read the planted truths and the shoppers' histories (`histories`: rows of user, product_id, event, at)."""
        return read_json(self.folder / "truths.json")


def draw_demo(folder: Path, *, seed: int = DEFAULT_SEED, progress: Progress | None = None) -> None:
    """Draw the demo catalog into a folder: pictures, `catalog.json` and `truths.json`, whole or not at all.

    A folder that already holds the same seed and generator version is kept as it is; an older one is replaced.

    Raises:
        Cancelled: The progress asked to stop; nothing is left behind.
        OSError: The disk refused.
    """
    if _is_current(folder, seed):
        return
    progress = progress or SilentProgress()
    listed = plant(make_products(seed), seed)
    shoppers, histories = make_shoppers(listed, seed)
    if folder.exists():
        shutil.rmtree(folder)
    with whole_folder(folder) as unfinished:
        (unfinished / "pictures").mkdir()
        draw_pictures(unfinished / "pictures", listed, seed=seed, progress=progress)
        write_json_whole(
            unfinished / "truths.json", {**truths_of(listed), "shoppers": shoppers, "histories": histories}
        )
        rows = [_row(entry) for entry in sorted(listed, key=lambda entry: entry.product_id)]
        write_json_whole(
            unfinished / "catalog.json", {"generator_version": GENERATOR_VERSION, "seed": seed, "products": rows}
        )


def _is_current(folder: Path, seed: int) -> bool:
    try:
        catalog = read_json(folder / "catalog.json")
    except (FileNotFoundError, ValueError):
        return False
    return (catalog.get("generator_version"), catalog.get("seed")) == (GENERATOR_VERSION, seed)


def _row(entry: Listed) -> dict[str, Any]:
    product = entry.product
    return {
        "product_id": entry.product_id,
        "title": product.title,
        "category": list(product.category),
        "price_minor_units": product.price,
        "currency": CURRENCY,
        "brand": product.brand.name,
        "color": product.look.color,
        "description": product.description,
        "split": entry.split,
        "attributes": product.attributes,
        "pictures": [picture_name(entry.product_id, view) for view in range(product.views)],
    }
