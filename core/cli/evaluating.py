"""What `evaluate` tells beyond its figures, and the command `explain`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.embedded import prepare_backbone
from core.cli.parser import Commands, UsageError, whole_number
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, table
from core.errors import SettingsError

if TYPE_CHECKING:
    import numpy as np

    from core.evaluation.confusion import Confusion
    from core.evaluation.report import Evaluation
    from core.models.runs import RunFiles

_DETAILS = ("per_category", "pairs", "confusion", "gap")


def add_details(evaluate: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate` that tell more."""
    evaluate.add_argument(
        "--split",
        choices=("test", "validation", "train"),
        default="test",
        help="which of its own pictures; default test",
    )
    evaluate.add_argument("--per-category", action="store_true", help="list precision, recall and F1 of every category")
    evaluate.add_argument("--pairs", metavar="N", type=whole_number(1), help="list the N most confused pairs")
    evaluate.add_argument(
        "--confusion", metavar="FILE", help="write the cells of the confusion that are not empty, as CSV"
    )
    evaluate.add_argument(
        "--level", metavar="N", type=whole_number(1), help="roll pairs and cells up to a level; 1 is the top"
    )
    evaluate.add_argument(
        "--order", choices=("tree", "similarity", "mistakes"), default="tree", help="order of the cells; default tree"
    )
    evaluate.add_argument(
        "--leaks", metavar="N", type=whole_number(1), help="list N judged pictures with a near duplicate in train"
    )
    evaluate.add_argument("--gap", action="store_true", help="with --on: how different that catalog looks to the run")


def add_explain(commands: Commands) -> None:
    """Add the command `explain`."""
    explain = commands.add("explain", explain_one, show=show_explanation, summary="show where a run looks in a picture")
    explain.add_argument("run_id", metavar="RUN", help="id of the run")
    explain.add_argument("picture", metavar="PICTURE", nargs="?", help="a picture file")
    explain.add_argument("--product", metavar="ID", help="the first picture of a product of the run's catalog instead")
    explain.add_argument(
        "--category", metavar="NAME", action="append", help="explain this category; default: the most probable"
    )
    explain.add_argument("--nearest", metavar="N", type=whole_number(0), default=4, help="training pictures; default 4")
    explain.add_argument("--out", metavar="FILE", help="draw the evidence over the picture, as PNG")


def check_details(given: argparse.Namespace, *, labels: bool) -> None:
    """Refuse options that do not go together.

    Args:
        given: The command line.
        labels: Whether the run predicts labels.

    Raises:
        UsageError: They do not.
    """
    if given.on is not None and given.split != "test":
        raise UsageError("--split is of a run's own pictures: leave out --on or --split")
    if given.gap and given.on is None:
        raise UsageError("--gap compares with another catalog: name it with --on CATALOG")
    if given.leaks and given.on is not None:
        raise UsageError("--leaks is of a run's own pictures: leave out --on or --leaks")
    if given.level is not None and not labels and not (given.pairs or given.confusion):
        raise UsageError("--level rolls pairs and cells up: add --pairs N or --confusion FILE, or leave --level out")
    if given.order != "tree" and not given.confusion:
        raise UsageError("--order is of the cells of --confusion FILE: add it, or leave --order out")
    asked = given.per_category or given.pairs or given.confusion or given.gap
    if labels and (asked or given.level):
        raise UsageError(
            "--per-category, --pairs, --confusion, --level and --gap are of runs that predict one category; "
            "the figures of every label are among those of `evaluate RUN`"
        )


def details(session: Session, evaluation: "Evaluation") -> dict[str, Any]:
    """Give what was asked for beyond the figures."""
    from core.evaluation.confusion import most_confused_pairs
    from core.evaluation.domain_gap import domain_gap
    from core.models.runs import open_run

    given = session.arguments
    found: dict[str, Any] = {}
    if given.per_category:
        found["per_category"] = evaluation.per_class.rename(columns={"class_name": "category"}).to_dict("records")
    confusion = evaluation.confusion if given.level is None else evaluation.rolled_up(given.level)
    if given.pairs:
        pairs = most_confused_pairs(confusion, limit=given.pairs)
        found["pairs"] = pairs[["true", "predicted", "pictures", "share"]].to_dict("records")
    if given.confusion:
        found["confusion"] = {"file": given.confusion, "cells": _write_cells(confusion, given)}
    if given.gap:
        found["gap"] = domain_gap(session.home, open_run(session.home, evaluation.run_id), evaluation).to_json()
    return found


def leaks(session: Session, run_id: str) -> dict[str, Any]:
    """Give the judged pictures that have a near duplicate in train, where they were asked for."""
    from core.evaluation.leaks import leaked_pictures
    from core.models.runs import open_run

    if not session.arguments.leaks:
        return {}
    found = leaked_pictures(session.home, open_run(session.home, run_id))
    return {"leaked": len(found), "leaks": found.head(session.arguments.leaks).to_dict("records")}


def _write_cells(confusion: "Confusion", given: argparse.Namespace) -> int:
    import numpy as np

    from core.catalog.export_cells import csv_lines, safe_cell
    from core.evaluation.class_order import class_order

    place = np.argsort(class_order(confusion, given.order))
    rows = [["true", "predicted", "pictures", "share"]]
    for cell in np.lexsort((place[confusion.predicted], place[confusion.true])).tolist():
        true, predicted, count = int(confusion.true[cell]), int(confusion.predicted[cell]), int(confusion.counts[cell])
        names = (safe_cell(confusion.classes[each]) for each in (true, predicted))
        rows.append([*names, str(count), f"{count / confusion.support[true]:.6f}"])
    _write(given.confusion, csv_lines(rows).encode(), option="--confusion")
    return len(rows) - 1


