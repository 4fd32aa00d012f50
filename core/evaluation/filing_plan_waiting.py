"""Products that wait for a category: which of them a plan would file without a person."""

import numpy as np
import pandas as pd

from core.catalog.catalogs import list_catalogs
from core.catalog.products import picture_table, product_table
from core.evaluation.calibration import scale
from core.evaluation.filing_plan import FilingPlan
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.predict import predict_features
from core.models.runs import RunFiles

_BLOCK_ROWS = 4096
_COLUMNS = ["product_id", "picture_hash", "pictures", "category", "probability", "accepted"]


def file_waiting(home: Home, run: RunFiles, plan: FilingPlan) -> pd.DataFrame:
    """Tell of the catalog's products without a category what the plan would file.

    Only products whose pictures are embedded are looked at. A product is filed when every one of its pictures is
    accepted and all say the same, which promises at least as much as one picture does.

    Args:
        home: The home.
        run: The run of the plan.
        plan: The plan.

    Returns:
        One row a product, in catalog order: product_id, picture_hash (the first), pictures, category (of its least
        certain picture), probability (of that picture), accepted. Empty where the run predicts no whole categories or
        its catalog is gone.
    """
    catalog = next((each for each in list_catalogs(home) if each.catalog_id == run.run.catalog_id), None)
    if catalog is None or run.run.target != "category":
        return pd.DataFrame(columns=_COLUMNS).astype({"accepted": bool})
    products = product_table(home, catalog)
    waiting = products.loc[products["category"].isna() | (products["category"] == ""), "product_id"]
    rows = picture_table(home, catalog)[["product_id", "picture_hash"]].drop_duplicates()
    rows = rows[rows["product_id"].isin(waiting)].reset_index(drop=True)
    features, known = gather_features(home, rows["picture_hash"].tolist(), backbone=run.run.encoder)
    places = np.flatnonzero(known)
    predicted, given = np.zeros(len(places), dtype=np.int64), np.zeros(len(places))
    for start in range(0, len(places), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        chances = predict_features(run, np.asarray(features[places[block]]))
        predicted[block] = chances.argmax(axis=1)
        given[block] = scale(chances, plan.temperature).max(axis=1)
    rows = rows.iloc[places].assign(
        category=np.array(run.run.classes, dtype=object)[predicted],
        probability=given,
        accepted=given >= plan.thresholds[predicted],
    )
    return _by_product(rows)


def _by_product(rows: pd.DataFrame) -> pd.DataFrame:
    """Put the pictures of each product together."""
    groups = rows.groupby("product_id", sort=False)
    least = rows.loc[groups["probability"].idxmin()].set_index("product_id")
    agreed = groups["category"].nunique() == 1
    found = pd.DataFrame(
        {
            "picture_hash": groups["picture_hash"].first(),
            "pictures": groups.size(),
            "category": least["category"],
            "probability": least["probability"],
            "accepted": groups["accepted"].all() & agreed,
        }
    )
    return found.rename_axis("product_id").reset_index()[_COLUMNS].astype({"accepted": bool})
