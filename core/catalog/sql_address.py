"""Addresses of databases, parted from their passwords so that they can be stored and shown."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from core.catalog.picture_formats import printable
from core.errors import CatalogError

_PASSWORD_NAMES = ("password", "passwd", "pwd")
_SECRET_NAME = re.compile(r"pass|pwd|secret|token|cred|key|odbc_connect|dsn", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+_.-]{0,60}")
_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_FORM = "expected postgresql://USER@HOST/DATABASE or sqlite:///FILE"


@dataclass(frozen=True)
class PartedAddress:
    """An address and what must not be stored with it.

    Attributes:
        text: The address without any password: fit to be stored and shown, and the same at every import.
        password: The password it held; None for none.
    """

    text: str
    password: str | None = None

    def __repr__(self) -> str:
        """Show the address alone."""
        return f"PartedAddress({self.text!r})"


def part_address(text: str) -> PartedAddress:
    """Take the password out of an address, and make the path of a database file absolute.

    Passwords are found between user and host, and in parameters such as `?password=`.

    Args:
        text: An address with "://", such as `postgresql://ann:secret@host/shop`.

    Raises:
        CatalogError: It is no address, or holds secrets at a place nobody expects; the message quotes none of it.
    """
    from sqlalchemy.engine import URL, make_url
    from sqlalchemy.exc import ArgumentError

    scheme = text.partition("://")[0]
    if not _SCHEME.fullmatch(scheme) or _NO_TEXT.search(text):
        _refuse("the address of the database cannot be read")
    if scheme.lower() in ("http", "https"):
        return _part_web_address(text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError, TypeError):
        _refuse(f"the address {scheme}://... cannot be read")
    if url.get_backend_name() != "sqlite" and re.search(r"[@:/#]", url.database or ""):
        _refuse(f"the address {scheme}://... has a sign too many (@ : / # in a password are written %40 %3A %2F %23)")
    parameters = dict(url.query)
    password = url.password
    for name in [each for each in parameters if each.lower() in _PASSWORD_NAMES]:
        value = parameters.pop(name)
        password = password or (value if isinstance(value, str) else value[0])
    secret = next((name for name in parameters if _SECRET_NAME.search(name)), None)
    if secret is not None:
        _refuse(f"the address {scheme}://... has a parameter {printable(secret)[:40]!r}, which may hold a secret")
    database = url.database
    if url.get_backend_name() == "sqlite" and database and database != ":memory:":
        database = _absolute(database)
    plain = URL.create(url.drivername, url.username, None, url.host, url.port, database, parameters)
    return PartedAddress(plain.render_as_string(hide_password=False), str(password) if password else None)


def is_address(source: object) -> bool:
    """Tell whether a source is named by an address and not by a path."""
    return isinstance(source, str) and "://" in source


def _part_web_address(text: str) -> PartedAddress:
    """Leave the address of a page as it is; one with a name and a password is none that may be stored."""
    host = re.split(r"[/?#]", text.partition("://")[2], maxsplit=1)[0]
    if "@" in host:
        _refuse("the address of the page holds a name or a password, which is neither stored nor sent")
    return PartedAddress(text)


def _absolute(database: str) -> str:
    """Name a database file from the root: a job's worker runs in another folder."""
    try:
        return str(Path(database).expanduser().absolute())
    except (OSError, RuntimeError):
        return database


def _refuse(what: str) -> NoReturn:
    raise CatalogError(f"{what}: {_FORM}, and give the password apart, see `import` in docs/command-line.md")
