"""A preset that leaves ShelfLens: its settings, the arrays it ranks and a program that ranks them the same way."""

import io
import json
import os
import uuid
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.price_levels import LEVELS
from core.errors import SettingsError
from core.home import Home
from core.recommend.allowed_products import allowed_products
from core.recommend.catalog_index import CatalogIndex
from core.recommend.index import open_index
from core.recommend.ranking_settings import RankingSettings

PROGRAM = Path(__file__).with_name("reference_program.py")


def export_ranking(
    home: Home, catalog: Catalog, settings: RankingSettings, path: Path, *, preset: dict[str, Any]
) -> int:
    """Write preset, arrays and program as one zip file, whole or not at all.

    The zip holds ``preset.json``, ``arrays.npz`` and ``rank.py``; ``python rank.py PRODUCT_ID`` needs numpy alone.

    Args:
        home: The home.
        catalog: The catalog.
        settings: What the preset says.
        path: The file to write.
        preset: The object that ``preset.json`` is to hold.

    Returns:
        How many products the arrays have.

    Raises:
        SettingsError: The settings cannot be ranked by arrays alone; the message says which and what helps.
        CatalogError: The embedding is missing.
        OSError: The file cannot be written.
    """
    index = open_index(home, catalog, backbone=settings.embedding)
    arrays = ranking_arrays(index, settings)
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]
    temporary = path.with_name(f".{path.name[:40]}.{uuid.uuid4().hex}.tmp")
    try:
        with zipfile.ZipFile(temporary, "x", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("preset.json", json.dumps(preset, ensure_ascii=False, indent=1))
            archive.writestr("arrays.npz", packed.getvalue(), zipfile.ZIP_STORED)
            archive.writestr("rank.py", PROGRAM.read_text(encoding="utf-8"))
        os.replace(temporary, path)  # noqa: PTH105 - what the fault tests make fail
    finally:
        temporary.unlink(missing_ok=True)
    return len(index)


def ranking_arrays(index: CatalogIndex, settings: RankingSettings) -> dict[str, np.ndarray]:
    """Give the arrays that the program ranks.

    Args:
        index: N products.
        settings: Their filters become ``allowed``.

    Returns:
        By name: product_ids (N,) texts; embeddings float32 (N, d); colors float32 (N, 48), zeros = unknown; prices
        float32 (N,) minor units, price_levels float32 (N,), currencies int (N,) with -1 = no price; category_levels
        int32 (N, L); brands int32 (N,); popularity and freshness float32 (N,); allowed bool (N,); variants int64 (N,)
        and, where titles count, their words.

    Raises:
        SettingsError: The formula is the classic one, or a filter hangs on the query's currency.
    """
    if settings.formula != "weighted":
        raise SettingsError(
            f"the {settings.formula} formula ranks by the distances within its own candidates and has no arrays: "
            "export the preset as a .json file"
        )
    codes = index.price.codes
    priced = codes < index.price.missing_code
    wanted = settings.budget_currency
    arrays = {
        "product_ids": np.array(index.product_ids, dtype=np.str_),
        "embeddings": np.asarray(index.embeddings),
        "colors": np.where(index.colors_known[:, None], index.colors, np.float32(0)),
        "prices": index.prices,
        "price_levels": np.where(priced, LEVELS[codes % len(LEVELS)], np.nan).astype(np.float32),
        "currencies": np.where(priced, codes // len(LEVELS), -1),
        "budget_currency": np.array(_currency_code(index, wanted)),
        "category_levels": _category_levels(index),
        "brands": index.brand_codes[0],
        "popularity": index.popularity,
        "freshness": index.freshness,
        "allowed": _allowed(index, settings),
        "variants": index.variants if settings.group_variants else np.arange(len(index)),
    }
    return arrays | _title_arrays(index, counted=settings.weights.text > 0)


def _currency_code(index: CatalogIndex, wanted: str | None) -> int:
    """Give the number of a budget's currency: its own, or the only one; -1 = the query's."""
    known = index.price.currencies
    if wanted is not None:
        return known.index(wanted) if wanted in known else len(known)
    return 0 if len(known) == 1 else -1


def _category_levels(index: CatalogIndex) -> np.ndarray:
    prefixes = index.category.prefixes
    if not prefixes.shape[1]:
        return np.full((len(index), 1), -1, np.int32)
    return np.vstack([prefixes, np.full((1, prefixes.shape[1]), -1, np.int32)])[index.category.codes]


def _allowed(index: CatalogIndex, settings: RankingSettings) -> np.ndarray:
    if not len(index):
        return np.zeros(0, bool)
    asked = settings.filters
    by_price = asked.price_min is not None or asked.price_max is not None
    if by_price and asked.currency is None and len(index.price.currencies) > 1:
        raise SettingsError("the filter by price takes the query's currency: name one in the preset to export arrays")
    allowed = allowed_products(index, asked, index.query_product(index.product_ids[0]))
    return np.ones(len(index), bool) if allowed is None else allowed


def _title_arrays(index: CatalogIndex, *, counted: bool) -> dict[str, np.ndarray]:
    """Lay the words of titles out by product: whose word it is, which and what it weighs; nothing if none counts."""
    if not counted:
        nothing = np.empty(0, np.int32)
        return {"text_rows": nothing, "text_words": nothing, "text_weights": nothing.astype(np.float32)}
    titles = index.title_index
    words = np.repeat(np.arange(len(titles.starts) - 1, dtype=np.int32), np.diff(titles.starts))
    order = np.lexsort((words, titles.rows))
    return {"text_rows": titles.rows[order], "text_words": words[order], "text_weights": titles.weights[order]}
