"""Runs packed by somebody else: taken only when every file is one of a run, whole, and of the right kind."""

import hashlib
import io
import json
import os
import pickle
import zipfile

import numpy as np
import pytest

from core.errors import CatalogError, RunError
from core.evaluation.report import evaluate_run
from core.evaluation.run_archive import export_run, import_run
from core.home import open_home
from core.models.runs import list_runs, open_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog

LABELS = ["mug"] * 20 + ["lamp"] * 20


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packed")
    home = open_home(folder / "home")
    shop = planted_catalog(home, LABELS)
    settings = {"epochs": 2, "batch_size": 32}
    run = train_run(home, shop, recipe="linear", settings=settings, actor="t", progress=SilentProgress())["run"]
    export_run(home, run, folder / "run.zip")
    return home, run, folder / "run.zip"


@pytest.fixture
def elsewhere(tmp_path):
    home = open_home(tmp_path / "elsewhere")
    planted_catalog(home, LABELS, name="ours")
    return home


def changed(packed, target, change, *, hashes=True):
    """Pack the run again with changed parts, the hashes made to fit."""
    with zipfile.ZipFile(packed[2]) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "hashes.json"}
    change(parts)
    with zipfile.ZipFile(target, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
        found = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
        if hashes:
            made.writestr("hashes.json", json.dumps(found))
    return target


def manifest_with(**values):
    def change(parts):
        parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), **values})
        parts["manifest.json"] = parts["manifest.json"].encode()

    return change


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_run_comes_whole_to_another_home(packed, elsewhere):
    home, run, path = packed
    found = import_run(elsewhere, path, catalog="ours", actor="t")
    assert found == {"run": run, "was": run, "catalog": "ours", "recipe": "linear"}
    ours, theirs = evaluate_run(elsewhere, run), evaluate_run(home, run)
    assert (ours.accuracy, ours.pictures) == (theirs.accuracy, theirs.pictures)
    assert any(each.startswith("brought in from elsewhere") for each in ours.warnings)
    assert (elsewhere.runs / run / "model_card.md").is_file()
    again = import_run(elsewhere, path, catalog="ours", actor="t")
    assert again["run"] != run and again["was"] == run and len(list_runs(elsewhere)) == 2


def test_it_belongs_to_a_catalog(packed, elsewhere):
    with pytest.raises(CatalogError, match="name the catalog the run belongs to with --catalog NAME"):
        import_run(elsewhere, packed[2], actor="t")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda parts: parts.update({"../evil.txt": b"x"}), r"holds '../evil.txt', which is no part of a run"),
        (lambda parts: parts.update({"network/model.keras": b"x"}), "holds 'network/model.keras'"),
        (lambda parts: parts.pop("head.npz"), r"it holds no head\.npz"),
        (lambda parts: parts.update({"manifest.json": b"[1]"}), "is no run this version can read"),
        (manifest_with(run="../../etc"), "its id is"),
        (manifest_with(recipe="magic"), "there is no recipe 'magic'"),
        (manifest_with(seconds="soon"), "is no number"),
        (manifest_with(name="a\nb"), "printable"),
        (manifest_with(backbone="none-such"), "needs a backbone that is not here"),
        (manifest_with(classes=["mug"]), "names a class that the run does not have"),
        (lambda parts: parts.update({"products.parquet": b"no table"}), r"products\.parquet is damaged"),
        (lambda parts: parts.update({"network/model.xml": b"<net/>"}), "has lost part of its network"),
    ],
)
def test_anything_else_is_one_error_and_leaves_nothing(packed, elsewhere, tmp_path, change, message):
    path = changed(packed, tmp_path / "evil.zip", change)
    with pytest.raises(RunError, match=message):
        import_run(elsewhere, path, catalog="ours", actor="t")
    assert list_runs(elsewhere) == [] and not list(elsewhere.runs.glob("*")) and not list(elsewhere.cache.glob("run-*"))


def test_damage_is_told_by_the_hashes(packed, elsewhere, tmp_path):
    path = changed(
        packed, tmp_path / "run.zip", lambda parts: parts.update({"hashes.json": b'{"head.npz": "0"}'}), hashes=False
    )
    with pytest.raises(RunError, match="is not the file that was packed"):
        import_run(elsewhere, path, catalog="ours", actor="t")
    whole = packed[2].read_bytes()
    for length in (0, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        with pytest.raises(RunError):
            import_run(elsewhere, tmp_path / "cut.zip", catalog="ours", actor="t")


def test_pickles_in_arrays_are_never_read(packed, elsewhere, tmp_path):
    trap = io.BytesIO()
    np.save(trap, np.array([Trap(tmp_path / "sprung")], dtype=object))
    for part, data in (("probabilities.npy", trap.getvalue()), ("head.npz", pickle.dumps(Trap(tmp_path / "sprung")))):
        path = changed(packed, tmp_path / "evil.zip", lambda parts, part=part, data=data: parts.update({part: data}))
        with pytest.raises(RunError, match="is not brought in"):
            import_run(elsewhere, path, catalog="ours", actor="t")
    assert not (tmp_path / "sprung").exists()


def test_an_archive_that_is_there_is_never_overwritten(packed, tmp_path):
    home, run, path = packed
    with pytest.raises(RunError, match="exists already"):
        export_run(home, run, path)
    with pytest.raises(RunError, match=r"does not end in \.zip"):
        export_run(home, run, tmp_path / "run.tar")
    assert open_run(home, run).run.run_id == run
