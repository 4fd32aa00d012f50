"""Settings of the recipe `triplet`, and those of the report it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from core.models.settings import check_settings, setting

MININGS = ("semi-hard", "hard", "all")
STARTS = ("categories", "random")


@dataclass(frozen=True)
class TripletSettings:
    """Settings of the recipe `triplet`. A preset fills in what is not given, when settings are parsed."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = MappingProxyType(
        {
            "ours": {},
            "report": {
                "mining": "all",
                "start": "random",
                "classes_per_batch": 10,
                "pictures_per_class": 3,
                "learning_rate": 1e-5,
                "decay": False,
                "epochs": 30,
                "patience": 30,
                "dropout": 0.0,
                "feature_power": 1.0,
                "whiten": False,
            },
        }
    )

    preset: str = setting(
        "ours",
        help="Whose figures are used where you change none: ours, or those of the report this recipe comes from (one "
        "dense layer from random weights, Adam with 0.00001, 30 epochs, batches of 30). What you change wins.",
        choices=("ours", "report"),
    )
    mining: str = setting(
        "semi-hard",
        help="Which triplets of a batch count: for each pair of one category the nearest picture of another category "
        "that is farther away (semi-hard), for each picture the farthest of its own and the nearest of another "
        "category (hard), or all. The report does not say; its preset takes all.",
        choices=MININGS,
    )
    margin: float = setting(
        0.2,
        help="How much nearer pictures of one category shall be than others, on a scale where 2 is opposite. "
        "The report does not say.",
        minimum=0.0,
        maximum=2.0,
    )
    soft_margin: bool = setting(
        False, help="Whether a smooth function of the distances replaces the margin: it never stops pulling."
    )
    dimensions: int = setting(
        128,
        help="Numbers the embedding has for each picture. Search and maps use at most 256.",
        unit="numbers",
        minimum=2,
        maximum=2048,
    )
    hidden_layer: int = setting(
        0, help="Width of a layer between features and embedding; 0 for none.", unit="units", minimum=0, maximum=8192
    )
    classes_per_batch: int = setting(
        16,
        help="Categories a step compares. Report: batches of 30 pictures.",
        unit="categories",
        minimum=2,
        maximum=512,
    )
    pictures_per_class: int = setting(
        6, help="Pictures of each of these categories.", unit="pictures", minimum=2, maximum=256
    )
    learning_rate: float = setting(
        1e-3, help="Size of the first steps (Adam). Report: 0.00001.", minimum=1e-7, maximum=1.0
    )
    decay: bool = setting(True, help="Whether the steps shrink to zero over the epochs (cosine). Report: no.")
    epochs: int = setting(
        20, help="Most passes over the training pictures. Report: 30.", unit="epochs", minimum=1, maximum=1000
    )
    patience: int = setting(
        8,
        help="Stop when the neighbors of validation pictures have not become better for so long; the best is kept.",
        unit="epochs",
        minimum=1,
        maximum=1000,
    )
    dropout: float = setting(
        0.3, help="Share of the features left out at random in a step. Report: 0.", minimum=0.0, maximum=0.95
    )
    feature_power: float = setting(
        0.5,
        help="Features are raised to this power first; 0.5 evens out rare strong ones. Report: 1.",
        minimum=0.1,
        maximum=1.0,
    )
    whiten: bool = setting(
        True, help="Whether differences among pictures of one category are evened out first. Report: no."
    )
    shrinkage: float = setting(
        0.7, help="How little they are evened out: 0 fully, 1 not at all.", minimum=0.0, maximum=1.0
    )
    start: str = setting(
        "categories",
        help="Where the embedding starts: with the directions in which categories differ, or at random (as in the "
        "report, and always with a hidden layer).",
        choices=STARTS,
    )

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
