"""What the jobs of reviewing take."""

from dataclasses import dataclass, field


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
        # Imported here, because it brings errors alone, but the package grows.
        from core.review.findings import check_kinds

        object.__setattr__(self, "kinds", list(check_kinds(self.kinds)))


@dataclass(frozen=True)
class PreviewArguments:
    """Refit a head with the accepted changes of categories.

    Attributes:
        catalog: Name of the catalog.
    """

    catalog: str
