"""The real-life test: pictures dropped in, labeled, and kept as a set that every run is scored on."""

import pandas as pd
import streamlit as st

from core.access.actor import Role
from core.catalog.catalogs import Catalog
from core.errors import ShelfLensError
from core.evaluation.picture_sets import (
    MOST_PICTURES,
    PictureSet,
    add_pictures,
    delete_set,
    label_pictures,
    list_sets,
)
from core.evaluation.picture_sets_scores import (
    HALF,
    LOST,
    RIGHT,
    WRONG,
    SetScore,
    kept_score,
    scorable_runs,
    score_set,
)
from core.jobs.supervise import submit
from core.models.runs import Run
from core.ui.address import choice_in_address, forget_choice, last_choice
from core.ui.caches import home
from core.ui.errors import show_problem, shown_errors
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.permission import drawn_for, may_delete
from core.ui.product_grid import Card, product_grid
from core.ui.said import rerun_saying
from core.ui.wording import counted, number_text, percent, short_category, shortened

JOB = "score-picture-sets"
_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif"]
_MAX_UPLOAD_MB = 30
_TONES = {RIGHT: "good", HALF: "half", WRONG: "bad"}
_TOLD = "_picture_sets_told"
_UPLOADS = "_picture_set_uploads"


def draw_picture_sets(run: Run, owner: Catalog | None) -> None:
    """Draw the sets, what this run says of one, its labels, and how every run does on every set."""
    if owner is None:
        st.info("The catalog of this run is deleted: undo that to keep pictures for its runs.")
        return
    st.caption("Pictures as life brings them, kept under a name: every run of this catalog is scored on them.")
    for words in st.session_state.pop(_TOLD, []):
        show_problem(words, title="A file was left out")
    sets = list_sets(home(), owner)
    names = [each.name for each in sets]
    _draw_adding(owner, names)
    if not sets:
        st.info("No picture set yet: give it a name and drop in a few pictures.", icon=":material/add_photo_alternate:")
        return
    picture_set = sets[names.index(choice_in_address("Picture set", names, name="picture_set"))]
    with shown_errors():
        score = _score(run, picture_set)
        _draw_figures(score)
        _draw_grid(score)
        _draw_labels(run, owner, picture_set, score)
    _draw_table(owner, sets)


@drawn_for(Role.EDITOR)
def _draw_adding(owner: Catalog, names: list[str]) -> None:
    """Take pictures from the visitor; their names are shown, never used as paths."""
    with st.expander("Add pictures", icon=":material/add_photo_alternate:", expanded=not names):
        number = st.session_state.get(_UPLOADS, 0)
        name = st.text_input(
            "Name of the set", last_choice("picture_set") or "", max_chars=64, key="new_set",
            placeholder="window-display", help="Letters, digits, - and _. A set of that name gets more pictures.",
        )  # fmt: skip
        files = st.file_uploader(
            f"Up to {MOST_PICTURES} pictures", type=_TYPES, accept_multiple_files=True, key=f"set_files_{number}",
            max_upload_size=_MAX_UPLOAD_MB,
        )  # fmt: skip
        if st.button("Keep these pictures", type="primary", key="keep_set", disabled=not files):
            with shown_errors():
                _keep(owner, name.strip(), files, number)


def _keep(owner: Catalog, name: str, files: list[st.runtime.uploaded_file_manager.UploadedFile], number: int) -> None:
    large = [each.name for each in files if each.size > _MAX_UPLOAD_MB * 2**20]
    taken = [(each.name, each.getvalue()) for each in files if each.name not in large]
    _, problems = add_pictures(home(), owner, name, taken, actor=visitor_name())
    problems += [f"{each} is larger than {_MAX_UPLOAD_MB} MB" for each in large]
    st.session_state[_TOLD] = problems
    st.session_state[_UPLOADS] = number + 1  # a new widget: the files of this one are kept now
    st.query_params["picture_set"] = name
    st.rerun()


def _score(run: Run, picture_set: PictureSet) -> SetScore:
    found = kept_score(home(), run.run_id, picture_set)
    if found is not None:
        return found
    with st.spinner(f"Asking {run.recipe} about {counted(len(picture_set.pictures), 'picture')}"):
        return score_set(home(), run.run_id, picture_set)


