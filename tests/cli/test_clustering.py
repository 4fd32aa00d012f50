"""The commands clusters and neighbors, on a catalog of three colors with twelve pictures each."""

import csv

import pytest

from core.cli.clustering import show_clusters

COUNT = {
    "tried": [2, 3],
    "silhouette": [0.08, 0.09],
    "silhouette_without_groups": [0.085, 0.08],
    "resamples": 5,
    "low": 2,
    "high": 3,
    "elbow": 2,
    "best_silhouette": 3,
    "recommended": 3,
}
RESULT = {
    "embedding": "colors",
    "products": 9,
    "without_cluster": 0,
    "seconds": 1.0,
    "agreement": None,
    "clusters": [],
}


@pytest.fixture
def embedded(call, colors):
    assert call("embed", colors).code == 0
    return colors


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_clusters_are_told_counted_and_written(call, embedded, tmp_path):
    words = ("clusters", embedded, "--embedding", "colors", "--k", "3", "--table", "--out", tmp_path / "c.csv")
    told = call(*words, "--json").json
    # Main colors part red, green and blue; each cluster is one of them, of twelve pictures.
    assert [(each["products"], each["share"]) for each in told["clusters"]] == [(12, 12 / 36)] * 3
    assert (told["agreement"], told["mixed"], told["count"]) == (pytest.approx(1), [], None)
    assert told["table"]["clusters"] == [0, 1, 2]
    assert sorted(told["table"]["categories"]) == ["blue", "green", "red"]
    assert sorted(map(sorted, told["table"]["categories"].values())) == [[0, 0, 12]] * 3
    written = rows_of(tmp_path / "c.csv")
    assert len(written) == 36 and list(written[0]) == ["product_id", "cluster", "name"]
    reds = {(row["cluster"], row["name"]) for row in written if row["product_id"].startswith("red/")}
    [(number, name)] = reds
    assert name == told["clusters"][int(number)]["name"] and name.startswith("red")
    text = call(*words).out
    assert "agreement with categories  1.00 (0 chance, 1 the same)" in text
    [line] = [line for line in text.splitlines() if line.startswith("red ") and "%" not in line]
    assert line.split()[1:] == [str(each) for each in told["table"]["categories"]["red"]]


def test_two_clusters_of_three_colors_are_mixed(call, embedded):
    told = call("clusters", embedded, "--embedding", "colors", "--k", "2", "--json").json
    # One cluster holds two of the three colors, half and half.
    [mixed] = told["mixed"]
    assert (mixed["products"], mixed["reason"].count("(50 %)")) == (24, 2)
    assert "table" not in told and "curve" not in told
    assert mixed["reason"] in call("clusters", embedded, "--embedding", "colors", "--k", "2").out


def test_the_recommended_number_shows_its_curve(call, embedded):
    told = call("clusters", embedded, "--embedding", "colors", "--curve", "--json").json
    count = told["count"]
    assert [each["k"] for each in told["curve"]] == count["tried"]
    assert [each["silhouette"] for each in told["curve"]] == count["silhouette"]
    text = call("clusters", embedded, "--embedding", "colors", "--curve").out
    [line] = [line for line in text.splitlines() if line.endswith("recommended")]
    assert line.split()[0] == str(count["recommended"])
    assert f"recommended                {count['recommended']} (5 resamples: " in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--curve", "--k", "3"), "leave out --k"),
        (("--table", "--detach"), "leave out --detach"),
        (("--curve", "--detach"), "leave out --detach"),
        (("--out", "no/such/folder/c.csv"), "in a folder that is there"),
        (("--embedding", "nonsense"), "there is no backbone 'nonsense'"),
    ],
)
def test_clusters_that_cannot_be_told(call, colors, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    answer = call("clusters", colors, *words)
    assert (answer.code, message in answer.err) == (2, True), answer.err
    assert not (tmp_path / "no").exists()


def test_neighbors_by_each_distance(call, embedded):
    words = ("neighbors", embedded, "--product", "red/red-03.png", "--embedding", "colors", "--k", "11")
    near = {name: call(*words, "--distance", name, "--json").json for name in ("cosine", "euclidean", "mahalanobis")}
    for told in near.values():
        distances = [each["distance"] for each in told["neighbors"]]
        assert distances == sorted(distances) and len(distances) == 11
    # Eleven other pictures are red, and no green or blue one is nearer than any of them.
    ids = [each["product_id"] for each in near["cosine"]["neighbors"]]
    assert all(each.startswith("red/") for each in ids) and "red/red-03.png" not in ids
    # Of rows of length 1 the Euclidean distance is the root of twice the cosine distance: the same eleven.
    assert near["euclidean"]["shared_with_cosine"] == 1.0
    assert near["euclidean"]["neighbors"][-1]["distance"] == pytest.approx(
        (2 * near["cosine"]["neighbors"][-1]["distance"]) ** 0.5, abs=1e-3
    )
    text = call(*words).out
    assert text.startswith("nearest to") and ids[0] in text and "100 %" in text
    assert "product 'gone' is not in the colors embedding" in call(*words[:2], "--product", "gone", *words[4:]).err


def test_doubts_about_the_number_are_told():
    told = show_clusters(RESULT | {"count": COUNT | {"flat": True, "at_end": True}})
    assert "at best 0.09, and a cloud without any groups gives 0.09" in " ".join(told.split())
    assert "That 3, the largest number tried," in " ".join(told.split())
    sure = show_clusters(RESULT | {"count": COUNT | {"flat": False, "at_end": False}})
    assert "but" not in sure and "3 (5 resamples: 2 to 3)" in sure
