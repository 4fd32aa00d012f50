"""Fitting the visual words of a home on a sample of a catalog's pictures. Workers only: this imports scikit-learn."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import pandas as pd

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table, product_table
from core.errors import BackboneError, PictureError
from core.files import write_json_whole
from core.home import Home
from core.progress import Progress
from core.vision.bovw import BOVW, DESCRIPTOR_NUMBERS, REPORT_WORDS, Vocabulary, find_descriptors
from core.vision.bovw_choice import choose_words, fitted_centers
from core.vision.bovw_settings import WordsSettings
from core.vision.engine import PictureFile
from core.vision.jpeg import read_quickly
from core.vision.picture_fit import fit_picture
from core.vision.weights import weights_hash

_HELD_OUT = ("validation", "test")
_BLOCK = 32
_THREADS = 2


@dataclass(frozen=True)
class WordsReport:
    """What a fit found.

    Attributes:
        words: Visual words, K: the dimensions of the features.
        components: Principal components, P.
        variance: Share of the descriptors' variance in them.
        pictures: Pictures looked at.
        without_keypoints: Of them, those that have none.
        descriptors: Descriptors fitted on.
        sha256: Of the vocabulary's file.
        file: Where it is.
        choice: Elbow and silhouette of other numbers of words; None when not asked for.
    """

    words: int
    components: int
    variance: float
    pictures: int
    without_keypoints: int
    descriptors: int
    sha256: str
    file: str
    choice: dict[str, Any] | None


def fit_words(home: Home, catalog: Catalog, *, settings: WordsSettings, progress: Progress) -> WordsReport:
    """Fit the visual words of a home, replacing those that are there; the old file is kept under its hash.

    Pictures of validation and test are left out. No category is looked at.

    Raises:
        BackboneError: The pictures have too few details for so many words.
        Cancelled: `progress` asked to stop; nothing was changed.
    """
    found = _Descriptors()
    for position, total, descriptors in _sampled(home, catalog, settings):
        found.add(descriptors)
        if position % _BLOCK == 0:
            progress.report(position, total, "Looking for details in the pictures")
    rows = found.joined(least=max(settings.words, settings.components) + 1, catalog=catalog.name)
    progress.report(0, None, f"Fitting visual words on {len(rows):,} details")
    mean, components, variance = _principal_components(rows, settings.components)
    rows -= mean
    reduced = rows @ components
    choice = choose_words(reduced, seed=settings.seed, progress=progress) if _wants_choice(settings) else None
    words = settings.words or (choice.elbow if choice else REPORT_WORDS)
    centers = fitted_centers(reduced, words, seed=settings.seed).centers
    _keep_old(home)
    path = home.weights / BOVW.weights_file
    Vocabulary(mean, components, centers).save(path)
    report = WordsReport(
        words=words,
        components=settings.components,
        variance=variance,
        pictures=found.pictures,
        without_keypoints=found.without,
        descriptors=len(rows),
        sha256=weights_hash(home, BOVW),
        file=str(path),
        choice=None if choice is None else asdict(choice),
    )
    write_json_whole(path.with_suffix(".json"), {**asdict(report), "catalog": catalog.name, **asdict(settings)})
    return report


class _Descriptors:
    """Descriptors as they come, and what they came from."""

    def __init__(self) -> None:
        self.pictures = self.without = 0
        self._blocks: list[np.ndarray] = []

    def add(self, descriptors: np.ndarray) -> None:
        self.pictures += 1
        self.without += not len(descriptors)
        self._blocks.append(descriptors)

    def joined(self, *, least: int, catalog: str) -> np.ndarray:
        """Give all together, float32 (N, 128).

        Raises:
            BackboneError: There are fewer than `least`.
        """
        rows = np.concatenate(self._blocks) if self._blocks else np.zeros((0, DESCRIPTOR_NUMBERS), dtype=np.float32)
        if len(rows) < least:
            raise BackboneError(
                f"{self.pictures:,} pictures of catalog '{catalog}' have {len(rows):,} details that can be described, "
                f"{self.without:,} of them none; at least {least:,} are needed: fit on a catalog with more pictures"
            )
        return rows


def _sampled(home: Home, catalog: Catalog, settings: WordsSettings) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield place, total and descriptors of the pictures of a sample; those that cannot be read are passed over."""
    files = _train_files(home, catalog)
    draw = np.random.default_rng(settings.seed)
    if len(files) > settings.sample_pictures:
        files = [files[place] for place in np.sort(draw.choice(len(files), settings.sample_pictures, replace=False))]
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="words") as pool:
        for start in range(0, len(files), _BLOCK):
            for offset, descriptors in enumerate(pool.map(_described, files[start : start + _BLOCK])):
                if descriptors is None:
                    continue
                if len(descriptors) > settings.descriptors_a_picture:
                    kept = draw.choice(len(descriptors), settings.descriptors_a_picture, replace=False)
                    descriptors = descriptors[np.sort(kept)]
                yield start + offset, len(files), descriptors


def _described(file: PictureFile) -> np.ndarray | None:
    try:
        picture = read_quickly(file.path, enough_px=BOVW.side_px)
    except PictureError:
        return None
    return find_descriptors(fit_picture(picture, side_px=BOVW.side_px, fit=BOVW.picture_fit))


def _train_files(home: Home, catalog: Catalog) -> list[PictureFile]:
    """List the pictures no product of validation or test shows, by hash, so that the order says nothing."""
    table: pd.DataFrame = picture_table(home, catalog)
    products = product_table(home, catalog)
    held_out = set(products.loc[products["split"].isin(_HELD_OUT), "product_id"])
    seen = set(table.loc[table["product_id"].isin(held_out), "picture_hash"])
    rows = table[~table["picture_hash"].isin(seen)].drop_duplicates("picture_hash").sort_values("picture_hash")
    pairs = zip(rows["picture_hash"], rows["extension"], strict=True)
    return [PictureFile(name, home.picture_path(name, extension)) for name, extension in pairs]


def _principal_components(rows: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Fit principal components; gives mean (128,), components (128, P) and the share of variance in them."""
    from sklearn.decomposition import PCA

    fitted = PCA(n_components=wanted, svd_solver="covariance_eigh").fit(rows)
    components = np.ascontiguousarray(fitted.components_.T, dtype=np.float32)
    return fitted.mean_.astype(np.float32), components, float(fitted.explained_variance_ratio_.sum())


def _wants_choice(settings: WordsSettings) -> bool:
    return settings.with_choice or settings.words == 0


def _keep_old(home: Home) -> None:
    """Keep the vocabulary that is replaced: runs that were trained with it need it back."""
    path = home.weights / BOVW.weights_file
    if path.is_file():
        shutil.copyfile(path, path.with_name(f"{path.stem}-{weights_hash(home, BOVW)[:12]}{path.suffix}"))
