"""A page that stands alone: nothing foreign in it may run or reach out."""

import base64
import hashlib
import json
import re

import pandas as pd
from PIL import Image

from core.explore import map_page as module
from core.explore.map_page import map_page, page_pictures

HOSTILE = "</script><script>alert(1)</script><img src=//x.example onerror=alert(2)>"


def made(**more):
    words = {"title": HOSTILE, "titles": [HOSTILE, "Mug"], "lines": ["", HOSTILE], "body": "<div></div>"}
    return map_page({"n": 2}, style="p{}", scripts=["let a = '</script>';"], **{**words, **more})


def test_titles_travel_as_text_alone():
    page = made()
    assert "alert(1)</script>" not in page
    assert "<img" not in page
    [data] = re.findall(r'id="shelflens-map-data">(.*?)</script>', page)
    assert json.loads(data)["titles"] == [HOSTILE[:120], "Mug"]


def test_only_its_own_script_may_run_and_nothing_may_leave():
    page = made()
    [script] = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src &#x27;none&#x27;; script-src &#x27;sha256-")
    assert digest in policy[1]
    assert "unsafe" not in policy[1]
    assert "connect-src" not in policy[1]  # so default-src, nothing, holds


def test_pictures_travel_within_bounds_and_each_stratum_its_share(home, monkeypatch):
    hashes = [f"{number:02x}" * 32 for number in range(8)]
    for number, each in enumerate(hashes[:7]):  # the eighth has lost its picture
        path = home.thumbnail_path(each)
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (200, 100), (30 * number, 90, 90)).save(path, "WEBP")
    strata = pd.Series(["a"] * 4 + ["b"] * 4 + ["a"])
    found = page_pictures(home, [*hashes, None], strata)
    assert [row for row, _ in found] == [0, 1, 2, 3, 4, 5, 6]
    assert all(address.startswith("data:image/webp;base64,") for _, address in found)
    monkeypatch.setattr(module, "MOST_PICTURES", 4)
    few = [row for row, _ in page_pictures(home, [*hashes, None], strata)]
    # 4 of the 8 that name a picture: 2 of each stratum; of b one may be the lost one.
    assert sum(row < 4 for row in few) == 2 and len(few) in (3, 4)
    monkeypatch.setattr(module, "MOST_PICTURE_BYTES", 10)
    assert page_pictures(home, [*hashes, None], strata) == []


def test_a_page_tells_which_points_have_pictures():
    page = made(pictures=[(1, "data:image/webp;base64,AAAA")])
    [data] = re.findall(r'id="shelflens-map-data">(.*?)</script>', page)
    assert json.loads(data)["thumbs"] == [[1, "data:image/webp;base64,AAAA"]] and json.loads(data)["pictures"]
    assert not json.loads(re.findall(r'id="shelflens-map-data">(.*?)</script>', made())[0])["pictures"]
