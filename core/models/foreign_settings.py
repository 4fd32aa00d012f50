"""Settings of a model from elsewhere: what its pictures look like to it, and what loading it may cost."""

from dataclasses import dataclass

from core.models.settings import check_settings, setting

SCALINGS = ("none", "0-1", "-1-1", "caffe", "imagenet")
OUTPUTS = ("auto", "softmax", "sigmoid", "logits")


@dataclass(frozen=True)
class ForeignSettings:
    """Settings of a model from elsewhere."""

    side_px: int = setting(
        0, help="Side of its pictures; 0 takes what the model says.", unit="pixels", minimum=0, maximum=1024
    )
    scaling: str = setting(
        "none",
        help="How it wants its pixels: none 0 to 255 (as when the model scales them itself), 0-1, -1-1, caffe (blue, "
        "green, red minus their means) or imagenet (0-1, minus means, over deviations).",
        choices=SCALINGS,
    )
    picture_fit: str = setting(
        "resize",
        help="How pictures become square: resize stretches them, as Keras' folders do.",
        choices=("resize", "pad"),
    )
    output: str = setting("auto", help="What its last layer gives; auto tells by the layer.", choices=OUTPUTS)
    memory_mib: int = setting(8192, help="Most memory loading it may take.", unit="MiB", minimum=2048, maximum=262144)
    seconds: int = setting(300, help="Longest time loading it may take.", unit="seconds", minimum=10, maximum=7200)

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
