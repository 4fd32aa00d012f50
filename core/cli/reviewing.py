"""Commands that decide about findings: review, decide, decisions, send-to-review."""

from typing import TYPE_CHECKING, Any

from core.cli.auditing import ids_of_slice, target_file, write_file
from core.cli.parser import Commands, UsageError
from core.cli.session import Session
from core.cli.tables import table

if TYPE_CHECKING:
    from core.catalog.catalogs import Catalog

_QUEUES = ("labels", "duplicates", "prices", "pictures", "sent")
_DECISIONS = ("accept", "keep", "skip", "take-back")


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    review = commands.add("review", review_one, show=show_review, summary="accept findings and write what was accepted")
    review.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    review.add_argument("--kind", choices=_QUEUES, default="labels", help="of the findings; default labels")
    review.add_argument("--accept-above", metavar="C", type=float, help="accept open findings of at least this score")
    review.add_argument("--slice", metavar="NAME", help="with --accept-above: only products of this slice")
    review.add_argument("--dry-run", action="store_true", help="write nothing; tell what would change and what it does")
    review.add_argument("--corrections", metavar="FILE", help="write the accepted changes as CSV")
    decide = commands.add("decide", decide_one, show=show_decision, summary="decide about one finding")
    decide.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    decide.add_argument("product", metavar="PRODUCT", help="product id")
    decide.add_argument("decision", metavar="DECISION", choices=_DECISIONS, help="accept, keep, skip or take-back")
    decide.add_argument("--kind", choices=_QUEUES, default="labels", help="of the finding; default labels")
    decide.add_argument("--to", metavar="VALUE", help="another category or price than the suggested one")
    decisions = commands.add("decisions", list_decisions, show=show_decisions, summary="list what reviewers decided")
    decisions.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    decisions.add_argument("--kind", choices=_QUEUES, default="labels", help="of the findings; default labels")
    send = commands.add("send-to-review", send_some, show=show_sent, summary="put products into a review queue")
    send.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    products = send.add_argument("products", metavar="PRODUCT", nargs="+", default=[], help="product ids")
    products.required = False  # not "*", which takes nothing when an option stands before the ids
    send.add_argument("--slice", metavar="NAME", help="the products of this slice")
    send.add_argument("--reason", metavar="TEXT", default="", help="why, in a few words")


def review_one(session: Session) -> dict[str, Any]:
    """Accept what is sure enough, then write every accepted change; or say what that would do."""
    from core.review.corrections import corrections_csv, write_accepted
    from core.review.queue import accepted_decisions

    given = session.arguments
    catalog = session.catalog(given.catalog)
    target = target_file(given.corrections)
    if given.accept_above is not None and not 0 <= given.accept_above <= 1:
        raise UsageError(f"--accept-above is a score from 0 to 1, not {given.accept_above:g}")
    if given.slice is not None and given.accept_above is None:
        raise UsageError("--slice says which findings --accept-above accepts: add it, or leave --slice out")
    ready = accepted_decisions(session.home, catalog, given.kind)
    fresh = _sure_findings(session, catalog, given.kind, given.accept_above)
    if given.dry_run:
        return _dry_run(session, catalog, ready, fresh)
    overtaken = _accept(session, catalog, given.kind, fresh)
    ready = accepted_decisions(session.home, catalog, given.kind)
    if target is not None:
        write_file(session, target, corrections_csv(session.home, catalog, given.kind, ready))
    written = write_accepted(session.home, catalog, given.kind, ready, actor=session.actor)
    return {
        "catalog": catalog.name,
        "kind": given.kind,
        "accepted": len(ready),
        "written": len(written.product_ids),
        "event": None if written.event_id is None else str(written.event_id),
        "overtaken": [*overtaken, *written.overtaken],
    }


def decide_one(session: Session) -> dict[str, Any]:
    """Decide about the finding of one product."""
    from core.review.audit import kept_audit
    from core.review.corrections import accepted_value, chosen_value
    from core.review.decisions import ACCEPT, Wish, decide, read_ledger
    from core.review.findings import LABELS, SENT
    from core.review.product_states import read_states

    given = session.arguments
    catalog = session.catalog(given.catalog)
    state = read_states(session.home, catalog, [given.product]).get(given.product)
    if state is None:
        raise UsageError(f"catalog {catalog.name!r} has no product {given.product[:200]!r}; list them with `products`")
    decision = given.decision.replace("-", " ")
    if given.to is not None and decision != ACCEPT:
        raise UsageError("--to belongs to accept")
    to = None
    if given.to is not None:
        to = chosen_value(given.kind, given.to, state.product)
    elif decision == ACCEPT:
        kept = kept_audit(session.home, catalog, LABELS if given.kind == SENT else given.kind)
        findings = {each.product_id: each for each in kept.audit.findings} if kept else {}
        if given.product not in findings:
            raise UsageError(f"nothing is suggested for {given.product[:200]!r}: run `audit` first, or give --to VALUE")
        to = accepted_value(findings[given.product])
    ledger = read_ledger(session.home, catalog, given.kind)
    wish = Wish(state, decision, to=to, after=ledger.after(given.product))
    decide(session.home, catalog, given.kind, [wish], ledger=ledger, actor=session.actor)
    return {"product_id": given.product, "kind": given.kind, "decision": decision, "to": to}


