"""What a batch of products changes in a catalog: worked out from what is there, then written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from core.catalog.import_lookup import (
    ImportTarget,
    Row,
    orphaned_products,
    picture_links,
    products_by_key,
    taken_ids,
)
from core.catalog.import_staging import StagedRecord
from core.catalog.import_values import changed_values, source_values
from core.catalog.log import Change
from core.catalog.schema import pictures, product_pictures, products

# Columns of a product that nobody sees; setting them alone does not count as a change.
UNSEEN = frozenset({"source_values", "source_key"})


@dataclass
class BatchPlan:
    """Rows to write for a batch.

    Attributes:
        added: New products, without position.
        added_links: The picture links of each, in the same order.
        updated: Columns to set, by `product_id`.
        relinked: Picture links that replace the present ones, by `product_id`.
        pictures: Rows of `pictures` the links need.
        changed: How many products differ to whoever looks.
        moved: How many products were found in another place.
        differences: What of each changed or moved product was different, (product_id, kind, field -> [before, after]).
    """

    added: list[Row] = field(default_factory=list)
    added_links: list[list[Row]] = field(default_factory=list)
    updated: dict[str, Row] = field(default_factory=dict)
    relinked: dict[str, list[Row]] = field(default_factory=dict)
    pictures: dict[str, Row] = field(default_factory=dict)
    changed: int = 0
    moved: int = 0
    differences: list[tuple[str, str, dict[str, list[Any]]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the catalog holds everything already."""
        return not (self.added or self.updated or self.relinked)


def plan_batch(connection: Connection, target: ImportTarget, batch: Sequence[StagedRecord]) -> BatchPlan:
    """Compare a batch with the catalog.

    A product is known by its key in the source; else, when the same pictures stood at a key the source holds no
    longer, it moved from there; else it is new.

    Args:
        connection: Reads the catalog, in the transaction that will write the plan.
        target: Where the products go.
        batch: Usable products, at most a few hundred.
    """
    plan = BatchPlan()
    present, taken = products_by_key(connection, target, [staged.record.product_id for staged in batch])
    links = picture_links(connection, target, [row["product_id"] for rows in present.values() for row in rows])
    known = {
        staged.record.product_id: _same_product(target, staged, present.get(staged.record.product_id, []), links)
        for staged in batch
    }
    strangers = [staged for staged in batch if known[staged.record.product_id] is None]
    orphans, orphan_links = orphaned_products(connection, target, strangers)
    links |= orphan_links
    for staged in batch:
        row = known[staged.record.product_id]
        if row is not None:
            _plan_present(plan, target, staged, row=row, links=links[row["product_id"]])
        elif staged.pictures and orphans[staged.picture_hashes]:
            row = orphans[staged.picture_hashes].pop(0)
            _plan_present(plan, target, staged, row=row, links=links[row["product_id"]])
        else:
            _plan_new(plan, target, staged)
    _name_new(connection, target, plan, taken=taken)
    return plan


def write_batch(change: Change, target: ImportTarget, plan: BatchPlan) -> None:
    """Write a plan through the log. Pictures themselves are outside it: other catalogs may show the same."""
    connection = change.connection
    if plan.pictures:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        adding = dialect.insert(pictures).on_conflict_do_nothing()
        connection.execute(adding, list(plan.pictures.values()))
    mine = products.c.catalog_id == target.catalog_id
    last = connection.execute(select(func.max(products.c.position)).where(mine)).scalar()
    first = 0 if last is None else last + 1
    change.insert(products, [{**row, "position": first + offset} for offset, row in enumerate(plan.added)])
    catalog_id = target.catalog_id
    updates = [({"catalog_id": catalog_id, "product_id": name}, values) for name, values in plan.updated.items()]
    change.update_many(products, updates)
    replaced = picture_links(connection, target, list(plan.relinked))
    names = [column.name for column in product_pictures.primary_key]
    keys = [{name: row[name] for name in names} for rows in replaced.values() for row in rows]
    change.delete(product_pictures, keys)
    written = [*plan.relinked.values(), *plan.added_links]
    change.insert(product_pictures, [row for rows in written for row in rows])


def _same_product(
    target: ImportTarget, staged: StagedRecord, rows: list[Row], links: dict[str, list[Row]]
) -> Row | None:
    """Choose the product a key stands for, among those that bear it.

    Two folders may both hold "dress/1.jpg": under the same key but from another source, a product that is nothing
    but its picture is the same only when the picture is. So a source that was moved elsewhere is still recognised.
    """
    for row in rows:
        if row["source_values"].get("source") == target.source:
            return row
    for row in rows:
        shown = tuple(link["picture_hash"] for link in links[row["product_id"]])
        if not staged.record.needs_picture or shown == staged.picture_hashes:
            return row
    return None


