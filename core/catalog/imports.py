"""Importing a source into a catalog: in batches, again and again, without doubling anything."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from core.catalog.catalog_totals import count_duplicates, count_totals
from core.catalog.catalogs import Catalog, check_name, create_catalog, find_catalog
from core.catalog.column_store import keep_columns
from core.catalog.database import read
from core.catalog.import_limit import keys_within_limit
from core.catalog.import_log import ImportLog
from core.catalog.import_lookup import ImportTarget, catalog_version, gone_products
from core.catalog.import_options import ImportOptions
from core.catalog.import_plan import plan_batch, write_batch
from core.catalog.import_report import ImportReport, report_message
from core.catalog.import_splits import assign_splits, lacks_splits
from core.catalog.import_staging import StagedRecord, stage_records
from core.catalog.import_urls import with_fetched_pictures
from core.catalog.merged_source import MergedSource
from core.catalog.pictures import flush_pictures
from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, Source
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress, SilentProgress

BATCH_WEIGHT = 20_000
PICTURE_WEIGHT = 100  # 200 products with a picture each make a batch
CHARACTERS_A_WEIGHT = 1000
SECONDS_A_BATCH = 2.0
SECONDS_A_REPORT = 1.0


def import_source(
    home: Home,
    source: Source,
    *,
    catalog_name: str,
    actor: str,
    options: ImportOptions | None = None,
    settings: SourceSettings | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import every product of a source into a catalog, making the catalog when it is not there.

    Products come in batches, each in a transaction of its own: an import that is cancelled or killed leaves whole
    batches, and importing again goes on from there. Importing an unchanged source again changes nothing. What a user
    edited stays until the source itself says something else. A picture found in another folder is the same product,
    moved. Nothing is deleted: products that left the source are listed.

    Args:
        home: The home.
        source: Where the products are.
        catalog_name: The catalog.
        actor: Who imports.
        options: Choices; None takes the defaults.
        settings: How the source was to be read: says which hosts pictures may be fetched from.
        progress: Hears how far the import is, and may cancel it between batches; None tells nobody.

    Raises:
        CatalogError: The name cannot be used, the source is empty, or the disk is full.
        HomeError: The database cannot be written.
        Cancelled: The user asked to stop.
    """
    options = options or ImportOptions()
    check_name(catalog_name)
    if options.merge:
        source = MergedSource(source, options.merge)
    if source.count() == 0 and not source.skipped():
        raise CatalogError(f"{source.description} holds no pictures: check the path")
    keys = frozenset(source.keys())  # before the catalog is made: a damaged source leaves none behind
    catalog = _open_catalog(home, catalog_name, actor=actor, source=source.description)
    running = _Import(home, source, keys=keys, catalog=catalog, actor=actor, options=options, settings=settings)
    return running.run(progress or SilentProgress())


def _open_catalog(home: Home, name: str, *, actor: str, source: str) -> Catalog:
    """Find the catalog or make it; somebody else may be making it at this moment."""
    try:
        return find_catalog(home, name)
    except CatalogError:
        pass
    try:
        return create_catalog(home, name, actor=actor, source=source)
    except CatalogError:
        return find_catalog(home, name)


