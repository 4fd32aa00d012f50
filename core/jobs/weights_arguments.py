"""What jobs around a backbone's weights take: downloading them, and fitting visual words."""

import re
from dataclasses import dataclass, field
from typing import Any

from core.errors import SettingsError


@dataclass(frozen=True)
class WeightsArguments:
    """Download the weights of a backbone.

    Attributes:
        backbone: Its name.
        source: Another address than the publisher's; empty for none.
        sha256: What the file must have instead of the published hash; empty for none.
        allow_hosts: Hosts that may be on private networks, by comma.
    """

    backbone: str
    source: str = ""
    sha256: str = ""
    allow_hosts: str = ""

    def __post_init__(self) -> None:
        from core.vision.backbones import find_backbone

        object.__setattr__(self, "backbone", find_backbone(self.backbone).name)
        if self.sha256 and not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise SettingsError(f"{self.sha256[:80]!r} is no sha256: expected 64 hex digits, in lower case")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that may be on private networks."""
        return tuple(host.strip() for host in self.allow_hosts.split(",") if host.strip())


@dataclass(frozen=True)
class FitWordsArguments:
    """Fit the visual words of backbone `bovw`.

    Attributes:
        catalog: On whose pictures.
        settings: Fields of ``core.vision.bovw_fit.WordsSettings``; missing ones take their default.
    """

    catalog: str
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from core.catalog.catalogs import check_name
        from core.jobs.arguments import check_names, check_types
        from core.vision.bovw_settings import WordsSettings

        check_name(self.catalog)
        given = check_names(self.settings, WordsSettings, what="a fit of visual words")
        check_types(given, WordsSettings)
        WordsSettings(**given)
