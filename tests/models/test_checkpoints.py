import numpy as np
import pytest

from core.models.checkpoints import Checkpoint, fingerprint, read_checkpoint, write_checkpoint

KEPT = Checkpoint(
    {"epoch": 3, "best_loss": float("inf"), "history": [{"epoch": 1}]},
    {"best.1": np.ones(2, np.float32), "best.0": np.zeros((0, 3)), "state.0": np.arange(4)},
)


def test_what_was_written_is_read_back_in_its_order(tmp_path):
    write_checkpoint(tmp_path / "kept.npz", KEPT, belongs_to="a")
    found = read_checkpoint(tmp_path / "kept.npz", belongs_to="a")
    assert found.notes == KEPT.notes
    assert list(found.group("best")) == ["1", "0"]
    np.testing.assert_array_equal(found.group("best")["1"], np.ones(2, np.float32))
    assert list(found.group("state")) == ["0"]


def test_another_training_finds_nothing_and_takes_nothing_away(tmp_path):
    write_checkpoint(tmp_path / "kept.npz", KEPT, belongs_to="a")
    assert read_checkpoint(tmp_path / "kept.npz", belongs_to="b") is None
    assert read_checkpoint(tmp_path / "kept.npz", belongs_to="a") is not None
    assert read_checkpoint(tmp_path / "none.npz", belongs_to="a") is None


@pytest.mark.parametrize("keep", [0, 10, 200])
def test_a_damaged_checkpoint_is_none_and_the_log_says_so(tmp_path, caplog, keep):
    path = tmp_path / "kept.npz"
    write_checkpoint(path, KEPT, belongs_to="a")
    path.write_bytes(path.read_bytes()[:keep])
    assert read_checkpoint(path, belongs_to="a") is None
    assert "kept.npz is damaged" in caplog.text


def test_an_archive_of_something_else_is_no_checkpoint(tmp_path, caplog):
    np.savez(tmp_path / "kept.npz", weights=np.ones(3))
    assert read_checkpoint(tmp_path / "kept.npz", belongs_to="a") is None
    assert "damaged" in caplog.text


def test_a_fingerprint_tells_parts_apart():
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint(b"x") == fingerprint(b"x") != fingerprint("x")
