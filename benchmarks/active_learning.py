"""Active learning: what labeling what `next-to-label` names brings, against labeling pictures at random.

The training pictures of clothing-small count as uncategorized but for 50 drawn at random. Then 50 at a time are
labeled: those `next-to-label` chooses, as many drawn at random, or those a plain head is least sure of (smallest margin
between its two likeliest categories; Scheffer, Decomain & Wrobel 2001). After each step the same plain head
(scikit-learn's logistic regression on standardized features) learns from what is labeled and is judged on the test
pictures, which nobody ever chooses from. All three begin with the same 50 and run in the same process.

    python -m benchmarks.active_learning [--data ../shared/data] [--seeds 5] [--home DIR] [--write]
"""

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measuring import ROOT, markdown_table, mean_and_spread, show, versions
from benchmarks.planted_labels import prepared
from core.catalog.catalogs import find_catalog
from core.catalog.products import product_table
from core.home import Home
from core.progress import SilentProgress
from core.review.audited_products import AuditedProducts, read_audited
from core.review.labeling import next_to_label
from core.vision.backbones import DEFAULT_BACKBONE

STEP, STEPS = 50, 9
WAYS = ("next-to-label", "least sure", "at random")
_PLAIN = {"C": 0.01, "max_iter": 200}


class PlainHead:
    """Logistic regression on standardized features, judged on pictures it never sees."""

    def __init__(self, features: np.ndarray, labels: np.ndarray, test: np.ndarray) -> None:
        self.features, self.labels, self.test = features, labels, test

    def learn(self, rows: np.ndarray) -> None:
        """Learn from some rows."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self.model = make_pipeline(StandardScaler(), LogisticRegression(**_PLAIN))
        self.model.fit(self.features[rows], self.labels[rows])

    def accuracy(self) -> float:
        """Share of the test pictures that are right."""
        return float((self.model.predict(self.features[self.test]) == self.labels[self.test]).mean())

    def least_sure(self, rows: np.ndarray, count: int) -> np.ndarray:
        """Give the rows with the smallest margin."""
        best = np.sort(self.model.predict_proba(self.features[rows]), axis=1)
        return rows[np.argsort(best[:, -1] - best[:, -2], kind="stable")[:count]]


def asked(pool: AuditedProducts, rows: np.ndarray, labeled: np.ndarray) -> np.ndarray:
    """Give the rows `next-to-label` chooses when only some of the pool are labeled."""
    products = pool.products.copy()
    products.loc[~np.isin(rows, labeled), "category"] = None
    hidden = AuditedProducts(**{**vars(pool), "products": products})
    found = next_to_label(hidden, limit=STEP, progress=SilentProgress())
    return rows[products["product_id"].isin([each.product_id for each in found]).to_numpy()]


def measure(home: Home, seeds: range) -> dict[str, list[list[float]]]:
    """Label step by step in every way; test accuracies by way, seed and step."""
    catalog = find_catalog(home, "clothing")
    whole = read_audited(home, catalog, backbone=DEFAULT_BACKBONE)
    if not np.array_equal(whole.pictures["product"].to_numpy(), np.arange(len(whole.products))):
        raise SystemExit("expected one embedded picture a product: embed the catalog `clothing` first")
    table = product_table(home, catalog).set_index("product_id").loc[whole.products["product_id"]]
    features, labels = np.asarray(whole.features), pd.factorize(table["category"], sort=True)[0]
    rows = np.flatnonzero((table["split"] == "train").to_numpy())
    head = PlainHead(features, labels, np.flatnonzero((table["split"] == "test").to_numpy()))
    pool = part_of(whole, rows)
    found: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    for seed in seeds:
        start = np.random.default_rng(seed).choice(rows, STEP, replace=False)
        for way in WAYS:
            random, labeled, curve = np.random.default_rng(1000 + seed), start, []
            for _step in range(STEPS):
                head.learn(labeled)
                curve.append(head.accuracy())
                left = np.setdiff1d(rows, labeled)
                if way == "next-to-label":
                    new = asked(pool, rows, labeled)
                elif way == "least sure":
                    new = head.least_sure(left, STEP)
                else:
                    new = random.choice(left, STEP, replace=False)
                labeled = np.concatenate([labeled, new])
            head.learn(labeled)
            found[way].append([*curve, head.accuracy()])
            print(seed, way, [round(each, 3) for each in found[way][-1]], flush=True)
    return found


def part_of(whole: AuditedProducts, rows: np.ndarray) -> AuditedProducts:
    """Cut to some products, each with its one picture."""
    pictures = whole.pictures.iloc[rows].assign(product=np.arange(len(rows))).reset_index(drop=True)
    return AuditedProducts(
        **{
            **vars(whole),
            "products": whole.products.iloc[rows].reset_index(drop=True),
            "pictures": pictures,
            "features": np.asarray(whole.features)[rows],
            "matrix": np.asarray(whole.matrix)[rows],
        }
    )


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("SHELFLENS_SHARED", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=shared)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--home", type=Path, help="a home with the catalog `clothing` embedded; default makes one")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(prepared(given.home, given.data, Path(folder) / "home"), range(given.seeds))
    curves = {way: np.array(each) for way, each in found.items()}
    rows = [
        [(step + 1) * STEP, *(mean_and_spread(curves[way][:, step].tolist()) for way in WAYS)]
        for step in range(STEPS + 1)
    ]
    gains = (curves[WAYS[0]] - curves["at random"])[:, 1:].mean(axis=1)
    words = (
        f"Test accuracy, mean of {given.seeds} seeds; in brackets the standard deviation. Over the steps after the "
        f"first `next-to-label` is {mean_and_spread((100 * gains).tolist(), 1)} points above labeling at random."
    )
    table = markdown_table(["labeled pictures", *WAYS], rows)
    result = {"accuracy": found, "gain_points": (100 * gains).tolist(), "versions": versions("numpy", "scikit-learn")}
    show("active_learning", "Labeling what teaches most", f"{table}\n\n{words}", result, write=given.write)


if __name__ == "__main__":
    main()
