"""Which runs were judged on the same pictures: only their figures can be held against one another."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.evaluation.compared_runs import ComparedRun

_KEY = ["product_id", "picture_hash"]


def judged_groups(runs: Sequence[ComparedRun]) -> list[int | None]:
    """Number the runs by their test pictures and labels.

    Args:
        runs: The runs.

    Returns:
        For each the number of its group, from 0 in order of appearance; None where a run keeps no test pictures.
    """
    known: dict[tuple[int, int], int] = {}
    groups: list[int | None] = []
    for run in runs:
        mark = _mark(run)
        groups.append(None if mark is None else known.setdefault(mark, len(known)))
    return groups


def shared_pictures(first: ComparedRun, second: ComparedRun) -> pd.DataFrame:
    """Find the test pictures of both runs that have the same label in both.

    Returns:
        One row a picture: product_id, picture_hash, label, right_first, right_second.
    """
    columns = [*_KEY, "label", "right"]
    if first.test is None or second.test is None:
        return pd.DataFrame(columns=[*_KEY, "label", "right_first", "right_second"])
    sides = (run.test[columns].drop_duplicates(_KEY) for run in (first, second) if run.test is not None)
    one, other = sides
    return one.merge(other, on=[*_KEY, "label"], suffixes=("_first", "_second"), validate="1:1")


def _mark(run: ComparedRun) -> tuple[int, int] | None:
    """Sum up the rows whatever their order: their count, and the sum of a hash of each."""
    if run.test is None or run.test.empty:
        return None
    hashes = pd.util.hash_pandas_object(run.test[[*_KEY, "label"]], index=False).to_numpy(np.uint64)
    return len(hashes), int(hashes.sum(dtype=np.uint64))
