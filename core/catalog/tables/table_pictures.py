"""The pictures of a table's rows: addresses, files of a folder, or bytes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.catalog.picture_formats import printable
from core.catalog.sources import SkippedFile, SourcePicture
from core.catalog.tables.picture_cells import is_address, picture_names
from core.catalog.tables.picture_folder import PictureFault, PictureFolder

_LONGEST_NAME = 2_000
_TRIED = 50


class TablePictures:
    """Finds the pictures of rows.

    Without a column that names pictures, a folder gives each product ``<product_id>.<ext>``. Where no folder is named,
    names are looked for beside the table; when none of the first is there, one line says so instead of one a row.

    Args:
        columns: The columns that name pictures.
        folder: Folder the user named, or None.
        beside: Folder of the table's file, or None when there is none.
        rows: The first rows.
    """

    def __init__(
        self, columns: Sequence[str], *, folder: str | None, beside: Path | None, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        self._columns = columns
        self._folder = PictureFolder(folder) if folder else None
        self.lacks_folder = False
        if self._folder is None:
            names = [name for row in rows[:_TRIED] for name in self._names(row) if not _is_whole(name)]
            nearby = PictureFolder(beside) if beside is not None and names else None
            if nearby and any(_is_there(nearby, name) for name in names):
                self._folder = nearby
            self.lacks_folder = bool(names) and self._folder is None

    def of_row(
        self, row: Mapping[str, Any], product_id: str, *, further: Sequence[str | bytes], skipped: list[SkippedFile]
    ) -> tuple[SourcePicture, ...]:
        """Find the pictures of a row.

        Args:
            row: Its cells.
            product_id: Its product.
            further: Names from other rows of the same product.
            skipped: Gets those that cannot be had, named "<product_id>: <name>".
        """
        if not self._columns:
            return self._by_id(product_id, skipped)
        names = self._names(row)
        names += [name for name in further if name not in names]
        found = []
        for place, name in enumerate(names, start=1):
            picture = self._picture(name, product_id, place, skipped)
            if picture:
                found.append(picture)
        return tuple(found)

    def _names(self, row: Mapping[str, Any]) -> list[str | bytes]:
        if len(self._columns) == 1:
            return picture_names(row.get(self._columns[0]))
        return list(dict.fromkeys(name for column in self._columns for name in picture_names(row.get(column))))

    def _picture(
        self, name: str | bytes, product_id: str, place: int, skipped: list[SkippedFile]
    ) -> SourcePicture | None:
        if isinstance(name, bytes):
            return SourcePicture(f"{product_id}/{place}", data=name)
        shown = printable(name[:_LONGEST_NAME])
        if is_address(name):
            address = f"https:{name}" if name.startswith("//") else name
            if len(name) <= _LONGEST_NAME and address.lower().startswith(("http://", "https://")):
                return SourcePicture(shown, url=address)
            skipped.append(SkippedFile(f"{product_id}: {shown[:200]}", "bad_url"))
            return None
        if self._folder is None:
            if not self.lacks_folder:
                skipped.append(SkippedFile(f"{product_id}: {shown[:200]}", "missing", "no --images folder was named"))
            return None
        try:
            return SourcePicture(shown, path=self._folder.find(name))
        except PictureFault as fault:
            skipped.append(SkippedFile(f"{product_id}: {shown[:200]}", fault.reason, fault.detail))
            return None

    def _by_id(self, product_id: str, skipped: list[SkippedFile]) -> tuple[SourcePicture, ...]:
        if self._folder is None:
            return ()
        try:
            path = self._folder.of_product(product_id)
        except PictureFault as fault:
            skipped.append(SkippedFile(product_id, fault.reason, fault.detail))
            return ()
        if path is None:
            skipped.append(SkippedFile(product_id, "missing", "no picture is called like the product's id"))
            return ()
        return (SourcePicture(printable(path.relative_to(self._folder.root).as_posix()), path=path),)


def _is_whole(name: str | bytes) -> bool:
    """Tell whether a picture needs no folder."""
    return isinstance(name, bytes) or is_address(name)


def _is_there(folder: PictureFolder, name: str | bytes) -> bool:
    try:
        return isinstance(name, str) and folder.find(name) is not None
    except PictureFault:
        return False
