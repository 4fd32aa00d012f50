"""The two kinds of views of the page Evaluate: of the pictures a run was judged on, and of the run itself."""

from collections.abc import Callable

import streamlit as st

from core.catalog.catalogs import Catalog
from core.evaluation.report import Evaluation
from core.models.runs import Run
from core.ui.run_view import SPLIT_WORDS, evaluation_of

View = Callable[[Run, Catalog | None, str], None]
"""Draws a run, its catalog (None when that is gone) and the side whose pictures are looked at, as people call it."""


def of_pictures(draw: Callable[[Run, Evaluation, Catalog | None], None]) -> View:
    """Make a view of what draws judged pictures; where the run has none on that side, it says so."""

    def view(run: Run, owner: Catalog | None, side: str) -> None:
        evaluation = evaluation_of(run.run_id, SPLIT_WORDS[side])
        if not evaluation.pictures:
            st.info(f"This run has no {side.lower()} pictures.")
            return
        draw(run, evaluation, owner)

    return view


def of_run(draw: Callable[[Run, Catalog | None], None]) -> View:
    """Make a view of what draws a run whatever the side."""
    return lambda run, owner, side: draw(run, owner)
