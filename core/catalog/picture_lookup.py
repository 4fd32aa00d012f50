"""Finding the file of one picture and counting repeated ones, whatever the size of the catalog."""

from pathlib import Path

from sqlalchemy import distinct, func, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.schema import pictures, product_pictures
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


def count_repeated(home: Home, catalog: Catalog) -> int:
    """Count the pictures of a catalog whose bytes are those of another of its pictures, the first one not counted."""
    hashes = product_pictures.c.picture_hash
    query = select(func.count() - func.count(distinct(hashes))).where(
        product_pictures.c.catalog_id == catalog.catalog_id
    )
    with read(home) as connection:
        return int(connection.execute(query).scalar_one())
