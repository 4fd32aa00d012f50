"""The home: the folder that holds catalogs, pictures, features, runs, maps and jobs."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import HomeError
from core.files import read_json, write_json_whole

HOME_FORMAT = 1
"""Number of the folder layout; raised together with a migration whenever the layout changes."""

_PATH_PART = re.compile(r"[A-Za-z0-9]{1,64}")

DEFAULT_HOME = Path(__file__).resolve().parent.parent / "artifacts"


@dataclass(frozen=True)
class Home:
    """Where everything is. Only :func:`open_home` makes one, so that its version is always checked.

    Attributes:
        root: The folder, absolute.
    """

    root: Path

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the database."""
        from sqlalchemy.engine import URL  # here, because much that knows a home never asks its database

        named = os.environ.get("SHELFLENS_DATABASE")
        if named:
            return named
        # Written by the library: the folder's name may hold "?", "%" or "#", which mean something in an address.
        return URL.create("sqlite", database=str(self.root / "shelflens.db")).render_as_string(hide_password=False)

    @property
    def pictures(self) -> Path:
        """Original pictures, named by the sha256 of their bytes."""
        return self.root / "pictures"

    @property
    def thumbnails(self) -> Path:
        """Thumbnails of the pictures, WebP, at most 200 px."""
        return self.root / "thumbnails"

    @property
    def features(self) -> Path:
        """Backbone outputs, one row a picture."""
        return self.root / "features"

    @property
    def palettes(self) -> Path:
        """Main colors, one row a picture."""
        return self.root / "palettes"

    @property
    def embeddings(self) -> Path:
        """Unit vectors, one row a product, by catalog and version."""
        return self.root / "embeddings"

    @property
    def maps(self) -> Path:
        """Two-dimensional maps by catalog."""
        return self.root / "maps"

    @property
    def runs(self) -> Path:
        """Finished trainings with everything they left."""
        return self.root / "runs"

    @property
    def searches(self) -> Path:
        """Finished searches for settings: one folder each."""
        return self.root / "searches"

    @property
    def jobs(self) -> Path:
        """Long work: one folder a job."""
        return self.root / "jobs"

    @property
    def weights(self) -> Path:
        """Weights files that users put here for backbones that cannot download theirs."""
        return self.root / "weights"

    @property
    def cache(self) -> Path:
        """Whatever can be made again: converted models, drawn demo pictures."""
        return self.root / "cache"

    def picture_path(self, picture_hash: str, extension: str) -> Path:
        """Where a picture is kept, given its hash and its extension without the dot.

        Raises:
            HomeError: They are no hash and extension, as in a home that was tampered with.
        """
        _check_parts(picture_hash, extension)
        return self.pictures / picture_hash[:2] / f"{picture_hash}.{extension}"

    def thumbnail_path(self, picture_hash: str) -> Path:
        """Where the thumbnail of a picture is kept; raises as `picture_path` does."""
        _check_parts(picture_hash)
        return self.thumbnails / picture_hash[:2] / f"{picture_hash}.webp"


def _check_parts(*parts: str) -> None:
    """Refuse what could lead out of the folder of pictures."""
    for part in parts:
        if not isinstance(part, str) or not _PATH_PART.fullmatch(part):
            raise HomeError(
                f"the database names a picture {str(part)[:80]!r}, which is no hash: restore it from a backup"
            )


def open_home(root: Path | str | None = None) -> Home:
    """Open a home, making it when it is not there and migrating it when it is older.

    Args:
        root: The folder; None takes ``$SHELFLENS_HOME``, then ``artifacts/`` beside the application.

    Returns:
        The home, its database at the current schema.

    Raises:
        HomeError: The folder cannot be written, is no home, or was written by a newer version.
    """
    from core.catalog.database import upgrade_database  # the one upward step: a home is its database

    named = Path(root or os.environ.get("SHELFLENS_HOME") or DEFAULT_HOME)
    try:
        folder = named.expanduser().absolute()
        folder.mkdir(parents=True, exist_ok=True)
        _check_format(folder)
    except (OSError, RuntimeError, ValueError) as error:  # "~nobody" and names with NUL raise the last two
        reason = getattr(error, "strerror", None) or error
        raise HomeError(f"cannot use {named} as home: {reason}; name a folder you can write with --home DIR") from error
    home = Home(folder)
    upgrade_database(home)
    return home


def _check_format(folder: Path) -> None:
    """Write the layout's number into a new home; refuse a home that is newer or not ours."""
    marker = folder / "home.json"
    if not marker.exists():
        created = datetime.now(UTC).isoformat(timespec="seconds")
        write_json_whole(marker, {"format": HOME_FORMAT, "created": created})
        return
    try:
        found = int(read_json(marker)["format"])
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise HomeError(
            f"{marker} is damaged: expected JSON with a 'format' number; restore it from a backup"
        ) from error
    if found > HOME_FORMAT:
        raise HomeError(
            f"{folder} was written by a newer ShelfLens (home format {found}, this one reads up to {HOME_FORMAT}): "
            "upgrade ShelfLens or name another folder with --home DIR"
        )
