"""The panel that searches settings: what to vary, for how long, watching it, and what came of it."""

from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.errors import ShelfLensError
from core.jobs.balance_wish import read_balance
from core.jobs.kinds import build_arguments
from core.jobs.status import JobStatus, job_status
from core.jobs.stored_status import ACTIVE_STATES
from core.jobs.supervise import submit
from core.models.recipes import RECIPES, find_recipe, recipes_for
from core.models.search import DEFAULT_TRIALS
from core.models.search_estimate import SearchEstimate, estimate_search
from core.models.search_space import default_space
from core.models.search_store import Search, find_search, list_searches
from core.models.settings import describe_settings
from core.ui.caches import home
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.job_list import all_jobs
from core.ui.live_job import REFRESH_SECONDS, active_job, known_job, live_job
from core.ui.offer_row import words_and_button
from core.ui.search_charts import MEASURE_WORDS, setting_words
from core.ui.search_view import draw_running, draw_search, search_title
from core.ui.training_setup import pick_target
from core.ui.wording import counted, duration, literal
from core.vision.backbones import DEFAULT_BACKBONE, backbone_state, list_backbones

JOB_IN_URL = "search_job"
_METHODS = {"guided": "Guided", "grid": "Grid"}
_PLAIN_KINDS = ("integer", "number", "numbers", "switch", "choice")


def search_panel(catalog: Catalog) -> None:
    """Draw the whole panel: a search that runs or has just ended, or else the setup, and the searches so far.

    Args:
        catalog: What is searched on.
    """
    st.caption(
        "Tries many settings on the same cached features, keeps the best on validation, and trains a run with it."
    )
    job = known_job(st.query_params.get(JOB_IN_URL), kind="search") or active_job("search", catalog=catalog.name)
    if job is None:
        _draw_setup(catalog)
    else:
        _draw_job(job)
    _draw_past(catalog)


def _draw_job(job: JobStatus) -> None:
    title = f"Searching settings of {literal(_title_of(job.arguments.get('recipe')))}"
    live_job(job.job, title=title, on_done=_draw_result)
    active = job.state in ACTIVE_STATES
    if job.state != "done":
        st.fragment(run_every=REFRESH_SECONDS if active else None)(_draw_trials_of)(job.job)
    if not active and st.button("Set up another search", key="another_search", icon=":material/add:"):
        st.query_params.pop(JOB_IN_URL, None)
        st.rerun()


def _draw_trials_of(job_id: str) -> None:
    with shown_errors():
        draw_running(job_status(home(), job_id))


def _draw_result(job: JobStatus) -> None:
    with shown_errors():
        draw_search(find_search(home(), str((job.result or {}).get("search"))))


def _draw_past(catalog: Catalog) -> None:
    found = list_searches(home(), catalog_id=catalog.catalog_id)
    if not found:
        return
    st.header("Past searches", anchor=False)
    titles = {search.search_id: search_title(search) for search in found}
    chosen = st.selectbox(
        "Search",
        list(titles),
        index=None,
        placeholder="Choose one to see its trials",
        key="past_search",
        format_func=lambda name: titles[name],
        label_visibility="collapsed",
    )
    picked: Search | None = next((search for search in found if search.search_id == chosen), None)
    if picked is not None:
        draw_search(picked)


def _draw_setup(catalog: Catalog) -> None:
    columns = st.columns(3, gap="medium")
    with columns[0]:
        target = pick_target(catalog)
    names = [each.name for each in recipes_for(target)]
    recipe = columns[1].selectbox("Recipe", names, key="search_recipe", format_func=_title_of)
    with columns[2]:
        backbone = _pick_backbone()
    method = st.segmented_control(
        "How trials are chosen",
        list(_METHODS),
        default="guided",
        key="search_method",
        required=True,
        format_func=lambda name: _METHODS[name],
        help="Guided learns from the trials before and gives hopeless ones up; a grid tries every combination.",
    )
    grid = method == "grid"
    space = _draw_space(recipe, grid=grid)
    budget = _draw_budget(grid=grid)
    arguments: dict[str, Any] = {"catalog": catalog.name, "recipe": recipe, "backbone": backbone, "target": target}
    arguments |= {"method": method, "space": space, **budget}
    with st.container(border=True, key="search_start"):
        words, button = words_and_button()
        with words:
            can_start = _draw_cost(catalog, arguments)
        asked = button.button("Start search", type="primary", icon=":material/play_arrow:", disabled=not can_start)
    if asked:
        with shown_errors():
            st.query_params[JOB_IN_URL] = submit(home(), "search", arguments, actor=visitor_name())
            st.rerun()


