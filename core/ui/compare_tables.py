"""Runs compared in tables: what is more than chance, categories gained and lost, yes-or-no models."""

import pandas as pd
import streamlit as st

from core.evaluation.compared_runs import ComparedRun
from core.evaluation.comparison import Comparison, class_differences
from core.evaluation.one_against_rest import ONE_VS_ALL, one_against_rest
from core.ui.compare_charts import class_bars
from core.ui.navigation import go
from core.ui.wording import counted, literal, percent

_STILL = {"displayModeBar": False}
_CLASSES_DRAWN = 30


def draw_chance(comparison: Comparison) -> None:
    """Say of every run whether it differs from the first by more than chance."""
    first = comparison.runs[comparison.reference].run.name
    rows = []
    for run, found in zip(comparison.runs, comparison.differences, strict=True):
        if found is not None:
            low, high = (100 * end for end in found.interval)
            rows.append(
                {
                    "Run": run.run.name,
                    "Difference": f"{100 * found.difference:+.1f} points",
                    "95 % interval": f"{low:+.1f} to {high:+.1f}",
                    "Only here right": found.gained,
                    "Only there right": found.lost,
                    "p": f"{found.p_value:.3g}",
                    "Verdict": "more than chance" if found.more_than_chance else "may be chance",
                    "Common pictures": found.pictures,
                }
            )
    st.text(f"Each run against: {first}")
    if not rows:
        st.caption("No run shares enough test pictures with the first one to tell a difference from chance.")
        return
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", key="chance_table")
    st.caption(
        "McNemar's exact test on the pictures the two disagree about, corrected for the number of runs, and an "
        "interval by bootstrap over products; both must agree before a difference counts."
    )


def draw_classes(comparison: Comparison) -> None:
    """List which categories two of the runs find better or worse; a row leads to its pictures."""
    names = {f"{place + 1} {run.run.name}": place for place, run in enumerate(comparison.runs)}
    options = list(names)
    left, right = st.columns(2, gap="medium")
    first = left.selectbox("From", options, index=0, key="classes_from")
    second = right.selectbox("To", options, index=min(1, len(options) - 1), key="classes_to")
    runs = comparison.runs[names[first]], comparison.runs[names[second]]
    table = class_differences(*runs)
    if table.empty:
        st.caption("These runs keep no test pictures of one category each.")
        return
    gained = int((table["difference"] > 0).sum())
    lost = int((table["difference"] < 0).sum())
    st.caption(f"{counted(gained, 'category gains', 'categories gain')}, {counted(lost, 'loses', 'lose')}.")
    shown = st.dataframe(
        _class_cells(table),
        hide_index=True,
        width="stretch",
        key="class_differences",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"Change": st.column_config.NumberColumn(format="%+.1f")},
    )
    rows = shown.selection.rows
    if rows and rows[0] < len(table):
        _offer_pictures(runs, str(table.iloc[rows[0]]["class_name"]))
    if len(table) <= _CLASSES_DRAWN:
        st.plotly_chart(class_bars(table), key="class_bars", config=_STILL, alt="Change in every category")


def draw_yes_or_no(comparison: Comparison) -> None:
    """Show why the accuracy of yes-or-no models flatters, where a run has such models."""
    if not any(run.run.recipe == ONE_VS_ALL for run in comparison.runs):
        return
    rows = []
    for run in comparison.runs:
        found = one_against_rest(run)
        if found is not None:
            rows.append(
                {
                    "Run": run.run.name,
                    "Recipe": run.run.recipe,
                    "Right category": percent(found.accuracy),
                    "Yes-or-no questions right": percent(found.yes_or_no),
                    "Always saying no": percent(found.always_no),
                    "Its own models, on validation": percent(found.models_on_validation),
                    "Categories": found.classes,
                    "Test pictures": found.pictures,
                }
            )
    st.header("Why yes-or-no models look better", anchor=False)
    st.caption(
        "A model that only tells one category from the rest is right whenever it rightly says no, and nearly every "
        "question is answered by no. The middle column counts the answers of every run here that way: the same "
        "mistakes, a far better figure. Compare runs by the share put into the right category."
    )
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", key="yes_or_no_table")


def _class_cells(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Category": table["class_name"],
            "Test pictures": table["pictures"],
            "Found, from": (100 * table["first_recall"]).round(1),
            "Found, to": (100 * table["second_recall"]).round(1),
            "Change": (100 * table["difference"]).round(1),
            "Gained": table["gained"],
            "Lost": table["lost"],
        }
    )


def _offer_pictures(runs: tuple[ComparedRun, ComparedRun], name: str) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.text(f"Pictures of {name}:")
        for place, run in enumerate(runs):
            label = f"In {'from' if place == 0 else 'to'}: {literal(run.run.name[:40])}"
            if st.button(label, key=f"class_pictures_{place}", icon=":material/arrow_forward:"):
                go("evaluate", catalog=run.run.catalog, run=run.run.run_id, show="Confusion", true=name)