class _Import:
    """One import under way: what it has found and written so far."""

    def __init__(
        self,
        home: Home,
        source: Source,
        *,
        keys: frozenset[str],
        catalog: Catalog,
        actor: str,
        options: ImportOptions,
        settings: SourceSettings | None,
    ) -> None:
        self.settings = settings or SourceSettings()
        self.home, self.source, self.catalog, self.options = home, source, catalog, options
        target = ImportTarget(
            catalog_id=catalog.catalog_id,
            source=source.description,
            keys=keys,
            category_levels=options.category_levels,
        )
        with read(home) as connection:
            self.target = replace(target, departed=frozenset(gone_products(connection, target)))
        self.log = ImportLog(home, self.target, catalog_name=catalog.name, actor=actor, options=options)
        self.new = self.changed = self.moved = self.left_out = self.divided = 0
        self.skipped: list[SkippedFile] = []

    def run(self, progress: Progress) -> ImportReport:
        """Import batch after batch, then divide into splits and keep the report."""
        began = time.monotonic()
        kept = keys_within_limit(self.home, self.source, self.target, self.options)
        self.left_out = 0 if kept is None else len(self.target.keys) - len(kept)
        total = self.source.count() if kept is None else len(kept)
        progress.report(0, total, _told(0, total))
        with closing(self._staged(kept, progress, total)) as staged:
            for batch in _batches(staged, lambda done: progress.report(done, total, _told(done, total))):
                self._write([product for product in batch if product.is_usable])
                self.skipped += [file for product in batch for file in product.skipped]
        self.skipped += self.source.skipped()
        self._divide()
        if self.log.is_begun:
            keep_columns(self.home, self.target.catalog_id, progress=progress)
        return self._conclude(began=began)

    def _staged(
        self, kept: set[str] | None, progress: Progress, total: int | None
    ) -> Generator[StagedRecord, None, None]:
        records = self.source.records()
        chosen = records if kept is None else (record for record in records if record.product_id in kept)
        return stage_records(
            self.home,
            with_fetched_pictures(
                self.home,
                chosen,
                settings=self.settings,
                skipped=self.skipped,
                progress=progress,
                source=self.target.source,
                total=total,
            ),
            catalog_id=self.target.catalog_id,
            source=self.target.source,
            max_pixels=self.options.max_pixels,
        )

    def _write(self, batch: list[StagedRecord]) -> None:
        """Write what a batch changes; nothing when it changes nothing, so that no version rises in vain."""
        with read(self.home) as connection:
            version = catalog_version(connection, self.target)
            plan = plan_batch(connection, self.target, batch)
        if plan.is_empty:
            return
        with self.log.change() as writing:
            if catalog_version(writing.connection, self.target, hold=True) != version:  # somebody wrote in between
                plan = plan_batch(writing.connection, self.target, batch)
            write_batch(writing, self.target, plan)
            self.log.keep_differences(writing, plan.differences)
        self.new += len(plan.added)
        self.changed += plan.changed
        self.moved += plan.moved

    def _divide(self) -> None:
        """Give products that have no split one, when that was asked for."""
        shares = self.options.shares
        if shares is None:
            return
        with read(self.home) as connection:
            if not lacks_splits(connection, self.target.catalog_id):
                return
        with self.log.change() as writing:
            self.divided = assign_splits(
                writing, catalog_id=self.target.catalog_id, shares=shares, seed=self.options.seed
            )

    def _conclude(self, *, began: float) -> ImportReport:
        """Make sure of the files, then keep the report; an import that found nothing new leaves no trace."""
        if self.log.is_begun:
            flush_pictures()
        report = self._report(seconds=time.monotonic() - began)
        if self.log.is_begun or self.log.tells_more(report):
            self.log.keep(report)
        return report

    def _report(self, *, seconds: float) -> ImportReport:
        with read(self.home) as connection:
            totals = count_totals(connection, self.target.catalog_id)
            gone = gone_products(connection, self.target)
            duplicates = count_duplicates(connection, self.target.catalog_id)
        counts = {"new": self.new, "changed": self.changed, "moved": self.moved, "left_out": self.left_out}
        message = report_message(**counts, divided=self.divided, gone=gone, skipped=len(self.skipped))
        notes = [f"{note}." for note in getattr(self.source, "notes", list)()]
        return ImportReport(
            catalog=self.catalog.name,
            totals=totals,
            **counts,
            gone=gone,
            duplicate_pictures=duplicates,
            skipped=tuple(self.skipped),
            seconds=seconds,
            message=" ".join([message, *notes]),
        )


def _batches(staged: Iterable[StagedRecord], tell: Callable[[int], None]) -> Iterator[list[StagedRecord]]:
    """Gather products until there are 200 with pictures or 20,000 without; pictures end a batch after 2 s as well.

    A large batch costs little where nothing is decoded, and writes the indexes of a large catalog fewer times.

    Args:
        staged: The products.
        tell: Hears every second how many were gathered so far, and after each batch; it may cancel.
    """
    batch: list[StagedRecord] = []
    done = weight = 0
    began = told = time.monotonic()
    for product in staged:
        batch.append(product)
        weight += _weight(product)
        now = time.monotonic()
        has_pictures = weight >= len(batch) + PICTURE_WEIGHT
        if weight >= BATCH_WEIGHT or (has_pictures and now - began > SECONDS_A_BATCH):
            yield batch
            done += len(batch)
            tell(done)
            batch, weight = [], 0
            began = told = time.monotonic()
        elif now - told > SECONDS_A_REPORT:
            tell(done + len(batch))
            told = now
    if batch:
        yield batch
        tell(done + len(batch))


def _weight(product: StagedRecord) -> int:
    record = product.record
    characters = len(record.title) + len(record.description or "") + 20 * len(record.attributes)
    return 1 + PICTURE_WEIGHT * len(record.pictures) + characters // CHARACTERS_A_WEIGHT


def _told(done: int, total: int | None) -> str:
    return f"importing {done:,}{'' if total is None else f' of {total:,}'} products"
