"""What the jobs of reviewing take."""

from dataclasses import dataclass, field

from core.errors import SettingsError

MOST_TO_LABEL = 10_000


@dataclass(frozen=True)
class AuditArguments:
    """Look for mistakes in a catalog.

    Attributes:
        catalog: Name of the catalog.
        kinds: Of ``core.review.findings.KINDS``; empty takes all.
    """

    catalog: str
    kinds: list = field(default_factory=list)

    def __post_init__(self) -> None:
        # Imported here, as everywhere in the arguments of jobs, so that listing jobs stays quick.
        from core.review.findings import check_kinds

        object.__setattr__(self, "kinds", list(check_kinds(self.kinds)))


@dataclass(frozen=True)
class PreviewArguments:
    """Refit a head with the accepted changes of categories.

    Attributes:
        catalog: Name of the catalog.
        kind: ``labels`` or ``sent``: whose accepted changes.
    """

    catalog: str
    kind: str = "labels"

    def __post_init__(self) -> None:
        if self.kind not in ("labels", "sent"):
            raise SettingsError(f"only changes of categories can be previewed, labels or sent, not {self.kind!r:.100}")


@dataclass(frozen=True)
class LabelingArguments:
    """Choose the uncategorized products that are worth labeling next.

    Attributes:
        catalog: Name of the catalog.
        limit: How many.
    """

    catalog: str
    limit: int = 50

    def __post_init__(self) -> None:
        if isinstance(self.limit, bool) or not 1 <= self.limit <= MOST_TO_LABEL:
            raise SettingsError(f"from 1 to {MOST_TO_LABEL:,} products are chosen at once, not {self.limit!r}")
