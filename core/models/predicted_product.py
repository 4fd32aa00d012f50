"""Predict a product from all of its pictures."""

from dataclasses import dataclass

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.picture_lookup import picture_file
from core.catalog.pictures import read_picture
from core.catalog.products import get_product
from core.errors import CatalogError, RunError
from core.home import Home
from core.models.further_figures import kept_temperature
from core.models.predict import check_backbone, check_level, most_probable, predict_features
from core.models.product_predictions import combine_pictures
from core.models.runs import open_run
from core.vision.backbones import find_backbone
from core.vision.encode import encode_pictures

_PICTURES_AT_ONCE = 32


@dataclass(frozen=True)
class PredictedProduct:
    """What a run says of a product.

    Attributes:
        product_id: The product.
        pictures: How many of its pictures were looked at.
        classes: (class name, probability), most probable first.
    """

    product_id: str
    pictures: int
    classes: list[tuple[str, float]]


def predict_product(
    home: Home, run_id: str, catalog: Catalog, product_id: str, *, top: int = 5, level: int | None = None
) -> PredictedProduct:
    """Classify a product from all of its pictures, combined as the run found best on validation.

    Args:
        home: The home.
        run_id: The run.
        catalog: The catalog of the product.
        product_id: The product.
        top: How many classes to give; at least 1.
        level: Give the categories at this level of the tree, from 1; None gives the run's own classes.

    Raises:
        RunError: There is no such run or level, its files are gone, or it predicts labels.
        CatalogError: There is no such product, or it has no picture.
        PictureError: A picture cannot be read.
    """
    run = open_run(home, run_id)
    check_backbone(home, run)
    check_level(run, level)
    if run.run.target == "labels":
        raise RunError(f"run {run.run.run_id!r} predicts labels of single pictures: name picture files instead")
    hashes = get_product(home, catalog, product_id).picture_hashes
    if not hashes:
        raise CatalogError(f"product {product_id[:200]!r} of {catalog.name!r} has no picture to predict from")
    side_px = find_backbone(run.run.encoder, home=home).side_px
    found = []
    for start in range(0, len(hashes), _PICTURES_AT_ONCE):
        paths = [picture_file(home, each) for each in hashes[start : start + _PICTURES_AT_ONCE]]
        decoded = [read_picture(path, enough_px=side_px) for path in paths if path]  # decoded as for embedding
        found.append(predict_features(run, encode_pictures(home, decoded, backbone=run.run.encoder)))
    temperature = kept_temperature(run.run.metrics)
    each = np.concatenate(found)
    combined = combine_pictures(each, np.array([0]), temperature=temperature)
    return PredictedProduct(product_id, len(each), most_probable(run, combined, top=top, level=level)[0])
