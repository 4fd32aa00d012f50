"""Parsers of words: settings, presets, maps, rules, documents, jobs, addresses, filters."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import streamlit as st

from core.catalog.documents import Document
from core.catalog.import_options import ImportOptions
from core.catalog.product_filter import ProductFilter
from core.catalog.products import read_products
from core.catalog.slices import _slice
from core.catalog.source_settings import SourceSettings
from core.catalog.sql_address import part_address
from core.catalog.sql_query import check_query
from core.catalog.web.addresses import checked_url
from core.catalog.web.crawl_settings import crawl_settings
from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.selectors import check_selector
from core.cleaning.merge_rules import make_rules, read_merge_file
from core.cleaning.recipe import read_recipe_file
from core.errors import ShelfLensError
from core.evaluation.class_map import read_class_map
from core.evaluation.filing_plan_rule import read_rule
from core.evaluation.picture_sets import _read as read_picture_set
from core.files import write_json_whole
from core.jobs.folder import JobFolder
from core.jobs.kinds import check_arguments
from core.jobs.reports import last_report, read_lines
from core.jobs.status import job_status
from core.recommend.blind_test import _read as read_blind_test
from core.recommend.complements_pairs import CategoryPairs
from core.recommend.presets import _read as read_preset
from core.recommend.presets_file import read_preset_file
from core.recommend.ranking_settings import RankingSettings
from core.ui import catalog_address, confusion_choice, look_alikes_view, map_address
from tests.catalog.store import small_catalog
from tests.evaluation.planted_run import planted_run
from tests.hostile.fuzzing import Bench, Parser, as_json
from tests.models.synthetic import planted_catalog

_HASH = "ab" * 32
_TIME = "2026-01-01T00:00:00+00:00"
_RANKING = RankingSettings().to_json()
_PRESET = {"kind": "shelflens-preset", "format": 1, "name": "p", "description": "", "settings": _RANKING}
_VERSION = {"version": 1, "settings": _RANKING, "note": "", "created": _TIME, "created_by": "ann"}
_DOCUMENTS: dict[str, dict[str, Any]] = {
    "picture set": {
        "format": 1,
        "note": "",
        "pictures": [{"picture_hash": _HASH, "extension": "jpg", "name": "1.jpg", "label": "A > B"}],
    },
    "slice": {"product_ids": ["a/1", "a/2"], "note": "mugs"},
    "preset": {"format": 1, "description": "d", "versions": [_VERSION]},
    "blind test": {
        "format": 1,
        "question": "Which?",
        "names": ["one", "two"],
        "settings": [_RANKING, _RANKING],
        "questions": [{"query": "a/1", "a": ["a/2"], "b": ["b/1"]}],
        "token": "t",
        "open": True,
    },
}
_SETTINGS = {"columns": {"price": "cost"}, "allowed_hosts": ["nas.local"], "currency": "EUR", "encoding": "utf-8"}
_OPTIONS = {"split": "8:1:1", "max_per_category": 5, "merge": {"A > B": "C"}}
_JOBS: dict[str, dict[str, Any]] = {
    "import": {"source": "/data/shop.csv", "catalog": "shop", "settings": _SETTINGS, "options": _OPTIONS},
    "train": {"catalog": "shop", "recipe": "linear", "settings": {"epochs": 3}, "seed": 1, "name": "n"},
    "embed": {"catalog": "shop", "backbone": ""},
    "map": {"catalog": "shop", "method": "umap", "settings": {}, "dimensions": 2},
    "clean": {"catalog": "shop", "steps": [{"kind": "colors", "settings": {}}]},
    "measure": {"catalog": "shop"},
    "audit": {"catalog": "shop", "kinds": ["labels"]},
    "clusters": {"catalog": "shop"},
    "search": {"catalog": "shop", "recipe": "linear"},
    "impact": {"catalog": "shop", "current": _RANKING, "proposed": _RANKING},
    "demo": {"seed": 7},
}
_QUERY = {
    "q": "red mug", "page": "3", "sort": "title", "category": "Kitchen > Mugs", "brand": "Nord", "low": "9.99",
    "high": "1e3", "currency": "EUR", "pictures": "with", "left_out": "only", "loop": "AAAAAAEAAgADAAQABQAG",
    "loop_only": "0.3.255", "loop_by": "category", "loop_at": "0.5", "find": "lamp", "slice": "spring",
    "view": "1.5,-2,3e1", "only": "1.2", "block": "0-5-0-5", "beside": json.dumps(_RANKING),
}  # fmt: skip


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _words(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _document(read: Callable[[Document], object], kind: str) -> Callable[[bytes, Bench], None]:
    """Read a body as it comes back from a database that somebody else filled; bodies are always objects."""

    def tried(data: bytes, _bench: Bench) -> None:
        body = as_json(data)
        if isinstance(body, dict):
            read(Document(1, kind, "one", 1, body, _TIME, "ann", _TIME))

    return tried


def _read_preset(document: Document) -> None:
    for version in read_preset(document).versions:
        _ = version.settings


def _read_settings(data: bytes, _bench: Bench) -> None:
    """Read the settings of an import as a job's folder holds them."""
    values = as_json(data)
    if isinstance(values, dict):
        arguments = {"source": "/data/x.csv", "catalog": "shop", "settings": values.get("settings", {})}
        check_arguments("import", arguments | {"options": values.get("options", {})})


