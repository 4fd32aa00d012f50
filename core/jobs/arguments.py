"""What each kind of job takes. Built when a job is asked for, so that mistakes show at once and not in a worker."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, get_origin

from core.errors import SettingsError

if TYPE_CHECKING:
    from core.catalog.source_settings import SourceSettings


@dataclass(frozen=True)
class ImportArguments:
    """Import products and pictures into a catalog.

    Attributes:
        source: What to import; made absolute here, because a worker runs in another folder. No password may be in it.
        catalog: Name of the catalog, made when missing.
        settings: Fields of ``core.catalog.source_settings.SourceSettings``: how the source is to be read.
        options: Fields of ``core.catalog.import_options.ImportOptions``; missing ones take their default. `merge` may
            also be the path of a file of merge rules, which is read here.
    """

    source: str
    catalog: str
    settings: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Imported here, because they bring the database along, which listing jobs does without.
        from core.catalog.catalogs import check_name
        from core.catalog.import_options import ImportOptions

        check_name(self.catalog)
        given = {**self.options, "merge": _merge_rules(self.options.get("merge"))}
        options = ImportOptions(**check_names(given, ImportOptions, what="an import"))
        object.__setattr__(self, "options", options.to_json())
        object.__setattr__(self, "source", _settled(self.source))
        settings = source_settings(self.settings, source=self.source)
        object.__setattr__(self, "settings", settings.to_json())


@dataclass(frozen=True)
class EmbedArguments:
    """Compute features, palettes and the embedding of a catalog.

    Attributes:
        catalog: Name of the catalog.
        backbone: Frozen network that gives the features; empty takes the default one.
    """

    catalog: str
    backbone: str = ""

    def __post_init__(self) -> None:
        _settle_backbone(self)


@dataclass(frozen=True)
class TrainArguments:
    """Train a model on a catalog.

    Attributes:
        catalog: Name of the catalog.
        recipe: A name of ``core.models.recipes.RECIPES``.
        backbone: Frozen network that gives the features; empty takes the default one.
        target: What to predict.
        settings: Fields of the recipe's settings; missing ones take their default.
        seed: Makes the training repeatable.
        name: What people call the run; None makes one up.
        balance: Fields of ``core.models.balance.BalanceSettings``; empty takes the balance of the catalog's cleaning
            recipe, should it have one.
        estimate: What it was said to cost before it began; empty when nobody asked.
    """

    catalog: str
    recipe: str = "linear"
    backbone: str = ""
    target: str = "category"
    settings: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    name: str | None = None
    balance: dict[str, Any] = field(default_factory=dict)
    estimate: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Imported here, because they bring the database along, which listing jobs does without.
        from core.jobs.balance_wish import read_balance
        from core.models.balanced_training import weighted_settings
        from core.models.estimate_note import check_estimate_note
        from core.models.recipes import find_recipe
        from core.models.runs import check_run_name
        from core.models.targets import parse_target

        find_recipe(self.recipe).check_target(self.target)
        settings = find_recipe(self.recipe).parse_settings(self.settings)
        weighted_settings(settings, self.settings, read_balance(self.balance))
        parse_target(self.target)
        check_estimate_note(self.estimate)
        if self.name is not None:
            check_run_name(self.name)
        _settle_backbone(self)
        check_seed(self.seed)


@dataclass(frozen=True)
class MapArguments:
    """Lay out an embedding of a catalog in two or three dimensions.

    Attributes:
        catalog: Name of the catalog.
        method: "umap", "tsne" or "pca".
        backbone: Name of an embedding, see ``core.explore.catalog_embeddings``; empty takes the default backbone's.
        settings: Settings of the method; missing ones take their default.
        seed: Makes the layout repeatable.
        dimensions: 2 or 3.
        anew: Draw all products anew, where few new ones could be placed into the map that is there.
    """

    catalog: str
    method: str = "umap"
    backbone: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    dimensions: int = 2
    anew: bool = False

    def __post_init__(self) -> None:
        # Imported here, because they bring the database along, which listing jobs does without.
        from core.explore.catalog_embeddings import check_embedding_name
        from core.explore.map_settings import check_dimensions, check_settings

        check_seed(self.seed)
        object.__setattr__(self, "backbone", check_embedding_name(self.backbone))
        object.__setattr__(self, "settings", check_settings(self.method, self.settings))
        check_dimensions(self.dimensions)


@dataclass(frozen=True)
class MeasureArguments:
    """Measure the pictures of a catalog: light, sharpness, information.

    Attributes:
        catalog: Name of the catalog.
    """

    catalog: str


@dataclass(frozen=True)
class ExportArguments:
    """Export a catalog as table and pictures.

    Attributes:
        catalog: Name of the catalog.
        to: New folder, or new file that ends in ``.zip``; made absolute here, because a worker runs in another folder.
        format: Format of the table, one of ``core.catalog.export_tables.FORMATS``.
        pictures: Whether to export the pictures too.
        replace: An earlier export there may go.
        slice: Name of a slice, whose products alone are exported; None exports all.
    """

    catalog: str
    to: str
    format: str = "parquet"
    pictures: bool = True
    replace: bool = False
    slice: str | None = None

    def __post_init__(self) -> None:
        from core.catalog.export import check_export_format

        check_export_format(self.format)
        object.__setattr__(self, "to", _absolute(self.to))


@dataclass(frozen=True)
class CleanArguments:
    """Clean a catalog.

    Attributes:
        catalog: Name of the catalog.
        steps: Entries of a recipe: "kind" and "settings" of each step, in order.
        recipe: Whether they are a recipe: steps the catalog's own recipe has already are not entered again.
        preview: Only say what would change.
    """

    catalog: str
    steps: list = field(default_factory=list)
    recipe: bool = False
    preview: bool = False

    def __post_init__(self) -> None:
        # Imported here, because it brings the database along, which listing jobs does without.
        from core.cleaning.recipe import read_recipe

        steps = read_recipe({"steps": list(self.steps)}, name="the job")
        object.__setattr__(self, "steps", [step.to_json() for step in steps])


@dataclass(frozen=True)
class DemoArguments:
    """Build the demo catalog.

    Attributes:
        seed: Decides every product, price and picture.
    """

    seed: int = 7

    def __post_init__(self) -> None:
        check_seed(self.seed)


def _settled(source: str) -> str:
    """Name a source as it is stored: a path from the root, an address without a password."""
    from core.catalog.sql_address import is_address, part_address

    if not is_address(source):
        return _absolute(source)
    parted = part_address(source)
    if parted.password is not None:
        raise SettingsError(f"the address {parted.text} came with its password, which is never stored: give it apart")
    return parted.text


@dataclass(frozen=True)
class SampleArguments:
    """Fetch a sample of real pictures and import it.

    Attributes:
        name: A name of ``core.catalog.web.samples.SAMPLES``.
        catalog: Name of the catalog, made when missing; empty takes the sample's name.
    """

    name: str
    catalog: str = ""

    def __post_init__(self) -> None:
        from core.catalog.catalogs import check_name
        from core.catalog.web.samples import find_sample

        object.__setattr__(self, "catalog", self.catalog or find_sample(self.name).name)
        check_name(self.catalog)


def _absolute(source: str) -> str:
    try:
        return str(Path(source).expanduser().absolute())
    except (OSError, RuntimeError):  # "~nobody", or a working folder that is gone
        return source  # opening it says what is wrong


# Which formats a setting means something for; one that would be ignored is refused.
_ROWS = ("table", "archive", "bson", "sql")
_SETTINGS_OF = {
    "images": _ROWS,
    "columns": _ROWS,
    "currency": (*_ROWS, "web"),
    "labels": ("folder", "archive"),
    "category_names": ("bson", "archive"),
    "encoding": ("table", "archive"),
    "delimiter": ("table", "archive"),
    "sheet": ("table", "archive"),
    "query": ("sql",),
    "crawl": ("web",),
}
_OPTIONS = {"columns": "--map"}


def source_settings(given: Mapping[str, Any], *, source: str) -> "SourceSettings":
    """Make settings of a source whose paths hold in any folder: a worker runs in another one.

    Args:
        given: Fields of ``core.catalog.source_settings.SourceSettings``.
        source: What is to be read; the folder of an archive's pictures is one inside it and stays as it is.

    Raises:
        CatalogError: The format of the source cannot be told.
        SettingsError: A setting is unknown, of the wrong type, or means nothing for the source's format.
    """
    from core.catalog.open_source import source_format
    from core.catalog.source_settings import SourceSettings

    settings = SourceSettings(**check_names(given, SourceSettings, what="a source"))
    chosen = source_format(source, settings)
    for name, formats in _SETTINGS_OF.items():
        if getattr(settings, name) and chosen not in formats:
            option = _OPTIONS.get(name, f"--{name.replace('_', '-')}")
            raise SettingsError(
                f"{option} says nothing of a source of format {chosen}: leave it out, or name another format with "
                f"--format; it is for {', '.join(formats)}"
            )
    if settings.crawl:
        from core.catalog.web.crawl_settings import crawl_settings

        crawl_settings(settings.crawl)
    names = settings.category_names and _absolute(settings.category_names)
    images = settings.images if chosen == "archive" or not settings.images else _absolute(settings.images)
    return replace(settings, category_names=names, images=images)


def _merge_rules(given: Any) -> Any:
    """Read merge rules that are named by their file; whatever else is given is checked with the options."""
    if not isinstance(given, str):
        return {} if given is None else given
    from core.cleaning.merge_rules import read_merge_file

    return dict(read_merge_file(Path(_absolute(given))))


def check_names(given: Mapping[str, Any], build: Any, *, what: str) -> Mapping[str, Any]:
    """Check that a dataclass has a field for everything given, and gets everything it needs.

    Args:
        given: Values by name.
        build: The dataclass.
        what: What takes them, in words.

    Raises:
        SettingsError: A name is unknown or missing; the message lists the right ones.
    """
    known = {each.name: each for each in fields(build)}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise SettingsError(f"{what} takes no {', '.join(unknown)}; it takes: {', '.join(known)}")
    needed = {name for name, each in known.items() if each.default is MISSING and each.default_factory is MISSING}
    missing = sorted(needed - set(given))
    if missing:
        raise SettingsError(f"{what} needs {', '.join(missing)}")
    return given


def check_types(given: Mapping[str, Any], build: Any) -> None:
    """Check that every text is a text, every number a whole number and every group of settings a mapping.

    Raises:
        SettingsError: One is something else, as in the spec of a job that somebody else wrote.
    """
    for each in fields(build):
        expected: Any = dict if get_origin(each.type) is dict else each.type
        if not isinstance(expected, type | UnionType) or each.name not in given:
            continue
        if not isinstance(given[each.name], expected):
            written = getattr(expected, "__name__", str(expected))
            raise SettingsError(f"{each.name} is {str(given[each.name])[:100]!r}: expected {written}")


MOST_SEED = 2**32 - 1
"""The largest seed every library takes."""


def check_seed(seed: int) -> None:
    """Check that a seed is one that every library takes.

    Raises:
        SettingsError: It is no whole number from 0 to 2**32 - 1.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
        raise SettingsError(f"a seed is a whole number from 0 to {MOST_SEED}, not {seed!r}")


def _settle_backbone(arguments: EmbedArguments | TrainArguments) -> None:
    """Put the default backbone where none is named, and check that it is known or may be a run's."""
    from core.vision.backbones import DEFAULT_BACKBONE, find_backbone, may_be_trained

    if not may_be_trained(arguments.backbone):
        object.__setattr__(arguments, "backbone", find_backbone(arguments.backbone or DEFAULT_BACKBONE).name)
