"""Working steps: previewing what one would change, and applying it as one change of the log."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.catalog.log import Change, change
from core.catalog.schema import cleaning_steps, products
from core.cleaning.catalog_rows import catalog_version
from core.cleaning.kinds import find_step_kind
from core.cleaning.picture_links import write_links
from core.cleaning.step import PICTURES, Plan, ProductChange, Step, StepPreview
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress, SilentProgress

PREVIEW_CHANGES = 48
_PREVIEW_GROUPS = 200


@dataclass(frozen=True)
class AppliedStep:
    """What applying a step did.

    Attributes:
        kind: Name of the step's kind.
        event_id: The change in the log, for undoing; None when there was nothing to change.
        products: How many products changed.
        summary: One sentence.
        notes: What is worth knowing besides.
        figures: Figures by name.
    """

    kind: str
    event_id: int | None
    products: int
    summary: str
    notes: tuple[str, ...] = ()
    figures: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Give it as `clean` prints it."""
        return {
            "step": self.kind,
            "event": None if self.event_id is None else str(self.event_id),
            "products": self.products,
            "summary": self.summary,
            "notes": list(self.notes),
            "figures": dict(self.figures or {}),
        }


def make_step(kind: str, settings: Mapping[str, object]) -> Step:
    """Make a step of its name and settings, as from the command line or a recipe.

    Raises:
        SettingsError: There is no such kind, or a setting is unknown or out of its range.
    """
    found = find_step_kind(kind)
    return Step(found, found.read_settings(settings))


def preview_step(
    home: Home, catalog: Catalog, step: Step, *, limit: int = PREVIEW_CHANGES, progress: Progress | None = None
) -> StepPreview:
    """Say what a step would change, and change nothing.

    Args:
        home: The home.
        catalog: The catalog.
        step: The step.
        limit: So many changes are given in full.
        progress: Told how far it is.
    """
    plan = step.kind.plan(home, catalog, step.settings, progress or SilentProgress())
    with read(home) as connection:
        changes = tuple(islice((each for batch in plan.changes(connection) for each in batch), limit))
    return StepPreview(
        summary=plan.summary,
        total=plan.total,
        changes=changes,
        groups=plan.groups[:_PREVIEW_GROUPS],
        notes=plan.notes,
        figures=plan.figures,
        stands_alone=plan.stands_alone and not _stands_already(home, catalog, step),
    )


def apply_step(
    home: Home,
    catalog: Catalog,
    step: Step,
    *,
    actor: str,
    progress: Progress | None = None,
    in_recipe: bool = True,
    keep: bool = False,
) -> AppliedStep:
    """Apply a step: its changes and its entry in the recipe are one change of the log, whole or not at all.

    Args:
        home: The home.
        catalog: The catalog.
        step: The step.
        actor: Who cleans.
        progress: Told how far it is; may cancel, and then nothing was changed.
        in_recipe: Enter the step in the recipe; False where the recipe has it already and is applied again.
        keep: Enter it even when it changes nothing today.

    Raises:
        CatalogError: Somebody changed the catalog in between.
        Cancelled: Somebody asked to stop.
    """
    telling = progress or SilentProgress()
    with read(home) as connection:
        version = catalog_version(connection, catalog.catalog_id)
    plan = step.kind.plan(home, catalog, step.settings, telling)
    applied = AppliedStep(step.kind.name, None, plan.total, plan.summary, plan.notes, plan.figures)
    stays = (plan.stands_alone or keep) and not _stands_already(home, catalog, step)
    if not plan.total and not (in_recipe and stays):
        return applied
    with change(home, actor=actor, kind="clean", summary=_told(step, plan), catalog_id=catalog.catalog_id) as writing:
        # The log raises the version once itself; anything more was somebody else.
        if catalog_version(writing.connection, catalog.catalog_id, hold=True) != version:
            raise CatalogError(
                f"catalog {catalog.name!r} was changed while the step was worked out; nothing was changed: try again"
            )
        _write(writing, catalog, plan, telling)
        if in_recipe:
            writing.insert(cleaning_steps, [_recipe_row(catalog, step, plan, event_id=writing.event_id)])
    return AppliedStep(step.kind.name, writing.event_id, plan.total, plan.summary, plan.notes, plan.figures)


def _told(step: Step, plan: Plan) -> str:
    return f"Cleaned ({step.kind.name}): {plan.summary}"


def _recipe_row(catalog: Catalog, step: Step, plan: Plan, *, event_id: int) -> dict[str, Any]:
    return {
        "catalog_id": catalog.catalog_id,
        "event_id": event_id,
        **step.to_json(),
        "summary": plan.summary,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _stands_already(home: Home, catalog: Catalog, step: Step) -> bool:
    """Tell whether the newest step of this kind in the recipe has the same settings."""
    table = cleaning_steps.c
    query = select(table.settings).where(table.catalog_id == catalog.catalog_id, table.kind == step.kind.name)
    with read(home) as connection:
        newest = connection.execute(query.order_by(table.step_id.desc()).limit(1)).scalar()
    return newest is not None and newest == step.to_json()["settings"]


def _write(writing: Change, catalog: Catalog, plan: Plan, progress: Progress) -> None:
    """Write every change of a plan through the log, a batch at a time."""
    done = 0
    progress.report(0, plan.total, "changing products")
    for batch in _batches(writing.connection, plan):
        columns = [(each.product_id, {n: v for n, v in each.after.items() if n != PICTURES}) for each in batch]
        writing.update_many(
            products,
            [
                ({"catalog_id": catalog.catalog_id, "product_id": product_id}, values)
                for product_id, values in columns
                if values
            ],
        )
        pictures = {each.product_id: each.after[PICTURES] for each in batch if PICTURES in each.after}
        if pictures:
            write_links(writing, catalog, pictures)
        done += len(batch)
        progress.report(done, plan.total, "changing products")


def _batches(connection: Connection, plan: Plan) -> Iterator[list[ProductChange]]:
    return (batch for batch in plan.changes(connection) if batch)