def _read_crawl(data: bytes, _bench: Bench) -> None:
    values = as_json(data)
    if isinstance(values, dict):
        crawl_settings(values).fingerprint("https://shop.example/")


def _read_job(data: bytes, _bench: Bench) -> None:
    values = as_json(data)
    if isinstance(values, dict) and isinstance(values.get("arguments"), dict):
        check_arguments(str(values.get("kind")), values["arguments"])


def _job_folder(bench: Bench) -> JobFolder:
    folder = JobFolder(bench.home.jobs / "20260101-000000-embed-abcdef")
    folder.path.mkdir(parents=True, exist_ok=True)
    spec = {"job": folder.job, "kind": "embed", "arguments": {"catalog": "shop"}, "actor": "a", "created": _TIME}
    write_json_whole(folder.spec, spec)
    return folder


def _read_job_file(data: bytes, bench: Bench, name: str) -> None:
    folder = _job_folder(bench)
    (folder.path / name).write_bytes(data)
    try:
        job_status(bench.home, folder.job)
        read_lines(folder)
        last_report(folder)
    finally:
        (folder.path / name).unlink()


def _read_class_map(data: bytes, bench: Bench) -> None:
    read_class_map(bench.file("map.csv", data))


def _read_merge(data: bytes, bench: Bench) -> None:
    rules = read_merge_file(bench.file("merge.csv", data))
    make_rules(rules, match="path")
    if all(" > " not in before for before, _ in rules):
        make_rules(rules, match="level")


def _read_rule(data: bytes, bench: Bench) -> None:
    from core.models.runs import open_run

    def made() -> Any:
        shop = planted_catalog(bench.home, ["mug", "lamp"])
        return open_run(
            bench.home, planted_run(bench.home, shop, [("mug", "mug"), ("lamp", "mug")], classes=("lamp", "mug"))
        )

    read_rule(bench.file("rule.json", data), replace(bench.once("run", made)))


def _rules() -> list[bytes | dict[str, bytes]]:
    categories = [{"name": name, "kind": "own", "threshold": 0.9} for name in ("lamp", "mug")]
    rule = {"format": "shelflens filing rule", "version": 1, "run": "linear-20260101-000000-0001"}
    return [_json(rule | {"categories": categories, "precision": 0.98, "confidence": 0.95, "temperature": 1.0})]


