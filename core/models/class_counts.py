"""What a training would learn: every class with its products and pictures, before it starts."""

from dataclasses import dataclass

import pandas as pd

from core.catalog.catalogs import Catalog
from core.home import Home
from core.models.splits import FRACTIONS, SPLIT_NAMES, TRAIN
from core.models.targets import labeled_pictures, parse_target
from core.models.training_set import LEAST_PRODUCTS

FEW_PICTURES = 10
"""Below so many pictures to learn from a class is a guess more than a class; see the benchmark behind the advice."""


@dataclass(frozen=True)
class ClassCounts:
    """The classes of a target.

    Attributes:
        table: One row a class, largest first: name, products, pictures, train_pictures (an expectation where the
            source has no splits).
        unlabeled_products: Products with pictures but without a label.
        has_splits: Whether the source brought splits of its own.
    """

    table: pd.DataFrame
    unlabeled_products: int
    has_splits: bool

    @property
    def learnable(self) -> pd.DataFrame:
        """Classes with products enough to learn from, choose by and be judged on."""
        return self.table[self.table["products"] >= LEAST_PRODUCTS]

    @property
    def left_out(self) -> pd.DataFrame:
        """Classes that are too small for that."""
        return self.table[self.table["products"] < LEAST_PRODUCTS]

    @property
    def small(self) -> pd.DataFrame:
        """Classes that are learned, but from few pictures."""
        return self.learnable[self.learnable["train_pictures"] < FEW_PICTURES]

    @property
    def labels_a_class(self) -> int:
        """Pictures to learn from in the median class; 0 without classes."""
        learned = self.learnable["train_pictures"]
        return 0 if learned.empty else int(learned.median())


def count_classes_of(home: Home, catalog: Catalog, target: str) -> ClassCounts:
    """Count what a training would learn.

    Args:
        home: The home.
        catalog: The catalog.
        target: What it shall predict; of sets of labels each label counts.

    Raises:
        TrainingError: The target is unknown, or no product has such a label.
    """
    rows, unlabeled = labeled_pictures(home, catalog, parse_target(target))
    rows = rows.explode("label").dropna(subset=["label"])
    has_splits = bool((rows["split"] == SPLIT_NAMES[TRAIN]).any())
    grouped = rows.groupby("label", sort=False)
    table = pd.DataFrame({"products": grouped["product_id"].nunique(), "pictures": grouped.size()})
    if has_splits:
        learned = rows[rows["split"] == SPLIT_NAMES[TRAIN]].groupby("label").size()
        table["train_pictures"] = learned.reindex(table.index).fillna(0).astype(int)
    else:
        table["train_pictures"] = (table["pictures"] * FRACTIONS[TRAIN]).round().astype(int)
    table = table.sort_values("pictures", ascending=False, kind="stable").rename_axis("name").reset_index()
    return ClassCounts(table, unlabeled, has_splits)