def detail_lines(result: dict[str, Any]) -> list[str]:
    """Lay out what :func:`details` gave."""
    lines = []
    if "per_category" in result:
        columns = {
            "support": "PICTURES",
            "precision": "PRECISION",
            "recall": "RECALL",
            "f1": "F1",
            "category": "CATEGORY",
        }
        lines += ["", table(result["per_category"], columns, empty="no category")]
    if "pairs" in result:
        rows = [{**each, "share": percent_cell(each["share"])} for each in result["pairs"]]
        columns = {"pictures": "PICTURES", "share": "SHARE", "true": "TRUE", "predicted": "PREDICTED"}
        lines += ["", table(rows, columns, empty="not a single mistake")]
    if "confusion" in result:
        lines += ["", f"{result['confusion']['cells']:,} cells written to {result['confusion']['file']}"]
    if "leaks" in result:
        columns = {"similarity": "SIMILARITY", "split": "SPLIT", "product_id": "PRODUCT", "twin_product_id": "IN TRAIN"}
        rows = [{**each, "similarity": f"{each['similarity']:.3f}"} for each in result["leaks"]]
        lines += ["", table(rows, {**columns, "why": "WHY"}, empty="no near duplicate of a training picture")]
    if "gap" in result:
        gap = result["gap"]
        farther = percent_cell(gap["told_apart"])
        rows = [
            {"where": name, "accuracy": percent_cell(gap[f"{side}accuracy"]), "alike": gap[f"{side}similarity"]}
            for name, side in (("the run's own test", "own_"), (result["catalog"], ""))
        ]
        columns = {"where": "WHERE", "accuracy": "ACCURACY", "alike": "SIMILARITY TO TRAINING"}
        lines += ["", table(rows, columns, empty="")]
        lines += [f"a picture there is the farther one in {farther} of all comparisons; 50 % would be no gap"]
    return lines


def explain_one(session: Session) -> dict[str, Any]:
    """Explain a picture."""
    from core.evaluation.explanation import explain_picture
    from core.evaluation.nearest_training import nearest_training
    from core.models.runs import open_run
    from core.vision.encode import encode_pictures

    given = session.arguments
    if (given.picture is None) == (given.product is None):
        raise UsageError("explain what? Name a picture file, or a product with --product ID")
    run = open_run(session.home, given.run_id)
    picture = _picture(session, run)
    prepare_backbone(session, run.run.encoder)
    found = explain_picture(session.home, run, picture, classes=given.category)
    result = {"run": run.run.run_id, "picture": given.picture or given.product, **found.to_json(run.run.classes)}
    result["nearest"] = []
    if given.nearest:
        features = encode_pictures(session.home, [picture], backbone=run.run.encoder)[0]
        near = nearest_training(session.home, run, features, labels=[None], count=given.nearest)[0]
        result["nearest"] = near.pictures.to_dict("records")
    if given.out:
        _draw(found.overlay(next(iter(found.evidence))), given.out)
        result["file"] = given.out
    return result


def show_explanation(result: dict[str, Any]) -> str:
    """Lay out classes, evidence and the nearest training pictures."""
    head = {"run": result["run"], "picture": result["picture"], "method": result["method"]}
    lines = [facts({**head, **({"drawn to": result["file"]} if "file" in result else {})})]
    rows = [{**each, "share": percent_cell(each["probability"])} for each in result["classes"]]
    lines += ["", table(rows, {"share": "SHARE", "name": "CATEGORY"}, empty="no category")]
    for name, places in result["evidence"].items():
        lines += ["", f"where {name} is seen, in tenths of the strongest place:", *_grid_lines(places)]
    columns = {"similarity": "SIMILARITY", "product_id": "PRODUCT", "label": "LABEL"}
    return "\n".join([*lines, "", table(result["nearest"], columns, empty="no training picture was looked for")])


def _grid_lines(places: list[list[float]]) -> list[str]:
    most = max((value for row in places for value in row), default=0.0)
    return [
        "  " + " ".join("." if value <= 0 or most <= 0 else str(min(9, int(10 * value / most))) for value in row)
        for row in places
    ]


def _picture(session: Session, run: "RunFiles") -> "np.ndarray":
    from core.catalog.catalogs import list_catalogs
    from core.catalog.picture_lookup import picture_file
    from core.catalog.pictures import read_picture
    from core.catalog.products import get_product
    from core.errors import CatalogError

    given = session.arguments
    if given.picture is not None:
        return read_picture(Path(given.picture))
    catalog = next((each for each in list_catalogs(session.home) if each.catalog_id == run.run.catalog_id), None)
    if catalog is None:
        raise CatalogError(f"the catalog of run {run.run.run_id!r} is gone: name a picture file instead of --product")
    product = get_product(session.home, catalog, given.product)
    path = picture_file(session.home, product.picture_hashes[0]) if product.picture_hashes else None
    if path is None:
        raise CatalogError(f"product {given.product[:200]!r} of {catalog.name!r} has no picture")
    return read_picture(path)


def _draw(picture: "np.ndarray", file: str) -> None:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    _write(file, buffer.getvalue(), option="--out")


def _write(file: str, data: bytes, *, option: str) -> None:
    from core.files import write_whole

    try:
        write_whole(Path(file), data)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written ({error.strerror or error}): name another {option}") from error
