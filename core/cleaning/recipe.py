"""The recipe of a catalog: the steps it was cleaned by, in order, to undo, to keep and to apply again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.log import undo
from core.catalog.picture_formats import printable
from core.catalog.schema import cleaning_steps, events
from core.cleaning.kinds import STEP_KINDS
from core.cleaning.step import Step
from core.cleaning.steps import AppliedStep, apply_step, make_step
from core.errors import CatalogError, SettingsError
from core.files import read_ordinary
from core.home import Home
from core.progress import Progress
from core.progress_parts import in_parts

RECIPE_FORMAT = 1
_MOST_BYTES = 50_000_000
_MOST_STEPS = 1000


@dataclass(frozen=True)
class RecipeStep:
    """A step as the recipe keeps it.

    Attributes:
        step_id: Its number.
        event_id: The change of the log that made it.
        kind: Name of its kind.
        settings: Its settings as JSON values.
        summary: What it did, one sentence.
        created: UTC time, ISO 8601.
        actor: Who applied it.
    """

    step_id: int
    event_id: int
    kind: str
    settings: dict[str, Any]
    summary: str
    created: str
    actor: str

    @property
    def title(self) -> str:
        """What the kind is called; its bare name when it is of a later version."""
        return STEP_KINDS[self.kind].title if self.kind in STEP_KINDS else self.kind


def list_recipe(home: Home, catalog: Catalog) -> list[RecipeStep]:
    """List the steps that stand, the oldest first."""
    table = cleaning_steps.c
    query = (
        select(cleaning_steps, events.c.actor)
        .join(events, events.c.event_id == table.event_id, isouter=True)
        .where(table.catalog_id == catalog.catalog_id)
        .order_by(table.step_id)
    )
    names = ("step_id", "event_id", "kind", "settings", "summary", "created")
    with read(home) as connection:
        return [
            RecipeStep(**{name: row[name] for name in names}, actor=row["actor"] or "")
            for row in connection.execute(query).mappings()
        ]


def undo_step(home: Home, catalog: Catalog, step_id: int, *, actor: str) -> int:
    """Undo a step of the recipe; gives the number of the change that did.

    Raises:
        CatalogError: The recipe has no such step.
        UndoError: Later changes build on it.
    """
    for step in list_recipe(home, catalog):
        if step.step_id == step_id:
            return undo(home, step.event_id, actor=actor)
    raise CatalogError(f"the recipe of catalog {catalog.name!r} has no step {step_id}; list it with `recipe`")


def export_recipe(home: Home, catalog: Catalog) -> dict[str, Any]:
    """Give the recipe as its file holds it; :func:`read_recipe` reads it."""
    steps = [{"kind": step.kind, "settings": step.settings} for step in list_recipe(home, catalog)]
    return {"format": RECIPE_FORMAT, "catalog": catalog.name, "steps": steps}


def read_recipe_file(path: Path) -> list[Step]:
    """Read a recipe's file.

    Raises:
        SettingsError: It cannot be read, or a step is unknown or has a wrong setting; the message names the step.
    """
    try:
        values = json.loads(read_ordinary(path, most_bytes=_MOST_BYTES).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        reason = (getattr(error, "strerror", None) or str(error))[:200]
        raise SettingsError(f"cannot read the recipe {path}: {reason}; export one with `recipe --export`") from error
    return read_recipe(values, name=str(path))


def read_recipe(values: Any, *, name: str = "the recipe") -> list[Step]:
    """Read a recipe of JSON values; see :func:`read_recipe_file`."""
    if not isinstance(values, dict) or not isinstance(values.get("steps"), list):
        raise SettingsError(f"{name} is no recipe: expected an object with a list 'steps'")
    if values.get("format", RECIPE_FORMAT) != RECIPE_FORMAT:
        found = printable(str(values["format"]))[:40]
        raise SettingsError(f"{name} has recipe format {found}, this ShelfLens reads {RECIPE_FORMAT}: upgrade it")
    if len(values["steps"]) > _MOST_STEPS:
        raise SettingsError(f"{name} has {len(values['steps']):,} steps: at most {_MOST_STEPS:,}")
    return [_read_step(value, place, name=name) for place, value in enumerate(values["steps"], start=1)]


def apply_recipe(
    home: Home, catalog: Catalog, steps: Sequence[Step], *, actor: str, progress: Progress
) -> list[AppliedStep]:
    """Apply the steps of a recipe in order; those a catalog has been cleaned by are applied again.

    Every step is a change of its own, so each can be undone. A step the catalog's recipe has already is not entered
    a second time; one it has not is entered even when it changes nothing today, because the next import may bring
    something for it to change.

    Raises:
        CatalogError: Somebody changed the catalog in between; steps before that one stand.
        Cancelled: Somebody asked to stop; steps before that one stand.
    """
    known = [{"kind": step.kind, "settings": step.settings} for step in list_recipe(home, catalog)]
    parts = in_parts(progress, {f"step {place}": 1 for place in range(1, len(steps) + 1)}) if steps else {}
    applied = []
    for step, part in zip(steps, parts.values(), strict=True):
        entry = step.to_json()
        is_new = entry not in known
        if is_new:
            known.append(entry)
        applied.append(apply_step(home, catalog, step, actor=actor, progress=part, in_recipe=is_new, keep=is_new))
    return applied


def _read_step(value: Any, place: int, *, name: str) -> Step:
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        raise SettingsError(f"step {place} of {name} is no step: expected an object with 'kind' and 'settings'")
    settings = value.get("settings", {})
    if not isinstance(settings, dict) or "file" in settings:
        raise SettingsError(f"step {place} of {name}: settings are an object of names and values, and name no file")
    try:
        return make_step(value["kind"], settings)
    except SettingsError as error:
        raise SettingsError(f"step {place} of {name}: {error}") from error
