"""Commands about models that come and go: add-model, card, export-run, import-run."""

from pathlib import Path
from typing import Any

from core.cli.parser import Commands, pair, pairs, whole_number
from core.cli.session import Session
from core.cli.tables import facts, percent_cell, seconds_cell
from core.errors import RunError
from core.models.foreign_settings import OUTPUTS, SCALINGS

_MOST_NAMES_BYTES = 4 * 2**20


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    add = commands.add(
        "add-model", add_model, show=show_added, summary="add a .keras model from elsewhere as a run", detachable=True
    )
    add.add_argument("file", metavar="FILE", help="a model saved with model.save('x.keras') in Keras 3")
    add.add_argument("--classes", metavar="NAMES", required=True, help="a,b,c in the order of its outputs, or a file")
    add.add_argument("--catalog", metavar="NAME", help="judge it on this catalog; default: the only one there is")
    add.add_argument(
        "--side", metavar="N", type=whole_number(8), help="side of its pictures, where the model leaves it open"
    )
    add.add_argument(
        "--scaling", choices=SCALINGS, default="none", help="how it wants its pixels; default none: 0 to 255"
    )
    add.add_argument(
        "--output", choices=OUTPUTS, default="auto", help="what its last layer gives; default: told by itself"
    )
    add.add_argument("--target", metavar="TARGET", default="category", help="what its classes are in the catalog")
    add.add_argument("--map-classes", metavar="FILE", help="CSV file from,to: names of the catalog to the model's")
    add.add_argument("--set", metavar="KEY=VALUE", type=pair, action="append", help="picture_fit, memory_mib, seconds")
    add.add_argument("--name", metavar="NAME", help="what to call the run")

    card = commands.add("card", write_card, show=show_card, summary="write what is to be known of a run as a card")
    card.add_argument("run_id", metavar="RUN", help="id of the run")
    export = commands.add("export-run", export_one, show=show_exported, summary="pack a run into a zip file")
    export.add_argument("run_id", metavar="RUN", help="id of the run")
    export.add_argument("file", metavar="FILE", help="a new file that ends in .zip")
    bring = commands.add("import-run", import_one, show=show_imported, summary="bring in a run packed elsewhere")
    bring.add_argument("file", metavar="FILE", help="a zip file that export-run wrote")
    bring.add_argument(
        "--catalog", metavar="NAME", help="the catalog it belongs to here; default: the one of the same name"
    )


def write_card(session: Session) -> dict[str, Any]:
    """Write the card of a run."""
    from core.evaluation.model_card import CARD, write_model_card
    from core.models.runs import open_run

    run_id = session.arguments.run_id
    card = write_model_card(session.home, run_id)
    return {"file": str(open_run(session.home, run_id).folder / CARD), "card": card}


def export_one(session: Session) -> dict[str, Any]:
    """Pack a run."""
    from core.evaluation.run_archive import export_run

    return export_run(session.home, session.arguments.run_id, Path(session.arguments.file).absolute())


def import_one(session: Session) -> dict[str, Any]:
    """Bring in a run."""
    from core.evaluation.run_archive import import_run

    given = session.arguments
    return import_run(session.home, Path(given.file), catalog=given.catalog, actor=session.actor)


def show_card(result: dict[str, Any]) -> str:
    """Print the card."""
    from core.evaluation.model_card import card_text

    return card_text(result["card"])


def show_exported(result: dict[str, Any]) -> str:
    """Say what was packed."""
    return facts({"run": result["run"], "file": result["file"], "bytes": result["bytes"]})


def show_imported(result: dict[str, Any]) -> str:
    """Say what was brought in."""
    text = facts({name: result[name] for name in ("run", "catalog", "recipe")})
    return (
        text if result["run"] == result["was"] else f"{text}\nits id {result['was']} is taken here, so it got a new one"
    )


def add_model(session: Session) -> dict[str, Any]:
    """Add a model from elsewhere."""
    from core.evaluation.class_map import read_class_map

    given = session.arguments
    settings = {"scaling": given.scaling, "output": given.output, **pairs(given.set, option="--set")}
    if given.side is not None:
        settings["side_px"] = given.side
    arguments = {
        "file": given.file,
        "catalog": _catalog(session, given.catalog),
        "classes": _class_names(given.classes),
        "settings": settings,
        "target": given.target,
        "mapping": {} if given.map_classes is None else read_class_map(Path(given.map_classes)),
        "name": given.name,
    }
    return session.run_job("add-model", arguments)


def show_added(result: dict[str, Any]) -> str:
    """Say what was added and how good it is."""
    test, about = result["metrics"].get("test", {}), result["about"]
    text = facts(
        {
            "run": result["run"],
            "name": result["name"],
            "classes": result["classes"],
            "parameters": about["parameters"],
            "head": about["head"],
            "test accuracy": percent_cell(test.get("accuracy")),
            "test pictures": test.get("pictures"),
            "took": seconds_cell(result["seconds"]),
        }
    )
    return "\n".join([text, *(f"warning: {each}" for each in result["warnings"])])


def _catalog(session: Session, name: str | None) -> str:
    if name is not None:
        return session.catalog(name).name
    from core.catalog.catalogs import list_catalogs

    names = [catalog.name for catalog in list_catalogs(session.home)]
    if len(names) != 1:
        known = f"there are {', '.join(names[:10])}" if names else "import one first"
        raise RunError(f"name the catalog to judge the model on with --catalog NAME; {known}")
    return names[0]


def _class_names(text: str) -> list[str]:
    """Read names parted by commas, or a file with one a line."""
    from core.files import read_ordinary

    path = Path(text)
    try:
        is_file = "," not in text and path.is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file:
        return text.split(",")
    try:
        lines = read_ordinary(path, most_bytes=_MOST_NAMES_BYTES).decode("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise RunError(
            f"the file of class names {path} cannot be read ({error}): expected text, one name a line"
        ) from error
    return [line.strip() for line in lines if line.strip()]
