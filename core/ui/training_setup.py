"""What a training is set up from: target, backbone, and the classes it would learn."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.products import read_products
from core.errors import ShelfLensError
from core.models.advice import Advice, advise
from core.models.class_counts import FEW_PICTURES, ClassCounts, count_classes_of
from core.models.label_sets import LABELS
from core.models.recipes import RECIPES, recipes_for
from core.models.splits import FRACTIONS, TRAIN
from core.ui.address import choice_in_address
from core.ui.backbone_weights import offer_weights
from core.ui.caches import counts_of, home
from core.ui.recipe_cards import choose_recipe
from core.ui.wording import counted, number_text
from core.vision.backbones import DEFAULT_BACKBONE, backbone_state, list_backbones

_NAMED = 5
_SUFFIXES = {"ready": "", "needs fitting": ""}
_LOOKED_AT, _MOST_VALUES, _MOST_OFFERED = 2000, 200, 60


def pick_target(catalog: Catalog) -> str:
    """Let the visitor choose what to learn: category paths, one level of them, labels, or an attribute."""
    depth = max((path.count(" > ") + 1 for path in counts_of(catalog, "category") if path), default=1)
    words = {"category": "Category"}
    words |= {f"category:{level}": f"Category, first {counted(level, 'level')}" for level in range(1, depth)}
    names = _attributes(str(home().root), catalog.catalog_id, catalog.version, catalog)
    if LABELS in names:
        words[LABELS] = "Labels, any number a product"
    words |= {f"attribute:{name}": f"Attribute {name}" for name in names if name != LABELS}
    asked = str(st.query_params.get("target", ""))
    if asked.startswith("attribute:"):
        words.setdefault(asked, f"Attribute {asked.partition(':')[2]}"[:80])
    return choice_in_address(
        "What to learn",
        list(words),
        name="target",
        format_func=lambda name: words.get(name, name),
        help="What the model shall say of a picture.",
    )


def pick_backbone() -> tuple[str, bool]:
    """Let the visitor choose a backbone; gives its name and whether it has weights on this machine."""
    states = {backbone.name: backbone_state(home(), backbone) for backbone in list_backbones()}
    ready = [name for name, state in states.items() if state == "ready"]
    first = DEFAULT_BACKBONE if DEFAULT_BACKBONE in states else next(iter(states))
    names = [
        first,
        *(name for name in ready if name != first),
        *(name for name in states if name not in (first, *ready)),
    ]
    titles = {backbone.name: backbone.title for backbone in list_backbones()}
    chosen = choice_in_address(
        "Backbone",
        names,
        name="backbone",
        format_func=lambda name: titles.get(name, name) + (_SUFFIXES.get(states[name], " (no weights here)")),
        help="The pretrained network that looks at the pictures.",
    )
    return chosen, chosen in ready or offer_weights(chosen)


def classes_of(catalog: Catalog, target: str) -> ClassCounts | None:
    """Count the classes of a target; None when it has none, which is said on the page."""
    try:
        return _classes(str(home().root), catalog.catalog_id, catalog.version, target, catalog)
    except ShelfLensError as error:
        st.text(str(error))
        return None


def draw_classes(counts: ClassCounts) -> None:
    """Show the classes that will be learned, small ones first in words."""
    learned = counts.learnable
    title = (
        f"{counted(len(learned), 'class', 'classes')} from {counted(int(learned['pictures'].sum()), 'picture')}, "
        f"half of them with {number_text(counts.labels_a_class)} or more to learn from"
    )
    with st.expander(title, icon=":material/category:"):
        if len(counts.left_out):
            st.text(
                f"⚠ {counted(len(counts.left_out), 'class', 'classes')} with fewer than 3 products will be left out: "
                f"{_some(counts.left_out['name'])}"
            )
        if len(counts.small):
            st.text(
                f"⚠ {counted(len(counts.small), 'class', 'classes')} with fewer than {FEW_PICTURES} pictures to learn "
                f"from, so expect them to be wrong often: {_some(counts.small['name'])}"
            )
        if counts.unlabeled_products:
            st.text(f"{counted(counts.unlabeled_products, 'product')} without a label will be left out.")
        names = {"name": "Class", "products": "Products", "pictures": "Pictures", "train_pictures": "To learn from"}
        highest = int(learned["pictures"].max()) if len(learned) else 1
        bar = st.column_config.ProgressColumn(format="localized", min_value=0, max_value=highest)
        st.dataframe(
            counts.table.rename(columns=names),
            hide_index=True,
            width="stretch",
            height=min(38 + 35 * len(counts.table), 320),
            column_config={"Pictures": bar},
        )
        st.caption(
            "The split comes from the source."
            if counts.has_splits
            else f"{FRACTIONS[TRAIN]:.0%} of the pictures are learned from; no product is on two sides.".replace(
                "%", " %"
            )
        )


def blocked_recipes(counts: ClassCounts | None, target: str, *, has_weights: bool) -> dict[str, str]:
    """Say of each recipe that cannot run why."""
    fitting = {recipe.name for recipe in recipes_for(target)}
    blocked = {}
    for name in RECIPES:
        if counts is None or len(counts.learnable) < 2:
            blocked[name] = "It needs two classes with at least 3 products each."
        elif not has_weights:
            blocked[name] = "The chosen backbone has no weights on this machine."
        elif name not in fitting:
            does = "learns sets of labels" if target != LABELS else "learns one class a picture"
            blocked[name] = f"It {does}; choose another target."
    return blocked


def draw_advice(counts: ClassCounts, blocked: dict[str, str], *, chosen: str) -> None:
    """Recommend to freeze or to fine-tune, say why, and offer it with one click."""
    advice = advise(counts.labels_a_class, runnable=[name for name in RECIPES if name not in blocked])
    if advice is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="advice"):
        st.markdown(f":material/lightbulb: **{advice.words}.** {advice.why}", width="stretch")
        if advice.recipe != chosen and st.button(
            f"Use {RECIPES[advice.recipe].title.lower()}", key="take_advice", icon=":material/check:"
        ):
            choose_recipe(advice.recipe)
            st.rerun()


def suggested_recipe(counts: ClassCounts | None, blocked: dict[str, str]) -> str | None:
    """Name the recipe to begin with: what the advice says."""
    if counts is None:
        return None
    advice: Advice | None = advise(counts.labels_a_class, runnable=[name for name in RECIPES if name not in blocked])
    return None if advice is None else advice.recipe


def _some(names: object) -> str:
    listed = [str(name) for name in names]  # type: ignore[attr-defined]
    more = f" and {number_text(len(listed) - _NAMED)} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more


@st.cache_data(show_spinner=False, max_entries=16)
def _attributes(root: str, catalog_id: int, version: int, _catalog: Catalog) -> list[str]:
    """Names of attributes that few values share out, so that they can be learned."""
    products = read_products(home(), _catalog, limit=_LOOKED_AT)
    seen: dict[str, set[str]] = {}
    for product in products:
        for name, value in product.attributes.items():
            if value is not None:
                seen.setdefault(name, set()).add(str(value)[:100])
    most = max(2, min(_MOST_VALUES, len(products) // 3))
    return sorted(name for name, values in seen.items() if name == LABELS or 2 <= len(values) <= most)[:_MOST_OFFERED]


@st.cache_data(show_spinner="Counting classes", max_entries=16)
def _classes(root: str, catalog_id: int, version: int, target: str, _catalog: Catalog) -> ClassCounts:
    return count_classes_of(home(), _catalog, target)
