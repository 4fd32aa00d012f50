"""Sets of labels: read from an attribute, written as one text, numbered by what they share."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

LABELS = "labels"
"""The attribute that holds a product's labels, and the target that learns them."""

_JOINT = " + "
_PARTS = ",;|"
_MOST_COMBINATIONS = 1000


def read_label_set(value: object) -> tuple[str, ...]:
    """Read the labels of a product: a list of texts, or one text parted at commas, semicolons or bars.

    Args:
        value: What the attribute holds; anything else than texts and numbers has no labels.

    Returns:
        The labels, each once, in their order; empty where there are none.
    """
    if isinstance(value, str):
        for sign in _PARTS[1:]:
            value = value.replace(sign, _PARTS[0])
        value = value.split(_PARTS[0])
    if not isinstance(value, list | tuple):
        return ()
    words = (str(each).strip() for each in value if isinstance(each, str | int | float) and not isinstance(each, bool))
    return tuple(dict.fromkeys(word for word in words if word))


def join_labels(labels: Sequence[str]) -> str:
    """Write a set of labels as one text; empty for none."""
    return _JOINT.join(labels)


def named_sets(sets: np.ndarray, classes: Sequence[str]) -> list[str]:
    """Write the sets of many pictures.

    Args:
        sets: Uint8 (P, C): 1 where a picture has a label.
        classes: C names of labels.
    """
    rows, codes = np.unique(np.packbits(np.asarray(sets, dtype=np.uint8), axis=1), axis=0, return_inverse=True)
    unpacked = np.unpackbits(rows, axis=1, count=len(classes)).astype(bool)
    names = [join_labels([classes[place] for place in np.flatnonzero(row).tolist()]) for row in unpacked]
    return [names[code] for code in codes.ravel()]


def multi_hot(label_sets: Sequence[Sequence[str]], classes: Sequence[str]) -> np.ndarray:
    """Lay sets out, uint8 (P, C); labels that are no class are left out."""
    places = {name: place for place, name in enumerate(classes)}
    found = np.zeros((len(label_sets), len(classes)), dtype=np.uint8)
    for row, labels in enumerate(label_sets):
        found[row, [places[name] for name in labels if name in places]] = 1
    return found


def group_sets(sets: np.ndarray, product_ids: Sequence[str], *, least_products: int) -> np.ndarray:
    """Number pictures by what they share: their whole set, or where too few products have it, their rarest label.

    Args:
        sets: Uint8 (P, C).
        product_ids: Product of each picture.
        least_products: A set that fewer products have is no group of its own.

    Returns:
        Int64 (P,), from 0 without gaps: groups to split evenly and to measure spreads in.
    """
    packed = np.packbits(np.asarray(sets, dtype=np.uint8), axis=1)
    codes = np.unique(packed, axis=0, return_inverse=True)[1].ravel()
    products = pd.Series(np.asarray(product_ids, dtype=object)).groupby(codes).nunique().to_numpy()
    frequent = np.argsort(-products, kind="stable")[:_MOST_COMBINATIONS]
    own = np.zeros(len(products), dtype=bool)
    own[frequent] = products[frequent] >= least_products
    counts = sets.sum(axis=0, dtype=np.int64)
    rarest = np.where(sets > 0, counts, len(sets) + 1).argmin(axis=1)
    groups = np.where(own[codes], codes + sets.shape[1], rarest)
    return np.unique(groups, return_inverse=True)[1].ravel().astype(np.int64)
