"""Products that wait for a category: which of them a plan would file without a person."""

import pandas as pd

from core.catalog.catalogs import list_catalogs
from core.evaluation.catalog_decisions import COLUMNS, Cuts, decide_products
from core.evaluation.filing_plan import FilingPlan
from core.home import Home
from core.models.runs import RunFiles
from core.progress import SilentProgress


def file_waiting(home: Home, run: RunFiles, plan: FilingPlan) -> pd.DataFrame:
    """Tell of the catalog's products without a category what the plan would file.

    Only products whose pictures are embedded are looked at.

    Args:
        home: The home.
        run: The run of the plan.
        plan: The plan.

    Returns:
        As :func:`core.evaluation.catalog_decisions.decide_products` gives it. Empty where the run predicts no whole
        categories or its catalog is gone.
    """
    catalog = next((each for each in list_catalogs(home) if each.catalog_id == run.run.catalog_id), None)
    if catalog is None or run.run.target != "category":
        return pd.DataFrame(columns=list(COLUMNS)).astype({"accepted": bool})
    cuts = Cuts(plan.thresholds, plan.temperature)
    return decide_products(home, run, catalog, cuts=cuts, progress=SilentProgress())