def _title_of(name: object) -> str:
    return RECIPES[str(name)].title if str(name) in RECIPES else str(name)


def _pick_backbone() -> str:
    titles = {each.name: each.title for each in list_backbones() if backbone_state(home(), each) == "ready"}
    names = list(titles) or [DEFAULT_BACKBONE]
    first = names.index(DEFAULT_BACKBONE) if DEFAULT_BACKBONE in names else 0
    return str(
        st.selectbox(
            "Backbone", names, index=first, key="search_backbone", format_func=lambda name: titles.get(name, name)
        )
    )


def _draw_space(recipe: str, *, grid: bool) -> dict[str, str]:
    """Let the visitor choose settings, and write values or a range for each."""
    chosen = find_recipe(recipe)
    fields = {each.name: each for each in describe_settings(chosen.settings_class) if each.kind in _PLAIN_KINDS}
    try:
        usual = default_space(chosen, fixed={}, grid=grid)
    except ShelfLensError:
        usual = {}
    key = f"search_{recipe}_{'grid' if grid else 'guided'}"
    names = st.multiselect(
        "What to vary",
        list(fields),
        default=[name for name in usual if name in fields],
        key=f"{key}_names",
        format_func=setting_words,
    )
    columns, space = st.columns(2, gap="medium"), {}
    words = "Write the values to try of each, such as 0.1, 0.5."
    st.caption(
        words if grid else "Write a range for each, such as 0.1:0.5, or values to choose from, such as 0.1, 0.5."
    )
    for place, name in enumerate(names):
        with columns[place % 2]:
            space[name] = st.text_input(
                setting_words(name),
                usual.get(name, ""),
                key=f"{key}_{name}",
                help=fields[name].help,
            )
    return space


def _draw_budget(*, grid: bool) -> dict[str, Any]:
    columns = st.columns(3, gap="medium")
    words = "Most trials; 0 tries the whole grid." if grid else "Most trials; 0 leaves it to the minutes."
    trials = columns[0].number_input(
        "Trials", 0, 10_000, 0 if grid else DEFAULT_TRIALS, step=5, key=f"search_trials_{grid}", help=words
    )
    minutes = columns[1].number_input(
        "Minutes",
        0.0,
        10_000.0,
        0.0,
        step=5.0,
        key="search_minutes",
        help="Most minutes; 0 sets no limit.",
        format="%g",
    )
    measure = columns[2].selectbox(
        "Best by", list(MEASURE_WORDS), key="search_measure", format_func=lambda name: MEASURE_WORDS[name]
    )
    return {"trials": int(trials), "minutes": float(minutes), "measure": measure}


def _draw_cost(catalog: Catalog, arguments: dict[str, Any]) -> bool:
    """Say what the search will cost, or what is wrong with it; tells whether it can be started."""
    if not arguments["space"]:
        st.text("Choose at least one setting to vary.")
        return False
    finished = sum(job.state == "done" for job in all_jobs())
    key = (str(home().root), catalog.catalog_id, catalog.version, finished)
    try:
        found = _estimate(key, repr(sorted(arguments.items())), catalog, arguments)
    except ShelfLensError as error:
        st.text(str(error))
        return False
    many = counted(found.trials, "trial") if found.trials else "As many trials as the time allows"
    known = f"about {duration(found.seconds)}" if found.seconds is not None else "time not known yet"
    st.markdown(f"**{many}, {known}**")
    st.caption(literal(found.basis))
    return True


@st.cache_data(show_spinner="Estimating the time", max_entries=16, ttl=600)
def _estimate(
    key: tuple[str, int, int, int], asked: str, _catalog: Catalog, _arguments: dict[str, Any]
) -> SearchEstimate:
    checked = build_arguments("search", _arguments)
    return estimate_search(home(), _catalog, checked.plan(read_balance(checked.balance)))
