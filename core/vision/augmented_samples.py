"""A few of a catalog's own pictures with altered views of them: what a training would see."""

from dataclasses import dataclass

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.products import picture_table
from core.errors import PictureError
from core.home import Home
from core.vision.jpeg import read_quickly
from core.vision.picture_fit import PictureFit, fit_picture
from core.vision.views import ViewSettings, make_view


@dataclass(frozen=True)
class AugmentedSample:
    """A picture and views of it.

    Attributes:
        picture_hash: Which picture.
        picture: Uint8 (S, S, 3), RGB: as it is.
        views: Uint8 (V, S, S, 3): as a training may see it.
    """

    picture_hash: str
    picture: np.ndarray
    views: np.ndarray


def augmented_samples(
    home: Home,
    catalog: Catalog,
    settings: ViewSettings,
    *,
    count: int = 6,
    seed: int = 0,
    views: int = 4,
    side_px: int = 160,
    fit: PictureFit = "pad",
) -> list[AugmentedSample]:
    """Draw pictures of a catalog and views of each.

    Args:
        home: The home.
        catalog: Whose pictures.
        settings: How views are drawn.
        count: How many pictures; fewer where the catalog has no more that can be read.
        seed: Decides which pictures and which views.
        views: How many views of each.
        side_px: Side of the squares, S.
        fit: How pictures become square.

    Returns:
        Another seed gives other pictures; the same seed with other settings gives other views of the same pictures.
    """
    table = picture_table(home, catalog).drop_duplicates("picture_hash")
    hashes, extensions = table["picture_hash"].tolist(), table["extension"].tolist()
    found: list[AugmentedSample] = []
    for place in np.random.default_rng((seed, 11)).permutation(len(hashes)):
        if len(found) == count:
            break
        try:
            picture = read_quickly(home.picture_path(hashes[place], extensions[place]), enough_px=2 * side_px)
        except PictureError:  # one that was damaged by hand; there are others
            continue
        own = (seed, int(hashes[place][:12], 16))
        drawn = [
            make_view(picture, number, settings=settings, side_px=side_px, fit=fit, seed=own)
            for number in range(1, views + 1)
        ]
        found.append(AugmentedSample(hashes[place], fit_picture(picture, side_px=side_px, fit=fit), np.stack(drawn)))
    return found
