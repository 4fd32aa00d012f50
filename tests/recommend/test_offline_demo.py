"""The demo to go: whole in one file, harmless whatever its products are called, its numbers ours."""

import base64
import json
import re

import numpy as np
import pytest
from PIL import Image

from core.catalog.catalogs import find_catalog
from core.errors import CatalogError, SettingsError
from core.recommend import offline_demo
from core.recommend.offline_demo import MOST_BYTES, STEPS, export_demo
from core.recommend.ranking import exact_parts, score_parts
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import BASIC_PARTS
from tests.quality.shops import shop_of
from tests.recommend.catalogs_for_ranking import make_index, random_index

HOSTILE = "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>\u2028&amp;"


def data_of(text):
    [written] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, flags=re.DOTALL)
    return json.loads(written)


def table_of(data, part):
    count = len(data["products"])
    return np.frombuffer(base64.b64decode(data["parts"][part]), "<u2").reshape(count, count)


@pytest.fixture
def shop(home, monkeypatch):
    rows = [{"product_id": f"p{row}", "title": f"Thing {row}"} for row in range(40)]
    rows[3] |= {"title": HOSTILE, "category": HOSTILE}
    catalog = shop_of(home, rows)
    monkeypatch.setattr(offline_demo, "open_index", lambda *_, **__: random_index(1))
    return catalog


def test_the_file_holds_our_parts(home, shop, tmp_path):
    report = export_demo(home, shop, RankingSettings(), tmp_path / "demo.html", limit=40)
    data = data_of((tmp_path / "demo.html").read_text(encoding="utf-8"))
    assert (report["products"], len(data["products"]), report["left_out"]) == (40, 40, 0)
    assert data["weights"] == {"visual": 1.0, "color": 0.5, "price": 0.5, "category": 0.0}
    index = random_index(1)
    for row in (0, 17):
        values = exact_parts(score_parts(index.query_product(f"p{row}"), index), np.arange(40), BASIC_PARTS)
        for place, part in enumerate(BASIC_PARTS):
            kept = table_of(data, part)[row].astype(float)
            assert (kept == 0).tolist() == np.isnan(values[:, place]).tolist()  # missing is missing, not zero
            known = kept > 0
            assert (kept[known] - 1) / STEPS == pytest.approx(values[known, place], abs=1 / STEPS)


def test_foreign_text_stays_text_and_nothing_is_asked_for(home, shop, tmp_path):
    export_demo(home, shop, RankingSettings(), tmp_path / "demo.html", limit=40)
    text = (tmp_path / "demo.html").read_text(encoding="utf-8")
    assert text.count("</script>") == 2 and "alert(1)<" not in text
    assert data_of(text)["products"][3]["title"] == HOSTILE
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|//[a-z]", re.sub(r"//[^\n]*\n", "\n", text.split("<script>")[1]))
    assert "innerHTML" not in text and "eval(" not in text


def test_chosen_products_are_the_ones_exported(home, shop, tmp_path):
    report = export_demo(home, shop, RankingSettings(), tmp_path / "demo.html", product_ids=["p9", "p2", "p9"])
    assert report["products"] == 2
    with pytest.raises(CatalogError, match="'nobody'"):
        export_demo(home, shop, RankingSettings(), tmp_path / "demo.html", product_ids=["nobody"])


def test_what_does_not_fit_is_left_out_and_said(home, shop, tmp_path, monkeypatch):
    monkeypatch.setattr(offline_demo, "MOST_BYTES", 30_000)
    report = export_demo(home, shop, RankingSettings(), tmp_path / "demo.html", limit=40)
    assert report["bytes"] <= 30_000
    assert report["products"] + report["left_out"] == 40


def test_five_hundred_products_with_thumbnails_stay_below_twenty_megabytes(home, shop, tmp_path, monkeypatch):
    # Noise is the worst a thumbnail can be: 200 x 200 px of it take more room than any photo.
    pixels = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    path = tmp_path / "noise.webp"
    Image.fromarray(pixels).save(path, "WEBP", quality=80)
    index = make_index(np.random.default_rng(1).standard_normal((500, 4)))
    monkeypatch.setattr(offline_demo, "open_index", lambda *_, **__: index)
    address = "data:image/webp;base64," + base64.b64encode(path.read_bytes()).decode()
    monkeypatch.setattr(offline_demo, "_thumbnail", lambda *_: address)
    report = export_demo(home, shop, RankingSettings(), tmp_path / "demo.html")
    assert report["products"] == 500 and report["bytes"] < MOST_BYTES


@pytest.mark.parametrize(("name", "limit"), [("demo.htm", 10), ("demo.html", 1), ("demo.html", 10**6)])
def test_targets_and_limits_out_of_range_are_refused(home, shop, tmp_path, name, limit):
    with pytest.raises(SettingsError):
        export_demo(home, find_catalog(home, shop.name), RankingSettings(), tmp_path / name, limit=limit)
