"""Slices: where the run is worse than elsewhere, in words, each one click from its pictures."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.documents import list_documents
from core.evaluation.report import Evaluation
from core.evaluation.slice_search import LEVEL, Slice, SliceReport, find_slices
from core.evaluation.slice_search_bands import SLICE
from core.jobs.supervise import submit
from core.models.runs import Run
from core.ui.address import ask
from core.ui.caches import home
from core.ui.confusion_cell import titles_of, verdict_tones
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.job_list import all_jobs
from core.ui.live_job import active_job, live_job
from core.ui.permission import may_edit
from core.ui.product_detail import open_product
from core.ui.product_grid import Card, page_rows, product_grid
from core.ui.run_view import evaluation_of
from core.ui.wording import counted, number_text, percent, short_category, shortened

_MOST_WORSE = 12
_KINDS = {
    "price": "Price",
    "color": "Color",
    "brand": "Brand",
    "picture": "Picture",
    "source": "Source",
    "slice": "Slice",
}


def draw_slices(run: Run, evaluation: Evaluation, owner: Catalog | None) -> None:
    """Draw the slices that are worse than the rest, all slices, and the pictures of one."""
    if owner is None:
        st.info("The catalog of this run is deleted: undo that to slice its pictures by their products.")
        return
    report = slices_of(run, evaluation, owner)
    _draw_worse(report)
    chosen = _pick(report)
    if chosen is not None:
        _draw_pictures(chosen, evaluation, owner)
    _draw_table(report)
    _offer_measures(report, owner)


def slices_of(run: Run, evaluation: Evaluation, owner: Catalog) -> SliceReport:
    """Give the slices of a run's pictures; found anew when the catalog or a named slice changes."""
    named = tuple((each.document_id, each.revision) for each in list_documents(home(), owner, SLICE))
    measured = sum(job.kind == "measure" and job.state == "done" for job in all_jobs())
    return _slices_of(
        str(home().root), (run.run_id, evaluation.split, owner.catalog_id, owner.version, named, measured), owner
    )


@st.cache_resource(show_spinner="Slicing", max_entries=6)
def _slices_of(root: str, key: tuple[object, ...], _owner: Catalog) -> SliceReport:
    return find_slices(home(), evaluation_of(str(key[0]), str(key[1])), _owner)


def _draw_worse(report: SliceReport) -> None:
    """Say in words where the run is worse; each leads to its pictures."""
    worse = report.worse
    st.header(
        "Worse than the rest",
        anchor=False,
        help="More than luck: Fisher's exact test on one picture of each product, corrected for the number of slices "
        f"(Benjamini-Hochberg, {percent(LEVEL, digits=0)} false alarms).",
    )
    if not worse:
        st.success(
            f"None of {counted(len(report.slices), 'slice')} is worse than the rest by more than luck.",
            icon=":material/check_circle:",
        )
    for place, each in enumerate(worse[:_MOST_WORSE]):
        words, number, button = st.columns([6, 3, 1.6], vertical_alignment="center")
        words.text(f"{_KINDS[each.kind]} {each.name}")
        away = 100 * (each.rest_accuracy - each.accuracy)
        number.text(f"{percent(each.accuracy)} of {number_text(each.pictures)} right, {away:.1f} points below")
        if button.button("Look", key=f"slice_{place}", width="stretch", help="Shows the pictures of this slice."):
            ask(slice_shown=each.key)
            st.rerun()
    if len(worse) > _MOST_WORSE:
        st.caption(f"{len(worse) - _MOST_WORSE} more in the table below.")


def _pick(report: SliceReport) -> Slice | None:
    """Let the visitor choose a slice; the choice is in the address."""
    by_key = {each.key: each for each in report.slices}
    if not by_key:
        st.caption("No slice has enough pictures on either side to be tested.")
        return None
    chosen = st.selectbox(
        "Pictures of", list(by_key), index=None, key="slice_shown", bind="query-params", placeholder="choose a slice",
        format_func=lambda key: f"{_KINDS[by_key[key].kind]}: {by_key[key].name}" if key in by_key else key,
    )  # fmt: skip
    return by_key.get(chosen) if chosen else None


def _draw_pictures(chosen: Slice, evaluation: Evaluation, owner: Catalog) -> None:
    """Show the pictures of a slice, the mistakes first."""
    rows = evaluation.predictions.iloc[chosen.rows]
    rows = rows.sort_values(["right", "probability"], ascending=[True, False], kind="stable")
    st.text(f"{number_text(chosen.right)} of {counted(chosen.pictures, 'picture')} right; the mistakes come first.")
    shown = rows.iloc[page_rows(len(rows), key="slice_page", noun="picture")]
    titles = titles_of(owner, shown["product_id"].tolist())
    cards = [
        Card(
            product_id=row["product_id"],
            title=titles.get(row["product_id"], row["product_id"]),
            picture_hash=row["picture_hash"],
            badges=(
                (shortened(short_category(row["predicted"]), 24), tone),
                (f"is {shortened(short_category(row['label']), 22)}", ""),
            ),
        )
        for row, tone in zip(shown.to_dict("records"), verdict_tones(evaluation, shown), strict=True)
    ]
    open_product(product_grid(cards, key="slice_grid", empty="No picture.", label="pictures of the slice"))


def _draw_table(report: SliceReport) -> None:
    """List every slice that was tested."""
    st.header(f"All slices ({len(report.slices)})", anchor=False)
    table = pd.DataFrame(
        {
            "By": [_KINDS[each.kind] for each in report.slices],
            "Slice": [each.name for each in report.slices],
            "Pictures": [each.pictures for each in report.slices],
            "Right, %": [100 * each.accuracy for each in report.slices],
            "The rest, %": [100 * each.rest_accuracy for each in report.slices],
            "Points away": [100 * (each.accuracy - each.rest_accuracy) for each in report.slices],
            "p, corrected": [each.p_value for each in report.slices],
        }
    )
    shares = st.column_config.NumberColumn(format="%.1f")
    columns = {"Right, %": shares, "The rest, %": shares, "Points away": st.column_config.NumberColumn(format="%+.1f")}
    st.dataframe(
        table, hide_index=True, width="stretch", key="slice_table",
        column_config={**columns, "p, corrected": st.column_config.NumberColumn(format="%.4f")},
    )  # fmt: skip


def _offer_measures(report: SliceReport, owner: Catalog) -> None:
    """Say what could not be sliced by; offer to measure the pictures where nobody has."""
    job = active_job("measure", catalog=owner.name)
    if job is not None:
        live_job(job.job, title="Measuring pictures")
        return
    for note in report.notes:
        if "measured" not in note:
            st.caption(f"Not sliced by it: {note}.")
            continue
        st.caption("Brightness, sharpness and backgrounds of the pictures were not measured yet.")
        if may_edit() and st.button("Measure pictures", key="slices_measure", icon=":material/straighten:"):
            with shown_errors():
                submit(home(), "measure", {"catalog": owner.name}, actor=visitor_name())
                st.rerun()
