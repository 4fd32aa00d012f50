"""Reading records through the fetching."""

from core.catalog.source_settings import SourceSettings
from core.catalog.sources import SourcePicture, SourceRecord
from core.catalog.web.fetching import fetched
from core.progress import SilentProgress

LOCAL = SourceSettings(allowed_hosts=("127.0.0.1",))


def records(*addresses: str) -> list[SourceRecord]:
    """One product for each address: p0, p1, ..."""
    return [
        SourceRecord(f"p{number}", f"Product {number}", pictures=(SourcePicture(f"{number}", url=address),))
        for number, address in enumerate(addresses)
    ]


def read_all(home, given, *, settings=LOCAL, progress=None, **choices):
    """Read everything: the records as they came, and (product, reason) of what was left out."""
    skipped = []
    progress = progress or SilentProgress()
    came = list(fetched(home, given, settings=settings, skipped=skipped, progress=progress, **choices))
    return came, [(file.name.split(":")[0], file.reason) for file in skipped]


def reasons(home, *addresses, **choices):
    """The reason each address was left out for, or None."""
    _, skipped = read_all(home, records(*addresses), **choices)
    found = dict(skipped)
    return [found.get(f"p{number}") for number in range(len(addresses))]
