"""What each kind of source asks for before it can be looked into."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.catalog.open_source import ARCHIVE_SUFFIXES, TABLE_SUFFIXES
from core.catalog.source_settings import SourceSettings
from core.progress import SilentProgress
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.import_choice import ChosenSource
from core.ui.import_database import ask_database
from core.ui.uploads import MAX_SOURCE_MB, uploaded_source

_HERE, _UPLOAD = "On this machine", "Upload"
_MOST_CHARACTERS = 4000


def ask_source(kind: str) -> ChosenSource | None:
    """Ask for a source of a kind; None while what is needed is missing."""
    return _ASK[kind]()


def _ask_folder() -> ChosenSource | None:
    st.markdown(
        "Name a folder on the machine ShelfLens runs on. Each folder in it is a category, deeper folders are deeper "
        "levels; top folders called `train`, `validation` and `test` are splits."
    )
    folder = _path("Folder", "import_folder", "/home/me/pictures")
    parts = st.toggle("Names are labels: `red_dress` gives the labels red and dress", key="import_labels", value=False)
    if folder is None:
        st.caption("Nothing is changed in that folder: pictures are copied. Importing again adds only what is new.")
        return None
    settings = SourceSettings(format="folder", labels="parts" if parts else None)
    return ChosenSource(folder, settings, Path(folder).name)


def _ask_table() -> ChosenSource | None:
    where = _where("table")
    if where == _UPLOAD:
        return _ask_uploaded_table()
    left, right = st.columns(2, gap="large")
    with left:
        table = _path("Table", "import_table", "/home/me/products.csv")
    with right:
        images = _path(
            "Folder of the pictures",
            "import_images",
            "beside the table",
            help="Only where the table names pictures by file. Addresses (http, https) are fetched.",
        )
    if table is None:
        return None
    return ChosenSource(table, SourceSettings(format="table", images=images), Path(table).stem)


def _ask_uploaded_table() -> ChosenSource | None:
    left, right = st.columns(2, gap="large")
    with left, shown_errors():
        table = uploaded_source("Table", TABLE_SUFFIXES, key="upload_table")
    with right, shown_errors():
        pictures = uploaded_source(
            "Pictures, as zip or tar",
            ARCHIVE_SUFFIXES,
            key="upload_pictures",
            help="Only where the table names pictures by file. Addresses (http, https) are fetched.",
        )
    if table is None:
        return None
    images = None if pictures is None else str(_unpacked_pictures(pictures))
    name = str(st.session_state["upload_table"].name).rsplit(".", 1)[0]
    return ChosenSource(str(table), SourceSettings(format="table", images=images), name)


def _unpacked_pictures(archive: Path) -> Path:
    """Unpack uploaded pictures into the cache; a folder that wraps all of them is passed over."""
    from core.catalog.unpacked_cache import unpacked

    with st.spinner("Unpacking the pictures"):
        folder = unpacked(home(), archive, progress=SilentProgress()).folder
    entries = list(folder.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else folder


def _ask_archive() -> ChosenSource | None:
    st.markdown(
        "A zip or tar archive: folders of pictures, or one table (or BSON file) at the top with its pictures beside it."
    )
    if _where("archive") == _UPLOAD:
        with shown_errors():
            archive = uploaded_source("Archive", ARCHIVE_SUFFIXES, key="upload_archive")
            if archive is not None:
                name = str(st.session_state["upload_archive"].name).split(".", 1)[0]
                return ChosenSource(str(archive), SourceSettings(format="archive"), name)
        return None
    path = _path("Archive", "import_archive", "/home/me/products.zip")
    if path is None:
        return None
    return ChosenSource(path, SourceSettings(format="archive"), Path(path).name.split(".", 1)[0])


def _ask_bson() -> ChosenSource | None:
    st.markdown(
        "Documents such as `{_id, category_id, imgs: [{picture}]}`, read one by one, however large the file is."
    )
    left, right = st.columns(2, gap="large")
    with left:
        path = _path("BSON file", "import_bson", "/home/me/train.bson")
    with right:
        names = _path(
            "Names of the categories",
            "import_category_names",
            "category_names.csv beside it",
            help="A table of category numbers and their levels.",
        )
    if path is None:
        return None
    return ChosenSource(path, SourceSettings(format="bson", category_names=names), Path(path).stem)


def _ask_web() -> ChosenSource | None:
    from core.ui.crawl_form import ask_crawl

    return ask_crawl()


def _where(kind: str) -> str:
    chosen = st.segmented_control(
        "Where is it?", [_HERE, _UPLOAD], default=_HERE, key=f"where_{kind}", bind="query-params", required=True
    )
    if chosen == _UPLOAD:
        st.caption(f"Up to {MAX_SOURCE_MB} MB. Uploads are kept in the home, under names of our own, for a month.")
    return str(chosen)


def _path(label: str, key: str, placeholder: str, *, help: str | None = None) -> str | None:
    text = st.text_input(label, key=key, placeholder=placeholder, max_chars=_MOST_CHARACTERS, help=help).strip()
    return text or None


_ASK: dict[str, Callable[[], ChosenSource | None]] = {
    "folder": _ask_folder,
    "table": _ask_table,
    "archive": _ask_archive,
    "bson": _ask_bson,
    "sql": ask_database,
    "web": _ask_web,
}
