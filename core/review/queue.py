"""The queue of a reviewer: findings nobody decided about yet, and what waits to be written."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.money import format_price
from core.errors import CatalogError, EditConflictError
from core.home import Home
from core.review.audit import kept_audit
from core.review.corrections import accepted_value
from core.review.decisions import ACCEPT, KEEP, SEND, SKIP, Decision, DecisionLedger, Wish, decide, read_ledger, send
from core.review.findings import DUPLICATES, LABELS, PRICES, SENT, WORTH_A_LOOK, Finding
from core.review.product_states import WRITTEN_FIELD, ProductState, read_states

MOST_SENT = 100_000
_LONGEST_REASON = 300


@dataclass(frozen=True)
class ReviewQueue:
    """What is to be reviewed.

    Attributes:
        kind: Of the findings.
        waiting: Findings to decide about, the most suspicious first; those that were put off come last.
        accepted: Decisions that wait to be written.
        kept: Products that stay as they are.
        written: Decisions that are in the catalog.
        put_off: How many of the waiting ones were put off.
    """

    kind: str
    waiting: tuple[Finding, ...]
    accepted: tuple[Decision, ...]
    kept: int
    written: int
    put_off: int


def review_queue(
    home: Home, catalog: Catalog, kind: str, findings: Sequence[Finding], *, table: pd.DataFrame, ledger: DecisionLedger
) -> ReviewQueue:
    """Sort findings by what was decided about their products.

    A decision holds as long as the product is as it was when it was made: a kept product comes back once its category
    or pictures change.

    Args:
        home: The home.
        catalog: The catalog.
        kind: Of the findings.
        findings: Of the newest audit, or :func:`sent_findings`.
        table: Every product, as `core.catalog.products.product_table` gives it.
        ledger: What was decided.
    """
    standing = ledger.standing
    states = read_states(home, catalog, list(standing))
    held = {each: place_of(kind, decision, states.get(each)) for each, decision in standing.items()}
    open_ones = [each for each in still_true(findings, kind, table) if held.get(each.product_id) in (None, SKIP)]
    put_off = [each for each in open_ones if held.get(each.product_id) == SKIP]
    fresh = [each for each in open_ones if held.get(each.product_id) is None]
    accepted = [decision for each, decision in standing.items() if held[each] == ACCEPT]
    places = list(held.values())
    return ReviewQueue(
        kind=kind,
        waiting=(*fresh, *put_off),
        accepted=tuple(sorted(accepted, key=lambda each: each.sequence)),
        kept=places.count(KEEP),
        written=places.count("written"),
        put_off=len(put_off),
    )


def accepted_decisions(home: Home, catalog: Catalog, kind: str) -> list[Decision]:
    """Read the decisions of a kind that wait to be written, in the order they were made."""
    standing = read_ledger(home, catalog, kind).standing
    states = read_states(home, catalog, list(standing))
    waiting = [decision for each, decision in standing.items() if place_of(kind, decision, states.get(each)) == ACCEPT]
    return sorted(waiting, key=lambda each: each.sequence)


def place_of(kind: str, decision: Decision, state: ProductState | None) -> str | None:
    """Tell what a decision amounts to now.

    Returns:
        ``accept``: waits to be written; ``written``; ``keep``; ``skip``; None when it no longer holds.
    """
    if state is None or decision.decision not in (ACCEPT, KEEP, SKIP):
        return None
    if decision.decision == ACCEPT and state.field(WRITTEN_FIELD[kind]) == decision.to:
        return "written"
    return decision.decision if state.seen(kind) == dict(decision.seen) else None


def still_true(findings: Sequence[Finding], kind: str, table: pd.DataFrame) -> list[Finding]:
    """Keep the findings worth a look whose products are there and as they were when they were found."""
    worth = [each for each in findings if each.score >= WORTH_A_LOOK]
    if kind == DUPLICATES:
        worth = [each for each in worth if each.suggested is not None]
    rows = table.set_index("product_id").reindex([each.product_id for each in worth])
    there = table.set_index("product_id").index
    present = pd.Index([each.product_id for each in worth]).isin(there)
    if kind == LABELS:
        values = rows["category"].tolist()
    elif kind == PRICES:
        values = [
            "" if pd.isna(price) else format_price(int(price), currency)
            for price, currency in zip(rows["price_minor_units"], rows["currency"], strict=True)
        ]
    else:
        values = [each.current for each in worth]
    return [each for each, here, value in zip(worth, present, values, strict=True) if here and value == each.current]


def send_products(home: Home, catalog: Catalog, product_ids: Sequence[str], *, reason: str, actor: str) -> int:
    """Send products to review; they stand in a queue of their own until somebody decides about them.

    Args:
        home: The home.
        catalog: The catalog.
        product_ids: At most :data:`MOST_SENT`; those the catalog does not have are passed by.
        reason: Why, in a few words; shown beside each.
        actor: Who sends them.

    Returns:
        How many were sent.

    Raises:
        CatalogError: None of them is in the catalog, or there are too many.
    """
    wanted = list(dict.fromkeys(str(each) for each in product_ids))
    if len(wanted) > MOST_SENT:
        raise CatalogError(
            f"at most {MOST_SENT:,} products are sent to review at once, not {len(wanted):,}: send fewer"
        )
    states = read_states(home, catalog, wanted)
    known = [each for each in wanted if each in states and states[each].product.left_out is None]
    if not known:
        raise CatalogError(f"catalog {catalog.name!r} has none of these products: nothing was sent to review")
    send(home, catalog, SENT, known, reason=" ".join(reason.split())[:_LONGEST_REASON], actor=actor)
    return len(known)


def sent_findings(home: Home, catalog: Catalog, *, table: pd.DataFrame, ledger: DecisionLedger) -> list[Finding]:
    """Give the products that were sent to review, last sent first, with what the audit of labels suggests for them."""
    audit = kept_audit(home, catalog, LABELS)
    suggested = {each.product_id: each for each in audit.audit.findings} if audit and ledger.sent else {}
    categories = dict(zip(table["product_id"], table["category"], strict=True)) if ledger.sent else {}
    findings = []
    for product_id, sent in sorted(ledger.sent.items(), key=lambda item: -item[1].sequence):
        if product_id not in categories or sent.decision != SEND:
            continue
        category = categories[product_id]
        finding = suggested.get(product_id)
        words = f"Sent by {sent.actor}" + (f": {sent.reason}" if sent.reason else ".")
        holds = finding is not None and finding.current == category
        findings.append(
            Finding(
                product_id=product_id,
                kind=SENT,
                score=1.0,
                current=None if pd.isna(category) else category,
                suggested=finding.suggested if finding is not None and holds else None,
                reason=f"{words} {finding.reason}" if finding is not None and holds else words,
            )
        )
    return findings


def accept_findings(
    home: Home, catalog: Catalog, kind: str, findings: Sequence[Finding], *, ledger: DecisionLedger, actor: str
) -> list[str]:
    """Accept many findings at once.

    Returns:
        The products somebody else decided about meanwhile: theirs stands.
    """
    states = read_states(home, catalog, [each.product_id for each in findings])
    wishes = [
        Wish(
            states[each.product_id],
            ACCEPT,
            to=accepted_value(each),
            after=ledger.after(each.product_id),
            score=each.score,
        )
        for each in findings
        if each.product_id in states
    ]
    try:
        return decide(home, catalog, kind, wishes, ledger=ledger, actor=actor)
    except EditConflictError:  # there was one alone
        return [wishes[0].state.product.product_id]
