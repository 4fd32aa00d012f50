import json

import numpy as np
import pytest

from core.errors import RunError
from core.evaluation.compared_runs import ComparedRun
from core.evaluation.paired_runs import BROKEN, FIXED, confusion_difference, pair_compared, pair_runs
from tests.evaluation.test_comparison import run


def pair():
    """Forty pictures; the first run is wrong on 0 to 7, the second on 6 to 9."""
    first, second = np.ones(40, bool), np.ones(40, bool)
    first[:8], second[6:10] = False, False
    return run("a", first), run("b", second)


def test_who_fixed_and_who_broke_what():
    found = pair_compared(*pair())
    assert found.of(FIXED)["product_id"].tolist() == [f"p{each}" for each in range(6)]
    assert found.of(BROKEN)["product_id"].tolist() == ["p8", "p9"]
    assert (found.difference.gained, found.difference.lost, found.left_out) == (6, 2, 0)
    # McNemar exact: 2 or fewer of 8, both sides: 2 * (1 + 8 + 28) / 256
    assert found.difference.p_value == pytest.approx(2 * 37 / 256)
    shown = found.to_json()
    json.dumps(shown, allow_nan=False)
    assert (shown["accuracy_first"], shown["accuracy_second"]) == (0.8, 0.9)
    assert len(shown["fixed_pictures"]) == 6 and len(found.to_json(limit=1)["fixed_pictures"]) == 1


def test_mistakes_made_more_or_less_often():
    table = confusion_difference(pair_compared(*pair()).rows)
    # Labels go round four classes, a wrong one is taken for the next. First: 0-7, two of each; second: 6, 7, 8, 9, one
    # of each. So every mistake is made once less.
    assert table["difference"].tolist() == [-1, -1, -1, -1]
    assert (table["first"].tolist(), table["second"].tolist()) == ([2] * 4, [1] * 4)
    assert table["true"].tolist() == ["jeans", "shirts", "shoes", "socks"]


def test_only_pictures_of_both_with_the_same_label_count():
    first, second = pair()
    fewer = ComparedRun(second.run, second.test.iloc[10:].reset_index(drop=True))
    found = pair_compared(first, fewer)
    assert (found.difference.pictures, found.left_out) == (30, 10)


def test_runs_that_share_nothing_are_refused():
    first, _ = pair()
    with pytest.raises(RunError, match="share no test picture with the same label"):
        pair_compared(first, run("b", np.ones(40, bool), labels=[each % 4 - 1 for each in range(40)]))
    with pytest.raises(RunError, match="'b' cannot be compared picture by picture: it keeps no test pictures"):
        pair_compared(first, ComparedRun(run("b", [True]).run, None))


def test_a_run_is_not_compared_with_itself(home):
    with pytest.raises(RunError, match="cannot be compared with itself"):
        pair_runs(home, "a", "a")