def _draw_figures(score: SetScore) -> None:
    """Say how many are right, half right and wrong."""
    shown = {
        "Right": number_text(score.count(RIGHT)),
        "Right parent": number_text(score.count(HALF)),
        "Wrong": number_text(score.count(WRONG)),
        "Right of labeled": percent(score.share_right, digits=0),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, value in shown.items():
            st.metric(label, value, width=130)
    rest = len(score.rows) - score.judged
    if rest:
        st.caption(f"{counted(rest, 'picture')} not judged: no label yet, or one the run does not know. Label below.")


def _draw_grid(score: SetScore) -> None:
    """Show every picture with what the run says and the verdict."""
    cards = []
    for row in score.rows.to_dict("records"):
        said = LOST if row["predicted"] is None else shortened(short_category(row["predicted"]), 24)
        badges = [(said, _TONES.get(row["verdict"], ""))]
        if row["predicted"] is not None:
            badges.append((percent(row["probability"], digits=0), "note"))
        if row["label"] is not None and row["verdict"] != RIGHT:
            badges.append((f"is {shortened(short_category(row['label']), 20)}", ""))
        cards.append(Card(row["picture_hash"], row["name"], row["picture_hash"], badges=tuple(badges)))
    product_grid(cards, key="set_grid", empty="This set holds no picture.", label="pictures of the set", small=True)


@drawn_for(Role.EDITOR, "Saying what pictures show")
def _draw_labels(run: Run, owner: Catalog, picture_set: PictureSet, score: SetScore) -> None:
    """Let the visitor say what each picture shows; saving is refused when somebody else changed the set."""
    with st.form(f"labels_{picture_set.document.document_id}_{picture_set.document.revision}", border=False):
        own = [each.label for each in picture_set.pictures if each.label and each.label not in run.classes]
        table = pd.DataFrame(
            {
                "Picture": [each.name for each in picture_set.pictures],
                "The run says": score.rows["predicted"].fillna("").tolist(),
                "It shows": [each.label for each in picture_set.pictures],
            }
        )
        edited = st.data_editor(
            table, hide_index=True, width="stretch", key=f"set_labels_{picture_set.document.revision}",
            disabled=["Picture", "The run says"],
            column_config={"It shows": st.column_config.SelectboxColumn(options=[*run.classes, *sorted(set(own))])},
        )  # fmt: skip
        with st.container(horizontal=True, gap="small"):
            saved = st.form_submit_button("Save labels", type="primary")
            deleted = may_delete() and st.form_submit_button("Delete this set", icon=":material/delete:")
    labels = {
        each.picture_hash: None if pd.isna(value) or not value else str(value)
        for each, value in zip(picture_set.pictures, edited["It shows"], strict=True)
    }
    if saved:
        label_pictures(home(), owner, picture_set, labels, actor=visitor_name())
        st.rerun()
    if deleted:
        delete_set(home(), owner, picture_set, actor=visitor_name())
        forget_choice("picture_set")
        rerun_saying("Deleted. Undo it on the Overview under Last changes.", icon=":material/delete:")


def _draw_table(owner: Catalog, sets: list[PictureSet]) -> None:
    """Draw runs over sets; runs that were not asked yet are scored by a job that starts by itself."""
    st.header("Every run on every set", anchor=False, help="Share right of the labeled pictures.")
    runs = scorable_runs(home(), owner)
    found = [[kept_score(home(), run.run_id, each) for each in sets] for run in runs]
    table = pd.DataFrame({"Run": [f"{run.name} · {run.recipe} · {run.created[:10]}" for run in runs]})
    for place, each in enumerate(sets):
        scores = [row[place] for row in found]
        shares = [None if score is None else score.share_right for score in scores]
        table[f"{each.name} ({each.labeled}), %"] = [None if share is None else 100 * share for share in shares]
    columns = {name: st.column_config.NumberColumn(format="%.0f") for name in table.columns if name != "Run"}
    st.dataframe(table, hide_index=True, width="stretch", key="set_table", column_config=columns)
    missing = sum(score is None for row in found for score in row)
    job = active_job(JOB, catalog=owner.name)
    if job is not None:
        live_job(job.job, title="Scoring the runs")
    elif missing:
        _start_scoring(owner, sets, [run.run_id for run in runs])


@drawn_for(Role.EDITOR)
def _start_scoring(owner: Catalog, sets: list[PictureSet], run_ids: list[str]) -> None:
    """Start the scoring once for what is there now, so that a run that cannot be scored does not start it for ever."""
    pictures = tuple(each.picture_hash for one in sets for each in one.pictures)
    wanted = hash((owner.catalog_id, pictures, tuple(run_ids)))
    if st.session_state.get("_scoring") == wanted:
        st.caption("Runs without a figure could not be scored: their files or their backbone are not ready here.")
        return
    st.session_state["_scoring"] = wanted
    try:
        submit(home(), JOB, {"catalog": owner.name}, actor=visitor_name())
    except ShelfLensError as error:
        show_problem(error)
        return
    st.rerun()
