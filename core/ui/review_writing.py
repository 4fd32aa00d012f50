"""What follows decisions: accepting many after a sample, the preview, writing, undoing, and the table to take along."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.log import undo
from core.jobs.status import JobStatus
from core.jobs.supervise import submit
from core.review.corrections import corrections_csv, write_accepted
from core.review.findings import DUPLICATES, LABELS, PICTURES, PRICES, SENT, Finding
from core.review.queue import ReviewQueue, accept_findings
from core.ui.caches import home, products_of
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.job_list import all_jobs
from core.ui.live_job import active_job, live_job
from core.ui.product_detail import open_product
from core.ui.product_grid import product_grid, row_card
from core.ui.review_state import ledger_of
from core.ui.said import rerun_saying
from core.ui.wording import counted, short_category

SAMPLE = 12
SURE = {LABELS: 0.95, DUPLICATES: 0.95, PRICES: 0.75, PICTURES: 0.75}
"""Where the slider starts: probabilities come near 1, the distances behind prices and pictures do not. A price eight
times off has about 0.77, a picture ten deviations away 0.74."""
_WRITTEN = "review_written"


def draw_bulk(catalog: Catalog, queue: ReviewQueue) -> None:
    """Let many findings be accepted at once, once a sample of them was looked at."""
    if queue.kind == SENT or len(queue.waiting) < 2:
        return
    with st.expander("Accept many at once", icon=":material/done_all:"):
        least = st.slider("Suspicion of at least", 0.5, 1.0, SURE[queue.kind], 0.01, key=f"bulk_least_{queue.kind}")
        sure = [each for each in queue.waiting if each.score >= least]
        if not sure:
            st.text("No finding is as suspicious as that.")
            return
        st.text(
            f"{counted(len(sure), 'finding')} of {len(queue.waiting):,}. Look at some of them before accepting all."
        )
        _draw_sample(catalog, sure, kind=queue.kind)
        looked = st.checkbox(
            "I looked at the sample, and every change in it is right", key=f"bulk_looked_{queue.kind}_{least}"
        )
        label = f"Accept {counted(len(sure), 'finding')}"
        if st.button(label, type="primary", disabled=not looked, key=f"bulk_accept_{queue.kind}"):
            with shown_errors():
                _accept(catalog, queue.kind, sure)


def _draw_sample(catalog: Catalog, sure: list[Finding], *, kind: str) -> None:
    """Show some of the findings, drawn at random but the same ones until the choice changes."""
    drawn = np.random.default_rng(len(sure)).permutation(len(sure))[:SAMPLE]
    chosen = {sure[place].product_id: sure[place] for place in drawn}
    table = products_of(catalog)
    rows = table[table["product_id"].isin(chosen)]
    cards = [row_card(row, *_badge(chosen[row.product_id])) for row in rows.itertuples(index=False)]
    open_product(product_grid(cards, key=f"bulk_sample_{kind}", label="sample of findings", small=True))


def _badge(finding: Finding) -> tuple[tuple[str, str], ...]:
    if finding.suggested is None:
        return ()
    words = short_category(finding.suggested) if finding.kind == LABELS else finding.suggested
    return ((f"→ {words}", "note"),)


def _accept(catalog: Catalog, kind: str, sure: list[Finding]) -> None:
    overtaken = accept_findings(home(), catalog, kind, sure, ledger=ledger_of(catalog, kind), actor=visitor_name())
    told = f"; about {len(overtaken):,} somebody else had decided" if overtaken else ""
    rerun_saying(f"Accepted {len(sure) - len(overtaken):,}{told}.", icon=":material/done_all:")


def draw_writing(catalog: Catalog, queue: ReviewQueue) -> None:
    """Show what was accepted and let it be previewed, taken along and written; after that, undone."""
    _draw_written(catalog)
    if not queue.accepted:
        return
    with st.container(border=True, key="review_accepted"):
        st.markdown(f"**{counted(len(queue.accepted), 'accepted change')} not written yet**")
        st.caption("The catalog stays as it is until you write them: one change, undone in one.")
        with st.container(horizontal=True):
            preview = queue.kind in (LABELS, SENT) and st.button("Preview the effect", icon=":material/query_stats:")
            wanted = st.button(
                f"Write {counted(len(queue.accepted), 'change')}", type="primary", icon=":material/save:"
            )
            st.download_button(
                "Corrections as CSV",
                data=partial(corrections_csv, home(), catalog, queue.kind, queue.accepted),
                file_name=f"corrections-{catalog.name}-{queue.kind}.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
                help="One row a change, safe to open in a spreadsheet.",
            )
        if preview:
            submit(home(), "review-preview", {"catalog": catalog.name, "kind": queue.kind}, actor=visitor_name())
            st.rerun()
        if wanted:
            with shown_errors():
                _write(catalog, queue)
        if queue.kind in (LABELS, SENT):
            _draw_preview(catalog, queue)


def _write(catalog: Catalog, queue: ReviewQueue) -> None:
    written = write_accepted(home(), catalog, queue.kind, queue.accepted, actor=visitor_name())
    st.session_state[_WRITTEN] = (
        catalog.catalog_id,
        written.event_id,
        len(written.product_ids),
        len(written.overtaken),
    )
    st.rerun()


def _draw_written(catalog: Catalog) -> None:
    found = st.session_state.get(_WRITTEN)
    if not found or found[0] != catalog.catalog_id:
        return
    _catalog_id, event_id, count, overtaken = found
    with st.container(border=True, key="review_written_box", horizontal=True, vertical_alignment="center"):
        told = f" {overtaken:,} stayed as somebody else left them." if overtaken else ""
        st.markdown(f":green[:material/check_circle:] **{counted(count, 'product')} changed.**{told}")
        if event_id is not None and st.button("Undo", icon=":material/undo:", key="undo_written"):
            with shown_errors():
                undo(home(), event_id, actor=visitor_name())
                st.session_state.pop(_WRITTEN)
                st.rerun()


def _draw_preview(catalog: Catalog, queue: ReviewQueue) -> None:
    job = active_job("review-preview", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Refitting a head with the accepted changes")
        return
    result = _last_preview(catalog, queue)
    if result is None:
        return
    st.markdown("**What writing them does to a head on the same features**")
    _draw_figures("All test pictures, judged by the corrected categories", result["corrected"])
    if result["untouched"]:
        _draw_figures("Only test pictures whose category stays", result["untouched"])
    for note in result["notes"]:
        st.text(note)


def _last_preview(catalog: Catalog, queue: ReviewQueue) -> dict[str, Any] | None:
    """Find the preview of exactly these changes among the finished jobs."""
    last = max(each.sequence for each in queue.accepted)

    def fits(job: JobStatus) -> bool:
        result = job.result or {}
        named = job.arguments.get("kind", LABELS) == queue.kind and result.get("catalog") == catalog.name
        same = result.get("catalog_version") == catalog.version and result.get("decided") == last
        return named and same and result.get("products") == len(queue.accepted)

    return next((dict(job.result or {}) for job in all_jobs() if job.kind == "review-preview" and fits(job)), None)


def _draw_figures(title: str, found: dict[str, Any]) -> None:
    st.caption(f"{title}: {counted(found['pictures'], 'picture')}, {found['changed']:,} of them corrected.")
    with st.container(horizontal=True, gap="medium"):
        for name, label in (("accuracy", "Accuracy"), ("macro_f1", "Macro F1")):
            figure = found[name]
            low, high = figure["interval"]
            change = figure["after"] - figure["before"]
            st.metric(
                label,
                f"{figure['after']:.3f}",
                delta=f"{change:+.3f} ({low:+.3f} to {high:+.3f})",
                delta_color="off" if low <= 0 <= high else "normal",
                width=260,
                help="In brackets the 95 % interval of the difference: paired bootstrap over products.",
            )
