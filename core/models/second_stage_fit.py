"""Growing the specialists of the second stage with XGBoost, one set after the other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.models.checkpoints import Checkpoint, read_checkpoint, write_checkpoint
from core.models.learning import LearningData
from core.models.linear_inputs import blocks
from core.models.second_stage_first import FirstModel
from core.models.second_stage_grid import (
    GridPoint,
    SetFigures,
    grid_points,
    rounds_tried,
    tally,
    tree_settings,
)
from core.models.second_stage_head import Specialist, add_rounds
from core.models.second_stage_sets import ConfusableSet
from core.models.second_stage_settings import SecondStageSettings
from core.models.second_stage_trees import Forest, first_trees, read_trees

_THREADS = 1
"""More would add up numbers in another order each time, and a resumed training must give the same trees."""


class SpecialistFit:
    """Tries the grid on a confusable set, and grows the trees that were chosen. What is done is kept in a folder.

    Args:
        data: Pictures; those of train and validation are used.
        first: What the first model says of them.
        settings: The recipe's settings.
        seed: Seed of the draw from large categories.
        folder: Where finished sets are kept; None keeps none.
        belongs_to: Fingerprint of data and settings.
    """

    def __init__(
        self,
        data: LearningData,
        first: FirstModel,
        settings: SecondStageSettings,
        *,
        seed: int,
        folder: Path | None,
        belongs_to: str,
    ) -> None:
        self._data, self._first, self._settings, self._seed = data, first, settings, seed
        self._folder, self._belongs_to = folder, belongs_to

    def try_grid(self, found: ConfusableSet, tell: Callable[[str], None]) -> SetFigures:
        """Judge every point of the grid on validation.

        Args:
            found: The set.
            tell: Told what is done before every round; may raise Cancelled.
        """
        kept = self._read(f"grid-{found.category}")
        if kept is None:
            kept = self._judge(found, tell)
            self._write(f"grid-{found.category}", kept)
        return SetFigures(**kept.notes, errors=kept.arrays["errors"], losses=kept.arrays["losses"])

    def grow(self, found: ConfusableSet, point: GridPoint, tell: Callable[[str], None]) -> Forest:
        """Grow the trees of a point; in a grid of one pair of depth and rate they are those it was judged by."""
        name = f"trees-{found.category}-{point.max_depth}-{point.learning_rate!r}"
        kept = self._read(name)
        if kept is None:
            pair = (point.max_depth, point.learning_rate)
            forest = self._grow(self._matrix(found), found, pair, rounds=point.n_estimators, tell=tell)
            self._keep_trees(name, forest)
        else:
            forest = Forest(**kept.arrays, depth=int(kept.notes["depth"]))
        return first_trees(forest, point.n_estimators * len(found.members))

    def specialist(self, found: ConfusableSet, trust: float) -> Specialist:
        """Describe what will use the trees of a set."""
        members, settings = np.array(found.members, dtype=np.int64), self._settings
        roots = np.empty(0, dtype=np.int64)
        return Specialist(members, roots, trust, settings.correct_first, settings.combination == "replace")

    def _judge(self, found: ConfusableSet, tell: Callable[[str], None]) -> Checkpoint:
        validation = self._first.validation
        routed = validation[self._first.predicted[validation] == found.category]
        pairs, points = tree_settings(self._settings), grid_points(self._settings)
        errors, losses = np.zeros(len(points), dtype=np.int64), np.zeros(len(points))
        matrix = self._matrix(found) if len(routed) else None
        for place, pair in enumerate(pairs if len(routed) else ()):
            told = _counted(tell, f"try {place + 1} of {len(pairs)}")
            forest = self._grow(matrix, found, pair, rounds=rounds_tried(self._settings)[-1], tell=told)
            if len(pairs) == 1:
                self._keep_trees(f"trees-{found.category}-{pair[0]}-{pair[1]!r}", forest)
            size = len(points) // len(pairs)
            own = slice(place * size, (place + 1) * size)
            errors[own], losses[own] = self._tally_rounds(found, forest, routed)
        before = int((self._data.labels[routed] != found.category).sum())
        notes = {"pictures": len(routed), "errors_before": before}
        return Checkpoint(notes, {"errors": errors, "losses": losses})

    def _tally_rounds(self, found: ConfusableSet, forest: Forest, routed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Judge all numbers of rounds and shares of one forest; gives errors and losses in the grid's order."""
        shares = sorted(set(self._settings.trust))
        tried = [(rounds, trust) for rounds in rounds_tried(self._settings) for trust in shares]
        figures = np.zeros((len(tried), 2))
        for block in blocks(routed):
            values = forest.leaf_values(forest.roots, np.asarray(self._data.features[block], dtype=np.float32))
            added = add_rounds(values, len(found.members))
            for place, (rounds, trust) in enumerate(tried):
                predicted = self.specialist(found, trust).predict(self._first.chances[block], added[:, rounds - 1])
                figures[place] += tally(predicted, self._data.labels[block])
        return figures[:, 0].astype(np.int64), figures[:, 1]

    def _matrix(self, found: ConfusableSet) -> Any:
        """Give the library the training pictures of a set, and where it starts from."""
        import xgboost

        labels = self._data.labels[self._first.train]
        random = np.random.default_rng((self._seed, found.category))
        drawn = [self._first.train[labels == member] for member in found.members]
        most = self._settings.most_pictures
        drawn = [rows if len(rows) <= most else random.choice(rows, most, replace=False) for rows in drawn]
        chosen = np.sort(np.concatenate(drawn))
        matrix = xgboost.DMatrix(
            np.asarray(self._data.features[chosen], dtype=np.float32),
            np.searchsorted(np.array(found.members), self._data.labels[chosen]),
            nthread=_THREADS,
        )
        matrix.set_base_margin(self.specialist(found, 1.0).starts(self._first.learned_from[chosen]))
        return matrix

    def _grow(
        self,
        matrix: Any,
        found: ConfusableSet,
        pair: tuple[int, float],
        *,
        rounds: int,
        tell: Callable[[str], None],
    ) -> Forest:
        import xgboost

        class Told(xgboost.callback.TrainingCallback):
            """Says which round begins; whoever listens may stop the training there."""

            def before_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
                tell(f"round {epoch + 1} of {rounds}, depth {pair[0]}, rate {pair[1]:g}")
                return False

        booster = xgboost.train(
            {
                "objective": "multi:softprob",
                "num_class": len(found.members),
                "max_depth": pair[0],
                "learning_rate": pair[1],
                "tree_method": "hist",
                "max_bin": self._settings.bins,
                "base_score": 0.0,  # the margin says where to start
                "nthread": _THREADS,
                "seed": self._seed,
                "verbosity": 0,
            },
            matrix,
            num_boost_round=rounds,
            callbacks=[Told()],
        )
        return read_trees(bytes(booster.save_raw("json")))

    def _keep_trees(self, name: str, forest: Forest) -> None:
        arrays = {key: value for key, value in vars(forest).items() if key != "depth"}
        self._write(name, Checkpoint({"depth": forest.depth}, arrays))

    def _read(self, name: str) -> Checkpoint | None:
        if self._folder is None:
            return None
        return read_checkpoint(self._folder / f"{name}.npz", belongs_to=self._belongs_to)

    def _write(self, name: str, kept: Checkpoint) -> None:
        if self._folder is not None:
            write_checkpoint(self._folder / f"{name}.npz", kept, belongs_to=self._belongs_to)


def _counted(tell: Callable[[str], None], words: str) -> Callable[[str], None]:
    return lambda more: tell(f"{words}, {more}")
