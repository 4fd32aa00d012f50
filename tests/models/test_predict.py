import subprocess
import sys

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.folder_source import FolderSource
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.catalog.pictures import read_picture
from core.errors import RunError
from core.evaluation.report import evaluate_run
from core.files import read_json, write_json_whole
from core.models.estimate import estimate_training
from core.models.predict import predict_pictures
from core.models.runs import open_run
from core.models.train import train_run
from core.progress import SilentProgress


def test_from_picture_files_to_names_with_probabilities(home, color_folder):
    source, options = FolderSource(color_folder), ImportOptions()
    quiet = SilentProgress()
    import_source(home, source, catalog_name="colors", actor="tests", options=options, progress=quiet)
    result = train_run(home, find_catalog(home, "colors"), recipe="linear", actor="tests", progress=quiet)
    # 36 pictures in one class a color: nothing is easier to tell apart.
    assert result["metrics"]["test"]["accuracy"] == 1.0
    assert evaluate_run(home, result["run"]).pictures == result["metrics"]["test"]["pictures"]
    names = ["red/red-00.png", "blue/blue-05.png"]
    pictures = [read_picture(color_folder / name) for name in names]
    predicted = predict_pictures(home, result["run"], pictures, top=2)
    assert [classes[0][0] for classes in predicted] == ["red", "blue"]
    assert all(len(classes) == 2 and classes[0][1] >= classes[1][1] for classes in predicted)
    kept = open_run(home, result["run"]).products.set_index("product_id").loc[names, "probability"]
    # The same pictures through the same network: only the half precision of kept features differs.
    assert [classes[0][1] for classes in predicted] == pytest.approx(kept.tolist(), abs=5e-3)
    assert predict_pictures(home, result["run"], []) == []

    manifest_path = home.runs / result["run"] / "manifest.json"
    write_json_whole(manifest_path, {**read_json(manifest_path), "weights_hash": "0" * 64})
    with pytest.raises(
        RunError, match=r"was trained with weights 000000000000 of 'efficientnet-lite0', but 579344248a93"
    ):
        predict_pictures(home, result["run"], pictures)


def test_what_pages_import_brings_no_heavy_library():
    modules = "core.models.predict, core.models.runs, core.models.estimate, core.models.recipes, core.evaluation.report"
    heavy = "{'tensorflow', 'keras', 'sklearn', 'scipy', 'umap', 'openvino', 'streamlit', 'xgboost'}"
    script = f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("recipe", ["head", "one-vs-all", "second-stage"])
def test_every_recipe_on_features_goes_from_picture_files_to_names(home, color_folder, recipe):
    source, quiet = FolderSource(color_folder), SilentProgress()
    import_source(home, source, catalog_name="colors", actor="tests", options=ImportOptions(), progress=quiet)
    catalog = find_catalog(home, "colors")
    result = train_run(home, catalog, recipe=recipe, settings={"batch_size": 8}, actor="tests", progress=quiet)
    # 36 pictures in one class a color: nothing is easier to tell apart.
    assert result["metrics"]["test"]["accuracy"] == 1.0
    names = ["red/red-00.png", "blue/blue-05.png"]
    pictures = [read_picture(color_folder / name) for name in names]
    predicted = predict_pictures(home, result["run"], pictures, top=2)
    assert [classes[0][0] for classes in predicted] == ["red", "blue"]
    kept = open_run(home, result["run"])
    chances = kept.products.set_index("product_id").loc[names, "probability"]
    assert [classes[0][1] for classes in predicted] == pytest.approx(chances.tolist(), abs=1e-3)
    estimate = estimate_training(home, catalog, recipe, "efficientnet-lite0")
    # The same data and, but for the batch, the same settings: it rests on the run and says so.
    assert f"scaled from run {result['run']}" in estimate.basis
    assert estimate.seconds is not None and estimate.memory_mib > 600
