"""What the commands on trust print for people."""

from collections.abc import Sequence
from typing import Any

from core.cli.tables import facts, percent_cell, table

_KINDS = {"own": "its own", "pooled": "shared", "none": "none"}


def show_plan(result: dict[str, Any]) -> str:
    """Say what can be filed, what that is promised on, and how it does on test."""
    validation, test, waiting = result["validation"], result["test"], result["waiting"]
    told = facts(
        {
            "run": result["run"],
            "promise": f"at least {_exact(result['precision'])} of what is filed is right, with a confidence of "
            f"{_exact(result['confidence'])}",
            "filed of validation": f"{validation['accepted']:,} of {validation['pictures']:,} pictures, "
            f"{validation['right']:,} right",
            "filed of test": f"{test['accepted']:,} of {test['pictures']:,} pictures ({percent_cell(test['share'])}), "
            f"{_exact(test['precision'])} right; promised {_between(test['interval'])}",
            "waiting products": f"{waiting['accepted']:,} of {waiting['products']:,} can be filed",
            "rule file": result["file"],
        }
    )
    rows = [{**each, "how": _KINDS[each["kind"]]} for each in result["categories"]]
    columns = {
        "threshold": "FROM",
        "how": "THRESHOLD",
        "pictures": "VALIDATION",
        "accepted": "FILED",
        "right": "RIGHT",
        "name": "CATEGORY",
    }
    lines = [told, "", table(rows, columns, empty="no category")]
    if not validation["accepted"]:
        lines.append(
            f"nothing can be filed: {_exact(result['precision'])} takes at least {result['fewest_pictures']:,} "
            f"validation pictures without a mistake; these show at most {_exact(result['best_precision'])}"
        )
    return "\n".join(lines)


def show_calibration(result: dict[str, Any]) -> str:
    """Say how honest the probabilities are."""
    lines = {"run": result["run"], "temperature": f"{result['temperature']:.3f}, found on validation"}
    for name in ("validation", "test"):
        side = result[name]
        lines[name] = (
            f"calibration error {_exact(side['error'])}, scaled {_exact(side['scaled_error'])}; log loss "
            f"{side['loss']:.3f}, scaled {side['scaled_loss']:.3f}; {side['pictures']:,.0f} pictures"
        )
    return facts(lines)


def show_curves(result: dict[str, Any]) -> str:
    """Lay out the areas of every class."""
    columns = {
        "pictures": "PICTURES",
        "roc_area": "ROC AREA",
        "average_precision": "AVERAGE PRECISION",
        "name": "CLASS",
    }
    return table(result["classes"], columns, empty="no class")


def show_slices(result: dict[str, Any]) -> str:
    """List the slices, the significantly worse ones marked."""
    rows = [
        {
            **each,
            "share": percent_cell(each["accuracy"]),
            "rest": percent_cell(each["rest_accuracy"]),
            "verdict": "worse" if each["worse"] else "",
        }
        for each in result["slices"]
    ]
    columns = {
        "verdict": "VERDICT",
        "pictures": "PICTURES",
        "share": "RIGHT",
        "rest": "THE REST",
        "p_value": "P, CORRECTED",
        "kind": "BY",
        "name": "SLICE",
    }
    worse = sum(each["worse"] for each in result["slices"])
    told = f"{worse} of {len(rows)} slices are worse than the rest by more than luck ({result['correction']}, 5 %)"
    return "\n".join([table(rows, columns, empty="no slice is large enough to test"), told, *_notes(result["notes"])])


def show_paired(result: dict[str, Any]) -> str:
    """Say what was fixed and broken."""
    verdict = "more than chance" if result["more_than_chance"] else "may be chance"
    low, high = result["difference_interval"]
    told = facts(
        {
            "pictures of both": result["pictures"],
            result["first"]: f"{_exact(result['accuracy_first'])} right",
            result["second"]: f"{_exact(result['accuracy_second'])} right",
            "fixed": result["fixed"],
            "broken": result["broken"],
            "difference": f"{100 * result['difference']:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f})",
            "McNemar's p": f"{result['p_value']:.3g}, {verdict}",
        }
    )
    columns = {"first": "FIRST", "second": "SECOND", "difference": "CHANGE", "true": "TRUE", "predicted": "TAKEN FOR"}
    return f"{told}\n\n{table(result['confusion_difference'][:20], columns, empty='the same mistakes')}"


def show_sets(result: dict[str, Any]) -> str:
    """List the sets, and the scores where there are any."""
    columns = {"set": "SET", "pictures": "PICTURES", "labeled": "LABELED"}
    parts = [table(result["sets"], columns, empty="no picture set yet")]
    if "scores" in result:
        rows = [{**each, "share": percent_cell(each["share_right"])} for each in result["scores"]]
        scored = {"run": "RUN", "share": "RIGHT", "right": "PICTURES", "half_right": "RIGHT PARENT", "wrong": "WRONG"}
        parts.append(table(rows, scored, empty="no run"))
    return "\n\n".join(parts + [f"left out: {each}" for each in result.get("skipped", ())])


def _notes(notes: Sequence[str]) -> list[str]:
    return [f"note: {each}" for each in notes]


def _exact(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _between(interval: Sequence[float]) -> str:
    return f"{_exact(interval[0])} to {_exact(interval[1])}"
