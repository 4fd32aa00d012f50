"""Settings of the recipe `second-stage`, and those of the report it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from core.errors import SettingsError
from core.models.settings import check_settings, setting

DEEPEST_TREE = 12
"""Levels of a tree; a head from elsewhere that asks for more is refused."""

_REPORT: Mapping[str, object] = MappingProxyType(
    {
        "least_mistakes": 2,
        "largest_set": 10_000,
        "most_pictures": 1_000_000,
        "folds": 0,
        "correct_first": False,
        "combination": "replace",
        "trust": (1.0,),
        "keep": "all",
        "choose": "together",
        "bins": 256,
    }
)


@dataclass(frozen=True)
class SecondStageSettings:
    """Settings of the recipe `second-stage`. A preset fills in what is not given, when settings are parsed."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = MappingProxyType(
        {
            "ours": {},
            "report-grid": {
                **_REPORT,
                "max_depth": (1.0, 2.0, 3.0),
                "n_estimators": (5.0, 10.0, 25.0, 50.0),
                "learning_rate": (0.1, 0.3, 0.9),
            },
            "report-best": {**_REPORT, "max_depth": (3.0,), "n_estimators": (50.0,), "learning_rate": (0.3,)},
        }
    )

    preset: str = setting(
        "ours",
        help="Whose figures are used where you change none: ours, those of the report with its whole grid, or those "
        "its grid found best. What you change wins.",
        choices=("ours", "report-grid", "report-best"),
    )
    least_mistakes: int = setting(
        2,
        help="A category joins the set of another when so many of its pictures are taken for it. Report: 2.",
        unit="pictures",
        minimum=1,
        maximum=1_000_000,
    )
    largest_set: int = setting(
        5,
        help="Most categories of a set: those mistaken most often. Report: no limit.",
        unit="categories",
        minimum=2,
        maximum=10_000,
    )
    most_pictures: int = setting(
        2000,
        help="Most training pictures of a category that a specialist learns from. Report: all.",
        unit="pictures",
        minimum=1,
        maximum=1_000_000,
    )
    folds: int = setting(
        5,
        help="Mistakes on training pictures are those of models that did not learn from them: training is done so many "
        "times, each time without one part. 0 takes the mistakes of the first model on what it learned by heart, as "
        "the report did.",
        minimum=0,
        maximum=20,
    )
    max_depth: tuple[float, ...] = setting(
        (3.0,),
        help="Levels of a specialist's trees, a list to choose from. Report: 1,2,3; best 3.",
        minimum=1,
        maximum=DEEPEST_TREE,
    )
    n_estimators: tuple[float, ...] = setting(
        (10.0, 25.0, 50.0),
        help="Rounds of trees, a list to choose from. Report: 5,10,25,50; best 50.",
        unit="rounds",
        minimum=1,
        maximum=1000,
    )
    learning_rate: tuple[float, ...] = setting(
        (0.1, 0.3),
        help="How far a round moves, a list to choose from. Report: 0.1,0.3,0.9; best 0.3.",
        minimum=0.001,
        maximum=1.0,
    )
    bins: int = setting(
        32,
        help="Steps into which a feature is cut before the trees look for splits; few are several times faster. "
        "Report: 256, the library's own.",
        unit="steps",
        minimum=2,
        maximum=4096,
    )
    choose: str = setting(
        "together",
        help="Whether validation chooses depth, rounds, rate and trust once for all specialists (steadier) or for "
        "each alone.",
        choices=("together", "each"),
    )
    correct_first: bool = setting(
        True,
        help="Whether a specialist starts from what the first model says and learns only to correct it; needs folds. "
        "Report: no, it starts from nothing.",
    )
    combination: str = setting(
        "redistribute",
        help="redistribute: what the first model gives to the set is shared out anew within it, so that probabilities "
        "stay honest. replace: the specialist's answer stands alone, as in the report.",
        choices=("redistribute", "replace"),
    )
    trust: tuple[float, ...] = setting(
        (0.5, 1.0),
        help="Which share the specialist has in sharing out, a list to choose from; the first model has the rest. "
        "Report: 1.",
        minimum=0.01,
        maximum=1.0,
    )
    keep: str = setting(
        "gain",
        help="gain: only specialists that make fewer mistakes on validation than the first model alone are kept. "
        "Report: all.",
        choices=("gain", "all"),
    )
    epochs: int = setting(
        30, help="Most passes of the first model, a linear head.", unit="epochs", minimum=1, maximum=1000
    )
    patience: int = setting(
        8,
        help="The first model stops when validation has not improved for so long.",
        unit="epochs",
        minimum=1,
        maximum=1000,
    )
    batch_size: int = setting(
        256, help="Pictures a step of the first model.", unit="pictures", minimum=1, maximum=65536
    )

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
        for name in ("max_depth", "n_estimators"):
            broken = [value for value in getattr(self, name) if not float(value).is_integer()]
            if broken:
                raise SettingsError(f"{name} holds {broken[0]:g}: expected whole numbers, such as 3")
        if self.folds == 1:
            raise SettingsError("folds is 1: expected 0, or at least 2, because a part needs others to learn from")
        if self.correct_first and not self.folds:
            raise SettingsError(
                "correct_first needs folds of at least 2: on pictures it learned by heart the first model leaves "
                "nothing to correct; set folds=5 or correct_first=no"
            )
