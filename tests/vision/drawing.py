"""Pictures and catalogs for the tests of the vision layer."""

import cv2
import numpy as np

from core.catalog import schema
from core.catalog.log import change
from core.catalog.pictures import store_picture_bytes


def drawn_picture(seed: int, *, height: int = 240, width: int = 180) -> np.ndarray:
    """A colored shape on white, different for every seed; uint8 (H, W, 3)."""
    rng = np.random.default_rng(seed)
    picture = np.full((height, width, 3), 255, dtype=np.uint8)
    color = tuple(int(value) for value in rng.integers(0, 200, 3))
    center = (int(width * rng.uniform(0.4, 0.6)), int(height * rng.uniform(0.4, 0.6)))
    if seed % 2:
        cv2.circle(picture, center, int(min(height, width) * 0.3), color, -1)
    else:
        cv2.rectangle(picture, (width // 4, height // 4), center, color, -1)
    return picture


def png_bytes(picture: np.ndarray) -> bytes:
    return cv2.imencode(".png", picture[..., ::-1])[1].tobytes()


def add_products(home, catalog, products: dict[str, list[bytes]]) -> list[str]:
    """Put products with pictures into a catalog; returns the hashes of the pictures in order."""
    stored = {
        product_id: [store_picture_bytes(home, data, name=product_id) for data in pictures]
        for product_id, pictures in products.items()
    }
    known = {"catalog_id": catalog.catalog_id}
    with change(home, actor="tests", kind="import", summary="test", catalog_id=catalog.catalog_id) as adding:
        have = {
            row.picture_hash
            for row in adding.connection.execute(
                schema.pictures.select().with_only_columns(schema.pictures.c.picture_hash)
            )
        }
        for product_id, pictures in stored.items():
            adding.insert(
                schema.products,
                [
                    {
                        **known,
                        "product_id": product_id,
                        "position": int(product_id[1:]),
                        "title": product_id,
                        "source_key": product_id,
                        "attributes": {},
                        "source_values": {},
                    }
                ],
            )
            for position, picture in enumerate(pictures):
                if picture.picture_hash not in have:
                    have.add(picture.picture_hash)
                    row = {
                        "picture_hash": picture.picture_hash,
                        "extension": picture.extension,
                        "format": picture.format,
                        "width_px": picture.width_px,
                        "height_px": picture.height_px,
                        "bytes": picture.bytes,
                    }
                    adding.insert(schema.pictures, [row])
                link = {
                    **known,
                    "product_id": product_id,
                    "position": position,
                    "picture_hash": picture.picture_hash,
                    "source_name": f"{product_id}-{position}.png",
                }
                adding.insert(schema.product_pictures, [link])
    return [picture.picture_hash for pictures in stored.values() for picture in pictures]
