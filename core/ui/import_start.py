"""Step 3 of an import: the catalog's name and what to take, then the start."""

import re
from pathlib import Path
from typing import Any

import streamlit as st

from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.frame import all_catalogs
from core.ui.guard import visitor_name
from core.ui.import_choice import ChosenSource
from core.ui.import_database import with_password

JOB_IN_URL = "job"
_SPLITS = {
    "80 % train, 10 % validation, 10 % test": "8:1:1",
    "70 % train, 15 % validation, 15 % test": "70:15:15",
    "Leave it open: a training splits for itself": None,
}
_AS_GIVEN = "As the source says"
_MOST = 10_000_000


def draw_start(source: ChosenSource, *, has_splits: bool) -> None:
    """Draw the options and start the import when asked.

    Args:
        source: What to import, with corrected settings.
        has_splits: Whether the source says itself which products are for testing.
    """
    st.header("3 · Import", anchor=False)
    taken = {catalog.name for catalog in all_catalogs()}
    with st.form("import_start", enter_to_submit=False):
        left, right = st.columns(2, gap="large")
        name = left.text_input(
            "Name of the catalog",
            suggested_name(source.name, taken),
            max_chars=100,
            help="Letters, digits, '-' and '_'. Name an existing catalog to add what is new to it.",
        )
        split = right.selectbox(
            "Split",
            ([_AS_GIVEN] if has_splits else []) + list(_SPLITS),
            index=0 if has_splits else 2,
            help="Test pictures are kept apart, so that figures are honest. Duplicates stay on one side.",
        )
        options = _draw_options()
        started = st.form_submit_button("Import", type="primary", icon=":material/download:")
    if started:
        if _SPLITS.get(split):
            options["split"] = _SPLITS[split]
        with shown_errors():
            _submit(source, name.strip(), options)


def suggested_name(words: str, taken: set[str]) -> str:
    """Suggest a catalog's name from a source's: letters, digits, ``-`` and ``_``, not taken yet."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(words).name).strip("-")[:80] or "pictures"
    names = [plain, *(f"{plain}-{number}" for number in range(2, 1000))]
    return next((name for name in names if name not in taken), plain)


def _draw_options() -> dict[str, Any]:
    """Ask for what to take; what is left empty is left out, so that defaults stay in one place."""
    with st.expander("Take only a part, or merge categories", icon=":material/tune:"):
        left, right = st.columns(2, gap="large")
        cap = left.number_input(
            "At most so many products of each category",
            1,
            _MOST,
            None,
            placeholder="all",
            help="Chosen by a fixed seed: the same ones at every import.",
        )
        levels = right.number_input(
            "Category levels to keep", 1, 20, None, placeholder="all", help="From the broadest: 1 keeps Clothing."
        )
        merge = st.text_input(
            "Merge rules",
            placeholder="/home/me/merge.csv",
            max_chars=4000,
            help="A table with the columns from and to: categories on the left become those on the right.",
        ).strip()
    asked = {"max_per_category": cap, "category_levels": levels, "merge_file": merge or None}
    return {name: value for name, value in asked.items() if value is not None}


def _submit(source: ChosenSource, name: str, options: dict[str, Any]) -> None:
    merge_file = options.pop("merge_file", None)
    if merge_file is not None:
        from core.cleaning.merge_rules import read_merge_file

        options["merge"] = dict(read_merge_file(Path(merge_file).expanduser()))
    arguments = {
        "source": with_password(source),
        "catalog": name,
        "settings": source.settings.to_json(),
        "options": options,
    }
    job = submit(home(), "import", arguments, actor=visitor_name())
    st.query_params[JOB_IN_URL] = job
    st.rerun()
