"""Runs and maps that somebody else sent: damaged or absurd files give one error and are never run or believed."""

import json
import os
import pickle
import shutil
import sqlite3
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.catalog.catalogs import create_catalog
from core.errors import CatalogError, RunError
from core.evaluation.report import evaluate_run
from core.explore.catalog_maps import latest_map
from core.home import open_home
from core.models import run_files
from core.models.predict import predict_features
from core.models.runs import list_runs, open_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog

LABELS = ["mug"] * 20 + ["lamp"] * 20


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = open_home(tmp_path_factory.mktemp("trained") / "home")
    shop = planted_catalog(home, LABELS)
    settings = {"epochs": 2, "batch_size": 32}
    result = train_run(home, shop, recipe="linear", settings=settings, actor="tests", progress=SilentProgress())
    return home, result["run"]


@pytest.fixture
def home(tmp_path, trained):
    """A copy of that home for every test, whose files may be damaged."""
    shutil.copytree(trained[0].root, tmp_path / "home")
    return open_home(tmp_path / "home")


@pytest.fixture
def run(home, trained):
    return open_run(home, trained[1])


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("text", ['{"a', "[1]", "3", "[" * 200_000, '{"classes": 3}', '{"settings": []}', ""])
def test_a_damaged_manifest_counts_as_gone(home, run, text):
    (run.folder / "manifest.json").write_text(text)
    [listed] = list_runs(home)
    assert listed.state == "files missing"
    with pytest.raises(RunError, match="are gone or damaged"):
        open_run(home, run.run.run_id)


def test_a_manifest_that_lacks_what_judging_needs_is_refused(home, run):
    manifest = {name: value for name, value in run.manifest.items() if name != "weights_hash"}
    (run.folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RunError, match="are gone or damaged"):
        open_run(home, run.run.run_id)


def test_a_run_cannot_lie_outside_the_home(home, run):
    (home.root / "outside").mkdir()
    (home.root / "outside" / "manifest.json").write_text(json.dumps(run.manifest))
    with sqlite3.connect(home.root / "shelflens.db") as connection:
        connection.execute("UPDATE runs SET run_id = '../outside'")
    with pytest.raises(RunError, match="are gone or damaged"):
        open_run(home, "../outside")


def test_arrays_that_hold_pickles_are_not_unpacked(home, run, tmp_path):
    np.savez(run.folder / "head.npz", weights=np.array([Trap(tmp_path / "sprung")], dtype=object))
    np.save(run.folder / "probabilities.npy", np.array([Trap(tmp_path / "sprung")], dtype=object))
    opened = open_run(home, run.run.run_id)
    with pytest.raises(RunError, match=r"head\.npz is damaged"):
        _ = opened.head
    (run.folder / "head.npz").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(RunError, match=r"head\.npz is damaged"):
        _ = opened.head
    with pytest.raises(RunError, match=r"probabilities\.npy is damaged"):
        _ = opened.probabilities
    assert not (tmp_path / "sprung").exists()


def head_of(run, change):
    np.savez(run.folder / "head.npz", **{name: change(array) for name, array in run.head.items()})


@pytest.mark.parametrize(
    "change",
    [
        lambda array: np.full_like(array, np.nan) if array.dtype.kind == "f" else array,
        lambda array: np.zeros((3, 3), np.float32),
        lambda array: np.array(["x"]),
        lambda array: np.float32(1),
    ],
    ids=["nan", "shape", "text", "scalar"],
)
def test_a_head_of_other_arrays_is_one_error(home, run, change):
    head_of(run, change)
    with pytest.raises(RunError, match=r"head\.npz is damaged"):
        predict_features(open_run(home, run.run.run_id), np.zeros((2, 1280), np.float32))