def _plan_present(plan: BatchPlan, target: ImportTarget, staged: StagedRecord, *, row: Row, links: list[Row]) -> None:
    """Plan what a product that is there takes from its source."""
    says = _says(target, staged)
    values = changed_values(row, said=row["source_values"], says=says)
    moved = row["source_key"] != staged.record.product_id
    if moved:
        values["source_key"] = staged.record.product_id
    shows_other = _shows_other(row, staged, links)
    if values:
        plan.updated[row["product_id"]] = values
    rows = _link_rows(target, row["product_id"], staged)
    if shows_other or (values and _same_pictures(links, rows) and _unmarked(links) != rows):
        plan.relinked[row["product_id"]] = rows
        _plan_pictures(plan, staged)
    changed = shows_other or bool(values.keys() - UNSEEN)
    plan.moved += moved
    plan.changed += not moved and changed
    if moved or changed:
        shown = [[link["picture_hash"] for link in links], list(staged.picture_hashes)] if shows_other else None
        kind = "moved" if moved else "changed"
        plan.differences.append((row["product_id"], kind, _differences(row, values, pictures=shown)))


def _says(target: ImportTarget, staged: StagedRecord) -> dict[str, Any]:
    """Collect what the source says of a product, its pictures by their hashes."""
    says = source_values(staged.record, source=target.source, category_levels=target.category_levels)
    return {**says, "pictures": list(staged.picture_hashes)} if staged.pictures else says


def _shows_other(row: Row, staged: StagedRecord, links: list[Row]) -> bool:
    """Tell whether the source shows other pictures than before.

    As with fields, what a user did with a product's pictures, such as merging products, stays until the source itself
    shows others. Products imported before their pictures were noted are compared with what they show now.
    """
    said = row["source_values"].get("pictures")
    if said is None:
        said = [link["picture_hash"] for link in links]
    return tuple(said) != staged.picture_hashes


def _same_pictures(links: list[Row], rows: list[Row]) -> bool:
    """Tell whether a product shows what its source says, so that names and times of its files may be renewed."""
    return [link["picture_hash"] for link in links] == [row["picture_hash"] for row in rows]


def _differences(row: Row, values: Row, *, pictures: list[list[str]] | None) -> dict[str, list[Any]]:
    """Say what of a product is different: field -> [before, after], attributes one by one."""
    found = {name: [row[name], value] for name, value in values.items() if name not in ("source_values", "attributes")}
    if "attributes" in values:
        before, after = row["attributes"], values["attributes"]
        changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        found |= {f"attribute.{name}": [before.get(name), after.get(name)] for name in changed}
    if pictures is not None:
        found["pictures"] = pictures
    return found


def _unmarked(links: list[Row]) -> list[Row]:
    """Leave out of picture links which event added them: the source says nothing of that."""
    return [{name: value for name, value in link.items() if name != "added_by"} for link in links]


def _plan_new(plan: BatchPlan, target: ImportTarget, staged: StagedRecord) -> None:
    """Plan a new product."""
    says = _says(target, staged)
    fields = {name: value for name, value in says.items() if name not in ("source", "pictures")}
    key = staged.record.product_id
    ids = {"catalog_id": target.catalog_id, "product_id": key, "source_key": key}
    plan.added.append({**ids, **fields, "source_values": says})
    plan.added_links.append(_link_rows(target, key, staged) if staged.pictures else [])
    _plan_pictures(plan, staged)


def _plan_pictures(plan: BatchPlan, staged: StagedRecord) -> None:
    if staged.pictures:
        plan.pictures |= {picture.stored.picture_hash: dict(vars(picture.stored)) for picture in staged.pictures}


def _link_rows(target: ImportTarget, product_id: str, staged: StagedRecord) -> list[Row]:
    """Make the rows that join a product to its pictures."""
    return [
        {
            "catalog_id": target.catalog_id,
            "product_id": product_id,
            "position": position,
            "picture_hash": picture.stored.picture_hash,
            "source_name": picture.name,
            "source_bytes": picture.source_bytes,
            "source_modified_ns": picture.source_modified_ns,
        }
        for position, picture in enumerate(staged.pictures)
    ]


def _name_new(connection: Connection, target: ImportTarget, plan: BatchPlan, *, taken: set[str]) -> None:
    """Give new products an id of their own where theirs is taken, by one that moved away or of another source."""
    if not taken:
        return
    used = {row["product_id"] for row in plan.added}
    for row, links in zip(plan.added, plan.added_links, strict=True):
        if row["product_id"] in taken:
            row["product_id"] = _free_id(connection, target, row["product_id"], used=used)
            used.add(row["product_id"])
            for link in links:
                link["product_id"] = row["product_id"]


def _free_id(connection: Connection, target: ImportTarget, key: str, *, used: set[str]) -> str:
    number = 2
    while f"{key}#{number}" in used or taken_ids(connection, target, [f"{key}#{number}"]):
        number += 1
    return f"{key}#{number}"
