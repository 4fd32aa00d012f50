import hashlib

import cv2
import numpy as np
import pytest

from core.catalog.demo.assortment import CATEGORIES
from core.catalog.demo.drawing import altered, draw_view, encode
from core.catalog.demo.products import make_products
from core.catalog.demo.studio.looks import Look

STYLES = [(category, style) for category in CATEGORIES for style in category.styles]


def _look(family: str, style: str, color: str = "red", material: str = "cotton") -> Look:
    return Look(family, style, color, material, "plain", seed=3, number=11)


@pytest.mark.parametrize(("category", "style"), STYLES, ids=[f"{c.family}-{s}" for c, s in STYLES])
def test_every_style_draws_something_on_a_quieter_background(category, style):
    material = (category.style_materials.get(style) or tuple(category.materials))[0]
    picture = draw_view(_look(category.family, style, material=material), 0)
    assert picture.shape == (400, 400, 3)
    assert picture.dtype == np.uint8
    middle, border = picture[60:340, 60:340].astype(float), picture[:, :12].astype(float)
    assert middle.std() > border.std()


def test_the_same_look_draws_the_same_bytes():
    for product in make_products(7)[::90]:
        first, second = (hashlib.sha256(encode(draw_view(product.look, 0), 88)).hexdigest() for _ in range(2))
        assert first == second


def test_views_of_a_product_differ_but_keep_its_color():
    look = _look("shirts", "t-shirt")
    front, back = (draw_view(look, view).astype(int) for view in (0, 1))
    assert np.abs(front - back).mean() > 3
    for view in (front, back):
        red, green, blue = view[180:220, 180:220].reshape(-1, 3).mean(axis=0)
        assert red > green + 60
        assert red > blue + 60


def test_products_of_one_kind_differ():
    first, second = (draw_view(Look("mugs", "straight", "blue", "ceramic", "plain", 3, n), 0) for n in (1, 2))
    assert np.abs(first.astype(int) - second).mean() > 3


def test_altered_copies_stay_near_the_original():
    picture = draw_view(_look("boots", "chelsea", material="leather"), 0)
    for seed in range(8):
        copy = altered(picture, np.random.default_rng(seed))
        assert copy.shape != picture.shape or not np.array_equal(copy, picture)
        small, original = (cv2.resize(p, (16, 16), interpolation=cv2.INTER_AREA).astype(int) for p in (copy, picture))
        assert np.abs(small - original).mean() < 20  # a different product differs by far more than a crop or a tint
