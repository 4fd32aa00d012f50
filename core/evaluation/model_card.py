"""The card of a run: what it learned from, how good it is, what it was not tested on, how to use it.

The sections follow Mitchell et al., "Model Cards for Model Reporting" (2019). It stands here and not beside the runs,
because its intervals come from judging.
"""

import re
from typing import Any

from core.errors import BackboneError, RunError, ShelfLensError
from core.evaluation.intervals import score_interval
from core.evaluation.metrics import accuracy_interval, per_class_report
from core.files import write_json_whole, write_whole
from core.home import Home
from core.models.picture_speed import read_speed
from core.models.recipes import recipe_of_run
from core.models.runs import RunFiles, open_run
from core.models.settings import settings_to_json
from core.vision.backbones import find_backbone

CARD, CARD_JSON = "model_card.md", "model_card.json"
SMALL_SUPPORT = 10
"""With fewer test pictures than this a class's recall has an interval of 50 points and more."""
_WEAKEST = 5


def write_model_card(home: Home, run_id: str) -> dict[str, Any]:
    """Write a run's card into its folder as Markdown and JSON; written again it says the same, under the present name.

    Raises:
        RunError: There is no such run, its files are gone, or the disk refused.
    """
    card = model_card(home, run_id)
    folder = open_run(home, run_id).folder
    try:
        write_json_whole(folder / CARD_JSON, card)
        write_whole(folder / CARD, card_text(card).encode("utf-8", "replace"))
    except OSError as error:
        raise RunError(f"the card of run {run_id!r} cannot be written: {error.strerror or error}") from error
    return card


def model_card(home: Home, run_id: str) -> dict[str, Any]:
    """Gather what a card says.

    Raises:
        RunError: There is no such run, or its files are gone.
    """
    run = open_run(home, run_id)
    manifest = run.manifest
    speed = read_speed(home, run_id)
    classes = _classes(run)
    return {
        "run": run.run.run_id,
        "name": run.run.name,
        "created": run.run.created,
        "seconds": run.run.seconds,
        "recipe": run.run.recipe,
        "backbone": run.run.backbone,
        "weights_hash": str(manifest.get("weights_hash", "")),
        "licence": _licence(home, run),
        "data": {
            "catalog": run.run.catalog,
            "catalog_version": run.run.catalog_version,
            "target": run.run.target,
            "products": manifest.get("products"),
            "pictures": manifest.get("pictures", {}),
            "pictures_by_class": _by_class(run),
            "how_split": list(manifest.get("notes", [])),
            "left_out": manifest.get("left_out", {}),
            "near_duplicates_of_train": manifest.get("leaked", 0),
        },
        "settings": _settings(run),
        "seed": manifest.get("seed"),
        "figures": _figures(run),
        "classes": classes,
        "weakest": [each["class_name"] for each in classes[:_WEAKEST] if each["support"]],
        "limits": _limits(run, classes),
        "milliseconds_a_picture": speed.milliseconds if speed else None,
        "versions": manifest.get("versions", {}),
        "machine": manifest.get("machine", {}),
    }


def card_text(card: dict[str, Any]) -> str:
    """Write a card as Markdown; names from outside are escaped, so that none becomes markup."""
    data, lines = card["data"], [f"# {_plain(card['name'])}", ""]
    lines += [f"Run `{card['run']}`, finished {_plain(card['created'])} after {card['seconds'] / 60:.1f} minutes.", ""]
    lines += ["## Data", ""]
    lines += _table(
        ("", ""),
        [
            ("catalog", f"{data['catalog']}, version {data['catalog_version']}"),
            ("predicts", data["target"]),
            ("products", data["products"]),
            *((f"{split} pictures", count) for split, count in data["pictures"].items()),
            ("near duplicates of train among validation and test", data["near_duplicates_of_train"]),
            *((name.replace("_", " ") + " left out", count) for name, count in data["left_out"].items() if count),
        ],
    )
    lines += [*(f"- {_plain(note)}" for note in data["how_split"]), "", "## Figures", ""]
    lines += _table(("split", "pictures", "figure", "value", "95 % interval"), _figure_rows(card["figures"]))
    if card["milliseconds_a_picture"]:
        lines += [f"A picture takes {card['milliseconds_a_picture']:.0f} ms on the machine below.", ""]
    lines += _class_lines(card)
    lines += ["## Limits", "", *(f"- {_plain(limit)}" for limit in card["limits"]), ""]
    lines += ["## Made with", ""]
    lines += _table(
        ("setting", "value"), [("recipe", card["recipe"]), ("seed", card["seed"]), *card["settings"].items()]
    )
    made = [("backbone", card["backbone"]), ("weights, sha256", card["weights_hash"]), ("licence", card["licence"])]
    lines += _table(("", ""), [*made, *card["versions"].items(), *card["machine"].items()])
    lines += ["## Use", "", "```", f"python -m core predict {card['run']} PICTURE ..."]
    lines += [
        f"python -m core evaluate {card['run']} --on CATALOG",
        f"python -m core export-run {card['run']} FILE.zip",
        "```",
    ]
    return "\n".join(lines) + "\n"


