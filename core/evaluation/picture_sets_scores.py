"""Scoring runs on picture sets: right, right parent, wrong; what a run says of a set is kept and not asked twice."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.pictures import read_picture
from core.errors import PictureError, RunError, ShelfLensError
from core.evaluation.intervals import score_interval
from core.evaluation.picture_sets import PictureSet, list_sets
from core.files import load_array, save_array_whole
from core.home import Home
from core.models.class_tree import class_tree
from core.models.predict import check_backbone, predict_features
from core.models.predicted_labels import check_predicts_classes
from core.models.runs import Run, RunFiles, list_runs, open_run
from core.progress import Progress, SilentProgress
from core.vision.backbones import find_backbone
from core.vision.encode import encode_pictures

RIGHT, HALF, WRONG, UNKNOWN, UNLABELED, LOST = (
    "right",
    "right parent",
    "wrong",
    "not a category of the run",
    "no label yet",
    "file lost",
)
_JUDGED = (RIGHT, HALF, WRONG)
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class SetScore:
    """How a run does on a picture set.

    Attributes:
        run_id: The run.
        set_name: The set.
        rows: One row a picture: picture_hash, name, label (None without one), predicted (None where the file is lost),
            probability, verdict (:data:`RIGHT`, :data:`HALF` and so on).
    """

    run_id: str
    set_name: str
    rows: pd.DataFrame

    def count(self, verdict: str) -> int:
        """Count the pictures with a verdict."""
        return int((self.rows["verdict"] == verdict).sum())

    @property
    def judged(self) -> int:
        """Pictures with a label the run knows."""
        return sum(self.count(each) for each in _JUDGED)

    @property
    def share_right(self) -> float | None:
        """Share of judged pictures that are right, 0..1; None without any."""
        return self.count(RIGHT) / self.judged if self.judged else None

    def to_json(self) -> dict[str, Any]:
        """Give figures and pictures as plain JSON values."""
        share = self.share_right
        return {
            "run": self.run_id,
            "set": self.set_name,
            "pictures": len(self.rows),
            "judged": self.judged,
            "right": self.count(RIGHT),
            "half_right": self.count(HALF),
            "wrong": self.count(WRONG),
            "share_right": share,
            "share_right_interval": None if share is None else list(score_interval(share, self.judged)),
            "answers": self.rows.astype(object).where(self.rows.notna(), None).to_dict("records"),
        }


def score_set(home: Home, run_id: str, picture_set: PictureSet) -> SetScore:
    """Score a run on a picture set; its answers are kept in the home, its verdicts follow the labels as they are now.

    Raises:
        RunError: There is no such run, its files are gone, it predicts labels, or its backbone has other weights.
        BackboneError: Its backbone is not ready in this home.
    """
    run = open_run(home, run_id)
    check_predicts_classes(run)
    chances = _kept(home, run, picture_set)
    if chances is None:
        chances = _predict(home, run, picture_set)
        try:
            save_array_whole(_path(home, run, picture_set), chances)
        except OSError as error:  # a full disk costs the next look a second, nothing else
            _LOG.warning("the answers of run %s are not kept: %s", run_id, error)
    return SetScore(run_id, picture_set.name, _judge(run, picture_set, chances))


def kept_score(home: Home, run_id: str, picture_set: PictureSet) -> SetScore | None:
    """Give the score of a run whose answers are kept; None when it was not asked yet or cannot be."""
    try:
        run = open_run(home, run_id)
        chances = _kept(home, run, picture_set)
    except RunError:
        return None
    return None if chances is None else SetScore(run_id, picture_set.name, _judge(run, picture_set, chances))


def scorable_runs(home: Home, catalog: Catalog) -> list[Run]:
    """List the runs of a catalog that predict one class a picture and have their files, newest first."""
    found = list_runs(home, catalog_id=catalog.catalog_id)
    return [run for run in found if run.state == "done" and not run.predicts_labels]


def score_all(home: Home, catalog: Catalog, *, progress: Progress | None = None) -> dict[str, Any]:
    """Score every run of a catalog on every of its picture sets; what is kept is not computed again.

    Args:
        home: The home.
        catalog: The catalog.
        progress: Told of every run; may cancel.

    Returns:
        ``scores`` as of :meth:`SetScore.to_json` without the answers, and ``problems``, a sentence a run that failed.
    """
    told, sets, scores, problems = progress or SilentProgress(), list_sets(home, catalog), [], []
    runs = scorable_runs(home, catalog) if sets else []
    for done, run in enumerate(runs):
        told.report(done, len(runs), f"scoring run {done + 1} of {len(runs)}")
        try:
            found = [score_set(home, run.run_id, each).to_json() for each in sets]
        except ShelfLensError as error:
            problems.append(f"{run.run_id}: {error}")
            continue
        scores += [{name: value for name, value in each.items() if name != "answers"} for each in found]
    return {"catalog": catalog.name, "scores": scores, "problems": problems}


def _predict(home: Home, run: RunFiles, picture_set: PictureSet) -> np.ndarray:
    """Ask a run about every picture, float32 (N, C); a picture whose file is lost has no number."""
    check_backbone(home, run)
    side_px = find_backbone(run.run.encoder, home=home).side_px
    chances = np.full((len(picture_set.pictures), len(run.run.classes)), np.nan, dtype=np.float32)
    decoded, places = [], []
    for place, picture in enumerate(picture_set.pictures):
        try:
            decoded.append(read_picture(home.picture_path(picture.picture_hash, picture.extension), enough_px=side_px))
        except PictureError:
            continue
        places.append(place)
    if decoded:
        chances[places] = predict_features(run, encode_pictures(home, decoded, backbone=run.run.encoder))
    return chances


def _judge(run: RunFiles, picture_set: PictureSet, chances: np.ndarray) -> pd.DataFrame:
    classes = run.run.classes
    places = {name: place for place, name in enumerate(classes)}
    tree = class_tree(classes)
    rows = []
    for picture, row in zip(picture_set.pictures, chances, strict=True):
        lost = bool(np.isnan(row).any())
        given = None if lost else int(row.argmax())
        rows.append(
            {
                "picture_hash": picture.picture_hash,
                "name": picture.name,
                "label": picture.label,
                "predicted": None if given is None else classes[given],
                "probability": None if given is None else float(row[given]),
                "verdict": LOST if given is None else _verdict(picture.label, given, places, tree),
            }
        )
    columns = ["picture_hash", "name", "label", "predicted", "probability", "verdict"]
    return pd.DataFrame(rows, columns=columns, dtype=object)  # None stays None, also among texts


def _verdict(label: str | None, given: int, places: dict[str, int], tree: Any) -> str:
    if label is None:
        return UNLABELED
    if label not in places:
        return UNKNOWN
    return _JUDGED[int(tree.verdicts(np.array([places[label]]), np.array([given]))[0])]


def _path(home: Home, run: RunFiles, picture_set: PictureSet) -> Path:
    """Name the kept answers by what they are made from: the run, whose id is known to be one, and the pictures."""
    hashes = ",".join(each.picture_hash for each in picture_set.pictures)
    digest = hashlib.sha256(f"{run.manifest['weights_hash']},{hashes}".encode()).hexdigest()[:32]
    return home.cache / "picture_sets" / run.run.run_id / f"{digest}.npy"


def _kept(home: Home, run: RunFiles, picture_set: PictureSet) -> np.ndarray | None:
    try:
        found = load_array(_path(home, run, picture_set))
    except (OSError, ValueError):
        return None
    expected = (len(picture_set.pictures), len(run.run.classes))
    return np.array(found) if found.shape == expected and found.dtype == np.float32 else None


def table_of(scores: Sequence[SetScore]) -> pd.DataFrame:
    """Lay scores out, one row a run, one column a set: share right, 0..1, missing where nothing was judged."""
    rows = [{"run": each.run_id, "set": each.set_name, "share": each.share_right} for each in scores]
    frame = pd.DataFrame(rows, columns=["run", "set", "share"]).astype({"share": float})
    order = list(dict.fromkeys(frame["run"]))
    return frame.pivot_table(index="run", columns="set", values="share", aggfunc="first", dropna=False).reindex(order)
