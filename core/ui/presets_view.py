"""Presets: save what the sliders say, look at versions, publish one, and take it along."""

import json
import re

import pandas as pd
import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.errors import CatalogError
from core.jobs.supervise import submit
from core.recommend.index import CatalogIndex
from core.recommend.presets import (
    BUILT_IN,
    Preset,
    PresetVersion,
    Published,
    delete_preset,
    find_preset,
    list_presets,
    publish_preset,
    published_preset,
    roll_back_preset,
    save_preset,
    unpublish_preset,
)
from core.recommend.presets_file import parse_preset, preset_file
from core.recommend.ranking_settings import RankingSettings
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.permission import drawn_for, may_delete, may_edit
from core.ui.ranking_choices import ask_settings
from core.ui.said import rerun_saying
from core.ui.wording import number_text

_SEEN = "_presets_seen"
_MOST_FILE_BYTES = 2**20
_SHIPPED = {"matches": ("matches.parquet", "Matches of all products"), "offline-demo": ("demo.html", "Demo to go")}


def draw_presets(catalog: Catalog, index: CatalogIndex, settings: RankingSettings) -> None:
    """Save the settings of the sliders and look after presets.

    Args:
        catalog: The catalog.
        index: Its products.
        settings: What the sliders say.
    """
    st.caption(
        "A preset is everything above under a name; every save is a new version, and shops see what is published."
    )
    presets, problems = list_presets(home(), catalog)
    published = None
    with shown_errors():
        published = published_preset(home(), catalog)
    _draw_list(presets, problems, published)
    _draw_save(catalog, presets, settings)
    _draw_one(catalog, presets, published)
    _draw_taking(catalog)
    _draw_shipping(catalog, settings)


