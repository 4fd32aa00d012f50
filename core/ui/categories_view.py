"""Every category with its figures, in hierarchical order; a row leads to its pictures."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.report import Evaluation
from core.models.runs import Run
from core.ui.confusion_view import ask_cell
from core.ui.hierarchy_charts import size_against_f1
from core.ui.hierarchy_view import draw_hierarchical_order
from core.ui.run_view import class_table, train_counts


def draw_categories(run: Run, evaluation: Evaluation, owner: Catalog | None) -> None:
    """Draw the categories of a run: charts in hierarchical order, then a table."""
    draw_hierarchical_order(evaluation)
    figure = size_against_f1(evaluation, train_counts(run.run_id, evaluation.classes))
    st.plotly_chart(figure, key="size_f1", config={"displayModeBar": False}, alt="F1 by size of the category")
    st.caption(
        "Precision: of what was put into a category, how much belongs there. "
        "Recall: of what belongs there, how much was found. Confidence: its pictures by the probability of their own "
        "category, from 0 % at the left to 100 %. Select a row to see its pictures."
    )
    share = st.column_config.ProgressColumn(format="%.1f %%", min_value=0.0, max_value=100.0)
    table = class_table(evaluation)
    shown = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        key="class_table",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            **dict.fromkeys(("Precision", "Recall", "F1"), share),
            "Confidence": st.column_config.BarChartColumn(y_min=0),
        },
    )
    rows = shown.selection.rows
    if rows and st.button("Show its pictures", icon=":material/arrow_forward:"):
        ask_cell(str(table.iloc[rows[0]]["Category"]), None)
