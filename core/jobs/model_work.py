"""The work of jobs about models from elsewhere."""

from pathlib import Path
from typing import Any

from core.home import Home
from core.jobs.model_arguments import AddModelArguments
from core.progress import Progress


def add_model(home: Home, arguments: AddModelArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Load a model from elsewhere and keep it as a run; stopped, it begins anew."""
    from core.catalog.catalogs import find_catalog
    from core.evaluation.finished_run import note_finished
    from core.evaluation.foreign_run import ForeignPlan, add_foreign_model

    plan = ForeignPlan(
        path=Path(arguments.file),
        classes=arguments.classes,
        settings=arguments.settings,
        target=arguments.target,
        mapping=arguments.mapping,
        name=arguments.name,
        seed=arguments.seed,
    )
    added = add_foreign_model(home, find_catalog(home, arguments.catalog), plan, actor=actor, progress=progress)
    note_finished(home, added["run"])
    return added
