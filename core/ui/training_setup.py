"""What a training is set up from: recipe, target and backbone, and how long it will take."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.errors import ShelfLensError
from core.models.estimate import Estimate, estimate_training
from core.models.recipes import RECIPES
from core.ui.caches import counts_of, home
from core.ui.job_list import all_jobs
from core.ui.wording import counted, duration, literal
from core.vision.backbones import DEFAULT_BACKBONE, backbone_state, list_backbones


def pick_recipe() -> str:
    """Draw a card a recipe, in plain words; give the chosen one's name, kept in the URL."""
    names = list(RECIPES)
    if len(names) > 1:
        titles = {RECIPES[name].title: name for name in names}
        picked = st.segmented_control(
            "Recipe", list(titles), default=RECIPES[names[0]].title, key="recipe", required=True
        )
        name = titles.get(picked, names[0])
    else:
        name = names[0]
    recipe = RECIPES[name]
    with st.container(border=True, key="recipe_card"):
        st.markdown(f"**{literal(recipe.title)}**  \n{literal(recipe.summary)}")
        st.caption(literal(recipe.cost))
    return name


def pick_target(catalog: Catalog) -> str:
    """Let the visitor choose what to learn: whole category paths or one level of them."""
    depth = max((path.count(" > ") + 1 for path in counts_of(catalog, "category") if path), default=1)
    options = {"Category": "category"}
    if depth > 1:
        options |= {f"Category, first {counted(level, 'level')}": f"category:{level}" for level in range(1, depth)}
    words = st.selectbox("What to learn", list(options), key="target", bind="query-params")
    return options[words]


def pick_backbone() -> str:
    """Let the visitor choose a backbone among those that can be used on this machine."""
    states = {backbone.name: backbone_state(home(), backbone) for backbone in list_backbones()}
    ready = [name for name, state in states.items() if state == "ready"] or [DEFAULT_BACKBONE]
    index = ready.index(DEFAULT_BACKBONE) if DEFAULT_BACKBONE in ready else 0
    waiting = len(states) - len(ready)
    return st.selectbox(
        "Backbone",
        ready,
        index=index,
        key="backbone",
        bind="query-params",
        help="The frozen network that looks at the pictures."
        + (
            f" {waiting} more are known but have no weights on this machine; `doctor` tells how to get them."
            if waiting
            else ""
        ),
    )


def draw_estimate(catalog: Catalog, recipe: str, *, backbone: str, target: str) -> None:
    """Say how long the training will take and what that rests on."""
    finished = sum(job.state == "done" for job in all_jobs())
    key = (str(home().root), catalog.catalog_id, catalog.version, finished)
    try:
        estimate = _estimate(key, recipe, backbone, target, catalog)
    except ShelfLensError as error:
        st.text(f"How long it takes cannot be told: {error}")
        return
    embedding = (
        f", {counted(estimate.pictures_to_embed, 'picture')} to embed first" if estimate.pictures_to_embed else ""
    )
    known = f"About {duration(estimate.seconds)}" if estimate.seconds is not None else "Time not known yet"
    st.markdown(f"**{known}**{embedding}")
    st.caption(
        f"Memory about {estimate.memory_mib:,.0f} MiB, disk about {estimate.disk_mib:,.0f} MiB. "
        f"{literal(estimate.basis)}"
    )


# Finished jobs change what an estimate rests on, so their number is part of the key.
@st.cache_data(show_spinner="Estimating the time", max_entries=16, ttl=600)
def _estimate(key: tuple[str, int, int, int], recipe: str, backbone: str, target: str, _catalog: Catalog) -> Estimate:
    return estimate_training(home(), _catalog, recipe, backbone, target=target)
