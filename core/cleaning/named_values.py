"""Steps that name the values of one field, and fill it from attributes that say the same."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.schema import products
from core.cleaning.catalog_rows import in_catalog, product_batches, value_counts
from core.cleaning.folding import fold_name
from core.cleaning.step import Batches, ChangeGroup, Plan, ProductChange
from core.cleaning.value_maps import ValueMap, changed_only, map_groups, mapped
from core.home import Home

_MOST_CHARACTERS = 200  # longer attributes are descriptions, no names


@dataclass(frozen=True)
class NamedValues:
    """How the values of a field are named.

    Attributes:
        field: Column of `products`.
        noun: What a value is called.
        attributes: Folded names of attributes that fill the field where it is empty, the best first; none fill it.
        names: Gives the name of every text, None for "there is none", from how often each occurs.
    """

    field: str
    noun: str
    attributes: tuple[str, ...]
    names: Callable[[Mapping[str, int]], Mapping[str, str | None]]


def plan_named_values(home: Home, catalog: Catalog, naming: NamedValues) -> Plan:
    """Name every value, and fill empty ones from attributes."""
    with read(home) as connection:
        counts = value_counts(connection, catalog.catalog_id, naming.field)
        said = _said_in_attributes(connection, catalog, naming)
    texts = Counter({text: count for text, count in counts.items() if text is not None})
    names = naming.names(texts + said)
    mapping = changed_only({text: names[text] for text in texts})
    fills = {text: name for text in said if (name := names[text]) is not None}
    renamed = sum(counts[text] for text in mapping)
    filled = sum(said[text] for text in fills)
    before = len(texts)
    after = len({names[text] for text in texts} - {None})
    sentence = f"{naming.noun.capitalize()} names: {before:,} spellings become {after:,}, in {renamed:,} products"
    if filled:
        sentence += f"; {filled:,} products without one take it from their attributes"
    return Plan(
        summary=sentence,
        total=renamed + filled,
        changes=_changes(catalog, naming, mapping, fills),
        groups=_groups(naming, mapping, counts, fills, said),
        figures={"spellings_before": before, "spellings_after": after, "renamed": renamed, "filled": filled},
    )


def _said_in_attributes(connection: Connection, catalog: Catalog, naming: NamedValues) -> Counter[str]:
    """Count what attributes say of products whose field is empty."""
    said: Counter[str] = Counter()
    for rows in _empty_products(connection, catalog, naming):
        said.update(text for row in rows if (text := _attribute_text(row.attributes, naming)) is not None)
    return said


def _empty_products(connection: Connection, catalog: Catalog, naming: NamedValues) -> Iterator[Any]:
    if not naming.attributes:
        return iter(())
    empty = (*in_catalog(catalog.catalog_id), products.c[naming.field].is_(None))
    return product_batches(connection, catalog.catalog_id, ["attributes"], where=empty)


def _attribute_text(attributes: Any, naming: NamedValues) -> str | None:
    if not isinstance(attributes, dict):
        return None
    found = {folded: value for name, value in attributes.items() if (folded := fold_name(name)) in naming.attributes}
    for name in naming.attributes:
        value = found.get(name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str) and value.strip():
            return value.strip()[:_MOST_CHARACTERS]
    return None


def _changes(catalog: Catalog, naming: NamedValues, mapping: ValueMap, fills: Mapping[str, str]) -> Batches:
    renames = mapped(catalog, {naming.field: mapping})

    def batches(connection: Connection) -> Iterator[list[ProductChange]]:
        if fills:  # first: a value that a rename empties must not be filled again
            for rows in _empty_products(connection, catalog, naming):
                texts = ((row.product_id, _attribute_text(row.attributes, naming)) for row in rows)
                yield [
                    ProductChange(product_id, {naming.field: None}, {naming.field: fills[text]})
                    for product_id, text in texts
                    if text is not None and text in fills
                ]
        yield from renames(connection)

    return batches


def _groups(
    naming: NamedValues,
    mapping: ValueMap,
    counts: Mapping[str | None, int],
    fills: Mapping[str, str],
    said: Mapping[str, int],
) -> tuple[ChangeGroup, ...]:
    filled: Counter[str] = Counter()
    for text, name in fills.items():
        filled[name] += said[text]
    added = tuple(ChangeGroup(naming.field, None, name, count) for name, count in filled.most_common(200))
    return (*map_groups({naming.field: mapping}, {naming.field: counts}), *added)
