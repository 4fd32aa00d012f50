import numpy as np
import pytest

from core.errors import BackboneError
from core.vision.lite_networks import LITE0, verified_checkpoint
from core.vision.torch_checkpoint import read_checkpoint
from tests.vision.torch_files import PROTOCOL, archive_file, legacy_file, state_dict, tensor, text

SIX = np.arange(6, dtype="<f4")


@pytest.mark.parametrize("layout", [legacy_file, archive_file])
def test_reads_tensors_with_strides_and_offsets_of_their_own(tmp_path, layout):
    plans = state_dict(
        {
            "plain": tensor("a", 6, shape=(2, 3), strides=(3, 1)),
            # Columns first: element (i, j) is number i + 2 j.
            "turned": tensor("a", 6, shape=(2, 3), strides=(1, 2)),
            "tail": tensor("a", 6, offset=4, shape=(2,), strides=(1,)),
            "scalar": tensor("b", 1, shape=(), strides=(), storage="LongStorage"),
        }
    )
    path = tmp_path / "model.pth"
    path.write_bytes(layout(plans, {"a": SIX, "b": np.array([7], dtype="<i8")}))

    found = read_checkpoint(path)

    assert list(found) == ["plain", "turned", "tail", "scalar"]
    assert found["plain"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["turned"].tolist() == [[0, 2, 4], [1, 3, 5]]
    assert found["tail"].tolist() == [4, 5]
    assert found["scalar"].tolist() == 7
    assert all(array.flags.c_contiguous for array in found.values())


@pytest.mark.parametrize("layout", [legacy_file, archive_file])
@pytest.mark.parametrize(
    ("module", "name"), [("os", "system"), ("builtins", "eval"), ("torch", "load"), ("torch.serialization", "_load")]
)
def test_refuses_any_other_name_and_runs_nothing(tmp_path, layout, module, name):
    proof = tmp_path / "ran"
    call = f"c{module}\n{name}\n".encode() + b"(" + text(f"touch {proof}") + b"tR"
    path = tmp_path / "evil.pth"
    path.write_bytes(layout(PROTOCOL + call + b".", {}))

    with pytest.raises(BackboneError, match=rf"asks for '{module}.{name}'.*could run code"):
        read_checkpoint(path)
    assert not proof.exists()


def test_refuses_a_name_in_the_header(tmp_path):
    proof = tmp_path / "ran"
    path = tmp_path / "evil.pth"
    path.write_bytes(PROTOCOL + b"cos\nsystem\n(" + text(f"touch {proof}") + b"tR.")

    with pytest.raises(BackboneError, match=r"header asks for 'os\.system'"):
        read_checkpoint(path)
    assert not proof.exists()


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        # Number 6 would be the seventh of six.
        (tensor("a", 6, offset=1, shape=(6,), strides=(1,)), "does not fit its storage of 6 numbers"),
        # A stride of 0 repeats one number without end.
        (tensor("a", 6, shape=(10**6, 10**6), strides=(0, 0)), "does not fit its storage of 6 numbers"),
        (tensor("a", 6, shape=(2, 3), strides=(1,)), "2 dimensions but 1 strides"),
        (tensor("a", 6, offset=-1, shape=(1,), strides=(1,)), "gives -1 where a count is expected"),
        (tensor("a", 2**31 - 1, shape=(1,), strides=(1,)), "more than the file can hold"),
        (text("a word"), "'weights' in the checkpoint is a str: a tensor is expected"),
    ],
)
def test_refuses_tensors_that_leave_their_storage(tmp_path, plan, message):
    path = tmp_path / "model.pth"
    path.write_bytes(legacy_file(state_dict({"weights": plan}), {"a": SIX}))
    with pytest.raises(BackboneError, match=message):
        read_checkpoint(path)


@pytest.mark.parametrize("kept_bytes", [0, 5, 40, -4])
def test_refuses_a_file_that_is_cut_short(tmp_path, kept_bytes):
    whole = legacy_file(state_dict({"w": tensor("a", 6, shape=(6,), strides=(1,))}), {"a": SIX})
    path = tmp_path / "model.pth"
    path.write_bytes(whole[:kept_bytes])
    with pytest.raises(BackboneError, match=r"damaged|cut short"):
        read_checkpoint(path)


def test_names_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BackboneError, match=r"cannot read the checkpoint .*none\.pth"):
        read_checkpoint(tmp_path / "none.pth")


def test_reads_the_published_file():
    found = read_checkpoint(verified_checkpoint(LITE0))
    # 49 convolutions and normalisations: stem, 15 widening, 16 filters, 16 narrowing, head; five tensors a
    # normalisation, one a convolution, two for the classifier.
    assert len(found) == 49 * 6 + 2
    assert found["_conv_stem.weight"].shape == (32, 3, 3, 3)
    assert found["_fc.weight"].shape == (1000, 1280)
    assert all(np.isfinite(array).all() for array in found.values())
