"""Commands on how far a run can be trusted: plan, calibrate, curves, slices, compare-pictures, picture-set."""

from pathlib import Path
from typing import Any

from core.cli.parser import Commands, Parser
from core.cli.planning_shown import (
    show_calibration,
    show_curves,
    show_paired,
    show_plan,
    show_sets,
    show_slices,
)
from core.cli.session import Session
from core.errors import RunError

_SPLITS = ("train", "validation", "test")


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    plan = commands.add(
        "plan", plan_filing, show=show_plan, summary="plan what can be filed without a person, at a promised precision"
    )
    _take_run(plan)
    plan.add_argument("--precision", metavar="SHARE", type=float, default=0.98, help="of what is filed; default 0.98")
    plan.add_argument(
        "--confidence", metavar="SHARE", type=float, default=0.95, help="that the promise holds; default 0.95"
    )
    plan.add_argument("--calibrated", action="store_true", help="scale probabilities by the run's temperature first")
    plan.add_argument("--out", metavar="FILE", help="write the rule file that `predict --rule` applies")
    calibrate = commands.add(
        "calibrate", calibrate_one, show=show_calibration, summary="find how honest a run's probabilities are"
    )
    _take_run(calibrate)
    curves = commands.add("curves", compute_curves, show=show_curves, summary="ROC and precision-recall of every class")
    _take_run(curves)
    _take_split(curves)
    slices = commands.add(
        "slices", search_slices, show=show_slices, summary="find where a run is worse than elsewhere by more than luck"
    )
    _take_run(slices)
    _take_split(slices)
    paired = commands.add(
        "compare-pictures", compare_pictures, show=show_paired, summary="what one run fixed and broke against another"
    )
    paired.add_argument("first", metavar="RUN", help="id of the run that is held against")
    paired.add_argument("second", metavar="RUN", help="id of the run that is looked at")
    _add_picture_set(commands)


def plan_filing(session: Session) -> dict[str, Any]:
    """Plan, check the plan on test, and write the rule file."""
    import numpy as np

    from core.evaluation.calibration import kept_or_found_temperature
    from core.evaluation.filing_plan import check_plan, check_promise, filing_answers, make_plan
    from core.evaluation.filing_plan_rule import write_rule
    from core.evaluation.filing_plan_waiting import file_waiting
    from core.evaluation.thresholds import one_picture_a_product
    from core.models.runs import open_run

    given = session.arguments
    check_promise(given.precision, given.confidence)
    run = open_run(session.home, given.run_id)
    temperature = kept_or_found_temperature(session.home, given.run_id) if given.calibrated else 1.0
    plan = make_plan(run, precision=given.precision, confidence=given.confidence, temperature=temperature)
    rows = np.flatnonzero((run.products["split"] == "test").to_numpy())
    rows = rows[one_picture_a_product(run.products["product_id"].to_numpy()[rows])]
    check = check_plan(plan, filing_answers(run, rows, temperature=temperature))
    waiting = file_waiting(session.home, run, plan)
    if given.out:
        write_rule(plan, Path(given.out))
    counts = {"products": len(waiting), "accepted": int(waiting["accepted"].sum())}
    return {**plan.to_json(), "test": check.to_json(), "waiting": counts, "file": given.out}


def calibrate_one(session: Session) -> dict[str, Any]:
    """Find the temperature of a run."""
    from core.evaluation.calibration import calibrate_run

    run_id = session.arguments.run_id
    return {"run": run_id, **calibrate_run(session.home, run_id).to_json()}


def compute_curves(session: Session) -> dict[str, Any]:
    """Compute the areas under the curves of every class."""
    import numpy as np

    from core.evaluation.roc_curves import class_areas
    from core.models.runs import open_run

    given = session.arguments
    areas = class_areas(open_run(session.home, given.run_id), given.split)
    means = {f"macro_{name}": areas[name].mean() for name in ("roc_area", "average_precision")}
    rows = areas.astype(object).where(areas.notna(), None).to_dict("records")
    known = {name: None if np.isnan(value) else float(value) for name, value in means.items()}
    return {"run": given.run_id, "split": given.split, **known, "classes": rows}


def search_slices(session: Session) -> dict[str, Any]:
    """Slice the pictures of a run."""
    from core.catalog.catalogs import find_catalog
    from core.evaluation.report import evaluate_run
    from core.evaluation.slice_search import LEVEL, find_slices
    from core.models.runs import find_run

    given = session.arguments
    run = find_run(session.home, given.run_id)
    if run.catalog_deleted:
        raise RunError(f"the catalog {run.catalog!r} of run {run.run_id!r} is deleted: undo that to slice by products")
    evaluation = evaluate_run(session.home, run.run_id, split=given.split)
    report = find_slices(session.home, evaluation, find_catalog(session.home, run.catalog))
    return {
        "run": run.run_id,
        "catalog": run.catalog,
        "split": given.split,
        "pictures": report.pictures,
        "accuracy": report.accuracy,
        "correction": "Benjamini-Hochberg",
        "level": LEVEL,
        "slices": [each.to_json() for each in report.slices],
        "notes": list(report.notes),
    }


