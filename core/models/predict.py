"""Predict with a run: numpy on features, OpenVINO for pictures; light enough for the page process."""

from collections.abc import Sequence

import numpy as np

from core.errors import RunError
from core.home import Home
from core.models.class_tree import class_tree
from core.models.further_figures import tree_of
from core.models.recipes import recipe_of_run
from core.models.runs import RunFiles, open_run
from core.vision.backbones import find_backbone, weights_hash
from core.vision.encode import encode_pictures


def predict_features(run: RunFiles, features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of all classes of a run.

    Args:
        run: An open run.
        features: Float32 array of shape (N pictures, D dimensions) from the run's backbone.

    Returns:
        Float32 array of shape (N, C), in the order of ``run.run.classes``; rows sum to 1, unless it predicts labels.

    Raises:
        RunError: The features have another length than those the run learned from, or the run's head is damaged.
    """
    expected = int(run.manifest["feature_dimensions"])
    if features.ndim != 2 or features.shape[1] != expected:
        raise RunError(f"run {run.run.run_id!r} takes features of shape (N, {expected}), not {features.shape}")
    head = run.head
    try:
        found = recipe_of_run(run.run.recipe).predictor_of(run.run.target)(head, features)
        if found.shape != (len(features), len(run.run.classes)):
            raise ValueError(f"it gives shape {found.shape}, not a probability for each of its classes")
    except (KeyError, ValueError, TypeError, IndexError) as error:  # arrays of other names, shapes or types
        raise RunError(
            f"run {run.run.run_id!r}: its file head.npz is damaged ({str(error)[:200]}): restore it or train again"
        ) from error
    return found


def predict_pictures(
    home: Home, run_id: str, pictures: Sequence[np.ndarray], *, top: int = 5, level: int | None = None
) -> list[list[tuple[str, float]]]:
    """Classify pictures.

    Args:
        home: The home.
        run_id: The run.
        pictures: N pictures, each uint8 (H, W, 3), RGB.
        top: How many classes to give; at least 1.
        level: Give the categories at this level of the tree, from 1; None gives the run's own classes.

    Returns:
        For each picture (class name, probability), most probable first. A category at a level has the probabilities of
        all classes below it, so that parents and children never contradict each other.

    Raises:
        RunError: There is no such run, its files are gone, its backbone has other weights now, or its classes have no
            such level.
        BackboneError: The backbone is not ready in this home.
    """
    run = open_run(home, run_id)
    check_backbone(home, run)
    check_level(run, level)
    if not pictures:
        return []
    probabilities = predict_features(run, encode_pictures(home, pictures, backbone=run.run.encoder))
    return most_probable(run, probabilities, top=top, level=level)


def most_probable(
    run: RunFiles, probabilities: np.ndarray, *, top: int, level: int | None = None
) -> list[list[tuple[str, float]]]:
    """Name the most probable classes, or categories of a level; see :func:`predict_pictures`.

    Args:
        run: An open run.
        probabilities: Float32 array of shape (N, C).
        top: How many to give; at least 1.
        level: From 1; None gives the run's own classes.
    """
    names = run.run.classes
    if level is not None:
        tree = class_tree(names)
        probabilities, names = tree.sum_leaves(probabilities, level), tree.names[level - 1]
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, : max(1, top)]
    return [
        [(names[place], float(chances[place])) for place in places]
        for chances, places in zip(probabilities, order, strict=True)
    ]


def check_level(run: RunFiles, level: int | None) -> None:
    """Check that the classes of a run have a level.

    Raises:
        RunError: They are no categories, or have fewer levels.
    """
    if level is None:
        return
    tree = tree_of(run.run.classes, run.run.target)
    if tree is None:
        raise RunError(f"the classes of run {run.run.run_id!r} have one level only: leave the level out")
    if not 1 <= level <= tree.levels:
        raise RunError(
            f"the categories of run {run.run.run_id!r} have {tree.levels} levels: expected 1 to {tree.levels}"
        )


def check_backbone(home: Home, run: RunFiles) -> None:
    """Check that the backbone still has the weights the run learned with.

    Raises:
        RunError: It has others, so that its features would mean something else.
        BackboneError: Its weights are missing.
    """
    found = weights_hash(home, find_backbone(run.run.encoder, home=home))
    if found != run.manifest["weights_hash"]:
        raise RunError(
            f"run {run.run.run_id!r} was trained with weights {run.manifest['weights_hash'][:12]} of "
            f"{run.run.encoder!r}, but {found[:12]} are installed: put the old weights back or train again"
        )
