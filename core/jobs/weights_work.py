"""The work of jobs around a backbone's weights."""

import time
from dataclasses import asdict
from typing import Any

from core.home import Home
from core.jobs.weights_arguments import FitWordsArguments, WeightsArguments
from core.progress import Progress


def download(home: Home, arguments: WeightsArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Download the weights of a backbone; what came before a stop is not fetched again."""
    from core.vision.backbones import find_backbone
    from core.vision.weights_files import download_weights

    began = time.monotonic()
    stored = download_weights(
        home,
        find_backbone(arguments.backbone),
        source=arguments.source,
        sha256=arguments.sha256,
        allowed_hosts=arguments.hosts,
        progress=progress,
    )
    return {**asdict(stored), "seconds": round(time.monotonic() - began, 3)}


def fit(home: Home, arguments: FitWordsArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Fit the visual words of a home on a catalog's pictures."""
    from core.catalog.catalogs import find_catalog
    from core.vision.bovw_fit import fit_words
    from core.vision.bovw_settings import WordsSettings

    began = time.monotonic()
    settings = WordsSettings(**arguments.settings)
    report = fit_words(home, find_catalog(home, arguments.catalog), settings=settings, progress=progress)
    return {**asdict(report), "seconds": round(time.monotonic() - began, 3)}
