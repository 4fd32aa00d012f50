"""What a run loses on another catalog, and how different its pictures look."""

import pandas as pd
import streamlit as st

from core.errors import ShelfLensError
from core.evaluation.domain_gap import DomainGap, domain_gap
from core.evaluation.report import Evaluation
from core.ui.caches import home
from core.ui.run_view import run_files
from core.ui.wording import counted, number_text, percent


def draw_domain_gap(evaluation: Evaluation, key: tuple[object, ...]) -> None:
    """Draw the gap between a run's own test pictures and another catalog's.

    Args:
        evaluation: How the run does there.
        key: Names the state of the run and the catalog.
    """
    st.header(
        "Domain gap",
        anchor=False,
        help="How far the other shop's pictures are from what the run learned from. Similarity is that to the nearest "
        "training picture, by the features the run reads.",
    )
    try:
        gap = _gap(str(home().root), key, evaluation)
    except ShelfLensError as error:
        st.text(str(error))
        return
    st.dataframe(_beside(gap, evaluation.catalog), hide_index=True, width="stretch", key="gap_table")
    farther = percent(gap.told_apart, digits=0)
    st.caption(
        f"Over the {counted(gap.classes, 'category', 'categories')} that both have. In {farther} of all comparisons a "
        "picture there is farther from the training pictures than one of the run's own test; "
        "50 % would mean that they look the same."
    )
    far = gap.by_class.head(100)
    shown = pd.DataFrame(
        {
            "Category": far["class_name"],
            "Pictures looked at": far["pictures"],
            "Similarity": 100 * far["similarity"],
            "Accuracy": 100 * far["accuracy"],
        }
    )
    share = st.column_config.ProgressColumn(format="%.0f %%", min_value=0.0, max_value=100.0)
    st.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        key="gap_classes",
        column_config=dict.fromkeys(("Similarity", "Accuracy"), share),
    )


@st.cache_resource(show_spinner="Comparing the pictures", max_entries=4)
def _gap(root: str, key: tuple[object, ...], _evaluation: Evaluation) -> DomainGap:
    return domain_gap(home(), run_files(_evaluation.run_id), _evaluation)


def _beside(gap: DomainGap, catalog: str) -> pd.DataFrame:
    rows = (
        ("The run's own test", gap.own_accuracy, gap.own_interval, gap.own_pictures, gap.own_similarity),
        (catalog, gap.accuracy, gap.interval, gap.pictures, gap.similarity),
    )
    return pd.DataFrame(
        [
            {
                "": name,
                "Accuracy": percent(accuracy),
                "95 % interval": f"{percent(ends[0])} to {percent(ends[1])}",
                "Pictures": number_text(pictures),
                "Similarity to the nearest training picture": percent(alike),
            }
            for name, accuracy, ends, pictures, alike in rows
        ]
    )
