import io

import numpy as np
import pytest
from PIL import Image

from core.catalog.documents import add_document, change_document, find_document
from core.catalog.log import undo
from core.errors import CatalogError, EditConflictError, PictureError
from core.evaluation import picture_sets_scores
from core.evaluation.picture_sets import (
    PICTURE_SET,
    add_pictures,
    delete_set,
    find_set,
    label_pictures,
    list_sets,
    remove_pictures,
)
from core.evaluation.picture_sets_scores import (
    HALF,
    LOST,
    RIGHT,
    UNKNOWN,
    UNLABELED,
    WRONG,
    kept_score,
    score_all,
    score_set,
    table_of,
)
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog

CLASSES = ("Home > Lamps", "Home > Mugs", "Wear > Socks")


def drawn(number):
    """A small picture in a color of its own."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), (number * 20 % 256, 80, 120)).save(buffer, "PNG")
    return buffer.getvalue()


def files(*numbers):
    return [(f"{number}.png", drawn(number)) for number in numbers]


@pytest.fixture
def shop(home):
    return planted_catalog(home, [name for name in CLASSES for _ in range(20)])


def test_a_set_is_made_grows_and_doubles_nothing(home, shop):
    made, problems = add_pictures(home, shop, "window", files(1, 2), label=CLASSES[0], actor="ann")
    assert (len(made.pictures), made.labeled, problems) == (2, 2, [])
    grown, problems = add_pictures(home, shop, "window", [*files(2, 3), ("note.txt", b"no picture")], actor="bob")
    assert [each.name for each in grown.pictures] == ["1.png", "2.png", "3.png"]
    assert [each.label for each in grown.pictures] == [CLASSES[0], CLASSES[0], None]  # a known label stays
    assert len(problems) == 1 and "note.txt" in problems[0]
    assert [each.name for each in list_sets(home, shop)] == ["window"]
    path = home.picture_path(grown.pictures[2].picture_hash, grown.pictures[2].extension)
    assert path.read_bytes() == drawn(3)


def test_names_of_files_are_never_paths(home, shop):
    made, _ = add_pictures(home, shop, "odd", [("../../etc/pass\x00wd.png", drawn(1))], actor="t")
    assert made.pictures[0].name == "pass?wd.png"


def test_more_than_fifty_and_no_picture_at_all_are_refused(home, shop):
    with pytest.raises(CatalogError, match="at most 50 pictures: 'big' has 0, and 51 more are too many"):
        add_pictures(home, shop, "big", files(*range(51)), actor="t")
    with pytest.raises(PictureError):
        add_pictures(home, shop, "none", [("a.png", b"x" * 100)], actor="t")
    with pytest.raises(CatalogError, match="name the pictures"):
        add_pictures(home, shop, "none", [], actor="t")
    assert list_sets(home, shop) == []


def test_labels_are_given_taken_away_and_never_lost_to_another(home, shop):
    made, _ = add_pictures(home, shop, "window", files(1, 2), actor="ann")
    one, two = (each.picture_hash for each in made.pictures)
    labeled = label_pictures(home, shop, made, {one: CLASSES[1], two: "  "}, actor="ann")
    assert [each.label for each in labeled.pictures] == [CLASSES[1], None]
    with pytest.raises(EditConflictError, match="changed by somebody else"):
        label_pictures(home, shop, made, {two: CLASSES[0]}, actor="bob")  # read before Ann's change
    assert find_set(home, shop, "window").labeled == 1
    with pytest.raises(CatalogError, match="holds no picture"):
        label_pictures(home, shop, labeled, {"f" * 64: "x"}, actor="ann")
    assert [each.picture_hash for each in remove_pictures(home, shop, labeled, [one], actor="ann").pictures] == [two]


def test_deleting_a_set_can_be_undone(home, shop):
    made, _ = add_pictures(home, shop, "window", files(1), actor="ann")
    undo(home, delete_set(home, shop, made, actor="ann"), actor="ann")
    assert [each.name for each in list_sets(home, shop)] == ["window"]


def test_a_tampered_body_leads_nowhere(home, shop):
    sound = {"picture_hash": "a" * 64, "extension": "png", "name": "a.png", "label": 7}
    listed = [sound, sound, {**sound, "picture_hash": "../../x"}, {**sound, "extension": "../x"}, "x", None]
    add_document(home, shop, PICTURE_SET, "bad", body={"pictures": listed}, actor="t")
    found = find_set(home, shop, "bad")
    assert [(each.picture_hash, each.label) for each in found.pictures] == [("a" * 64, None)]
    change_document(home, shop, find_document(home, shop, PICTURE_SET, "bad"), body={"pictures": 3}, actor="t")
    assert find_set(home, shop, "bad").pictures == ()


def answering(*given):
    """An encoder and a head that answer with the classes of these numbers."""
    chances = np.full((len(given), len(CLASSES)), 0.1, np.float32)
    chances[np.arange(len(given)), list(given)] = 0.8
    return chances


@pytest.fixture
def trained(home, shop, monkeypatch):
    settings = {"epochs": 2, "batch_size": 16}
    run_id = train_run(home, shop, recipe="linear", settings=settings, actor="t", progress=SilentProgress())["run"]
    asked = []
    monkeypatch.setattr(picture_sets_scores, "check_backbone", lambda *_: None)

    def encode(home, pictures, *, backbone):
        asked.append(len(pictures))
        return np.zeros((len(pictures), 1280), np.float32)

    monkeypatch.setattr(picture_sets_scores, "encode_pictures", encode)
    return run_id, asked


def test_right_half_right_and_wrong(home, shop, trained, monkeypatch):
    run_id, asked = trained
    made, _ = add_pictures(home, shop, "window", files(1, 2, 3, 4, 5), actor="ann")
    labels = [CLASSES[0], CLASSES[0], CLASSES[0], "Home > Chairs", None]
    hashes = [each.picture_hash for each in made.pictures]
    made = label_pictures(home, shop, made, dict(zip(hashes, labels, strict=True)), actor="ann")
    monkeypatch.setattr(picture_sets_scores, "predict_features", lambda run, features: answering(0, 1, 2, 0, 0))
    assert kept_score(home, run_id, made) is None
    score = score_set(home, run_id, made)
    assert score.rows["verdict"].tolist() == [RIGHT, HALF, WRONG, UNKNOWN, UNLABELED]
    assert (score.judged, score.share_right) == (3, pytest.approx(1 / 3))
    assert score.to_json()["answers"][3]["label"] == "Home > Chairs"
    # What the run said is kept; what is right follows the labels without asking it again.
    made = label_pictures(home, shop, made, {hashes[4]: CLASSES[0]}, actor="ann")
    assert kept_score(home, run_id, made).count(RIGHT) == 2 and asked == [5]
    assert table_of([score]).loc[run_id, "window"] == pytest.approx(1 / 3)


def test_a_lost_file_is_told_and_the_others_scored(home, shop, trained, monkeypatch):
    run_id, asked = trained
    made, _ = add_pictures(home, shop, "window", files(1, 2), label=CLASSES[2], actor="ann")
    home.picture_path(made.pictures[0].picture_hash, "png").unlink()
    monkeypatch.setattr(picture_sets_scores, "predict_features", lambda run, features: answering(2))
    assert score_set(home, run_id, made).rows["verdict"].tolist() == [LOST, RIGHT] and asked == [1]


def test_every_run_is_scored_on_every_set(home, shop, trained, monkeypatch):
    run_id, _ = trained
    add_pictures(home, shop, "window", files(1), label=CLASSES[0], actor="ann")
    monkeypatch.setattr(picture_sets_scores, "predict_features", lambda run, features: answering(0))
    found = score_all(home, shop)
    assert [(each["run"], each["set"], each["share_right"]) for each in found["scores"]] == [(run_id, "window", 1.0)]
    assert found["problems"] == []
