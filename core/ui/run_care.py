"""What people do with a run: rename it, write a note, tag it, delete it."""

import streamlit as st

from core.access.actor import Role
from core.catalog.log import undo
from core.models.run_notes import LONGEST_NOTE, note_run, tag_run
from core.models.runs import Run, delete_run, list_runs, rename_run
from core.ui.address import forget_choice
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.permission import drawn_for, may_delete
from core.ui.run_downloads import draw_run_downloads
from core.ui.said import rerun_saying
from core.ui.wording import literal

_DELETED = "_deleted_run"


def draw_run_care(run: Run) -> None:
    """Draw what can be done with a run, out of the way."""
    with st.popover("Manage", icon=":material/settings:"):
        draw_run_form(run)
        draw_run_downloads(run)
        if may_delete() and st.button(
            "Delete this run", key=f"delete_{run.run_id}", icon=":material/delete:", width="stretch"
        ):
            delete_with_undo(run)


@drawn_for(Role.EDITOR, "Naming a run")
def draw_run_form(run: Run) -> None:
    """Draw name, note and tags of a run in one form; only what changed is written."""
    known = sorted({tag for each in list_runs(home()) for tag in each.tags})
    with st.form(f"run_{run.run_id}", border=False):
        name = st.text_input("Name", run.name, max_chars=100)
        note = st.text_area(
            "Note", run.notes, max_chars=LONGEST_NOTE, height=100, placeholder="What was tried, and what came of it"
        )
        tags = st.multiselect(
            "Tags", known, list(run.tags), accept_new_options=True, placeholder="Words to find it by", max_selections=20
        )
        if st.form_submit_button("Save", width="stretch"):
            with shown_errors():
                _save(run, name, note, [str(tag) for tag in tags])
                st.rerun()


def draw_run_words(run: Run) -> None:
    """Show the tags and the note of a run as plain text."""
    if run.tags:
        st.markdown(" ".join(f":gray-badge[{literal(tag)}]" for tag in run.tags))
    if run.notes:
        st.text(run.notes)


def delete_with_undo(run: Run) -> None:
    """Delete a run and remember the change, so that :func:`offer_undo` can take it back."""
    with shown_errors():
        st.session_state[_DELETED] = (delete_run(home(), run.run_id, actor=visitor_name()), run.name)
        forget_choice("run")
        words = "Deleted. Undo it on the Train page, or on the Overview under Last changes."
        rerun_saying(words, icon=":material/delete:")


@drawn_for(Role.ADMIN)
def offer_undo() -> None:
    """Offer to bring back the run that was deleted last in this session."""
    deleted = st.session_state.get(_DELETED)
    if deleted is None:
        return
    event, name = deleted
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="deleted_run"):
        st.markdown(f"Deleted **{literal(name)}**.", width="stretch")
        if st.button("Undo", key="undo_deleted_run", icon=":material/undo:"):
            st.session_state.pop(_DELETED)
            with shown_errors():
                undo(home(), event, actor=visitor_name())
                st.rerun()
        if st.button("", key="forget_deleted_run", icon=":material/close:", help="Close"):
            st.session_state.pop(_DELETED)
            st.rerun()


def _save(run: Run, name: str, note: str, tags: list[str]) -> None:
    if name.strip() != run.name:
        rename_run(home(), run.run_id, name, actor=visitor_name())
    if note.strip() != run.notes:
        note_run(home(), run.run_id, note, actor=visitor_name())
    if tags != list(run.tags):
        tag_run(home(), run.run_id, tags, actor=visitor_name())
