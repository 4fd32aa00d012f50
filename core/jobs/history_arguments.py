"""What the job that imports histories takes."""

from dataclasses import dataclass, field
from pathlib import Path

from core.errors import SettingsError


@dataclass(frozen=True)
class HistoryArguments:
    """Import histories into a catalog.

    Attributes:
        catalog: Name of the catalog.
        file: The file; made absolute here, because a worker runs in another folder.
        name: What to call the set; empty makes one up.
        columns: Column by field, see :data:`core.catalog.history_values.FIELDS`.
        layout: One of :data:`core.catalog.history_file.LAYOUTS`.
    """

    catalog: str
    file: str
    name: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    layout: str = "auto"

    def __post_init__(self) -> None:
        # Imported here, because they bring the database along, which listing jobs does without.
        from core.catalog.catalogs import check_name
        from core.catalog.history_file import HistoryFile

        check_name(self.catalog)
        if self.name:
            check_name(self.name)
        if not all(isinstance(value, str) for value in self.columns.values()):
            raise SettingsError("a column must be a text")
        object.__setattr__(self, "file", str(Path(self.file).expanduser().absolute()))
        HistoryFile(self.file, columns=self.columns, layout=self.layout)
