"""What a training will cost, before it starts, and how far off that was afterwards."""

import json
from typing import Any

import streamlit as st

from core.catalog.catalogs import Catalog
from core.errors import ShelfLensError
from core.models.estimate import Estimate, estimate_training
from core.models.estimate_note import ratio_to_actual
from core.models.runs import Run
from core.ui.caches import home
from core.ui.job_list import all_jobs
from core.ui.wording import counted, duration, literal, number_text

_NEAR = 0.05


def estimate_of(
    catalog: Catalog, recipe: str, *, backbone: str, target: str, settings: dict[str, Any]
) -> Estimate | None:
    """Estimate a training; None when it cannot be told, which is said on the page."""
    finished = sum(job.state == "done" for job in all_jobs())
    key = (str(home().root), catalog.catalog_id, catalog.version, finished)
    try:
        return _estimate(key, recipe, backbone, target, json.dumps(settings, sort_keys=True), catalog)
    except ShelfLensError as error:
        st.text(f"How long it takes cannot be told: {error}")
        return None


def draw_estimate(estimate: Estimate) -> None:
    """Say how long a training will take and what that rests on."""
    embedding = (
        f", {counted(estimate.pictures_to_embed, 'picture')} to embed first" if estimate.pictures_to_embed else ""
    )
    known = f"About {duration(estimate.seconds)}" if estimate.seconds is not None else "Time not known yet"
    off = _off_words(estimate.usual_error)
    st.markdown(f"**{known}**{embedding}{off}")
    st.caption(
        f"Memory about {_mebibytes(estimate.memory_mib)}, disk {_mebibytes(estimate.disk_mib)}. "
        f"{literal(estimate.basis)}"
    )
    for shortage in estimate.shortages:
        st.text(f"⚠ {shortage}")


def _off_words(usual_error: float | None) -> str:
    """Say how far off estimates of this recipe were."""
    if usual_error is None:
        return ""
    if usual_error > 1:
        return ", a rough guess: earlier ones were off by more than twice"
    return f", usually within {usual_error:.0%}".replace("%", " %")


def estimated_words(run: Run, *, peak_memory_mib: float | None = None) -> str:
    """Say how far off the estimate of a run was: ``estimated 4 min, took 5 min (25 % more)``; empty without one."""
    ratio = ratio_to_actual(run.estimate, run.seconds)
    if ratio is None:
        return ""
    off = f"{abs(ratio - 1):.0%} {'more' if ratio > 1 else 'less'}".replace("%", " %")
    words = f"estimated {duration(run.seconds / ratio)}, took {duration(run.seconds)} "
    words += "(as estimated)" if abs(ratio - 1) < _NEAR else f"({off})"
    memory = run.estimate.get("memory_mib")
    if peak_memory_mib and isinstance(memory, int | float):
        words += f"; memory estimated {_mebibytes(memory)}, took {_mebibytes(peak_memory_mib)}"
    return words


def _mebibytes(amount: float) -> str:
    if amount < 1:
        return "under 1 MiB"
    return f"{number_text(amount / 1024, digits=1)} GiB" if amount >= 1024 else f"{number_text(amount)} MiB"


# Finished jobs change what an estimate rests on, so their number is part of the key.
@st.cache_data(show_spinner="Estimating the time", max_entries=32, ttl=600)
def _estimate(
    key: tuple[str, int, int, int], recipe: str, backbone: str, target: str, settings: str, _catalog: Catalog
) -> Estimate:
    return estimate_training(home(), _catalog, recipe, backbone, target=target, settings=json.loads(settings))
