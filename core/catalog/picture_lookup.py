"""Finding the file of one picture, whatever the size of its catalog."""

from pathlib import Path

from sqlalchemy import select

from core.catalog.database import read
from core.catalog.schema import pictures
from core.home import Home


def picture_file(home: Home, picture_hash: str) -> Path | None:
    """Tell where the original of a picture is kept; None when the home knows no such picture.

    Raises:
        HomeError: The database names no hash and extension, as in a home that was tampered with.
    """
    query = select(pictures.c.extension).where(pictures.c.picture_hash == picture_hash)
    with read(home) as connection:
        extension = connection.execute(query).scalar()
    return None if extension is None else home.picture_path(picture_hash, extension)
