"""Finding pictures that are the same: equal files first, then nearly equal ones, never all compared with all.

What is found is derived data: it is kept in `duplicate_groups` until it is found anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import delete, insert

from core.catalog.catalogs import Catalog
from core.catalog.database import write
from core.catalog.products import picture_table
from core.catalog.schema import duplicate_groups
from core.cleaning.picture_agreement import (
    LEAST_AGREEMENT,
    LEAST_WITH_FEATURES,
    NEAR_COSINE,
    agreement,
    read_small,
)
from core.cleaning.picture_prints import distances, make_prints, near_prints
from core.errors import BackboneError
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.near_duplicates import join_groups, near_duplicate_pairs
from core.progress import Progress
from core.vision.backbones import DEFAULT_BACKBONE

FEATURE_PICTURES = 200_000
"""Above so many pictures features are not compared blockwise: that would take hours. Hashes alone find candidates."""

_CANDIDATE_COSINE = 0.84
_CANDIDATE_BITS = 32
_SURE_BITS = 16  # beside features, which find the rest better
_FEATURE_BITS = 72  # near features with an altogether different outline are look-alikes, not copies
_ROWS_A_STATEMENT = 1000


@dataclass(frozen=True)
class DuplicateGroup:
    """Products that show the same picture.

    Attributes:
        kind: ``exact``: the same file; ``near``: the same but for size, crop, brightness or encoding.
        product_ids: In catalog order, at least two.
        picture_hashes: The picture of each that is in the group, the first of several.
        similarity: 0..1, of the two that agree most.
    """

    kind: str
    product_ids: tuple[str, ...]
    picture_hashes: tuple[str, ...]
    similarity: float


@dataclass(frozen=True)
class Duplicates:
    """What a search found.

    Attributes:
        exact: Groups of equal files.
        near: Groups of nearly equal pictures; each holds the equal files among them too.
        picture_group: Number of the near group of every picture, by hash; equal numbers are the same picture.
        shown: One row a picture of a product: product_id, picture_hash.
        surplus_files: Pictures that products show beside the first product that shows the same file.
    """

    exact: tuple[DuplicateGroup, ...]
    near: tuple[DuplicateGroup, ...]
    picture_group: dict[str, int]
    shown: pd.DataFrame
    surplus_files: int


def find_duplicates(home: Home, catalog: Catalog, *, near: bool = True, progress: Progress) -> Duplicates:
    """Group the pictures of a catalog and keep the groups.

    Args:
        home: The home.
        catalog: The catalog.
        near: Also find nearly equal pictures.
        progress: Told how far it is; may cancel.
    """
    shown = picture_table(home, catalog)[["product_id", "picture_hash"]].drop_duplicates().reset_index(drop=True)
    hashes = shown["picture_hash"].drop_duplicates().tolist()
    pairs, scores = np.empty((0, 2), dtype=np.int64), np.empty(0)
    if near and len(hashes) > 1:
        pairs, scores = _near_pairs(home, hashes, progress)
    numbers = join_groups(len(hashes), pairs)
    picture_group = dict(zip(hashes, numbers.tolist(), strict=True))
    shown["group"] = shown["picture_hash"].map(picture_group)
    best = np.zeros(len(hashes))
    for first, score in zip(pairs[:, 0].tolist(), scores.tolist(), strict=True):
        best[numbers[first]] = max(best[numbers[first]], score)
    exact = tuple(_groups("exact", shown, by="picture_hash", similarity=None))
    several = set(np.flatnonzero(np.bincount(numbers) > 1).tolist()) if len(numbers) else set()
    near_rows = shown[shown["group"].isin(several)]
    found = Duplicates(
        exact=exact,
        near=tuple(_groups("near", near_rows, by="group", similarity=best)),
        picture_group=picture_group,
        shown=shown,
        surplus_files=len(shown) - len(hashes),
    )
    _keep(home, catalog, found)
    return found


def _near_pairs(home: Home, hashes: list[str], progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Find candidates by hashes and features, then lay each pair over one another."""
    prints, known = make_prints(home, hashes, progress=progress)
    rows = np.flatnonzero(known)
    features = _known_features(home, hashes)
    progress.report(0, None, "comparing pictures")
    candidates = rows[near_prints(prints[rows], most_bits=_CANDIDATE_BITS if features is None else _SURE_BITS)]
    if features is not None:
        alike = near_duplicate_pairs(features, threshold=_CANDIDATE_COSINE)
        alike = alike[known[alike].all(axis=1)]
        candidates = np.concatenate((candidates, alike[distances(prints, alike) <= _FEATURE_BITS]))
    candidates = np.unique(candidates.reshape(-1, 2), axis=0)
    return _confirmed(home, hashes, candidates, features, progress)