def _filter(data: bytes, bench: Bench) -> None:
    shop = bench.once("small", lambda: small_catalog(bench.home))
    read_products(bench.home, shop, filter=ProductFilter(where=_words(data)), limit=5)


def _search(data: bytes, bench: Bench) -> None:
    shop = bench.once("small", lambda: small_catalog(bench.home))
    words = _words(data)
    read_products(bench.home, shop, filter=ProductFilter(text=words, category=words or None), limit=5)


def _address(data: bytes, _bench: Bench) -> None:
    try:
        checked_url(_words(data))
    except FetchError as error:  # an error of its own kind: the picture is skipped with this reason
        raise ShelfLensError(str(error)) from error


def _query(data: bytes, _bench: Bench) -> None:
    """Put what came into the address, under one name or all, and read it as the pages do."""
    values = None
    with suppress(ValueError, RecursionError):
        values = json.loads(data)
    words = _words(data)
    asked = {str(name): str(value) for name, value in values.items()} if isinstance(values, dict) else {}
    asked = asked or dict.fromkeys(_QUERY, words) | {"beside": ""}
    with patch.object(st, "query_params", asked):
        catalog_address.asked_page()
        catalog_address.asked_filter(asked.get("q", ""), "title")
        catalog_address.active_filters(asked.get("q", ""))
        map_address.asked_selection()
        map_address.asked_camera(by="category")
        confusion_choice._window(20, 20)
        confusion_choice._window_start()
        look_alikes_view._settings_beside()  # the last: the only one that refuses


_URLS = (
    b"https://shop.example/a.jpg?x=1#f", b"http://[2001:db8::1]:8080/x", b"http://127.0.0.1/", b"HTTP://EXAMPLE.com:80",
    b"https://xn--bcher-kva.example/\xc3\xbc", b"http://0x7f.1/",
)  # fmt: skip
_WHERE = (
    b"split = 'test' AND (price < 50 OR brand IN ('Alma', 'Nord'))", b"attribute.weight_g >= 1e2 AND title LIKE '%x%'",
    b'category IS NULL OR NOT color = "red"', b"price BETWEEN 1 AND 5 AND currency != 'EUR'",
)  # fmt: skip
_SQL = (
    b"SELECT id, title FROM products WHERE price > 1", b"WITH a AS (SELECT 1) SELECT * FROM a",
    b"SELECT count(*) FROM a JOIN b USING (id) LIMIT 5",
)  # fmt: skip
_SQL_WORDS = (
    b"DROP TABLE x;",
    b"--",
    b"/*",
    b"ATTACH 'x' AS y",
    b"pragma",
    b"load_extension('x')",
    b"INTO OUTFILE",
    b";",
)
_RECIPE = {
    "format": 1,
    "catalog": "shop",
    "steps": [
        {"kind": "merge-categories", "settings": {"rules": [{"from": "A", "to": "B"}], "match": "path"}},
        {"kind": "colors", "settings": {}},
        {"kind": "prices", "settings": {"currency": "EUR"}},
    ],
}

