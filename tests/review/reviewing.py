"""A small shop with findings, and decisions as the page writes them."""

from core.catalog.catalogs import find_catalog
from core.catalog.products import product_table
from core.review.audit import keep_audit, kept_audit
from core.review.decisions import ACCEPT, Wish, decide, read_ledger
from core.review.findings import LABELS, Audit, Finding
from core.review.product_states import read_states
from core.review.queue import review_queue
from tests.quality.shops import shop_of

MUGS, BOWLS = "Kitchen > Mugs", "Kitchen > Bowls"


def suspected(home, count=3, *, rows=None):
    """A shop of so many mugs that are all suspected to be bowls, the first one most."""
    catalog = shop_of(home, rows or [{} for _ in range(count)])
    ids = product_table(home, catalog)["product_id"].tolist()
    findings = tuple(
        Finding(product_id, LABELS, 0.99 - 0.01 * place, MUGS, BOWLS, "It looks like a bowl.")
        for place, product_id in enumerate(ids)
    )
    keep_audit(home, catalog, Audit(LABELS, findings))
    return catalog


def queue(home):
    catalog = find_catalog(home, "shop")
    kept = kept_audit(home, catalog, LABELS)
    table, ledger = product_table(home, catalog), read_ledger(home, catalog, LABELS)
    return review_queue(home, catalog, LABELS, kept.audit.findings, table=table, ledger=ledger)


def waiting(home):
    return [each.product_id for each in queue(home).waiting]


def decided(home, product_id, decision, *, to=BOWLS, actor="Ada", ledger=None):
    catalog = find_catalog(home, "shop")
    ledger = ledger or read_ledger(home, catalog, LABELS)
    state = read_states(home, catalog, [product_id])[product_id]
    wish = Wish(state, decision, to=to if decision == ACCEPT else None, after=ledger.after(product_id))
    return decide(home, catalog, LABELS, [wish], ledger=ledger, actor=actor)
