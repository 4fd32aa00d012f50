"""A preset as a file that people share: JSON with its settings and the exact formulas."""

import json
from pathlib import Path
from typing import Any

from core import __version__
from core.errors import SettingsError
from core.files import read_ordinary
from core.recommend.presets import Preset, PresetVersion
from core.recommend.ranking_settings import RankingSettings

FILE_FORMAT = 1
_KIND = "shelflens-preset"
_MOST_BYTES = 2**20

FORMULAS = {
    "score": "sum of weight * part over the parts that exist / sum of their weights; a missing part counts on "
    "neither side; a product without any weighted part is no match; the query itself is never one",
    "order": "highest score first; equal scores keep the order of the catalog",
    "visual": "max(0, cosine of the two embeddings)",
    "color": "max(0, cosine of the color vectors): (roots of the shares of OKLab colors - the catalog's mean) "
    "times the catalog's 60 principal directions, each divided by the 1/8 power of its variance, brought to length 1",
    "price": "p the product's price, q the query's, B the budget, all of one currency; price_mode 'level': "
    "(3 - |difference of the price levels|) / 3; 'same': min(p, q) / max(p, q); 'cheaper': q / (p + q); "
    "'dearer': p / (p + q); 'budget': min(1, B / p). A level is 1 at or below the 30 % quantile of its category and "
    "currency, 2 to the 65 %, 3 to the 90 %, 4 above, 2.5 where the three agree; a category with fewer than 20 prices "
    "takes its parent's",
    "category": "levels shared from the top / levels of the longer path",
    "brand": "1 the same, case and spaces aside, 0 another",
    "popularity": "ln(1 + n) / ln(1 + the largest n); n sums a product's events: a view 1, a wish 2, a purchase 4; "
    "missing while the catalog has no histories",
    "freshness": "1/2 ^ (days before the newest date of the catalog / 180), from the product's date",
    "text": "cosine of the titles' words; a word weighs (1 + ln count) * (1 + ln((1 + N) / (1 + titles with it))), "
    "with N titles; words are runs of letters and digits without case and accents",
    "filters": "only products that meet all of them are ranked; what is unknown meets none",
    "pool": "with a number, only so many products nearest by the visual part are ranked",
    "group_variants": "of products of one brand and category whose titles differ only in colors, sizes and numbers, "
    "the best stays, and none of the query's own; among the best max(100, 8 k) products",
    "diversity": "with d above 0, each place takes the highest (1 - d) * score - d * largest cosine, 0 at least, to a "
    "match above it; among the best max(100, 8 k) products",
    "classic": "formula 'classic': of the pool nearest by the visual part, (weight of price * (3 - |difference of the "
    "levels|) / 3 + weight of color * (1 - distance / largest distance in the pool)) / sum of the two weights; what is "
    "missing scores 0",
}
"""How a score is made, in words; `core.recommend.ranking` has the reasons."""


def preset_file(preset: Preset, version: PresetVersion) -> dict[str, Any]:
    """Write one version of a preset as the JSON object of its file."""
    return {
        "kind": _KIND,
        "format": FILE_FORMAT,
        "made_by": f"ShelfLens {__version__}",
        "name": preset.name,
        "description": preset.description,
        "version": version.version,
        "note": version.note,
        "created": version.created,
        "settings": dict(version.values),
        "formulas": FORMULAS,
    }


def read_preset_file(path: Path) -> tuple[str, str, RankingSettings]:
    """Read a preset's file.

    Returns:
        The name it had, its description and its settings.

    Raises:
        SettingsError: There is no such file, it is no preset, or a newer version made it.
    """
    try:
        values = json.loads(read_ordinary(path.expanduser(), most_bytes=_MOST_BYTES).decode("utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f"{path} is no preset: expected the JSON of `export-preset` ({str(error)[:120]})"
        ) from error
    return parse_preset(values, source=str(path))


def parse_preset(values: object, *, source: str) -> tuple[str, str, RankingSettings]:
    """Read the JSON object of a preset's file, from wherever it came; `source` names it in messages.

    Raises:
        SettingsError: It is no preset, or a newer version made it.
    """
    if not isinstance(values, dict) or values.get("kind") != _KIND:
        raise SettingsError(f"{source[:200]} is no preset: expected the JSON of `export-preset`")
    made_by = values.get("format")
    if isinstance(made_by, bool) or not isinstance(made_by, int) or made_by < 1:
        raise SettingsError(f"{source[:200]} names no format: expected the JSON of `export-preset`")
    if made_by > FILE_FORMAT:
        raise SettingsError(
            f"{source[:200]} was made by a newer ShelfLens (format {made_by}, this one reads up to {FILE_FORMAT}): "
            "update ShelfLens, or export it again with this version"
        )
    return (
        str(values.get("name", ""))[:100],
        str(values.get("description", "")),
        RankingSettings.from_json(values.get("settings")),
    )
