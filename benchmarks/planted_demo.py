"""Planted mistakes of the demo: precision and recall of what the audits find of them.

The demo shop has products in wrong categories, copies and prices eight times off, planted on purpose and written down
in its `truths.json`. What an audit puts into the review queue counts as found; the peer ranks as many products by the
obvious rule: for categories the votes of the 20 nearest look-alikes, for copies the cosine to the nearest product, for
prices the distance to the category's median.

    python -m benchmarks.planted_demo [--home DIR] [--write]
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.measuring import markdown_table, run_command, show, versions
from core.catalog.catalogs import Catalog, find_catalog
from core.catalog.products import product_table
from core.files import read_json
from core.home import Home, open_home
from core.progress import SilentProgress
from core.review.audit import audit_catalog, kept_audit
from core.review.audited_products import read_audited
from core.review.findings import DUPLICATES, LABELS, PRICES
from core.review.look_alikes import find_look_alikes, label_votes
from core.review.queue import still_true
from core.vision.backbones import DEFAULT_BACKBONE


def planted(truths: dict[str, Any]) -> dict[str, set[str]]:
    """Give the products with a planted mistake by the kind of audit; all members of a group of copies."""
    groups = [*truths["exact_duplicates"], *truths["near_duplicates"]]
    return {
        LABELS: {each["product_id"] for each in truths["wrong_category"]},
        DUPLICATES: {each for group in groups for each in group},
        PRICES: {each["product_id"] for each in truths["odd_prices"]},
    }


def found_by_audit(home: Home, catalog: Catalog) -> dict[str, tuple[list[str], list[str]]]:
    """Give by kind what stands in the queue, and every product from the most suspicious down."""
    audit_catalog(home, catalog, kinds=(LABELS, DUPLICATES, PRICES), actor="benchmark", progress=SilentProgress())
    table, found = product_table(home, catalog), {}
    for kind in (LABELS, DUPLICATES, PRICES):
        kept = kept_audit(home, catalog, kind)
        findings = kept.audit.findings if kept else ()
        queued = {each.product_id for each in still_true(findings, kind, table)}
        if kind == DUPLICATES:  # the copy that stays is part of what was found
            queued |= {each.product_id for each in findings if each.score > 0.5}
        ranked = [each.product_id for each in findings]
        found[kind] = [each for each in ranked if each in queued], ranked
    return found


def ranked_by_peer(home: Home, catalog: Catalog) -> dict[str, list[str]]:
    """Rank products by the obvious rules."""
    audited = read_audited(home, catalog, backbone=DEFAULT_BACKBONE)
    table = audited.products
    apart = np.arange(len(table))
    nearest = find_look_alikes(audited.matrix, apart, count=20, progress=SilentProgress())
    codes, _ = pd.factorize(table["category"])
    votes = label_votes(nearest, codes, class_count=int(codes.max()) + 1, rows=slice(0, len(table)))
    logs = pd.Series(np.log(table["price_minor_units"].astype(float)))
    away = (logs - logs.groupby(codes).transform("median")).abs().to_numpy()
    scores = {LABELS: -votes[apart, codes], DUPLICATES: nearest.similarities[:, 0], PRICES: away}
    ids = table["product_id"].to_numpy()
    return {kind: ids[np.argsort(-each, kind="stable")].tolist() for kind, each in scores.items()}


def judged(found: list[str], truth: set[str]) -> tuple[float, float]:
    """Precision and recall."""
    right = len(set(found) & truth)
    return right / max(len(found), 1), right / max(len(truth), 1)


def measure(home: Home, catalog: Catalog) -> tuple[list[list[object]], dict[str, Any]]:
    """Judge the audits and the peer; rows of a table, and every figure."""
    truth = planted(read_json(home.cache / "demo" / "truths.json"))
    audit, peer = found_by_audit(home, catalog), ranked_by_peer(home, catalog)
    rows: list[list[object]] = []
    figures: dict[str, Any] = {}
    for kind, wrong in truth.items():
        queued, ranked = audit[kind]
        precision, recall = judged(queued, wrong)
        within, _ = judged(ranked[: len(wrong)], wrong)
        theirs, _ = judged(peer[kind][: len(wrong)], wrong)
        figures[kind] = {
            "planted": len(wrong),
            "queued": len(queued),
            "precision": precision,
            "recall": recall,
            "recall_within_planted": within,
            "peer_recall_within_planted": theirs,
        }
        rows.append([kind, len(wrong), len(queued), *(f"{each:.3f}" for each in (precision, recall, within, theirs))])
    return rows, figures


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a home with the demo; default builds one")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = given.home or Path(folder) / "home"
        if given.home is None:
            run_command("demo", home=root)
        home = open_home(root)
        rows, figures = measure(home, find_catalog(home, "demo"))
    titles = ["kind", "planted", "in the queue", "precision", "recall", "recall at as many as planted", "peer's"]
    words = (
        "The peer ranks by one obvious rule: votes of the 20 nearest look-alikes, cosine to the nearest product, "
        "distance to the category's median price."
    )
    result = {**figures, "versions": versions("numpy", "scipy", "pandas")}
    body = f"{markdown_table(titles, rows)}\n\n{words}"
    show("planted_demo", "Planted mistakes of the demo", body, result, write=given.write)


if __name__ == "__main__":
    main()
