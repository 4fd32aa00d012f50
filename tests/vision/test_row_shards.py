import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.vision import row_shards
from core.vision.row_shards import RowShards


def hashes(*numbers: int) -> list[str]:
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in numbers]


def rows(*numbers: int) -> np.ndarray:
    return np.array([[number, -number] for number in numbers], dtype=np.float32)


@pytest.fixture
def shards(tmp_path) -> RowShards:
    return RowShards(tmp_path / "rows", row_shape=(2,), dtype=np.float16)


def test_an_empty_store_knows_nothing(shards):
    found, known = shards.read(hashes(1, 2))
    assert found.tolist() == [[0, 0], [0, 0]]
    assert known.tolist() == [False, False]
    assert shards.read([])[0].shape == (0, 2)


def test_reads_rows_across_shards_in_the_order_asked_for(shards):
    shards.append(hashes(1, 2), rows(1, 2))
    shards.append(hashes(3), rows(3))

    found, known = shards.read(hashes(3, 9, 1, 3))

    assert (found.dtype, found.tolist()) == (np.float16, [[3, -3], [0, 0], [1, -1], [3, -3]])
    assert known.tolist() == [True, False, True, True]


def test_rows_without_hashes_do_not_count(shards, monkeypatch):
    # A writer killed between its two files leaves rows that belong to nobody.
    shards.append(hashes(1), rows(1))
    written = []

    def killed(path, array):
        if written:
            raise KeyboardInterrupt
        written.append(path)
        np.save(path, array)

    monkeypatch.setattr(row_shards, "save_array_whole", killed)
    with pytest.raises(KeyboardInterrupt):
        shards.append(hashes(2), rows(2))
    assert shards.known(hashes(1, 2)).tolist() == [True, False]


def test_refuses_rows_of_another_shape(shards):
    with pytest.raises(ValueError, match=r"shape \(2, 2\) expected, \(1, 2\) received"):
        shards.append(hashes(1, 2), rows(1))


def test_many_writers_lose_nothing(shards):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: shards.append(hashes(number), rows(number)), range(60)))
    found, known = shards.read(hashes(*range(60)))
    assert known.all()
    assert found[:, 0].tolist() == list(range(60))


def test_compaction_keeps_every_row_once_in_few_files(shards):
    for number in range(row_shards.MANY_SHARDS):
        shards.append(hashes(number, 0), rows(number, 0))

    assert shards.compact()

    # 24 shards held picture 0 in each; merged there are 24 pictures in one pair of files.
    assert len(list(shards.folder.glob("*.npy"))) == 2
    found, known = shards.read(hashes(*range(24)))
    assert known.all() and found[:, 0].tolist() == list(range(24))
    assert not shards.compact()


def test_a_reader_that_listed_the_shards_survives_their_compaction(shards):
    for number in range(row_shards.MANY_SHARDS):
        shards.append(hashes(number), rows(number))
    blocks = shards.read_blocks(hashes(*range(24)), block_rows=1)
    first = next(blocks)
    shards.compact()
    found = [first, *blocks]
    assert [int(block[1][0, 0]) for block in found] == list(range(24))
    assert all(block[2].all() for block in found)


def test_pictures_are_told_apart_by_their_whole_hash(shards):
    # The same first 8 bytes, by which is searched, are not enough.
    shards.append(["ab" * 32], rows(1))
    assert shards.known(["ab" * 8 + "cd" * 24, "ab" * 32]).tolist() == [False, True]
