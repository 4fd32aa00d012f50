"""Products that are there twice: the same file, nearly the same picture, the same product in another picture."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.cleaning.completeness import completeness
from core.cleaning.duplicate_search import DuplicateGroup, Duplicates, find_duplicates
from core.cleaning.folding import fold_name
from core.home import Home
from core.progress import Progress
from core.progress_parts import in_parts
from core.review.audited_products import AuditedProducts
from core.review.findings import DUPLICATES, WORTH_A_LOOK, Audit, Finding, most_suspicious
from core.review.look_alikes import find_look_alikes

SAME_PRODUCT_COSINE = 0.8
"""Products of one title, brand and category whose pictures are at least so alike count as one product twice."""

_LEAST_NEAR = 0.9


def audit_duplicates(home: Home, catalog: Catalog, audited: AuditedProducts, *, progress: Progress) -> Audit:
    """Score every product with a picture by how surely another one shows the same.

    Of each group of copies the product with the most data stays; the others are suggested to be left out.

    Args:
        home: The home.
        catalog: The catalog.
        audited: Its products with pictures.
        progress: Told how far it is; may cancel.
    """
    parts = in_parts(progress, {"search": 3.0, "look-alikes": 1.0})
    found = find_duplicates(home, catalog, near=True, progress=parts["search"])
    members = sorted({each for group in (*found.exact, *found.near) for each in group.product_ids})
    twins = _same_products(audited, set(members), parts["look-alikes"])
    with read(home) as connection:
        data = completeness(connection, catalog, sorted({*members, *(each for pair in twins for each in pair[:2])}))
    shows = found.shown.groupby("product_id")["picture_hash"].nunique().to_dict()
    scored: dict[str, Finding] = {}
    for group in (*found.exact, *found.near):
        _add_group(scored, group, ranked=sorted(group.product_ids, key=lambda each: (-shows[each], -data[each], each)))
    for first, second, cosine in twins:
        kept, copy = sorted((first, second), key=lambda each: (-shows.get(each, 0), -data[each], each))
        words = f"Has the title, brand and category of {kept}, and its picture is {100 * cosine:.0f} % alike."
        score = WORTH_A_LOOK + (_LEAST_NEAR - WORTH_A_LOOK) * (cosine - SAME_PRODUCT_COSINE) / (1 - SAME_PRODUCT_COSINE)
        _add(scored, Finding(copy, DUPLICATES, float(min(score, _LEAST_NEAR)), None, kept, words))
    findings = [*scored.values(), *_others(audited, set(scored))]
    notes = (f"{audited.without_picture:,} products have no picture to compare.",) if audited.without_picture else ()
    return Audit(DUPLICATES, most_suspicious(findings), (*notes, *_measured_on(found)))


def _add_group(scored: dict[str, Finding], group: DuplicateGroup, *, ranked: Sequence[str]) -> None:
    kept = ranked[0]
    same = "the same file" if group.kind == "exact" else "nearly the same picture"
    score = (
        1.0 if group.kind == "exact" else _LEAST_NEAR + 0.09 * float(np.clip((group.similarity - 0.98) / 0.02, 0, 1))
    )
    for copy in ranked[1:]:
        _add(scored, Finding(copy, DUPLICATES, score, None, kept, f"Shows {same} as {kept}, which has more data."))
    others = ", ".join(ranked[1:4]) + (f" and {len(ranked) - 4} more" if len(ranked) > 4 else "")
    words = f"Shows {same} as {others}; this one has the most data and stays."
    _add(scored, Finding(kept, DUPLICATES, score * 0.999, None, None, words))


def _add(scored: dict[str, Finding], finding: Finding) -> None:
    """Keep the most certain finding of a product; exact copies were added first."""
    if finding.product_id not in scored or scored[finding.product_id].score < finding.score:
        scored[finding.product_id] = finding


def _same_products(audited: AuditedProducts, known: set[str], progress: Progress) -> list[tuple[str, str, float]]:
    """Find products of one title, brand and category whose pictures are alike but not the same."""
    table = audited.products
    names = table["title"].map(lambda title: fold_name(str(title)))
    keys = names + "\n" + table["brand"].fillna("").astype(str) + "\n" + table["category"].fillna("").astype(str)
    # A title that stands for many products, such as the name of its category, tells nothing.
    sizes = keys.groupby(keys).transform("size").to_numpy()
    candidates = np.flatnonzero((sizes >= 2) & (sizes <= 4) & (names != "").to_numpy())
    pairs = []
    progress.report(0, len(candidates), "comparing products of one title")
    for _key, rows in pd.Series(candidates).groupby(keys.iloc[candidates].to_numpy()):
        places = rows.to_numpy()
        likeness = audited.matrix[places] @ audited.matrix[places].T
        for one, other in zip(*np.triu_indices(len(places), 1), strict=True):
            first, second = (str(table["product_id"].iloc[places[each]]) for each in (one, other))
            if likeness[one, other] >= SAME_PRODUCT_COSINE and not {first, second} <= known:
                pairs.append((first, second, float(likeness[one, other])))
    return pairs


def _others(audited: AuditedProducts, scored: set[str]) -> list[Finding]:
    """Score the rest by their nearest look-alike, below what is worth a look."""
    from core.progress import SilentProgress

    nearest = find_look_alikes(audited.matrix, np.arange(len(audited.matrix)), count=1, progress=SilentProgress())
    ids = audited.products["product_id"].tolist()
    findings = []
    for place, product_id in enumerate(ids):
        if product_id in scored:
            continue
        cosine = max(float(nearest.similarities[place, 0]), 0.0)
        words = "Nothing shows the same."
        if nearest.rows[place, 0] >= 0:
            words = (
                f"Nothing shows the same; its nearest look-alike, {ids[nearest.rows[place, 0]]}, is another product."
            )
        findings.append(Finding(product_id, DUPLICATES, 0.49 * cosine, None, None, words))
    return findings


def _measured_on(found: Duplicates) -> tuple[str, ...]:
    groups = len(found.exact) + len(found.near)
    return (f"{groups:,} groups of products show the same or nearly the same picture.",) if groups else ()
