"""What a run says of the products of a catalog, written as a table and filed as one change."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select

from core.catalog.catalogs import Catalog
from core.catalog.export_cells import csv_lines, optional_cell, safe_cell
from core.catalog.log import change
from core.catalog.products import picture_table, product_table
from core.catalog.schema import products
from core.errors import RunError
from core.evaluation.calibration import scale
from core.files import write_whole
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.predict import predict_features
from core.models.runs import RunFiles
from core.progress import Progress
from core.written_file import check_written_file

FORMATS = (".csv", ".parquet", ".json")
COLUMNS = ("product_id", "picture_hash", "pictures", "current", "category", "probability", "threshold", "accepted")
_BLOCK_ROWS = 4096
_IDS_A_QUERY = 500


@dataclass(frozen=True)
class Cuts:
    """What decides: probabilities are scaled, then held against their category's threshold.

    Attributes:
        thresholds: Float64 (C,) in the order of the run's classes; infinite where nothing is filed.
        temperature: What probabilities are scaled by first.
    """

    thresholds: np.ndarray
    temperature: float = 1.0


@dataclass(frozen=True)
class Filed:
    """What filing did.

    Attributes:
        event_id: The change, for undoing; None when nothing was left to file.
        products: How many were filed.
        overtaken: How many somebody changed or took away meanwhile: left as they are.
    """

    event_id: int | None
    products: int
    overtaken: int


def waiting_products(table: pd.DataFrame) -> pd.DataFrame:
    """Give the rows of a product table that have no category."""
    return table[table["category"].isna() | (table["category"] == "")]


def decide_products(
    home: Home, run: RunFiles, catalog: Catalog, *, cuts: Cuts, everything: bool = False, progress: Progress
) -> pd.DataFrame:
    """Predict products from their embedded pictures and decide about each.

    A product is accepted when every one of its pictures is and all say the same, which promises at least as much as one
    picture does.

    Args:
        home: The home.
        run: The run.
        catalog: The catalog.
        cuts: What decides.
        everything: All products, not only those without a category.
        progress: Told of pictures; may cancel.

    Returns:
        One row a product with an embedded picture, in catalog order: product_id, picture_hash (the first), pictures,
        current (category), category, probability and threshold (of its least certain picture; NaN where nothing of that
        category is filed), accepted.
    """
    table = product_table(home, catalog)
    table = table if everything else waiting_products(table)
    rows = picture_table(home, catalog)[["product_id", "picture_hash"]].drop_duplicates()
    rows = rows[rows["product_id"].isin(table["product_id"])].reset_index(drop=True)
    features, known = gather_features(home, rows["picture_hash"].tolist(), backbone=run.run.encoder)
    places = np.flatnonzero(known)
    predicted, given = np.zeros(len(places), dtype=np.int64), np.zeros(len(places))
    for start in range(0, len(places), _BLOCK_ROWS):
        progress.report(start, len(places), "deciding")
        block = slice(start, start + _BLOCK_ROWS)
        chances = predict_features(run, np.asarray(features[places[block]]))
        predicted[block] = chances.argmax(axis=1)
        given[block] = scale(chances, cuts.temperature).max(axis=1)
    progress.report(len(places), len(places), "decided")
    needed = cuts.thresholds[predicted]
    rows = rows.iloc[places].assign(
        category=np.array(run.run.classes, dtype=object)[predicted],
        probability=given,
        threshold=np.where(np.isfinite(needed), needed, np.nan),
        accepted=given >= needed,
    )
    decided = _by_product(rows)
    current = table.set_index("product_id")["category"].reindex(decided["product_id"])
    decided["current"] = current.astype(object).where(current.notna(), None).to_numpy()
    return decided[list(COLUMNS)].astype({"accepted": bool})


def _by_product(rows: pd.DataFrame) -> pd.DataFrame:
    """Put the pictures of each product together."""
    groups = rows.groupby("product_id", sort=False)
    least = rows.loc[groups["probability"].idxmin()].set_index("product_id")
    found = pd.DataFrame(
        {
            "picture_hash": groups["picture_hash"].first(),
            "pictures": groups.size(),
            "category": least["category"],
            "probability": least["probability"],
            "threshold": least["threshold"],
            "accepted": groups["accepted"].all() & (groups["category"].nunique() == 1),
        }
    )
    return found.rename_axis("product_id").reset_index()


def check_table(path: Path) -> Path:
    """Check where the table goes before the work begins; raises as :func:`check_written_file` does."""
    return check_written_file(path, endings=FORMATS, what="predictions")


def write_table(decided: pd.DataFrame, path: Path, *, ruled: bool) -> None:
    """Write decisions as CSV, Parquet or a JSON list; without a rule nothing is said of thresholds.

    Raises:
        RunError: It cannot be written there.
    """
    shown = decided.drop(columns=["picture_hash"] if ruled else ["picture_hash", "threshold", "accepted"])
    try:
        write_whole(path, _bytes(shown, path.suffix.lower()))
    except OSError as error:
        raise RunError(f"{path} cannot be written ({error.strerror or error}): name another file") from error


def _bytes(shown: pd.DataFrame, suffix: str) -> bytes:
    if suffix == ".parquet":
        return bytes(shown.to_parquet(index=False))
    if suffix == ".json":
        return shown.to_json(orient="records", force_ascii=False, indent=1).encode()
    rows = shown.astype(object).where(shown.notna(), None).to_dict("records")
    return csv_lines([list(shown.columns), *([_cell(value) for value in row.values()] for row in rows)]).encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6f}"
    return optional_cell(value) if value is None else safe_cell(str(value))


def check_filable(run: RunFiles) -> None:
    """Refuse filing by a run whose answers are no whole categories.

    Raises:
        RunError: It predicts something else.
    """
    if run.run.target != "category":
        raise RunError(f"run {run.run.run_id!r} predicts {run.run.target}, no whole categories: nothing can be filed")


def file_products(home: Home, catalog: Catalog, decided: pd.DataFrame, *, run_id: str, actor: str) -> Filed:
    """File accepted products under their category as one change; what somebody changed meanwhile stays as theirs.

    Args:
        home: The home.
        catalog: The catalog.
        decided: As :func:`decide_products` gives it.
        run_id: The run, for the log.
        actor: Who files.
    """
    accepted = decided[decided["accepted"]]
    wanted: dict[str, tuple[str | None, str]] = {}
    columns = (accepted[name].tolist() for name in ("product_id", "current", "category"))
    for product_id, current, category in zip(*columns, strict=True):
        if current != category:
            wanted[str(product_id)] = (current if isinstance(current, str) else None, str(category))
    if not wanted:
        return Filed(None, 0, 0)
    ids, changes = list(wanted), []
    with change(home, actor=actor, kind="file", summary="Filing", catalog_id=catalog.catalog_id) as filing:
        for start in range(0, len(ids), _IDS_A_QUERY):
            mine = products.c.product_id.in_(ids[start : start + _IDS_A_QUERY])
            query = select(products.c.product_id, products.c.category, products.c.left_out)
            query = query.where(products.c.catalog_id == catalog.catalog_id, mine).with_for_update()
            for row in filing.connection.execute(query).mappings():
                current, category = wanted[row["product_id"]]
                if row["left_out"] is None and row["category"] == current:
                    key = {"catalog_id": catalog.catalog_id, "product_id": row["product_id"]}
                    changes.append((key, {"category": category}))
        if changes:
            filing.update_many(products, changes)
        count = "1 product" if len(changes) == 1 else f"{len(changes):,} products"
        filing.summarize(f"Filed {count} by the rule of {run_id}")
        return Filed(filing.event_id, len(changes), len(wanted) - len(changes))