def _known_features(home: Home, hashes: list[str]) -> np.ndarray | None:
    """Read the default backbone's features; None unless nearly all pictures have some."""
    if len(hashes) > FEATURE_PICTURES:
        return None
    try:
        features, known = gather_features(home, hashes, backbone=DEFAULT_BACKBONE)
    except BackboneError:  # no weights, so nothing was ever embedded
        return None
    return features if known.mean() > 0.99 else None


def _confirmed(
    home: Home, hashes: list[str], candidates: np.ndarray, features: np.ndarray | None, progress: Progress
) -> tuple[np.ndarray, np.ndarray]:
    """Keep the candidates that agree; pairs (pairs, 2) and how far they do (pairs,)."""
    mean = features.mean(axis=0) if features is not None else None
    kept, scores = [], []
    for done, (first, second) in enumerate(candidates.tolist()):
        if done % 50 == 0:
            progress.report(done, len(candidates), "laying pictures over one another")
        one, other = read_small(home, hashes[first]), read_small(home, hashes[second])
        if one is None or other is None:
            continue
        score = agreement(one, other)
        near = features is not None and _cosine(features[first] - mean, features[second] - mean) >= NEAR_COSINE
        if score >= (LEAST_WITH_FEATURES if near else LEAST_AGREEMENT):
            kept.append((first, second))
            scores.append(score)
    return np.array(kept, dtype=np.int64).reshape(-1, 2), np.array(scores)


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    lengths = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return float(one @ other) / lengths if lengths else 0.0


def _groups(kind: str, shown: pd.DataFrame, *, by: str, similarity: np.ndarray | None) -> Iterator[DuplicateGroup]:
    """Yield the groups that several products show, the largest first."""
    first = shown.drop_duplicates([by, "product_id"])
    several = first[first.groupby(by)["product_id"].transform("size") > 1]
    made = [
        DuplicateGroup(
            kind,
            tuple(rows["product_id"]),
            tuple(rows["picture_hash"]),
            1.0 if similarity is None else float(similarity[int(str(number))]),
        )
        for number, rows in several.groupby(by, sort=False)
    ]
    yield from sorted(made, key=lambda group: (-len(group.product_ids), -group.similarity, group.product_ids))


def _keep(home: Home, catalog: Catalog, found: Duplicates) -> None:
    """Replace the kept groups of the catalog. Derived, so it is no change of the log: undoing takes nothing from it."""
    rows = [
        {
            "catalog_id": catalog.catalog_id,
            "kind": group.kind,
            "group_id": number,
            "product_id": product_id,
            "picture_hash": picture_hash,
            "similarity": group.similarity,
            "built_version": catalog.version,
        }
        for groups in (found.exact, found.near)
        for number, group in enumerate(groups)
        for product_id, picture_hash in zip(group.product_ids, group.picture_hashes, strict=True)
    ]
    with write(home) as connection:
        connection.execute(delete(duplicate_groups).where(duplicate_groups.c.catalog_id == catalog.catalog_id))
        for start in range(0, len(rows), _ROWS_A_STATEMENT):
            connection.execute(insert(duplicate_groups), rows[start : start + _ROWS_A_STATEMENT])
