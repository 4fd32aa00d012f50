"""Making what a command needs and finds missing: embeddings, and backbones ready to run."""

from typing import TYPE_CHECKING

from core.cli.session import Session

if TYPE_CHECKING:
    from core.catalog.catalogs import Catalog


def embed_what_waits(session: Session, catalog: "Catalog", *, backbone: str) -> None:
    """Embed a catalog when it never was, or when products have come since."""
    from core.recommend.index import open_index
    from core.vision.embeddings import latest_embedding

    embedding = latest_embedding(session.home, catalog, backbone=backbone)
    if embedding is None or open_index(session.home, catalog, backbone=backbone).stale:
        session.run_here("embed", {"catalog": catalog.name, "backbone": backbone})


def prepare_backbone(session: Session, name: str) -> None:
    """Make the model that encodes single pictures, when embedding did not leave one, as after emptying the cache."""
    from core.vision.backbone_ir import ensure_ir
    from core.vision.backbones import find_backbone

    ensure_ir(session.home, find_backbone(name))
