"""A triplet run on planted features: trained for real, its exported network only a stand-in, so it takes a second."""

import numpy as np

from core.catalog.catalogs import find_catalog
from core.files import write_json_whole
from core.models import triplet
from core.models.train import train_run
from core.progress import SilentProgress
from core.vision.backbones import NETWORK_NOTE, NETWORK_WEIGHTS, trained_note
from core.vision.learned_layers import write_layers
from tests.models.synthetic import DIMENSIONS, planted_catalog


def plant_triplet_run(home, monkeypatch, *, name="shop", per_class=20, labels=("hat", "shoe", "bag")):
    """Fill a home with a catalog whose categories differ a little, embed it, and train a triplet run on it.

    Returns:
        The run's id.
    """

    def write(folder, *, data, backbone, arrays):
        for file in ("model.xml", NETWORK_WEIGHTS):
            (folder / file).write_bytes(b"stands for a network")
        write_json_whole(folder / NETWORK_NOTE, trained_note(backbone))
        write_layers(folder, arrays, home=data.home, backbone=data.backbone)
        return {"agreement": 1.0, "bytes": 1}

    monkeypatch.setattr(triplet, "_write", write)
    # No picture is looked at: all features are there, and so is what pages would run.
    monkeypatch.setattr("core.vision.embed.prepare_for_pages", lambda *_: None)
    count = per_class * len(labels)
    random = np.random.default_rng(0)
    categories = np.repeat(np.arange(len(labels)), per_class)
    # Each category differs in a few of many noisy directions: the backbone sees little of it, a training much.
    features = random.normal(5, 1, (count, DIMENSIONS)).astype(np.float32)
    for each in range(len(labels)):
        features[categories == each, 8 * each : 8 * each + 8] += 3
    planted_catalog(home, [labels[each] for each in categories], name=name, features=features)
    settings = {"epochs": 3, "dimensions": 8, "classes_per_batch": 3}
    catalog = find_catalog(home, name)
    return train_run(home, catalog, recipe="triplet", settings=settings, actor="ann", progress=SilentProgress())["run"]
