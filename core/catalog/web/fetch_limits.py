"""How politely, how long and how much is fetched."""

from dataclasses import dataclass

from core.errors import SettingsError


@dataclass(frozen=True)
class FetchLimits:
    """Limits of fetching pictures.

    Attributes:
        at_once: Requests under way at one time.
        at_once_a_host: Requests under way at one host, as many as a browser makes and a few more.
        ahead: Pictures that are asked for before the reader needs them.
        attempts: How often a picture is asked for before it is given up.
        backoff_seconds: Longest wait before the second attempt; it doubles with every further one.
        longest_wait_seconds: Longest wait before an attempt. A host that asks for more is not asked again.
        connect_seconds: Most time for a connection.
        read_seconds: Most time between two pieces of an answer.
        file_seconds: Most time for one attempt as a whole.
        most_bytes: Bytes of a picture file, unpacked; larger ones are skipped.
        failing_pictures: So many pictures of a host failing one after the other pause it, and one more after the
            pause gives it up.
        pause_seconds: How long a failing host is left alone.
        cache_bytes: Bytes of fetched files that are kept.
        keep_days: Days after which a fetched file nobody asked for is removed.
    """

    at_once: int = 24
    at_once_a_host: int = 8
    ahead: int = 256
    attempts: int = 4
    backoff_seconds: float = 0.5
    longest_wait_seconds: float = 60.0
    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    file_seconds: float = 120.0
    most_bytes: int = 64 * 2**20
    failing_pictures: int = 20
    pause_seconds: float = 30.0
    cache_bytes: int = 4 * 2**30
    keep_days: float = 7.0

    def __post_init__(self) -> None:
        """Check every limit.

        Raises:
            SettingsError: One is not above 0.
        """
        for name, value in vars(self).items():
            if not value > 0:
                raise SettingsError(f"{name} must be above 0, not {value}")
