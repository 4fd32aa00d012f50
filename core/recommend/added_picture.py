"""Making a product that was just added findable in every embedding its catalog has."""

import hashlib

from core.catalog.catalogs import Catalog
from core.catalog.pictures import read_picture
from core.errors import BackboneError
from core.home import Home
from core.vision.backbones import DEFAULT_BACKBONE, find_backbone
from core.vision.color_histogram import picture_histogram
from core.vision.embeddings import build_embedding
from core.vision.encode import encode_pictures
from core.vision.feature_store import feature_row, feature_shards
from core.vision.palettes import histogram_shards, palette_row, palette_shards, picture_palette


def made_embeddings(home: Home, catalog: Catalog) -> list[str]:
    """Name the embeddings a catalog has: the default first, then other backbones' and those of runs."""
    made = {path.parent.name for path in (home.embeddings / str(catalog.catalog_id)).glob("*/current.json")}
    return sorted(made, key=lambda name: (name != DEFAULT_BACKBONE, name))


def embed_added(home: Home, catalog: Catalog, data: bytes) -> list[str]:
    """Make a product that was just added findable: features and colors of its picture, then every embedding.

    Args:
        home: The home.
        catalog: The catalog as it is now, after adding.
        data: The bytes of the picture's file.

    Returns:
        The embeddings that cannot be made here, as where a run's network is gone: they wait for `embed`.

    Raises:
        BackboneError: The default one cannot be made.
    """
    picture_hash = hashlib.sha256(data).hexdigest()
    waiting = []
    for name in made_embeddings(home, catalog) or [DEFAULT_BACKBONE]:
        try:
            _embed(home, catalog, data, picture_hash, backbone=name)
        except BackboneError:
            if name == DEFAULT_BACKBONE:
                raise
            waiting.append(name)
    return waiting


def _embed(home: Home, catalog: Catalog, data: bytes, picture_hash: str, *, backbone: str) -> None:
    picture = read_picture(data, enough_px=find_backbone(backbone, home=home).side_px)
    features = feature_shards(home, backbone=backbone)
    if not features.known([picture_hash]).all():
        row = feature_row(encode_pictures(home, [picture], backbone=backbone)[0])
        features.append([picture_hash], row[None])
    palettes = palette_shards(home)
    if not palettes.known([picture_hash]).all():
        palettes.append([picture_hash], palette_row(*picture_palette(picture))[None])
    histograms = histogram_shards(home)
    if not histograms.known([picture_hash]).all():
        histograms.append([picture_hash], picture_histogram(picture)[None])
    build_embedding(home, catalog, backbone=backbone)
