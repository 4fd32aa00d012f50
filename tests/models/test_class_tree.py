import numpy as np
import pytest

from core.models.class_tree import MOST_LEVELS, class_tree

# A class beside others below it, paths of one, two and three levels.
CLASSES = ("Books", "Clothing", "Clothing > Shirts", "Clothing > Trousers", "Home > Kitchen > Pans")
BOOKS, CLOTHING, SHIRTS, TROUSERS, PANS = range(5)


def test_nodes_of_paths_of_unequal_depth():
    tree = class_tree(CLASSES)
    assert tree.names[0] == ("Books", "Clothing", "Home")
    # At level 2 "Books" and "Clothing" stay themselves; "Home > Kitchen" is the node above the pans.
    assert tree.names[1] == ("Books", "Clothing", "Clothing > Shirts", "Clothing > Trousers", "Home > Kitchen")
    assert tree.names[2] == CLASSES
    assert tree.nodes.tolist() == [[0, 0, 0], [1, 1, 1], [1, 2, 2], [1, 3, 3], [2, 4, 4]]


def test_probabilities_add_up_to_those_of_parents():
    tree = class_tree(CLASSES)
    chances = np.array([[0.1, 0.2, 0.3, 0.15, 0.25]], dtype=np.float32)
    assert tree.sum_leaves(chances, 1)[0].tolist() == pytest.approx([0.1, 0.65, 0.25])  # clothing: 0.2 + 0.3 + 0.15
    assert tree.sum_leaves(chances, 3)[0].tolist() == pytest.approx(chances[0].tolist())


def test_classes_in_any_order_are_summed_by_name():
    tree = class_tree(("B > y", "A > x", "B > x"))
    assert tree.names[0] == ("A", "B")
    assert tree.sum_leaves(np.array([[0.5, 0.2, 0.3]]), 1)[0].tolist() == pytest.approx([0.2, 0.8])
    assert tree.sum_leaves(np.array([[0.5, 0.2, 0.3]]), 2)[0].tolist() == [0.2, 0.3, 0.5]  # A > x, B > x, B > y


@pytest.mark.parametrize(
    ("true", "predicted", "verdict"),
    [
        (SHIRTS, SHIRTS, 0),
        (SHIRTS, TROUSERS, 1),  # both under "Clothing"
        (SHIRTS, CLOTHING, 1),  # the parent itself
        (CLOTHING, SHIRTS, 1),  # too exact, yet within the true category
        (BOOKS, CLOTHING, 2),  # two top categories share nothing
        (BOOKS, BOOKS, 0),
        (SHIRTS, PANS, 2),
    ],
)
def test_half_right_is_a_wrong_class_with_the_right_parent(true, predicted, verdict):
    assert class_tree(CLASSES).verdicts(np.array([true]), np.array([predicted])).tolist() == [verdict]


def test_half_right_needs_the_parent_not_only_the_top():
    tree = class_tree(("A > B > x", "A > B > y", "A > C > x"))
    # x and y share "A > B"; "A > C > x" shares only "A", and its equal last name counts for nothing.
    assert tree.verdicts(np.array([0, 0]), np.array([1, 2])).tolist() == [1, 2]


def test_names_without_levels_are_one_level():
    tree = class_tree(("shirts", "shorts"))
    assert (tree.levels, tree.names) == (1, (("shirts", "shorts"),))
    assert tree.verdicts(np.array([0, 1]), np.array([1, 1])).tolist() == [2, 0]


def test_hostile_paths_stay_different_and_bounded():
    deep = " > ".join(["x"] * 1000)
    names = (deep, f"{deep} > y", " > ", "", "<b>a</b> > \u202e", "A >B", "A > B")
    tree = class_tree(names)
    assert tree.levels == MOST_LEVELS
    assert sorted(tree.nodes[:, -1].tolist()) == list(range(len(names)))  # every class is a node of its own at the end
