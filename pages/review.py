"""Review: which products are filed, priced or pictured wrongly, and mending them one by one or many at once."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.jobs.supervise import submit
from core.review.findings import DUPLICATES, LABELS, PICTURES, PRICES, SENT
from core.ui.address import choice_in_address
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.frame import need_catalog
from core.ui.guard import guard, visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.offer_row import words_and_button
from core.ui.product_detail import show_asked_product
from core.ui.review_labeling import draw_labeling
from core.ui.review_queue import draw_queue
from core.ui.review_slice import only_in_slice, pick_slice
from core.ui.review_state import audit_of, queue_of
from core.ui.review_writing import draw_bulk, draw_writing
from core.ui.wording import counted, number_text

TO_LABEL = "label"
QUEUES = {
    LABELS: "Wrong categories",
    DUPLICATES: "Duplicates",
    PRICES: "Odd prices",
    PICTURES: "Odd pictures",
    SENT: "Sent to review",
    TO_LABEL: "Worth labeling next",
}


def draw_audit(catalog: Catalog, kind: str) -> bool:
    """Offer to look for mistakes, or say how old the findings are; tell whether there are any to show."""
    job = active_job("audit", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Looking for mistakes")
    audit = audit_of(catalog, kind)
    if job is None and (audit is None or audit.catalog_version != catalog.version):
        with st.container(border=True, key="audit_offer"):
            words, button = words_and_button()
            if audit is None:
                words.markdown(
                    "**Nobody has looked for mistakes yet.** Every product is judged by what its look-alikes say."
                )
            else:
                words.markdown("**The catalog has changed since it was judged.** What was mended is not shown again.")
            if button.button("Look for mistakes" if audit is None else "Judge it again", type="primary"):
                submit(home(), "audit", {"catalog": catalog.name}, actor=visitor_name())
                st.rerun()
    for note in audit.audit.notes if audit else ():
        st.text(note)
    return audit is not None


def draw_review(catalog: Catalog, kind: str, within: str) -> None:
    if kind != SENT and not draw_audit(catalog, kind):
        return
    queue = only_in_slice(catalog, queue_of(catalog, kind), within)
    with st.container(horizontal=True, gap="medium"):
        st.metric("To decide", number_text(len(queue.waiting)), width=100)
        st.metric("Accepted", number_text(len(queue.accepted)), width=100, help="Not written into the catalog yet.")
        st.metric(
            "Kept", number_text(queue.kept), width=100, help="They come back once their category or pictures change."
        )
        st.metric("Written", number_text(queue.written), width=100)
    draw_writing(catalog, queue)
    draw_queue(catalog, queue)
    draw_bulk(catalog, queue)


guard()
st.title("Review")
catalog = need_catalog()
st.caption(
    "Mistakes in the catalog, the most suspicious first. Keys, after a click on the card: A accept, K keep, C choose "
    "another, S skip, U undo."
)
with shown_errors():
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind = choice_in_address("Queue", list(QUEUES), name="queue", format_func=QUEUES.__getitem__)
        within = "" if kind == TO_LABEL else pick_slice(catalog)
    if not catalog.products:
        st.info(f"This catalog is empty: {counted(0, 'product')} to review.", icon=":material/inbox:")
    elif kind == TO_LABEL:
        draw_labeling(catalog)
    else:
        draw_review(catalog, kind, within)
show_asked_product(catalog)
