"""What the second stage of a run gained or lost: all pictures, and each group of categories with its specialist."""

import pandas as pd
import streamlit as st

from core.evaluation.second_stage_report import RECIPE, SecondStageReport, SplitGain, second_stage_report
from core.models.runs import Run
from core.ui.caches import home
from core.ui.run_view import run_files
from core.ui.wording import counted, number_text, percent, short_category

_SPLITS = ("test", "validation")
_NAMED = 6


def draw_second_stage(run: Run, split: str) -> None:
    """Show the gain of a run of the recipe `second-stage`; nothing for others.

    Args:
        run: The run.
        split: Whose pictures: ``test`` or ``validation``; the gain on pictures learned from says nothing.

    Raises:
        RunError: The files of the run are damaged.
    """
    if run.recipe != RECIPE or split not in _SPLITS:
        return
    report = _report_of(str(home().root), run.run_id)
    st.header(
        "Gain of the second stage",
        anchor=False,
        help="A specialist looks again at pictures of categories that the first model confuses. Before: the first "
        "model alone. After: with the specialists.",
    )
    _draw_gain(report.splits[split])
    if split != "test":
        st.caption("Sets and specialists were chosen on these pictures, so that the gain flatters; test is fair.")
    _draw_sets(report, split)


@st.cache_data(show_spinner="Comparing both stages", max_entries=4)
def _report_of(root: str, run_id: str) -> SecondStageReport:
    return second_stage_report(run_files(run_id))


def _draw_gain(gain: SplitGain) -> None:
    found = gain.difference
    if found is None:
        st.caption("There are no pictures to compare on.")
        return
    low, high = (100 * end for end in found.interval)
    verdict = "more than chance" if found.more_than_chance else "may be chance"
    inside = (
        f"{counted(gain.errors_inside_sets, 'mistake')} of {number_text(gain.errors_before)}: those whose true "
        "category is in the set of the predicted one; no specialist could mend more."
    )
    shown = {
        "Before": (percent(gain.accuracy_before), f"First model alone: {counted(gain.errors_before, 'mistake')}."),
        "After": (percent(gain.accuracy_after), f"With specialists: {counted(gain.errors_after, 'mistake')}."),
        "Difference": (
            f"{100 * found.difference:+.1f} points",
            f"95 % interval {low:+.1f} to {high:+.1f} points (bootstrap over products); McNemar's exact test "
            f"p = {found.p_value:.3g}: {verdict}.",
        ),
        "Inside sets": (percent(gain.share_inside_sets), inside),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (value, words) in shown.items():
            st.metric(label, value, help=words, width=140)
    st.caption(
        f"{number_text(found.gained)} mended, {number_text(found.lost)} broken among "
        f"{counted(gain.pictures, 'picture')}; difference {low:+.1f} to {high:+.1f} points with 95 % "
        f"confidence: {verdict}."
    )


def _draw_sets(report: SecondStageReport, split: str) -> None:
    if not report.sets:
        st.caption("No category is mistaken for another often enough to need a specialist.")
        return
    rows = [
        {
            "Category": short_category(each.category),
            "Before": each.errors_before[split],
            "After": each.errors_after[split],
            "Pictures": each.pictures[split],
            "Specialist": "kept" if each.kept else "left out",
            "Confused with": _named(each.confused_with),
        }
        for each in report.sets
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", key="second_stage_sets")
    st.caption(
        "Mistakes before and after among the pictures that the first model put into a category. A specialist without "
        "gain on validation is left out."
    )


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(short_category(name) for name in names[:_NAMED]) + more