def _draw_list(presets: list[Preset], problems: dict[str, str], published: Published | None) -> None:
    if not presets and not problems:
        st.info("No preset yet: name one below and save what the sliders say.")
        return
    rows = [
        {
            "Preset": each.name,
            "Published": f"version {published.version.version}"
            if published is not None and published.preset.document == each.document
            else "",
            "Newest version": each.newest.version,
            "Weights": _weights(each.newest),
            "Description": each.description,
            "Saved (UTC)": each.newest.created[:16].replace("T", " "),
            "By": each.newest.created_by,
        }
        for each in presets
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    for name, problem in problems.items():
        st.text(f"{name}: {problem}")


@drawn_for(Role.EDITOR, "Saving a preset")
def _draw_save(catalog: Catalog, presets: list[Preset], settings: RankingSettings) -> None:
    with st.form("save_preset", border=True):
        st.markdown("**Save what the sliders say**")
        left, right = st.columns(2)
        name = left.text_input("Name", max_chars=100, placeholder="spring-2026", key="preset_name")
        note = right.text_input("Why this version", max_chars=200, key="preset_note")
        description = st.text_input("What it is for; empty keeps what it says", max_chars=500, key="preset_description")
        asked = st.form_submit_button("Save", type="primary", icon=":material/save:")
    seen = {each.name: each for each in presets}
    kept = st.session_state.setdefault(_SEEN, {})
    if asked:
        with shown_errors():
            before = kept.get((catalog.catalog_id, name), seen.get(name))
            save_preset(
                home(),
                catalog,
                name.strip(),
                settings,
                actor=visitor_name(),
                description=description or None,
                note=note,
                seen=before,
            )
            kept.clear()
            rerun_saying("Saved as a new version.")
    # What this visitor saw last: saving over what somebody saved since is told, and nothing is lost.
    kept.update({(catalog.catalog_id, each.name): each for each in presets})


def _draw_one(catalog: Catalog, presets: list[Preset], published: Published | None) -> None:
    names = [*(each.name for each in presets), *BUILT_IN]
    if st.session_state.get("preset_shown") not in names:
        st.session_state.pop("preset_shown", None)
    name = st.selectbox("Look at a preset", names, key="preset_shown", bind="query-params")
    with shown_errors():
        preset = find_preset(home(), catalog, str(name))
        number = st.selectbox(
            "Version",
            [each.version for each in reversed(preset.versions)],
            format_func=lambda version: _version_words(preset.version(version)),
            key=f"preset_version_{preset.name}",
        )
        version = preset.version(int(number or preset.newest.version))
        st.text(f"Weights: {_weights(version)}")
        _draw_actions(catalog, preset, version, published)


def _draw_actions(catalog: Catalog, preset: Preset, version: PresetVersion, published: Published | None) -> None:
    with st.container(horizontal=True):
        st.button("Put on the sliders", icon=":material/tune:", on_click=ask_settings, args=(version.settings,))
        st.download_button(
            "Download",
            json.dumps(preset_file(preset, version), ensure_ascii=False, indent=1),
            file_name=f"{preset.name}-v{version.version}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
        )
        if preset.document is None or not may_edit():
            return
        is_published = published is not None and published.preset.document == preset.document
        same = is_published and published is not None and published.version.version == version.version
        if st.button("Publish", icon=":material/publish:", disabled=same, help="The HTTP API serves it from now on."):
            publish_preset(home(), catalog, f"{preset.name}@{version.version}", actor=visitor_name())
            st.rerun()
        if is_published and st.button("Publish nothing", icon=":material/unpublished:"):
            unpublish_preset(home(), catalog, actor=visitor_name())
            st.rerun()
        older = version.version != preset.newest.version
        if st.button("Roll back to this version", icon=":material/history:", disabled=not older):
            roll_back_preset(home(), catalog, preset.name, version.version, actor=visitor_name())
            st.rerun()
        if may_delete() and st.button("Delete", icon=":material/delete:", disabled=is_published):
            delete_preset(home(), catalog, preset.name, actor=visitor_name())
            st.rerun()


@drawn_for(Role.EDITOR)
def _draw_taking(catalog: Catalog) -> None:
    with st.expander("Take in a preset's file", icon=":material/upload:"):
        upload = st.file_uploader("File that Download or `export-preset` wrote", type="json", key="preset_upload")
        if upload is None or not st.button("Save it here"):
            return
        with shown_errors():
            if upload.size > _MOST_FILE_BYTES:
                raise CatalogError(f"a preset's file has a few kB; this one has {number_text(upload.size)} bytes")
            try:
                values = json.loads(upload.getvalue().decode("utf-8"))
            except (ValueError, RecursionError):
                values = None
            name, description, settings = parse_preset(values, source="the file")
            note = "Imported from a file"
            save_preset(home(), catalog, name, settings, actor=visitor_name(), description=description, note=note)
            st.rerun()


@drawn_for(Role.EDITOR)
def _draw_shipping(catalog: Catalog, settings: RankingSettings) -> None:
    """Make files of what the sliders say; each is a job."""
    with st.expander("Take the ranking along", icon=":material/inventory:"):
        for kind, (suffix, words) in _SHIPPED.items():
            path = home().cache / "exports" / f"{catalog.name}-v{catalog.version}-{suffix}"
            job = active_job(kind, catalog=catalog.name)
            if job is not None:
                live_job(job.job, title=words)
                continue
            with st.container(horizontal=True):
                if st.button(f"Make: {words.lower()}", key=f"ship_{kind}", icon=":material/archive:"):
                    with shown_errors():
                        path.parent.mkdir(parents=True, exist_ok=True)
                        _forget_older(catalog, suffix)
                        arguments = {"catalog": catalog.name, "settings": settings.to_json(), "to": str(path)}
                        submit(home(), kind, arguments, actor=visitor_name())
                        st.rerun()
                if path.is_file():
                    size = path.stat().st_size / 2**20
                    st.download_button(
                        f"Download {number_text(size, digits=1)} MiB",
                        data=path.read_bytes,
                        file_name=path.name,
                        key=f"take_{kind}",
                        icon=":material/download:",
                        on_click="ignore",
                    )


def _forget_older(catalog: Catalog, suffix: str) -> None:
    name = re.compile(rf"{re.escape(catalog.name)}-v\d+-{re.escape(suffix)}")
    for path in (home().cache / "exports").iterdir():
        if name.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _weights(version: PresetVersion) -> str:
    weights = version.values.get("weights")
    if not isinstance(weights, dict):
        return ""
    return ", ".join(f"{part} {value:g}" for part, value in weights.items() if isinstance(value, int | float) and value)


def _version_words(version: PresetVersion) -> str:
    saved = version.created[:16].replace("T", " ")
    words = [f"version {version.version}", saved, version.created_by, version.note[:60]]
    return " · ".join(word for word in words if word)
