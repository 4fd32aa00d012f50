"""Catalogs and runs made of numbers: features are planted, so that nothing is decoded or embedded."""

import hashlib

import numpy as np

from core.catalog.catalogs import Catalog, create_catalog, find_catalog
from core.catalog.log import change
from core.catalog.schema import pictures, product_pictures, products
from core.home import Home
from core.models.learning import LearningData
from core.vision.feature_store import feature_shards
from core.vision.palettes import palette_shards

DIMENSIONS = 1280


def picture_hash(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def separable_features(labels: np.ndarray, *, dimensions: int, seed: int = 0, spread: float = 1.0) -> np.ndarray:
    """Noise around one random center a class, shifted so that nearly all features are positive, as after a relu."""
    random = np.random.default_rng(seed)
    centers = random.normal(size=(labels.max() + 1, dimensions))
    noise = spread * random.normal(size=(len(labels), dimensions))
    return np.maximum(6 + centers[labels] + noise, 0).astype(np.float32)


def learning_data(*, per_class: int = 40, classes: int = 3, dimensions: int = 16, seed: int = 0) -> LearningData:
    """Classes of equal size; of every ten pictures seven train, one validates, two test."""
    labels = np.repeat(np.arange(classes), per_class)
    sides = np.tile(np.array([0, 0, 0, 0, 0, 0, 0, 1, 2, 2], dtype=np.uint8), len(labels) // 10)
    features = separable_features(labels, dimensions=dimensions, seed=seed, spread=1.5)
    return LearningData(features, labels.astype(np.int64), sides, classes)


def planted_catalog(
    home: Home,
    labels: list[str | None],
    *,
    name: str = "shop",
    splits: list[str | None] | None = None,
    attributes: list[dict] | None = None,
    first_picture: int = 0,
    features: np.ndarray | None = None,
) -> Catalog:
    """A catalog of one picture a product with the given categories, its features already there.

    Product number i is ``p000i`` and shows picture ``first_picture + i``.
    """
    catalog = create_catalog(home, name, actor="tests")
    count = len(labels)
    hashes = [picture_hash(first_picture + number) for number in range(count)]
    with change(home, actor="tests", kind="import", summary="Filled", catalog_id=catalog.catalog_id) as filling:
        empty = dict.fromkeys(("price_minor_units", "currency", "brand", "color", "description"))
        common = {"catalog_id": catalog.catalog_id, "source_values": {}, "title": "A product", **empty}
        rows = [
            {
                **common,
                "product_id": f"p{number:04}",
                "source_key": f"p{number:04}",
                "position": number,
                "category": label,
                "split": splits[number] if splits else None,
                "attributes": attributes[number] if attributes else {},
            }
            for number, label in enumerate(labels)
        ]
        filling.insert(products, rows)
        about = {"extension": "png", "format": "PNG", "width_px": 8, "height_px": 8, "bytes": 8}
        known = set(filling.connection.execute(pictures.select()).scalars())
        new = [{"picture_hash": each, **about} for each in hashes if each not in known]
        if new:
            filling.connection.execute(pictures.insert(), new)
        link = {"catalog_id": catalog.catalog_id, "position": 0, "source_name": "x.png"}
        filling.insert(
            product_pictures,
            [{**link, "product_id": f"p{number:04}", "picture_hash": each} for number, each in enumerate(hashes)],
        )
    if features is None:
        names = sorted({label or "" for label in labels})
        codes = np.array([names.index(label or "") for label in labels])
        features = separable_features(codes, dimensions=DIMENSIONS, seed=1)
    feature_shards(home).append(hashes, features)
    palette_shards(home).append(hashes, np.zeros(count, dtype=palette_shards(home).dtype))
    return find_catalog(home, name)
