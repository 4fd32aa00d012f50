"""Judging a run on another catalog: which of its names mean which class, corrected by hand, and what comes of it."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.export_cells import csv_lines, safe_cell
from core.evaluation.class_names import Alignment, align_classes
from core.evaluation.report import Evaluation, evaluate_run
from core.jobs.supervise import submit
from core.models.runs import Run
from core.models.targets import labeled_pictures, parse_target
from core.ui.caches import home
from core.ui.domain_gap_view import draw_domain_gap
from core.ui.errors import shown_errors
from core.ui.frame import all_catalogs
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.offer_row import words_and_button
from core.ui.permission import may_edit
from core.ui.run_view import class_table
from core.ui.wording import counted, number_text, percent
from core.vision.feature_store import feature_shards

_LEAVE_OUT = "(leave out)"
_ASKED = "_judged_on"
_SAID_ABOVE = ("differ only by case", "is spelled like the run's")
"""Parts of warnings about names, which stand under the table of names already."""


def draw_other_catalog(run: Run, owner: Catalog | None) -> None:
    """Draw the choice of a catalog, how its names fit the run's classes, and the figures."""
    others = {catalog.name: catalog for catalog in all_catalogs() if catalog.catalog_id != run.catalog_id}
    if not others:
        st.info("There is no other catalog to judge this run on; import one first.", icon=":material/storefront:")
        return
    name = st.selectbox("Catalog to judge on", list(others), key="judge_on", bind="query-params")
    catalog = others[name]
    labels = _label_counts(str(home().root), (catalog.catalog_id, catalog.version), run.target, catalog)
    mapping = _ask_alignment(run, catalog, labels)
    if not _is_embedded(run, catalog):
        return
    asked = (run.run_id, catalog.catalog_id, catalog.version, tuple(sorted(mapping.items())))
    if st.button("Judge on this catalog", type="primary", icon=":material/gavel:", key="judge"):
        st.session_state[_ASKED] = asked
    if st.session_state.get(_ASKED) == asked:
        with shown_errors():
            evaluation = _evaluation(str(home().root), asked, name)
            _draw_figures(evaluation)
            draw_domain_gap(evaluation, asked)


@st.cache_data(show_spinner="Reading categories", max_entries=8)
def _label_counts(root: str, key: tuple[int, int], target: str, _catalog: Catalog) -> pd.Series:
    """Count the pictures of every name of a catalog."""
    rows, _ = labeled_pictures(home(), _catalog, parse_target(target))
    return rows["label"].value_counts()


@st.cache_resource(show_spinner="Judging", max_entries=4)
def _evaluation(root: str, asked: tuple[str, int, int, tuple[tuple[str, str], ...]], catalog: str) -> Evaluation:
    return evaluate_run(home(), asked[0], on=catalog, mapping=dict(asked[3]))


def _ask_alignment(run: Run, catalog: Catalog, labels: pd.Series) -> dict[str, str]:
    """Show which name means which class; give what the visitor decided otherwise."""
    names = [str(name) for name in labels.index]
    found = align_classes(run.classes, names, catalog=catalog)
    matched = sum(int(labels[name]) for name in found.class_of)
    st.caption(
        f"{number_text(len(found.class_of))} of {counted(len(names), 'name')} fit a category of the run, with "
        f"{number_text(matched)} of {counted(int(labels.sum()), 'picture')}. Names are compared, never their "
        "order. Correct them in the table."
    )
    table = pd.DataFrame(
        {
            "Name there": names,
            "Pictures": [int(labels[name]) for name in names],
            "Category of the run": [found.class_of.get(name, _LEAVE_OUT) for name in names],
            "How": [_how(found, name) for name in names],
        }
    )
    edited = st.data_editor(
        table,
        key=f"alignment_{run.run_id}_{catalog.catalog_id}_{catalog.version}",
        hide_index=True,
        width="stretch",
        disabled=["Name there", "Pictures", "How"],
        column_config={
            "Category of the run": st.column_config.SelectboxColumn(options=[_LEAVE_OUT, *run.classes], required=True)
        },
    )
    chosen = dict(zip(names, edited["Category of the run"].astype(str), strict=True))
    mapping = {
        name: "" if own == _LEAVE_OUT else own
        for name, own in chosen.items()
        if own != found.class_of.get(name, _LEAVE_OUT)
    }
    _draw_warnings(found, mapping)
    _offer_map(chosen)
    return mapping


def _how(found: Alignment, name: str) -> str:
    how = found.how[name]
    return f"{how}: {found.closest[name]}" if name in found.closest else how


def _draw_warnings(found: Alignment, mapping: dict[str, str]) -> None:
    """Say what to mind about the names that the visitor has not decided about."""
    waiting = [warning for warning in found.warnings if not any(repr(name) in warning for name in mapping)]
    for warning in waiting[:12]:
        st.text(f"⚠ {warning}")
    if len(waiting) > 12:
        st.caption(f"{len(waiting) - 12} more names differ a little; see the last column of the table.")


def _offer_map(chosen: dict[str, str]) -> None:
    rows = [("from", "to"), *((name, "" if own == _LEAVE_OUT else own) for name, own in chosen.items())]
    text = csv_lines([[safe_cell(cell) for cell in row] for row in rows])
    st.download_button(
        "Class map", text.encode(), "class-map.csv", "text/csv", icon=":material/download:", key="class_map",
        on_click="ignore", help="For `evaluate RUN --on CATALOG --map-classes class-map.csv`.",
    )  # fmt: skip


def _is_embedded(run: Run, catalog: Catalog) -> bool:
    """Tell whether the run can look at the catalog's pictures; if not, offer to embed them."""
    job = active_job("embed", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title=f"Embedding {counted(catalog.pictures, 'picture')}")
        return False
    rows, _ = labeled_pictures(home(), catalog, parse_target(run.target))
    known = feature_shards(home(), backbone=run.encoder).known(rows["picture_hash"].unique().tolist())
    if known.all():
        return True
    with st.container(border=True, key="judge_embed_offer"):
        words, button = words_and_button()
        words.markdown(
            f"**{counted(int((~known).sum()), 'picture')} this run has not looked at yet**  \n"
            "Embedding looks at every picture once and keeps what it saw."
        )
        if may_edit() and button.button("Embed", type="primary", key="judge_embed"):
            with shown_errors():
                submit(home(), "embed", {"catalog": catalog.name, "backbone": run.encoder}, actor=visitor_name())
                st.rerun()
    return bool(known.any())


def _draw_figures(evaluation: Evaluation) -> None:
    low, high = evaluation.interval
    shown = {
        "Accuracy": percent(evaluation.accuracy),
        "Macro F1": percent(evaluation.counts.macro_f1),
        "Top 3": percent(evaluation.top3_accuracy),
        "Pictures": number_text(evaluation.pictures),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, value in shown.items():
            words = f"95 % interval {percent(low)} to {percent(high)}." if label == "Accuracy" else None
            st.metric(label, value, help=words, width=124)
    for warning in evaluation.warnings:
        if not any(words in warning for words in _SAID_ABOVE):
            st.text(f"⚠ {warning}")
    if evaluation.unmatched_classes:
        st.text(f"Not judged: {', '.join(evaluation.unmatched_classes[:20])}")
    share = st.column_config.ProgressColumn(format="%.1f %%", min_value=0.0, max_value=100.0)
    columns = {
        **dict.fromkeys(("Precision", "Recall", "F1"), share),
        "Confidence": st.column_config.BarChartColumn(y_min=0),
    }
    st.dataframe(class_table(evaluation), hide_index=True, width="stretch", key="judged_classes", column_config=columns)
