"""Building the demo: draw, import, histories, embed, train, map. Everything that is there already is reused."""

import time
from typing import Any

from core.catalog.catalogs import Catalog, find_catalog, list_catalogs
from core.catalog.histories import HistoryEvent, add_history, list_histories
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress
from core.progress_parts import STEPS, in_parts

CATALOG = "demo"
RECIPE = "linear"
TARGET = "category"
HISTORY = "shoppers"

# Seconds each part takes on two cores, so that the progress moves evenly.
_WEIGHTS = {"draw": 20.0, "import": 12.0, "embed": 10.0, "train": 15.0, "map": 15.0}


def build(home: Home, *, seed: int, actor: str, progress: Progress) -> dict[str, Any]:
    """Build the demo, or what is missing of it.

    Args:
        home: The home.
        seed: Decides every product, price and picture.
        actor: Who asks.
        progress: Told of all parts as one; may cancel.

    Returns:
        Names of the catalog and the run, and the catalog's totals.

    Raises:
        CatalogError: There is a catalog of that name that is not this demo.
        Cancelled: `progress` asked to stop; what is finished stays.
    """
    from core.catalog.demo.source import DemoSource
    from core.catalog.imports import import_source
    from core.vision.embed import embed_catalog

    started = time.monotonic()
    _refuse_other_catalog(home, seed)
    parts = in_parts(progress, _WEIGHTS)
    source = DemoSource(home.cache / "demo", seed, progress=parts["draw"])
    report = import_source(home, source, catalog_name=CATALOG, actor=actor, progress=parts["import"])
    catalog = find_catalog(home, CATALOG)
    _add_histories(home, catalog, source.truths()["histories"], actor=actor)
    embed_catalog(home, catalog, actor=actor, progress=parts["embed"])
    run = _trained(home, catalog, seed=seed, actor=actor, progress=parts["train"])
    drawn = _mapped(home, catalog, actor=actor, progress=parts["map"])
    progress.report(STEPS, STEPS, "The demo is ready")
    return {
        "catalog": catalog.name,
        "products": report.totals.products,
        "pictures": report.totals.pictures,
        "categories": report.totals.categories,
        "run": run,
        "map": drawn,
        "seconds": round(time.monotonic() - started, 3),
    }


def _refuse_other_catalog(home: Home, seed: int) -> None:
    """Refuse to mix the demo into a catalog that a user named demo, or into the demo of another seed."""
    for catalog in list_catalogs(home):
        if catalog.name == CATALOG and catalog.source != f"demo drawn from seed {seed}":
            raise CatalogError(
                f"there is a catalog {CATALOG!r} already, from {catalog.source or 'elsewhere'}; "
                f"rename or delete it first: `rename-catalog {CATALOG} NAME`, `delete-catalog {CATALOG}`"
            )


def _add_histories(home: Home, catalog: Catalog, rows: list[list[str]], *, actor: str) -> None:
    if not any(history.name == HISTORY for history in list_histories(home, catalog)):
        add_history(home, catalog, HISTORY, events=(HistoryEvent(*row) for row in rows), actor=actor)


def _trained(home: Home, catalog: Catalog, *, seed: int, actor: str, progress: Progress) -> str:
    """Give the id of the demo's run; train it when there is none."""
    from core.models.runs import list_runs

    for run in list_runs(home, catalog_id=catalog.catalog_id):
        if (run.recipe, run.target, run.state) == (RECIPE, TARGET, "done"):
            return run.run_id

    from core.models.train import train_run

    return str(train_run(home, catalog, recipe=RECIPE, seed=seed, actor=actor, progress=progress)["run"])


def _mapped(home: Home, catalog: Catalog, *, actor: str, progress: Progress) -> str:
    from core.explore.maps import make_map

    return str(make_map(home, catalog, method="umap", actor=actor, progress=progress).file)
