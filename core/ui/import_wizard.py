"""Importing a folder in three steps: name it, see what is in it, start; then watch and read the report."""

import re
from pathlib import Path

import pandas as pd
import streamlit as st

from core.jobs.status import JobStatus
from core.jobs.supervise import submit
from core.ui.address import ask
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.frame import all_catalogs
from core.ui.guard import visitor_name
from core.ui.import_preview import draw_preview, preview_folder
from core.ui.live_job import active_job, known_job, live_job
from core.ui.navigation import go
from core.ui.wording import counted, duration, literal

JOB_IN_URL = "job"
_SPLITS = {
    "80 % train, 10 % validation, 10 % test": "8:1:1",
    "70 % train, 15 % validation, 15 % test": "70:15:15",
    "Leave it open: a training splits for itself": None,
}


def draw_import() -> None:
    """Draw the wizard, or the import that runs or that the address names."""
    job = known_job(st.query_params.get(JOB_IN_URL), kind="import") or active_job("import")
    if job is not None:
        _draw_job(job)
        return
    st.markdown(
        "Name a folder on the machine ShelfLens runs on. Each folder in it is a category, deeper folders are deeper "
        "levels; top folders called `train`, `validation` and `test` are splits. Importing again adds only what is new."
    )
    folder = st.text_input("Folder", key="import_folder", placeholder="/home/me/pictures", max_chars=4000)
    if not folder.strip():
        st.caption("Nothing is changed in that folder: pictures are copied.")
        return
    with shown_errors():
        preview = preview_folder(folder.strip())
        draw_preview(preview)
        if preview.products:
            _draw_start(folder.strip(), has_splits=bool(preview.splits))
        else:
            st.warning(
                "No picture was found here, so there is nothing to import.", icon=":material/image_not_supported:"
            )


def suggested_name(folder: str, taken: set[str]) -> str:
    """Suggest a catalog's name from a folder's: letters, digits, ``-`` and ``_``, not taken yet."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(folder).name).strip("-")[:80] or "pictures"
    names = [plain, *(f"{plain}-{number}" for number in range(2, 1000))]
    return next((name for name in names if name not in taken), plain)


def _draw_start(folder: str, *, has_splits: bool) -> None:
    taken = {catalog.name for catalog in all_catalogs()}
    with st.form("import_start"):
        left, right = st.columns(2, gap="large")
        name = left.text_input(
            "Name of the catalog",
            suggested_name(folder, taken),
            max_chars=100,
            help="Letters, digits, '-' and '_'. Name an existing catalog to add what is new to it.",
        )
        words = "As the folders say" if has_splits else None
        options = ([words] if words else []) + list(_SPLITS)
        split = right.selectbox(
            "Split",
            options,
            index=0 if has_splits else 2,
            help="Test pictures are kept apart, so that figures are honest. Duplicates stay on one side.",
        )
        if st.form_submit_button("Import", type="primary", icon=":material/download:"):
            asked = {"split": _SPLITS[split]} if _SPLITS.get(split) else {}
            arguments = {"source": folder, "catalog": name, "settings": {"format": "folder"}, "options": asked}
            st.query_params[JOB_IN_URL] = submit(home(), "import", arguments, actor=visitor_name())
            st.rerun()


def _draw_job(job: JobStatus) -> None:
    live_job(job.job, title=f"Importing into {literal(job.arguments.get('catalog', ''))}", on_done=_draw_report)
    if job.state not in ("queued", "running") and st.button("Import another folder", icon=":material/add:"):
        st.query_params.pop(JOB_IN_URL, None)
        st.rerun()


def _draw_report(job: JobStatus) -> None:
    """Draw what an import did: totals, then skipped files by reason with examples."""
    report = job.result or {}
    figures = st.columns(4)
    for place, (label, name) in enumerate(
        (("Products", "products"), ("Pictures", "pictures"), ("Categories", "categories"))
    ):
        figures[place].metric(label, f"{report.get(name, 0):,}")
    figures[3].metric("Took", duration(report.get("seconds")))
    skipped = report.get("skipped") or []
    if skipped:
        total = sum(entry["count"] for entry in skipped)
        st.markdown(f"**{counted(total, 'file')} skipped**, everything else is in.")
        frame = pd.DataFrame(
            {
                "Reason": [str(entry["reason"]).replace("_", " ") for entry in skipped],
                "Files": [entry["count"] for entry in skipped],
                "Examples": [", ".join(map(str, entry.get("examples", [])[:5])) for entry in skipped],
            }
        )
        st.dataframe(frame, hide_index=True, width="stretch")
    catalog = str(job.arguments.get("catalog", ""))
    browse, train = st.columns(2)
    if browse.button("Browse the products", type="primary", icon=":material/inventory_2:", width="stretch"):
        ask(view="Browse")
        go("catalog", catalog=catalog)
    if train.button("Train a model on them", icon=":material/model_training:", width="stretch"):
        go("train", catalog=catalog)
