"""A page that stands alone: nothing foreign in it may run or reach out."""

import base64
import hashlib
import json
import re

from core.explore.map_page import map_page

HOSTILE = "</script><script>alert(1)</script><img src=//x.example onerror=alert(2)>"


def made(**more):
    words = {"title": HOSTILE, "titles": [HOSTILE, "Mug"], "lines": ["", HOSTILE], "body": "<div></div>"}
    return map_page({"n": 2}, style="p{}", script="let a = '</script>';", **{**words, **more})


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
