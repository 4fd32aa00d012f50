"""Two runs on the same pictures: what this one fixed and what it broke against another, each a grid."""

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.paired_runs import BOTH_WRONG, BROKEN, FIXED, PairedRuns, confusion_difference, pair_runs
from core.models.runs import Run, list_runs
from core.ui.address import choice_in_address
from core.ui.caches import home
from core.ui.confusion_cell import titles_of
from core.ui.product_detail import open_product
from core.ui.product_grid import Card, page_rows, product_grid
from core.ui.run_choice import run_words
from core.ui.wording import counted, number_text, percent, short_category, shortened

_OUTCOMES = {"Fixed": FIXED, "Broken": BROKEN, "Both wrong": BOTH_WRONG}
_EMPTY = {
    FIXED: "This run fixed nothing.",
    BROKEN: "This run broke nothing.",
    BOTH_WRONG: "No picture is wrong in both.",
}


def draw_two_runs(run: Run, owner: Catalog | None) -> None:
    """Draw the choice of the other run, the figures, the pictures of each outcome and how the mistakes differ."""
    others = {
        each.run_id: each
        for each in list_runs(home(), catalog_id=run.catalog_id)
        if each.run_id != run.run_id and each.target == run.target
    }
    if not others:
        st.info("There is no other run of this catalog and target; train another one.", icon=":material/balance:")
        return
    chosen = choice_in_address(
        "Held against",
        list(others),
        name="against",
        format_func=lambda run_id: run_words(others[run_id]),
        help="Judged on the test pictures both have, with the same label.",
    )
    paired = pair_of(chosen, run.run_id)
    _draw_verdict(paired)
    _draw_outcome(paired, owner)
    _draw_confusion(paired)


def pair_of(first: str, second: str) -> PairedRuns:
    """Hold the second run against the first."""
    return _pair_of(str(home().root), first, second)


@st.cache_resource(show_spinner="Comparing", max_entries=6)
def _pair_of(root: str, first: str, second: str) -> PairedRuns:
    return pair_runs(home(), first, second)


def _draw_verdict(paired: PairedRuns) -> None:
    """Say who is better, and whether by more than luck."""
    found = paired.difference
    low, high = found.interval
    shown = {
        "Fixed": (number_text(found.gained), "Right here, wrong there."),
        "Broken": (number_text(found.lost), "Wrong here, right there."),
        "Difference": (f"{100 * found.difference:+.1f} points", f"95 % {100 * low:+.1f} to {100 * high:+.1f}."),
        "McNemar's p": (f"{found.p_value:.3g}", "Chance of so uneven a disagreement among equally good runs; exact."),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (value, words) in shown.items():
            st.metric(label, value, help=words, width=150)
    verdict = "more than luck" if found.more_than_chance else "it may be luck"
    left_out = f"; {number_text(paired.left_out)} that only one of them has are left out" if paired.left_out else ""
    better = f"{'Better' if found.difference > 0 else 'Worse'}: {verdict}," if found.difference else "Equally good"
    st.caption(f"{better} over {counted(found.pictures, 'test picture')}{left_out}.")


def _draw_outcome(paired: PairedRuns, owner: Catalog | None) -> None:
    """Show the pictures of an outcome."""
    words = st.segmented_control(
        "Outcome", list(_OUTCOMES), default="Fixed", key="outcome", bind="query-params", required=True
    )
    outcome = _OUTCOMES[words]
    rows = paired.of(outcome)
    st.text(counted(len(rows), "picture"))
    shown = rows.iloc[page_rows(len(rows), key="outcome_page", noun="picture")]
    titles = titles_of(owner, shown["product_id"].tolist())
    cards = [
        Card(
            product_id=row["product_id"],
            title=titles.get(row["product_id"], row["product_id"]),
            picture_hash=row["picture_hash"],
            badges=(
                (f"here: {_short(row['predicted_second'])}", "good" if outcome == FIXED else "bad"),
                (f"there: {_short(row['predicted_first'])}", "good" if outcome == BROKEN else "bad"),
                *(((f"is: {_short(row['label'])}", "note"),) if outcome == BOTH_WRONG else ()),
            ),
        )
        for row in shown.to_dict("records")
    ]
    opened = product_grid(cards, key=f"outcome_{outcome}", empty=_EMPTY[outcome], label=f"{outcome} pictures")
    if owner is not None:
        open_product(opened)


def _draw_confusion(paired: PairedRuns) -> None:
    """List the mistakes one of them makes more often."""
    st.header("Mistakes made more or less often", anchor=False, help="Counted over the pictures of both.")
    table = confusion_difference(paired.rows)
    if table.empty:
        st.caption("Both make the same mistakes equally often.")
        return
    right = [float((paired.rows["label"] == paired.rows[f"predicted_{each}"]).mean()) for each in ("second", "first")]
    st.dataframe(
        pd.DataFrame(
            {
                "True": table["true"],
                "Taken for": table["predicted"],
                "Here": table["second"],
                "There": table["first"],
                "Change": table["difference"],
            }
        ),
        hide_index=True,
        width="stretch",
        key="confusion_difference",
        column_config={"Change": st.column_config.NumberColumn(format="%+d")},
    )
    st.caption(f"Right here {percent(right[0])}, there {percent(right[1])}, on the same pictures.")


def _short(name: str) -> str:
    return shortened(short_category(name), 20)
