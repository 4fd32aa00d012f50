"""What is known of every product, with its attributes, as a table."""

import pandas as pd
from sqlalchemy import select

from core.catalog.attribute_columns import attribute_names, attribute_values
from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.product_search import value_counts
from core.catalog.schema import products
from core.errors import SettingsError
from core.home import Home

FIELDS = ("title", "category", "brand", "color")
ATTRIBUTE = "attribute:"


def product_facts(home: Home, catalog: Catalog, product_ids: list[str]) -> pd.DataFrame:
    """Read title, category, brand, color and attributes of products.

    Returns:
        One row a product, in the order asked for; a product that is gone has none of them.
    """
    names = ("product_id", *FIELDS, "attributes")
    query = select(*(products.c[name] for name in names)).where(
        products.c.catalog_id == catalog.catalog_id, products.c.left_out.is_(None)
    )
    with read(home) as connection:
        rows = connection.execute(query).all()
    frame = pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(names)).set_index("product_id")
    return frame.reindex(product_ids)[[*FIELDS, "attributes"]]


def check_measure(name: str) -> str:
    """Give the name of what products can share back: a field, a level of the category, or an attribute.

    Raises:
        SettingsError: It is none of them.
    """
    if name in ("category", "color", "brand"):
        return name
    kind, _, rest = name.partition(":")
    if kind == "category" and rest.isdigit() and 1 <= int(rest) <= 20:
        return name
    if kind == "attribute" and rest:
        return name
    raise SettingsError(
        f"products are compared by category, category:LEVEL, color, brand or attribute:NAME, not by {name[:80]!r}"
    )


def check_measures(home: Home, catalog: Catalog, names: list[str]) -> None:
    """Refuse what no product of a catalog has: an attribute of that name, so deep a category.

    Raises:
        SettingsError: No product has it; the message says what there is.
    """
    for name in names:
        kind, _, rest = check_measure(name).partition(":")
        if kind == "attribute" and attribute_values(home, catalog, rest).empty:
            known = ", ".join(attribute_names(home, catalog)) or "none"
            raise SettingsError(f"no product has the attribute {rest[:80]!r}: the attributes are {known}")
        if kind == "category" and rest and int(rest) > (deepest := _deepest(home, catalog)):
            raise SettingsError(f"no category has {rest} levels: {name} must be at most category:{deepest}")


def _deepest(home: Home, catalog: Catalog) -> int:
    """Count the levels of the deepest category, at least 1."""
    paths = value_counts(home, catalog, "category")
    return max((path.count(" > ") + 1 for path in paths if path is not None), default=1)


def shared_values(home: Home, catalog: Catalog, facts: pd.DataFrame, name: str) -> pd.Series:
    """Give what each product has of a measure, as text; missing where it has none.

    Args:
        home: The home.
        catalog: The catalog.
        facts: See :func:`product_facts`.
        name: See :func:`check_measure`.
    """
    check_measure(name)
    if name.startswith(ATTRIBUTE):
        values = attribute_values(home, catalog, name.removeprefix(ATTRIBUTE)).reindex(facts.index)
        return values.map(str, na_action="ignore")
    kind, _, level = name.partition(":")
    values = facts[kind]
    if level:
        return values.map(lambda path: " > ".join(path.split(" > ")[: int(level)]), na_action="ignore")
    return values


def stratum_codes(values: pd.Series) -> "pd.Series":
    """Number the values of a column, -1 for none; int64."""
    return pd.Series(pd.factorize(values.to_numpy())[0], index=values.index)
