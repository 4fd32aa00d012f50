"""How visual words are fitted; the defaults are the values of report S3."""

from dataclasses import dataclass

from core.errors import SettingsError
from core.vision.bovw import DESCRIPTOR_NUMBERS, MOST_WORDS, REPORT_COMPONENTS, REPORT_WORDS


@dataclass(frozen=True)
class WordsSettings:
    """How visual words are fitted.

    Attributes:
        words: How many, K; 0 takes the elbow of the candidates. Default: the report's 20.
        components: Principal components of a descriptor, P. Default: the report's 69.
        sample_pictures: At most so many pictures are looked at, drawn by the seed.
        descriptors_a_picture: At most so many of each, drawn by the seed. Together they bound memory to some 350 MB.
        seed: Of every draw.
        with_choice: Whether elbow and silhouette of other numbers of words are told.
    """

    words: int = REPORT_WORDS
    components: int = REPORT_COMPONENTS
    sample_pictures: int = 1000
    descriptors_a_picture: int = 200
    seed: int = 0
    with_choice: bool = True

    def __post_init__(self) -> None:
        ranges = {
            "words": (0, MOST_WORDS),
            "components": (1, DESCRIPTOR_NUMBERS),
            "sample_pictures": (1, 5000),
            "descriptors_a_picture": (1, 200),
            "seed": (0, 2**32 - 1),
        }
        for name, (least, most) in ranges.items():
            if not least <= getattr(self, name) <= most:
                raise SettingsError(f"{name} is {getattr(self, name)}: expected {least} to {most}")
