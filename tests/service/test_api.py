"""The HTTP API: what it answers, what it refuses, and that it describes itself truly."""

import asyncio
import json
import threading
import urllib.error
import urllib.request

import httpx
import jsonschema
import pytest

from core.catalog.catalogs import find_catalog
from core.errors import SettingsError
from core.recommend.presets import publish_preset, save_preset, unpublish_preset
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import RankWeights
from core.service import published, serving
from core.service.app import build_app, route_paths
from core.service.openapi import describe_api, docs_page
from tests.catalog.store import small_catalog
from tests.recommend.catalogs_for_ranking import make_index
from tests.recommend.fake_embedding import FakeEmbedding

MATCHES = "/v1/catalogs/shop/products/{}/matches"
ID = "a/b ü?#%"


@pytest.fixture
def app(home, monkeypatch):
    """A catalog with a published preset, and one without."""
    catalog = small_catalog(home, "shop")
    small_catalog(home, "secret")
    looks = RankingSettings(weights=RankWeights.only("visual"))
    save_preset(home, catalog, "front", looks, actor="ann", description="internal remark")
    publish_preset(home, catalog, "front", actor="ann")
    index = make_index([[1, 0], [0.9, 0.1], [0, 1]], ids=["p0", ID, "p2"], prices=[100, None, 300])
    monkeypatch.setattr(published, "open_index", lambda *_, **__: index)
    monkeypatch.setattr(published, "latest_embedding", lambda *_, **__: FakeEmbedding(["p0"], index.embeddings))
    return build_app(home)


def ask(app, path, *, method="GET", host="127.0.0.1:8600"):
    async def asked():
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8600") as client:
            return await client.request(method, path, headers={"host": host})

    return asyncio.run(asked())


def error_of(answer):
    jsonschema.validate(answer.json(), {"$ref": "#/components/schemas/Error", **describe_api()})
    return answer.status_code, answer.json()["error"]["code"]


def test_matches_come_ranked_by_the_published_preset(app):
    answer = ask(app, MATCHES.format("p0"))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["catalog"], body["preset"], body["version"]) == ("shop", "front", 1)
    assert [each["product_id"] for each in body["matches"]] == [ID, "p2"]
    assert body["matches"][1]["price"] == 3.0
    assert [each["product_id"] for each in ask(app, MATCHES.format("p0") + "?k=1").json()["matches"]] == [ID]


def test_ids_with_slashes_and_other_signs_are_found(app):
    from urllib.parse import quote

    for written in (quote(ID, safe=""), quote(ID, safe="/")):
        assert ask(app, MATCHES.format(written)).json()["product_id"] == ID


def test_only_published_catalogs_are_told_and_nothing_internal(app):
    answer = ask(app, "/v1/catalogs")
    assert [each["catalog"] for each in answer.json()["catalogs"]] == ["shop"]
    assert "internal remark" not in answer.text
    missing = ask(app, "/v1/catalogs/secret/products/p0/matches")
    assert error_of(missing) == (404, "not_found")
    # Whether there is such a catalog is not told either: the same words as for any other name.
    other = ask(app, "/v1/catalogs/nobody/products/p0/matches")
    assert missing.text.replace("secret", "nobody") == other.text


@pytest.mark.parametrize(
    "query", ["k=0", "k=101", "k=-1", "k=1.5", "k=", "k=x", "k=٣", "k=1&k=2", "limit=3", "k=9" * 9]
)
def test_parameters_out_of_range_are_refused(app, query):
    assert error_of(ask(app, f"{MATCHES.format('p0')}?{query}")) == (400, "bad_request")


def test_every_error_has_one_form(app):
    assert error_of(ask(app, MATCHES.format("nobody"))) == (404, "not_found")
    assert error_of(ask(app, "/v2")) == (404, "not_found")
    assert error_of(ask(app, MATCHES.format("p" * 5_000))) == (400, "bad_request")
    for method in ("POST", "DELETE", "PUT"):
        answer = ask(app, "/v1/catalogs", method=method)
        assert error_of(answer) == (405, "method_not_allowed")


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "", "localhost.", "127.0.0.1@evil.test"])
def test_other_names_are_refused(app, host):
    assert error_of(ask(app, "/v1/catalogs", host=host)) == (421, "wrong_host")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8600"])
def test_our_own_names_are_answered(app, host):
    assert ask(app, "/health", host=host).json()["status"] == "ok"


def test_a_fault_is_told_by_number_alone(app, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("/secret/path and password")

    monkeypatch.setattr(published, "rank_in", broken)
    answer = ask(app, MATCHES.format("p0"))
    assert error_of(answer) == (500, "internal_fault")
    assert "secret" not in answer.text


def test_nothing_published_is_nothing_served(home, app):
    unpublish_preset(home, find_catalog(home, "shop"), actor="ann")
    assert ask(app, "/v1/catalogs").json() == {"catalogs": []}
    assert error_of(ask(app, MATCHES.format("p0"))) == (404, "not_found")


def test_the_description_is_true(app):
    api = describe_api()
    assert set(api["paths"]) == set(route_paths(app)) - {"/openapi.json", "/docs"}
    assert ask(app, "/openapi.json").json() == api
    answers = {"Health": "/health", "Catalogs": "/v1/catalogs", "Matches": MATCHES.format("p0")}
    for name, path in answers.items():
        jsonschema.validate(ask(app, path).json(), {"$ref": f"#/components/schemas/{name}", **api})


def test_the_pages_need_no_other_host(app):
    answer = ask(app, "/docs")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "http" not in docs_page().replace("<!doctype html>", "")  # no address of anybody
    assert "<script" not in docs_page()


def test_a_real_request_over_the_loopback(home, app, monkeypatch):
    import uvicorn

    servers = []

    class Noted(uvicorn.Server):
        def __init__(self, config):
            super().__init__(config)
            servers.append(self)

    monkeypatch.setattr(uvicorn, "Server", Noted)
    ready, address = threading.Event(), []

    def told(found):
        address.append(found)
        ready.set()

    thread = threading.Thread(target=serving.serve_api, args=(home,), kwargs={"port": 0, "on_ready": told})
    thread.start()
    try:
        assert ready.wait(20)
        with urllib.request.urlopen(f"{address[0]}{MATCHES.format('p0')}", timeout=20) as answer:
            assert [each["product_id"] for each in json.load(answer)["matches"]] == [ID, "p2"]
            assert "server" not in answer.headers
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(address[0], headers={"Host": "evil.test"}), timeout=20)
        assert refused.value.code == 421
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(20)


def test_it_listens_to_others_only_when_it_is_told_a_name(home):
    with pytest.raises(SettingsError, match="--allow-host"):
        serving.serve_api(home, host="0.0.0.0", port=0)
    with pytest.raises(SettingsError, match="choose another --port"):
        serving.serve_api(home, host="127.0.0.1", port=10**6)
