"""Commands that learn and judge: embed, train, runs, evaluate, predict, rename-run, delete-run."""

from pathlib import Path
from typing import Any

from core.cli.balance import add_balance, balance_of
from core.cli.catalogs import show_event
from core.cli.embedded import embed_what_waits
from core.cli.evaluating import add_details, add_explain, check_details, detail_lines, details, leaks
from core.cli.further_figures import further_lines
from core.cli.label_figures import label_lines, show_label_evaluation
from core.cli.parser import Commands, UsageError, pair, pairs, whole_number
from core.cli.predicting import add_predict
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, seconds_cell, table


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    _add_embed_and_train(commands)
    runs = commands.add("runs", list_all, show=show_runs, summary="list the runs, newest first")
    runs.add_argument("--catalog", metavar="NAME", help="only runs on this catalog")
    runs.add_argument("--tag", metavar="TAG", action="append", help="only runs with this tag; may be repeated")
    evaluate = commands.add("evaluate", evaluate_run, show=show_evaluation, summary="judge a run on its test pictures")
    evaluate.add_argument("run_id", metavar="RUN", help="id of the run")
    evaluate.add_argument("--on", metavar="CATALOG", help="judge it on every picture of another catalog instead")
    evaluate.add_argument("--map-classes", metavar="FILE", help="CSV file from,to: names of that catalog to the run's")
    add_details(evaluate)
    add_explain(commands)
    add_predict(commands)
    rename = commands.add("rename-run", rename_one, show=show_event, summary="give a run another name; its id stays")
    rename.add_argument("run_id", metavar="RUN", help="id of the run")
    rename.add_argument("name", metavar="NAME", help="its new name")
    delete = commands.add("delete-run", delete_one, show=show_event, summary="delete a run; can be undone")
    delete.add_argument("run_id", metavar="RUN", help="id of the run")


def _add_embed_and_train(commands: Commands) -> None:
    embed = commands.add(
        "embed", embed_catalog, show=show_embedding, summary="compute features and the embedding", detachable=True
    )
    embed.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    embed.add_argument("--backbone", metavar="NAME", default="", help="see `doctor`; default efficientnet-lite0")
    train = commands.add("train", train_run, show=show_training, summary="train a model", detachable=True)
    train.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    train.add_argument("--recipe", metavar="NAME", required=True, help="how to train: linear")
    train.add_argument("--backbone", metavar="NAME", default="", help="see `doctor`; default efficientnet-lite0")
    train.add_argument(
        "--target", metavar="TARGET", default="", help="category, category:LEVEL, labels or attribute:NAME"
    )
    train.add_argument("--set", metavar="KEY=VALUE", type=pair, action="append", help="a setting of the recipe")
    train.add_argument("--seed", metavar="N", type=whole_number(0), default=0, help="makes it repeatable; default 0")
    train.add_argument("--name", metavar="NAME", help="what to call the run")
    add_balance(train)


def embed_catalog(session: Session) -> dict[str, Any]:
    """Compute what is missing of a catalog's features, and its embedding."""
    given = session.arguments
    return session.run_job("embed", {"catalog": session.catalog(given.catalog).name, "backbone": given.backbone})


def train_run(session: Session) -> dict[str, Any]:
    """Train a model on a catalog."""
    from core.models.recipes import default_target, find_recipe

    given = session.arguments
    arguments = {
        "catalog": session.catalog(given.catalog).name,
        "recipe": given.recipe,
        "backbone": given.backbone,
        "target": given.target or default_target(find_recipe(given.recipe)),
        "settings": pairs(given.set, option="--set"),
        "seed": given.seed,
        "name": given.name,
        "balance": balance_of(given),
    }
    return session.run_job("train", arguments)


def list_all(session: Session) -> dict[str, Any]:
    """List the runs."""
    from core.models.runs import list_runs

    name = session.arguments.catalog
    catalog_id = None if name is None else session.catalog(name).catalog_id
    return {
        "runs": [
            {
                "run": each.run_id,
                "name": each.name,
                "catalog": each.catalog,
                "recipe": each.recipe,
                "backbone": each.backbone,
                "created": each.created,
                "seconds": each.seconds,
                "state": each.state,
                "metrics": each.metrics,
                "notes": each.notes,
                "tags": list(each.tags),
            }
            for each in list_runs(session.home, catalog_id=catalog_id)
            if set(session.arguments.tag or ()) <= set(each.tags)
        ]
    }


