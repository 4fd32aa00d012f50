"""Products that sit in the wrong category."""

import numpy as np
import pandas as pd

from core.catalog.category_names import path_levels
from core.progress import Progress
from core.review.audited_products import AuditedProducts
from core.review.findings import LABELS, Audit, Finding, most_suspicious
from core.review.label_suspicion import (
    LEAST_PRODUCTS,
    LabeledPictures,
    Suspicion,
    SuspicionSettings,
    judge_labels,
)

_WORDED = 5


def audit_labels(audited: AuditedProducts, *, settings: SuspicionSettings | None = None, progress: Progress) -> Audit:
    """Score the category of every product that has one and a picture.

    Args:
        audited: The products.
        settings: How; None takes the usual ones.
        progress: Told how far it is; may cancel.
    """
    labeled = audited.products["category"].notna().to_numpy() & (audited.products["category"] != "").to_numpy()
    names = tuple(sorted(audited.products.loc[labeled, "category"].unique(), key=path_levels))
    notes = _left_out(audited, labeled)
    if len(names) < 2:
        what = "no product with a picture has a category" if not names else f"all products are filed in {names[0]!r}"
        return Audit(LABELS, (), (f"Nothing to compare: {what}.", *notes))
    rows = np.flatnonzero(labeled)
    labels = pd.Index(names).get_indexer(pd.Index(audited.products["category"].iloc[rows]))
    found = judge_labels(
        _labeled_pictures(audited, rows, labels, len(names)),
        settings=settings or SuspicionSettings(),
        progress=progress,
    )
    findings = [_finding(audited, rows, labels, names, found, place) for place in range(len(rows))]
    return Audit(LABELS, most_suspicious(findings), (*_small_categories(names, found), *notes))


def _labeled_pictures(
    audited: AuditedProducts, rows: np.ndarray, labels: np.ndarray, class_count: int
) -> LabeledPictures:
    place = np.full(len(audited.products), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    owners = place[audited.pictures["product"].to_numpy()]
    kept = np.flatnonzero(owners >= 0)
    everything = len(kept) == len(owners)
    return LabeledPictures(
        features=audited.features if everything else audited.features[kept],
        labels=labels[owners[kept]].astype(np.int64),
        products=owners[kept],
        groups=audited.pictures["group"].to_numpy()[kept],
        matrix=audited.matrix if len(rows) == len(audited.matrix) else audited.matrix[rows],
        class_count=class_count,
    )


def _finding(
    audited: AuditedProducts, rows: np.ndarray, labels: np.ndarray, names: tuple[str, ...], found: Suspicion, place: int
) -> Finding:
    current, suggested = names[labels[place]], names[found.suggested[place]]
    near = found.look_alikes.rows[place]
    near = near[near >= 0]
    kin = labels[near]
    agreeing, dissenting = int((kin == labels[place]).sum()), int((kin == found.suggested[place]).sum())
    words = (
        f"Judged by the others, {suggested} is {_percent(found.other[place])} likely and {current} "
        f"{_percent(found.own[place])}; of its {len(near)} nearest look-alikes {dissenting} are filed in {suggested}, "
        f"{agreeing} in {current}."
    )
    members = int(found.members[labels[place]])
    if members < LEAST_PRODUCTS:
        count = "1 product" if members == 1 else f"{members} different products"
        words += f" {current} has only {count}, so there is little to judge by."
    product_id = str(audited.products["product_id"].iloc[rows[place]])
    return Finding(product_id, LABELS, float(found.scores[place]), current, suggested, words)


def _percent(share: float) -> str:
    if share < 0.005:
        return "under 1 %"
    return "over 99 %" if share > 0.995 else f"{100 * share:.0f} %"


def _small_categories(names: tuple[str, ...], found: Suspicion) -> tuple[str, ...]:
    small = [names[place] for place in np.flatnonzero(found.members < LEAST_PRODUCTS)]
    if not small:
        return ()
    named = ", ".join(small[:_WORDED]) + (f" and {len(small) - _WORDED} more" if len(small) > _WORDED else "")
    noun = "1 category has" if len(small) == 1 else f"{len(small)} categories have"
    return (
        f"{noun} fewer than {LEAST_PRODUCTS} different products, too few to judge them well; what is suspected there "
        f"counts for less: {named}.",
    )


def _left_out(audited: AuditedProducts, labeled: np.ndarray) -> tuple[str, ...]:
    notes = []
    if audited.without_picture:
        notes.append(f"{audited.without_picture:,} products have no picture to judge by.")
    if not labeled.all():
        notes.append(f"{int((~labeled).sum()):,} products with pictures have no category; see `next-to-label`.")
    return tuple(notes)
