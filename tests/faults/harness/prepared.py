"""The home every case gets a copy of: two tiny catalogs, an embedding, a run, a preset, and a backbone that is nothing.

The backbone averages an 8 x 8 picture's neighborhoods: a real network in OpenVINO's format, run the way every network
of a run is, that takes no time.
"""

import json
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

TINY = "tiny-20260101-000000-abcd"
SHOP, FRESH, NEW = "shop", "fresh", "new"
_SIDE_PX, _CELL_PX = 32, 8
_CATEGORIES = {"red": (200, 40, 40), "green": (40, 160, 60), "blue": (40, 60, 200)}
_PICTURES_A_CATEGORY = {SHOP: 10, FRESH: 4, NEW: 4}
TRAINED = {"epochs": 6, "patience": 6, "batch_size": 8}


def smaller_batches():
    """Let a dozen products come in several batches and shards, so that there is something between them."""
    from core.catalog import imports
    from core.vision import embed

    imports.BATCH_WEIGHT = 400  # four products with a picture each
    embed.SHARD_ROWS = 4


def draw_sources(folder):
    """Draw the pictures of each catalog: folders of their own, by category."""
    random = np.random.default_rng(0)
    for name, count in _PICTURES_A_CATEGORY.items():
        for category, color in _CATEGORIES.items():
            (folder / name / category).mkdir(parents=True)
            for number in range(count):
                # Coarse patches: pictures that are all alike would be copies of one another.
                patches = np.clip(random.normal(color, 60, (4, 4, 3)), 0, 255).astype(np.uint8)
                pixels = patches.repeat(_SIDE_PX // 4, axis=0).repeat(_SIDE_PX // 4, axis=1)
                Image.fromarray(pixels).save(folder / name / category / f"{number:02}.png")


def prepare(root, sources):
    """Make the home that cases copy; give the modules it took, for the process that forks to import."""
    import sys

    from core.catalog.catalogs import find_catalog
    from core.catalog.folder_source import FolderSource
    from core.catalog.imports import import_source
    from core.home import open_home
    from core.jobs import run_here
    from core.recommend.presets import save_preset
    from core.recommend.ranking_settings import RankingSettings

    home = open_home(root)
    _write_backbone(home.runs / TINY / "network")
    for name in (SHOP, FRESH):
        import_source(home, FolderSource(sources / name), catalog_name=name, actor="prepared")
    train = {"catalog": SHOP, "recipe": "linear", "backbone": TINY, "settings": TRAINED, "seed": 1}
    run_here(home, "train", train, actor="prepared")
    shop = find_catalog(home, SHOP)
    save_preset(home, shop, "best", RankingSettings(embedding=TINY), actor="prepared", note="first")
    shutil.rmtree(home.jobs)
    return sorted(sys.modules)


def _write_backbone(folder):
    import openvino
    from openvino import opset13 as ops

    folder.mkdir(parents=True)
    cells = _SIDE_PX // _CELL_PX
    pixels = ops.parameter([1, _SIDE_PX, _SIDE_PX, 3], np.uint8, name="pixels")
    shape = ops.constant(np.array([1, cells, _CELL_PX, cells, _CELL_PX, 3], np.int64))
    parted = ops.reshape(ops.convert(pixels, "f32"), shape, False)
    means = ops.reduce_mean(parted, ops.constant(np.array([2, 4], np.int64)), False)
    scaled = ops.divide(means, ops.constant(np.float32(64)))
    features = ops.reshape(scaled, ops.constant(np.array([1, cells * cells * 3], np.int64)), False)
    openvino.save_model(openvino.Model([features], [pixels], "tiny"), str(folder / "model.xml"), compress_to_fp16=False)
    note = {
        "title": "Tiny",
        "side_px": _SIDE_PX,
        "feature_dimensions": cells * cells * 3,
        "preprocessing": {"mean": [0.0, 0.0, 0.0], "scale": 1.0, "reverse_channels": False},
        "picture_fit": "resize",
        "licence": "Apache-2.0",
    }
    Path(folder / "network.json").write_text(json.dumps(note))
