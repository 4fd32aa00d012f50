"""What the Review page keeps between reruns: audits by their version, decisions as they come."""

import threading
from collections.abc import Sequence

import streamlit as st

from core.catalog.catalogs import Catalog
from core.review.audit import KeptAudit, kept_audit, newest_audit
from core.review.decisions import DecisionLedger, read_ledger
from core.review.findings import SENT, Finding
from core.review.queue import ReviewQueue, review_queue, sent_findings
from core.ui.caches import home, products_of

_DOING = threading.Lock()


def audit_of(catalog: Catalog, kind: str) -> KeptAudit | None:
    """Give the newest audit of a kind; do not change it."""
    version = newest_audit(home(), catalog, kind)
    return None if version is None else _audit_of((str(home().root), catalog.catalog_id, kind, version), catalog)


@st.cache_resource(show_spinner="Reading the findings", max_entries=8)
def _audit_of(key: tuple[str, int, str, str], _catalog: Catalog) -> KeptAudit | None:
    return kept_audit(home(), _catalog, key[2])


def ledger_of(catalog: Catalog, kind: str) -> DecisionLedger:
    """Give the decisions of a kind as they stand now."""
    ledger = _ledger_of((str(home().root), catalog.catalog_id, kind), catalog)
    if ledger.document is None:  # nobody had decided anything yet
        return read_ledger(home(), catalog, kind)
    with _DOING:
        ledger.refresh(home())
    return ledger


@st.cache_resource(show_spinner=False, max_entries=32)
def _ledger_of(key: tuple[str, int, str], _catalog: Catalog) -> DecisionLedger:
    return read_ledger(home(), _catalog, key[2])


def queue_of(catalog: Catalog, kind: str) -> ReviewQueue:
    """Give the queue of a kind as it stands now."""
    ledger, table = ledger_of(catalog, kind), products_of(catalog)
    findings: Sequence[Finding] = ()
    if kind == SENT:
        findings = sent_findings(home(), catalog, table=table, ledger=ledger)
    else:
        audit = audit_of(catalog, kind)
        findings = audit.audit.findings if audit else ()
    return review_queue(home(), catalog, kind, findings, table=table, ledger=ledger)
