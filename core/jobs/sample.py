"""Fetching a sample and importing it, as one job that goes on where it stopped."""

import time
from typing import Any

from core.home import Home
from core.progress import Progress
from core.progress_parts import in_parts

# Seconds on a good line and two cores, so that the progress moves evenly.
_WEIGHTS = {"fetch": 60.0, "import": 30.0}


def build(home: Home, *, name: str, catalog: str, actor: str, progress: Progress) -> dict[str, Any]:
    """Fetch what is missing of a sample and import it.

    Args:
        home: The home.
        name: A key of ``core.catalog.web.samples.SAMPLES``.
        catalog: The catalog to fill.
        actor: Who asks.
        progress: Told of both parts as one; may cancel.

    Returns:
        What an import gives, with "sample", "license", "fetched" and "proved".

    Raises:
        CatalogError: The sample cannot be fetched; the message says how to go on.
        Cancelled: `progress` asked to stop; what came is kept.
    """
    from core.catalog.folder_source import FolderSource
    from core.catalog.imports import import_source
    from core.catalog.web.sample import download_sample
    from core.catalog.web.samples import find_sample

    began = time.monotonic()
    parts = in_parts(progress, _WEIGHTS)
    files = download_sample(home, name, progress=parts["fetch"])
    source = FolderSource(files.folder)
    report = import_source(home, source, catalog_name=catalog, actor=actor, progress=parts["import"])
    return {
        "sample": name,
        "license": find_sample(name).license,
        "fetched": files.fetched,
        "proved": files.is_proved,
        **report.to_json(),
        "seconds": round(time.monotonic() - began, 3),
    }
