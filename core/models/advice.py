"""Freeze or fine-tune: which of the two to try first, judged by how many pictures a class has (K6).

The report leaves the choice to the user: few labels, freeze; many, fine-tune. The bounds are measured with our own
recipes as they are by default on clothing-small (10 categories of photos, 372 test pictures), see
``python -m benchmarks.freeze_or_fine_tune``: with 5, 10 and 20 pictures a category the frozen network was better by
three points, with 50 either was, with all 3,068 (half of the categories above 200) fine-tuning was, by seven points.
"""

from collections.abc import Collection
from dataclasses import dataclass

FREEZE_BELOW = 50
"""Below so many pictures a class the frozen network was better, in a fraction of the time."""

FINE_TUNE_FROM = 200
"""From so many on fine-tuning was clearly better."""


@dataclass(frozen=True)
class Advice:
    """What to try first.

    Attributes:
        recipe: Name of the recipe.
        words: The advice, a few words.
        why: The reason, one or two sentences.
    """

    recipe: str
    words: str
    why: str


def advise(labels_a_class: int, *, runnable: Collection[str]) -> Advice | None:
    """Advise on freezing or fine-tuning.

    Args:
        labels_a_class: Pictures to learn from in the median class.
        runnable: Names of the recipes that can run here with this target.

    Returns:
        None where neither of the two recipes can run.
    """
    few, many = labels_a_class < FREEZE_BELOW, labels_a_class >= FINE_TUNE_FROM
    wanted = ("fine-tune", "linear") if many else ("linear", "fine-tune")
    recipe = next((name for name in wanted if name in runnable), None)
    if recipe is None:
        return None
    half = f"Half of the classes have {labels_a_class:,} or more pictures to learn from."
    if recipe == "fine-tune":
        if many:
            why = f"{half} From about {FINE_TUNE_FROM} on, letting the upper blocks learn was clearly more accurate."
        else:
            why = f"{half} The frozen network would be the safer start, but it cannot run here."
        return Advice(recipe, "Fine-tune", why)
    if few:
        why = (
            f"{half} Below about {FREEZE_BELOW}, a head on the frozen network was more accurate than fine-tuning, and "
            "it takes seconds."
        )
    elif many:
        why = f"{half} Fine-tuning would be more accurate, but it cannot run here."
    else:
        why = (
            f"{half} Between {FREEZE_BELOW} and {FINE_TUNE_FROM} it can go either way: start with the frozen network, "
            "which takes seconds, then see whether fine-tuning beats it on validation."
        )
    return Advice(recipe, "Keep the network frozen", why)