def evaluate_run(session: Session) -> dict[str, Any]:
    """Judge a run; what another catalog lacks is embedded first."""
    from core.evaluation.class_map import check_class_map, read_class_map
    from core.evaluation.label_report import evaluate_labels
    from core.evaluation.report import evaluate_run as evaluate_classes
    from core.models.runs import find_run

    given = session.arguments
    run = find_run(session.home, given.run_id)
    if given.map_classes is not None and given.on is None:
        raise UsageError("--map-classes goes with --on CATALOG: a run's own pictures have its own classes")
    check_details(given, labels=run.predicts_labels)
    mapping = {} if given.map_classes is None else read_class_map(Path(given.map_classes))
    check_class_map(mapping, run.classes)
    if given.on is not None:
        embed_what_waits(session, session.catalog(given.on), backbone=run.encoder)
    if run.predicts_labels:
        judged = evaluate_labels(session.home, run.run_id, on=given.on, split=given.split, mapping=mapping)
        return {**judged.to_json(), **leaks(session, run.run_id)}
    found = evaluate_classes(session.home, run.run_id, on=given.on, split=given.split, mapping=mapping)
    return {**found.to_json(), **details(session, found), **leaks(session, run.run_id)}


def rename_one(session: Session) -> dict[str, Any]:
    """Give a run another name."""
    from core.models.runs import rename_run

    given = session.arguments
    return {"event": str(rename_run(session.home, given.run_id, given.name, actor=session.actor))}


def delete_one(session: Session) -> dict[str, Any]:
    """Take a run out of sight."""
    from core.models.runs import delete_run

    return {"event": str(delete_run(session.home, session.arguments.run_id, actor=session.actor))}


def show_embedding(result: dict[str, Any]) -> str:
    """Say what embedding did."""
    if not result["pictures"]:
        return "No product has a picture: nothing was embedded."
    return facts(
        {
            "backbone": result["backbone"],
            "pictures": result["pictures"],
            "of them reused": result["reused"],
            "dimensions": result["dimensions"],
            "took": seconds_cell(result["seconds"]),
            "pictures a second": result["pictures_per_second"],
        }
    )


def show_training(result: dict[str, Any]) -> str:
    """Say how well a model learned."""
    head = {"run": result["run"], "recipe": result["recipe"], "backbone": result["backbone"]}
    text = facts({**head, "classes": _count(result["classes"]), "took": seconds_cell(result["seconds"])})
    rows = [{"split": split, **values} for split, values in result["metrics"].items() if isinstance(values, dict)]
    if "labels" in result:
        columns = {"split": "SPLIT", "pictures": "PICTURES", "all_labels_right": "ALL LABELS RIGHT"}
        columns |= {"micro_f1": "MICRO F1", "macro_f1": "MACRO F1", "binary_accuracy": "BINARY ACCURACY"}
        return f"{text}\n\n{table(rows, columns, empty='no metrics')}\n\n{label_lines(result['labels'])}"
    columns = {"split": "SPLIT", "pictures": "PICTURES", "accuracy": "ACCURACY", "macro_f1": "MACRO F1", "loss": "LOSS"}
    return f"{text}\n\n{table(rows, columns, empty='no metrics')}"


def show_runs(result: dict[str, Any]) -> str:
    """Lay out runs with their test accuracy."""
    rows = [
        {
            **each,
            "created": each["created"][:16].replace("T", " "),
            "test": percent_cell((each["metrics"].get("test") or {}).get("accuracy")),
        }
        for each in result["runs"]
    ]
    columns = {"run": "RUN", "name": "NAME", "catalog": "CATALOG", "recipe": "RECIPE", "created": "CREATED (UTC)"}
    return table(rows, {**columns, "test": "TEST ACCURACY"}, empty="no run yet; make one with `train`")


def show_evaluation(result: dict[str, Any]) -> str:
    """Say how well a run does."""
    if "all_labels_right" in result:
        return "\n".join([show_label_evaluation(result), *detail_lines(result)])
    head = {name: result[name] for name in ("run", "catalog", "split", "pictures")}
    lines = [facts({**head, **{name: _with_interval(result, name) for name in result["intervals"]}})]
    lines.extend(further_lines(result))
    if result["unmatched_classes"]:
        lines.append(f"classes the run does not know: {', '.join(result['unmatched_classes'])}")
    lines += [f"taken as: {name} -> {own}" for name, own in result["matched_classes"].items()]
    lines.extend(detail_lines(result))
    return "\n".join([*lines, *(f"warning: {each}" for each in result["warnings"])])


def _with_interval(result: dict[str, Any], name: str) -> str:
    low, high = result["intervals"][name]
    return f"{result[name]:.3f} (95 % interval {low:.3f} to {high:.3f})"


def _count(classes: Any) -> Any:
    return len(classes) if isinstance(classes, list) else classes