def test_an_archive_that_unpacks_to_more_than_the_memory_is_not_unpacked(home, run, monkeypatch):
    monkeypatch.setattr(run_files, "MOST_BYTES", 2**24)
    head = run.folder / "head.npz"
    with zipfile.ZipFile(head, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("weights.npy", "w") as file:
        for _ in range(17):
            file.write(bytes(2**20))
    with pytest.raises(RunError, match="unpacks to 17,825,792 bytes"):
        _ = open_run(home, run.run.run_id).head


def test_an_array_that_claims_more_than_it_holds_is_one_error(home, run):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }"
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with zipfile.ZipFile(run.folder / "head.npz", "w") as archive:
        archive.writestr("weights.npy", data)
    with pytest.raises(RunError, match=r"head\.npz is damaged"):
        _ = open_run(home, run.run.run_id).head


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[["label"]],
        lambda rows: rows.assign(label="neither"),
        lambda rows: rows.assign(probability=np.nan),
        lambda rows: rows.assign(label_rank="first"),
    ],
    ids=["columns", "label", "nan", "type"],
)
def test_rows_of_other_columns_or_values_are_one_error(home, run, change):
    change(run.products).to_parquet(run.folder / "products.parquet")
    with pytest.raises(RunError, match=r"products\.parquet is damaged"):
        evaluate_run(home, run.run.run_id)


def test_a_small_table_of_very_many_rows_is_not_read(home, run, monkeypatch):
    monkeypatch.setattr(run_files, "_MOST_CELLS", 1_000_000)
    few = pa.DictionaryArray.from_arrays(pa.array(np.zeros(150_000, np.int8)), ["x"])
    pq.write_table(pa.table({f"c{number}": few for number in range(8)}), run.folder / "products.parquet")
    with pytest.raises(RunError, match="1,200,000 cells"):
        _ = open_run(home, run.run.run_id).products


@pytest.mark.parametrize("name", ["products.parquet", "probabilities.npy", "history.json", "head.npz"])
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PAR1PAR1", b"\x93NUMPY\x01\x00"])
def test_torn_files_are_one_error(home, run, name, data):
    (run.folder / name).write_bytes(data)
    opened = open_run(home, run.run.run_id)
    with pytest.raises(RunError, match=f"{name} is damaged"):
        _ = (opened.products, opened.probabilities, opened.history, opened.head)


@pytest.mark.parametrize("name", ["products.parquet", "head.npz"])
def test_a_pipe_in_place_of_a_file_is_never_waited_for(home, run, name):
    (run.folder / name).unlink()
    os.mkfifo(run.folder / name)
    opened = open_run(home, run.run.run_id)
    with pytest.raises(RunError, match=f"has lost its file {name}"):
        _ = (opened.products, opened.head)


MANIFEST = {
    **{"method": "pca", "settings": {}, "seed": 0, "backbone": "b", "embedding_version": "v", "catalog_version": 1},
    **{"points": 2, "seconds": 1.0, "trustworthiness": None, "measured_products": 0, "asked": "2026"},
}


def map_of(home, catalog, *, manifest, frame):
    folder = home.maps / str(catalog.catalog_id) / "pca-0"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    frame.to_parquet(folder / "map.parquet", index=False)


@pytest.mark.parametrize("change", [{"points": "2"}, {"asked": 3}, {"trustworthiness": []}, {"points": 3}])
def test_a_map_whose_manifest_is_wrong_counts_as_missing(home, change):
    shop = create_catalog(home, "mapped", actor="tests")
    frame = pd.DataFrame({"product_id": ["a", "b"], "x": [0.0, 1.0], "y": [0.0, 1.0]})
    map_of(home, shop, manifest=MANIFEST | change, frame=frame)
    assert latest_map(home, shop, "pca") is None


def test_a_map_with_points_nowhere_is_one_error(home):
    shop = create_catalog(home, "mapped", actor="tests")
    frame = pd.DataFrame({"product_id": ["a", "b"], "x": [0.0, np.nan], "y": [0.0, 1.0]})
    map_of(home, shop, manifest=MANIFEST, frame=frame)
    with pytest.raises(CatalogError, match=r"map\.parquet is damaged"):
        latest_map(home, shop, "pca")
