"""A model from elsewhere becomes a run: judged on the test side of a catalog, so that every page works with it."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table
from core.errors import HomeError, RunError
from core.evaluation.class_names import Alignment, align_classes
from core.home import Home
from core.models.foreign_head import predict_foreign
from core.models.foreign_network import ForeignNetwork, load_foreign
from core.models.foreign_settings import ForeignSettings
from core.models.recipes import FOREIGN
from core.models.run_writer import FinishedTraining, new_run_id, write_run
from core.models.runs import check_run_name, register_run
from core.models.settings import parse_settings, settings_to_json
from core.models.targets import labeled_pictures, parse_target
from core.models.training_set import TrainingSet, split_training_set
from core.progress import Progress
from core.vision.backbones import NETWORK_WEIGHTS
from core.vision.engine import EncodedPicture, EngineSettings, PictureFile, encode_files
from core.vision.jpeg import read_quickly
from core.vision.networks import OpenVinoNetwork
from core.vision.picture_fit import fit_picture

MOST_CLASSES = 20_000
_SAMPLES, _SAMPLE_SIDE_PX = 8, 224


@dataclass(frozen=True)
class ForeignPlan:
    """What shall become a run.

    Attributes:
        path: The `.keras` file.
        classes: Names of its classes in the order of its outputs.
        settings: Settings of `core.models.foreign_settings`, as strings or values.
        target: What its classes are in the catalog.
        mapping: Name in the catalog to class of the model, for names that do not match by themselves.
        name: What people call the run; made up when None.
        seed: Of the split, where the catalog's source has none.
    """

    path: Path
    classes: Sequence[str]
    settings: Mapping[str, object]
    target: str = "category"
    mapping: Mapping[str, str] | None = None
    name: str | None = None
    seed: int = 0


def check_class_names(names: Sequence[str]) -> tuple[str, ...]:
    """Give names of classes back, stripped, when a run can have them.

    Raises:
        RunError: They are fewer than two, too many, empty, too long or not different.
    """
    found = tuple(name.strip() for name in names)
    if not 2 <= len(found) <= MOST_CLASSES:
        raise RunError(f"a model needs the names of 2 to {MOST_CLASSES:,} classes, not {len(found):,}")
    odd = [name for name in found if not name or len(name) > 500 or not name.isprintable()]
    if odd:
        raise RunError(f"a class has the name {odd[0][:80]!r}: expected 1 to 500 printable characters")
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise RunError(f"two classes have the name {twice[:80]!r}: name every output of the model once, in order")
    return found


def add_foreign_model(
    home: Home, catalog: Catalog, plan: ForeignPlan, *, actor: str, progress: Progress
) -> dict[str, Any]:
    """Load a model from elsewhere, judge it on a catalog and keep it as a run.

    Nothing of the file is trusted: it is looked at without Keras, written anew, and loaded in a process of its own
    (`core.models.foreign_network`). What is kept is our own network and numbers.

    Args:
        home: The home.
        catalog: The catalog to judge it on; its test side, or all pictures where no run can have learned from them.
        plan: The file and what is to be known of it.
        actor: Who adds it.
        progress: Told of every step.

    Returns:
        What `train` gives, and ``unmatched_classes``, ``missing_classes`` and ``about`` the model.

    Raises:
        RunError: The file is refused, or the classes do not fit it.
        TrainingError: The catalog has too few pictures of its classes.
        Cancelled: Someone asked to stop; nothing is kept.
    """
    started = time.monotonic()
    classes = check_class_names(plan.classes)
    settings = parse_settings(ForeignSettings, plan.settings)
    target = parse_target(plan.target)
    name = None if plan.name is None else check_run_name(plan.name)
    rows, unlabeled = labeled_pictures(home, catalog, target)
    alignment = align_classes(classes, rows["label"].unique().tolist(), catalog=catalog, mapping=plan.mapping)
    if len(set(alignment.class_of.values())) < 2:
        named = ", ".join(map(repr, classes[:5]))
        raise RunError(
            f"{catalog.name!r} has fewer than two of the model's classes ({named} ...): name them as there, or map them"
        )
    rows = rows.assign(label=rows["label"].map(alignment.class_of))
    rows = rows[rows["label"].notna()].reset_index(drop=True)
    files = _files(home, catalog, rows)
    with _work_folder(home) as folder:
        network = load_foreign(plan.path, folder, samples=_samples(files), settings=settings, progress=progress)
        check_count(network, classes)
        features, known = _features(network, files, settings, progress)
        parts = split_training_set(rows, features, known, unlabeled_products=unlabeled, seed=plan.seed)
        manifest = _manifest(catalog, plan, network, parts, classes, alignment)
        manifest |= {"settings": settings_to_json(settings), "seconds": time.monotonic() - started}
        manifest["name"] = name or f"{plan.path.stem[:60]} on {catalog.name}"
        written = write_run(home, manifest["run"], _finished(network, parts, classes), manifest=manifest)
    register_run(home, written, actor=actor)
    return {
        **{key: written[key] for key in ("run", "name", "recipe", "backbone", "seconds", "metrics", "warnings")},
        "classes": len(classes),
        "unmatched_classes": list(alignment.unmatched),
        "missing_classes": list(alignment.missing),
        "about": network.about,
    }


@contextmanager
def _work_folder(home: Home) -> Iterator[Path]:
    try:
        home.cache.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="foreign-", dir=home.cache))
    except OSError as error:
        raise HomeError(f"{home.cache} cannot be written: {error.strerror or error}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _files(home: Home, catalog: Catalog, rows: pd.DataFrame) -> list[PictureFile]:
    table = picture_table(home, catalog).drop_duplicates("picture_hash").set_index("picture_hash")
    hashes = rows["picture_hash"]
    pairs = zip(hashes, table["extension"].reindex(hashes), strict=True)
    return [PictureFile(name, home.picture_path(name, extension)) for name, extension in pairs]


def _samples(files: Sequence[PictureFile]) -> np.ndarray:
    """Read a few pictures spread over the catalog; the loading process brings them to the model's side."""
    places = np.linspace(0, len(files) - 1, min(_SAMPLES, len(files))).astype(int).tolist()
    pictures = [read_quickly(files[int(place)].path, enough_px=_SAMPLE_SIDE_PX) for place in places]
    return np.stack([fit_picture(picture, side_px=_SAMPLE_SIDE_PX, fit="resize") for picture in pictures])


