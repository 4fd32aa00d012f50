"""What a source says of a product, and how that meets what the catalog holds."""

from typing import Any

from core.catalog.sources import SourceRecord

CATEGORY_SEPARATOR = " > "

# Fields that are taken or kept together: a price means nothing in another currency.
FIELD_GROUPS = (
    ("title",),
    ("category",),
    ("price_minor_units", "currency"),
    ("brand",),
    ("color",),
    ("description",),
    ("split",),
)


def source_values(record: SourceRecord, *, source: str, category_levels: int | None) -> dict[str, Any]:
    """Collect what a source says of a product, as kept in `products.source_values`.

    Args:
        record: The product.
        source: Description of the source, kept beside the fields.
        category_levels: Only so many levels of the category; None keeps all.
    """
    return {
        "source": source,
        "title": record.title,
        "category": category_path(record.category[:category_levels]),
        "price_minor_units": record.price_minor_units,
        "currency": record.currency,
        "brand": record.brand,
        "color": record.color,
        "description": record.description,
        "split": record.split,
        "attributes": record.attributes,
    }


def category_path(levels: tuple[str, ...]) -> str | None:
    """Join levels to "Clothing > Shirts"; a level's own ">" becomes "›", so that the path can be parted again."""
    names = [level.replace(">", "›").strip() for level in levels]
    return CATEGORY_SEPARATOR.join(name for name in names if name) or None


def changed_values(current: dict[str, Any], *, said: dict[str, Any], says: dict[str, Any]) -> dict[str, Any]:
    """Find what a product takes from its source: only what the source says differently than before.

    A field the source repeats stays as it is in the catalog, edited or not.

    Args:
        current: The product's row.
        said: What the source said last.
        says: What it says now.

    Returns:
        Columns to set, and `source_values` when the source says anything else; empty when it repeats itself.
    """
    values: dict[str, Any] = {}
    for group in FIELD_GROUPS:
        if any(name not in said or said[name] != says[name] for name in group):
            values |= {name: says[name] for name in group if current[name] != says[name]}
    attributes = _changed_attributes(current["attributes"], said.get("attributes", {}), says["attributes"])
    if attributes != current["attributes"]:
        values["attributes"] = attributes
    if said != says:
        values["source_values"] = says
    return values


def _changed_attributes(current: dict[str, Any], said: dict[str, Any], says: dict[str, Any]) -> dict[str, Any]:
    """Take over attributes one by one as `changed_values` does fields."""
    attributes = dict(current)
    for name in {**said, **says}:
        if name not in says:
            attributes.pop(name, None)
        elif name not in said or said[name] != says[name]:
            attributes[name] = says[name]
    return attributes
