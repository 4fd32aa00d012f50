"""What a run says of itself: where it comes from, what it learned from, what was chosen."""

from dataclasses import dataclass, field
from typing import Any

from core.catalog.catalogs import Catalog
from core.home import Home
from core.models.balance import BalanceSettings
from core.models.learning import TrainedHead
from core.models.recipes import Recipe
from core.models.settings import settings_to_json
from core.models.targets import Target
from core.models.training_set import TrainingSet
from core.vision.backbones import find_backbone, weights_hash
from core.vision.embed import EmbedReport


@dataclass(frozen=True)
class TrainingPlan:
    """What a training was asked to do, checked before anything costs time."""

    recipe: Recipe
    settings: Any
    backbone: str
    target: Target
    seed: int
    name: str | None
    balance: BalanceSettings = field(default_factory=BalanceSettings)
    balance_source: str = ""
    estimate: dict[str, Any] = field(default_factory=dict)
    resumed: bool = False


def origin(home: Home, catalog: Catalog, plan: TrainingPlan) -> dict[str, Any]:
    """Say what a run comes from: catalog, recipe, backbone, target, settings, seed."""
    backbone = find_backbone(plan.backbone, home=home)
    return {
        "catalog": catalog.name,
        "catalog_id": catalog.catalog_id,
        "catalog_version": catalog.version,
        "recipe": plan.recipe.name,
        "backbone": backbone.name,
        "weights_hash": weights_hash(home, backbone),
        "picture_fit": backbone.picture_fit,
        "side_px": backbone.side_px,
        "feature_dimensions": backbone.feature_dimensions,
        "target": plan.target.text,
        "settings": settings_to_json(plan.settings),
        "seed": plan.seed,
    }


def contents(rows: TrainingSet, head: TrainedHead) -> dict[str, Any]:
    """Say what a run learned from and what it chose."""
    return {
        "classes": list(rows.classes),
        "products": int(rows.rows["product_id"].nunique()),
        "pictures": {str(split): int(count) for split, count in rows.rows["split"].value_counts().items()},
        "left_out": rows.left_out,
        "leaked": rows.leaked,
        "warnings": list(rows.warnings),
        "notes": list(rows.notes),
        "choices": head.choices,
        "epochs": len(head.history),
    }


def embedding(report: EmbedReport) -> dict[str, Any]:
    """What later estimates of embedding rest on."""
    return {
        "new_pictures": report.pictures - report.reused - report.unreadable,
        "pictures_per_second": report.pictures_per_second,
        "seconds": report.seconds,
        "engine": report.engine,
    }
