"""Fetching a sample: every file checked by its hash, and continued where an earlier attempt stopped."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SkippedFile, SourcePicture, SourceRecord, skip_reason
from core.catalog.web.fetching import fetched
from core.catalog.web.git_objects import TreeEntry, object_id
from core.catalog.web.sample_listing import SampleListing, read_listing
from core.catalog.web.samples import Sample, find_sample
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress

# Fetched once and stored once more by the import, with thumbnails.
DISK_FACTOR = 2.2
SPARE_BYTES = 100 * 2**20

OFFLINE = frozenset({"dns", "unreachable", "refused", "timeout", "disconnected", "tls"})
_WRONG_HASH = "wrong_hash"


@dataclass(frozen=True)
class SampleFiles:
    """A sample on this machine.

    Attributes:
        folder: Category folders with pictures, to be imported as a folder.
        pictures: How many there are.
        size_bytes: Of all together.
        fetched: How many came just now; the rest was there.
        is_proved: As in :class:`core.catalog.web.sample_listing.SampleListing`.
    """

    folder: Path
    pictures: int
    size_bytes: int
    fetched: int
    is_proved: bool


def download_sample(home: Home, name: str, *, progress: Progress) -> SampleFiles:
    """Fetch what is missing of a sample.

    Args:
        home: Its cache keeps the files.
        name: A key of :data:`core.catalog.web.samples.SAMPLES`.
        progress: Hears how many files are there; may cancel.

    Raises:
        CatalogError: There is no such sample, no internet, not enough space, or something came that is not what
            it must be; the message says how to go on.
        Cancelled: `progress` asked to stop; what came is kept.
    """
    sample = find_sample(name)
    progress.report(0, sample.pictures, f"asking for the list of {sample.pictures:,} pictures")
    listing = _listing(sample)
    folder = home.cache / "samples" / f"{sample.name}-{sample.commit[:12]}"
    missing = [entry for entry in listing.files if not _is_there(folder, entry)]
    _check_space(home, sample, missing)
    there, size_mb = len(listing.files) - len(missing), sum(entry.size_bytes for entry in missing) / 1e6
    progress.report(there, len(listing.files), f"fetching {len(missing):,} pictures, {size_mb:,.1f} MB")
    skipped = _fetch(home, sample, missing, folder, there=there, progress=progress)
    if skipped:
        raise CatalogError(_unfinished(sample, listing, skipped))
    return SampleFiles(folder, len(listing.files), listing.size_bytes, len(missing), listing.is_proved)


def _listing(sample: Sample) -> SampleListing:
    from core.catalog.web.fetch_errors import FetchError

    try:
        return read_listing(sample)
    except FetchError as error:
        what = "there is no way to the internet" if error.reason in OFFLINE else "its list cannot be had"
        raise CatalogError(
            f"the sample {sample.name!r} cannot be fetched: {what} ({skip_reason(error.reason)}). Without internet, "
            f"download {sample.archive_url} elsewhere, copy the file here and `import FILE.zip --catalog "
            f"{sample.name}`; or build the demo, which needs none: `demo`"
        ) from error


def _is_there(folder: Path, entry: TreeEntry) -> bool:
    """Tell whether a file is there, byte for byte."""
    path = folder / entry.path
    try:
        return path.stat().st_size == entry.size_bytes and object_id("blob", path.read_bytes()) == entry.object_id
    except OSError:
        return False


def _check_space(home: Home, sample: Sample, missing: list[TreeEntry]) -> None:
    needed = int(sum(entry.size_bytes for entry in missing) * DISK_FACTOR) + SPARE_BYTES if missing else 0
    free = shutil.disk_usage(home.root).free
    if free < needed:
        raise CatalogError(
            f"the sample {sample.name!r} needs {needed / 1e6:,.0f} MB in {home.root}, where {free / 1e6:,.0f} MB are "
            "free: free some space, or name another home with --home DIR"
        )


def _fetch(
    home: Home, sample: Sample, missing: list[TreeEntry], folder: Path, *, there: int, progress: Progress
) -> list[SkippedFile]:
    """Fetch files and move each whose hash is right to its place; gives what could not be had."""
    by_path = {entry.path: entry for entry in missing}
    skipped: list[SkippedFile] = []
    came = fetched(
        home,
        _records(sample, missing),
        settings=SourceSettings(allowed_hosts=sample.allowed_hosts),
        skipped=skipped,
        progress=_After(progress, there),
        source=f"sample {sample.name} {sample.commit}",
        total=len(missing),
    )
    for number, record in enumerate(came, start=1):
        for picture in record.pictures:
            if picture.path is not None and not _take(picture.path, folder, by_path[record.product_id]):
                skipped.append(SkippedFile(record.product_id, _WRONG_HASH))
        if number % 100 == 0:
            progress.report(there + number, there + len(missing), f"checked {there + number:,} pictures")
    return skipped


def _records(sample: Sample, missing: list[TreeEntry]) -> Iterator[SourceRecord]:
    for entry in missing:
        address = sample.file_url.replace("{path}", entry.path)
        yield SourceRecord(entry.path, entry.path, pictures=(SourcePicture(entry.path, url=address),))


def _take(came: Path, folder: Path, entry: TreeEntry) -> bool:
    """Move a file to its place if it is what the commit says; else it is removed."""
    if came.stat().st_size != entry.size_bytes or object_id("blob", came.read_bytes()) != entry.object_id:
        came.unlink()
        return False
    place = folder / entry.path
    place.parent.mkdir(parents=True, exist_ok=True)
    came.replace(place)
    return True


class _After:
    """Progress that goes on after the files that were there."""

    folder: Path | None = None

    def __init__(self, progress: Progress, there: int) -> None:
        self._progress, self._there = progress, there
        self.record = progress.record

    def report(self, done: int, total: int | None, message: str) -> None:
        """Report with the files that were there added."""
        self._progress.report(self._there + done, None if total is None else self._there + total, message)


def _unfinished(sample: Sample, listing: SampleListing, skipped: list[SkippedFile]) -> str:
    counts = Counter(file.reason for file in skipped)
    told = "; ".join(f"{count:,} because {_said(reason)}" for reason, count in counts.most_common(5))
    return (
        f"{len(skipped):,} of the {len(listing.files):,} pictures of the sample {sample.name!r} could not be had: "
        f"{told}. The rest is kept: run it again, now or in an hour, and it fetches only these"
    )


def _said(reason: str) -> str:
    return "they are not what the commit says" if reason == _WRONG_HASH else skip_reason(reason)
