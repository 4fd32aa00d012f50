"""The command predict: picture files, and products from all of their pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.embedded import prepare_backbone
from core.cli.label_figures import predict_labels
from core.cli.parser import Commands, whole_number
from core.cli.predicting_catalog import add_catalog_options, check_catalog_options, predict_catalog, show_catalog
from core.cli.session import Session
from core.cli.tables import percent_cell, table
from core.errors import CatalogError, RunError

if TYPE_CHECKING:
    import numpy as np

    from core.evaluation.filing_plan_rule import FilingRule

_TOP = 5
_PICTURES_AT_ONCE = 32  # decoded pictures in memory, however many files are named


def add_predict(commands: Commands) -> None:
    """Add the command."""
    predict = commands.add(
        "predict", predict_given, show=show_predictions, summary="classify picture files, products, or a catalog",
        detachable=True,
    )  # fmt: skip
    predict.add_argument("run_id", metavar="RUN", help="id of the run")
    predict.add_argument("pictures", metavar="PICTURE", nargs="*", help="picture files")
    predict.add_argument(
        "--product", metavar="CATALOG:ID", action="append", default=[], help="a product, from all of its pictures"
    )
    predict.add_argument("--top", metavar="K", type=whole_number(1), help="classes to show; default 5, labels all")
    predict.add_argument("--level", metavar="N", type=whole_number(1), help="categories at this level, 1 is the top")
    predict.add_argument("--calibrated", action="store_true", help="scale probabilities by the run's temperature")
    predict.add_argument("--rule", metavar="FILE", help="decide by a rule file of `plan`: filed, or needs a person")
    add_catalog_options(predict)


def predict_given(session: Session) -> dict[str, Any]:
    """Classify picture files, then products; or the products of a catalog."""
    check_catalog_options(session.arguments)
    if session.arguments.catalog is not None:
        return predict_catalog(session, _read_rule_json(session))
    if not session.arguments.pictures and not session.arguments.product:
        raise RunError("predict what? Name picture files, --product CATALOG:ID, or --catalog NAME")
    _check_options(session)
    return {"predictions": _predict_pictures(session) + _predict_products(session)}


def _predict_products(session: Session) -> list[dict[str, Any]]:
    from core.models.predicted_product import predict_product
    from core.models.runs import find_run

    given = session.arguments
    run = find_run(session.home, given.run_id)
    predicted = []
    for place, named in enumerate(given.product):
        name, colon, product_id = named.partition(":")
        if not colon:
            raise CatalogError(f"--product {named[:200]!r} names no product: expected CATALOG:ID, such as shop:123")
        catalog = session.catalog(name)
        if place == 0:
            prepare_backbone(session, run.encoder)
        found = predict_product(session.home, run.run_id, catalog, product_id, top=given.top or _TOP, level=given.level)
        classes = [{"name": label, "probability": share} for label, share in found.classes]
        predicted.append({"catalog": name, "product_id": product_id, "pictures": found.pictures, "classes": classes})
    return predicted


def _predict_pictures(session: Session) -> list[dict[str, Any]]:
    from core.catalog.pictures import read_picture
    from core.evaluation.calibration_applied import predict_scaled
    from core.models.predict import predict_pictures as predict
    from core.models.runs import find_run
    from core.vision.backbones import find_backbone

    given = session.arguments
    run = find_run(session.home, given.run_id)
    side_px = find_backbone(run.encoder, home=session.home).side_px
    rule = _read_rule(session)
    predicted: list[dict[str, Any]] = []
    for start in range(0, len(given.pictures), _PICTURES_AT_ONCE):
        names = given.pictures[start : start + _PICTURES_AT_ONCE]
        pictures = [read_picture(Path(name), enough_px=side_px) for name in names]  # decoded as for embedding
        if start == 0:  # after the first files are known to be pictures: it may take a while
            prepare_backbone(session, run.encoder)
        if rule is not None:
            predicted += _decide(session, pictures, rule)
            continue
        if given.calibrated:
            predicted += _named(predict_scaled(session.home, run.run_id, pictures, top=given.top or _TOP))
            continue
        if run.predicts_labels and given.level is None:
            predicted += predict_labels(session, run.run_id, pictures, top=given.top)
            continue
        level = {} if given.level is None else {"level": given.level}
        found = predict(session.home, run.run_id, pictures, top=given.top or _TOP, **level)
        predicted += _named(found)
    return [{"picture": name, **each} for name, each in zip(given.pictures, predicted, strict=True)]


def _named(found: Sequence[Sequence[tuple[str, float]]]) -> list[dict[str, Any]]:
    return [{"classes": [{"name": name, "probability": share} for name, share in each]} for each in found]


def _check_options(session: Session) -> None:
    """Refuse options that contradict each other."""
    given = session.arguments
    whole = not given.product and given.level is None
    if given.rule is not None and not whole:
        raise RunError("a rule decides about picture files and whole categories: leave out --product and --level")
    if given.calibrated and (given.rule is not None or not whole):
        raise RunError(
            "--calibrated scales the probabilities of picture files: leave out --product, --level and --rule (a rule "
            "made with `plan --calibrated` scales by itself)"
        )


def _read_rule(session: Session) -> "FilingRule | None":
    """Read the rule, before anything that takes a while."""
    from core.evaluation.filing_plan_rule import read_rule
    from core.models.predicted_labels import check_predicts_classes
    from core.models.runs import open_run

    if session.arguments.rule is None:
        return None
    run = open_run(session.home, session.arguments.run_id)
    check_predicts_classes(run)
    return read_rule(Path(session.arguments.rule), run)


def _read_rule_json(session: Session) -> dict[str, Any]:
    """Read and check a rule as its file holds it; empty without one."""
    from core.files import read_json

    return {} if _read_rule(session) is None else dict(read_json(Path(session.arguments.rule)))


def _decide(session: Session, pictures: "Sequence[np.ndarray]", rule: "FilingRule") -> list[dict[str, Any]]:
    from core.evaluation.filing_plan_rule import decide_pictures

    given = session.arguments
    return [
        {
            "classes": [{"name": name, "probability": share} for name, share in each.classes],
            "decision": "accepted" if each.accepted else "needs a person",
            "threshold": each.threshold,
        }
        for each in decide_pictures(session.home, given.run_id, pictures, rule=rule, top=given.top or _TOP)
    ]


def show_predictions(result: dict[str, Any]) -> str:
    """Lay out the classes of each picture, or what became of a catalog."""
    if "predictions" not in result:
        return show_catalog(result)
    rows = [
        {
            "picture": each.get("picture", each.get("product_id")) if place == 0 else "",
            "class": one["name"],
            "share": percent_cell(one["probability"]),
            "chosen": "yes" if one.get("chosen") else "",
            "decision": each.get("decision") if place == 0 else "",
        }
        for each in result["predictions"]
        for place, one in enumerate(each["classes"])
    ]
    columns = {"picture": "PICTURE", "share": "SHARE", "class": "CLASS"}
    labels = any("labels" in each for each in result["predictions"])
    ruled = any("decision" in each for each in result["predictions"])
    more = {"chosen": "CHOSEN"} if labels else {"decision": "DECISION"} if ruled else {}
    return table(rows, {**columns, **more}, empty="no picture")
