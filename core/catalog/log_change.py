"""One open change: writes rows and keeps a record of how they were, so that they can be put back."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Connection, Table, and_, bindparam, delete, insert, literal, select, tuple_, update

from core.catalog import log_staging
from core.catalog.schema import (
    catalogs,
    changed_rows,
    events,
    product_pictures,
    products,
    removed_product_pictures,
    removed_products,
)

Row = dict[str, Any]

ROWS_A_QUERY = 200  # SQLite takes a bounded number of parameters in one statement

ROWS_STAGED = 10_000
"""Products changed by one statement: what is not written yet stays small."""

MARKED = {
    products.name: (products, removed_products),
    product_pictures.name: (product_pictures, removed_product_pictures),
}
"""Tables whose rows bear the event that added them, and where an undoing keeps the rows it takes out."""

# A catalog's version only rises: put back, a number would name two different contents to every cache.
NEVER_PUT_BACK = {
    catalogs.name: frozenset({"version", "columns_since"}),
    products.name: frozenset({"changed_in"}),
}


class Change:
    """One open transaction whose rows are recorded as they were before."""

    def __init__(self, connection: Connection, *, event_id: int, sequence: int) -> None:
        self.connection = connection
        self.event_id = event_id
        self._sequence = sequence
        self._versions: dict[int, int] = {}

    def insert(self, table: Table, rows: Sequence[Row]) -> list[Row]:
        """Add rows; gives their keys, numbers the database chose included."""
        if table.name in MARKED:
            rows = [{**row, "added_by": self.event_id} for row in rows]
        keys = self.put_back(table, rows)
        if table.name not in MARKED:
            self._record(table, [(key, None) for key in keys])
        return keys

    def put_back(self, table: Table, rows: Sequence[Row], *, recorded: bool = False) -> list[Row]:
        """Add rows as they are, bearing whatever event added them first; `recorded` keeps a record of each."""
        if not rows:
            return []
        if table.name == products.name:
            rows = [{**row, "changed_in": self._next_version(row["catalog_id"])} for row in rows]
        names = [column.name for column in table.primary_key]
        if all(name in row for row in rows for name in names):
            insert_rows(self.connection, table, rows)
            keys = [{name: row[name] for name in names} for row in rows]
        else:
            keys = [self._insert_one(table, row) for row in rows]
        if recorded:
            self._record(table, [(key, None) for key in keys])
        self._touch_products(table, keys)
        return keys

    def update(self, table: Table, key: Row, values: Row) -> None:
        """Set columns of one row, named by its whole key.

        Raises:
            KeyError: There is no such row.
        """
        self.update_many(table, [(key, values)])

    def update_many(self, table: Table, changes: Sequence[tuple[Row, Row]]) -> None:
        """Set columns of many rows, each named by its whole key; a row may occur once.

        Of a row only what is set is kept, so that a million rows leave a small record.

        Args:
            table: The table.
            changes: (key, values by column).

        Raises:
            KeyError: One of the rows is not there.
        """
        if len(changes) < log_staging.STAGED_ROWS:
            self._update_each(table, changes)
            return
        alike: dict[tuple[Any, ...], list[tuple[Row, Row]]] = defaultdict(list)
        for key, values in changes:
            alike[(key.get("catalog_id"), *values)].append((key, values))
        for (catalog_id, *columns), group in alike.items():
            if len(group) < log_staging.STAGED_ROWS or not log_staging.can_stage(table, columns):
                self._update_each(table, group)
                continue
            for start in range(0, len(group), ROWS_STAGED):
                self._update_staged(catalog_id, columns, group[start : start + ROWS_STAGED])

    def _update_staged(self, catalog_id: int, columns: Sequence[str], changes: Sequence[tuple[Row, Row]]) -> None:
        columns = [column.name for column in products.columns if column.name in columns]  # as statements write them
        staging = log_staging.Staging(self.connection, catalog_id, columns)
        ids = [key["product_id"] for key, _values in changes]
        staging.add(ids, [[values[name] for name in columns] for _key, values in changes])
        missing = staging.missing()
        if missing is not None:
            raise KeyError(f"{products.name} has no row {missing!r} of catalog {catalog_id}")
        staging.write(event_id=self.event_id, sequence=self._sequence, version=self._next_version(catalog_id))
        self._sequence += len(changes)

    def _update_each(self, table: Table, changes: Sequence[tuple[Row, Row]]) -> None:
        for start in range(0, len(changes), ROWS_A_QUERY):
            chunk = changes[start : start + ROWS_A_QUERY]
            found = self._rows(
                table, [key for key, _values in chunk], {name for _key, values in chunk for name in values}
            )
            before = []
            by_columns: dict[tuple[str, ...], list[Row]] = defaultdict(list)
            for key, values in chunk:
                row = found.get(key_text(key))
                if row is None:
                    raise KeyError(f"{table.name} has no row {key}")
                if row.get("added_by") != self.event_id:
                    kept = {*key, *values, "added_by"} & row.keys()
                    before.append((key, {name: row[name] for name in row if name in kept}))
                if table.name == products.name:
                    values = {**values, "changed_in": self._next_version(key["catalog_id"])}
                bound = {f"key_{name}": key[name] for name in key} | {f"new_{name}": values[name] for name in values}
                by_columns[tuple(values)].append(bound)
            self._record(table, before)
            for columns, rows in by_columns.items():
                self._execute_updates(table, columns, rows)
            self._touch_products(table, [key for key, _values in chunk])

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        """Remove rows, each named by its whole key.

        Raises:
            KeyError: One of the rows is not there.
        """
        for start in range(0, len(keys), ROWS_A_QUERY):
            chunk = keys[start : start + ROWS_A_QUERY]
            found = self._rows(table, chunk, None)
            if len(found) != len(chunk):
                raise KeyError(f"{table.name} has {len(found)} of the {len(chunk)} rows {chunk[0]} ...")
            names = [column.name for column in table.primary_key]
            before = [row for row in found.values() if row.get("added_by") != self.event_id]
            self._record(table, [({name: row[name] for name in names}, row) for row in before])
            self.connection.execute(delete(table).where(matches_any(table, chunk)))
            self._touch_products(table, chunk)
            if table.name == products.name:
                self.renew_columns({row["catalog_id"] for row in found.values()})

    def summarize(self, summary: str) -> None:
        """Replace the sentence the log shows, once more is known than at the start."""
        self.connection.execute(update(events).where(events.c.event_id == self.event_id).values(summary=summary))

    def take_out(self, event_id: int) -> None:
        """Take out every marked row that an event added, keeping the rows for doing it again."""
        for table, removed in MARKED.values():
            mine = table.c.added_by == event_id
            if table.name == products.name:
                touched = set(self.connection.execute(select(table.c.catalog_id).where(mine).distinct()).scalars())
                self.renew_columns(touched)
            names = [column.name for column in table.columns]
            kept = select(literal(self.event_id), *table.columns).where(mine)
            self.connection.execute(insert(removed).from_select(["event_id", *names], kept))
            if table.name == product_pictures.name:
                gone = select(removed.c.catalog_id, removed.c.product_id).where(removed.c.event_id == self.event_id)
                self._touch(tuple_(products.c.catalog_id, products.c.product_id).in_(gone))
            self.connection.execute(delete(table).where(mine))

    def bring_back(self, event_id: int) -> None:
        """Put back every marked row that an undoing took out."""
        for table, removed in MARKED.values():
            mine = removed.c.event_id == event_id
            names = [column.name for column in table.columns]
            columns: list[Any] = [removed.c[name] for name in names]
            if table.name == products.name:
                found = select(removed.c.catalog_id).where(mine).limit(1)
                catalog_id = self.connection.execute(found).scalar()
                if catalog_id is not None:
                    version = literal(self._next_version(catalog_id))
                    columns = [version if name == "changed_in" else removed.c[name] for name in names]
            self.connection.execute(insert(table).from_select(names, select(*columns).where(mine)))
            if table.name == product_pictures.name:
                back = select(removed.c.catalog_id, removed.c.product_id).where(mine)
                self._touch(tuple_(products.c.catalog_id, products.c.product_id).in_(back))
            self.connection.execute(delete(removed).where(mine))

    def renew_columns(self, catalog_ids: Iterable[int]) -> None:
        """Have the columns of catalogs read anew: rows that are gone leave no mark to mend them by."""
        for catalog_id in catalog_ids:
            since = update(catalogs).where(catalogs.c.catalog_id == catalog_id)
            self.connection.execute(since.values(columns_since=self._next_version(catalog_id)))

    def _next_version(self, catalog_id: int) -> int:
        """The version that a catalog will have once this change is kept; nobody else can raise it until then."""
        if catalog_id not in self._versions:
            query = select(catalogs.c.version).where(catalogs.c.catalog_id == catalog_id)
            found = self.connection.execute(query.with_for_update(key_share=True)).scalar()
            self._versions[catalog_id] = (found or 0) + 1
        return self._versions[catalog_id]

    def _touch_products(self, table: Table, keys: Sequence[Row]) -> None:
        """Mark products whose pictures changed as changed themselves."""
        if table.name != product_pictures.name:
            return
        by_catalog: dict[int, set[str]] = defaultdict(set)
        for key in keys:
            by_catalog[key["catalog_id"]].add(key["product_id"])
        for catalog_id, product_ids in by_catalog.items():
            ids = sorted(product_ids)
            for start in range(0, len(ids), ROWS_A_QUERY):
                mine = products.c.product_id.in_(ids[start : start + ROWS_A_QUERY])
                self._touch((products.c.catalog_id == catalog_id) & mine, catalog_id=catalog_id)

    def _touch(self, condition: Any, *, catalog_id: int | None = None) -> None:
        if catalog_id is None:
            found = set(self.connection.execute(select(products.c.catalog_id).where(condition).distinct()).scalars())
        else:
            found = {catalog_id}
        for each in found:
            version = self._next_version(each)
            stale = (products.c.catalog_id == each) & (products.c.changed_in < version) & condition
            self.connection.execute(update(products).where(stale).values(changed_in=version))

    def _insert_one(self, table: Table, row: Row) -> Row:
        key = self.connection.execute(insert(table).values(**row)).inserted_primary_key
        return dict(zip([column.name for column in table.primary_key], key or (), strict=True))

    def _execute_updates(self, table: Table, columns: tuple[str, ...], rows: list[Row]) -> None:
        matching = [column == bindparam(f"key_{column.name}") for column in table.primary_key]
        values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
        self.connection.execute(update(table).where(*matching).values(values), rows)

    def _rows(self, table: Table, keys: Sequence[Row], names: set[str] | None) -> dict[str, Row]:
        """Read rows by their keys: the named columns beside the key and the mark; None reads all."""
        wanted = [
            column
            for column in table.columns
            if names is None or column.primary_key or column.name in names or column.name == "added_by"
        ]
        primary = [column.name for column in table.primary_key]
        found = self.connection.execute(select(*wanted).where(matches_any(table, keys))).mappings()
        return {key_text({name: row[name] for name in primary}): dict(row) for row in found}

    def _record(self, table: Table, before: Sequence[tuple[Row, Mapping[str, Any] | None]]) -> None:
        if not before:
            return
        rows = [
            {
                "event_id": self.event_id,
                "sequence": self._sequence + offset,
                "table_name": table.name,
                "row_key": key_text(key),
                "row_before": row,
            }
            for offset, (key, row) in enumerate(before)
        ]
        self.connection.execute(insert(changed_rows), rows)
        self._sequence += len(rows)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows whose keys are known; many at once go to SQLite's driver directly, in half the time."""
    if len(rows) < ROWS_A_QUERY or connection.dialect.name != "sqlite":
        connection.execute(insert(table), rows)
        return
    encode = json.JSONEncoder(check_circular=False).encode
    given = [column for column in table.columns if column.name in rows[0]]
    names = [column.name for column in given]
    documents = [column.name for column in given if isinstance(column.type, JSON)]
    if documents:
        rows = [{**row, **{name: encode(row[name]) for name in documents}} for row in rows]
    statement = insert(table).compile(dialect=connection.dialect, column_keys=names)
    connection.exec_driver_sql(str(statement), list(map(itemgetter(*names), rows)))


def matches_any(table: Table, keys: Sequence[Row]) -> Any:
    """The condition on rows that have one of these keys.

    Compared column by column first: SQLite uses an index for that, but none for tuples.
    """
    names = [column.name for column in table.primary_key]
    wanted = {name: sorted({key[name] for key in keys}) for name in names}
    each = [
        table.c[name] == wanted[name][0] if len(wanted[name]) == 1 else table.c[name].in_(wanted[name])
        for name in names
    ]
    if sum(len(values) > 1 for values in wanted.values()) < 2:
        return and_(*each)
    tuples = tuple_(*(table.c[name] for name in names)).in_([tuple(key[name] for name in names) for key in keys])
    return and_(*each, tuples)


def key_text(key: Row) -> str:
    """Write the key of a row as records keep it."""
    return json.dumps(key, sort_keys=True, ensure_ascii=False)
