import numpy as np
import pytest

from core.models.class_tree import class_tree
from core.models.learning import LearningData
from core.models.level_by_level import LevelByLevelSettings, predict_level_by_level, train_level_by_level
from core.models.level_outputs import LevelOutputs, level_outputs
from core.models.linear import predict_linear, train_linear
from core.models.linear_settings import LinearSettings
from tests.models.synthetic import separable_features
from tests.models.watched_progress import WatchedProgress

CLASSES = ("Books", "Clothing", "Clothing > Shirts", "Clothing > Trousers", "Home > Kitchen > Pans")
SETTINGS = {"epochs": 12, "patience": 12, "batch_size": 16}


def planted(classes, *, per_class=60, seed=0):
    labels = np.repeat(np.arange(len(classes)), per_class)
    sides = np.tile(np.array([0, 0, 0, 0, 0, 0, 0, 1, 2, 2], dtype=np.uint8), len(labels) // 10)
    features = separable_features(labels, dimensions=16, seed=seed, spread=1.5)
    return LearningData(features, labels.astype(np.int64), sides, len(classes), tuple(classes))


def test_choices_are_laid_out_parent_by_parent():
    outputs = level_outputs(class_tree(CLASSES))
    # Two choices: Books, Clothing or Home; and below Clothing itself, Shirts or Trousers. Below Home there is none.
    assert outputs.groups.tolist() == [0, 0, 0, 1, 1, 1]
    assert outputs.paths.tolist() == [[0, -1, -1], [1, 3, -1], [1, 4, -1], [1, 5, -1], [2, -1, -1]]


def test_a_class_has_the_product_along_its_path():
    outputs = level_outputs(class_tree(CLASSES))
    # Odds of 1 : 2 : 1 at the top, 1 : 1 : 2 below Clothing.
    logits = np.log(np.array([[1, 2, 1, 1, 1, 2]], dtype=np.float32))
    chances = outputs.class_chances(outputs.chances(logits))
    assert chances[0].tolist() == pytest.approx([0.25, 0.5 * 0.25, 0.5 * 0.25, 0.5 * 0.5, 0.25])


def test_the_gradient_is_that_of_the_loss():
    outputs = level_outputs(class_tree(CLASSES))
    random = np.random.default_rng(0)
    logits, labels = random.normal(size=(5, 1, 6)), np.arange(5)

    def loss(values):
        given, _ = outputs.judge(outputs.chances(values.copy()), labels)
        return -np.log(given.astype(np.float64)).sum()

    gradient = outputs.subtract_truth(outputs.chances(logits.copy()), labels)
    for place in np.ndindex(logits.shape):  # central differences; float32 products limit them to about 1e-3
        step = np.zeros_like(logits)
        step[place] = 1e-2
        assert (loss(logits + step) - loss(logits - step)) / 2e-2 == pytest.approx(gradient[place], abs=2e-3)


def test_parents_and_children_never_contradict_each_other():
    data = planted(CLASSES)
    settings = LevelByLevelSettings(**SETTINGS)
    head = train_level_by_level(data, settings=settings, seed=0, progress=WatchedProgress())
    chances = predict_level_by_level(head.arrays, data.features)
    assert chances.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    tree = class_tree(CLASSES)
    # Below "Home" nothing is chosen: its only class has exactly what "Home" has.
    assert (tree.sum_leaves(chances, 1)[:, 2] == chances[:, 4]).all()
    test = data.sides == 2
    assert (
        chances.argmax(axis=1)[test] == data.labels[test]
    ).mean() > 0.8  # five classes whose noise overlaps a little
    assert head.choices["levels"] == 3


def test_with_one_level_it_is_the_linear_recipe():
    data = planted(("a", "b", "c"))
    head = train_level_by_level(data, settings=LevelByLevelSettings(**SETTINGS), seed=2, progress=WatchedProgress())
    flat = train_linear(data, settings=LinearSettings(**SETTINGS), seed=2, progress=WatchedProgress())
    # The same descent; sums of exponentials are taken in another order.
    for own, other in zip(head.history, flat.history, strict=True):
        assert own == pytest.approx(other, abs=1e-4)
    found = predict_level_by_level(head.arrays, data.features)
    assert found == pytest.approx(predict_linear(flat.arrays, data.features), abs=1e-4)


@pytest.mark.parametrize(
    ("groups", "paths"),
    [
        ([0, 2], [[0], [1]]),  # a group without columns
        ([1, 1], [[0], [1]]),
        ([0, 0], [[0], [2]]),  # a column that is not there
        ([0, 0], [[0], [-2]]),
        ([], [[-1]]),
        ([0.0, 0.0], [[0], [1]]),
    ],
)
def test_a_damaged_tree_is_refused(groups, paths):
    with pytest.raises(ValueError, match=r"groups|paths"):
        LevelOutputs(np.array(groups), np.array(paths))
