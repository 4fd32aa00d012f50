"""A demo to go: chosen products as one HTML file in which search, sliders and explanations work without a network.

The file holds titles, prices, thumbnails and, for each part of the score, what every product has in common with every
other in 1/65,535 steps; its script adds them up as `core.recommend.ranking` does, so its order is ours but for ties
closer than that. Foreign text is only ever put into the page as text. A content policy in the file itself forbids
every request, so it shows the same wherever it is opened.
"""

import base64
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.html_policy import content_policy
from core.catalog.money import format_price
from core.catalog.products import product_table
from core.errors import CatalogError, SettingsError
from core.files import write_whole
from core.home import Home
from core.progress import Progress, SilentProgress
from core.recommend.catalog_index import CatalogIndex
from core.recommend.impact import sample_queries
from core.recommend.index import open_index
from core.recommend.price_modes import Pricing
from core.recommend.ranking import exact_parts, score_parts
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import PARTS
from core.written_file import check_written_file

MOST_PRODUCTS = 1_000
MOST_BYTES = 20 * 2**20
STEPS = 65_534
"""Values of a part are kept as 1 + round(value * STEPS), 16 bits; 0 = missing."""

_FILES = Path(__file__).parent
_LONGEST_TEXT = 300


def check_demo_target(path: Path) -> Path:
    """Check where the file goes before the work begins; raises as :func:`check_written_file` does."""
    return check_written_file(path, endings=(".html",), what="demos")


def export_demo(
    home: Home,
    catalog: Catalog,
    settings: RankingSettings,
    to: Path,
    *,
    limit: int = 500,
    product_ids: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Write a demo of some products of a catalog.

    Args:
        home: The home.
        catalog: The catalog.
        settings: Where the sliders begin; filters, pool and diversity are not part of a demo.
        to: The .html file; appears whole, in place of an earlier one.
        limit: At most so many products, drawn category by category.
        product_ids: These products instead of drawn ones.
        progress: Hears how far it is, and may cancel.

    Returns:
        JSON values: catalog, file, products, bytes, left_out (products that would not fit), seconds.

    Raises:
        SettingsError: The limit or the file's ending is out of range.
        CatalogError: The embedding is missing, a product is, or the file cannot be written.
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or not 2 <= limit <= MOST_PRODUCTS:
        raise SettingsError(f"limit must be a whole number from 2 to {MOST_PRODUCTS:,}: received {limit!r}")
    began, told = time.monotonic(), progress or SilentProgress()
    check_demo_target(to)
    index = open_index(home, catalog, backbone=settings.embedding)
    chosen = _chosen_rows(index, product_ids, limit=limit)
    left_out = 0
    while True:
        data = _page(_demo_data(home, catalog, index, chosen, settings, told)).encode("utf-8", "replace")
        if len(data) <= MOST_BYTES or len(chosen) < 2:
            break
        fewer = max(1, min(len(chosen) - 1, int(len(chosen) * MOST_BYTES / len(data) * 0.95)))
        left_out += len(chosen) - fewer
        chosen = chosen[:fewer]
    try:
        write_whole(to, data)
    except OSError as error:
        raise CatalogError(f"cannot write {to}: {error.strerror or error}; name another file") from error
    return {
        "catalog": catalog.name,
        "file": str(to),
        "products": len(chosen),
        "bytes": len(data),
        "left_out": left_out,
        "seconds": round(time.monotonic() - began, 3),
    }


def _chosen_rows(index: CatalogIndex, product_ids: Sequence[str] | None, *, limit: int) -> np.ndarray:
    ids = sample_queries(index, queries=limit) if product_ids is None else list(dict.fromkeys(product_ids))[:limit]
    missing = [product_id for product_id in ids if product_id not in index.rows]
    if missing:
        raise CatalogError(f"product {missing[0][:200]!r} is not among the embedded products of {index.catalog_name!r}")
    return np.sort(np.array([index.rows[product_id] for product_id in ids], np.intp))


def _demo_data(
    home: Home,
    catalog: Catalog,
    index: CatalogIndex,
    rows: np.ndarray,
    settings: RankingSettings,
    progress: Progress,
) -> dict[str, Any]:
    pricing = Pricing(settings.price_mode, settings.budget, settings.budget_currency)
    tables = np.zeros((len(PARTS), len(rows), len(rows)), np.uint16)
    for place, row in enumerate(rows.tolist()):
        progress.report(place, len(rows), f"comparing {place + 1:,} of {len(rows):,} products")
        scored = score_parts(index.query_product(index.product_ids[row]), index)
        values = exact_parts(scored, rows, PARTS, pricing)
        steps = 1 + np.round(np.nan_to_num(values) * STEPS)
        tables[:, place] = np.where(np.isnan(values), 0, steps).T.astype(np.uint16)
    parts = [part for place, part in enumerate(PARTS) if tables[place].any()]
    return {
        "catalog": catalog.name,
        "steps": STEPS,
        "products": _products(home, catalog, index, rows),
        "parts": {part: _base64(tables[PARTS.index(part)]) for part in parts},
        "weights": {part: getattr(settings.weights, part) for part in parts},
    }


def _products(home: Home, catalog: Catalog, index: CatalogIndex, rows: np.ndarray) -> list[dict[str, str | None]]:
    table = product_table(home, catalog).set_index("product_id", drop=False)
    table = table[~table.index.duplicated()].reindex([index.product_ids[row] for row in rows.tolist()])
    return [
        {
            "id": product_id[:_LONGEST_TEXT],
            "title": _text(row.title) or product_id[:_LONGEST_TEXT],
            "category": _text(row.category),
            "price": _price(row.price_minor_units, row.currency),
            "picture": _thumbnail(home, row.picture_hash),
        }
        for product_id, row in zip(table.index, table.itertuples(), strict=True)
    ]


def _price(price_minor_units: Any, currency: Any) -> str | None:
    return None if pd.isna(price_minor_units) else format_price(int(price_minor_units), currency)


def _text(value: object) -> str | None:
    return value[:_LONGEST_TEXT] if isinstance(value, str) else None


def _thumbnail(home: Home, picture_hash: object) -> str | None:
    if not isinstance(picture_hash, str):
        return None
    try:
        data = home.thumbnail_path(picture_hash).read_bytes()
    except OSError:  # taken away by hand: the card says that there is no picture
        return None
    return "data:image/webp;base64," + base64.b64encode(data).decode("ascii")


def _base64(table: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(table, "<u2").tobytes()).decode("ascii")


def _page(data: dict[str, Any]) -> str:
    """Put data, style and script into one page; no text of the data can end the script it stands in."""
    written = json.dumps(data, ensure_ascii=True, allow_nan=False)
    for sign in "<>&":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    style = (_FILES / "offline_demo.css").read_text(encoding="utf-8")
    script = (_FILES / "offline_demo.js").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{content_policy(script=script)}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>ShelfLens demo</title><style>{style}</style></head><body>"
        '<header><h1>Look-alikes</h1><p id="about"></p></header>'
        '<main><section id="controls"><input id="search" type="search" placeholder="Search a product" '
        'aria-label="Search a product"><div id="sliders"></div><button id="reset" type="button">Reset</button>'
        '</section><section id="query" aria-label="the product asked for"></section>'
        '<ul id="grid" aria-live="polite"></ul></main>'
        f'<script type="application/json" id="data">{written}</script><script>{script}</script></body></html>\n'
    )
