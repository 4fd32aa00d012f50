"""What runs were set to otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import ShelfLensError
from core.evaluation.compared_runs import ComparedRun
from core.models.recipes import recipe_of_run
from core.models.settings import settings_to_json

_OF_THE_RUN = {
    "recipe": "recipe",
    "backbone": "backbone",
    "target": "target",
    "catalog": "catalog",
    "catalog_version": "catalog version",
}
_OF_THE_MANIFEST = {"seed": "seed", "side_px": "picture side, px", "picture_fit": "picture fit", "epochs": "epochs run"}


@dataclass(frozen=True)
class SettingRow:
    """A setting that is not the same in every run.

    Attributes:
        name: The setting.
        values: Its value in each run as text; None where the run has no such setting.
        defaults: For each run, whether that is the recipe's default.
    """

    name: str
    values: tuple[str | None, ...]
    defaults: tuple[bool, ...]


def differing_settings(runs: Sequence[ComparedRun]) -> tuple[SettingRow, ...]:
    """List what differs: first what the runs are, then settings that most of them have.

    A setting that only some recipes know is listed too, since the others have none of it.
    """
    facts = [_facts(run) for run in runs]
    defaults = [_defaults(run) for run in runs]
    first = list(dict.fromkeys(name for each in facts for name in each))
    rows = [SettingRow(name, values, (False,) * len(runs)) for name in first if (values := _differing(facts, name))]
    settings = [{name: _text(value) for name, value in run.run.settings.items()} for run in runs]
    names = list(dict.fromkeys(name for each in settings for name in each))
    names.sort(key=lambda name: -sum(name in each for each in settings))
    for name in names:
        values = _differing(settings, name)
        if values:
            usual = [value is not None and value == own.get(name) for value, own in zip(values, defaults, strict=True)]
            rows.append(SettingRow(name, values, tuple(usual)))
    return tuple(rows)


def _facts(run: ComparedRun) -> dict[str, str]:
    facts = {words: _text(getattr(run.run, name)) for name, words in _OF_THE_RUN.items()}
    facts |= {words: _text(run.manifest[name]) for name, words in _OF_THE_MANIFEST.items() if name in run.manifest}
    pictures = run.manifest.get("pictures")
    if isinstance(pictures, dict):
        facts |= {f"{split} pictures": _text(pictures[split]) for split in ("train", "validation") if split in pictures}
    if run.run.classes:
        facts["classes"] = _text(len(run.run.classes))
    return facts


def _defaults(run: ComparedRun) -> dict[str, str]:
    try:
        settings = settings_to_json(recipe_of_run(run.run.recipe).settings_class())
    except (ShelfLensError, TypeError):  # a recipe of another version
        return {}
    return {name: _text(value) for name, value in settings.items()}


def _differing(columns: Sequence[dict[str, str]], name: str) -> tuple[str | None, ...]:
    values = tuple(each.get(name) for each in columns)
    return values if len(set(values)) > 1 else ()


def _text(value: Any) -> str:
    """Write a value of a run's files, which may be anything, in at most 120 characters."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(_text(each) for each in value[:12])[:120]
    return str(value)[:120]
