"""Recommend keeps everything in its address, says what it left out, and takes hostile addresses calmly."""

import json

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.products import product_table
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import RankWeights


@pytest.fixture(scope="module")
def product_id(demo_home):
    return product_table(demo_home, find_catalog(demo_home, "demo"))["product_id"].iloc[3]


def said(app) -> str:
    told = [*app.caption, *app.info, *app.error, *app.text, *app.markdown]
    return " ".join(str(each.value) for each in told)


def scores(app) -> list[float]:
    return app.dataframe[0].value["Score"].tolist()


def test_settings_of_the_address_rank(demo_home, open_page, product_id):
    plain = open_page(demo_home, "recommend", f"numbers=true&query={product_id}")
    app = open_page(
        demo_home,
        "recommend",
        f"numbers=true&query={product_id}&weight_brand=2&price_mode=cheaper&diversity=0.5&pool=60",
    )
    assert not app.exception and not plain.exception
    assert "Approximate: only the 60 nearest by sight were ranked" in said(app)
    assert "Approximate" not in said(plain)
    assert "Brand" in app.dataframe[0].value and "Brand" not in plain.dataframe[0].value
    assert scores(app) != scores(plain)


def test_like_this_but_in_another_color(demo_home, open_page, product_id):
    plain = open_page(demo_home, "recommend", f"numbers=true&query={product_id}&weight_color=2")
    app = open_page(demo_home, "recommend", f"numbers=true&query={product_id}&weight_color=2&in_color=%23101010")
    assert not app.exception
    assert app.dataframe[0].value["Product"].tolist() != plain.dataframe[0].value["Product"].tolist()
    wrong = open_page(demo_home, "recommend", f"numbers=true&query={product_id}&in_color=blurple")
    assert "there is no color 'blurple'" in said(wrong)


def test_matches_for_a_user_say_so(demo_home, open_page, product_id):
    plain = open_page(demo_home, "recommend", f"numbers=true&query={product_id}")
    app = open_page(demo_home, "recommend", f"numbers=true&query={product_id}&for_user=U001")
    assert not app.exception
    assert "30 % of each score is what this user may like" in said(app)
    assert "may like" not in said(plain)
    assert scores(app) != scores(plain)
    assert not open_page(demo_home, "recommend", f"numbers=true&query={product_id}&for_user=%3Cb%3Enobody").exception


def test_two_settings_side_by_side(demo_home, open_page, product_id):
    beside = json.dumps(RankingSettings(weights=RankWeights.only("color")).to_json())
    app = open_page(demo_home, "recommend", f"numbers=true&query={product_id}&beside={beside}")
    assert not app.exception
    assert "of the first 12 are the same." in said(app)
    app = open_page(demo_home, "recommend", f"numbers=true&query={product_id}&beside={{")
    assert "are no JSON: press Stop comparing" in said(app)
    newer = json.dumps({"version": 99})
    assert "made by a newer ShelfLens" in said(
        open_page(demo_home, "recommend", f"numbers=true&query={product_id}&beside={newer}")
    )


@pytest.mark.parametrize(
    "hostile",
    ["weight_color=nan", "weight_visual=-3", "pool=-1", "more=no-such-product", "price_mode=free", "crop_x=9"],
)
def test_a_hostile_address_breaks_nothing(demo_home, open_page, product_id, hostile):
    app = open_page(demo_home, "recommend", f"numbers=true&query={product_id}&{hostile}")
    assert not app.exception
    assert "no-such-product" not in hostile or "'no-such-product' is not among" in said(app)