def list_decisions(session: Session) -> dict[str, Any]:
    """List the decisions that stand."""
    from core.review.decisions import read_ledger
    from core.review.product_states import read_states
    from core.review.queue import place_of

    given = session.arguments
    catalog = session.catalog(given.catalog)
    ledger = read_ledger(session.home, catalog, given.kind)
    states = read_states(session.home, catalog, list(ledger.standing))
    words = {"accept": "waits to be written", "keep": "holds", "skip": "put off", "written": "written"}
    return {
        "decisions": [
            {
                "product_id": each.product_id,
                "decision": each.decision,
                "to": each.to,
                "state": words.get(place_of(given.kind, each, states.get(each.product_id)) or "", "no longer holds"),
                "actor": each.actor,
                "at": each.at,
            }
            for each in sorted(ledger.standing.values(), key=lambda each: -each.sequence)
        ]
    }


def send_some(session: Session) -> dict[str, Any]:
    """Send products to review."""
    from core.catalog.slices import read_slice
    from core.review.queue import send_products

    given = session.arguments
    catalog = session.catalog(given.catalog)
    chosen = given.products
    if given.slice is not None:
        chosen = [*chosen, *read_slice(session.home, catalog, given.slice).product_ids]
    if not chosen:
        raise UsageError("name products, or a slice with --slice NAME")
    sent = send_products(session.home, catalog, list(dict.fromkeys(chosen)), reason=given.reason, actor=session.actor)
    return {"catalog": catalog.name, "sent": sent}


def show_review(result: dict[str, Any]) -> str:
    """Say what was written, or would be."""
    if "preview" in result:
        lines = [f"{result['would_accept']:,} findings would be accepted, {result['would_write']:,} changes written"]
        return "\n".join([*lines, *_preview_lines(result["preview"])])
    lines = [f"{result['written']:,} products changed"]
    if result["written"]:
        lines.append(f"undo it with `undo {result['event']}`")
    if result["overtaken"]:
        lines.append(f"{len(result['overtaken']):,} left as they are: somebody decided otherwise or changed them")
    return "; ".join(lines)


def show_decision(result: dict[str, Any]) -> str:
    """Say what was decided."""
    to = f" -> {result['to']}" if result["to"] is not None else ""
    return f"{result['product_id']}: {result['decision']}{to}; `review CATALOG` writes what is accepted"


def show_decisions(result: dict[str, Any]) -> str:
    """Lay out decisions."""
    columns = {
        "product_id": "PRODUCT",
        "decision": "DECISION",
        "to": "TO",
        "state": "STATE",
        "actor": "WHO",
        "at": "AT",
    }
    return table(result["decisions"], columns, empty="nobody decided anything yet")


def show_sent(result: dict[str, Any]) -> str:
    """Say how many were sent."""
    return f"{result['sent']:,} products stand in the queue `sent`"


def _sure_findings(session: Session, catalog: "Catalog", kind: str, least: float | None) -> list[Any]:
    """Give the open findings of at least a score; none when no score is named."""
    from core.catalog.products import product_table
    from core.review.audit import kept_audit
    from core.review.decisions import read_ledger
    from core.review.queue import review_queue

    if least is None:
        return []
    if kind == "sent":
        raise UsageError("products sent to review have no score: decide about each with `decide`")
    session.run_here("audit", {"catalog": catalog.name, "kinds": [kind]})
    kept = kept_audit(session.home, catalog, kind)
    findings = kept.audit.findings if kept else ()
    ledger, products = read_ledger(session.home, catalog, kind), product_table(session.home, catalog)
    queue = review_queue(session.home, catalog, kind, findings, table=products, ledger=ledger)
    among = ids_of_slice(session, catalog)
    return [each for each in queue.waiting if each.score >= least and (among is None or each.product_id in among)]


def _accept(session: Session, catalog: "Catalog", kind: str, findings: list[Any]) -> list[str]:
    from core.review.decisions import read_ledger
    from core.review.queue import accept_findings

    ledger = read_ledger(session.home, catalog, kind)
    return accept_findings(session.home, catalog, kind, findings, ledger=ledger, actor=session.actor)


def _dry_run(session: Session, catalog: "Catalog", ready: list[Any], fresh: list[Any]) -> dict[str, Any]:
    from core.review.corrections import accepted_value
    from core.review.decisions import Decision

    kind = session.arguments.kind
    wanted = [
        *ready,
        *(Decision(0, "", session.actor, each.product_id, "accept", accepted_value(each)) for each in fresh),
    ]
    preview = None
    if kind in ("labels", "sent") and wanted:
        preview = _preview(session, catalog, wanted)
    return {
        "catalog": catalog.name,
        "kind": kind,
        "would_accept": len(fresh),
        "would_write": len(wanted),
        "preview": preview,
        "changes": [{"product_id": each.product_id, "to": each.to} for each in wanted],
    }


def _preview(session: Session, catalog: "Catalog", wanted: list[Any]) -> dict[str, Any]:
    from core.cli.embedded import embed_what_waits
    from core.progress import SilentProgress
    from core.review.correction_preview import preview_corrections
    from core.vision.backbones import DEFAULT_BACKBONE

    embed_what_waits(session, catalog, backbone=DEFAULT_BACKBONE)
    found = preview_corrections(session.home, catalog, wanted, backbone=DEFAULT_BACKBONE, progress=SilentProgress())
    return found.to_json()


def _preview_lines(preview: dict[str, Any] | None) -> list[str]:
    if preview is None:
        return []
    lines = []
    for name, words in (("corrected", "all test pictures, as corrected"), ("untouched", "test pictures left alone")):
        found = preview[name]
        if found is None:
            continue
        for figure, title in (("accuracy", "accuracy"), ("macro_f1", "macro F1")):
            each = found[figure]
            low, high = each["interval"]
            lines.append(
                f"{title} on {found['pictures']:,} {words}: {each['before']:.3f} -> {each['after']:.3f} "
                f"(95 % of the change: {low:+.3f} to {high:+.3f})"
            )
    return lines + list(preview["notes"])
