import io
import json

import pandas as pd

from core.ui import map_selection, map_view
from core.ui.map_view import OTHER, known_kinds


def test_sample_keeps_each_category_its_share(monkeypatch):
    monkeypatch.setattr(map_view, "MOST_POINTS", 100)
    points = pd.DataFrame({"product_id": range(1000), "category": ["a"] * 900 + ["b"] * 100})
    kept = map_view._sample(points)
    # 100 of 1,000 is a tenth of each: 90 of a and 10 of b, in the order they had.
    assert kept["category"].value_counts().to_dict() == {"a": 90, "b": 10}
    assert kept["product_id"].is_monotonic_increasing
    assert map_view._sample(points).equals(kept)


def test_small_maps_are_drawn_whole():
    points = pd.DataFrame({"product_id": range(3), "category": [None, "a", "a"]})
    assert len(map_view._sample(points)) == 3


def test_rare_kinds_are_put_together_and_missing_ones_named():
    values = pd.Series([f"kind {number}" for number in range(40)] + ["kind 0"] * 5 + [None])
    kinds = known_kinds(values)
    assert kinds.nunique() == map_view.MOST_KINDS
    assert kinds.iloc[0] == "kind 0"
    assert OTHER in set(kinds)
    assert known_kinds(pd.Series(["a", None])).tolist() == ["a", "unknown"]


def test_a_selection_is_taken_along_in_three_forms():
    chosen = pd.DataFrame({name: [None, None] for name in map_selection._COLUMNS}).assign(
        product_id=["=1+1", "p2"],
        title=["Mug", "Cup"],
        price_minor_units=pd.array([1250, None], dtype="Int64"),
        currency=["EUR", "JPY"],
    )
    lines = map_selection.selection_csv(chosen).decode().splitlines()
    assert lines[0] == "product_id,title,category,price,currency,brand,color,split"
    assert lines[1:] == ["'=1+1,Mug,,12.5,EUR,,,", "p2,Cup,,,JPY,,,"]  # no spreadsheet takes the id for a formula
    rows = json.loads(map_selection.selection_json(chosen))
    assert (rows[0]["product_id"], rows[0]["price"], rows[1]["price"]) == ("=1+1", "12.5", None)
    found = pd.read_parquet(io.BytesIO(map_selection.selection_parquet(chosen)))
    assert (
        found["price"].iloc[0] == "12.5"
        and found["price"].isna().tolist() == [False, True]
        and list(found) == lines[0].split(",")
    )
