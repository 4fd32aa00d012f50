import json
from pathlib import Path

import numpy as np

from core.jobs.json_values import to_json_value


def test_everything_becomes_strict_json():
    value = {
        "nan": float("nan"),
        "infinite": [1.5, float("-inf")],
        "numpy": np.float32(0.5),
        "count": np.int64(3),
        "array": np.array([[1.0, np.nan]]),
        3: ("a", {"b"}),
        "path": Path("a") / "b",
        "text": "ü",
        "truth": True,
    }
    assert json.loads(json.dumps(to_json_value(value), allow_nan=False)) == {
        "nan": None,
        "infinite": [1.5, None],
        "numpy": 0.5,
        "count": 3,
        "array": [[1.0, None]],
        "3": ["a", ["b"]],
        "path": "a/b",
        "text": "ü",
        "truth": True,
    }
