"""The trace an import leaves: one entry of the log over all its batches, its report, the files it skipped."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.catalog.catalog_totals import keep_totals
from core.catalog.database import read
from core.catalog.import_lookup import ImportTarget, catalog_version
from core.catalog.import_options import ImportOptions
from core.catalog.import_report import ImportReport
from core.catalog.log import Change, change
from core.catalog.schema import import_changes, imports, skipped_files
from core.catalog.sources import SkippedFile
from core.errors import CatalogError
from core.home import Home

ROWS_A_STATEMENT = 1000


class ImportLog:
    """Writes for one import. Nothing is written before there is something to write."""

    def __init__(
        self, home: Home, target: ImportTarget, *, catalog_name: str, actor: str, options: ImportOptions
    ) -> None:
        self._home, self._target, self._actor, self._options = home, target, actor, options
        self._route = f"from {target.source} into {catalog_name}"
        self._started = _now()
        self._event_id: int | None = None

    @property
    def is_begun(self) -> bool:
        """Whether anything was written."""
        return self._event_id is not None

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Write in one transaction; the first begins the entry in the log, later ones go on with it."""
        with change(
            self._home,
            actor=self._actor,
            kind="import",
            summary=f"Imported {self._route}: not finished",
            catalog_id=self._target.catalog_id,
            event_id=self._event_id,
        ) as writing:
            if self._event_id is None:
                self._insert_import(writing)
            yield writing
        self._event_id = writing.event_id

    def keep_differences(self, writing: Change, differences: Sequence[tuple[str, str, dict[str, Any] | None]]) -> None:
        """Keep what an import found different, for comparing imports; (product_id, kind, fields)."""
        if not differences:
            return
        import_id = self._import_id(writing)
        dialect: Any = postgresql if writing.connection.dialect.name == "postgresql" else sqlite
        adding = dialect.insert(import_changes).on_conflict_do_nothing()
        for start in range(0, len(differences), ROWS_A_STATEMENT):
            rows = [
                {"import_id": import_id, "product_id": product_id, "kind": kind, "fields": fields}
                for product_id, kind, fields in differences[start : start + ROWS_A_STATEMENT]
            ]
            writing.connection.execute(adding, rows)

    def keep(self, report: ImportReport) -> None:
        """Keep the report and the names of the skipped files, and say in the log what came of the import."""
        # A file may be named by several products, and a row have the same trouble twice.
        named = {(file.name, file.reason): file for file in reversed(report.skipped)}
        with self.change() as writing:
            import_id = self._import_id(writing)
            self.keep_differences(writing, [(product_id, "gone", None) for product_id in report.gone])
            values = {"finished": _now(), "report": report.to_json()}
            writing.connection.execute(update(imports).where(imports.c.import_id == import_id).values(**values))
            rows = [
                {"import_id": import_id, "name": file.name, "reason": file.reason, "detail": file.detail}
                for file in named.values()
            ]
            for start in range(0, len(rows), ROWS_A_STATEMENT):
                writing.connection.execute(insert(skipped_files), rows[start : start + ROWS_A_STATEMENT])
            writing.summarize(f"Imported {self._route}: {report.message}")
            version = catalog_version(writing.connection, self._target, hold=True) + 1
            keep_totals(writing.connection, self._target.catalog_id, version=version, totals=report.totals)

    def tells_more(self, report: ImportReport) -> bool:
        """Whether the last finished import of this source skipped other files or missed other products."""
        last = (
            select(func.max(imports.c.import_id))
            .where(imports.c.catalog_id == self._target.catalog_id, imports.c.source == self._target.source)
            .where(imports.c.finished.is_not(None))
            .scalar_subquery()
        )
        skipped = select(skipped_files.c.name, skipped_files.c.reason).where(skipped_files.c.import_id == last)
        gone = select(import_changes.c.product_id).where(
            import_changes.c.import_id == last, import_changes.c.kind == "gone"
        )
        with read(self._home) as connection:
            if {(row.name, row.reason) for row in connection.execute(skipped)} != {
                (file.name, file.reason) for file in report.skipped
            }:
                return True
            return set(connection.execute(gone).scalars()) != set(report.gone)

    def _import_id(self, writing: Change) -> int:
        mine = imports.c.event_id == writing.event_id
        return int(writing.connection.execute(select(imports.c.import_id).where(mine)).scalar_one())

    def _insert_import(self, writing: Change) -> None:
        row = {
            "catalog_id": self._target.catalog_id,
            "event_id": writing.event_id,
            "source": self._target.source,
            "options": self._options.to_json(),
            "started": self._started,
        }
        writing.connection.execute(insert(imports).values(**row))


def list_skipped(
    home: Home, catalog_id: int, *, import_id: int | None = None, reason: str | None = None
) -> list[SkippedFile]:
    """List what an import into a catalog skipped, by reason and name.

    Args:
        home: The home.
        catalog_id: The catalog.
        import_id: Number of the import; None takes the last finished one.
        reason: Only files and rows that were skipped for this reason.

    Raises:
        CatalogError: The catalog had no such import.
    """
    mine = select(imports.c.import_id).where(imports.c.catalog_id == catalog_id)
    columns = (skipped_files.c.name, skipped_files.c.reason, skipped_files.c.detail)
    query = select(*columns).order_by(columns[1], columns[0])
    with read(home) as connection:
        if import_id is None:
            finished = mine.where(imports.c.finished.is_not(None)).order_by(imports.c.import_id.desc()).limit(1)
            import_id = connection.execute(finished).scalar()
        elif connection.execute(mine.where(imports.c.import_id == import_id)).first() is None:
            raise CatalogError(f"the catalog had no import {import_id}; list them with the command `imports`")
        query = query.where(skipped_files.c.import_id == import_id)
        if reason is not None:
            query = query.where(skipped_files.c.reason == reason)
        return [SkippedFile(row.name, row.reason, row.detail) for row in connection.execute(query)]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
