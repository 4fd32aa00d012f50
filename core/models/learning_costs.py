"""What recipes that learn from cached features cost: steps, products and memory, from their settings."""

from dataclasses import dataclass, replace

from core.models.head_settings import HeadSettings
from core.models.linear_settings import LinearSettings
from core.models.multi_label_settings import MultiLabelSettings
from core.models.one_vs_all_settings import OneVsAllSettings
from core.models.second_stage_settings import SecondStageSettings

_VALUE_BYTES = 4
_USUAL_SET = 4
"""Categories of a confusable set: 2.6 on average among 41 kinds of products, 4.3 among ten kinds of clothes."""
_TREE_PRODUCTS = 20
"""Looking a value up while a tree grows takes about as long as so many multiplications of a matrix."""


@dataclass(frozen=True)
class LearningSize:
    """How much there is to learn from.

    Attributes:
        pictures: Pictures of all splits, P.
        classes: Classes, C.
        dimensions: Dimensions of a feature, D.
    """

    pictures: int
    classes: int
    dimensions: int


@dataclass(frozen=True)
class LearningCost:
    """What learning costs.

    Attributes:
        products: Multiplications of everything, up to a factor: for scaling a run that is known.
        epochs: Most passes over train.
        steps: Steps in all.
        step_rows: Pictures of a step.
        step_inputs: Inputs of the widest layer.
        step_columns: Its outputs.
        head_values: Numbers the head holds.
        memory_bytes: What the weights, their copies and a step need beside the features.
    """

    products: float
    epochs: int
    steps: float
    step_rows: int
    step_inputs: int
    step_columns: int
    head_values: int
    memory_bytes: int


def linear_cost(settings: LinearSettings | MultiLabelSettings, size: LearningSize) -> LearningCost:
    """Cost of the recipes `linear` and `multi-label`: turning the inputs once, and every strength a step."""
    columns = size.classes * len(settings.shrinkage)
    return LearningCost(
        products=_turning(size) + _passing(size, columns, settings.epochs),
        epochs=settings.epochs,
        steps=settings.epochs * size.pictures / settings.batch_size,
        step_rows=settings.batch_size,
        step_inputs=size.dimensions,
        step_columns=columns,
        head_values=size.dimensions * size.classes,
        memory_bytes=3 * _VALUE_BYTES * columns * size.dimensions,
    )


def head_cost(settings: HeadSettings, size: LearningSize) -> LearningCost:
    """Cost of the recipe `head`: three layers a step, as wide a product as all of them, and Adam's two means."""
    first, second = settings.first_layer, settings.second_layer
    values = size.dimensions * first + first * second + second * size.classes
    return LearningCost(
        # Adam touches every weight at every step, about as costly as one more product for eight pictures.
        products=float(values) * size.pictures * settings.epochs * (1 + 8 / settings.batch_size),
        epochs=settings.epochs,
        steps=settings.epochs * size.pictures / settings.batch_size * (1 + 8 / settings.batch_size),
        step_rows=settings.batch_size,
        step_inputs=size.dimensions,
        step_columns=-(-values // size.dimensions),
        head_values=values,
        memory_bytes=6 * _VALUE_BYTES * values + 4 * _VALUE_BYTES * settings.batch_size * max(first, size.classes),
    )


def one_vs_all_cost(settings: OneVsAllSettings, size: LearningSize) -> LearningCost:
    """Cost of the recipe `one-vs-all`: every picture through every model an epoch, in blocks."""
    rows = min(4096, max(size.pictures, 1))
    return LearningCost(
        products=_turning(size) + _passing(size, size.classes, settings.epochs),
        epochs=settings.epochs,
        steps=settings.epochs * size.pictures / rows,
        step_rows=rows,
        step_inputs=size.dimensions,
        step_columns=size.classes,
        head_values=size.dimensions * size.classes,
        memory_bytes=_VALUE_BYTES * (6 * size.classes * size.dimensions + 8 * min(rows * size.classes, 4 * 2**20)),
    )


def second_stage_cost(settings: SecondStageSettings, size: LearningSize) -> LearningCost:
    """Cost of the recipe `second-stage`: the first model, one more for each fold, and the trees of the grid."""
    first = linear_cost(LinearSettings(epochs=settings.epochs, batch_size=settings.batch_size), size)
    # Of a usual set: how many categories it has depends on the mistakes, which are not known before.
    members = min(_USUAL_SET, settings.largest_set, size.classes)
    shown = min(size.pictures, settings.most_pictures * size.classes)
    rounds = max(settings.n_estimators) * sum(settings.max_depth) * len(set(settings.learning_rate))
    trees = members * rounds * size.dimensions * (members * shown + 8 * settings.bins * size.classes)
    products = first.products * (1 + settings.folds / 2) + _TREE_PRODUCTS * trees
    return replace(
        first,
        products=products,
        steps=first.steps * products / first.products,
        memory_bytes=first.memory_bytes
        + 3 * _VALUE_BYTES * members * min(settings.most_pictures, size.pictures) * size.dimensions
        + 2 * min(_VALUE_BYTES * size.pictures * size.classes, 256 * 2**20),
    )


def _turning(size: LearningSize) -> float:
    """Finding the axes of the inputs and turning every picture to them, about four products of the dimensions."""
    return 4.0 * size.pictures * size.dimensions**2 + 10.0 * size.dimensions**3


def _passing(size: LearningSize, columns: int, epochs: int) -> float:
    """A product forth and one back for every picture and epoch."""
    return 2.0 * size.pictures * size.dimensions * columns * epochs
