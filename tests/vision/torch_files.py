"""Checkpoints written by hand, opcode by opcode, so that no PyTorch is needed to make good and bad ones."""

import io
import pickle
import struct
import zipfile

import numpy as np

PROTOCOL = b"\x80\x02"
ORDERED_DICT = b"ccollections\nOrderedDict\n)R"


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def numbers(values) -> bytes:
    return b"(" + b"".join(number(value) for value in values) + b"t"


def tensor(key, length, *, offset=0, shape, strides, storage="FloatStorage") -> bytes:
    """The call that PyTorch writes for a tensor: shape and strides count numbers."""
    storage_id = b"(" + text("storage") + f"ctorch\n{storage}\n".encode() + text(key) + text("cpu") + number(length)
    plan = b"(" + storage_id + b"NtQ" + number(offset) + numbers(shape) + numbers(strides)
    return b"ctorch._utils\n_rebuild_tensor_v2\n" + plan + b"\x89" + ORDERED_DICT + b"tR"


def state_dict(entries: dict[str, bytes]) -> bytes:
    items = b"".join(text(name) + value for name, value in entries.items())
    return PROTOCOL + ORDERED_DICT + b"(" + items + b"u."


def legacy_file(plans: bytes, storages: dict[str, np.ndarray]) -> bytes:
    """The layout before PyTorch 1.6: pickles in a row, then every storage with its length."""
    head = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    head += pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {}}, 2)
    tail = b"".join(struct.pack("<q", data.size) + data.tobytes() for data in storages.values())
    return head + plans + pickle.dumps(list(storages), 2) + tail


def archive_file(plans: bytes, storages: dict[str, np.ndarray]) -> bytes:
    """The layout since PyTorch 1.6."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("model/data.pkl", plans)
        for key, data in storages.items():
            archive.writestr(f"model/data/{key}", data.tobytes())
    return buffer.getvalue()
