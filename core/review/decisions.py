"""What reviewers decided, kept entry by entry beside the catalog: nothing that one wrote is lost to another.

The entries of one kind gather around a document. Each says what its writer knew of the product: the last entry that
stood then. One that did not know of the entry before it counts for nothing, and its writer is told.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.catalog.catalogs import Catalog
from core.catalog.documents import (
    Document,
    DocumentEntry,
    add_document,
    append_entries,
    list_documents,
    read_entries,
)
from core.errors import CatalogError, EditConflictError
from core.home import Home
from core.review.product_states import ProductState

DOCUMENT_KIND = "review decisions"

ACCEPT, KEEP, SKIP, TAKE_BACK, SEND = "accept", "keep", "skip", "take back", "send"
DECISIONS = (ACCEPT, KEEP, SKIP, TAKE_BACK)
"""Change as suggested or as chosen; leave as it is; decide later; undo one's decision."""

_WORDS = {ACCEPT: "accepted a change", KEEP: "kept it as it is", SKIP: "put it off", TAKE_BACK: "took a decision back"}


@dataclass(frozen=True)
class Wish:
    """A decision about to be made.

    Attributes:
        state: The product as the reviewer saw it.
        decision: One of :data:`DECISIONS`.
        to: For :data:`ACCEPT`: the new value of the field that the kind writes.
        after: Sequence of the last entry about the product that the reviewer knew; 0 for none.
        score: Of the finding, for the record.
    """

    state: ProductState
    decision: str
    to: Any = None
    after: int = 0
    score: float | None = None


@dataclass(frozen=True)
class Decision:
    """An entry that stands.

    Attributes:
        sequence: Its place among the entries of its kind.
        at: UTC time, ISO 8601.
        actor: Who decided.
        product_id: About which product.
        decision: One of :data:`DECISIONS`, or :data:`SEND`.
        to: The new value, where one was accepted.
        seen: What it was made upon.
        score: Of the finding.
        reason: Why it was sent to review, where it was.
        token: Names the act of writing it.
    """

    sequence: int
    at: str
    actor: str
    product_id: str
    decision: str
    to: Any = None
    seen: Mapping[str, Any] = field(default_factory=dict)
    score: float | None = None
    reason: str = ""
    token: str = ""


class DecisionLedger:
    """The decisions of one kind in a catalog, read as they come.

    Args:
        document: What the entries gather around; None while nobody decided anything.
    """

    def __init__(self, document: Document | None) -> None:
        self.document = document
        self.standing: dict[str, Decision] = {}
        self.sent: dict[str, Decision] = {}
        self.last_sequence = 0

    def refresh(self, home: Home) -> None:
        """Read what came since the last time."""
        if self.document is None:
            return
        for entry in read_entries(home, self.document, after=self.last_sequence):
            self.last_sequence = entry.sequence
            self._take(entry)

    def after(self, product_id: str) -> int:
        """Give the sequence of the entry that stands for a product, 0 for none."""
        standing = self.standing.get(product_id)
        return standing.sequence if standing else 0

    def last_of(self, actor: str) -> Decision | None:
        """Give the newest decision of a reviewer that still stands."""
        mine = [
            each for each in self.standing.values() if each.actor == actor and each.decision in (ACCEPT, KEEP, SKIP)
        ]
        return max(mine, key=lambda each: each.sequence, default=None)

    def _take(self, entry: DocumentEntry) -> None:
        decision = _decision(entry)
        if decision is None:
            return
        if decision.decision == SEND:
            self.sent[decision.product_id] = decision
            self.standing[decision.product_id] = decision
        elif entry.body.get("after") == self.after(decision.product_id):
            self.standing[decision.product_id] = decision


def read_ledger(home: Home, catalog: Catalog, kind: str) -> DecisionLedger:
    """Read every decision of a kind."""
    ledger = DecisionLedger(_find(home, catalog, kind))
    ledger.refresh(home)
    return ledger


def decide(
    home: Home, catalog: Catalog, kind: str, wishes: Sequence[Wish], *, ledger: DecisionLedger, actor: str
) -> list[str]:
    """Write decisions, all in one transaction.

    Args:
        home: The home.
        catalog: The catalog.
        kind: Of the findings.
        wishes: What is decided.
        ledger: Of that kind; knows of the new entries afterwards.
        actor: Who decides.

    Returns:
        The products somebody else decided about meanwhile: theirs stands.

    Raises:
        EditConflictError: There was one wish, and somebody else decided about its product meanwhile.
    """
    if not wishes:
        return []
    ledger.document = ledger.document or _find(home, catalog, kind) or _make(home, catalog, kind, actor)
    token = secrets.token_hex(8)
    append_entries(home, ledger.document, [_body(wish, kind, token) for wish in wishes], actor=actor)
    ledger.refresh(home)
    ids = [wish.state.product.product_id for wish in wishes]
    overtaken = [each for each in ids if each not in ledger.standing or ledger.standing[each].token != token]
    if overtaken and len(wishes) == 1:
        raise _conflict(ledger.standing.get(overtaken[0]), overtaken[0])
    return overtaken


def send(home: Home, catalog: Catalog, kind: str, product_ids: Sequence[str], *, reason: str, actor: str) -> None:
    """Note that products were sent to review; a decision made before no longer counts for them."""
    document = _find(home, catalog, kind) or _make(home, catalog, kind, actor)
    bodies = [{"product_id": each, "decision": SEND, "reason": reason} for each in product_ids]
    append_entries(home, document, bodies, actor=actor)


def _body(wish: Wish, kind: str, token: str) -> dict[str, Any]:
    return {
        "product_id": wish.state.product.product_id,
        "decision": wish.decision,
        "to": wish.to,
        "seen": wish.state.seen(kind),
        "score": wish.score,
        "after": wish.after,
        "token": token,
    }


def _decision(entry: DocumentEntry) -> Decision | None:
    """Read an entry; None when it is none of ours."""
    body = entry.body
    known = isinstance(body, dict) and body.get("decision") in (*DECISIONS, SEND)
    if not known or not isinstance(body.get("product_id"), str):
        return None
    seen, score = body.get("seen"), body.get("score")
    return Decision(
        sequence=entry.sequence,
        at=entry.at,
        actor=entry.actor,
        product_id=body["product_id"],
        decision=body["decision"],
        to=body.get("to"),
        seen=seen if isinstance(seen, dict) else {},
        score=score if isinstance(score, int | float) else None,
        reason=str(body.get("reason") or ""),
        token=str(body.get("token") or ""),
    )


def _conflict(theirs: Decision | None, product_id: str) -> EditConflictError:
    if theirs is None:
        return EditConflictError(f"the decision about {product_id[:100]!r} was not kept; look again", theirs={})
    words = _WORDS.get(theirs.decision, "sent it to review again")
    return EditConflictError(
        f"{theirs.actor} {words} for {product_id[:100]!r} at {theirs.at} while you looked at it; theirs stands, yours "
        "was not written",
        theirs={"decision": theirs.decision, "to": theirs.to},
    )


def _find(home: Home, catalog: Catalog, kind: str) -> Document | None:
    return next((each for each in list_documents(home, catalog, DOCUMENT_KIND) if each.name == kind), None)


def _make(home: Home, catalog: Catalog, kind: str, actor: str) -> Document:
    try:
        return add_document(home, catalog, DOCUMENT_KIND, kind, body={"kind": kind}, actor=actor)
    except CatalogError:  # somebody else made it a moment ago
        found = _find(home, catalog, kind)
        if found is None:
            raise
        return found
