"""Commands about presets: presets, preset, save-preset, rollback-preset, publish-preset, export-preset and the like."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.parser import Commands, Parser, Run, Show, UsageError, pair, pairs, whole_number
from core.cli.session import Session
from core.cli.tables import facts, table

if TYPE_CHECKING:
    from core.recommend.ranking_settings import RankingSettings


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    listing = commands.add("presets", list_all, show=show_all, summary="list the presets of a catalog")
    listing.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    _named(commands, "preset", show_one, show_preset, "tell a preset with all its versions")
    saving = _named(commands, "save-preset", save, show_saved, "save ranking settings as a new version of a preset")
    _add_settings(saving)
    back = _named(
        commands, "rollback-preset", roll_back, show_saved, "save an earlier version of a preset as the newest"
    )
    back.add_argument("--version", metavar="N", type=whole_number(1), required=True, dest="number", help="which one")
    renaming = _named(commands, "rename-preset", rename, show_saved, "give a preset another name")
    renaming.add_argument("to", metavar="NEW", help="the new name")
    _named(commands, "delete-preset", delete, show_deleted, "delete a preset with all its versions")
    publishing = _named(commands, "publish-preset", publish, show_published, "publish a preset, for the HTTP API")
    publishing.add_argument("--version", metavar="N", type=whole_number(1), dest="number", help="default the newest")
    nothing = commands.add("unpublish-preset", unpublish, show=show_unpublished, summary="publish no preset any more")
    nothing.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    export = _named(commands, "export-preset", export_one, show_exported, "write a preset as a file, formulas included")
    export.add_argument("to", metavar="TO", help="a .json file, or a .zip file with arrays and a program that ranks")
    export.add_argument("--version", metavar="N", type=whole_number(1), dest="number", help="default the newest")
    taking = commands.add("import-preset", import_one, show=show_saved, summary="save a preset from its file")
    taking.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    taking.add_argument("source", metavar="FILE", help="what `export-preset` wrote as .json")
    taking.add_argument("--name", metavar="NAME", help="default the name it had")


def _named(commands: Commands, name: str, run: Run, show: Show, summary: str) -> Parser:
    parser = commands.add(name, run, show=show, summary=summary)
    parser.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    parser.add_argument("preset", metavar="PRESET", help="name of the preset")
    return parser


def _add_settings(saving: Parser) -> None:
    saving.add_argument(
        "--from", metavar="PRESET", dest="base", help="start from this one; default PRESET, then standard"
    )
    saving.add_argument("--weight", metavar="PART=W", type=pair, action="append", help="weight of a part; repeatable")
    saving.add_argument(
        "--set", metavar="NAME=VALUE", type=pair, action="append", help="another setting, value as JSON"
    )
    saving.add_argument("--description", metavar="TEXT", help="what the preset is for")
    saving.add_argument("--note", metavar="TEXT", default="", help="why this version")


def list_all(session: Session) -> dict[str, Any]:
    """List presets, those that cannot be read under problems."""
    from core.recommend.presets import BUILT_IN, describe_preset, list_presets, published_preset

    catalog = session.catalog(session.arguments.catalog)
    found, problems = list_presets(session.home, catalog)
    published = published_preset(session.home, catalog)
    return {
        "catalog": catalog.name,
        "presets": [describe_preset(each, published) for each in found],
        "built_in": sorted(BUILT_IN),
        "problems": [{"preset": name, "problem": text} for name, text in problems.items()],
    }


def show_one(session: Session) -> dict[str, Any]:
    """Tell one preset with its versions."""
    from core.recommend.presets import describe_preset, describe_versions, find_preset, published_preset

    catalog = session.catalog(session.arguments.catalog)
    preset = find_preset(session.home, catalog, session.arguments.preset)
    described = describe_preset(preset, published_preset(session.home, catalog))
    return {**described, "versions": describe_versions(preset)}


def save(session: Session) -> dict[str, Any]:
    """Save settings: those of a preset with some changed."""
    from core.recommend.presets import describe_preset, preset_settings, save_preset

    given = session.arguments
    catalog = session.catalog(given.catalog)
    base = preset_settings(session.home, catalog, given.base or _known_or_standard(session, given.preset))
    settings = _changed(base, pairs(given.weight, option="--weight"), pairs(given.set, option="--set"))
    preset = save_preset(
        session.home,
        catalog,
        given.preset,
        settings,
        actor=session.actor,
        description=given.description,
        note=given.note,
    )
    return describe_preset(preset)


def roll_back(session: Session) -> dict[str, Any]:
    """Save an earlier version as the newest."""
    from core.recommend.presets import describe_preset, roll_back_preset

    given = session.arguments
    catalog = session.catalog(given.catalog)
    return describe_preset(roll_back_preset(session.home, catalog, given.preset, given.number, actor=session.actor))


def rename(session: Session) -> dict[str, Any]:
    """Rename a preset."""
    from core.recommend.presets import describe_preset, rename_preset

    given = session.arguments
    catalog = session.catalog(given.catalog)
    return describe_preset(rename_preset(session.home, catalog, given.preset, given.to, actor=session.actor))


def delete(session: Session) -> dict[str, Any]:
    """Delete a preset."""
    from core.recommend.presets import delete_preset

    given = session.arguments
    event = delete_preset(session.home, session.catalog(given.catalog), given.preset, actor=session.actor)
    return {"preset": given.preset, "event": str(event)}


def publish(session: Session) -> dict[str, Any]:
    """Publish a version of a preset."""
    from core.recommend.presets import publish_preset

    given = session.arguments
    catalog = session.catalog(given.catalog)
    reference = given.preset if given.number is None else f"{given.preset}@{given.number}"
    published = publish_preset(session.home, catalog, reference, actor=session.actor)
    return {
        "catalog": catalog.name,
        "preset": published.preset.name,
        "version": published.version.version,
        "published": published.at,
    }


def unpublish(session: Session) -> dict[str, Any]:
    """Publish nothing."""
    from core.recommend.presets import unpublish_preset

    catalog = session.catalog(session.arguments.catalog)
    unpublish_preset(session.home, catalog, actor=session.actor)
    return {"catalog": catalog.name, "preset": None}


def export_one(session: Session) -> dict[str, Any]:
    """Write a preset as JSON, or with arrays and the reference program as a zip file."""
    from core.files import write_json_whole
    from core.recommend.presets import referred_version
    from core.recommend.presets_file import preset_file

    given = session.arguments
    catalog = session.catalog(given.catalog)
    reference = given.preset if given.number is None else f"{given.preset}@{given.number}"
    preset, version = referred_version(session.home, catalog, reference)
    path = Path(given.to).expanduser()
    values = preset_file(preset, version)
    if path.suffix.lower() not in (".json", ".zip") or path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"cannot write {given.to[:300]}: name a .json or .zip file in a folder that is there")
    try:
        if path.suffix.lower() == ".json":
            write_json_whole(path, values)
            return {"preset": preset.name, "version": version.version, "file": str(path), "products": 0}
        from core.recommend.reference_ranking import export_ranking

        products = export_ranking(session.home, catalog, version.settings, path, preset=values)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror or error}; name a file in a folder that exists"
        raise UsageError(message) from error
    return {"preset": preset.name, "version": version.version, "file": str(path), "products": products}


def import_one(session: Session) -> dict[str, Any]:
    """Save what a file holds."""
    from core.recommend.presets import describe_preset, save_preset
    from core.recommend.presets_file import read_preset_file

    given = session.arguments
    catalog = session.catalog(given.catalog)
    name, description, settings = read_preset_file(Path(given.source))
    preset = save_preset(
        session.home,
        catalog,
        given.name or name,
        settings,
        actor=session.actor,
        description=description,
        note=f"Imported from {Path(given.source).name}"[:200],
    )
    return describe_preset(preset)


def _known_or_standard(session: Session, name: str) -> str:
    from core.recommend.presets import list_presets

    found, problems = list_presets(session.home, session.catalog(session.arguments.catalog))
    return name if name in {each.name for each in found} | set(problems) else "standard"


def _changed(base: "RankingSettings", weights: dict[str, str], values: dict[str, str]) -> "RankingSettings":
    """Give settings with some weights and values changed; every message names the option."""
    from core.recommend.ranking_settings import RankingSettings

    changed = base.to_json()
    for part, text in weights.items():
        try:
            changed["weights"][part] = float(text)
        except ValueError as error:
            raise UsageError(f"--weight {part}: expected a number, not {text[:60]!r}") from error
    for name, text in values.items():
        group, dot, inner = name.partition(".")
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            value = text  # a bare word is a text
        if dot and isinstance(changed.get(group), dict):
            changed[group][inner] = value
        else:
            changed[name] = value
    return RankingSettings.from_json(changed)


def show_all(result: dict[str, Any]) -> str:
    """Lay out presets."""
    rows = [{**each, "weights": weight_words(each["settings"])} for each in result["presets"]]
    columns = {
        "preset": "PRESET",
        "version": "VERSION",
        "published": "PUBLISHED",
        "weights": "WEIGHTS",
        "description": "DESCRIPTION",
    }
    lines = [table(rows, columns, empty="no preset yet: `save-preset` makes one")]
    lines += [f"{each['preset']}: {each['problem']}" for each in result["problems"]]
    return "\n".join([*lines, f"built in: {', '.join(result['built_in'])}"])


def show_preset(result: dict[str, Any]) -> str:
    """Lay out a preset."""
    rows = [{**each, "weights": weight_words(each["settings"])} for each in result["versions"]]
    columns = {"version": "VERSION", "weights": "WEIGHTS", "note": "NOTE", "created": "AT (UTC)", "created_by": "WHO"}
    head = {name: result[name] for name in ("preset", "description", "published")}
    return f"{facts(head)}\n\n{table(rows, columns, empty='')}"


def show_saved(result: dict[str, Any]) -> str:
    """Say what was saved."""
    words = {"preset": result["preset"], "version": result["version"], "weights": weight_words(result["settings"])}
    return facts(words)


def show_deleted(result: dict[str, Any]) -> str:
    """Say what was deleted."""
    return f"deleted preset {result['preset']}; undo it with `undo {result['event']}`"


def show_published(result: dict[str, Any]) -> str:
    """Say what is published."""
    return f"{result['preset']} version {result['version']} is published; `serve-api` serves it"


def show_unpublished(result: dict[str, Any]) -> str:
    """Say that nothing is published."""
    return f"catalog {result['catalog']} has no published preset now"


def show_exported(result: dict[str, Any]) -> str:
    """Say what was written."""
    return facts({name: result[name] for name in ("preset", "version", "file")})


def weight_words(settings: dict[str, Any]) -> str:
    """Write the weights above 0 in one line."""
    weights = settings.get("weights")
    if not isinstance(weights, dict):
        return ""
    return ", ".join(f"{part} {value:g}" for part, value in weights.items() if isinstance(value, int | float) and value)
