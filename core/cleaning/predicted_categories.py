"""Step `predict-categories`: products without a valid category get one from a model trained on the rest."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.schema import products
from core.cleaning.catalog_rows import product_batches
from core.cleaning.category_model import HeldOut, Predictions, predict_categories
from core.cleaning.category_paths import path_levels, top_levels
from core.cleaning.folding import fold_name
from core.cleaning.step import Batches, ChangeGroup, Plan, ProductChange
from core.errors import BackboneError, SettingsError
from core.home import Home
from core.models.settings import check_settings, setting
from core.progress import Progress
from core.progress_parts import in_parts
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.embed import embed_catalog

PREDICTED, CONFIDENCE = "category_predicted", "category_confidence"
"""Attributes of a product whose category was predicted: that category, and the confidence, 0..1."""

_IDS_A_QUERY = 500
_TOO_BROAD = ""


@dataclass(frozen=True)
class PredictSettings:
    """Settings of the step `predict-categories`."""

    confidence: float = setting(
        0.8, help="Least confidence; below it a category stays unknown.", minimum=0.0, maximum=1.0
    )
    level: int = setting(0, help="Level of the category to predict; 0 takes the whole path.", minimum=0, maximum=50)
    own_title: bool = setting(True, help="A category named like the product's own title is no category.")
    least_products: int = setting(
        0, help="Categories with fewer products count as invalid; 0 trusts all.", unit="products", minimum=0
    )
    categories: str = setting("", help="Further invalid categories, one a line; what lies below is invalid too.")
    below: str = setting(
        "unknown",
        help="What becomes of an invalid category where the model is not sure.",
        choices=("unknown", "keep"),
    )
    backbone: str = setting(DEFAULT_BACKBONE, help="Network whose features the model learns from.")
    seed: int = setting(0, help="Another seed holds other products out.", minimum=0, maximum=2**32 - 1)

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
        try:
            find_backbone(self.backbone)
        except BackboneError as error:
            raise SettingsError(str(error)) from error


@dataclass(frozen=True)
class _Sides:
    """Which products are learned from and which are predicted.

    Attributes:
        trusted: product_id, label, split.
        current: Category now, by product to predict.
    """

    trusted: pd.DataFrame
    current: dict[str, str | None]


def plan_predictions(home: Home, catalog: Catalog, settings: PredictSettings, progress: Progress) -> Plan:
    """Embed what is missing, train on the trusted products, and predict the others where the model is sure."""
    with read(home) as connection:
        sides = _sides(connection, catalog, settings)
    if not sides.current:
        return Plan(summary="Predicts nothing: every product has a valid category", total=0)
    parts = in_parts(progress, {"embed": 3, "learn": 1})
    embed_catalog(home, catalog, backbone=settings.backbone, actor="cleaning", progress=parts["embed"])
    found = predict_categories(
        home,
        catalog,
        trusted=sides.trusted,
        wanted=list(sides.current),
        backbone=settings.backbone,
        confidence=settings.confidence,
        seed=settings.seed,
        progress=parts["learn"],
    )
    sure = {
        product_id: (category, round(float(confidence), 4))
        for product_id, category, confidence in zip(found.product_ids, found.categories, found.confidences, strict=True)
        if confidence >= settings.confidence
    }
    emptied = [each for each, path in sides.current.items() if each not in sure and path is not None]
    emptied = emptied if settings.below == "unknown" else []
    with read(home) as connection:
        total = sum(map(len, _changes(connection, catalog, sides, sure, emptied)))
    return Plan(
        summary=_summary(sides, sure, emptied, found.held_out, settings),
        total=total,
        changes=_batches(catalog, sides, sure, emptied),
        groups=_groups(sides, sure, emptied),
        notes=_notes(sides, found, settings),
        figures=_figures(sides, sure, emptied, found),
    )


def _sides(connection: Connection, catalog: Catalog, settings: PredictSettings) -> _Sides:
    rows: list[tuple[str, str, str | None]] = []
    current: dict[str, str | None] = {}
    named = [path_levels(line) for line in settings.categories.splitlines() if line.strip()]
    for batch in product_batches(connection, catalog.catalog_id, ["category", "title", "split", "attributes"]):
        for row in batch:
            attributes = row.attributes if isinstance(row.attributes, dict) else {}
            if row.category is not None and attributes.get(PREDICTED) == row.category:
                continue  # a guess is neither learned from nor guessed again: applying twice changes nothing
            label = _trusted_label(row, named, settings)
            if label is None:
                current[row.product_id] = row.category
            elif label != _TOO_BROAD:
                rows.append((row.product_id, label, row.split))
    frame = pd.DataFrame(rows, columns=["product_id", "label", "split"])
    counts = frame["label"].value_counts()
    rare = frame["label"].isin(counts[counts < settings.least_products].index)
    if rare.any():
        current |= dict.fromkeys(frame.loc[rare, "product_id"])
        current |= _categories(connection, catalog, frame.loc[rare, "product_id"].tolist())
    return _Sides(frame[~rare].reset_index(drop=True), current)


def _trusted_label(row: Any, named: list[tuple[str, ...]], settings: PredictSettings) -> str | None:
    """Give the class of a product to learn from; None where its category is missing or invalid."""
    if row.category is None:
        return None
    levels = path_levels(row.category)
    if not levels or any(levels[: len(each)] == each for each in named):
        return None
    if settings.own_title and fold_name(levels[-1]) == fold_name(row.title):
        return None
    # Filed higher up than asked for: valid, but the name of another kind of thing than the classes are.
    return top_levels(row.category, settings.level) if len(levels) >= settings.level else _TOO_BROAD


def _categories(connection: Connection, catalog: Catalog, product_ids: list[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for batch in _chosen(connection, catalog, product_ids, ["category"]):
        found |= {row.product_id: row.category for row in batch}
    return found


def _chosen(connection: Connection, catalog: Catalog, product_ids: list[str], columns: list[str]) -> Iterator[Any]:
    for start in range(0, len(product_ids), _IDS_A_QUERY):
        mine = (products.c.left_out.is_(None), products.c.product_id.in_(product_ids[start : start + _IDS_A_QUERY]))
        yield from product_batches(connection, catalog.catalog_id, columns, where=mine)


def _batches(catalog: Catalog, sides: _Sides, sure: dict[str, tuple[str, float]], emptied: list[str]) -> Batches:
    return lambda connection: _changes(connection, catalog, sides, sure, emptied)


def _changes(
    connection: Connection, catalog: Catalog, sides: _Sides, sure: dict[str, tuple[str, float]], emptied: list[str]
) -> Iterator[list[ProductChange]]:
    for batch in _chosen(connection, catalog, list(sure), ["attributes"]):
        changes = []
        for row in batch:
            category, confidence = sure[row.product_id]
            attributes = {**(row.attributes or {}), PREDICTED: category, CONFIDENCE: confidence}
            before = {"category": sides.current[row.product_id], "attributes": row.attributes}
            changes.append(ProductChange(row.product_id, before, {"category": category, "attributes": attributes}))
        yield changes
    for start in range(0, len(emptied), _IDS_A_QUERY):
        yield [
            ProductChange(product_id, {"category": sides.current[product_id]}, {"category": None})
            for product_id in emptied[start : start + _IDS_A_QUERY]
        ]


def _summary(
    sides: _Sides,
    sure: dict[str, tuple[str, float]],
    emptied: list[str],
    held_out: HeldOut,
    settings: PredictSettings,
) -> str:
    right = held_out.accuracy_when_sure
    measured = "unmeasured" if right is None else f"{100 * right:.1f} % right"
    return (
        f"Predicts the category of {len(sure):,} of {len(sides.current):,} products without a valid one, at a "
        f"confidence of {settings.confidence:g} or more ({measured} on {held_out.sure:,} held-out products); "
        f"{len(sides.current) - len(sure):,} stay unknown"
    )


def _notes(sides: _Sides, found: Predictions, settings: PredictSettings) -> tuple[str, ...]:
    held = found.held_out
    without = len(sides.current) - len(found.product_ids)
    notes = [
        f"Held out: {held.products:,} products with {held.pictures:,} pictures, never learned from. Of all of them "
        f"{100 * held.accuracy:.1f} % are put right; at {settings.confidence:g} it answers for {held.sure:,}."
    ]
    if without:
        notes.append(f"{without:,} products have no picture to judge by, so they stay unknown.")
    return (*notes, *(f"{warning[:1].upper()}{warning[1:]}." for warning in found.warnings))


def _groups(sides: _Sides, sure: dict[str, tuple[str, float]], emptied: list[str]) -> tuple[ChangeGroup, ...]:
    counts: Counter[tuple[str | None, str | None]] = Counter(
        (sides.current[product_id], category) for product_id, (category, _confidence) in sure.items()
    )
    counts.update((sides.current[product_id], None) for product_id in emptied)
    return tuple(ChangeGroup("category", *pair, count) for pair, count in counts.most_common(1000))


def _figures(
    sides: _Sides, sure: dict[str, tuple[str, float]], emptied: list[str], found: Predictions
) -> dict[str, Any]:
    return {
        "wanted": len(sides.current),
        "predicted": len(sure),
        "emptied": len(emptied),
        "without_picture": len(sides.current) - len(found.product_ids),
        "trained_products": found.trained_products,
        "categories": found.classes,
        "temperature": round(found.temperature, 4),
        "held_out": asdict(found.held_out),
        "confidences": {each: confidence for each, (_category, confidence) in list(sure.items())[:200]},
    }
