"""Findings: products that an audit scored, the most suspicious first."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import SettingsError

LABELS, DUPLICATES, PRICES, PICTURES = "labels", "duplicates", "prices", "pictures"
KINDS = (LABELS, DUPLICATES, PRICES, PICTURES)
"""What an audit looks for: wrong categories, copies, odd prices, odd pictures."""

SENT = "sent"
"""The queue of products that somebody sent to review; no audit makes it."""

WORTH_A_LOOK = 0.5
"""From which score on a finding stands in the queue of its kind."""


@dataclass(frozen=True)
class Finding:
    """What an audit says of one product.

    Attributes:
        product_id: The product.
        kind: One of :data:`KINDS`, or :data:`SENT`.
        score: 0..1, higher is more suspicious.
        current: What the catalog says: a category, a price; None where that is not what is odd.
        suggested: What it should say, or of which product it is a copy; None where there is nothing to suggest.
        reason: Why, in a sentence. May hold foreign names: show it as text only.
    """

    product_id: str
    kind: str
    score: float
    current: str | None
    suggested: str | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Give the finding as the command `audit` prints it."""
        return asdict(self)


@dataclass(frozen=True)
class Audit:
    """What an audit of one kind found.

    Attributes:
        kind: One of :data:`KINDS`.
        findings: Every product that was scored, the most suspicious first.
        notes: What was left out and what to keep in mind, in sentences.
    """

    kind: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


def check_kinds(kinds: Sequence[str]) -> tuple[str, ...]:
    """Check the kinds of an audit; none named are all of them.

    Raises:
        SettingsError: There is no such kind; the message names those there are.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise SettingsError(f"an audit has no kind {str(unknown[0])[:100]!r}; there are: {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in kinds) or KINDS


def most_suspicious(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Order findings: the highest score first, equal ones as they came."""
    return tuple(sorted(findings, key=lambda finding: -finding.score))
