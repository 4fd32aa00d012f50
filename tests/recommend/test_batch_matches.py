"""The matches of all products as one table: whole, the same as one by one, safe in a spreadsheet."""

import csv

import pandas as pd
import pytest

from core.errors import Cancelled, CatalogError, SettingsError
from core.progress import SilentProgress
from core.recommend import batch_matches
from core.recommend.batch_matches import COLUMNS, export_matches
from core.recommend.ranking import rank_matches
from core.recommend.ranking_settings import RankingSettings
from tests.catalog.store import small_catalog
from tests.recommend.catalogs_for_ranking import make_index, random_index


@pytest.fixture
def export(home, monkeypatch):
    catalog = small_catalog(home)

    def run(index, to, **options):
        monkeypatch.setattr(batch_matches, "open_index", lambda *_, **__: index)
        return export_matches(home, catalog, RankingSettings(), to, **options)

    return run


def test_the_table_holds_what_ranking_gives_one_by_one(export, tmp_path, monkeypatch):
    monkeypatch.setattr(batch_matches, "_QUERIES_A_PIECE", 7)  # several pieces, the last one short
    index = random_index(1, count=40)
    report = export(index, tmp_path / "matches.parquet", k=3)
    table = pd.read_parquet(tmp_path / "matches.parquet")
    assert tuple(table.columns) == COLUMNS
    assert (report["products"], report["matches"], len(table)) == (40, 120, 120)
    for product_id in ("p0", "p17", "p39"):
        found = rank_matches(index.query_product(product_id), index, weights=RankingSettings().weights, k=3)
        rows = table[table["product_id"] == product_id]
        assert rows["match_id"].tolist() == list(found.product_ids)
        assert rows["place"].tolist() == [1, 2, 3]
        assert rows["score"].tolist() == pytest.approx(found.scores.tolist(), abs=1e-6)
    assert table["price_part"].isna().any()  # missing stays missing


def test_no_cell_of_the_csv_is_a_formula(export, tmp_path):
    index = make_index([[1, 0], [1, 0]], ids=["=cmd|'/c calc'!A1", "@SUM(1)"])
    export(index, tmp_path / "matches.csv", k=5)
    with (tmp_path / "matches.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row[0] for row in rows[1:]] == ["'=cmd|'/c calc'!A1", "'@SUM(1)"]
    assert rows[1][:4] == ["'=cmd|'/c calc'!A1", "1", "'@SUM(1)", "1"]
    assert rows[1][6] == ""  # no price part


def test_a_cancelled_export_leaves_the_earlier_file_and_nothing_else(export, tmp_path):
    class Stopping(SilentProgress):
        def report(self, done, total, message):
            if done == 5:
                raise Cancelled

    path = tmp_path / "matches.csv"
    path.write_text("earlier")
    with pytest.raises(Cancelled):
        export(random_index(1), path, progress=Stopping())
    assert path.read_text() == "earlier"
    assert [each.name for each in tmp_path.iterdir() if each.name != "home"] == ["matches.csv"]


def test_a_stopped_export_goes_on_where_it_was(export, tmp_path, monkeypatch):
    monkeypatch.setattr(batch_matches, "_QUERIES_A_PIECE", 10)

    class Stopping(SilentProgress):
        def report(self, done, total, message):
            if done == 25:
                raise Cancelled

    index = random_index(1, count=40)
    with pytest.raises(Cancelled):
        export(index, tmp_path / "stopped.csv", k=3, progress=Stopping())
    assert not (tmp_path / "stopped.csv").exists()
    report = export(index, tmp_path / "stopped.csv", k=3)
    assert report["resumed"] == 20  # two pieces of ten were whole, the third was not
    whole = export(index, tmp_path / "whole.csv", k=3)
    assert whole["resumed"] == 0  # what was kept is let go with the file
    assert (tmp_path / "stopped.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    with pytest.raises(Cancelled):
        export(index, tmp_path / "stopped.csv", k=3, progress=Stopping())
    assert export(index, tmp_path / "other.csv", k=4)["resumed"] == 0  # another question has pieces of its own


def test_two_exports_of_the_same_matches_at_once_both_end(export, tmp_path, monkeypatch):
    monkeypatch.setattr(batch_matches, "_QUERIES_A_PIECE", 10)
    index, others = random_index(1, count=40), []

    class Meanwhile(SilentProgress):
        def report(self, done, total, message):
            if message == "writing the file":  # all pieces of the first are there
                others.append(export(index, tmp_path / "second.csv", k=3))

    export(index, tmp_path / "first.csv", k=3, progress=Meanwhile())
    assert [each["resumed"] for each in others] == [0]
    assert (tmp_path / "first.csv").read_bytes() == (tmp_path / "second.csv").read_bytes()


def test_one_product_has_no_match_and_is_counted(export, tmp_path):
    for name in ("one.csv", "one.parquet"):
        assert export(make_index([[1, 0]]), tmp_path / name)["without_match"] == 1
    assert len(pd.read_parquet(tmp_path / "one.parquet")) == 0


def test_targets_and_numbers_out_of_range_are_refused(export, tmp_path):
    with pytest.raises(SettingsError, match=r"\.parquet or \.csv"):
        export(random_index(1), tmp_path / "matches.xlsx")
    with pytest.raises(CatalogError, match="folder that is there"):
        export(random_index(1), tmp_path / "none" / "matches.csv")
    with pytest.raises(SettingsError, match="k must be"):
        export(random_index(1), tmp_path / "matches.csv", k=0)
