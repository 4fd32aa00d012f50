import pytest

from core.models.advice import FINE_TUNE_FROM, FREEZE_BELOW, advise
from core.models.class_counts import count_classes_of
from tests.models.synthetic import planted_catalog

BOTH = ("linear", "fine-tune", "head")


@pytest.mark.parametrize(
    ("labels", "recipe", "reason"),
    [
        (3, "linear", f"Below about {FREEZE_BELOW}"),
        (FREEZE_BELOW, "linear", "it can go either way"),
        (FINE_TUNE_FROM, "fine-tune", "clearly more accurate"),
    ],
)
def test_few_labels_freeze_many_fine_tune(labels, recipe, reason):
    advice = advise(labels, runnable=BOTH)
    assert advice.recipe == recipe
    assert f"Half of the classes have {labels:,} or more" in advice.why and reason in advice.why


def test_what_cannot_run_is_not_advised():
    assert advise(1000, runnable=["linear"]).recipe == "linear"
    assert "cannot run here" in advise(1000, runnable=["linear"]).why
    assert advise(3, runnable=["fine-tune"]).recipe == "fine-tune"
    assert advise(1000, runnable=["head"]) is None


def test_classes_are_counted_before_they_are_learned(home):
    shop = planted_catalog(home, ["mug"] * 40 + ["lamp"] * 10 + ["vase"] * 2 + [None] * 3)
    counts = count_classes_of(home, shop, "category")
    assert counts.table["name"].tolist() == ["mug", "lamp", "vase"]
    # Without splits of the source seven in ten are learned from: 28 of 40, 7 of 10, 1 of 2 (1.4 rounded).
    assert counts.table["train_pictures"].tolist() == [28, 7, 1]
    assert counts.left_out["name"].tolist() == ["vase"]  # two products cannot be learned, chosen by and judged on
    assert counts.small["name"].tolist() == ["lamp"]
    # The middle of 28 and 7.
    assert (counts.labels_a_class, counts.unlabeled_products, counts.has_splits) == (17, 3, False)
