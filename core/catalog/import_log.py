"""The trace an import leaves: one entry of the log over all its batches, its report, the files it skipped."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import func, insert, select, update

from core.catalog.catalog_totals import keep_totals
from core.catalog.database import read
from core.catalog.import_lookup import ImportTarget, catalog_version
from core.catalog.import_options import ImportOptions
from core.catalog.import_report import ImportReport
from core.catalog.log import Change, change
from core.catalog.schema import imports, skipped_files
from core.catalog.sources import SkippedFile
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

    def keep(self, report: ImportReport) -> None:
        """Keep the report and the names of the skipped files, and say in the log what came of the import."""
        named = {file.name: file for file in report.skipped}  # a file may be named by several products
        with self.change() as writing:
            mine = imports.c.event_id == writing.event_id
            import_id = writing.connection.execute(select(imports.c.import_id).where(mine)).scalar_one()
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

    def skipped_before(self) -> set[tuple[str, str]]:
        """Read name and reason of what the last finished import of this source skipped."""
        last = (
            select(func.max(imports.c.import_id))
            .where(imports.c.catalog_id == self._target.catalog_id, imports.c.source == self._target.source)
            .where(imports.c.finished.is_not(None))
            .scalar_subquery()
        )
        query = select(skipped_files.c.name, skipped_files.c.reason).where(skipped_files.c.import_id == last)
        with read(self._home) as connection:
            return {(row.name, row.reason) for row in connection.execute(query)}

    def _insert_import(self, writing: Change) -> None:
        row = {
            "catalog_id": self._target.catalog_id,
            "event_id": writing.event_id,
            "source": self._target.source,
            "options": self._options.to_json(),
            "started": self._started,
        }
        writing.connection.execute(insert(imports).values(**row))


def list_skipped(home: Home, catalog_id: int) -> list[SkippedFile]:
    """List what the last finished import into a catalog skipped, by reason and name."""
    last = (
        select(func.max(imports.c.import_id))
        .where(imports.c.catalog_id == catalog_id, imports.c.finished.is_not(None))
        .scalar_subquery()
    )
    columns = (skipped_files.c.name, skipped_files.c.reason, skipped_files.c.detail)
    query = select(*columns).where(skipped_files.c.import_id == last).order_by(columns[1], columns[0])
    with read(home) as connection:
        return [SkippedFile(row.name, row.reason, row.detail) for row in connection.execute(query)]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
