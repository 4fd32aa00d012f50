"""Taking a cleaned catalog along: a zip file made by a job and downloaded in the browser."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.catalog.export_tables import FORMATS
from core.jobs.supervise import submit
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.permission import drawn_for
from core.ui.wording import number_text

MOST_DOWNLOAD_BYTES = 2**30
_WORDS = {"parquet": "Parquet", "csv": "CSV", "jsonl": "JSON lines"}


@drawn_for(Role.EDITOR, "Exporting")
def draw_export(catalog: Catalog) -> None:
    """Draw the choices of an export, the job that makes it, and what was made."""
    job = active_job("export", catalog=catalog.name)
    if job is not None:
        live_job(job.job, title="Exporting")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.segmented_control(
            "Table as", FORMATS, default="csv", format_func=_WORDS.__getitem__, key="export_format", required=True
        )
        table_format = str(chosen or "csv")
        with_pictures = st.toggle("With pictures", value=bool(catalog.pictures), key="export_pictures")
        path = export_path(catalog, table_format, with_pictures=with_pictures)
        asked = st.button("Make the zip", icon=":material/archive:", disabled=not catalog.products)
    if asked:
        with shown_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            _forget_older(catalog, path.parent)
            arguments = {"catalog": catalog.name, "to": str(path), "format": table_format, "pictures": with_pictures}
            submit(home(), "export", {**arguments, "replace": True}, actor=visitor_name())
            st.rerun()
    _draw_made(path)


def export_path(catalog: Catalog, table_format: str, *, with_pictures: bool) -> Path:
    """Give where an export of a catalog's version lies in the home; every part of the name is checked or ours."""
    kind = table_format if with_pictures else f"{table_format}-table"
    return home().cache / "exports" / f"{catalog.name}-v{catalog.version}-{kind}.zip"


def _forget_older(catalog: Catalog, folder: Path) -> None:
    """Delete the exports of earlier versions of a catalog: each can be as large as the catalog."""
    kinds = "|".join(FORMATS)
    name = re.compile(rf"{re.escape(catalog.name)}-v(\d+)-({kinds})(-table)?\.zip")
    for path in folder.iterdir():
        made = name.fullmatch(path.name)
        if made and int(made[1]) < catalog.version:
            path.unlink(missing_ok=True)


def _draw_made(path: Path) -> None:
    """Offer an export that was made, while it is of the catalog as it is now."""
    if not path.is_file():
        return
    size = path.stat().st_size
    if size > MOST_DOWNLOAD_BYTES:
        st.text(f"The export has {size / 2**30:.1f} GiB, too much for a download in the browser. It lies in {path}")
        return
    st.download_button(
        f"Download {number_text(size / 2**20, digits=1)} MiB",
        data=_reader(path),
        file_name=path.name,
        mime="application/zip",
        icon=":material/download:",
        type="primary",
        key="export_download",
        on_click="ignore",
    )


def _reader(path: Path) -> Callable[[], bytes]:
    """Read the file when it is asked for, not at every rerun."""
    return partial(Path.read_bytes, path)
