"""The work of each kind of job: calls of the layers below, which are imported only where they run."""

from dataclasses import asdict
from typing import Any

from core.home import Home
from core.jobs.arguments import (
    CleanArguments,
    DemoArguments,
    EmbedArguments,
    ExportArguments,
    ImportArguments,
    MeasureArguments,
    SampleArguments,
    TrainArguments,
)
from core.jobs.search_arguments import SearchArguments
from core.progress import Progress


def import_products(home: Home, arguments: ImportArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Import a source into a catalog; what is there already is not imported again."""
    from core.catalog.import_options import ImportOptions
    from core.catalog.imports import import_source
    from core.catalog.open_source import open_source
    from core.catalog.source_settings import SourceSettings

    settings = SourceSettings(**arguments.settings)
    report = import_source(
        home,
        open_source(home, arguments.source, settings=settings, progress=progress),
        catalog_name=arguments.catalog,
        actor=actor,
        options=ImportOptions(**arguments.options),
        settings=settings,
        progress=progress,
    )
    return dict(report.to_json())


def embed(home: Home, arguments: EmbedArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Compute the features that are missing, and the embedding."""
    from core.catalog.catalogs import find_catalog
    from core.vision.embed import embed_catalog

    catalog = find_catalog(home, arguments.catalog)
    return asdict(embed_catalog(home, catalog, backbone=arguments.backbone, actor=actor, progress=progress))


def train(home: Home, arguments: TrainArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Train a model; features that are missing are computed first."""
    from core.catalog.catalogs import find_catalog
    from core.evaluation.finished_run import note_finished
    from core.jobs.balance_wish import wanted_balance
    from core.models.train import train_run
    from core.vision.backbones import find_backbone
    from core.vision.ready_weights import ready_weights

    catalog = find_catalog(home, arguments.catalog)
    ready_weights(home, find_backbone(arguments.backbone, home=home), catalog, progress=progress)
    balance, source = wanted_balance(home, catalog, arguments.balance)
    trained = train_run(
        home,
        catalog,
        recipe=arguments.recipe,
        backbone=arguments.backbone,
        target=arguments.target,
        settings=arguments.settings,
        seed=arguments.seed,
        name=arguments.name,
        balance=balance,
        balance_source=source,
        estimate=arguments.estimate,
        actor=actor,
        progress=progress,
    )
    note_finished(home, trained["run"])
    return dict(trained)


def search(home: Home, arguments: SearchArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Search the settings of a recipe and train a run with the best; trials that are over are not run again."""
    from core.catalog.catalogs import find_catalog
    from core.evaluation.finished_run import note_finished
    from core.jobs.balance_wish import wanted_balance
    from core.models.search import search_settings
    from core.vision.backbones import find_backbone
    from core.vision.ready_weights import ready_weights

    catalog = find_catalog(home, arguments.catalog)
    ready_weights(home, find_backbone(arguments.backbone, home=home), catalog, progress=progress)
    plan = arguments.plan(*wanted_balance(home, catalog, arguments.balance))
    found = search_settings(home, catalog, plan, actor=actor, progress=progress)
    note_finished(home, found["run"])
    return found


def measure(home: Home, arguments: MeasureArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Measure the pictures that have no measures yet."""
    from core.catalog.catalogs import find_catalog
    from core.quality.measuring import measure_pictures

    return asdict(measure_pictures(home, find_catalog(home, arguments.catalog), progress=progress))


def export(home: Home, arguments: ExportArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Export a catalog; the target appears once it is whole."""
    from pathlib import Path

    from core.catalog.catalogs import find_catalog
    from core.catalog.export import export_catalog

    report = export_catalog(
        home,
        find_catalog(home, arguments.catalog),
        Path(arguments.to),
        table_format=arguments.format,
        with_pictures=arguments.pictures,
        replace=arguments.replace,
        slice_name=arguments.slice,
        progress=progress,
    )
    return report.to_json()


def clean(home: Home, arguments: CleanArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Apply cleaning steps, or say what they would change; each step is whole or not at all."""
    from core.catalog.catalogs import find_catalog
    from core.cleaning.recipe import apply_recipe, read_recipe
    from core.cleaning.steps import apply_step, preview_step

    catalog = find_catalog(home, arguments.catalog)
    steps = read_recipe({"steps": arguments.steps})
    if arguments.preview:
        previews = [preview_step(home, catalog, step, progress=progress).to_json() for step in steps]
        return {"catalog": catalog.name, "previews": previews}
    if arguments.recipe:
        applied = apply_recipe(home, catalog, steps, actor=actor, progress=progress)
    else:
        applied = [apply_step(home, catalog, step, actor=actor, progress=progress) for step in steps]
    return {"catalog": catalog.name, "steps": [each.to_json() for each in applied]}


def build_demo(home: Home, arguments: DemoArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Build the demo; what is there already is reused."""
    from core.jobs.demo import build

    return build(home, seed=arguments.seed, actor=actor, progress=progress)


def fetch_sample(home: Home, arguments: SampleArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Fetch real pictures and import them; what is there already is reused."""
    from core.jobs.sample import build

    return build(home, name=arguments.name, catalog=arguments.catalog, actor=actor, progress=progress)
