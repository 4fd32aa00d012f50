"""Commands that clean a catalog: clean, recipe, suggest-merges."""

from pathlib import Path
from typing import Any

from core.cli.parser import Commands, UsageError, pair, pairs, whole_number
from core.cli.session import Session
from core.cli.tables import facts, table


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    clean = commands.add(
        "clean", clean_catalog, show=show_cleaning, summary="apply a cleaning step or a recipe", detachable=True
    )
    clean.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    clean.add_argument("step", metavar="STEP", nargs="?", help="the step; docs/cleaning.md describes each")
    clean.add_argument("--set", metavar="KEY=VALUE", type=pair, action="append", help="a setting of the step")
    clean.add_argument("--recipe", metavar="FILE", help="apply every step of a recipe instead")
    clean.add_argument("--preview", action="store_true", help="only say what would change")
    recipe = commands.add("recipe", show_one, show=show_recipe, summary="list the steps a catalog was cleaned by")
    recipe.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    recipe.add_argument("--export", metavar="FILE", help="also write the recipe to a file, for `clean --recipe`")
    suggest = commands.add(
        "suggest-merges", suggest_merges, show=show_suggestions, summary="suggest categories that may be one"
    )
    suggest.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    suggest.add_argument("--limit", metavar="N", type=whole_number(1), default=50, help="at most so many; default 50")
    suggest.add_argument("--export", metavar="FILE", help="also write them as a table for `clean merge-categories`")


def clean_catalog(session: Session) -> dict[str, Any]:
    """Apply or preview a step, or a recipe."""
    from core.cleaning.recipe import read_recipe_file
    from core.cleaning.steps import make_step

    given = session.arguments
    catalog = session.catalog(given.catalog)
    if (given.step is None) == (given.recipe is None):
        raise UsageError("name either a step or --recipe FILE: `clean CATALOG STEP` or `clean CATALOG --recipe FILE`")
    if given.recipe is not None:
        if given.set:
            raise UsageError("--set belongs to a step: the settings of a recipe are in its file")
        steps = read_recipe_file(Path(given.recipe).expanduser())
    else:
        steps = [make_step(given.step, pairs(given.set, option="--set"))]
    arguments = {
        "catalog": catalog.name,
        "steps": [step.to_json() for step in steps],
        "recipe": given.recipe is not None,
        "preview": given.preview,
    }
    return session.run_job("clean", arguments)


def show_one(session: Session) -> dict[str, Any]:
    """List the recipe of a catalog, and export it where that is asked for."""
    from core.cleaning.recipe import export_recipe, list_recipe
    from core.files import write_json_whole

    given = session.arguments
    catalog = session.catalog(given.catalog)
    if given.export is not None:
        _write(Path(given.export), lambda path: write_json_whole(path, export_recipe(session.home, catalog)))
    return {
        "catalog": catalog.name,
        "steps": [
            {
                "step": each.kind,
                "settings": each.settings,
                "summary": each.summary,
                "event": str(each.event_id),
                "created": each.created,
                "actor": each.actor,
            }
            for each in list_recipe(session.home, catalog)
        ],
        "file": given.export,
    }


def suggest_merges(session: Session) -> dict[str, Any]:
    """Suggest merges of categories."""
    from core.cleaning.merge_suggestions import suggest_merges as suggest
    from core.files import write_json_whole

    given = session.arguments
    found = suggest(session.home, session.catalog(given.catalog), limit=given.limit)
    rules = [{"from": each.before, "to": each.after} for each in found]
    if given.export is not None:
        _write(Path(given.export), lambda path: write_json_whole(path, rules))
    return {"suggestions": [each.to_json() for each in found], "file": given.export}


def show_cleaning(result: dict[str, Any]) -> str:
    """Say what steps did, or would do."""
    if "previews" in result:
        return "\n\n".join(map(_preview_text, result["previews"]))
    lines = []
    for each in result["steps"]:
        undo = f"undo it with `undo {each['event']}`" if each["event"] else "nothing to change"
        lines += [f"{each['step']}: {each['summary']}; {undo}", *(f"  {note}" for note in each["notes"])]
    return "\n".join(lines) or "the recipe has no steps"


def show_recipe(result: dict[str, Any]) -> str:
    """Lay out a recipe."""
    rows = [{**each, "created": each["created"][:19].replace("T", " ")} for each in result["steps"]]
    columns = {"step": "STEP", "summary": "WHAT IT DID", "event": "EVENT", "created": "AT (UTC)", "actor": "WHO"}
    return table(rows, columns, empty="this catalog was not cleaned yet")


def show_suggestions(result: dict[str, Any]) -> str:
    """Lay out suggestions."""
    columns = {"from": "FROM", "products_from": "PRODUCTS", "to": "TO", "products_to": "PRODUCTS", "why": "WHY"}
    return table(result["suggestions"], columns, empty="no two categories look like one")


def _preview_text(preview: dict[str, Any]) -> str:
    groups = table(
        preview["groups"][:20],
        {"field": "FIELD", "before": "BEFORE", "after": "AFTER", "products": "PRODUCTS"},
        empty="",
    )
    figures = {name: value for name, value in preview["figures"].items() if not isinstance(value, dict | list)}
    parts = [preview["summary"], groups, facts(figures) if figures else "", "\n".join(preview["notes"])]
    return "\n\n".join(part for part in parts if part)


def _write(path: Path, write: Any) -> None:
    try:
        write(path.expanduser())
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror or error}; name a file in a folder that exists"
        ) from error
