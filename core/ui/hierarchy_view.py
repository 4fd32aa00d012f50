"""What the page Evaluate says of products with several pictures and of the levels of the category tree."""

import pandas as pd
import streamlit as st

from core.evaluation.hierarchy import index_distances, verdict_shares
from core.evaluation.report import Evaluation
from core.ui.hierarchy_charts import distance_bars, ordered_accuracy, verdict_bar
from core.ui.wording import counted, percent

_STILL = {"displayModeBar": False}
_WAYS = {"mean_log": "Mean log-probability", "attention": "Attention by confidence"}


def draw_products_and_levels(evaluation: Evaluation) -> None:
    """Draw verdicts, levels and products, each only where it says something."""
    if evaluation.tree is not None:
        _draw_levels(evaluation)
    if "products" in evaluation.further:
        _draw_products(evaluation)


def draw_hierarchical_order(evaluation: Evaluation) -> None:
    """Draw accuracy in the order of the tree, and how far mistakes are from the truth."""
    left, right = st.columns(2, gap="medium")
    counts = evaluation.counts
    left.plotly_chart(
        ordered_accuracy(evaluation.classes, counts.recall, counts.support),
        key="ordered_accuracy",
        config=_STILL,
        alt="Share found of every category in hierarchical order",
    )
    distances = index_distances(evaluation)
    if distances["pictures"].sum():
        right.plotly_chart(
            distance_bars(distances), key="distances", config=_STILL, alt="How far mistakes are from the truth"
        )


def _draw_levels(evaluation: Evaluation) -> None:
    st.header(
        "Right, right parent, wrong",
        anchor=False,
        help="Right parent: a wrong category under the right parent. The predicted category is taken.",
    )
    shares = verdict_shares(evaluation)
    words = ", ".join(f"{name} {percent(share, digits=0)}" for name, share in shares.items())
    st.plotly_chart(verdict_bar(shares), key="verdicts", config=_STILL, alt=words)
    levels, by_leaf = evaluation.further.get("levels", {}), evaluation.further.get("levels_by_leaf", {})
    if levels:
        written = [f"level {name}: {percent(share)} ({percent(by_leaf.get(name))})" for name, share in levels.items()]
        st.text("   ".join(written))
        st.caption(
            "Right at each level when the chances of all categories below a parent are added up; in brackets when the "
            "parent is read off the predicted category."
        )


def _draw_products(evaluation: Evaluation) -> None:
    products = evaluation.further["products"]
    st.header(
        "Products with several pictures",
        anchor=False,
        help="The pictures of a product are put together into one prediction. More than its pictures: how much more "
        "often a product is right than its pictures are on average, with its 95 % interval.",
    )
    rows = [{"": "Single pictures", "Accuracy": percent(evaluation.accuracy), **_macro(evaluation.counts.macro_f1)}]
    for name, words in _WAYS.items():
        figures = products[name]
        low, high = figures["gain_interval"]
        gain = f"{100 * figures['gain']:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})"
        rows.append(
            {
                "": words,
                "Accuracy": percent(figures["accuracy"]),
                **_macro(figures["macro_f1"]),
                "More than its pictures": gain,
            }
        )
    st.dataframe(pd.DataFrame(rows).fillna(""), hide_index=True, width="stretch", key="products_table")
    several = counted(products["with_several"], "has", "have")
    st.caption(f"{counted(products['products'], 'product')}, of which {several} several pictures.")


def _macro(share: float) -> dict[str, str]:
    return {"Macro F1": percent(share)}
