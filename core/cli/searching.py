"""Commands that search settings: search, searches, search-report."""

import argparse
from typing import Any

from core.cli.balance import add_balance, balance_of
from core.cli.parser import Commands, UsageError, pair, pairs, whole_number
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, seconds_cell, table


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    search = commands.add(
        "search", search_settings, show=show_search, summary="search the settings of a recipe", detachable=True
    )
    search.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    search.add_argument("--recipe", metavar="NAME", required=True, help="whose settings; see `train`")
    search.add_argument("--grid", metavar="KEY=V1,V2", type=pair, action="append", help="try each of these values")
    search.add_argument("--guided", action="store_true", help="let a guide choose the trials")
    search.add_argument(
        "--vary", metavar="KEY=LOW:HIGH", type=pair, action="append", help="what the guide chooses from; or KEY=V1,V2"
    )
    search.add_argument("--trials", metavar="N", type=whole_number(1), help="at most so many trials")
    search.add_argument("--minutes", metavar="M", type=_minutes, help="at most so long")
    search.add_argument("--measure", metavar="NAME", default="accuracy", help="accuracy, macro_f1 or loss")
    search.add_argument("--pruner", metavar="NAME", default="median", help="median, hyperband or none")
    search.add_argument("--backbone", metavar="NAME", default="", help="see `doctor`; default efficientnet-lite0")
    search.add_argument("--target", metavar="TARGET", help="what to predict; see `train`")
    search.add_argument("--set", metavar="KEY=VALUE", type=pair, action="append", help="a setting of every trial")
    search.add_argument("--seed", metavar="N", type=whole_number(0), default=0, help="makes it repeatable; default 0")
    search.add_argument("--name", metavar="NAME", help="what to call the run of the best")
    add_balance(search)
    searches = commands.add("searches", list_all, show=show_all, summary="list the searches, newest first")
    searches.add_argument("--catalog", metavar="NAME", help="only searches on this catalog")
    report = commands.add("search-report", report_one, show=show_report, summary="show every trial of a search")
    report.add_argument("search_id", metavar="SEARCH", help="id of the search")


def search_settings(session: Session) -> dict[str, Any]:
    """Search the settings of a recipe, then train a run with the best."""
    from core.models.recipes import default_target, find_recipe

    given = session.arguments
    guided = given.guided or bool(given.vary)
    if guided and given.grid:
        raise UsageError("--grid tries each value, --guided and --vary let a guide choose: give one of them")
    catalog = session.catalog(given.catalog)
    arguments = {
        "catalog": catalog.name,
        "recipe": given.recipe,
        "method": "guided" if guided else "grid",
        "space": pairs(given.vary, option="--vary") if guided else pairs(given.grid, option="--grid"),
        "settings": pairs(given.set, option="--set"),
        "backbone": given.backbone,
        "target": given.target or default_target(find_recipe(given.recipe)),
        "trials": given.trials or 0,
        "minutes": given.minutes or 0,
        "measure": given.measure,
        "pruner": given.pruner,
        "seed": given.seed,
        "name": given.name,
        "balance": balance_of(given),
    }
    session.say(_cost(session, catalog, arguments))
    return session.run_job("search", arguments)


def list_all(session: Session) -> dict[str, Any]:
    """List the searches."""
    from core.models.search_store import list_searches

    name = session.arguments.catalog
    catalog_id = None if name is None else session.catalog(name).catalog_id
    kept = ("catalog", "recipe", "method", "measure", "run", "created", "seconds")
    return {
        "searches": [
            {
                "search": each.search_id,
                **{name: each.report.get(name) for name in kept},
                "trials": len(each.report["trials"]),
                "best": each.report["best"]["figures"],
            }
            for each in list_searches(session.home, catalog_id=catalog_id)
        ]
    }


def report_one(session: Session) -> dict[str, Any]:
    """Give everything of a search."""
    from core.models.search_store import find_search

    found = find_search(session.home, session.arguments.search_id)
    return {**found.report, "search": found.search_id}


def show_search(result: dict[str, Any]) -> str:
    """Say what was best and what its run reaches."""
    best = result["best"]
    test = result["metrics"].get("test") or {}
    return facts(
        {
            "search": result["search"],
            "trials": ", ".join(f"{count} {state}" for state, count in result["trials"].items()),
            "best": _point(best["settings"]),
            "its validation accuracy": percent_cell(best["accuracy"]),
            "run": result["run"],
            "its test accuracy": f"{percent_cell(test.get('accuracy'))} over {test.get('pictures', 0)} pictures",
            "took": seconds_cell(result["seconds"]),
        }
    )


def show_all(result: dict[str, Any]) -> str:
    """Lay out searches with what their best reached on validation."""
    rows = [
        {**each, "best": percent_cell(each["best"]["accuracy"]), "took": seconds_cell(each["seconds"])}
        for each in result["searches"]
    ]
    columns = {"search": "SEARCH", "catalog": "CATALOG", "recipe": "RECIPE", "method": "METHOD", "trials": "TRIALS"}
    columns |= {"best": "BEST VALIDATION", "took": "TOOK", "run": "RUN"}
    return table(rows, columns, empty="no search yet; make one with `search`")


def show_report(result: dict[str, Any]) -> str:
    """Lay out the trials, best first."""
    rows = [
        {
            "number": trial["number"] + 1,
            "settings": _point(trial["settings"]),
            "state": trial["state"],
            "accuracy": percent_cell((trial["figures"] or {}).get("accuracy")),
            "macro_f1": (trial["figures"] or {}).get("macro_f1"),
            "loss": (trial["figures"] or {}).get("loss"),
            "epochs": trial["epochs"],
            "seconds": seconds_cell(trial["seconds"]),
        }
        for trial in sorted(result["trials"], key=_order)
    ]
    columns = {"number": "TRIAL", "accuracy": "VALIDATION", "macro_f1": "MACRO F1", "loss": "LOSS", "state": "STATE"}
    columns |= {"epochs": "EPOCHS", "seconds": "TOOK", "settings": "SETTINGS"}
    head = facts({name: result[name] for name in ("search", "catalog", "recipe", "method", "measure", "run")})
    return f"{head}\n\n{table(rows, columns, empty='no trial')}"


def _cost(session: Session, catalog: Any, arguments: dict[str, Any]) -> str:
    """Say what the search will cost; everything that is wrong with it shows here, before a job is made."""
    from core.jobs.balance_wish import read_balance
    from core.jobs.kinds import build_arguments
    from core.models.search_estimate import estimate_search

    checked = build_arguments("search", arguments)
    found = estimate_search(session.home, catalog, checked.plan(read_balance(checked.balance)))
    many = f"{found.trials:,} trials" if found.trials else "as many trials as the time allows"
    long = "a time not known yet" if found.seconds is None else f"about {seconds_cell(found.seconds)}"
    return f"{many}, {long}. {found.basis}"


def _order(trial: dict[str, Any]) -> tuple[bool, float]:
    figures = trial["figures"]
    return (figures is None, -figures["accuracy"] if figures else trial["number"])


def _point(settings: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in settings.items())


def _minutes(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"expected a number of minutes above 0, not {text[:40]!r}")
    return number
