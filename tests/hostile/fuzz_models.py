"""Parsers of what was learned elsewhere: weights, arrays, models, runs, backups."""

import hashlib
import io
import json
import shutil
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np
import pandas as pd

from core.backup.restoring import restore_backup
from core.backup.snapshot import LIST, make_backup
from core.catalog.database import close_database
from core.errors import BackboneError, CatalogError, RunError
from core.evaluation.run_archive import import_run
from core.home import Home, open_home
from core.models.checkpoints import read_checkpoint
from core.models.keras_archive import rewrite_archive
from core.models.runs import MANIFEST, RunFiles, open_run
from core.progress import SilentProgress
from core.vision.bovw import read_vocabulary
from core.vision.hdf5_weights import check_weights_file
from core.vision.stored_arrays import map_array
from core.vision.torch_checkpoint import read_checkpoint as read_torch
from tests.catalog.store import small_catalog
from tests.evaluation.planted_run import planted_run
from tests.hostile.fuzzing import Bench, Parser, zip_parts
from tests.hostile.test_keras_files import layer, network
from tests.models.synthetic import planted_catalog
from tests.vision.torch_files import archive_file, legacy_file, state_dict, tensor

_LABELS = ["mug", "lamp", "mug", "lamp"]


def npy(array: np.ndarray) -> bytes:
    """Write an array as ``.npy``."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _hdf5() -> list[bytes | dict[str, bytes]]:
    found: list[bytes | dict[str, bytes]] = []
    for choices in ({}, {"compression": "gzip", "chunks": (4, 4)}):
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            group = file.create_group("layers/dense/vars")
            group.create_dataset("0", data=np.arange(64, dtype=np.float32).reshape(8, 8), **choices)
            group.attrs["name"] = "dense"
        found.append(buffer.getvalue())
    return found


def _checkpoints() -> list[bytes | dict[str, bytes]]:
    plans = state_dict(
        {"a": tensor("0", 6, shape=(2, 3), strides=(3, 1)), "b": tensor("1", 2, shape=(2,), strides=(1,))}
    )
    storages = {"0": np.arange(6, dtype="<f4"), "1": np.arange(2, dtype="<f4")}
    with zipfile.ZipFile(io.BytesIO(archive_file(plans, storages))) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return [legacy_file(plans, storages), parts]


def _models() -> list[bytes | dict[str, bytes]]:
    config = network(layer("Conv2D", {"filters": 4, "kernel_size": [3, 3]}), layer("Dense", {"units": 3}))
    hdf5 = _hdf5()[0]
    assert isinstance(hdf5, bytes)
    return [
        {
            "metadata.json": b'{"keras_version": "3.15.1"}',
            "config.json": json.dumps(config).encode(),
            "model.weights.h5": hdf5,
        }
    ]


def _read_model(data: bytes, bench: Bench) -> None:
    target = bench.folder / "new.keras"
    target.unlink(missing_ok=True)
    rewrite_archive(bench.file("input.keras", data), target)


def _arrays(**arrays: np.ndarray) -> dict[str, bytes]:
    return {f"{name}.npy": npy(array) for name, array in arrays.items()}


def _head() -> dict[str, bytes]:
    return _arrays(weights=np.ones((6, 2), np.float32), bias=np.zeros(2, np.float32), mean=np.zeros(6, np.float32))


def _run(bench: Bench) -> RunFiles:
    """A run of two classes, whose files are then replaced."""

    def made() -> RunFiles:
        shop = planted_catalog(bench.home, _LABELS)
        predicted = [(label, "mug") for label in _LABELS]
        return open_run(bench.home, planted_run(bench.home, shop, predicted, classes=("lamp", "mug")))

    return replace(bench.once("run", made))


def _read_of_run(data: bytes, bench: Bench, name: str, attribute: str) -> None:
    run = _run(bench)
    (run.folder / name).unlink(missing_ok=True)
    (run.folder / name).write_bytes(data)
    found = getattr(run, attribute)
    if isinstance(found, np.ndarray):
        np.array(found[:100])


def _rows() -> list[bytes | dict[str, bytes]]:
    count = len(_LABELS)
    frame = pd.DataFrame(
        {"product_id": [f"p{n}" for n in range(count)], "picture_hash": ["ab" * 32] * count, "label": _LABELS}
        | {"split": ["test"] * count, "predicted": ["mug"] * count, "probability": [0.5] * count}
        | {"label_probability": [0.5] * count, "label_rank": np.ones(count, np.int32)}
    )
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return [buffer.getvalue()]


def _run_parts() -> dict[str, bytes]:
    [rows] = _rows()
    assert isinstance(rows, bytes)
    manifest = {
        **{"run": "linear-20260101-000000-0001", "name": "A run", "catalog": "shop", "catalog_id": 1, "warnings": []},
        **{"catalog_version": 1, "recipe": "linear", "backbone": "efficientnet-lite0", "weights_hash": "ab"},
        **{"feature_dimensions": 6, "side_px": 224, "seconds": 1.5, "target": "category", "classes": ["lamp", "mug"]},
        **{
            "created": "2026-01-01T00:00:00+00:00",
            "metrics": {"test": {"accuracy": 0.5, "pictures": 4}},
            "settings": {},
        },
        **{"pictures": {"train": 0, "validation": 0, "test": 4}, "leaked": 0},
    }
    return {
        "manifest.json": json.dumps(manifest).encode(),
        "products.parquet": rows,
        "probabilities.npy": npy(np.full((4, 2), 0.5, np.float32)),
        "history.json": b"[]",
        "head.npz": zip_parts(_head()),
    }


def _hashed(parts: dict[str, bytes]) -> bytes:
    """Pack a run with hashes that are right, so that what was changed is what is read."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    return zip_parts(parts | {"hashes.json": json.dumps(hashes).encode()})


