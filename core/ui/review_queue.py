"""The queue as a reviewer works through it: one finding after the other, by keys, with undo."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.errors import EditConflictError, ShelfLensError
from core.review.corrections import accepted_value, chosen_value
from core.review.decisions import ACCEPT, KEEP, SKIP, TAKE_BACK, Wish, decide
from core.review.findings import Finding
from core.review.product_states import read_states
from core.review.queue import ReviewQueue
from core.ui.caches import home
from core.ui.errors import show_problem
from core.ui.guard import visitor_name
from core.ui.product_detail import open_product
from core.ui.review_card import Answer, review_card, seen_name
from core.ui.review_state import ledger_of, queue_of
from core.ui.wording import counted

_PROBLEM, _DONE = "review_problem", "review_done"
_MOST_UNDONE = 500


def draw_queue(catalog: Catalog, queue: ReviewQueue) -> None:
    """Draw the finding to decide about now, or say that there is none."""
    problem = st.session_state.pop(_PROBLEM, None)
    if problem:
        show_problem(problem, title="Not written")
    shown = queue.waiting[:20]
    states = read_states(home(), catalog, [each.product_id for each in shown])
    finding = next((each for each in shown if each.product_id in states), None)
    if finding is None:
        _draw_end(catalog, queue)
        return
    left = len(queue.waiting)
    put_off = f", {queue.put_off:,} of them put off" if queue.put_off else ""
    review_card(
        catalog,
        finding,
        states[finding.product_id],
        place=f"{counted(left, 'finding')} to decide about{put_off}",
        after=ledger_of(catalog, queue.kind).after(finding.product_id),
        key=f"review_card_{queue.kind}",
        on_answer=lambda answer: _decide(catalog, queue.kind, answer),
    )
    if st.button("Everything about this product", icon=":material/open_in_full:", type="tertiary"):
        open_product(finding.product_id)


def _draw_end(catalog: Catalog, queue: ReviewQueue) -> None:
    with st.container(border=True, key="review_end"):
        st.markdown("**Nothing waits for a decision here.**")
        decided = len(queue.accepted) + queue.kept + queue.written
        if decided and st.button("Undo the last decision", icon=":material/undo:", key="undo_last"):
            _undo(catalog, queue.kind)
            st.rerun()


def _decide(catalog: Catalog, kind: str, answer: Answer) -> None:
    """Write what was pressed; runs before the page is drawn anew, so what goes wrong is told there."""
    try:
        if answer.decision == "undo":
            _undo(catalog, kind)
        else:
            _write(catalog, kind, answer)
    except ShelfLensError as error:
        st.session_state[_PROBLEM] = str(error)


def _write(catalog: Catalog, kind: str, answer: Answer) -> None:
    finding = next((each for each in queue_of(catalog, kind).waiting if each.product_id == answer.product_id), None)
    state = read_states(home(), catalog, [answer.product_id]).get(answer.product_id)
    ledger = ledger_of(catalog, kind)
    if state is None:
        raise EditConflictError("this product was taken away while you looked at it; nothing was written", theirs={})
    if finding is not None and seen_name(state, kind) != answer.seen:
        raise EditConflictError("somebody changed this product while you looked at it: look again", theirs={})
    decision, to = _meant(kind, answer, finding, state.product)
    wish = Wish(state, decision, to=to, after=answer.after, score=finding.score if finding else None)
    decide(home(), catalog, kind, [wish], ledger=ledger, actor=visitor_name())
    done = st.session_state.setdefault(_DONE, [])
    done.append((catalog.catalog_id, kind, answer.product_id))
    del done[:-_MOST_UNDONE]


def _meant(kind: str, answer: Answer, finding: Finding | None, product: object) -> tuple[str, object]:
    if answer.decision == "choose":
        return ACCEPT, chosen_value(kind, answer.value, product)  # type: ignore[arg-type]
    if answer.decision == "accept":
        # Decided by somebody else meanwhile: the ledger says whose decision stands.
        return ACCEPT, accepted_value(finding) if finding is not None else None
    return (KEEP, None) if answer.decision == "keep" else (SKIP, None)


def _undo(catalog: Catalog, kind: str) -> None:
    """Take back the last decision of this session, or of this reviewer after a reload."""
    ledger, done = ledger_of(catalog, kind), st.session_state.setdefault(_DONE, [])
    product_id = None
    for place in reversed(range(len(done))):
        if done[place][:2] == (catalog.catalog_id, kind):
            product_id = done.pop(place)[2]
            break
    if product_id is None:
        last = ledger.last_of(visitor_name())
        product_id = last.product_id if last else None
    state = read_states(home(), catalog, [product_id]).get(product_id) if product_id else None
    if product_id is None or state is None:
        st.session_state[_PROBLEM] = "there is no decision of yours to take back; written changes are undone below"
        return
    wish = Wish(state, TAKE_BACK, after=ledger.after(product_id))
    decide(home(), catalog, kind, [wish], ledger=ledger, actor=visitor_name())