PARSERS = (
    Parser(
        "preset files",
        lambda: [_json(_PRESET)],
        lambda data, bench: read_preset_file(bench.file("p.json", data)),
        json_share=0.9,
    ),
    Parser(
        "presets in the database",
        lambda: [_json(_DOCUMENTS["preset"])],
        _document(_read_preset, "preset"),
        json_share=0.9,
    ),
    Parser(
        "picture sets",
        lambda: [_json(_DOCUMENTS["picture set"])],
        _document(read_picture_set, "picture set"),
        json_share=0.9,
    ),
    Parser("slices", lambda: [_json(_DOCUMENTS["slice"])], _document(_slice, "slice"), json_share=0.9),
    Parser(
        "blind tests",
        lambda: [_json(_DOCUMENTS["blind test"])],
        _document(read_blind_test, "blind test"),
        json_share=0.9,
    ),
    Parser(
        "category pairs",
        lambda: [_json({"together": [["A", "B"]], "never": [["A", "C > D"]]})],
        _document(lambda document: CategoryPairs.from_json(document.body), "pairs"),
        json_share=0.9,
    ),
    Parser("class maps", lambda: [b'from,to\nShirts,shirt\n"a;b",\n', b"a;b\nc;d\n"], _read_class_map, (b"from", b'"')),
    Parser(
        "merge rules",
        lambda: [b"from,to\nA > B,C\nD,\n", _json([{"from": "A", "to": "B"}]), _json({"A": "B", "C": "A"})],
        _read_merge,
        (b" > ", b'"', b"from"),
    ),
    Parser("rule files", _rules, _read_rule, json_share=0.9),
    Parser(
        "cleaning recipes",
        lambda: [_json(_RECIPE)],
        lambda data, bench: read_recipe_file(bench.file("r.json", data)),
        json_share=0.9,
    ),
    Parser(
        "import settings",
        lambda: [
            _json({"settings": SourceSettings().to_json(), "options": ImportOptions(split="8:1:1").to_json()}),
            _json({"settings": _SETTINGS, "options": _OPTIONS}),
        ],
        _read_settings,
        json_share=0.9,
    ),
    Parser(
        "crawl settings",
        lambda: [
            _json(
                {
                    "product": ".card",
                    "link": "a@href",
                    "attribute.size": "td",
                    "next": "pages",
                    "follow": "yes",
                    "page_address": "https://x.example/?p={page}",
                    "stop_pages": "5",
                    "detail": {"brand": "b"},
                }
            )
        ],
        _read_crawl,
        json_share=0.9,
    ),
    Parser(
        "jobs' arguments",
        lambda: [_json({"kind": kind, "arguments": each}) for kind, each in _JOBS.items()],
        _read_job,
        share=2,
        json_share=0.9,
    ),
    Parser(
        "jobs' states",
        lambda: [_json({"state": "running", "attempt": 1, "changed": 1.5, "started": 1.0, "pid": 5, "error": None})],
        lambda data, bench: _read_job_file(data, bench, "status.json"),
        json_share=0.9,
    ),
    Parser(
        "jobs' progress",
        lambda: [
            _json({"kind": "report", "at": 1.0, "done": 1, "total": 5, "message": "x", "seconds_left": 2}) + b"\n"
        ],
        lambda data, bench: _read_job_file(data, bench, "progress.jsonl"),
    ),
    Parser("picture and page addresses", lambda: list(_URLS), _address, (b"@", b"\\", b"[::1]", b":0", b"//", b"%2e")),
    Parser(
        "database addresses",
        lambda: [b"postgresql://ann:secret@host:5432/shop?sslmode=require&password=x", b"sqlite:///data/shop.db"],
        lambda data, _bench: part_address(_words(data)),
        (b"://", b"@", b"?password=", b"%", b"[::1]", b"+pg8000"),
    ),
    Parser(
        "queries of databases",
        lambda: list(_SQL),
        lambda data, _bench: check_query(_words(data), backend="sqlite"),
        _SQL_WORDS,
    ),
    Parser(
        "filters (--where)", lambda: list(_WHERE), _filter, (b"(", b")", b"NOT ", b" OR ", b"'", b"attribute.", b"- -")
    ),
    Parser(
        "searches", lambda: [b"red mug", b'"desk lamp" -blue', b"100%"], _search, (b'"', b"*", b"NEAR(", b":", b"^")
    ),
    Parser(
        "selectors",
        lambda: [b"ul > li.card:nth-child(2) a[href*='@x']@href", b"img@src"],
        lambda data, _bench: check_selector("link", _words(data)),
        (b":not(", b"[", b"]", b"@", b"::", b"\\"),
    ),
    Parser(
        "addresses of pages (query strings)",
        lambda: [_json(_QUERY), *(value.encode() for value in _QUERY.values())],
        _query,
        (b"-", b".", b",", b"1e999"),
        share=2,
    ),
)
