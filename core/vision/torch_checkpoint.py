"""Read tensors from a PyTorch checkpoint without PyTorch and without running anything the file asks for.

A checkpoint is a pickle, and a pickle may call any function. Only the three names that a plain dictionary of
tensors needs are understood here; every other name is refused before it is looked up. Both layouts in use are
read: the plain file (a row of pickles, then the numbers) and, since PyTorch 1.6, a ZIP archive.
"""

from __future__ import annotations

import io
import lzma
import math
import pickle
import pickletools
import struct
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from core.errors import BackboneError

MAX_CHECKPOINT_BYTES = 2 << 30
MAX_DIMENSIONS = 8
_MAX_PICKLE_BYTES = 16 << 20
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001
_STORAGE_DTYPES = {
    "HalfStorage": "<f2",
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "ShortStorage": "<i2",
    "IntStorage": "<i4",
    "LongStorage": "<i8",
    "BoolStorage": "?",
}


# What the pickle can get hold of is tuples without a dictionary: a pickle may set attributes on anything else.
class _StorageType(NamedTuple):
    """Stands in for `torch.FloatStorage` and its sisters; it cannot be called."""

    dtype: str


class _Storage(NamedTuple):
    """A run of numbers of one type, found in the file under `key`."""

    key: str
    dtype: np.dtype
    numbers: int


class _TensorPlan(NamedTuple):
    """Where in a storage the numbers of a tensor are; counts are in numbers, not bytes."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _PlanTensor:
    """Stands in for `torch._utils._rebuild_tensor_v2`: notes the layout, touches no memory."""

    __slots__ = ()

    def __call__(self, storage: object, offset: object, shape: object, strides: object, *_rest: object) -> _TensorPlan:
        if not isinstance(storage, _Storage):
            raise BackboneError("the checkpoint describes a tensor without a storage; download the file again")
        return _TensorPlan(storage, _count(offset), _counts(shape), _counts(strides))


def _count(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= MAX_CHECKPOINT_BYTES:
        raise BackboneError(f"the checkpoint gives {_named(value)} where a count is expected; download the file again")
    return value


def _counts(values: object) -> tuple[int, ...]:
    if not isinstance(values, tuple) or len(values) > MAX_DIMENSIONS:
        raise BackboneError(
            f"the checkpoint gives {_named(values)} where at most {MAX_DIMENSIONS} counts are expected; "
            "download the file again"
        )
    return tuple(_count(value) for value in values)


def _named(value: object) -> str:
    """Name a value without writing it out: a small pickle can nest one inside itself until its text fills memory."""
    return str(value) if isinstance(value, int) and abs(value) < 2**64 else f"a {type(value).__name__}"


def _check_memo(file: IO[bytes]) -> None:
    """Look a pickle over before it is read: room is set aside for as many values as the highest place it names.

    Raises:
        BackboneError: It names places far beyond those that it fills.
    """
    start, filled = file.tell(), 0
    for opcode, place, position in pickletools.genops(file):
        if (position or 0) - start > _MAX_PICKLE_BYTES:
            raise BackboneError("the checkpoint describes far more than a network has; download the file again")
        if opcode.name == "MEMOIZE" or opcode.name.endswith("PUT"):
            filled += 1
            if place is not None and place > 1024 + 2 * filled:
                raise BackboneError("the checkpoint keeps values at places far apart; download the file again")
    file.seek(start)


class _TensorUnpickler(pickle.Unpickler):
    """An unpickler that knows dictionaries, tensors and storages, and refuses any other name."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module_name, global_name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _PlanTensor()
        if module_name == "torch" and global_name in _STORAGE_DTYPES:
            return _StorageType(_STORAGE_DTYPES[global_name])
        raise BackboneError(
            f"the checkpoint asks for '{module_name}.{global_name}': only plain tensors are read, because any other "
            "name could run code; use a file that holds nothing but a state dictionary"
        )

    def persistent_load(self, pid: Any) -> _Storage:
        match pid:
            case ("storage", _StorageType(dtype=dtype), str(key), str(), int(numbers), *_):
                storage = _Storage(key, np.dtype(dtype), _count(numbers))
                if numbers * storage.dtype.itemsize > MAX_CHECKPOINT_BYTES:
                    raise BackboneError(f"storage {key} claims {numbers} numbers: more than the file can hold")
                return storage
        raise BackboneError("the checkpoint refers to something that is not a storage: download the file again")


