import subprocess
import sys

import pytest

from core.catalog.demo import shards, source
from core.catalog.demo.products import make_products
from core.catalog.demo.source import DemoSource, draw_demo
from core.catalog.demo.truths import plant, truths_of
from core.errors import Cancelled
from core.files import read_json
from core.progress import SilentProgress


@pytest.fixture
def quick_pictures(monkeypatch):
    """Write a byte where a picture would be drawn; gives the list of drawings begun."""
    begun = []

    def write(folder, listed, *, seed, progress):
        begun.append(seed)
        for done, entry in enumerate(listed):
            for view in range(entry.product.views):
                (folder / shards.picture_name(entry.product_id, view)).write_bytes(b"x")
            progress.report(done, len(listed), "drawing")

    monkeypatch.setattr(source, "draw_pictures", write)
    return begun


def test_records_carry_what_a_shop_needs_and_existing_pictures(tmp_path, quick_pictures):
    demo = DemoSource(tmp_path / "demo")
    records = list(demo.records())
    assert len(records) == demo.count() == len(demo.keys()) >= 600
    assert [record.product_id for record in records] == sorted(demo.keys())
    for record in records:
        assert len(record.category) == 2
        assert record.price_minor_units > 0
        assert record.currency == "EUR"
        assert record.split in ("train", "validation", "test")
        assert {"material", "pattern", "style", "tier"} <= record.attributes.keys()
        assert all(picture.path.is_file() for picture in record.pictures)
    assert sum(len(record.pictures) > 1 for record in records) > 60  # several views for some


def test_truths_speak_of_products_in_the_catalog(tmp_path, quick_pictures):
    demo = DemoSource(tmp_path / "demo")
    truths, categories = demo.truths(), {r.product_id: " > ".join(r.category) for r in demo.records()}
    assert all(categories[wrong["product_id"]] == wrong["current"] for wrong in truths["wrong_category"])
    assert {row[1] for row in truths["histories"]} <= demo.keys()
    assert len(truths["shoppers"]) == 400


def test_a_drawn_folder_is_reused_and_an_older_one_replaced(tmp_path, quick_pictures, monkeypatch):
    folder = tmp_path / "demo"
    draw_demo(folder, seed=7)
    draw_demo(folder, seed=7)
    assert quick_pictures == [7]
    draw_demo(folder, seed=8)
    monkeypatch.setattr(source, "GENERATOR_VERSION", source.GENERATOR_VERSION + 1)
    draw_demo(folder, seed=8)
    assert quick_pictures == [7, 8, 8]
    assert read_json(folder / "catalog.json")["seed"] == 8


def test_cancelling_leaves_nothing_behind(tmp_path, quick_pictures):
    class Stop(SilentProgress):
        def report(self, done, total, message):
            if done == 20:
                raise Cancelled

    with pytest.raises(Cancelled):
        draw_demo(tmp_path / "demo", seed=7, progress=Stop())
    assert list(tmp_path.iterdir()) == []


def test_a_share_drawn_by_another_process_has_the_same_bytes(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    shards._draw_share(here, plant(make_products(7), 7), 5, 330)
    command = [sys.executable, "-m", "core.catalog.demo.shards", str(there), "7", "5", "330"]
    subprocess.run(command, check=True, timeout=120)
    assert {p.name: p.read_bytes() for p in here.iterdir()} == {p.name: p.read_bytes() for p in there.iterdir()}
    assert len(list(here.iterdir())) >= 2


def test_exact_copies_have_the_same_bytes_and_near_copies_do_not(tmp_path):
    listed = plant(make_products(7), 7)
    by_id = {entry.product_id: entry for entry in listed}
    truths = truths_of(listed)
    for kind, distinct in (("exact_duplicates", 1), ("near_duplicates", 2)):
        group = truths[kind][0][:2]
        for product_id in group:
            shards._draw_product(tmp_path, by_id[product_id])
        assert len({(tmp_path / shards.picture_name(product_id, 0)).read_bytes() for product_id in group}) == distinct


def test_a_failing_process_is_reported_with_what_it_said(tmp_path):
    broken = tmp_path / "missing" / "folder"  # nobody can write there
    with pytest.raises(RuntimeError, match="FileNotFoundError"):
        shards.draw_pictures(broken, plant(make_products(7), 7), seed=7, progress=SilentProgress(), shares=2)


def test_cancelling_stops_the_processes(tmp_path):
    class Stop(SilentProgress):
        def report(self, done, total, message):
            if done > 0:
                raise Cancelled

    with pytest.raises(Cancelled):
        shards.draw_pictures(tmp_path, plant(make_products(7), 7), seed=7, progress=Stop(), shares=2)
    drawn = len(list(tmp_path.iterdir()))
    assert 0 < drawn < 200  # it stopped soon after the first of about 780 pictures
