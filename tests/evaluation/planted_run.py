"""Runs made of predictions: nothing is trained, so that pages and figures of many classes cost nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from core.catalog.catalogs import Catalog
from core.files import write_json_whole
from core.home import Home
from core.models.run_files import HISTORY, MANIFEST, ROWS
from core.models.run_writer import split_metrics
from core.models.runs import register_run
from tests.models.synthetic import picture_hash


def planted_run(
    home: Home, catalog: Catalog, predicted: Sequence[tuple[str, str]], *, classes: Sequence[str], train: int = 0
) -> str:
    """A run whose picture number i, ``p000i``, has the given label and was predicted so; gives its id.

    Args:
        home: The home.
        catalog: As ``planted_catalog`` makes it.
        predicted: Label and predicted class of each product, in order.
        classes: Classes in order.
        train: So many of them, the first, are of train; the rest is test.
    """
    run_id = f"linear-20260101-000000-{catalog.catalog_id:04}"
    right = [label == given for label, given in predicted]
    rows = pd.DataFrame(
        {
            "product_id": [f"p{number:04}" for number in range(len(predicted))],
            "picture_hash": [picture_hash(number) for number in range(len(predicted))],
            "label": [label for label, _ in predicted],
            "split": ["train"] * train + ["test"] * (len(predicted) - train),
            "predicted": [given for _, given in predicted],
            "probability": [0.5 + 0.4 * number / len(predicted) for number in range(len(predicted))],
            "label_probability": [0.8 if fine else 0.1 for fine in right],
            "label_rank": pd.array([1 if fine else 2 for fine in right], dtype="int32").to_numpy(),
        }
    )
    folder = home.runs / run_id
    folder.mkdir(parents=True)
    rows.to_parquet(folder / ROWS, index=False)
    write_json_whole(folder / HISTORY, [])
    manifest = {
        "run": run_id,
        "name": "Planted",
        "catalog": catalog.name,
        "catalog_id": catalog.catalog_id,
        "catalog_version": catalog.version,
        "recipe": "linear",
        "backbone": "efficientnet-lite0",
        "weights_hash": "",
        "feature_dimensions": 1280,
        "target": "category",
        "classes": list(classes),
        "pictures": {"train": train, "validation": 0, "test": len(predicted) - train},
        "leaked": 0,
        "warnings": [],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": 61.0,
        "metrics": {"test": split_metrics(rows, tuple(classes))["test"]},
    }
    write_json_whole(folder / MANIFEST, manifest)
    register_run(home, manifest, actor="tests")
    return run_id
