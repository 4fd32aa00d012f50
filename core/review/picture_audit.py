"""Pictures that do not fit: to the product's other pictures, to its category, or for lack of quality."""

import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.home import Home
from core.progress import Progress
from core.progress_parts import in_parts
from core.quality.checks import CHECKS
from core.quality.measuring import measure_pictures
from core.quality.picture_limits import find_limits, judge_pictures
from core.quality.picture_lines import read_pictures
from core.review.audited_products import AuditedProducts
from core.review.findings import PICTURES, Audit, Finding, most_suspicious
from core.review.look_alikes import find_look_alikes

FAR_DEVIATIONS = 3.5
"""So many robust standard deviations further from its kin than usual make a picture worth a look."""

LOOK_ALIKES = 5
_TO_SIGMA = 1.4826
_LEAST_SPREAD = 0.03
_LEAST_QUALITY = 0.5


def audit_pictures(home: Home, catalog: Catalog, audited: AuditedProducts, *, progress: Progress) -> Audit:
    """Score the pictures of every product that has one; what was not measured yet is measured first.

    Args:
        home: The home.
        catalog: The catalog.
        audited: Its products with pictures.
        progress: Told how far it is; may cancel.
    """
    parts = in_parts(progress, {"measure": 2.0, "look-alikes": 1.0})
    measure_pictures(home, catalog, progress=parts["measure"])
    total = len(audited.products)
    scores, reasons = np.zeros(total), np.full(total, "Its pictures fit.", dtype=object)
    for found, words in (
        _lonely(audited, parts["look-alikes"]),
        _disagreeing(audited),
        _poor(home, catalog, audited),
    ):
        worse = found > scores
        scores[worse], reasons[worse] = found[worse], words[worse]
    findings = [
        Finding(str(product_id), PICTURES, float(score), None, None, str(reason))
        for product_id, score, reason in zip(audited.products["product_id"], scores, reasons, strict=True)
    ]
    notes = (f"{audited.without_picture:,} products have no picture.",) if audited.without_picture else ()
    return Audit(PICTURES, most_suspicious(findings), notes)


def _lonely(audited: AuditedProducts, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Score how far each product is from its nearest look-alikes, against how far others of its category are."""
    nearest = find_look_alikes(audited.matrix, audited.groups, count=LOOK_ALIKES, progress=progress)
    known = np.where(nearest.rows >= 0, nearest.similarities, np.nan)
    there = (nearest.rows >= 0).any(axis=1)
    distance = np.zeros(len(known))
    distance[there] = 1 - np.nanmean(known[there], axis=1)
    categories = audited.products["category"].fillna("").astype(str)
    deviations = np.minimum(_above(distance), _above(distance, categories))
    words = [
        f"Looks like nothing else in the catalog: its nearest look-alikes are {100 * (1 - each):.0f} % alike."
        for each in distance
    ]
    return _scored(deviations), np.array(words, dtype=object)


def _disagreeing(audited: AuditedProducts) -> tuple[np.ndarray, np.ndarray]:
    """Score products of several pictures by the picture that is least like the others."""
    owners = audited.pictures["product"].to_numpy()
    total = len(audited.products)
    counts = np.bincount(owners, minlength=total)
    distance, worst = np.full(total, np.nan), np.zeros(total, dtype=np.int64)
    order = np.argsort(owners, kind="stable")
    starts = np.cumsum(counts) - counts
    for product in np.flatnonzero(counts > 1):
        rows = order[starts[product] : starts[product] + counts[product]][:64]
        unit = audited.embedding.project(audited.features[rows])
        likeness = unit @ unit.T
        kin = (likeness.sum(axis=1) - np.diag(likeness)) / (len(rows) - 1)
        worst[product], distance[product] = int(kin.argmin()) + 1, 1 - float(kin.min())
    several = np.flatnonzero(counts > 1)
    deviations = np.zeros(total)
    if len(several):
        deviations[several] = _above(distance[several])
    words = [
        f"Picture {place} of {count} shows something else than its other pictures ({100 * (1 - far):.0f} % alike)."
        if count > 1
        else ""
        for place, count, far in zip(worst, counts, distance, strict=True)
    ]
    return _scored(deviations), np.array(words, dtype=object)


def _poor(home: Home, catalog: Catalog, audited: AuditedProducts) -> tuple[np.ndarray, np.ndarray]:
    """Score dark, blurry, empty, odd-shaped and tiny pictures as the quality report judges them."""
    with read(home) as connection:
        facts = read_pictures(connection, catalog.catalog_id)
    numbers = dict(facts.measures)
    numbers["ratio"] = facts.width_px / np.maximum(facts.height_px, 1)
    numbers["short_side"] = np.minimum(facts.width_px, facts.height_px)
    judged = judge_pictures(numbers, find_limits(numbers))
    place = pd.Series(np.arange(len(facts.hashes)), index=list(facts.hashes))
    rows = place.reindex(audited.pictures["picture_hash"]).to_numpy()
    total = len(audited.products)
    scores, words = np.zeros(total), np.full(total, "", dtype=object)
    for key, values in judged.items():
        given = np.where(np.isnan(rows), 0.0, values[np.nan_to_num(rows).astype(np.int64)])
        worst = np.zeros(total)
        np.maximum.at(worst, audited.pictures["product"].to_numpy(), given)
        # Beyond a limit is worth a look, however little; how far beyond orders what is.
        found = np.where(worst > 0, _LEAST_QUALITY + 0.49 * np.minimum(worst, 1), 0.0)
        more = found > scores
        scores[more], words[more] = found[more], f"{CHECKS[key].title}: as the quality report judges it."
    return scores, words


def _above(values: np.ndarray, groups: pd.Series | None = None) -> np.ndarray:
    """Give robust standard deviations above the median, of all or of each group; small groups are judged by all."""
    least = 12
    whole = _deviations(pd.Series(values), np.zeros(len(values), dtype=np.int64))
    if groups is None:
        return whole
    codes = pd.factorize(groups)[0]
    sizes = np.bincount(codes)[codes]
    return np.where(sizes >= least, _deviations(pd.Series(values), codes), whole)


def _deviations(values: pd.Series, codes: np.ndarray) -> np.ndarray:
    median = values.groupby(codes).transform("median")
    spread = _TO_SIGMA * (values - median).abs().groupby(codes).transform("median")
    return ((values - median) / spread.clip(lower=_LEAST_SPREAD)).to_numpy()


def _scored(deviations: np.ndarray) -> np.ndarray:
    far = np.maximum(deviations, 0)
    return far / (far + FAR_DEVIATIONS)
