"""Labeling what teaches most: the uncategorized products the present categories leave most in doubt."""

from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.log import undo
from core.catalog.product_edits import save_product
from core.errors import CatalogError, ShelfLensError
from core.jobs.status import JobStatus
from core.jobs.supervise import submit
from core.review.corrections import check_category
from core.review.findings import SENT, Finding
from core.review.product_states import ProductState, read_states
from core.ui.caches import home
from core.ui.errors import show_problem
from core.ui.guard import visitor_name
from core.ui.job_list import all_jobs
from core.ui.live_job import active_job, live_job
from core.ui.review_card import Answer, review_card
from core.ui.wording import counted

WANTED = 50
_LABELED, _PUT_OFF, _PROBLEM = "labeling_events", "labeling_put_off", "labeling_problem"


def draw_labeling(catalog: Catalog) -> None:
    """Draw the next product to label, or the offer to choose some."""
    problem = st.session_state.pop(_PROBLEM, None)
    if problem:
        show_problem(problem, title="Not written")
    job = active_job("next-to-label", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Choosing what to label next")
        return
    chosen = _last_choice(catalog)
    waiting = _waiting(catalog, chosen or [])
    if not waiting:
        _offer(catalog, chosen)
        return
    entry, state = waiting[0]
    guesses = entry.get("guesses") or []
    finding = Finding(
        product_id=state.product.product_id,
        kind=SENT,
        score=1.0,
        current=None,
        suggested=str(guesses[0]["category"]) if guesses else None,
        reason=_words(guesses),
    )
    review_card(
        catalog,
        finding,
        state,
        place=f"{counted(len(waiting), 'product')} worth labeling",
        after=0,
        key="labeling_card",
        on_answer=lambda answer: _decide(catalog, finding, answer),
    )
    st.caption("What you choose is written at once; U takes the last one back.")


def _waiting(catalog: Catalog, chosen: list[dict[str, Any]]) -> list[tuple[dict[str, Any], ProductState]]:
    """Give the chosen products that still have no category; those put off come last."""
    ids = [str(each.get("product_id")) for each in chosen]
    states = read_states(home(), catalog, ids)
    put_off = st.session_state.setdefault(_PUT_OFF, [])
    found = [
        (entry, states[product_id])
        for entry, product_id in zip(chosen, ids, strict=True)
        if product_id in states and not states[product_id].product.category
    ]
    return sorted(
        found,
        key=lambda pair: put_off.index(pair[1].product.product_id) + 1 if pair[1].product.product_id in put_off else 0,
    )


def _offer(catalog: Catalog, chosen: list[dict[str, Any]] | None) -> None:
    with st.container(border=True, key="labeling_offer"):
        words, button = st.columns([4, 1.4], vertical_alignment="center")
        if chosen is None:
            words.markdown(
                "**Which pictures are worth labeling?** Those your categories leave most in doubt, no two alike."
            )
        elif chosen:
            words.markdown("**All of them have a category now.** Choose more: what you labeled is taken into account.")
        else:
            words.markdown("**Every product with a picture has a category.** There is nothing to label.")
        if button.button(f"Choose {WANTED}", type="primary", width="stretch", key="choose_labeling"):
            submit(home(), "next-to-label", {"catalog": catalog.name, "limit": WANTED}, actor=visitor_name())
            st.rerun()
        if st.session_state.get(_LABELED) and st.button("Undo the last one", icon=":material/undo:"):
            _undo()
            st.rerun()


def _last_choice(catalog: Catalog) -> list[dict[str, Any]] | None:
    """Read what the newest finished job chose; None when there was none."""

    def fits(job: JobStatus) -> bool:
        return job.kind == "next-to-label" and job.state == "done" and (job.result or {}).get("catalog") == catalog.name

    found = next((job.result or {} for job in all_jobs() if fits(job)), None)
    products = None if found is None else found.get("products")
    return [each for each in products if isinstance(each, dict)] if isinstance(products, list) else None


def _words(guesses: list[dict[str, Any]]) -> str:
    if not guesses:
        return "There are not two categories to guess from yet: choose one."
    named = ", ".join(f"{each['category']} ({100 * float(each['probability']):.0f} %)" for each in guesses)
    return f"The categories you have leave it in doubt: {named}."


def _decide(catalog: Catalog, finding: Finding, answer: Answer) -> None:
    try:
        if answer.decision == "undo":
            _undo()
        elif answer.decision in ("skip", "keep"):
            st.session_state.setdefault(_PUT_OFF, []).append(answer.product_id)
        else:
            suggested = finding.suggested if answer.product_id == finding.product_id else None
            category = check_category(answer.value if answer.decision == "choose" else suggested or "")
            values, seen = {"category": category}, {"category": None}
            event = save_product(home(), catalog, answer.product_id, values, seen=seen, actor=visitor_name())
            st.session_state.setdefault(_LABELED, []).append(event)
    except ShelfLensError as error:
        st.session_state[_PROBLEM] = str(error)


def _undo() -> None:
    events = st.session_state.get(_LABELED) or []
    try:
        if not events:
            raise CatalogError("you labeled nothing in this session that could be taken back")
        undo(home(), events[-1], actor=visitor_name())
        events.pop()
    except ShelfLensError as error:
        st.session_state[_PROBLEM] = str(error)
