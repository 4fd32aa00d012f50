def test_similar_on_a_fresh_import_embeds_first(call, colors):
    answer = call("similar", "colors", "--product", "red/red-03.png", "--k", "5", "--json").json
    assert answer["query"] == "red/red-03.png"
    # pictures of one color each: whatever looks alike is of the same color, and the query is not among its matches
    assert {match["category"] for match in answer["matches"]} == {"red"}
    ids = [match["product_id"] for match in answer["matches"]]
    assert len(set(ids)) == 5 and "red/red-03.png" not in ids
    assert answer["matches"][0]["parts"]["price"] is None  # a folder has no prices
    scores = [match["score"] for match in answer["matches"]]
    assert scores == sorted(scores, reverse=True)
    assert [job["kind"] for job in call("jobs", "--json").json["jobs"]] == ["embed"]


def test_similar_to_a_picture_file(call, colors, color_folder):
    picture = color_folder / "blue" / "blue-05.png"
    answer = call("similar", "colors", "--picture", picture, "--k", "1", "--json").json
    assert answer["query"] == str(picture)
    assert answer["matches"][0]["product_id"] == "blue/blue-05.png"  # the very picture


def test_a_map_is_a_file_of_all_products(call, colors):
    import pandas as pd

    answer = call("map", "colors", "--method", "pca", "--json").json
    assert answer["points"] == 36 and 0 < answer["trustworthiness"] <= 1
    frame = pd.read_parquet(answer["file"])
    assert list(frame.columns) == ["product_id", "x", "y"] and len(frame) == 36
