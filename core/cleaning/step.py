"""What every cleaning step is: settings, a plan of what they would change, a preview of it for people."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from core.catalog.catalogs import Catalog
from core.errors import SettingsError
from core.home import Home
from core.models.settings import parse_settings, settings_to_json
from core.progress import Progress

PICTURES = "pictures"
"""The field under which a change of a product's pictures is shown; it is no column."""


@dataclass(frozen=True, slots=True)
class ProductChange:
    """What a step does to one product.

    Attributes:
        product_id: The product.
        before: Value by field, of the fields that change.
        after: Value by field; fields are columns of `products`, or :data:`PICTURES` (hashes in order).
    """

    product_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class ChangeGroup:
    """The same change of a field in several products."""

    field: str
    before: str | None
    after: str | None
    products: int


Batches = Callable[[Connection], Iterator[list[ProductChange]]]
"""Gives the changes a batch at a time, in one order, so that a million of them never stand in memory."""


def no_changes(_connection: Connection) -> Iterator[list[ProductChange]]:
    """Change no product."""
    return iter(())


@dataclass(frozen=True)
class Plan:
    """What a step would change.

    Attributes:
        summary: One sentence that says it, for the preview, the recipe and the log.
        total: How many products change.
        changes: Gives the changes.
        groups: Changes that many products share, the most frequent first.
        notes: What is worth knowing besides, in sentences.
        figures: Figures by name, values that JSON can hold.
        stands_alone: Kept in the recipe even where it changes no product, such as settings for a training.
    """

    summary: str
    total: int
    changes: Batches = no_changes
    groups: tuple[ChangeGroup, ...] = ()
    notes: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    stands_alone: bool = False


@dataclass(frozen=True)
class StepPreview:
    """What a step would change, cut to what people look at.

    Attributes:
        summary: One sentence.
        total: How many products change.
        changes: The first of them.
        groups: The most frequent changes.
        notes: Sentences.
        figures: Figures by name.
        stands_alone: Whether the step is worth keeping though it changes no product.
    """

    summary: str
    total: int
    changes: tuple[ProductChange, ...]
    groups: tuple[ChangeGroup, ...]
    notes: tuple[str, ...]
    figures: Mapping[str, Any]
    stands_alone: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the preview as `clean --preview --json` prints it."""
        return {
            "summary": self.summary,
            "products": self.total,
            "groups": [dict(group.__dict__) for group in self.groups],
            "changes": [
                {"product_id": change.product_id, "field": name, "before": change.before.get(name), "after": value}
                for change in self.changes
                for name, value in change.after.items()
            ],
            "notes": list(self.notes),
            "figures": dict(self.figures),
            "stands_alone": self.stands_alone,
        }


Planner = Callable[[Home, Catalog, Any, Progress], Plan]
"""Works out what a step with these settings would do to a catalog; writes nothing that is not derived."""


@dataclass(frozen=True)
class StepKind:
    """A kind of step.

    Attributes:
        name: As written on the command line and in recipes.
        title: As people read it, an order: "Keep the broad category levels".
        summary: What it does, one sentence in plain words.
        icon: Name of a Material symbol.
        settings_class: Frozen dataclass of its settings; every field says its unit, range and help.
        plan: Works out what it changes.
        is_long: Whether it looks at pictures, so that a page leaves it to a job.
        read: Makes settings of names and values, as from ``--set`` or a recipe.
        write: Gives settings as JSON values that `read` takes.
    """

    name: str
    title: str
    summary: str
    icon: str
    settings_class: type
    plan: Planner
    is_long: bool = False
    read: Callable[[Mapping[str, object]], Any] | None = None
    write: Callable[[Any], dict[str, Any]] = settings_to_json

    def read_settings(self, values: Mapping[str, object]) -> Any:
        """Make settings.

        Raises:
            SettingsError: A name is unknown, or a value cannot be read or is out of its range.
        """
        try:
            return self.read(values) if self.read else parse_settings(self.settings_class, values)
        except SettingsError as error:
            raise SettingsError(f"step {self.name}: {error}") from error


@dataclass(frozen=True)
class Step:
    """A kind with its settings: one entry of a recipe."""

    kind: StepKind
    settings: Any

    def to_json(self) -> dict[str, Any]:
        """Give the step as an entry of a recipe's file."""
        return {"kind": self.kind.name, "settings": self.kind.write(self.settings)}
