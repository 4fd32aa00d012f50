"""What jobs about models from elsewhere take."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import SettingsError
from core.jobs.arguments import check_seed


@dataclass(frozen=True)
class AddModelArguments:
    """Add a `.keras` model from elsewhere as a run.

    Attributes:
        file: The file; made absolute here, because a worker runs in another folder.
        catalog: Name of the catalog it is judged on.
        classes: Names of its classes in the order of its outputs.
        settings: Fields of ``core.models.foreign_settings.ForeignSettings``; missing ones take their default.
        target: What its classes are in the catalog.
        mapping: Name in the catalog to class of the model.
        name: What people call the run; None makes one up.
        seed: Of the split, where the catalog's source has none.
    """

    file: str
    catalog: str
    classes: list = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    target: str = "category"
    mapping: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        # Imported here, because they bring the database along, which listing jobs does without.
        from core.evaluation.class_map import check_class_map
        from core.evaluation.foreign_run import check_class_names
        from core.models.foreign_settings import ForeignSettings
        from core.models.runs import check_run_name
        from core.models.settings import parse_settings
        from core.models.targets import parse_target

        if not all(isinstance(each, str) for each in (*self.classes, *self.mapping.values())):
            raise SettingsError("classes are texts: name every output of the model, in order")
        check_class_map(self.mapping, check_class_names(self.classes))
        parse_settings(ForeignSettings, self.settings)
        parse_target(self.target)
        if self.name is not None:
            check_run_name(self.name)
        check_seed(self.seed)
        try:
            object.__setattr__(self, "file", str(Path(self.file).expanduser().absolute()))
        except (OSError, RuntimeError, ValueError) as error:
            raise SettingsError(f"{self.file[:200]!r} cannot be a path ({error}); check it") from error
