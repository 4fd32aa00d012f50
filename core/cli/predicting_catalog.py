"""The part of `predict` that takes a catalog: a table of its products, and filing them by a rule."""

import argparse
from typing import Any

from core.cli.parser import UsageError
from core.cli.session import Session
from core.cli.tables import facts


def add_catalog_options(predict: argparse.ArgumentParser) -> None:
    """Add the options of `predict` that are of a catalog."""
    predict.add_argument("--catalog", metavar="NAME", help="predict the products of a catalog that have no category")
    predict.add_argument("--everything", action="store_true", help="with --catalog: all of its products")
    predict.add_argument("--out", metavar="FILE", help="with --catalog: write a .csv, .parquet or .json table")
    predict.add_argument(
        "--file", dest="file_them", action="store_true",
        help="with --catalog and --rule: file what is accepted, as one change that `undo` takes back",
    )  # fmt: skip


def check_catalog_options(given: argparse.Namespace) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageError: They do not.
    """
    if given.catalog is None:
        if given.everything or given.out is not None or given.file_them or getattr(given, "detach", False):
            raise UsageError("--everything, --out, --file and --detach belong to --catalog NAME")
        return
    if given.pictures or given.product or given.calibrated or given.top or given.level is not None:
        raise UsageError("--catalog predicts whole products: it goes with --rule, --everything, --out and --file alone")
    if given.file_them and given.rule is None:
        raise UsageError("--file takes a rule: make one with `plan RUN --out FILE`, then add --rule FILE")
    if given.out is None and not given.file_them and given.rule is None:
        raise UsageError("--catalog needs --out FILE for the table, or --rule FILE to count what it would accept")


def predict_catalog(session: Session, rule: dict[str, Any]) -> dict[str, Any]:
    """Predict the products of a catalog.

    Args:
        session: The call.
        rule: What the rule file holds, checked; empty without one.
    """
    from core.models.runs import find_run

    given = session.arguments
    arguments = {
        "catalog": session.catalog(given.catalog).name,
        "run": find_run(session.home, given.run_id).run_id,
        "rule": rule,
        "everything": given.everything,
        "to": given.out,
        "file": given.file_them,
    }
    return session.run_job("predict-catalog", arguments)


def show_catalog(result: dict[str, Any]) -> str:
    """Say what was predicted, accepted and filed."""
    told = {
        "run": result["run"],
        "catalog": result["catalog"],
        "products": f"{result['products']:,}",
        "predicted": f"{result['predicted']:,}",
        "without a readable picture": f"{result['without_picture']:,}",
    }
    if result["accepted"] is not None:
        told["accepted by the rule"] = f"{result['accepted']:,}"
    if result["file"]:
        told["table"] = result["file"]
    if result["event"]:
        told["filed"] = f"{result['filed']:,}; `undo {result['event']}` takes it back"
    if result["overtaken"]:
        told["left as they are"] = f"{result['overtaken']:,}: changed by somebody meanwhile"
    return facts(told)