def _settings(run: RunFiles) -> dict[str, Any]:
    try:
        settings = settings_to_json(recipe_of_run(run.run.recipe).parse_settings(run.run.settings))
    except ShelfLensError:  # of another version
        settings = run.run.settings
    return dict(settings)


def _figures(run: RunFiles) -> dict[str, dict[str, Any]]:
    """Give every figure of each split that is a number, and intervals of shares of pictures."""
    found: dict[str, dict[str, Any]] = {}
    for split, values in run.run.metrics.items():
        if not isinstance(values, dict):
            continue
        numbers = {name: value for name, value in values.items() if isinstance(value, int | float)}
        count = int(numbers.pop("pictures", 0))
        intervals = {
            name: list(_interval(run, split, name, float(value), count))
            for name, value in numbers.items()
            if name in ("accuracy", "all_labels_right", "top3_accuracy")
        }
        found[str(split)] = {"pictures": count, "values": numbers, "intervals": intervals}
    return found


def _interval(run: RunFiles, split: str, name: str, value: float, count: int) -> tuple[float, float]:
    rows = run.products[run.products["split"] == split]
    if name != "accuracy" or not {"label", "predicted"} <= set(rows):
        return score_interval(value, count)
    right = (rows["label"] == rows["predicted"]).to_numpy()
    return accuracy_interval(right, rows["product_id"].tolist())


def _classes(run: RunFiles) -> list[dict[str, Any]]:
    """Give the figures of every class on test, the weakest first; those without test pictures last."""
    rows = run.products[run.products["split"] == "test"]
    if not {"label", "predicted"} <= set(rows) or not rows["label"].isin(run.run.classes).all():
        return []  # sets of labels are no classes
    places = {name: place for place, name in enumerate(run.run.classes)}
    labels, predicted = (rows[name].map(places).to_numpy() for name in ("label", "predicted"))
    table = per_class_report(labels, predicted, classes=run.run.classes)
    table = table.assign(empty=table["support"] == 0).sort_values(["empty", "f1", "support"], kind="stable")
    names = ["class_name", "precision", "recall", "f1", "support"]
    return [{str(name): value for name, value in row.items()} for row in table[names].to_dict("records")]


def _by_class(run: RunFiles) -> dict[str, dict[str, int]]:
    rows = run.products
    if "label" not in rows:
        return {}
    counts = rows.groupby(["label", "split"]).size().unstack(fill_value=0)
    return {str(name): {str(split): int(count) for split, count in row.items()} for name, row in counts.iterrows()}


def _limits(run: RunFiles, classes: list[dict[str, Any]]) -> list[str]:
    """Say what the figures do not tell."""
    limits = [
        f"It was tested on pictures of {run.run.catalog} only. On pictures of another shop it may do far worse: judge "
        "it there first.",
        f"It knows {len(run.run.classes):,} classes and puts every picture into one of them, whatever it shows.",
    ]
    leaked = run.manifest.get("leaked")
    if isinstance(leaked, int) and leaked:
        limits.append(f"{leaked:,} validation or test pictures have a near duplicate in train: its figures flatter.")
    small = [each["class_name"] for each in classes if each["support"] < SMALL_SUPPORT]
    if small:
        named = ", ".join(small[:_WEAKEST]) + (f" and {len(small) - _WEAKEST} more" if len(small) > _WEAKEST else "")
        limits.append(f"Fewer than {SMALL_SUPPORT} test pictures, so that their figures say little: {named}.")
    return limits + [str(each) for each in run.manifest.get("warnings", [])]


def _licence(home: Home, run: RunFiles) -> str:
    try:
        return find_backbone(run.run.encoder, home=home).licence
    except BackboneError:  # a network of another version, or one that is gone
        return "not known"


def _figure_rows(figures: dict[str, dict[str, Any]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for split, found in figures.items():
        for name, value in found["values"].items():
            ends = found["intervals"].get(name)
            interval = f"{ends[0]:.3f} to {ends[1]:.3f}" if ends else ""
            rows.append((split, found["pictures"], name.replace("_", " "), f"{value:.4f}", interval))
    return rows


def _class_lines(card: dict[str, Any]) -> list[str]:
    if not card["classes"]:
        return []
    weakest = ", ".join(_plain(name) for name in card["weakest"])
    rows = [
        (each["class_name"], each["support"], *(f"{each[name]:.3f}" for name in ("precision", "recall", "f1")))
        for each in card["classes"]
    ]
    titles = ("class, weakest first", "test pictures", "precision", "recall", "F1")
    return ["## Classes", "", f"Weakest: {weakest}.", "", *_table(titles, rows)]


def _table(titles: tuple[str, ...], rows: list[Any]) -> list[str]:
    lines = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    return [*lines, *(f"| {' | '.join(_plain(cell) for cell in row)} |" for row in rows), ""]


def _plain(value: object) -> str:
    """Write a value on one line, its Markdown signs escaped."""
    flat = re.sub(r"\s+", " ", str(value)).strip()[:300]
    return re.sub(r"([\\`*_{}\[\]<>#|!&$~])", r"\\\1", flat)
