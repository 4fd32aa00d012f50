"""Recipes: the named ways to train. A later recipe is one more entry here and nothing else changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import TrainingError
from core.models.fine_tune_settings import FineTuneSettings
from core.models.foreign_head import predict_foreign
from core.models.foreign_settings import ForeignSettings
from core.models.head import predict_head, train_head
from core.models.head_settings import HeadSettings
from core.models.label_sets import LABELS
from core.models.learning import Predictor, Trainer
from core.models.learning_costs import (
    LearningCost,
    LearningSize,
    head_cost,
    linear_cost,
    one_vs_all_cost,
    second_stage_cost,
)
from core.models.learning_pictures import PictureTrainer
from core.models.level_by_level import LevelByLevelSettings, predict_level_by_level, train_level_by_level
from core.models.linear import predict_linear, train_linear
from core.models.linear_settings import LinearSettings
from core.models.multi_label import predict_labels, train_multi_label
from core.models.multi_label_settings import MultiLabelSettings
from core.models.one_vs_all import predict_one_vs_all, train_one_vs_all
from core.models.one_vs_all_settings import OneVsAllSettings
from core.models.scratch_settings import BasicCnnSettings, ScratchSettings, SmallVggSettings, VanillaCnnSettings
from core.models.second_stage import train_second_stage
from core.models.second_stage_head import predict_second_stage
from core.models.second_stage_settings import SecondStageSettings
from core.models.settings import parse_settings
from core.models.triplet_settings import TripletSettings
from core.vision.backbone import Backbone


@dataclass(frozen=True)
class Recipe:
    """A named way to train.

    Attributes:
        name: As written on the command line.
        title: As people read it.
        summary: What it does, one sentence in plain words.
        cost: What it costs in time, in plain words.
        settings_class: Frozen dataclass of its settings; every field says its unit, range and help.
        load_trainer: Gives what trains; called in the worker, so that heavy libraries are imported only there.
        load_predictor: Gives what predicts; called in the page process, so it must stay light.
        load_picture_trainer: Gives what trains a network of its own from pictures; None for recipes that learn from
            cached features.
        passes: Guesses what learning costs, in pictures through the whole backbone, from the settings and the numbers
            of pictures to learn from and of all; only for recipes that learn from pictures.
        learning_cost: Says what learning costs from the settings and how much there is to learn from; only for recipes
            that learn from cached features.
        group: Where people look for it: ``features`` of the frozen network, a ``network`` of its own, or a
            ``baseline`` to compare with; None is told from what it learns from.
        recommended: Whether to try it first.
        least_labels: Fewest pictures of the median class from which trying it makes sense.
        predicts: What it can predict: ``class``, one of several for each picture; ``labels``, any number of them; or
            both.
        builds_on_network: Whether what it trains starts from the backbone's layers, so that it must have some.
        load_label_predictor: Gives what predicts labels, for a recipe that predicts both.
    """

    name: str
    title: str
    summary: str
    cost: str
    settings_class: type
    load_trainer: Callable[[], Trainer] | None
    load_predictor: Callable[[], Predictor]
    load_picture_trainer: Callable[[], PictureTrainer] | None = None
    passes: Callable[[Any, int, int], float] | None = None
    learning_cost: Callable[[Any, LearningSize], LearningCost] | None = None
    group: Literal["features", "network", "baseline"] | None = None
    recommended: bool = False
    least_labels: int = 3
    predicts: frozenset[str] = frozenset({"class"})
    builds_on_network: bool = False
    load_label_predictor: Callable[[], Predictor] | None = None

    @property
    def shown_group(self) -> str:
        """Where people look for it."""
        return self.group or ("network" if self.load_picture_trainer else "features")

    def predictor_of(self, target: str) -> Predictor:
        """Give what predicts a target."""
        if target == LABELS and self.load_label_predictor is not None:
            return self.load_label_predictor()
        return self.load_predictor()

    def check_target(self, target: str) -> None:
        """Check that the recipe can learn a target.

        Raises:
            TrainingError: It cannot; the message names the recipes that can.
        """
        if _kind(target) not in self.predicts:
            others = ", ".join(each.name for each in recipes_for(target))
            does = "one class a picture" if "class" in self.predicts else "sets of labels"
            raise TrainingError(
                f"recipe {self.name!r} predicts {does}, not the target {target[:100]!r}; recipes that do: {others}"
            )

    def check_backbone(self, backbone: Backbone) -> None:
        """Check that the recipe can start from a backbone.

        Raises:
            TrainingError: It trains on top of a network's layers, and the backbone is none.
        """
        if self.builds_on_network and backbone.kind == "words":
            raise TrainingError(
                f"recipe {self.name!r} trains on top of a network, and backbone {backbone.name!r} counts visual words: "
                "choose another backbone, or a recipe that learns from features, such as linear"
            )

    def parse_settings(self, values: Mapping[str, object]) -> Any:
        """Read settings from strings or values.

        Raises:
            SettingsError: A name is unknown, or a value cannot be read or is out of range.
        """
        return parse_settings(self.settings_class, values)


def _fine_tune() -> PictureTrainer:
    from core.models.fine_tune import fine_tune

    return fine_tune


def _fine_tune_passes(settings: FineTuneSettings, learned: int, pictures: int) -> float:
    """The frozen blocks cost about three quarters of a pass, a step through the upper ones about as much."""
    views = settings.views * learned + pictures - learned
    steps = settings.epochs * max(learned, settings.least_steps * settings.batch_size)
    return 0.75 * (views + steps)


def _triplet() -> PictureTrainer:
    from core.models.triplet import train_triplet

    return train_triplet


def _triplet_passes(settings: TripletSettings, learned: int, pictures: int) -> float:
    """An epoch over cached features costs about as much as a hundredth of their pictures through the backbone."""
    return 0.01 * settings.epochs * (pictures + settings.pictures_per_class * learned / 6)


def _scratch() -> PictureTrainer:
    from core.models.scratch import train_scratch

    return train_scratch


def _scratch_passes(settings: ScratchSettings, learned: int, pictures: int) -> float:
    """Every epoch learns from every picture; a tenth of the price for the few of validation."""
    return settings.epochs * settings.passes_a_step * (learned + 0.1 * (pictures - learned))


def _baseline(name: str, title: str, summary: str, settings_class: type) -> Recipe:
    return Recipe(
        name=name,
        title=title,
        summary=summary,
        cost="From several minutes to hours: every epoch runs the whole network over every picture.",
        settings_class=settings_class,
        load_trainer=None,
        load_predictor=lambda: predict_linear,
        load_picture_trainer=_scratch,
        passes=_scratch_passes,
        predicts=frozenset({"class", "labels"}),
        load_label_predictor=lambda: predict_labels,
        group="baseline",
    )


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="linear",
            title="Linear head",
            summary="Keeps the pretrained network as it is and learns to tell categories apart from its features.",
            cost="Seconds, once the pictures are embedded; needs as few as a handful of pictures a category.",
            settings_class=LinearSettings,
            load_trainer=lambda: train_linear,
            load_predictor=lambda: predict_linear,
            learning_cost=linear_cost,
        ),
        Recipe(
            name="head",
            title="Dense head",
            summary="Keeps the pretrained network as it is and trains two more layers on its features, which can learn "
            "what a linear head cannot.",
            cost="Seconds to minutes, once the pictures are embedded; best from about 50 pictures a category.",
            settings_class=HeadSettings,
            load_trainer=lambda: train_head,
            load_predictor=lambda: predict_head,
            learning_cost=head_cost,
        ),
        Recipe(
            name="one-vs-all",
            title="One against all",
            summary="Trains one yes-or-no model for each category and combines them into one prediction; each model "
            "alone looks more accurate than the choice among all, because it is right whenever it rightly says no.",
            cost="Seconds, once the pictures are embedded; minutes for hundreds of categories.",
            settings_class=OneVsAllSettings,
            load_trainer=lambda: train_one_vs_all,
            load_predictor=lambda: predict_one_vs_all,
            learning_cost=one_vs_all_cost,
        ),
        Recipe(
            name="second-stage",
            title="Second stage",
            summary="Trains a linear head, then a specialist for each group of categories it confuses; a specialist is "
            "only used where it makes fewer mistakes on pictures kept aside, and the gain is told honestly.",
            cost="About a minute for ten categories, once the pictures are embedded; more with more mistakes.",
            settings_class=SecondStageSettings,
            load_trainer=lambda: train_second_stage,
            load_predictor=lambda: predict_second_stage,
            learning_cost=second_stage_cost,
            least_labels=20,
        ),
        Recipe(
            name="level-by-level",
            title="Level by level",
            summary="Chooses among the top categories first, then among those below, so that a prediction never "
            "contradicts its parent category.",
            cost="Seconds, once the pictures are embedded; for categories of two levels or more.",
            settings_class=LevelByLevelSettings,
            load_trainer=lambda: train_level_by_level,
            load_predictor=lambda: predict_level_by_level,
            learning_cost=linear_cost,
        ),
        Recipe(
            name="multi-label",
            title="Several labels",
            summary="Learns for each label of a product, such as a color and a kind, whether it is there, with its own "
            "threshold; keeps the pretrained network as it is.",
            cost="Seconds, once the pictures are embedded; needs products with labels.",
            settings_class=MultiLabelSettings,
            load_trainer=lambda: train_multi_label,
            load_predictor=lambda: predict_labels,
            learning_cost=linear_cost,
            predicts=frozenset({"labels"}),
        ),
        Recipe(
            name="fine-tune",
            title="Fine-tuned network",
            summary="Lets the upper blocks of the pretrained network learn from many views of your pictures: the most "
            "accurate way, and its features can be mapped and searched.",
            cost="Minutes for a few thousand pictures; worth it from about 50 pictures a category.",
            settings_class=FineTuneSettings,
            load_trainer=None,
            load_predictor=lambda: predict_linear,
            load_picture_trainer=_fine_tune,
            builds_on_network=True,
            passes=_fine_tune_passes,
            recommended=True,
            least_labels=10,
        ),
        Recipe(
            name="triplet",
            title="Triplet embedding",
            summary="Learns an embedding in which pictures of one category lie together: better look-alikes, maps and "
            "recommendations from the network you have.",
            cost="Under a minute for a few thousand pictures, once they are embedded; best from a few pictures a "
            "category.",
            settings_class=TripletSettings,
            load_trainer=None,
            load_predictor=lambda: predict_linear,
            load_picture_trainer=_triplet,
            builds_on_network=True,
            passes=_triplet_passes,
        ),
        _baseline(
            "basic-cnn",
            "Basic CNN from scratch",
            "Trains a small network from random weights on your pictures alone: the measure for pretrained ones.",
            BasicCnnSettings,
        ),
        _baseline(
            "vanilla-cnn",
            "Vanilla CNN from scratch",
            "Trains three wide convolutions from random weights; the report found it barely above chance.",
            VanillaCnnSettings,
        ),
        _baseline(
            "small-vgg",
            "Small VGG from scratch",
            "Trains a small VGG from random weights on turned and moved pictures; good at colors and simple shapes.",
            SmallVggSettings,
        ),
    )
}


FOREIGN = Recipe(
    name="foreign",
    title="Model from elsewhere",
    summary="A model that was trained elsewhere and added from a file; it is judged like any other run.",
    cost="Nothing is trained; the catalog's pictures go through its network once.",
    settings_class=ForeignSettings,
    load_trainer=None,
    load_predictor=lambda: predict_foreign,
)
"""What runs of models from elsewhere have for a recipe: it trains nothing, so it is no choice for a training."""


def recipe_of_run(name: str) -> Recipe:
    """Find the recipe that a run names; those that train nothing are among them.

    Raises:
        TrainingError: There is none of that name.
    """
    return FOREIGN if name == FOREIGN.name else find_recipe(name)


def recipes_for(target: str) -> tuple[Recipe, ...]:
    """Give the recipes that can learn a target, in their order."""
    return tuple(recipe for recipe in RECIPES.values() if _kind(target) in recipe.predicts)


def default_target(recipe: Recipe) -> str:
    """Give what a recipe learns when nothing is said."""
    return "category" if "class" in recipe.predicts else LABELS


def _kind(target: str) -> str:
    return "labels" if target == LABELS else "class"


def find_recipe(name: str) -> Recipe:
    """Find a recipe by its name.

    Raises:
        TrainingError: There is none of that name; the message lists those there are.
    """
    if name not in RECIPES:
        raise TrainingError(f"there is no recipe {name[:100]!r}: choose one of {', '.join(RECIPES)}")
    return RECIPES[name]
