import errno

import numpy as np
import pytest

from core import files
from core.files import read_json, save_array_whole, whole_folder, write_json_whole, write_whole


def full_disk(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "status.json"
    write_json_whole(path, {"state": "running"})
    for step in ("fsync", "replace"):
        with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
            patch.setattr(files.os, step, full_disk)
            write_whole(path, b"half")
    assert read_json(path) == {"state": "running"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["status.json"]


def test_a_folder_appears_only_when_finished(tmp_path):
    target = tmp_path / "run"
    with pytest.raises(RuntimeError), whole_folder(target) as folder:
        (folder / "half").write_text("x")
        assert not target.exists()
        raise RuntimeError("killed")
    assert list(tmp_path.iterdir()) == []
    with whole_folder(target) as folder:
        (folder / "done").write_text("x")
    assert (target / "done").read_text() == "x"
    with pytest.raises(FileExistsError), whole_folder(target):
        pass


def test_arrays_and_json_refuse_what_cannot_be_read_safely(tmp_path):
    with pytest.raises(ValueError, match=r"[Oo]bject arrays"):
        save_array_whole(tmp_path / "a.npy", np.array([object()]))
    with pytest.raises(ValueError, match="Out of range"):
        write_json_whole(tmp_path / "a.json", float("nan"))
    assert list(tmp_path.iterdir()) == []


def test_names_of_any_allowed_length_can_be_written(tmp_path):
    path = tmp_path / ("n" * 250)
    write_whole(path, b"x")
    assert path.read_bytes() == b"x"
