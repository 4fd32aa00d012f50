"""What an import did, as totals of the catalog and counts of what was left out."""

from dataclasses import dataclass, field
from typing import Any

from core.catalog.catalog_totals import CatalogTotals
from core.catalog.sources import SkippedFile

EXAMPLES = 5


@dataclass(frozen=True)
class ImportReport:
    """What an import found and did. Importing the same again gives the same totals, with nothing new.

    Attributes:
        catalog: Name of the catalog.
        totals: What the catalog holds now.
        new: Products added.
        changed: Products whose source says something else than before, or shows another picture.
        moved: Products whose picture was found in another place of the source.
        gone: Products that the source holds no longer; they stay in the catalog.
        left_out: Products left out because their category had as many as were asked for.
        duplicate_pictures: Pictures of the catalog whose file is, byte for byte, one that an earlier picture has.
        skipped: What could not be used, in the order of the source.
        seconds: Duration.
        message: What is worth saying about it, one sentence or more.
    """

    catalog: str
    totals: CatalogTotals
    new: int
    changed: int
    moved: int
    gone: tuple[str, ...]
    left_out: int
    duplicate_pictures: int
    skipped: tuple[SkippedFile, ...] = field(repr=False)
    seconds: float
    message: str

    def to_json(self) -> dict[str, Any]:
        """Give the report as the command `import` prints it."""
        return {
            "catalog": self.catalog,
            "products": self.totals.products,
            "pictures": self.totals.pictures,
            "categories": self.totals.categories,
            "splits": self.totals.splits,
            "skipped": count_skipped(self.skipped),
            "seconds": round(self.seconds, 3),
            "new": self.new,
            "changed": self.changed,
            "moved": self.moved,
            "gone": len(self.gone),
            "left_out": self.left_out,
            "duplicate_pictures": self.duplicate_pictures,
            "message": self.message,
        }


def count_skipped(skipped: tuple[SkippedFile, ...]) -> list[dict[str, Any]]:
    """Count skipped files by reason, the most frequent first, with the first few names of each."""
    names: dict[str, list[str]] = {}
    for file in skipped:
        names.setdefault(file.reason, []).append(file.name)
    ordered = sorted(names.items(), key=lambda item: (-len(item[1]), item[0]))
    return [{"reason": reason, "count": len(all_), "examples": all_[:EXAMPLES]} for reason, all_ in ordered]


def report_message(
    *, new: int, changed: int, moved: int, divided: int, gone: tuple[str, ...], skipped: int, left_out: int
) -> str:
    """Say in words what an import did."""
    done = [f"{count:,} {word}" for count, word in ((new, "new"), (changed, "changed"), (moved, "moved")) if count]
    sentences = [f"{', '.join(done)}."] if done else [] if divided else ["Nothing new."]
    if divided:
        sentences.append(f"{divided:,} divided into splits.")
    if skipped:
        sentences.append("1 entry was skipped." if skipped == 1 else f"{skipped:,} entries were skipped.")
    if left_out:
        sentences.append(f"{left_out:,} were left out by the limit a category.")
    if gone:
        named = ", ".join(gone[:EXAMPLES]) + (" ..." if len(gone) > EXAMPLES else "")
        sentences.append(f"{len(gone):,} are no longer in the source and stay in the catalog: {named}.")
    return " ".join(sentences)
