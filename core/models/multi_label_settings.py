"""Settings of the recipe `multi-label`."""

from dataclasses import dataclass

from core.models.label_thresholds import LEAST_POSITIVES, SLACK
from core.models.settings import check_settings, setting


@dataclass(frozen=True)
class MultiLabelSettings:
    """Settings of the recipe `multi-label`. The report's own network is the recipe `small-vgg`."""

    epochs: int = setting(
        60,
        help="Most passes over the training pictures; the learning rate falls to zero over them.",
        unit="epochs",
        minimum=1,
        maximum=1000,
    )
    patience: int = setting(
        12,
        help="Stop when validation has not improved for so long; the best epoch is kept.",
        unit="epochs",
        minimum=1,
        maximum=1000,
    )
    batch_size: int = setting(128, help="Pictures a step.", unit="pictures", minimum=1, maximum=65536)
    learning_rate: float = setting(
        4.0, help="Size of the first steps, for inputs of length 1.", minimum=1e-4, maximum=1000.0
    )
    shrinkage: tuple[float, ...] = setting(
        (0.5, 0.7, 0.9),
        help="Regularization, 0 to 1: how little the differences among pictures with the same labels are evened out. "
        "Several strengths are trained side by side; validation chooses.",
        minimum=0.0,
        maximum=1.0,
    )
    balance: float = setting(
        0.5,
        help="How far pictures that have a rare label count for more than those that lack it: 0 not at all, 1 both "
        "sides count the same. Probabilities are corrected for it.",
        minimum=0.0,
        maximum=1.0,
    )
    unseen_weight: float = setting(
        0.1,
        help="How much a combination of labels that training never had counts against one it had: 1 labels are free "
        "of one another, 0 only combinations that were seen are possible.",
        minimum=0.0,
        maximum=1.0,
    )
    least_positives: int = setting(
        LEAST_POSITIVES,
        help="Validation pictures a label needs for a threshold of its own; below, it takes the one that is best for "
        "all labels together.",
        unit="pictures",
        minimum=1,
        maximum=1_000_000,
    )
    threshold_slack: float = setting(
        SLACK,
        help="How many validation pictures worse than the best a threshold may be to be nearer to 0.5; keeps single "
        "odd pictures from deciding.",
        unit="pictures",
        minimum=0.0,
        maximum=1000.0,
    )
    feature_power: float = setting(
        0.5, help="Features are raised to this power first; 0.5 evens out rare strong ones.", minimum=0.1, maximum=1.0
    )

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
