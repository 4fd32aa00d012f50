"""How a source is to be read: everything a user may say of it before anything is imported."""

from dataclasses import asdict, dataclass, field
from typing import Any

from core.errors import SettingsError

FORMATS = ("auto", "folder", "table", "bson", "archive", "sql", "web")

# What `--map FIELD=COLUMN` can name, beside attribute.NAME.
MAPPED_FIELDS = (
    "product_id",
    "title",
    "category",
    "price",
    "currency",
    "picture",
    "brand",
    "color",
    "description",
    "split",
    "price_was",
    "specifications",
)
ATTRIBUTE = "attribute."


@dataclass(frozen=True)
class SourceSettings:
    """Choices for reading one source; what is left at its default is found out from the source.

    Attributes:
        format: One of :data:`FORMATS`.
        images: Folder that resolves the names of pictures; without a picture column its files are named by product.
        columns: Column by field: one of :data:`MAPPED_FIELDS` or ``attribute.NAME``. An empty column leaves the
            field out though a column would have been found for it.
        currency: Three letters, for prices that name none.
        labels: "parts" makes labels of a folder's name, divided at "_"; None makes none.
        category_names: File with the names of category numbers; None looks beside the source.
        encoding: Encoding of a text table; None finds out.
        delimiter: What parts the cells of a text table; None finds out.
        sheet: Sheet of a workbook; None takes the first that holds rows.
        query: Query to read from a database.
        allowed_hosts: Hosts on private networks that may be asked all the same.
        crawl: Settings of a crawl over result pages, see ``core.catalog.web.crawl_settings``.
    """

    format: str = "auto"
    images: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    currency: str | None = None
    labels: str | None = None
    category_names: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    query: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    crawl: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every choice.

        Raises:
            SettingsError: One is unknown or of the wrong type.
        """
        self._check_types()
        if self.format not in FORMATS:
            raise SettingsError(f"there is no format {self.format!r}; choose one of {', '.join(FORMATS)}")
        for name in self.columns:
            if name not in MAPPED_FIELDS and not (name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE)):
                known = ", ".join(MAPPED_FIELDS)
                raise SettingsError(f"no field is called {name[:100]!r}; map one of {known} or {ATTRIBUTE}NAME")
        if self.labels not in (None, "parts"):
            raise SettingsError(f"labels must be 'parts', not {self.labels!r}; leave it out for none")

    def _check_types(self) -> None:
        """Refuse what is no text: the choices may come from a job's folder."""
        for name, kinds in _GROUPS.items():
            if not isinstance(getattr(self, name), kinds):
                raise SettingsError(f"{name} has another form than expected: {str(getattr(self, name))[:100]!r}")
        object.__setattr__(self, "allowed_hosts", tuple(self.allowed_hosts))
        texts = {name: getattr(self, name) for name in _TEXTS}
        texts |= {f"columns[{name!r}]": column for name, column in self.columns.items()}
        texts |= {f"allowed_hosts[{place}]": host for place, host in enumerate(self.allowed_hosts)}
        for name, value in texts.items():
            if not isinstance(value, str | None):
                raise SettingsError(f"{name} must be a text, not {str(value)[:100]!r}")

    def to_json(self) -> dict[str, Any]:
        """Give the choices as JSON values; `SourceSettings(**values)` makes them again."""
        return asdict(self) | {"allowed_hosts": list(self.allowed_hosts)}


_GROUPS: dict[str, tuple[type, ...]] = {"columns": (dict,), "allowed_hosts": (list, tuple), "crawl": (dict,)}
_TEXTS = (
    "format",
    "images",
    "currency",
    "labels",
    "category_names",
    "encoding",
    "delimiter",
    "sheet",
    "query",
)
