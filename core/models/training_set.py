"""The training set of a run: labeled pictures with features, their classes and their sides."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.category_names import path_levels
from core.errors import TrainingError
from core.home import Home
from core.models.gathered_features import gather_features
from core.models.label_sets import group_sets, multi_hot, named_sets
from core.models.near_duplicates import join_groups, near_duplicate_pairs
from core.models.splits import SPLIT_NAMES, TRAIN, Splits, assign_splits
from core.models.targets import labeled_pictures, parse_target

LEAST_PRODUCTS = 3
"""A class needs a product to learn from, one to choose by and one to be judged on."""

DUPLICATE_COSINE = 0.93
"""Pictures at least this alike (cosine of centered features) stay on one side.

Measured with EfficientNet-Lite0 on four sets of product pictures: nine in ten pictures saved again at JPEG quality 40
or at half the size, and half of those with 4 % cut off all round, are above it; among the 3,781 different photos of
clothing-small only two are, and 3 % of studio photos of myntra-3000, which show one product from nearly one side.
"""

_NAMED = 5


@dataclass(frozen=True)
class TrainingSet:
    """Pictures a run learns from, chooses by and is judged on.

    Attributes:
        rows: One row a picture, in product order: product_id, picture_hash, label (class name, or the names of a set),
            split.
        classes: Class names in the order of their numbers: that of the category tree, so that close numbers are alike.
        features: Float32 array of shape (P pictures, D dimensions), aligned with the rows; may be memory-mapped.
        left_out: Counts of what is not in it: ``unlabeled_products``, ``pictures_without_features``,
            ``small_class_products``.
        leaked: Validation and test pictures with a duplicate in train.
        warnings: What may make the figures worse or better than they should be, in sentences.
        notes: How the sides came about, in sentences.
        label_sets: Uint8 array of shape (P, C): 1 where a picture has a label; None where each has one class.
    """

    rows: pd.DataFrame
    classes: tuple[str, ...]
    features: np.ndarray
    left_out: dict[str, int]
    leaked: int
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    label_sets: np.ndarray | None = None

    @property
    def labels(self) -> np.ndarray:
        """Int64 array of shape (P,): number of each picture's class, or of its set of labels."""
        if self.label_sets is not None:
            return pd.factorize(self.rows["label"], sort=True)[0].astype(np.int64)
        return pd.Index(self.classes).get_indexer(pd.Index(self.rows["label"])).astype(np.int64)

    @property
    def sides(self) -> np.ndarray:
        """Uint8 array of shape (P,): 0 train, 1 validation, 2 test."""
        return pd.Index(SPLIT_NAMES).get_indexer(pd.Index(self.rows["split"])).astype(np.uint8)


def build_training_set(home: Home, catalog: Catalog, *, target: str, backbone: str, seed: int) -> TrainingSet:
    """Gather the labeled pictures of a catalog and give each a side.

    Args:
        home: The home.
        catalog: The catalog; its pictures are embedded already.
        target: ``category``, ``category:LEVEL``, ``labels`` or ``attribute:NAME``.
        backbone: Whose features.
        seed: Seed of the split, where the source has none.

    Raises:
        TrainingError: The target is unknown, or fewer than two classes can be learned.
    """
    parsed = parse_target(target)
    rows, unlabeled = labeled_pictures(home, catalog, parsed)
    features, known = gather_features(home, rows["picture_hash"].tolist(), backbone=backbone)
    split = split_label_sets if parsed.several else split_training_set
    return split(rows, features, known, unlabeled_products=unlabeled, seed=seed)


def split_training_set(
    rows: pd.DataFrame, features: np.ndarray, known: np.ndarray, *, unlabeled_products: int = 0, seed: int
) -> TrainingSet:
    """Keep what can be learned from and give each picture a side; see :func:`build_training_set`.

    Args:
        rows: One row a picture: product_id, picture_hash, label, split (the source's, or None).
        features: Float32 array of shape (P, D), aligned with the rows; what is left out is moved out of it in place.
        known: Bool array of shape (P,): which pictures have features.
        unlabeled_products: Products left out before, for the count.
        seed: Seed of the split.

    Raises:
        TrainingError: Fewer than two classes can be learned, or a side would be empty.
    """
    warnings = _unknown_warning(known)
    products_of = rows[known].groupby("label")["product_id"].nunique()
    small = products_of[products_of < LEAST_PRODUCTS]
    if len(small):
        warnings.append(_small_warning(small, "class", "classes"))
    keep = known & ~rows["label"].isin(small.index).to_numpy()
    kept = rows[keep].reset_index(drop=True)
    features = features if keep.all() else _take_rows(features, keep)
    groups = duplicate_groups(kept["product_id"].tolist(), kept["picture_hash"].tolist(), features)
    labels = pd.factorize(kept["label"], sort=True)[0].astype(np.int64)
    splits = assign_splits(labels, groups, source=kept["split"].tolist(), seed=seed)
    kept["split"] = np.array(SPLIT_NAMES, dtype=object)[splits.sides]
    unlearnable = _classes_without_train(kept)
    if unlearnable:
        warnings.append(f"no picture to learn from, so left out: {name_some(unlearnable)}")
        teachable = ~kept["label"].isin(unlearnable).to_numpy()
        features, kept = _take_rows(features, teachable), kept[teachable].reset_index(drop=True)
    warnings.extend(_leak_warning(splits))
    classes = tuple(sorted(kept["label"].unique(), key=path_levels))
    _check_enough(kept, classes)
    left_out = {
        "unlabeled_products": unlabeled_products,
        "pictures_without_features": int((~known).sum()),
        "small_class_products": int(small.sum()),
    }
    return TrainingSet(kept, classes, features, left_out, splits.leaked, tuple(warnings), splits.notes)


