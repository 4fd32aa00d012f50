"""What the jobs around shipping a ranking take: its impact, the matches of all products, a demo to go."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import SettingsError

if TYPE_CHECKING:
    from core.recommend.ranking_settings import RankingSettings


@dataclass(frozen=True)
class ImpactArguments:
    """Measure what changes from one setting to another.

    Attributes:
        catalog: Name of the catalog.
        current: The setting now, as JSON.
        proposed: The setting that may come, as JSON.
        queries: How many sample queries.
        k: Matches a query.
        seed: Of the sample.
    """

    catalog: str
    current: dict[str, Any]
    proposed: dict[str, Any]
    queries: int = 100
    k: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        from core.recommend.impact import LEAST_QUERIES, MOST_K, MOST_QUERIES

        read_settings(self.current)
        read_settings(self.proposed)
        check_between("queries", self.queries, LEAST_QUERIES, MOST_QUERIES)
        check_between("k", self.k, 1, MOST_K)


@dataclass(frozen=True)
class MatchesArguments:
    """Write the best matches of every product.

    Attributes:
        catalog: Name of the catalog.
        settings: The setting, as JSON.
        to: A .parquet or .csv file; made absolute here, because a worker runs in another folder.
        k: Matches a product.
    """

    catalog: str
    settings: dict[str, Any]
    to: str
    k: int = 10

    def __post_init__(self) -> None:
        from core.recommend.batch_matches import MOST_K, check_target

        read_settings(self.settings)
        check_between("k", self.k, 1, MOST_K)
        object.__setattr__(self, "to", str(check_target(Path(self.to).expanduser().absolute())))


@dataclass(frozen=True)
class OfflineDemoArguments:
    """Write a demo as one HTML file.

    Attributes:
        catalog: Name of the catalog.
        settings: The setting its sliders begin with, as JSON.
        to: The .html file; made absolute here.
        limit: At most so many products.
    """

    catalog: str
    settings: dict[str, Any]
    to: str
    limit: int = 500

    def __post_init__(self) -> None:
        from core.recommend.offline_demo import MOST_PRODUCTS, check_demo_target

        read_settings(self.settings)
        check_between("limit", self.limit, 2, MOST_PRODUCTS)
        object.__setattr__(self, "to", str(check_demo_target(Path(self.to).expanduser().absolute())))


def read_settings(values: dict[str, Any]) -> "RankingSettings":
    """Read ranking settings; raises SettingsError when they are none."""
    from core.recommend.ranking_settings import RankingSettings

    return RankingSettings.from_json(values)


def check_between(name: str, value: object, least: int, most: int) -> None:
    """Refuse what is no whole number of a range."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most:,}: received {value!r}")
