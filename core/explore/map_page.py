"""A map as one HTML page: it holds its data and its script, asks no network, and lets nothing foreign run."""

import base64
import hashlib
import html
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from core.explore.map_scene import drawn_rows
from core.home import Home

MOST_TITLES = 100_000
MOST_PICTURES = 1_000
MOST_PICTURE_BYTES = 8 * 2**20
_LONGEST_TITLE = 120
_PICTURE_SIDE_PX = 112

_THEME = """
:root { --st-font: system-ui, sans-serif; --st-text-color: #1e2b2e; --st-background-color: #fbfaf6;
  --st-secondary-background-color: #f1efe7; --st-border-color: #dad6c8; --st-primary-color: #0f766e;
  --st-base-radius: 0.5rem;
  --st-chart-categorical-colors: #0F766E, #E08A1E, #43108A, #2FA8F0, #7A1E22, #8D91A5, #B8410F, #9150B8;
  --st-chart-sequential-colors: #EBF3EC, #CDDFD3, #ADCCBC, #8CBAA7, #6BA796, #489486, #268078, #076B69,
    #005558, #004046; }
body { margin: 0; padding: 16px 20px; background: var(--st-background-color); color: var(--st-text-color);
  font: 15px var(--st-font); }
h1 { font: 600 1.4rem Georgia, serif; margin: 0 0 10px; }
"""


def map_page(
    data: dict[str, Any],
    *,
    title: str,
    titles: Sequence[str],
    lines: Sequence[str],
    body: str,
    style: str,
    scripts: Sequence[str],
    pictures: Sequence[tuple[int, str]] = (),
) -> str:
    """Write the page.

    The scripts and the style may run by their hashes alone, so nothing that a title smuggles in could: titles travel as
    JSON whose every ``<`` is escaped, and are shown as text.

    Args:
        data: What the component reads, see `core.ui.map_component.map_data`; n points.
        title: Of the page; foreign text.
        titles: n titles of products; left out beyond :data:`MOST_TITLES`.
        lines: n further lines for the pointer, such as categories.
        body: The component's elements.
        style: Its style sheet.
        scripts: Its scripts, ECMAScript modules.
        pictures: As :func:`page_pictures` gives them; shown beside the pointer, and in place of dots when zoomed in.
    """
    known = {**data, "titles": [], "lines": [], "pictures": bool(pictures), "thumbs": [list(each) for each in pictures]}
    if len(titles) <= MOST_TITLES:
        known |= {
            "titles": [str(each)[:_LONGEST_TITLE] for each in titles],
            "lines": [each[:_LONGEST_TITLE] for each in lines],
        }
    written = json.dumps(known).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    # Inside an element neither text may end it.
    styled = _THEME + style.replace("</", "<\\/")
    scripted = [each.replace("</script", "<\\/script") for each in scripts]
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_hash, scripted))}; style-src {_hash(styled)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(title)}</title>\n<style>{styled}</style></head>\n"
        f"<body><h1>{html.escape(title)}</h1>\n{body}\n"
        f'<script type="application/json" id="shelflens-map-data">{written}</script>\n'
        + "\n".join(f'<script type="module">{each}</script>' for each in scripted)
        + "</body></html>\n"
    )


def page_pictures(home: Home, picture_hashes: Sequence[str | None], strata: pd.Series) -> list[tuple[int, str]]:
    """Make the small pictures that travel in a page: of at most :data:`MOST_PICTURES` points, each stratum its share.

    Args:
        home: The home.
        picture_hashes: Of the n points; None without a picture.
        strata: Of the n points, such as their categories.

    Returns:
        Number of a point and its picture as a data address, together at most :data:`MOST_PICTURE_BYTES`.
    """
    shown = np.flatnonzero([isinstance(each, str) and bool(each) for each in picture_hashes])
    chosen = shown[drawn_rows(strata.iloc[shown].reset_index(drop=True), MOST_PICTURES)]
    found: list[tuple[int, str]] = []
    taken = 0
    for row in chosen.tolist():
        address = _small_picture(home, str(picture_hashes[row]))
        taken += len(address)
        if taken > MOST_PICTURE_BYTES:
            break
        if address:
            found.append((row, address))
    return found


def _small_picture(home: Home, picture_hash: str) -> str:
    """Shrink a thumbnail once more; empty where it is gone or broken."""
    try:
        with Image.open(home.thumbnail_path(picture_hash)) as thumbnail:
            small = thumbnail.convert("RGB")
    except (OSError, ValueError):
        return ""
    small.thumbnail((_PICTURE_SIDE_PX, _PICTURE_SIDE_PX))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=70, method=1)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"
