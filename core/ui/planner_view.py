"""The planner: what can be filed without a person at a promised precision, and whether probabilities are honest."""

import json

import numpy as np
import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.calibration import Calibration, calibrate_run
from core.evaluation.filing_plan import (
    NONE,
    OWN,
    FilingCheck,
    FilingPlan,
    accepted_by,
    check_plan,
    filing_answers,
    filing_curve,
    make_plan,
    on_the_fence,
)
from core.evaluation.filing_plan_rule import rule_json
from core.evaluation.filing_plan_waiting import file_waiting
from core.evaluation.report import Evaluation
from core.evaluation.thresholds import one_picture_a_product
from core.models.runs import Run
from core.ui.caches import home
from core.ui.confusion_cell import titles_of
from core.ui.planner_view_charts import share_chart
from core.ui.planner_view_filing import draw_filing, offer_filing
from core.ui.planner_view_trust import draw_calibration, draw_curves
from core.ui.product_detail import open_product
from core.ui.product_grid import Card, product_grid
from core.ui.run_view import run_files
from core.ui.wording import counted, percent, short_category, shortened

FENCE = 24
_STILL = {"displayModeBar": False}
_ALL = "all categories"
_KINDS = {OWN: "its own", NONE: "nothing is filed", "pooled": "shared: few pictures"}


def draw_planner(run: Run, evaluation: Evaluation, owner: Catalog | None) -> None:
    """Draw the plan, what it rests on, the pictures on the fence, and how honest the probabilities are."""
    calibration = calibration_of(run.run_id)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        wanted = st.number_input(
            "Precision wanted, %", 50.0, 99.9, 98.0, step=0.5, format="%.1f", key="precision", bind="query-params",
            width=180,
            help="Of the pictures filed without a person, at least so many shall be right.",
        )  # fmt: skip
        scaled = st.toggle(
            "Scaled probabilities", key="scaled", bind="query-params",
            help="Divides the run's certainty by its temperature first; the rule file then does the same.",
        )  # fmt: skip
    temperature = calibration.temperature if scaled else 1.0
    plan = plan_of(run.run_id, round(wanted / 100, 6), temperature)
    check = _check(str(home().root), run.run_id, plan.precision, temperature)
    _draw_promise(plan, check)
    _draw_rule(run, plan)
    answers = _answers(str(home().root), run.run_id, evaluation.split, temperature)
    _draw_shares(plan, answers, evaluation)
    _draw_table(plan, answers)
    _draw_fence(plan, answers, evaluation, owner)
    _draw_waiting(run, plan, owner)
    draw_calibration(run, calibration)
    draw_curves(run, evaluation.split)


def calibration_of(run_id: str) -> Calibration:
    """Give how honest a run's probabilities are; found once and kept with the run."""
    return _calibration_of(str(home().root), run_id)


@st.cache_resource(show_spinner="Finding the temperature", max_entries=8)
def _calibration_of(root: str, run_id: str) -> Calibration:
    return calibrate_run(home(), run_id)


def plan_of(run_id: str, precision: float, temperature: float) -> FilingPlan:
    """Give the plan for a precision."""
    return _plan_of(str(home().root), run_id, precision, temperature)


@st.cache_resource(show_spinner="Planning", max_entries=16)
def _plan_of(root: str, run_id: str, precision: float, temperature: float) -> FilingPlan:
    return make_plan(run_files(run_id), precision=precision, temperature=temperature)


@st.cache_resource(show_spinner=False, max_entries=16)
def _check(root: str, run_id: str, precision: float, temperature: float) -> FilingCheck:
    run = run_files(run_id)
    rows = np.flatnonzero((run.products["split"] == "test").to_numpy())
    rows = rows[one_picture_a_product(run.products["product_id"].to_numpy()[rows])]
    return check_plan(plan_of(run_id, precision, temperature), filing_answers(run, rows, temperature=temperature))


@st.cache_resource(show_spinner=False, max_entries=8)
def _answers(root: str, run_id: str, split: str, temperature: float) -> pd.DataFrame:
    run = run_files(run_id)
    return filing_answers(run, np.flatnonzero((run.products["split"] == split).to_numpy()), temperature=temperature)


