"""Networks that runs trained: each is a backbone of its own, described by a note in its run's folder."""

import re
from dataclasses import asdict
from typing import Any

from core.errors import BackboneError
from core.files import read_json
from core.home import Home
from core.vision.backbone import Backbone, Preprocessing
from core.vision.picture_fit import PICTURE_FITS, PictureFit

NETWORK, NETWORK_NOTE, NETWORK_WEIGHTS = "network", "network.json", "model.bin"
"""Folder of a trained network inside its run, and its files: what it is, and its weights."""

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
_LIKE_A_RUN = re.compile(r"[a-z0-9-]{1,60}-\d{8}-\d{6}-[0-9a-f]{4}")


def may_be_trained(name: str) -> bool:
    """Tell whether a name is written like a run's, which only the home can look up: it ends in date, time and draw."""
    return _LIKE_A_RUN.fullmatch(name) is not None


def read_trained(home: Home, run_id: str) -> Backbone | None:
    """Read the network that a run trained; None when there is no such run or it only has a head.

    Raises:
        BackboneError: The run's network is damaged.
    """
    folder = home.runs / run_id / NETWORK
    if not RUN_ID.fullmatch(run_id) or not (folder / NETWORK_NOTE).is_file():
        return None
    try:
        note = dict(read_json(folder / NETWORK_NOTE))
        return Backbone(
            name=run_id,
            title=str(note["title"]),
            side_px=int(note["side_px"]),
            feature_dimensions=int(note["feature_dimensions"]),
            preprocessing=_preprocessing(note["preprocessing"]),
            picture_fit=_fit(note["picture_fit"]),
            licence=str(note["licence"]),
            download_mb=0,
            weights_source=f"trained in run {run_id}",
            weights_file=NETWORK_WEIGHTS,
            folder=folder,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackboneError(
            f"the network of run {run_id!r} is damaged ({str(error)[:200]}): restore {folder} or train again"
        ) from error


def trained_note(backbone: Backbone) -> dict[str, object]:
    """Give what `read_trained` reads, for a network that starts from `backbone` or has its shape."""
    return {
        "title": backbone.title,
        "side_px": backbone.side_px,
        "feature_dimensions": backbone.feature_dimensions,
        "preprocessing": asdict(backbone.preprocessing),
        "picture_fit": backbone.picture_fit,
        "licence": backbone.licence,
    }


def _preprocessing(note: dict[str, Any]) -> Preprocessing:
    red, green, blue = (float(value) for value in note["mean"])
    return Preprocessing((red, green, blue), float(note["scale"]), bool(note["reverse_channels"]))


def _fit(name: str) -> PictureFit:
    for fit in PICTURE_FITS:
        if fit == name:
            return fit
    raise ValueError(f"picture_fit is {name!r}")