class _PlainUnpickler(pickle.Unpickler):
    """Numbers, texts, lists and dictionaries only, for the small headers around the tensors."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        raise BackboneError(f"the checkpoint's header asks for '{module_name}.{global_name}': headers are plain data")


def read_checkpoint(path: Path) -> dict[str, np.ndarray]:
    """Read every tensor of a checkpoint that holds a state dictionary.

    Args:
        path: A `.pth` or `.pt` file, plain or ZIP, of at most 2 GiB.

    Returns:
        Contiguous arrays by name, in the file's order; tensors with strides of their own are laid out plainly.

    Raises:
        BackboneError: The file is missing, too large, damaged, or asks for more than plain tensors.
    """
    try:
        size = path.stat().st_size
        if size > MAX_CHECKPOINT_BYTES:
            raise BackboneError(f"'{path}' has {size} bytes: at most {MAX_CHECKPOINT_BYTES} are read")
        with path.open("rb") as file:
            if zipfile.is_zipfile(file):
                return _read_archive(file)
            file.seek(0)
            return _read_legacy(file)
    except OSError as error:
        raise BackboneError(f"cannot read the checkpoint '{path}': {error.strerror}") from error
    except (
        pickle.UnpicklingError,
        EOFError,
        zipfile.BadZipFile,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        KeyError,
        MemoryError,
        OverflowError,
        RuntimeError,  # NotImplementedError and RecursionError among them
        struct.error,
        zlib.error,
        lzma.LZMAError,
    ) as error:
        raise BackboneError(f"'{path}' is not a PyTorch checkpoint or is damaged: {str(error)[:200]}") from error


def _read_legacy(file: IO[bytes]) -> dict[str, np.ndarray]:
    """Read the plain layout: magic, protocol, machine, plans, list of keys, then each storage's length and numbers."""
    magic, protocol, machine = (_load(_PlainUnpickler, file) for _ in range(3))
    if magic != _LEGACY_MAGIC or protocol != _LEGACY_PROTOCOL or not machine.get("little_endian"):
        raise BackboneError("the file does not begin like a little-endian PyTorch checkpoint; download it again")
    plans = _plans_of(_load(_TensorUnpickler, file))
    keys = _load(_PlainUnpickler, file)
    storages = {plan.storage.key: plan.storage for plan in plans.values()}
    numbers = {}
    for key in keys:
        storage = storages[key]
        length = int.from_bytes(file.read(8), "little")
        if length != storage.numbers:
            raise BackboneError(f"storage {key} holds {length} numbers, {storage.numbers} were announced")
        numbers[key] = _numbers(storage, file.read(length * storage.dtype.itemsize))
    return _tensors(plans, numbers.__getitem__)


def _read_archive(file: IO[bytes]) -> dict[str, np.ndarray]:
    """Read the ZIP layout: `<name>/data.pkl` with the plans, `<name>/data/<key>` with each storage's numbers."""
    with zipfile.ZipFile(file) as archive:
        headers = [entry for entry in archive.infolist() if entry.filename.endswith("/data.pkl")]
        if len(headers) != 1 or headers[0].file_size > _MAX_PICKLE_BYTES:
            raise BackboneError("the archive holds no single 'data.pkl' of a sensible size; download the file again")
        if sum(entry.file_size for entry in archive.infolist()) > MAX_CHECKPOINT_BYTES:
            raise BackboneError(f"the archive unpacks to more than {MAX_CHECKPOINT_BYTES} bytes")
        folder = headers[0].filename.removesuffix("data.pkl")
        plans = _plans_of(_load(_TensorUnpickler, io.BytesIO(archive.read(headers[0]))))
        storages = {plan.storage.key: plan.storage for plan in plans.values()}
        numbers = {key: _numbers(each, archive.read(f"{folder}data/{key}")) for key, each in storages.items()}
        return _tensors(plans, numbers.__getitem__)


def _load(unpickler: type[_TensorUnpickler] | type[_PlainUnpickler], file: IO[bytes]) -> Any:
    _check_memo(file)
    return unpickler(file).load()


def _plans_of(value: object) -> dict[str, _TensorPlan]:
    """Keep the tensors of a state dictionary, refusing anything else."""
    if not isinstance(value, Mapping):
        raise BackboneError(f"the checkpoint holds a {type(value).__name__}: a dictionary of tensors is expected")
    for name, plan in value.items():
        if not isinstance(name, str) or not isinstance(plan, _TensorPlan):
            shown = repr(name[:80]) if isinstance(name, str) else _named(name)
            raise BackboneError(f"{shown} in the checkpoint is {_named(plan)}: a tensor is expected")
    plans = dict(value)
    total = sum(
        min(math.prod(plan.shape), plan.storage.numbers) * plan.storage.dtype.itemsize for plan in plans.values()
    )
    if total > MAX_CHECKPOINT_BYTES:  # many tensors may show the same numbers
        raise BackboneError(f"the checkpoint unpacks to more than {MAX_CHECKPOINT_BYTES} bytes")
    return plans


def _numbers(storage: _Storage, data: bytes) -> np.ndarray:
    expected = storage.numbers * storage.dtype.itemsize
    if len(data) != expected:
        raise BackboneError(f"storage {storage.key} has {len(data)} bytes, {expected} expected: the file is cut short")
    return np.frombuffer(data, dtype=storage.dtype)


def _tensors(plans: dict[str, _TensorPlan], read: Callable[[str], np.ndarray]) -> dict[str, np.ndarray]:
    return {name: _tensor(name, plan, read(plan.storage.key)) for name, plan in plans.items()}


def _tensor(name: str, plan: _TensorPlan, numbers: np.ndarray) -> np.ndarray:
    """Lay a tensor out contiguously, after checking that it stays inside its storage."""
    if len(plan.shape) != len(plan.strides):
        raise BackboneError(f"tensor '{name}' has {len(plan.shape)} dimensions but {len(plan.strides)} strides")
    if 0 in plan.shape:
        return np.zeros(plan.shape, dtype=numbers.dtype)
    steps = zip(plan.shape, plan.strides, strict=True)
    last = plan.offset + sum((length - 1) * stride for length, stride in steps)
    # A stride of 0 would let a small file ask for any amount of memory, so the tensor may not outgrow its storage.
    if last >= numbers.size or int(np.prod(plan.shape, dtype=object)) > numbers.size:
        raise BackboneError(f"tensor '{name}' of shape {plan.shape} does not fit its storage of {numbers.size} numbers")
    bytes_of = [stride * numbers.itemsize for stride in plan.strides]
    view = np.lib.stride_tricks.as_strided(numbers[plan.offset :], plan.shape, bytes_of, writeable=False)
    return view.copy(order="C")
