"""A home that the first version wrote stays readable, and its changes undoable, in every later one.

`fixtures/home-format-1.tar.gz` was written by version 0.1.0: 24 pictures in three categories imported, a linear head
trained, a PCA map made, one product edited and one history added. Its cache and jobs were left out.
"""

import sqlite3
import tarfile
from pathlib import Path

import pytest

from core.backup.restoring import restore_backup
from core.backup.snapshot import make_backup
from core.catalog.catalogs import find_catalog
from core.catalog.histories import find_history
from core.catalog.log import list_events, undo
from core.catalog.product_filter import ProductFilter
from core.catalog.products import get_product, read_products
from core.evaluation.report import evaluate_run
from core.explore.catalog_maps import latest_map
from core.home import Home, open_home
from core.models.runs import list_runs
from core.progress import SilentProgress
from core.recommend.index import open_index
from core.recommend.ranking import RankWeights, rank_matches
from core.vision.feature_store import read_features

EDITED = "Color/Red/red 0.jpg"


@pytest.fixture
def first_home(tmp_path):
    with tarfile.open(Path(__file__).parent / "fixtures" / "home-format-1.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    return open_home(tmp_path / "home")


def test_products_edits_and_histories_are_there_and_can_be_undone(first_home):
    catalog = find_catalog(first_home, "colors")
    assert (catalog.products, catalog.pictures, catalog.categories) == (24, 24, 3)
    edited = get_product(first_home, catalog, EDITED)
    assert (edited.title, edited.price_minor_units, edited.currency) == ("Scarlet", 1250, "EUR")
    assert find_history(first_home, catalog, "spring").events == 1
    entry = next(event for event in list_events(first_home) if event.kind == "edit")
    undo(first_home, entry.event_id, actor="tests")
    assert get_product(first_home, catalog, EDITED).title != "Scarlet"


def test_a_backup_with_its_old_tables_is_restored_and_brought_up_to_date(tmp_path):
    with tarfile.open(Path(__file__).parent / "fixtures" / "home-format-1.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    old = Home(tmp_path / "home")  # not opened, which would bring it up to date before
    make_backup(old, tmp_path / "old.zip", progress=SilentProgress())
    restore_backup(tmp_path / "old.zip", tmp_path / "again", progress=SilentProgress())
    again = open_home(tmp_path / "again")
    assert find_catalog(again, "colors").products == 24
    with sqlite3.connect(again.root / "before-upgrade" / "shelflens-0001.db") as kept:
        assert kept.execute("SELECT COUNT(*) FROM products").fetchone() == (24,)


def test_pictures_and_thumbnails_are_where_they_are_looked_for(first_home):
    catalog = find_catalog(first_home, "colors")
    for product in read_products(first_home, catalog, filter=ProductFilter(category="Color > Red")):
        assert first_home.thumbnail_path(product.picture_hashes[0]).is_file()
        assert first_home.picture_path(product.picture_hashes[0], "jpg").is_file()


def test_its_run_is_judged_as_it_was(first_home):
    (run,) = list_runs(first_home)
    judged = evaluate_run(first_home, run.run_id).to_json()
    # Six pictures were set aside for testing, and red, green and blue are told apart without a mistake.
    assert (judged["pictures"], judged["accuracy"]) == (6, 1.0)


def test_features_embedding_ranking_and_map_are_used_as_they_are(first_home):
    catalog = find_catalog(first_home, "colors")
    hashes = [product.picture_hashes[0] for product in read_products(first_home, catalog)]
    features, known = read_features(first_home, hashes, backbone="efficientnet-lite0")
    assert known.all()
    assert features.shape == (24, 1280)
    index = open_index(first_home, catalog, backbone="efficientnet-lite0")
    matches = rank_matches(index.query_product(EDITED), index, weights=RankWeights(), k=7)
    # Seven other reds: color and look agree, no other picture comes close.
    assert {product_id.split("/")[1] for product_id in matches.product_ids} == {"Red"}
    assert len(latest_map(first_home, catalog, "pca").frame) == 24