def split_label_sets(
    rows: pd.DataFrame, features: np.ndarray, known: np.ndarray, *, unlabeled_products: int = 0, seed: int
) -> TrainingSet:
    """Do the same where a picture has several labels: sides hold about their share of every set of labels.

    A label that too few products have is left out of all sets, and a picture only when it has no other.

    Args:
        rows: One row a picture: product_id, picture_hash, label (a tuple of names), split (the source's, or None).
        features: As in :func:`split_training_set`.
        known: Likewise.
        unlabeled_products: Likewise.
        seed: Likewise.

    Raises:
        TrainingError: Fewer than two labels can be learned, or a side would be empty.
    """
    warnings = _unknown_warning(known)
    exploded = rows.loc[known, ["product_id", "label"]].explode("label")
    products_of = exploded.groupby("label")["product_id"].nunique()
    small = products_of[products_of < LEAST_PRODUCTS]
    if len(small):
        warnings.append(_small_warning(small, "label", "labels"))
    classes = tuple(sorted(str(name) for name in products_of.index.difference(small.index)))
    sets = multi_hot(rows["label"].tolist(), classes)
    keep = known & sets.any(axis=1)
    kept, sets, features = rows[keep].reset_index(drop=True), sets[keep], _take_rows(features, keep)
    _check_classes(classes, "labels")
    products = kept["product_id"].tolist()
    groups = duplicate_groups(products, kept["picture_hash"].tolist(), features)
    strata = group_sets(sets, products, least_products=LEAST_PRODUCTS)
    splits = assign_splits(strata, groups, source=kept["split"].tolist(), seed=seed)
    kept["split"] = np.array(SPLIT_NAMES, dtype=object)[splits.sides]
    taught = sets[splits.sides == TRAIN].any(axis=0)
    if not taught.all():
        lost = [name for name, known_in_train in zip(classes, taught, strict=True) if not known_in_train]
        warnings.append(f"no picture to learn from, so left out: {name_some(lost)}")
        classes, sets = tuple(name for name in classes if name not in lost), sets[:, taught]
        labeled: np.ndarray = np.asarray(sets.any(axis=1), dtype=bool)
        kept = kept.loc[labeled].reset_index(drop=True)
        sets, features = sets[labeled], _take_rows(features, labeled)
    warnings.extend(_leak_warning(splits))
    kept["label"] = named_sets(sets, classes)
    _check_enough(kept, classes, "labels")
    left_out = {
        "unlabeled_products": unlabeled_products,
        "pictures_without_features": int((~known).sum()),
        "small_class_products": int(rows.loc[known & ~keep, "product_id"].nunique()),
    }
    return TrainingSet(kept, classes, features, left_out, splits.leaked, tuple(warnings), splits.notes, sets)


def duplicate_groups(product_ids: Sequence[str], picture_hashes: Sequence[str], features: np.ndarray) -> np.ndarray:
    """Number the groups of pictures that must not part: of one product, equal, or near duplicates.

    Args:
        product_ids: Product of each of P pictures.
        picture_hashes: Hash of each.
        features: Float32 array of shape (P, D).

    Returns:
        Int64 array of shape (P,).
    """
    rows = np.arange(len(product_ids))
    links = [near_duplicate_pairs(features, threshold=DUPLICATE_COSINE)]
    for names in (product_ids, picture_hashes):
        codes, _ = pd.factorize(np.asarray(names, dtype=object))
        first = np.unique(codes, return_index=True)[1]
        links.append(np.stack((first[codes], rows), axis=1))
    return join_groups(len(rows), np.concatenate(links))


def name_some(names: Sequence[str]) -> str:
    """Name the first few of many, then say how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(repr(name) for name in names[:_NAMED]) + more


def _unknown_warning(known: np.ndarray) -> list[str]:
    missing = int((~known).sum())
    return [f"{missing} pictures could not be embedded and are left out"] if missing else []


def _leak_warning(splits: Splits) -> list[str]:
    if not splits.leaked:
        return []
    return [
        f"{splits.leaked} validation or test pictures have a near duplicate in train (the source's own splits are "
        "kept): figures on them flatter"
    ]


def _small_warning(small: pd.Series, one: str, many: str) -> str:
    names = name_some([str(name) for name in small.index])
    subject = f"a {one} has" if len(small) == 1 else f"{len(small)} {many} have"
    return f"{subject} fewer than {LEAST_PRODUCTS} products with pictures and cannot be learned: {names}"


def _classes_without_train(rows: pd.DataFrame) -> list[str]:
    trained = set(rows.loc[rows["split"] == SPLIT_NAMES[TRAIN], "label"])
    return sorted(set(rows["label"]) - trained)


def _check_classes(classes: tuple[str, ...], noun: str) -> None:
    if len(classes) < 2:
        raise TrainingError(
            f"a training needs at least two {noun} of {LEAST_PRODUCTS} products with pictures; "
            f"this catalog has {len(classes)} for this target"
        )


def _check_enough(rows: pd.DataFrame, classes: tuple[str, ...], noun: str = "classes") -> None:
    _check_classes(classes, noun)
    for name in SPLIT_NAMES:
        if not (rows["split"] == name).any():
            raise TrainingError(
                f"no picture is left for {name}: too few different products (duplicates stay on one side)"
            )


def _take_rows(features: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Move kept rows to the front in place, block by block, so that a large array is not held twice."""
    positions = np.flatnonzero(keep)
    for start in range(0, len(positions), 4096):
        block = positions[start : start + 4096]
        features[start : start + len(block)] = features[block]
    return features[: len(positions)]
