"""What a home holds, as plain values that two homes can be compared by; nothing in it depends on when it was made."""

import hashlib
import json

import numpy as np

from core.catalog.catalogs import list_catalogs
from core.catalog.log import list_events
from core.catalog.product_filter import ProductFilter
from core.catalog.products import read_products
from core.models.runs import list_runs, open_run
from core.recommend.presets import BUILT_IN, list_presets
from core.review.decisions import read_ledger
from core.review.findings import LABELS
from core.vision.embeddings import latest_embedding
from tests.faults.harness.prepared import TINY


def read_facts(home):
    """Read everything worth keeping: ``{"what/where/which": value}``."""
    found = {}
    for catalog in list_catalogs(home):
        found |= {f"products/{catalog.name}/{key}": value for key, value in _products(home, catalog).items()}
        found |= {f"embedding/{catalog.name}/{key}": value for key, value in _rows(home, catalog).items()}
        for preset in list_presets(home, catalog)[0]:
            if preset.name not in BUILT_IN:
                kept = [[each.version, each.note, dict(each.values)] for each in preset.versions]
                found[f"preset/{catalog.name}/{preset.name}"] = kept
        for product_id, decision in read_ledger(home, catalog, LABELS).standing.items():
            found[f"decision/{catalog.name}/{product_id}"] = [decision.decision, decision.to]
    for run in list_runs(home):
        found[f"run/{run.catalog}/{_run(home, run)}"] = run.state
    found["reviews"] = sum(event.kind == "review" for event in list_events(home, limit=1000))
    return found


def _products(home, catalog):
    everything = ProductFilter(left_out=None)
    return {
        each.product_id: [each.title, each.category, each.split, list(each.picture_hashes)]
        for each in read_products(home, catalog, filter=everything)
    }


def _rows(home, catalog):
    embedding = latest_embedding(home, catalog, backbone=TINY)
    if embedding is None:
        return {}
    rows = np.round(np.asarray(embedding.matrix), 3) + 0.0  # no negative zeros
    return {
        product_id: hashlib.sha256(row.tobytes()).hexdigest()[:12]
        for product_id, row in zip(embedding.product_ids, rows, strict=True)
    }


def _run(home, run):
    """Name a run by what it learned: its head, its probabilities, its epochs."""
    files = open_run(home, run.run_id)
    digest = hashlib.sha256()
    for _name, array in sorted(files.head.items()):
        digest.update((np.round(array, 4) + 0.0).tobytes() if array.dtype.kind == "f" else array.tobytes())
    digest.update((np.round(np.asarray(files.probabilities), 4) + 0.0).tobytes())
    digest.update(json.dumps([row["epoch"] for row in files.history]).encode())
    digest.update(",".join(files.products["product_id"]).encode())
    return digest.hexdigest()[:12]
