"""The one step that brings a visitor furthest now."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.catalog.catalogs import Catalog
from core.models.runs import Run


@dataclass(frozen=True)
class NextStep:
    """One suggestion.

    Attributes:
        title: What to do, in words.
        why: What it gives, in one sentence.
        button: Words on the button.
        page: Where the button leads.
        query: What the page is asked to show.
    """

    title: str
    why: str
    button: str
    page: str
    query: dict[str, str] = field(default_factory=dict)


def next_step(catalog: Catalog, *, runs: Sequence[Run], mapped: bool) -> NextStep:
    """Suggest what to do next with a catalog.

    Args:
        catalog: The catalog.
        runs: Its finished runs, newest first.
        mapped: Whether it has a map.
    """
    here = {"catalog": catalog.name}
    if not catalog.pictures:
        why = "Without pictures there is nothing to learn from; import a folder of them."
        return NextStep("Import pictures", why, "Import a folder", "import_products", {**here, "source": "folder"})
    if not runs:
        why = "It learns to tell the categories apart, usually in under a minute, and shows where it is unsure."
        return NextStep("Train a first model", why, "Set up a training", "train", here)
    if not mapped:
        why = "Look-alikes lie side by side, so groups and strays show at a glance."
        return NextStep("Draw the map", why, "Go to the map", "embeddings", here)
    why = "Each mistake is one click from its pictures: often the label is wrong, not the model."
    query = {**here, "run": runs[0].run_id}
    return NextStep("Look at what the model gets wrong", why, "Evaluate the newest run", "evaluate", query)