def check_count(network: ForeignNetwork, classes: Sequence[str]) -> None:
    """Check that every output of a model has a name.

    Raises:
        RunError: They are more or fewer.
    """
    outputs, own = int(network.about["classes"]), int(network.about["own_outputs"])
    if outputs != len(classes):
        single = " (one output is a yes or no: name two classes, the second is yes)" if own == 1 else ""
        raise RunError(f"the model tells {outputs:,} classes apart, and {len(classes):,} names were given{single}")


def _features(
    network: ForeignNetwork, files: Sequence[PictureFile], settings: ForeignSettings, progress: Progress
) -> tuple[np.ndarray, np.ndarray]:
    """Run every distinct picture through the network.

    Returns:
        Float32 (P, D), and bool (P,): which pictures could be read.
    """
    distinct = {file.picture_hash: file for file in files}
    side_px, dimensions = int(network.about["side_px"]), int(network.about["feature_dimensions"])
    engine = EngineSettings(side_px=side_px, fit="pad" if settings.picture_fit == "pad" else "resize")
    found: dict[str, np.ndarray] = {}
    model = OpenVinoNetwork(network.folder / "model.xml")
    for done, result in enumerate(encode_files(distinct.values(), model, settings=engine)):
        progress.report(done, len(distinct), "Looking at the pictures")
        if isinstance(result, EncodedPicture):
            found[result.picture_hash] = result.features
    features = np.zeros((len(files), dimensions), dtype=np.float32)
    known = np.array([file.picture_hash in found for file in files], dtype=bool)
    for row in np.flatnonzero(known).tolist():
        features[row] = found[files[row].picture_hash]
    if not np.isfinite(features).all():
        raise RunError("the model gives values that are no numbers for some of the catalog's pictures")
    return features, known


def _finished(network: ForeignNetwork, parts: TrainingSet, classes: tuple[str, ...]) -> FinishedTraining:
    def write_network(folder: Path) -> dict[str, Any]:
        for file in network.folder.iterdir():
            shutil.copyfile(file, folder / file.name)
        return {"agreement": network.about["agreement"], "bytes": (folder / NETWORK_WEIGHTS).stat().st_size}

    return FinishedTraining(
        rows=parts.rows,
        labels=pd.Index(classes).get_indexer(pd.Index(parts.rows["label"])).astype(np.int64),
        classes=classes,
        head=network.head,
        history=[],
        predict_block=lambda block: predict_foreign(network.head, parts.features[block]),
        write_network=write_network,
    )


def _manifest(
    catalog: Catalog,
    plan: ForeignPlan,
    network: ForeignNetwork,
    parts: TrainingSet,
    classes: tuple[str, ...],
    alignment: Alignment,
) -> dict[str, Any]:
    unseen = "whether it learned from these pictures elsewhere is not known: if it did, its figures flatter"
    return {
        "run": new_run_id(FOREIGN.name),
        "catalog": catalog.name,
        "catalog_id": catalog.catalog_id,
        "catalog_version": catalog.version,
        "recipe": FOREIGN.name,
        "backbone": FOREIGN.name,
        "weights_hash": "",
        "picture_fit": plan.settings.get("picture_fit", ForeignSettings().picture_fit),
        "side_px": network.about["side_px"],
        "feature_dimensions": network.about["feature_dimensions"],
        "target": plan.target,
        "seed": plan.seed,
        "classes": list(classes),
        "products": int(parts.rows["product_id"].nunique()),
        "pictures": {str(split): int(count) for split, count in parts.rows["split"].value_counts().items()},
        "left_out": parts.left_out,
        "leaked": 0,  # nothing was learned here, so nothing can have leaked from train
        "warnings": [*alignment.warnings, unseen],
        "notes": list(parts.notes),
        "choices": {"about": network.about},
        "epochs": 0,
        "embedding": {"new_pictures": 0, "pictures_per_second": 0.0, "seconds": 0.0, "engine": "openvino"},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds_by_part": {"embed": 0.0, "prepare": 0.0, "learn": 0.0},
    }
