"""Making what a command needs and finds missing: embeddings, and backbones ready to run."""

from typing import TYPE_CHECKING

from core.cli.session import Session

if TYPE_CHECKING:
    from core.catalog.catalogs import Catalog


def embed_what_waits(session: Session, catalog: "Catalog", *, backbone: str) -> None:
    """Embed a catalog when it never was, or when it shows pictures that have no features yet.

    Where every picture has features but products have come, gone or changed pictures since, only the embedding is
    made again: that reads cached features and takes no job.
    """
    from core.catalog.products import picture_table
    from core.vision.embeddings import build_embedding, latest_embedding
    from core.vision.feature_store import feature_shards

    embedding = latest_embedding(session.home, catalog, backbone=backbone)
    if embedding is not None and embedding.manifest["catalog_version"] == catalog.version:
        return
    hashes = picture_table(session.home, catalog)["picture_hash"].tolist()
    if embedding is None or not feature_shards(session.home, backbone=backbone).known(hashes).all():
        session.run_here("embed", {"catalog": catalog.name, "backbone": backbone})
    else:
        build_embedding(session.home, catalog, backbone=backbone)


def prepare_backbone(session: Session, name: str) -> None:
    """Make the model that encodes single pictures, when embedding did not leave one, as after emptying the cache."""
    from core.vision.encode import prepare_encoder

    prepare_encoder(session.home, name)
