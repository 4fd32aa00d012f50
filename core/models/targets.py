"""What a run learns to predict: the category, one level of it, an attribute, or all labels of a product."""

import re
from dataclasses import dataclass

import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table, product_table, read_products
from core.errors import TrainingError
from core.home import Home
from core.models.label_sets import LABELS, read_label_set

LEVEL_SEPARATOR = " > "

TARGET_FORMS = "category, category:LEVEL (1 is the top level), labels or attribute:NAME"


@dataclass(frozen=True)
class Target:
    """A parsed target.

    Attributes:
        text: The target as written, such as ``category:2``.
        level: How many levels of the category count; None takes the full path.
        attribute: Name of the attribute, or None for the category.
        several: Whether a product has any number of labels at once, in place of one class.
    """

    text: str
    level: int | None = None
    attribute: str | None = None
    several: bool = False

    @property
    def words(self) -> str:
        """What a product lacks when it has no label, for messages."""
        if self.several:
            return "list of labels"
        if self.attribute is not None:
            return f"attribute {self.attribute!r}"
        return "category" if self.level is None else f"category of {self.level} levels"


def parse_target(text: str) -> Target:
    """Read a target.

    Raises:
        TrainingError: The text is none of the known forms.
    """
    level = re.fullmatch(r"category:([1-9][0-9]?)", text)
    attribute = re.fullmatch(r"attribute:(.+)", text)
    if text == "category":
        return Target(text)
    if text == LABELS:
        return Target(text, several=True)
    if level:
        return Target(text, level=int(level[1]))
    if attribute:
        return Target(text, attribute=attribute[1])
    raise TrainingError(f"unknown target {text[:100]!r}: expected {TARGET_FORMS}")


def read_labels(home: Home, catalog: Catalog, target: Target) -> pd.Series:
    """Read the label of every product that has one.

    Args:
        home: The home.
        catalog: The catalog.
        target: What counts as label.

    Returns:
        Class names indexed by product_id, in position order; products without a label are missing. Where a product has
        several labels, tuples of their names.

    Raises:
        TrainingError: No product has such a label; the message names what the catalog has.
    """
    if target.several:
        return _label_sets(home, catalog)
    if target.attribute is None:
        frame = product_table(home, catalog)
        labels = pd.Series(frame["category"].to_numpy(), index=frame["product_id"].to_numpy(), dtype=object).dropna()
        if target.level is not None:
            labels = labels.map(lambda path: _first_levels(path, target.level)).dropna()
    else:
        labels = _attribute_labels(home, catalog, target.attribute)
    labels = labels[labels != ""]
    if labels.empty:
        raise TrainingError(f"no product of catalog {catalog.name!r} has a {target.words}; targets are {TARGET_FORMS}")
    return labels


def labeled_pictures(home: Home, catalog: Catalog, target: Target) -> tuple[pd.DataFrame, int]:
    """Read every picture of the products that have a label.

    Args:
        home: The home.
        catalog: The catalog.
        target: What counts as label.

    Returns:
        One row a picture, in product order: product_id, picture_hash, label (a tuple where products have several),
        split (the source's, or None); and the number of products with pictures that were left out for want of a label.

    Raises:
        TrainingError: No product has such a label.
    """
    labels = read_labels(home, catalog, target)
    pictures = picture_table(home, catalog)[["product_id", "picture_hash"]].drop_duplicates()
    products = product_table(home, catalog)
    splits = pd.Series(products["split"].to_numpy(), index=products["product_id"].to_numpy(), dtype=object)
    rows = pictures.assign(
        label=pictures["product_id"].map(labels).astype(object),
        split=pictures["product_id"].map(splits).astype(object),
    )
    unlabeled = int(rows.loc[rows["label"].isna(), "product_id"].nunique())
    rows = rows[rows["label"].notna()].reset_index(drop=True)
    return rows.assign(split=rows["split"].where(rows["split"].notna(), None)), unlabeled


def _first_levels(path: str, level: int | None) -> str | None:
    parts = path.split(LEVEL_SEPARATOR)
    # A product filed higher up has no label at this level: its parent's name would be a class of another kind.
    return LEVEL_SEPARATOR.join(parts[:level]) if level is not None and len(parts) >= level else None


def _attribute_labels(home: Home, catalog: Catalog, name: str) -> pd.Series:
    products = read_products(home, catalog)
    labels = {
        product.product_id: str(product.attributes[name]).strip()
        for product in products
        if product.attributes.get(name) is not None
    }
    if not labels:
        names = sorted({key for product in products for key in product.attributes})
        known = ", ".join(names[:20]) if names else "none"
        raise TrainingError(f"no product of catalog {catalog.name!r} has an attribute {name[:100]!r}; it has: {known}")
    return pd.Series(labels, dtype=object)


def _label_sets(home: Home, catalog: Catalog) -> pd.Series:
    found = {
        product.product_id: labels
        for product in read_products(home, catalog)
        if (labels := read_label_set(product.attributes.get(LABELS)))
    }
    if not found:
        raise TrainingError(
            f"no product of catalog {catalog.name!r} has labels (a list in its attribute {LABELS!r}): import a folder "
            "with `--labels parts`, or a table with a column of that name"
        )
    return pd.Series(list(found.values()), index=list(found), dtype=object)
