"""Where a file that is asked for may go, looked at before the work for it begins."""

from collections.abc import Sequence
from pathlib import Path

from core.errors import CatalogError, SettingsError


def check_written_file(path: Path, *, endings: Sequence[str], what: str) -> Path:
    """Check where a file goes.

    Args:
        path: The file.
        endings: What its name may end in, such as ``.csv``.
        what: Names its content in the message, such as "matches".

    Returns:
        The path.

    Raises:
        SettingsError: The name ends in none of the endings.
        CatalogError: There is no folder to write in, or a folder has the name.
    """
    if path.suffix.lower() not in endings:
        choices = " or ".join(filter(None, (", ".join(endings[:-1]), endings[-1])))
        raise SettingsError(f"{what} are written as {choices}, not {path.name[:200]!r}")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise CatalogError(f"cannot write {str(path)[:300]}: name a file in a folder that is there")
    return path
