"""The choice of an embedding: the backbone's, or that of a run that trained a network of its own."""

import streamlit as st

from core.catalog.catalogs import Catalog
from core.explore.catalog_embeddings import backbone_behind, current_version, list_embeddings
from core.models.runs import Run, list_runs
from core.ui.address import choice_in_address
from core.ui.caches import home
from core.vision.backbones import DEFAULT_BACKBONE, list_backbones


def pick_embedding(catalog: Catalog, *, derived: bool = False) -> str:
    """Let the visitor choose whose embedding is shown; nothing is asked where there is only one.

    Args:
        catalog: The catalog.
        derived: Whether main colors and predicted probabilities may be chosen too, as maps can.

    Returns:
        Name of an embedding: a backbone, the id of a run, `colors` or `probabilities:RUN`.
    """
    words = derived_words(catalog) if derived else embedding_words(catalog)
    if len(words) == 1:
        return DEFAULT_BACKBONE
    with st.container(width=420):
        return choice_in_address(
            "Embedding",
            list(words),
            name="embedding",
            format_func=lambda name: words[name],
            help="What says which pictures are alike: the network as it came, or as a run of yours trained it.",
        )


def embedding_words(catalog: Catalog) -> dict[str, str]:
    """Name the embeddings a catalog has or can have at once: the default, other backbones' that are made, runs' own."""
    made = home().embeddings / str(catalog.catalog_id)
    words = {
        backbone.name: f"{backbone.title}, as it came"
        for backbone in list_backbones()
        if backbone.name == DEFAULT_BACKBONE or (made / backbone.name / "current.json").is_file()
    }
    words = {DEFAULT_BACKBONE: words.pop(DEFAULT_BACKBONE), **words}
    return words | {run.encoder: _run_words(run) for run in own_networks(catalog)}


def derived_words(catalog: Catalog) -> dict[str, str]:
    """Name every embedding that can be mapped: main colors and predicted probabilities among them."""
    return {entry.name: entry.title for entry in list_embeddings(home(), catalog)}


def embeddings_state(catalog: Catalog) -> tuple[object, ...]:
    """Give what changes whenever any embedding of a catalog does: a key for caches.

    Main colors and predicted probabilities have versions of their own; see :func:`version_now` on what is kept of them.
    """
    names = [entry.name for entry in list_embeddings(home(), catalog) if entry.made]
    versions = tuple((name, version_now(catalog, name)) for name in names)
    return (str(home().root), catalog.catalog_id, catalog.version, versions)


def version_now(catalog: Catalog, name: str) -> str | None:
    """Give the version of an embedding as it is now; None where it is not there."""
    if name == backbone_behind(name):
        return current_version(home(), catalog, name)
    # Derived ones rest on the catalog, its features, and a run, which never changes.
    features = current_version(home(), catalog, DEFAULT_BACKBONE) or ""
    return _derived_version(str(home().root), (catalog.catalog_id, catalog.version, features), name, catalog)


@st.cache_data(show_spinner=False, max_entries=64)
def _derived_version(root: str, state: tuple[int, int, str], name: str, _catalog: Catalog) -> str | None:
    return current_version(home(), _catalog, name)


def own_networks(catalog: Catalog) -> list[Run]:
    """List the runs on a catalog that trained a network of their own, newest first."""
    return [run for run in list_runs(home(), catalog_id=catalog.catalog_id) if run.encoder != run.backbone]


def _run_words(run: Run) -> str:
    return f"{run.name} · {run.recipe} · {run.created[:16].replace('T', ' ')} UTC"
