"""Evaluate on categories of two levels, and on products with several pictures."""

import numpy as np
import pytest

from core.catalog.log import change
from core.catalog.schema import product_pictures
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import DIMENSIONS, picture_hash, planted_catalog
from tests.pages.conftest import broken, words

CLASSES = ("Clothing > <b>Shirts</b>", "Clothing > Trousers", "Home > Pans")


@pytest.fixture
def run_id(home):
    """A run on 90 products, shirts much like trousers; every third product also shows the next one's picture."""
    codes = np.repeat([0, 1, 2], 30)
    random = np.random.default_rng(0)
    centers = random.uniform(2, 6, size=(3, DIMENSIONS))
    centers[1] = centers[0] + 0.02 * random.normal(size=DIMENSIONS)
    features = np.maximum(centers[codes] + random.normal(size=(90, DIMENSIONS)), 0).astype(np.float32)
    catalog = planted_catalog(home, [CLASSES[code] for code in codes], features=features)
    with change(home, actor="tests", kind="import", summary="More", catalog_id=catalog.catalog_id) as adding:
        link = {"catalog_id": catalog.catalog_id, "position": 1, "source_name": "y.png"}
        adding.insert(
            product_pictures,
            [
                {**link, "product_id": f"p{number:04}", "picture_hash": picture_hash(number + 1)}
                for number in range(0, 88, 3)
                if number % 30 != 29
            ],
        )
    settings = {"epochs": 4, "batch_size": 16}
    return train_run(home, catalog, recipe="linear", settings=settings, actor="tests", progress=SilentProgress())["run"]


def test_the_summary_tells_right_parent_and_products(home, open_page, run_id):
    app = open_page(home, "evaluate", f"run={run_id}")
    assert broken(app) == []
    titles = [each.value for each in app.header]
    assert "Right, right parent, wrong" in titles and "Products with several pictures" in titles
    assert "level 1: " in words(app) and "level 2: " in words(app)
    table = app.dataframe[0].value
    assert table.iloc[:, 0].tolist() == ["Single pictures", "Mean log-probability", "Attention by confidence"]
    assert table["Accuracy"].iloc[0] == next(each.value for each in app.metric if each.label == "Accuracy")


def test_categories_and_cards_in_three_colors_open(home, open_page, run_id):
    for query in ("show=Categories", "show=Confusion&predicted=Home > Pans", "show=Confusion&true=Home > Pans"):
        app = open_page(home, "evaluate", f"run={run_id}&{query}")
        assert broken(app) == []


def test_a_run_without_levels_says_nothing_of_them(home, open_page):
    catalog = planted_catalog(home, [name for name in ("a", "b", "c") for _ in range(20)], name="flat")
    settings = {"epochs": 3, "batch_size": 16}
    run = train_run(home, catalog, recipe="linear", settings=settings, actor="tests", progress=SilentProgress())["run"]
    app = open_page(home, "evaluate", f"catalog=flat&run={run}")
    assert broken(app) == []
    assert not {"Right, right parent, wrong", "Products with several pictures"} & {each.value for each in app.header}