def compare_pictures(session: Session) -> dict[str, Any]:
    """Hold a run against another one."""
    from core.evaluation.paired_runs import pair_runs

    return pair_runs(session.home, session.arguments.first, session.arguments.second).to_json()


def picture_sets(session: Session) -> dict[str, Any]:
    """List, add, label, score or delete picture sets; every action tells the sets as they are then."""
    from core.evaluation.picture_sets import add_pictures, delete_set, find_set, label_pictures, list_sets
    from core.evaluation.picture_sets_scores import score_set

    given = session.arguments
    catalog = session.catalog(given.catalog)
    answer: dict[str, Any] = {"catalog": catalog.name}
    if given.action != "list" and given.name is None:
        raise RunError(f"name the picture set: picture-set {given.action} {catalog.name} NAME")
    if given.pictures and given.action != "add":
        raise RunError(f"`picture-set {given.action}` takes no pictures")
    if given.action == "add":
        files = [(name, _read_bytes(name)) for name in given.pictures]
        actor = session.actor
        _, answer["skipped"] = add_pictures(session.home, catalog, given.name, files, label=given.label, actor=actor)
    elif given.action == "label":
        found = find_set(session.home, catalog, given.name)
        labels = {_hash_of(found, each): label for each, label in given.as_category or ()}
        label_pictures(session.home, catalog, found, labels, actor=session.actor)
    elif given.action == "delete":
        answer["event"] = delete_set(
            session.home, catalog, find_set(session.home, catalog, given.name), actor=session.actor
        )
    elif given.action == "score":
        found = find_set(session.home, catalog, given.name)
        runs = [given.run] if given.run else _runs(session, catalog)
        answer["scores"] = [score_set(session.home, each, found).to_json() for each in runs]
    answer["sets"] = [_set_json(each) for each in list_sets(session.home, catalog)]
    return answer


def _add_picture_set(commands: Commands) -> None:
    from core.cli.parser import pair

    parser = commands.add(
        "picture-set", picture_sets, show=show_sets, summary="keep pictures from real life that every run is scored on"
    )
    parser.add_argument("action", choices=("list", "add", "label", "score", "delete"), help="what to do")
    parser.add_argument("catalog", metavar="CATALOG", help="the catalog whose runs are scored")
    parser.add_argument("name", metavar="NAME", nargs="?", help="name of the set")
    parser.add_argument("pictures", metavar="PICTURE", nargs="*", help="picture files to add")
    parser.add_argument("--label", metavar="CATEGORY", help="add: true category of all of these pictures")
    parser.add_argument(
        "--as", dest="as_category", metavar="FILE=CATEGORY", type=pair, action="append",
        help="label: what a picture shows, by its file's name or its hash; nothing behind = takes the label away",
    )  # fmt: skip
    parser.add_argument("--run", metavar="RUN", help="score: only this run; default: every run of the catalog")


def _take_run(parser: Parser) -> None:
    parser.add_argument("run_id", metavar="RUN", help="id of the run")


def _take_split(parser: Parser) -> None:
    parser.add_argument("--split", choices=_SPLITS, default="test", help="which of its pictures; default test")


def _runs(session: Session, catalog: Any) -> list[str]:
    """Name the runs to score, their backbones made ready."""
    from core.cli.embedded import prepare_backbone
    from core.evaluation.picture_sets_scores import scorable_runs

    runs = scorable_runs(session.home, catalog)
    if not runs:
        raise RunError(f"catalog {catalog.name!r} has no run that predicts a category: train one first")
    for name in dict.fromkeys(run.encoder for run in runs):
        prepare_backbone(session, name)
    return [run.run_id for run in runs]


def _read_bytes(name: str) -> bytes:
    from core.catalog.picture_formats import read_picture_file

    return read_picture_file(Path(name))


def _hash_of(found: Any, named: str) -> str:
    """Find the picture of a set by its hash or its file's name.

    Raises:
        RunError: There is none, or several bear the name.
    """
    hashes = [each.picture_hash for each in found.pictures if named in (each.picture_hash, each.name)]
    if len(hashes) == 1:
        return str(hashes[0])
    why = "several pictures of that name: use the hash" if hashes else "no such picture"
    known = ", ".join(each.name for each in found.pictures[:10])
    raise RunError(f"the picture set {found.name!r} has {why} ({named[:120]!r}); it has {known}")


def _set_json(found: Any) -> dict[str, Any]:
    pictures = [{"picture": each.picture_hash, "name": each.name, "label": each.label} for each in found.pictures]
    return {"set": found.name, "pictures": len(pictures), "labeled": found.labeled, "contents": pictures}
