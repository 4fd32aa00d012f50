"""The table of merge rules on the Clean page: suggestions to tick, own rules to write, a file to read."""

from typing import Any

import pandas as pd
import streamlit as st

from core.catalog.catalogs import Catalog
from core.cleaning.merge_rules import read_merge_text
from core.cleaning.merge_suggestions import suggest_merges
from core.ui.caches import counts_of, home
from core.ui.errors import shown_errors

_MOST_SUGGESTIONS = 40
_MOST_OPTIONS = 5000


def merge_form(catalog: Catalog) -> dict[str, Any]:
    """Draw the rules and give the settings of the step; without any rule they are empty."""
    st.caption(
        "Tick the suggestions you agree with, or add rows of your own. What lies below a category moves along; "
        "an empty target makes the category unknown."
    )
    rules = _edited_rules(catalog)
    with st.expander("Rules from a file", icon=":material/upload_file:"):
        file = st.file_uploader(
            "CSV or JSON with the columns from and to", type=["csv", "tsv", "json"], key="merge_file"
        )
        if file is not None:
            with shown_errors():
                text = file.getvalue().decode("utf-8-sig", errors="replace")
                rules += [{"from": before, "to": after} for before, after in read_merge_text(text, name="the file")]
    match = st.segmented_control(
        "A rule names",
        ["path", "level"],
        default="path",
        format_func=lambda name: {"path": "a whole path", "level": "a level, wherever it stands"}[name],
        key="merge_match",
        required=True,
    )
    return {"rules": rules, "match": match} if rules else {}


def _edited_rules(catalog: Catalog) -> list[dict[str, str]]:
    suggested = _suggestions(str(home().root), catalog.catalog_id, catalog.version, catalog)
    if not suggested:
        st.caption("No two categories look like the same one: nothing to suggest. Add a row for a rule of your own.")
    frame = pd.DataFrame(suggested, columns=["Use", "From", "To", "Why", "Products"])
    names = sorted(_prefixes(counts_of(catalog, "category")))
    text = st.column_config.TextColumn
    few = len(names) <= _MOST_OPTIONS
    choice: Any = st.column_config.SelectboxColumn(options=names, width="medium") if few else text(width="medium")
    edited = st.data_editor(
        frame,
        key=f"merge_rules_{catalog.catalog_id}_{catalog.version}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        height="content" if len(frame) < 8 else 340,
        column_config={
            "Use": st.column_config.CheckboxColumn(default=True, width="small"),
            "From": choice,
            "To": text(max_chars=1000, width="medium"),
            "Products": st.column_config.NumberColumn(disabled=True, width="small"),
            "Why": text(disabled=True, width="medium"),
        },
    )
    used = edited[edited["Use"].fillna(False).astype(bool) & edited["From"].notna()]
    return [
        {"from": str(before), "to": "" if pd.isna(after) else str(after)}
        for before, after in zip(used["From"], used["To"], strict=True)
    ]


@st.cache_data(show_spinner="Looking for categories that may be one", max_entries=8)
def _suggestions(root: str, catalog_id: int, version: int, _catalog: Catalog) -> list[tuple[Any, ...]]:
    found = suggest_merges(home(), _catalog, limit=_MOST_SUGGESTIONS)
    return [(False, each.before, each.after, each.why, each.products_before) for each in found]


def _prefixes(paths: dict[str | None, int]) -> set[str]:
    """Every path and every parent of one."""
    found: set[str] = set()
    for path in paths:
        levels = path.split(" > ") if path else []
        found |= {" > ".join(levels[:length]) for length in range(1, len(levels) + 1)}
    return found
