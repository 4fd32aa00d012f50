"""Predicting the products of a catalog as a job: a table, and filing what a rule accepts."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import SettingsError
from core.home import Home
from core.progress import Progress


@dataclass(frozen=True)
class PredictArguments:
    """Predict the products of a catalog.

    Attributes:
        catalog: Name of the catalog.
        run: The run.
        rule: What a rule file holds; empty decides nothing.
        everything: All products, not only those without a category.
        to: A .csv, .parquet or .json file for the table, made absolute here; None writes none.
        file: Whether accepted products are filed under their category, as one change.
    """

    catalog: str
    run: str
    rule: dict[str, Any] = field(default_factory=dict)
    everything: bool = False
    to: str | None = None
    file: bool = False

    def __post_init__(self) -> None:
        from core.evaluation.catalog_decisions import check_table

        if self.file and not self.rule:
            raise SettingsError("filing takes a rule: make one with `plan RUN --out FILE`")
        if self.to is not None:
            object.__setattr__(self, "to", str(check_table(Path(self.to).expanduser().absolute())))


def predict_catalog(home: Home, arguments: PredictArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Embed what waits, predict, write the table, file; done again it files nothing twice."""
    import numpy as np

    from core.catalog.catalogs import find_catalog
    from core.catalog.products import product_table
    from core.evaluation.catalog_decisions import (
        Cuts,
        check_filable,
        decide_products,
        file_products,
        waiting_products,
        write_table,
    )
    from core.evaluation.filing_plan_rule import parse_rule
    from core.models.predict import check_backbone
    from core.models.predicted_labels import check_predicts_classes
    from core.models.runs import open_run
    from core.progress_parts import in_parts
    from core.vision.embed import embed_catalog

    catalog, run = find_catalog(home, arguments.catalog), open_run(home, arguments.run)
    check_predicts_classes(run)
    cuts = Cuts(np.full(len(run.run.classes), np.inf))
    if arguments.rule:
        rule = parse_rule(arguments.rule, run, name="the rule")
        cuts = Cuts(rule.thresholds, rule.temperature)
    if arguments.file:
        check_filable(run)
    check_backbone(home, run)
    parts = in_parts(progress, {"embed": 4, "decide": 1})
    embed_catalog(home, catalog, backbone=run.run.encoder, actor=actor, progress=parts["embed"])
    products = product_table(home, catalog)
    asked = len(products if arguments.everything else waiting_products(products))
    decided = decide_products(home, run, catalog, cuts=cuts, everything=arguments.everything, progress=parts["decide"])
    if arguments.to is not None:
        write_table(decided, Path(arguments.to), ruled=bool(arguments.rule))
    filed = file_products(home, catalog, decided, run_id=run.run.run_id, actor=actor) if arguments.file else None
    return {
        "run": run.run.run_id,
        "catalog": catalog.name,
        "products": asked,
        "predicted": len(decided),
        "without_picture": asked - len(decided),
        "accepted": int(decided["accepted"].sum()) if arguments.rule else None,
        "file": arguments.to,
        "filed": filed.products if filed else 0,
        "overtaken": filed.overtaken if filed else 0,
        "event": str(filed.event_id) if filed and filed.event_id is not None else None,
    }
