import json
import shutil

import numpy as np
from PIL import Image


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


def test_an_option_of_nothing_wins_over_the_settings_beside_it(call, colors, tmp_path):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"version": 1, "diversity": 1.0}))
    query = ("similar", "colors", "--product", "red/red-03.png", "--k", "5", "--json")

    def ids(*options):
        return [match["product_id"] for match in call(*query, *options).json["matches"]]

    plain = ids()
    assert ids("--settings", file) != plain  # each as unlike the others as can be
    assert ids("--settings", file, "--diversity", "0") == plain


def test_similar_to_a_picture_file(call, colors, color_folder):
    picture = color_folder / "blue" / "blue-05.png"
    answer = call("similar", "colors", "--picture", picture, "--k", "1", "--json").json
    assert answer["query"] == str(picture)
    assert answer["matches"][0]["product_id"] == "blue/blue-05.png"  # the very picture


def test_a_large_photo_of_the_catalog_is_found_as_the_very_same(call, color_folder, tmp_path):
    folder = tmp_path / "colors"
    shutil.copytree(color_folder, folder)
    pixels = np.random.default_rng(1).integers(0, 256, (960, 1280, 3), dtype=np.uint8)  # every detail counts
    Image.fromarray(pixels).save(folder / "red" / "large.jpg", quality=95)
    call("import", folder, "--catalog", "shop")
    answer = call("similar", "shop", "--picture", folder / "red" / "large.jpg", "--k", "1", "--json").json
    # It is decoded at a quarter for embedding; as a query at full size, it would have other features and colors.
    [match] = answer["matches"]
    assert match["product_id"] == "red/large.jpg"
    assert match["parts"]["visual"] > 0.9999 and match["parts"]["color"] > 0.9999


def test_a_map_is_a_file_of_all_products(call, colors):
    import pandas as pd

    answer = call("map", "colors", "--method", "pca", "--json").json
    assert answer["points"] == 36 and 0 < answer["trustworthiness"] <= 1
    frame = pd.read_parquet(answer["file"])
    assert list(frame.columns) == ["product_id", "x", "y"] and len(frame) == 36


def test_similar_follows_pictures_that_changed_and_changed_back(call, color_folder, tmp_path):
    folder = tmp_path / "colors"
    shutil.copytree(color_folder, folder)
    call("import", folder, "--catalog", "shop")
    query = ("similar", "shop", "--product", "red/red-03.png", "--k", "1", "--json")
    assert call(*query).json["matches"][0]["category"] == "red"
    shutil.copy(folder / "blue" / "blue-05.png", folder / "red" / "red-03.png")
    assert call("import", folder, "--catalog", "shop", "--json").json["changed"] == 1
    # It now shows the very picture of blue-05, whose features are known: the embedding is made again without a job.
    assert call(*query).json["matches"][0]["product_id"] == "blue/blue-05.png"
    call("undo", call("events", "--json").json["events"][0]["event"])
    assert call(*query).json["matches"][0]["category"] == "red"
    # The folder still holds the other picture, so importing again brings it back; and one never seen before.
    Image.new("RGB", (64, 64), (10, 240, 20)).save(folder / "green" / "unseen.png")
    call("import", folder, "--catalog", "shop")
    assert call(*query).json["matches"][0]["product_id"] == "blue/blue-05.png"
    assert [job["kind"] for job in call("jobs", "--json").json["jobs"]] == [
        "embed",  # of the unseen picture
        "import",
        "import",
        "embed",  # of all pictures, by the first query
        "import",
    ]
