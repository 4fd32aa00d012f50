"""Neighbors before and after: what a run's own network did to the look-alikes of pictures it never learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog, list_catalogs
from core.errors import RunError
from core.evaluation.metrics import INTERVAL
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.neighbor_precision import NEIGHBORS, Placed, neighbor_precision
from core.models.runs import Run, RunFiles, open_run
from core.vision.embeddings import Embedding, latest_embedding

_RESAMPLES = 2000


@dataclass(frozen=True)
class MeanFigure:
    """A mean over pictures.

    Attributes:
        value: The mean.
        interval: Its 95 % interval, by bootstrap over products.
    """

    value: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class NeighborReport:
    """Precision of neighbors among test pictures, with the backbone's embedding and with the run's own.

    Attributes:
        run_id: The run.
        catalog: Name of its catalog.
        backbone: The backbone it started from.
        target: What its labels are.
        k: How many neighbors count.
        queries: Test pictures asked for; each is sought among all others of other products.
        products: Products they show.
        before: Share of neighbors with the query's label, in the embedding of the backbone.
        after: The same in the run's own embedding.
        gain: Mean difference, picture by picture.
        ceiling: What a perfect order would reach: some labels have fewer than k other pictures.
        by_label: One row a label: label, pictures, before, after; most pictures first.
    """

    run_id: str
    catalog: str
    backbone: str
    target: str
    k: int
    queries: int
    products: int
    before: MeanFigure
    after: MeanFigure
    gain: MeanFigure
    ceiling: float
    by_label: pd.DataFrame

    def to_json(self) -> dict[str, Any]:
        """Give the figures as plain JSON values."""
        figures = {"before": self.before, "after": self.after, "gain": self.gain}
        return {
            "run": self.run_id,
            "catalog": self.catalog,
            "backbone": self.backbone,
            "target": self.target,
            "k": self.k,
            "queries": self.queries,
            "products": self.products,
            **{
                name: {"precision": figure.value, "interval": list(figure.interval)} for name, figure in figures.items()
            },
            "ceiling": self.ceiling,
            "labels": self.by_label.to_dict("records"),
        }


def neighbor_report(home: Home, run_id: str, *, k: int = NEIGHBORS) -> NeighborReport:
    """Compare the neighbors of a run's test pictures before and after its training.

    Both embeddings are those that search and maps use. Test pictures show products the run neither learned from nor
    chose by; they are sought among each other, and pictures of the query's own product do not count.

    Args:
        home: The home.
        run_id: A run that trained a network of its own, whose catalog is embedded with it and with its backbone.
        k: How many neighbors count.

    Raises:
        RunError: There is no such run, it has no network of its own, its catalog is gone or not embedded with it.
    """
    files = open_run(home, run_id)
    catalog = _catalog(home, files.run)
    rows = files.products[files.products["split"] == "test"].reset_index(drop=True)
    names = (files.run.backbone, files.run.encoder)
    points, known = zip(*(_points(home, catalog, name, rows, run=files) for name in names), strict=True)
    kept = known[0] & known[1]
    rows = rows[kept].reset_index(drop=True)
    labels, products = (pd.factorize(rows[name])[0] for name in ("label", "product_id"))
    measured = []
    for each in points:
        placed = Placed(each[kept], labels, products)
        measured.append(neighbor_precision(placed, placed, k=k))
    (before, ceiling), (after, _) = measured
    judged = ~np.isnan(before)
    if not judged.any():
        raise RunError(f"run {run_id!r} has no two test pictures of different products to compare")
    rows = rows[judged].assign(before=before[judged], after=after[judged])
    ids = rows["product_id"].tolist()
    return NeighborReport(
        run_id=files.run.run_id,
        catalog=catalog.name,
        backbone=files.run.backbone,
        target=files.run.target,
        k=k,
        queries=len(rows),
        products=int(rows["product_id"].nunique()),
        before=mean_figure(rows["before"].to_numpy(), ids),
        after=mean_figure(rows["after"].to_numpy(), ids),
        gain=mean_figure((rows["after"] - rows["before"]).to_numpy(), ids),
        ceiling=float(ceiling[judged].mean()),
        by_label=_by_label(rows),
    )


def mean_figure(values: np.ndarray, product_ids: Sequence[str], *, seed: int = 0) -> MeanFigure:
    """Give the mean of a figure of pictures, and its 95 % interval by bootstrap over products.

    Products are drawn, not pictures, as pictures of one product are alike. Products with equal sums are
    interchangeable, so that drawing how often each *kind* occurs is the same bootstrap. Source: Efron (1979); clustered
    as in Field & Welsh (2007).

    Args:
        values: Float (N,): at least one.
        product_ids: Product of each.
        seed: Seed of the draws.
    """
    codes, names = pd.factorize(np.asarray(product_ids, dtype=object))
    sums = np.bincount(codes, weights=values, minlength=len(names)).round(9)
    kinds, frequency = np.unique(np.stack((sums, np.bincount(codes)), axis=1), axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(names), frequency / len(names), size=_RESAMPLES) @ kinds
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2])
    return MeanFigure(float(values.mean()), (float(low), float(high)))


def _catalog(home: Home, run: Run) -> Catalog:
    if run.encoder == run.backbone:
        raise RunError(
            f"run {run.run_id!r} learned a head on {run.backbone} and has no embedding of its own: neighbors stay as "
            "they were; train with --recipe triplet or fine-tune"
        )
    for catalog in list_catalogs(home):
        if catalog.catalog_id == run.catalog_id:
            return catalog
    raise RunError(f"the catalog of run {run.run_id!r}, {run.catalog!r}, was deleted: `undo` brings it back")


def _points(
    home: Home, catalog: Catalog, name: str, rows: pd.DataFrame, *, run: RunFiles
) -> tuple[np.ndarray, np.ndarray]:
    """Place pictures in an embedding, float32 (P, d), and tell which are known, bool (P,)."""
    embedding: Embedding | None = latest_embedding(home, catalog, backbone=name)
    features, known = gather_features(home, rows["picture_hash"].tolist(), backbone=name)
    if embedding is None or not known.any():
        raise RunError(
            f"catalog {catalog.name!r} is not embedded with {name} yet, so the neighbors of run {run.run.run_id!r} "
            f"cannot be compared: run `embed {catalog.name} --backbone {name}` first"
        )
    return embedding.project(np.asarray(features)), known


def _by_label(rows: pd.DataFrame) -> pd.DataFrame:
    groups = rows.groupby("label", sort=False)
    table = groups.agg(pictures=("before", "size"), before=("before", "mean"), after=("after", "mean"))
    return table.sort_values("pictures", ascending=False, kind="stable").reset_index()
