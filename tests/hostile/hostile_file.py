"""One entry of the corpus of hostile sources."""

from dataclasses import dataclass, field

from core.catalog.source_settings import SourceSettings


@dataclass(frozen=True)
class HostileFile:
    """Something nobody should send, and what must come of it.

    Attributes:
        name: What it tries, in a few words; unique in the corpus.
        source: What a user would name: a path, an address.
        expected: Part of the one error message, or a reason among the skipped files; empty where it must simply
            import.
        settings: How it is read.
    """

    name: str
    source: str
    expected: str
    settings: SourceSettings = field(default_factory=SourceSettings)