def _draw_promise(plan: FilingPlan, check: FilingCheck) -> None:
    """Say what is promised, on what, and what came of it on test."""
    low, high = check.interval
    found = "nothing filed" if check.precision is None else percent(check.precision)
    shown = {
        "Filed without a person": (
            percent(check.share),
            "Share of test pictures, one a product, at or above their threshold.",
        ),
        "Right among them": (found, f"On test, which had no say. Promised {percent(low)} to {percent(high)}."),
        "Left to a person": (
            f"{check.pictures - check.accepted:,}",
            f"Of {check.pictures:,} test pictures, one a product.",
        ),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (value, words) in shown.items():
            st.metric(label, value, help=words, width=170)
    if plan.accepted:
        st.caption(
            f"With a confidence of {percent(plan.confidence, digits=0)} at least {percent(plan.precision)} of what is "
            f"filed is right, for pictures like those of validation: {plan.right:,} of {plan.accepted:,} filed there "
            f"were right ({counted(plan.pictures, 'picture')}, one of each product). Test pictures had no say."
        )
        return
    st.info(
        f"Nothing can be filed at {percent(plan.precision)}: proving it takes at least {plan.fewest:,} validation "
        f"pictures without a mistake. Of these {plan.pictures:,} no threshold shows more than {percent(plan.best)}. "
        "Ask for less, or give validation more pictures.",
        icon=":material/balance:",
    )


def _draw_rule(run: Run, plan: FilingPlan) -> None:
    """Offer the rule file."""
    st.download_button(
        "Rule file", json.dumps(rule_json(plan), ensure_ascii=False, indent=1).encode(),
        f"rule-{run.run_id}.json", "application/json", icon=":material/download:", key="rule_file",
        on_click="ignore", disabled=not plan.accepted,
        help="For `python -m core predict RUN PICTURE ... --rule FILE`: accepted, or needs a person.",
    )  # fmt: skip


def _draw_shares(plan: FilingPlan, answers: pd.DataFrame, evaluation: Evaluation) -> None:
    """Draw accuracy against the share accepted."""
    st.header(
        "Accuracy against share filed",
        anchor=False,
        help="A lower threshold files more pictures and gets more of them wrong.",
    )
    names = [evaluation.classes[place] for place in np.unique(answers["predicted"])]
    chosen = st.selectbox("Category", [_ALL, *names], key="planned", bind="query-params", label_visibility="collapsed")
    place = None if chosen not in names else evaluation.classes.index(chosen)
    cut = None if place is None else plan.categories[place].threshold
    if place is None and len({each.threshold for each in plan.categories}) == 1:
        cut = plan.categories[0].threshold
    figure = share_chart(filing_curve(answers, place), wanted=plan.precision, threshold=cut)
    st.plotly_chart(figure, key="share_curve", config=_STILL, alt="Accuracy against share filed")


def _draw_table(plan: FilingPlan, answers: pd.DataFrame) -> None:
    """List the categories with their thresholds."""
    taken = accepted_by(plan.thresholds, answers)
    count = len(plan.categories)
    predicted = answers["predicted"].to_numpy()
    filed = np.bincount(predicted[taken], minlength=count)
    right = np.bincount(predicted[taken & answers["right"].to_numpy(bool)], minlength=count)
    table = pd.DataFrame(
        {
            "Category": [each.name for each in plan.categories],
            "Filed from, %": [None if each.threshold is None else 100 * each.threshold for each in plan.categories],
            "Threshold": [_KINDS[each.kind] for each in plan.categories],
            "Validation: filed": [each.accepted for each in plan.categories],
            "right": [each.right for each in plan.categories],
            "These pictures": np.bincount(predicted, minlength=count),
            "filed": filed,
            "of them right": right,
        }
    )
    percents = st.column_config.NumberColumn(format="%.1f")
    config = {"Filed from, %": percents}
    st.dataframe(table, hide_index=True, width="stretch", key="plan_table", column_config=config, placeholder="")
    shared = sum(each.kind == "pooled" for each in plan.categories)
    if shared:
        st.caption(
            f"{counted(shared, 'category', 'categories')} with too few validation pictures for a promise of their own "
            "share one threshold: the promise holds for them together, not for each."
        )


def _draw_fence(plan: FilingPlan, answers: pd.DataFrame, evaluation: Evaluation, owner: Catalog | None) -> None:
    """Show the pictures nearest to their threshold."""
    st.header("On the fence", anchor=False, help="Nearest to their threshold: a little more or less decides.")
    near = on_the_fence(plan, answers, limit=FENCE)
    taken = accepted_by(plan.thresholds, answers)
    rows = evaluation.predictions.iloc[near]
    titles = titles_of(owner, rows["product_id"].tolist())
    cards = [
        Card(
            product_id=row["product_id"],
            title=titles.get(row["product_id"], row["product_id"]),
            picture_hash=row["picture_hash"],
            badges=(
                (shortened(short_category(row["predicted"]), 24), "good" if row["right"] else "bad"),
                (percent(chance), "note"),
                ("filed" if filed else "to a person", ""),
            ),
        )
        for row, chance, filed in zip(
            rows.to_dict("records"), answers["probability"].to_numpy()[near], taken[near], strict=True
        )
    ]
    opened = product_grid(cards, key="fence", empty="No picture is near a threshold.", label="on the fence", small=True)
    if owner is not None:
        open_product(opened)


def _draw_waiting(run: Run, plan: FilingPlan, owner: Catalog | None) -> None:
    """Tell what the plan would file of the products that wait for a category, and file it."""
    if owner is None:
        return
    draw_filing(owner, run)
    key = (owner.catalog_id, owner.version, run.run_id, plan.precision, plan.temperature)
    waiting = _waiting(str(home().root), key)
    if waiting.empty:
        return
    filed = waiting[waiting["accepted"]]
    st.header("Waiting for a category", anchor=False)
    st.text(f"{len(filed):,} of {counted(len(waiting), 'product')} without a category can be filed without a person.")
    offer_filing(owner, run, plan, len(filed))
    shown = filed.head(FENCE)
    titles = titles_of(owner, shown["product_id"].tolist())
    cards = [
        Card(
            product_id=row["product_id"],
            title=titles.get(row["product_id"], row["product_id"]),
            picture_hash=row["picture_hash"],
            badges=((shortened(short_category(row["category"]), 24), ""), (percent(row["probability"]), "note")),
        )
        for row in shown.to_dict("records")
    ]
    open_product(product_grid(cards, key="waiting", empty="None of them yet.", label="waiting products", small=True))


@st.cache_resource(show_spinner="Looking at products without a category", max_entries=4)
def _waiting(root: str, key: tuple[int, int, str, float, float]) -> pd.DataFrame:
    return file_waiting(home(), run_files(key[2]), plan_of(key[2], key[3], key[4]))
