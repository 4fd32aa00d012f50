"""Documents: what people keep under a name beside a catalog, such as slices, presets and sets of pictures.

A document is JSON of one kind; who makes a kind gives its body a shape and checks it when it comes back. Saving,
renaming and deleting are changes of the log and can be undone; the catalog's version stays, so nothing is computed
anew. Entries gather around a document and are never changed: votes, picks, views.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from core.access.actor import Role, require
from core.catalog.catalogs import Catalog, check_name
from core.catalog.database import read, write
from core.catalog.log import Change, change
from core.catalog.schema import document_entries, documents
from core.errors import CatalogError, EditConflictError
from core.home import Home

Body = Mapping[str, Any]

OPEN_TO_VIEWERS = frozenset({"blind test"})
"""Kinds of documents around which whoever may look may leave an entry: a vote."""


@dataclass(frozen=True)
class Document:
    """One thing kept under a name.

    Attributes:
        document_id: Its number, never given twice.
        kind: What its body holds: ``slice``, ``preset`` ...
        name: What people call it; one of its kind in a catalog.
        revision: 1 when made; rises by one with every change.
        body: The JSON object it holds.
        created: UTC time, ISO 8601.
        created_by: Who made it.
        changed: When it was last changed.
    """

    document_id: int
    kind: str
    name: str
    revision: int
    body: dict[str, Any]
    created: str
    created_by: str
    changed: str


@dataclass(frozen=True)
class DocumentEntry:
    """One entry around a document.

    Attributes:
        sequence: Its place, from 1.
        at: UTC time, ISO 8601.
        actor: Whose it is.
        body: The JSON object it holds.
    """

    sequence: int
    at: str
    actor: str
    body: dict[str, Any]


def list_documents(home: Home, catalog: Catalog, kind: str) -> list[Document]:
    """List the documents of a kind by name."""
    mine = (documents.c.catalog_id == catalog.catalog_id, documents.c.kind == kind, documents.c.deleted.is_(None))
    with read(home) as connection:
        return [_document(row) for row in connection.execute(_columns().where(*mine).order_by(documents.c.name))]


def find_document(home: Home, catalog: Catalog, kind: str, name: str) -> Document:
    """Find a document by its name.

    Raises:
        CatalogError: The catalog has none of that name; the message lists those it has.
    """
    found = list_documents(home, catalog, kind)
    for document in found:
        if document.name == name:
            return document
    names = ", ".join(document.name for document in found[:20]) or "none"
    raise CatalogError(f"catalog {catalog.name!r} has no {kind} {name[:100]!r}; it has {names}")


def add_document(home: Home, catalog: Catalog, kind: str, name: str, *, body: Body, actor: str) -> Document:
    """Keep something under a name.

    Args:
        home: The home.
        catalog: The catalog it belongs to.
        kind: What the body holds, one or two words.
        name: Letters, digits, ``-`` and ``_``.
        body: A JSON object.
        actor: Who keeps it.

    Returns:
        The document as kept.

    Raises:
        CatalogError: The name is not one, or another document of the kind has it.
    """
    _check_free(home, catalog, kind, check_name(name))
    now = _now()
    row = {"kind": kind, "catalog_id": catalog.catalog_id, "name": name, "revision": 1, "body": dict(body)}
    row |= {"created": now, "created_by": actor, "changed": now}
    with _changing(home, catalog, "save", f"Saved the {kind} {name}", actor=actor) as adding:
        key = adding.insert(documents, [row])[0]
    return Document(int(key["document_id"]), kind, name, 1, dict(body), now, actor, now)


def change_document(
    home: Home, catalog: Catalog, document: Document, *, actor: str, body: Body | None = None, name: str | None = None
) -> Document:
    """Give a document another body or another name.

    Args:
        home: The home.
        catalog: The catalog it belongs to.
        document: The document as it was read; its revision tells whether somebody changed it since.
        actor: Who changes it.
        body: The new body; None keeps it.
        name: The new name; None keeps it.

    Raises:
        EditConflictError: Somebody changed or deleted it meanwhile; nothing was written.
        CatalogError: The new name is not one, or is taken.
    """
    if name is not None and name != document.name:
        _check_free(home, catalog, document.kind, check_name(name))
    new_name = document.name if name is None else name
    new_body = document.body if body is None else dict(body)
    what = f"Renamed the {document.kind} {document.name} to {new_name}" if name else f"Changed the {document.kind}"
    summary = what if name else f"{what} {document.name}"
    values = {"name": new_name, "body": new_body, "revision": document.revision + 1, "changed": _now()}
    with _changing(home, catalog, "rename" if name else "save", summary, actor=actor) as changing:
        _refuse_conflict(changing.connection, document)
        changing.update(documents, {"document_id": document.document_id}, values)
    return Document(**{**vars(document), **values})


def delete_document(home: Home, catalog: Catalog, document: Document, *, actor: str, logged_as: str = "delete") -> int:
    """Take a document out of sight; gives the number of the change, for undoing.

    Args:
        home: The home.
        catalog: The catalog it belongs to.
        document: The document as it was read.
        actor: Who deletes it.
        logged_as: Another word for a kind of document that editors may take away again.

    Raises:
        EditConflictError: Somebody changed or deleted it meanwhile; nothing was written.
    """
    with _changing(home, catalog, logged_as, f"Deleted the {document.kind} {document.name}", actor=actor) as deleting:
        _refuse_conflict(deleting.connection, document)
        deleting.update(documents, {"document_id": document.document_id}, {"deleted": _now()})
        return deleting.event_id


def append_entries(home: Home, document: Document, bodies: Sequence[Body], *, actor: str) -> None:
    """Add entries around a document, all or none. They are no changes of the log: they are one themselves.

    Raises:
        AccessError: Whoever acts is only a viewer, and these are no votes.
    """
    require(Role.VIEWER if document.kind in OPEN_TO_VIEWERS else Role.EDITOR, f"add to the {document.kind}")
    mine = document_entries.c.document_id == document.document_id
    with write(home) as connection:
        # Whoever writes holds the document's row, so that two never take the same place.
        connection.execute(
            select(documents.c.document_id).where(documents.c.document_id == document.document_id).with_for_update()
        )
        last = connection.execute(select(func.coalesce(func.max(document_entries.c.sequence), 0)).where(mine)).scalar()
        rows = [
            {
                "document_id": document.document_id,
                "sequence": int(last or 0) + place,
                "at": _now(),
                "actor": actor,
                "body": dict(body),
            }
            for place, body in enumerate(bodies, 1)
        ]
        if rows:
            connection.execute(insert(document_entries), rows)


def read_entries(home: Home, document: Document, *, after: int = 0) -> list[DocumentEntry]:
    """Read the entries around a document in the order they came; `after` skips those up to a sequence."""
    table = document_entries
    query = select(table.c.sequence, table.c.at, table.c.actor, table.c.body).where(
        table.c.document_id == document.document_id, table.c.sequence > after
    )
    with read(home) as connection:
        return [DocumentEntry(**row) for row in connection.execute(query.order_by(table.c.sequence)).mappings()]


@contextmanager
def _changing(home: Home, catalog: Catalog, kind: str, summary: str, *, actor: str) -> Iterator[Change]:
    try:
        with change(
            home, actor=actor, kind=kind, summary=summary, catalog_id=catalog.catalog_id, contents=False
        ) as changing:
            yield changing
    except IntegrityError as error:  # two chose one name at once
        raise CatalogError("somebody else took this name a moment ago; choose another") from error


def _check_free(home: Home, catalog: Catalog, kind: str, name: str) -> None:
    if any(document.name == name for document in list_documents(home, catalog, kind)):
        raise CatalogError(f"catalog {catalog.name!r} has a {kind} {name!r} already; choose another name or change it")


def _refuse_conflict(connection: Any, document: Document) -> None:
    query = _columns().where(documents.c.document_id == document.document_id, documents.c.deleted.is_(None))
    found = connection.execute(query.with_for_update()).first()
    if found is None:
        message = f"the {document.kind} {document.name!r} was deleted by somebody else; nothing was changed"
        raise EditConflictError(message, theirs={})
    if found.revision != document.revision:
        raise EditConflictError(
            f"the {document.kind} {document.name!r} was changed by somebody else at {found.changed}; "
            "nothing was written: look at theirs and save again",
            theirs=dict(found.body),
        )


def _columns() -> Any:
    names = ("document_id", "kind", "name", "revision", "body", "created", "created_by", "changed")
    return select(*(documents.c[name] for name in names))


def _document(row: Any) -> Document:
    return Document(**row._mapping)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
