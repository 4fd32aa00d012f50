"""Which validation and test pictures have a near duplicate among the training pictures, and which one it is."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
from pyarrow import ArrowException

from core.errors import RunError
from core.files import write_whole
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.near_duplicates import join_groups, near_duplicate_pairs
from core.models.runs import RunFiles
from core.models.splits import SPLIT_NAMES, TRAIN
from core.models.training_set import DUPLICATE_COSINE

COLUMNS = (
    "product_id", "picture_hash", "split", "label", "predicted",
    "twin_product_id", "twin_picture_hash", "twin_label", "similarity", "why",
)  # fmt: skip
SAME_PICTURE, SAME_PRODUCT, NEAR = "the same picture", "the same product", "nearly the same picture"


def leaked_pictures(home: Home, run: RunFiles) -> pd.DataFrame:
    """Pair every leaked picture with the training picture that is most like it; kept in the cache once found.

    A picture leaks when its group, joined by equal files, products and near duplicates as splitting joins them, has a
    training picture, as can happen where the source brought its own splits.

    Args:
        home: The home.
        run: The run.

    Returns:
        One row a validation or test picture, the most alike first: product_id, picture_hash, split, label, predicted,
        twin_product_id, twin_picture_hash, twin_label, similarity (cosine of centered features, -1..1), why.

    Raises:
        RunError: Features of its pictures are not kept any more.
    """
    path = home.cache / "leaks" / f"{run.run.run_id}.parquet"
    found = _kept(path)
    if found is None:
        found = _find(home, run)
        buffer = io.BytesIO()
        found.to_parquet(buffer, index=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, buffer.getvalue())
    return found


def are_leaks_kept(home: Home, run_id: str) -> bool:
    """Tell whether the leaked pictures of a run were found before."""
    return _kept(home.cache / "leaks" / f"{run_id}.parquet") is not None


def _kept(path: Path) -> pd.DataFrame | None:
    try:
        return pd.read_parquet(path, columns=list(COLUMNS))
    except (OSError, ValueError, ArrowException):  # missing or damaged: it is found again
        return None


def _find(home: Home, run: RunFiles) -> pd.DataFrame:
    rows = run.products
    hashes, products = rows["picture_hash"].tolist(), rows["product_id"].tolist()
    features, known = gather_features(home, hashes, backbone=run.run.backbone)
    if not known.all():
        raise RunError(
            f"{int((~known).sum()):,} pictures of run {run.run.run_id!r} have no features of {run.run.backbone!r} any "
            f"more: run `embed {run.run.catalog}` to compare them"
        )
    pairs = [near_duplicate_pairs(features, threshold=DUPLICATE_COSINE)]
    for names in (products, hashes):
        codes, _ = pd.factorize(np.asarray(names, dtype=object))
        first = np.unique(codes, return_index=True)[1]
        pairs.append(np.stack((first[codes], np.arange(len(rows))), axis=1))
    groups = join_groups(len(rows), np.concatenate(pairs))
    train = (rows["split"] == SPLIT_NAMES[TRAIN]).to_numpy()
    leaked = np.flatnonzero(~train & np.isin(groups, groups[train]))
    members = {int(number): np.flatnonzero(train & (groups == number)) for number in np.unique(groups[leaked])}
    center = features.mean(axis=0, dtype=np.float64).astype(np.float32)
    twins = [_most_alike(features, center, int(row), members[int(groups[row])]) for row in leaked]
    return _table(rows, leaked, twins)


def _most_alike(features: np.ndarray, center: np.ndarray, row: int, others: np.ndarray) -> tuple[int, float]:
    """Give the row of the most similar of others, and their cosine; pictures without a direction are unlike all."""
    own, theirs = features[row] - center, features[others] - center
    lengths = np.linalg.norm(own) * np.linalg.norm(theirs, axis=1)
    cosines = np.divide(theirs @ own, lengths, out=np.zeros(len(others), dtype=np.float32), where=lengths > 0)
    best = int(cosines.argmax())
    return int(others[best]), float(cosines[best])


def _table(rows: pd.DataFrame, leaked: np.ndarray, twins: list[tuple[int, float]]) -> pd.DataFrame:
    own = rows.iloc[leaked].reset_index(drop=True)
    other = rows.iloc[[row for row, _ in twins]].reset_index(drop=True)
    same_picture = (own["picture_hash"] == other["picture_hash"]).to_numpy()
    same_product = (own["product_id"] == other["product_id"]).to_numpy()
    found = pd.DataFrame(
        {
            **{name: own[name].astype(str) for name in COLUMNS[:5]},
            "twin_product_id": other["product_id"].astype(str),
            "twin_picture_hash": other["picture_hash"].astype(str),
            "twin_label": other["label"].astype(str),
            "similarity": np.array(
                [1.0 if same else cosine for same, (_, cosine) in zip(same_picture, twins, strict=True)]
            ),
            "why": np.where(same_picture, SAME_PICTURE, np.where(same_product, SAME_PRODUCT, NEAR)),
        },
        columns=list(COLUMNS),
    )
    return found.sort_values("similarity", ascending=False, kind="stable").reset_index(drop=True)
