"""Models, arrays and runs that hold a program: whatever is done with them, it never runs.

Each would make a folder. Every way in is tried with every kind of file, by whatever name it comes.
"""

import io
import json
import marshal
import os
import pickle
import sys
import types
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from core.backup.file_checks import file_problem
from core.catalog.open_source import open_source
from core.errors import ShelfLensError
from core.evaluation.run_archive import import_run
from core.files import load_array, load_arrays
from core.home import open_home
from core.models.checkpoints import read_checkpoint
from core.models.keras_archive import rewrite_archive
from core.vision.bovw import read_vocabulary
from core.vision.hdf5_weights import check_weights_file
from core.vision.torch_checkpoint import read_checkpoint as read_torch
from tests.hostile.fuzz_models import npy
from tests.hostile.fuzzing import zip_parts
from tests.hostile.test_keras_files import layer, network
from tests.vision.torch_files import ORDERED_DICT, PROTOCOL, archive_file, legacy_file, text

REGISTERED = "shelflens_tests>Trap"


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def pickled(sprung, protocol=2):
    return pickle.dumps(Trap(sprung), protocol)


def by_hand(sprung, call):
    """A pickle whose call is spelled in an unusual way: each opcode that can name or call something."""
    path, module, name = text(str(sprung)), text("posix"), text("mkdir")
    ways = {
        "global": b"cposix\nmkdir\n(" + path + b"tR.",
        "stacked global": module + name + b"\x93(" + path + b"tR.",
        "instance": b"(" + path + b"iposix\nmkdir\n.",
        "object": b"(cposix\nmkdir\n" + path + b"o.",
        "new object": b"cposix\nmkdir\n(" + path + b"t\x81.",
        "getattr": b"c__builtin__\ngetattr\n(cposix\n__dict__\nX\x05\0\0\0mkdirtR(" + path + b"tR.",
        "build": ORDERED_DICT + b"}X\x0c\0\0\0__setstate__cposix\nmkdir\nsb" + path + b"b.",
        "extension registry": b"\x82\x01.",
        "after a good one": ORDERED_DICT + b"0cposix\nmkdir\n(" + path + b"tR.",
    }
    return PROTOCOL + ways[call]


CALLS = ("global", "stacked global", "instance", "object", "new object", "getattr", "build", "after a good one")


def object_array(sprung):
    buffer = io.BytesIO()
    np.save(buffer, np.array([Trap(sprung)], dtype=object))
    return buffer.getvalue()


def lambda_layer(sprung):
    """A Lambda layer as Keras 3 writes it: marshalled code that would make the folder."""
    code = compile(f"__import__('os').mkdir({str(sprung)!r})", "<lambda>", "eval")
    function = types.FunctionType(code, {})
    packed = io.BytesIO(marshal.dumps(function.__code__)).getvalue()
    value = {"code": packed.hex(), "defaults": None, "closure": None}
    return layer("Lambda", {"function": {"class_name": "__lambda__", "config": value}})


def keras_file(*layers, parts=None):
    config = json.dumps(network(*layers)).encode()
    return zip_parts(
        {"metadata.json": b"{}", "config.json": config, "model.weights.h5": b"\x89HDF\r\n\x1a\n"} | (parts or {})
    )


def files(sprung):
    """Files that hold a program, by what they are."""
    joblib = zlib.compress(pickled(sprung, 3))
    made = {
        "a pickle": pickled(sprung),
        "a pickle of protocol 0": pickled(sprung, 0),
        "a pickle of protocol 5": pickled(sprung, 5),
        "a compressed joblib file": joblib,
        "an array of objects": object_array(sprung),
        "arrays of objects": zip_parts({"weights.npy": object_array(sprung)}),
        "arrays beside a pickle": zip_parts({"weights.npy": npy(np.ones(2)), "bias.npy": pickled(sprung)}),
        "an archive of a pickle": zip_parts({"x/data.pkl": pickled(sprung), "x/data/0": b"0000"}),
        "a model with a Lambda layer": keras_file(lambda_layer(sprung)),
        "a model with a registered layer": keras_file(layer("Trap", {"path": str(sprung)}, registered=REGISTERED)),
        "a model with a layer of a module": keras_file(
            layer("Popen", {"args": ["mkdir", str(sprung)]}, module="subprocess")
        ),
        "a model with a pickle in it": keras_file(layer("Dense", {"units": 2}), parts={"custom.pkl": pickled(sprung)}),
    }
    for call in CALLS:
        made[f"a checkpoint, {call}"] = legacy_file(by_hand(sprung, call), {})
        made[f"a packed checkpoint, {call}"] = archive_file(by_hand(sprung, call), {})
    return made


