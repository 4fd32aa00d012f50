"""Turning what the work gives into values that every JSON reader accepts."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def to_json_value(value: Any) -> Any:
    """Copy a value so that strict JSON can hold it.

    NaN and infinity become None, numpy numbers and arrays become plain ones, tuples and sets become lists, paths become
    text. Nothing else is changed; a value that JSON cannot hold is left for the writer to refuse.
    """
    if isinstance(value, Mapping):
        return {str(key): to_json_value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_json_value(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(to_json_value(each) for each in value)
    if isinstance(value, Path):
        return str(value)
    if type(value).__module__ == "numpy":  # numpy itself is not needed to know its values
        return to_json_value(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
