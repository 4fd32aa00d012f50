"""Picture sets: pictures from real life under a name, labeled by people, that every run is scored on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.catalog.catalogs import Catalog
from core.catalog.documents import (
    Document,
    add_document,
    change_document,
    delete_document,
    find_document,
    list_documents,
)
from core.catalog.pictures import store_picture_bytes
from core.errors import CatalogError, PictureError
from core.home import Home

PICTURE_SET = "picture set"
"""Kind of the documents; the body holds ``format``, ``note`` and ``pictures``."""

MOST_PICTURES = 50
LONGEST_LABEL = 500
_FORMAT = 1
_LONGEST_NAME = 200
_HASH, _EXTENSION = re.compile(r"[0-9a-f]{64}"), re.compile(r"[a-z0-9]{1,5}")


@dataclass(frozen=True)
class SetPicture:
    """One picture of a set.

    Attributes:
        picture_hash: Its name in the home.
        extension: Of the kept file.
        name: What its file was called; shown, never used as a path.
        label: Its true category as people said, None while nobody did.
    """

    picture_hash: str
    extension: str
    name: str
    label: str | None = None


@dataclass(frozen=True)
class PictureSet:
    """A picture set as read.

    Attributes:
        document: What it is kept as; changes are refused when somebody else made one since.
        pictures: Its pictures in the order they came, all different.
    """

    document: Document
    pictures: tuple[SetPicture, ...]

    @property
    def name(self) -> str:
        """What people call it."""
        return self.document.name

    @property
    def labeled(self) -> int:
        """How many pictures have a label."""
        return sum(each.label is not None for each in self.pictures)


def list_sets(home: Home, catalog: Catalog) -> list[PictureSet]:
    """List the picture sets of a catalog by name."""
    return [_read(document) for document in list_documents(home, catalog, PICTURE_SET)]


def find_set(home: Home, catalog: Catalog, name: str) -> PictureSet:
    """Find a picture set.

    Raises:
        CatalogError: The catalog has none of that name.
    """
    return _read(find_document(home, catalog, PICTURE_SET, name))


def add_pictures(
    home: Home,
    catalog: Catalog,
    name: str,
    files: Sequence[tuple[str, bytes]],
    *,
    label: str | None = None,
    actor: str,
) -> tuple[PictureSet, list[str]]:
    """Keep pictures in a set, which is made when there is none of that name.

    A file that is no picture is left out and told; a picture that is there already is not doubled, but takes the label
    when one is given.

    Args:
        home: The home.
        catalog: The catalog whose runs are scored on it.
        name: Of the set.
        files: Name and bytes of each picture.
        label: True category of all of them; None leaves it open.
        actor: Who adds them.

    Returns:
        The set, and a sentence for each file that was left out.

    Raises:
        CatalogError: The name is not one, there would be more than :data:`MOST_PICTURES`, or the disk is full.
        PictureError: Not one of the files is a picture.
        EditConflictError: Somebody changed the set meanwhile; nothing was written.
    """
    found = next((each for each in list_sets(home, catalog) if each.name == name), None)
    pictures = {each.picture_hash: each for each in (found.pictures if found else ())}
    _check_room(name, len(pictures), len(files))
    checked, problems = check_label(label), []
    for file_name, data in files:
        try:
            stored = store_picture_bytes(home, data, name=_shown_name(file_name))
        except PictureError as error:
            problems.append(str(error))
            continue
        new = SetPicture(stored.picture_hash, stored.extension, _shown_name(file_name), checked)
        old = pictures.get(new.picture_hash)
        pictures[new.picture_hash] = new if old is None else replace(old, label=checked or old.label)
    if problems and len(problems) == len(files):
        raise PictureError(problems[0])
    body = _body(list(pictures.values()))
    if found is None:
        return _read(add_document(home, catalog, PICTURE_SET, name, body=body, actor=actor)), problems
    return _read(change_document(home, catalog, found.document, body=body, actor=actor)), problems


def label_pictures(
    home: Home, catalog: Catalog, picture_set: PictureSet, labels: Mapping[str, str | None], *, actor: str
) -> PictureSet:
    """Say what pictures of a set show.

    Args:
        home: The home.
        catalog: Its catalog.
        picture_set: The set as it was read.
        labels: Hash of a picture to its category; None takes the label away.
        actor: Who says so.

    Raises:
        CatalogError: A label is too long, or a picture is not in the set.
        EditConflictError: Somebody changed the set meanwhile; nothing was written.
    """
    strange = set(labels) - {each.picture_hash for each in picture_set.pictures}
    if strange:
        raise CatalogError(f"the picture set {picture_set.name!r} holds no picture {min(strange)[:80]!r}")
    pictures = [
        replace(each, label=check_label(labels[each.picture_hash])) if each.picture_hash in labels else each
        for each in picture_set.pictures
    ]
    if tuple(pictures) == picture_set.pictures:
        return picture_set
    return _read(change_document(home, catalog, picture_set.document, body=_body(pictures), actor=actor))


def remove_pictures(
    home: Home, catalog: Catalog, picture_set: PictureSet, hashes: Sequence[str], *, actor: str
) -> PictureSet:
    """Take pictures out of a set; the files stay in the home, so that undoing brings them back.

    Raises:
        EditConflictError: Somebody changed the set meanwhile; nothing was written.
    """
    kept = [each for each in picture_set.pictures if each.picture_hash not in set(hashes)]
    return _read(change_document(home, catalog, picture_set.document, body=_body(kept), actor=actor))


def delete_set(home: Home, catalog: Catalog, picture_set: PictureSet, *, actor: str) -> int:
    """Take a set out of sight; gives the number of the change, for undoing."""
    return delete_document(home, catalog, picture_set.document, actor=actor)


def check_label(label: str | None) -> str | None:
    """Give a label back, stripped; an empty one is none.

    Raises:
        CatalogError: It is too long or cannot be printed.
    """
    found = (label or "").strip()
    if len(found) > LONGEST_LABEL or not found.isprintable():
        raise CatalogError(f"a label has at most {LONGEST_LABEL} printable characters, not {found[:80]!r}")
    return found or None


def _check_room(name: str, there: int, coming: int) -> None:
    if not coming:
        raise CatalogError(f"name the pictures to add to the picture set {name[:80]!r}")
    if there + coming > MOST_PICTURES:
        raise CatalogError(
            f"a picture set holds at most {MOST_PICTURES} pictures: {name[:80]!r} has {there}, and {coming} more are "
            "too many; start another set"
        )


def _shown_name(name: str) -> str:
    """Keep the last part of a file's name, without what cannot be printed."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(each if each.isprintable() else "?" for each in last)[:_LONGEST_NAME] or "picture"


def _body(pictures: Sequence[SetPicture]) -> dict[str, Any]:
    return {"format": _FORMAT, "note": "", "pictures": [asdict(each) for each in pictures]}


def _read(document: Document) -> PictureSet:
    """Read a document; what in it cannot be a picture, as in a home that was tampered with, is left out."""
    listed = document.body.get("pictures")
    found: dict[str, SetPicture] = {}
    for each in listed if isinstance(listed, list) else ():
        picture = _picture(each)
        if picture is not None:
            found.setdefault(picture.picture_hash, picture)
    return PictureSet(document, tuple(list(found.values())[:MOST_PICTURES]))


def _picture(found: object) -> SetPicture | None:
    if not isinstance(found, dict):
        return None
    texts = [found.get(name) for name in ("picture_hash", "extension", "name")]
    if not all(isinstance(each, str) for each in texts):
        return None
    picture_hash, extension, name = map(str, texts)
    label = found.get("label")
    if not _HASH.fullmatch(picture_hash) or not _EXTENSION.fullmatch(extension):
        return None
    kept = label[:LONGEST_LABEL] if isinstance(label, str) and label else None
    return SetPicture(picture_hash, extension, _shown_name(name), kept)