def ways_in(home, folder):
    """Everything that opens a file from elsewhere, by what it is."""
    made = folder / "made.keras"
    return {
        "weights of PyTorch": read_torch,
        "weights of Keras": check_weights_file,
        "a model": lambda path: rewrite_archive(path, made),
        "a vocabulary": read_vocabulary,
        "an array": lambda path: load_array(path),
        "arrays": lambda path: load_arrays(path),
        "a checkpoint": lambda path: read_checkpoint(path, belongs_to="x"),
        "a run": lambda path: import_run(home, path, actor="tests"),
        "a source": lambda path: list(open_source(home, str(path)).records()),
        "a check of the home": lambda path: file_problem(f"runs/{path.name}", path),
    }


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    return open_home(tmp_path_factory.mktemp("elsewhere") / "home")


@pytest.mark.parametrize("suffix", [".pth", ".npz", ".keras", ".zip", ".csv"])
def test_no_program_in_a_file_runs_by_whatever_way_and_name_it_comes(elsewhere, tmp_path, suffix):
    sprung = tmp_path / "sprung"
    found = files(sprung)
    assert len(found) >= 28
    for what, data in found.items():
        path = tmp_path / f"file{suffix}"
        path.write_bytes(data)
        for way, read in ways_in(elsewhere, tmp_path).items():
            (tmp_path / "made.keras").unlink(missing_ok=True)
            with suppress(ShelfLensError, ValueError, OSError):  # readers of arrays leave wording to their callers
                read(path)
            assert not sprung.exists(), f"{what} ran when it was opened as {way}"


def test_the_files_would_run_where_a_library_trusts_them(tmp_path):
    """The traps are real: unpickled the ordinary way each makes its folder."""
    for number, call in enumerate(CALLS[:4]):
        sprung = tmp_path / str(number)
        pickle.loads(by_hand(sprung, call))
        assert sprung.is_dir(), call
    np.load(io.BytesIO(object_array(tmp_path / "array")), allow_pickle=True)
    assert (tmp_path / "array").is_dir()


def test_a_registered_layer_of_this_process_is_not_looked_up(tmp_path, monkeypatch):
    """A name that some package registered with Keras means nothing to us, whatever it would make."""
    sprung = tmp_path / "sprung"
    monkeypatch.setitem(sys.modules, "shelflens_tests", types.SimpleNamespace(Trap=lambda **_: sprung.mkdir()))
    path = tmp_path / "m.keras"
    path.write_bytes(keras_file(layer("Trap", module="shelflens_tests", registered=REGISTERED)))
    with pytest.raises(ShelfLensError, match="'Trap' of 'shelflens_tests'"):
        rewrite_archive(path, tmp_path / "new.keras")
    assert not sprung.exists()


@pytest.mark.parametrize(
    "name",
    ["../config.json", "config.json\0.txt", "CONFIG.JSON", "./config.json", "/config.json", "a\\..\\config.json"],
)
def test_a_second_description_by_a_crooked_name_is_never_taken(tmp_path, name):
    """Python and Keras may read names in other ways than whoever checks: only the three plain names are taken."""
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("config.json", json.dumps(network(layer("Dense", {"units": 2}))))
        made.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n")
        made.writestr(name.replace("\0", "?"), json.dumps(network(lambda_layer(tmp_path / "sprung"))))
    if "\0" in name:
        path.write_bytes(path.read_bytes().replace(b"config.json?.txt", b"config.json\0.txt"))
    with pytest.raises(ShelfLensError):
        rewrite_archive(path, tmp_path / "new.keras")
    assert not (tmp_path / "new.keras").exists()


def test_nothing_in_the_product_unpickles_but_the_reader_that_refuses_names():
    """`pickle` stands in one module; NumPy is asked in one more, and for the program that ranks without ShelfLens."""
    root = Path(__file__).parents[2] / "core"
    texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    importing = [name for name, words in texts.items() if "import pickle" in words or "joblib" in words.split()]
    assert importing == ["vision/torch_checkpoint.py"]
    loading = sorted(name for name, words in texts.items() if "np.load(" in words)
    assert loading == ["files.py", "recommend/reference_program.py"]
    assert not any("allow_pickle=True" in words for words in texts.values())  # and False is what NumPy does unasked