def _read_run(data: bytes, bench: Bench) -> None:
    home = bench.home
    bench.once("shop", lambda: planted_catalog(home, _LABELS))
    before = set(home.runs.glob("*")) if home.runs.is_dir() else set()
    try:
        import_run(home, bench.file("input.zip", data), catalog="shop", actor="tests")
    except (RunError, CatalogError, BackboneError):
        left = set(home.runs.glob("*")) - before
        assert not left, f"a refused run left {left}"
        assert not list(home.cache.glob("*run-*")), "a refused run left files in the cache"
        raise
    finally:
        for each in home.runs.glob("*"):
            shutil.rmtree(each)


@cache
def _backup() -> tuple[dict[str, bytes], dict[str, Any]]:
    """Make a small backup; gives its files by name, and what its list says beside them."""
    with TemporaryDirectory() as folder:
        home = open_home(Path(folder) / "home")
        small_catalog(home)
        make_backup(home, Path(folder) / "kept.zip", progress=SilentProgress())
        close_database(home)
        with zipfile.ZipFile(Path(folder) / "kept.zip") as packed:
            parts = {name: packed.read(name) for name in packed.namelist()}
    return parts, json.loads(parts.pop(LIST))


def _listed(parts: dict[str, bytes]) -> bytes:
    """Pack a backup with a list that is right, unless the list itself was changed."""
    files = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in parts.items()}
    return zip_parts({LIST: json.dumps(_backup()[1] | {"files": files}).encode()} | parts)


def _read_backup(data: bytes, bench: Bench) -> None:
    root = bench.folder / "restored"
    shutil.rmtree(root, ignore_errors=True)
    try:
        restore_backup(bench.file("input.zip", data), root, progress=SilentProgress())
    except BaseException:
        assert not root.exists(), "a refused backup left a home"
        raise
    finally:
        close_database(Home(root))


def _manifest_read(data: bytes, bench: Bench) -> None:
    run = _run(bench)
    (run.folder / MANIFEST).write_bytes(data)
    open_run(bench.home, run.run.run_id)


def _checkpoint_read(data: bytes, bench: Bench) -> None:
    read_checkpoint(bench.file("input.npz", data), belongs_to="x")


def _notes() -> np.ndarray:
    return np.frombuffer(json.dumps({"belongs_to": "x", "epoch": 1}).encode(), np.uint8)


def _vocabulary() -> list[bytes | dict[str, bytes]]:
    centers = np.ones((3, 2), np.float32)
    return [_arrays(mean=np.zeros(128, np.float32), components=np.eye(128, 2, dtype=np.float32), centers=centers)]


def _run_manifests() -> list[bytes | dict[str, bytes]]:
    return [_run_parts()["manifest.json"]]


_NPY = (b"\x93NUMPY", b"'descr': '|O'", b"'shape': (1000000000000,)", b"'<U9'", b"True", b"(), }")
_PICKLE = (b"cos\nsystem\n", b"(", b"tR", b"\x8c\x05posix\x93", b"Q", b"c__builtin__\neval\n", b"0" * 50, b"\x94")
_ZIP = (b"PK\1\2", b"PK\3\4", b"PK\5\6", b"\x08\0", b"\x0e\0", b"\x63\0")

PARSERS = (
    Parser(
        "HDF5 weights",
        _hdf5,
        lambda data, bench: check_weights_file(bench.file("input.h5", data)),
        (b"OHDR", b"TREE", b"SNOD", b"HEAP", b"\x89HDF"),
        share=2,
    ),
    Parser(
        "PyTorch checkpoints",
        _checkpoints,
        lambda data, bench: read_torch(bench.file("input.pth", data)),
        (*_PICKLE, *_ZIP),
        share=2,
    ),
    Parser("Keras models", _models, _read_model, (b'"Lambda"', b'"class_name"', b'"module"', *_ZIP)),
    Parser(
        "heads of runs (npz)",
        lambda: [_head()],
        lambda data, bench: _read_of_run(data, bench, "head.npz", "head"),
        (*_NPY, *_ZIP),
    ),
    Parser(
        "probabilities of runs (npy)",
        lambda: [npy(np.full((4, 2), 0.5, np.float32))],
        lambda data, bench: _read_of_run(data, bench, "probabilities.npy", "probabilities"),
        _NPY,
    ),
    Parser(
        "rows of runs (Parquet)",
        _rows,
        lambda data, bench: _read_of_run(data, bench, "products.parquet", "products"),
        (b"PAR1", b"pandas"),
    ),
    Parser(
        "curves of runs",
        lambda: [b'[{"epoch": 1, "train_loss": 0.5}]'],
        lambda data, bench: _read_of_run(data, bench, "history.json", "history"),
        share=0.5,
    ),
    Parser("manifests of runs", _run_manifests, _manifest_read, json_share=0.9),
    Parser("packed runs", lambda: [_run_parts()], _read_run, _ZIP, pack=_hashed, share=0.5),
    Parser("backups", lambda: [_backup()[0]], _read_backup, _ZIP, pack=_listed, share=0.3),
    Parser(
        "training checkpoints (npz)",
        lambda: [_arrays(notes=_notes(), weights=np.ones(3))],
        _checkpoint_read,
        (*_NPY, *_ZIP),
    ),
    Parser(
        "vocabularies (npz)",
        _vocabulary,
        lambda data, bench: read_vocabulary(bench.file("input.npz", data)),
        (*_NPY, *_ZIP),
    ),
    Parser(
        "embedding arrays (npy)",
        lambda: [npy(np.ones((3, 4), np.float32))],
        lambda data, bench: map_array(bench.file("m.npy", data), dtype=np.dtype(np.float32), row_shape=(4,)),
        _NPY,
    ),
)
