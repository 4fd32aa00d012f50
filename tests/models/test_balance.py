"""Balance of classes, by hand: which pictures go, which are seen again, and that only train is touched."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import SettingsError
from core.models.balance import BalanceSettings, balance_rows, limited
from core.models.balanced_training import balance_training_set, weighted_settings, with_repeats
from core.models.learning_pictures import PictureData
from core.models.linear_settings import LinearSettings
from core.models.one_vs_all_settings import OneVsAllSettings
from core.models.settings import parse_settings
from core.models.training_set import TrainingSet
from core.vision.backbones import find_backbone
from core.vision.engine import PictureFile
from tests.models.synthetic import picture_hash


@dataclass(frozen=True)
class Weightless:
    """Settings of a recipe that does not weigh classes."""

    margin: float = 0.2


# Class 0: six train pictures, one of validation, one of test. Class 1: two of train, one of validation.
GROUPS = np.array([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1])
SIDES = np.array([0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 1], dtype=np.uint8)


def balanced(seed=0, **values):
    return balance_rows(GROUPS, SIDES, settings=BalanceSettings(**values), seed=seed)


def test_nothing_asked_changes_nothing():
    found = balanced()
    assert found.kept.all() and len(found.repeated) == 0


def test_a_cap_keeps_so_many_train_pictures_and_all_others():
    found = balanced(most=4)
    assert found.kept[SIDES == 0][:6].sum() == 4  # of class 0, which has six
    assert found.kept[8:10].all()  # class 1 has two only
    assert found.kept[SIDES != 0].all()
    assert len(found.repeated) == 0


def test_a_cap_is_the_same_for_a_seed_and_another_for_others():
    kept = [tuple(balanced(seed, most=3).kept) for seed in (0, 0, 1, 2, 3)]
    assert kept[0] == kept[1]
    assert len(set(kept[1:])) > 1


@pytest.mark.parametrize(("above", "left"), [(5, 4), (6, 6), (0, 4)])
def test_only_classes_above_a_number_are_brought_down(above, left):
    # Six pictures are above 5 but not above 6; 0 means: above the most that is kept.
    assert balanced(most=4, above=above).kept[:6].sum() == left


def test_small_classes_are_raised_and_every_picture_gives_as_many_views():
    found = balanced(least=5)
    # Class 1 lacks three of five: each of its two pictures (8, 9) gives view 1, one of them view 2. Class 0 has six.
    pairs = list(zip(found.repeated.tolist(), found.views.tolist(), strict=True))
    assert pairs in ([(8, 1), (8, 2), (9, 1)], [(8, 1), (9, 1), (9, 2)])


def test_a_picture_gives_at_most_so_many_views():
    # Three views a picture, itself included: two pictures become six, not the hundred that are wished for.
    found = balanced(least=100, most_views=3)
    pairs = set(zip(found.repeated.tolist(), found.views.tolist(), strict=True))
    assert {pair for pair in pairs if pair[0] >= 8} == {(8, 1), (8, 2), (9, 1), (9, 2)}
    assert len(pairs) == 6 * 2 + 2 * 2


def test_classes_that_are_brought_down_are_not_raised_beyond():
    found = balanced(most=4, least=4)
    assert set(found.repeated) == {8, 9}  # class 0 has four left, class 1 lacks two


def test_the_report_brings_down_from_2000_to_1500_and_raises_to_750():
    settings = parse_settings(BalanceSettings, {"preset": "recommender report"})
    groups = np.repeat([0, 1, 2, 3], [2400, 1800, 300, 100])
    found = balance_rows(groups, np.zeros(len(groups), dtype=np.uint8), settings=settings, seed=0)
    pictures = np.bincount(groups[found.kept]) + np.bincount(groups[found.repeated], minlength=4)
    # 2,400 are above 2,000; 1,800 are not; 300 are raised to 750; 100 give at most five views each.
    assert pictures.tolist() == [1500, 1800, 750, 500]


def test_contradictions_are_refused():
    with pytest.raises(SettingsError, match="above is 3 and most is 4"):
        BalanceSettings(most=4, above=3)
    with pytest.raises(SettingsError, match="least is 9 and most is 4"):
        BalanceSettings(most=4, least=9)
    with pytest.raises(SettingsError, match="balance 'weights' takes no limit"):
        limited("weights", 3)


def training_set(labels, splits):
    rows = pd.DataFrame({"label": labels, "split": splits, "product_id": range(len(labels))})
    features = np.arange(len(labels) * 2, dtype=np.float32).reshape(-1, 2)
    return TrainingSet(rows, tuple(sorted(set(labels))), features, {}, 0, (), ())


def test_a_training_set_loses_and_repeats_whole_rows_and_tells_it_by_class():
    labels, splits = ["a"] * 4 + ["b"] * 2, ["train", "train", "train", "test", "train", "validation"]
    found = balance_training_set(training_set(labels, splits), BalanceSettings(most=2, least=2), seed=0)
    assert found.rows.rows["label"].tolist() == ["a", "a", "a", "b", "b"]  # one of three train pictures went
    kept = found.rows.features[:, 0] / 2  # the first feature is twice the position
    assert kept.tolist() == [place for place in range(6) if place in kept]
    assert found.rows.rows["product_id"].tolist() == kept.tolist()
    assert found.rows.rows["label"][found.repeated].tolist() == ["b"] and found.views.tolist() == [1]
    assert found.counts == {"a": (3, 2), "b": (1, 2)}
    note = found.to_json("a test")
    assert (note["left_out"], note["added_views"], note["source"]) == (1, 1, "a test")
    assert note["train"]["a"] == {"before": 3, "after": 2}


def test_a_level_counts_its_classes_together():
    labels = ["top > a", "top > a", "top > b", "other"]
    found = balance_training_set(training_set(labels, ["train"] * 4), BalanceSettings(least=3, level=1), seed=0)
    assert set(found.repeated) == {3}  # "top" has three pictures already; "other" has one and is raised


def test_weights_are_the_recipes_own_unless_set_by_hand():
    wish = BalanceSettings(class_weights=1.0)
    assert weighted_settings(LinearSettings(), {}, wish).class_weights == 1.0
    assert weighted_settings(LinearSettings(class_weights=0.2), {"class_weights": "0.2"}, wish).class_weights == 0.2
    assert weighted_settings(OneVsAllSettings(), {}, wish).balance == 1.0
    assert weighted_settings(LinearSettings(), {}, BalanceSettings()).class_weights == 0.5
    with pytest.raises(SettingsError, match="does not weigh classes"):
        weighted_settings(Weightless(), {}, wish)


def test_recipes_on_pictures_see_pictures_of_small_classes_again(home):
    rows = training_set(["a", "a", "a", "b", "b"], ["train", "train", "train", "train", "validation"])
    found = balance_training_set(rows, BalanceSettings(least=3), seed=0)
    files = [PictureFile(picture_hash(number), Path(f"{number}.png")) for number in range(5)]
    data = PictureData(
        home=home,
        backbone=find_backbone("efficientnet-lite0"),
        files=files,
        features=found.rows.features,
        labels=found.rows.labels,
        sides=found.rows.sides,
        class_count=2,
        product_ids=["p0", "p1", "p2", "p3", "p4"],
    )
    again = with_repeats(data, found)
    # Class b has one train picture, number 3; two more views make three. Validation stays as it is.
    assert [file.path.name for file in again.files[5:]] == ["3.png", "3.png"]
    assert (again.labels.tolist(), again.sides.tolist()) == ([0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 0, 0])
    assert list(again.product_ids[5:]) == ["p3", "p3"]
    assert (again.features[5:] == rows.features[3]).all() and (again.features[:5] == rows.features).all()
    assert with_repeats(data, balance_training_set(rows, BalanceSettings(), seed=0)) is data
