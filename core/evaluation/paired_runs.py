"""Two runs on the same pictures: what the second fixed, what it broke, and how their mistakes differ."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.errors import RunError
from core.evaluation.compared_runs import ComparedRun, load_compared
from core.evaluation.paired_differences import PairedDifference, paired_difference
from core.home import Home

FIXED, BROKEN, BOTH_WRONG, BOTH_RIGHT = "fixed", "broken", "both wrong", "both right"
_KEY = ["product_id", "picture_hash", "label"]


@dataclass(frozen=True)
class PairedRuns:
    """Two runs held against one another picture by picture.

    Attributes:
        first: Id of the run that is held against.
        second: Id of the run that is looked at.
        rows: One row a test picture of both: product_id, picture_hash, label, predicted_first, predicted_second,
            outcome (:data:`FIXED`: only the second is right, :data:`BROKEN`: only the first is, or alike).
        difference: Accuracy of the second minus the first's, its interval, and McNemar's exact test.
        left_out: Test pictures that only one of them has, or that have another label there.
    """

    first: str
    second: str
    rows: pd.DataFrame
    difference: PairedDifference
    left_out: int

    def of(self, outcome: str) -> pd.DataFrame:
        """Give the rows with an outcome."""
        return self.rows[self.rows["outcome"] == outcome]

    def to_json(self, *, limit: int = 200) -> dict[str, Any]:
        """Give figures and, of what was fixed and broken, at most so many pictures."""
        low, high = self.difference.interval
        confused = confusion_difference(self.rows)
        return {
            "first": self.first,
            "second": self.second,
            "pictures": self.difference.pictures,
            "left_out": self.left_out,
            "accuracy_first": float((self.rows["label"] == self.rows["predicted_first"]).mean()),
            "accuracy_second": float((self.rows["label"] == self.rows["predicted_second"]).mean()),
            "fixed": self.difference.gained,
            "broken": self.difference.lost,
            "difference": self.difference.difference,
            "difference_interval": [low, high],
            "p_value": self.difference.p_value,
            "more_than_chance": self.difference.more_than_chance,
            "confusion_difference": confused.head(limit).to_dict("records"),
            "fixed_pictures": self.of(FIXED).head(limit).drop(columns="outcome").to_dict("records"),
            "broken_pictures": self.of(BROKEN).head(limit).drop(columns="outcome").to_dict("records"),
        }


def pair_runs(home: Home, first_id: str, second_id: str) -> PairedRuns:
    """Hold the second run against the first on the test pictures they share.

    Raises:
        RunError: There is no such run, both are the same, or they share no test picture with the same label.
    """
    if first_id == second_id:
        raise RunError(f"run {first_id!r} cannot be compared with itself: name another one")
    return pair_compared(load_compared(home, first_id), load_compared(home, second_id))


def pair_compared(first: ComparedRun, second: ComparedRun) -> PairedRuns:
    """Hold a run against another one that is read already, see :func:`pair_runs`."""
    sides = []
    for each in (first, second):
        if each.test is None or each.test.empty:
            why = each.problem or "it keeps no test pictures"
            raise RunError(f"run {each.run.run_id!r} cannot be compared picture by picture: {why}")
        sides.append(each.test[[*_KEY, "predicted"]].drop_duplicates(_KEY[:2]))
    rows = sides[0].merge(sides[1], on=_KEY, suffixes=("_first", "_second"), validate="1:1")
    if rows.empty:
        raise RunError(
            f"runs {first.run.run_id!r} and {second.run.run_id!r} share no test picture with the same label: "
            "choose runs of one catalog and one target"
        )
    right_first, right_second = (
        (rows["label"] == rows[f"predicted_{each}"]).to_numpy() for each in ("first", "second")
    )
    names = {(False, True): FIXED, (True, False): BROKEN, (False, False): BOTH_WRONG, (True, True): BOTH_RIGHT}
    outcomes = [names[bool(one), bool(other)] for one, other in zip(right_first, right_second, strict=True)]
    return PairedRuns(
        first=first.run.run_id,
        second=second.run.run_id,
        rows=rows.assign(outcome=outcomes),
        difference=paired_difference(right_first, right_second, rows["product_id"].tolist()),
        left_out=len(sides[0]) + len(sides[1]) - 2 * len(rows),
    )


def confusion_difference(rows: pd.DataFrame) -> pd.DataFrame:
    """Count every mistake in both runs, and how much more often the second makes it.

    Args:
        rows: As in :class:`PairedRuns`.

    Returns:
        One row a mistake that they make differently often: true, predicted (names), first, second (pictures),
        difference (second minus first). The largest change first, then those that grew.
    """
    counts = []
    for name in ("first", "second"):
        predicted = rows[f"predicted_{name}"]
        wrong = rows["label"] != predicted
        pairs = pd.MultiIndex.from_arrays([rows.loc[wrong, "label"], predicted[wrong]], names=["true", "predicted"])
        counts.append(pd.Series(1, index=pairs).groupby(level=[0, 1]).sum().rename(name))
    table = pd.concat(counts, axis=1).fillna(0).astype(int).rename_axis(["true", "predicted"]).reset_index()
    table["difference"] = table["second"] - table["first"]
    table = table[table["difference"] != 0]
    order = table.assign(size=table["difference"].abs()).sort_values(
        ["size", "difference", "true", "predicted"], ascending=[False, False, True, True], kind="stable"
    )
    return order.drop(columns="size").reset_index(drop=True)
