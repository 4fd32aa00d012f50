"""The chart colors must stay apart for every kind of sight, in both themes."""

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from core.ui.palette import PART_NAMES, ink_on_primary, part_colors, verdict_colors

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(color: str) -> np.ndarray:
    srgb = np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Ottosson 2020."""
    cone = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ np.clip(rgb, 0, 1)
    )
    return (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ cone
    )


def contrast(color: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    lights = sorted(float(linear(value) @ [0.2126, 0.7152, 0.0722]) + 0.05 for value in (color, other))
    return lights[1] / lights[0]


def blended(front: str, back: str, share: float) -> str:
    """What is seen of a color that lets some of another through."""
    values = [int(color[place : place + 2], 16) for place in (1, 3, 5) for color in (front, back)]
    mixed = [share * one + (1 - share) * other for one, other in zip(values[::2], values[1::2], strict=True)]
    return "#" + "".join(f"{round(value):02X}" for value in mixed)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_categorical_colors_stay_apart(mode, sight):
    seen = [oklab(SIGHTS[sight] @ linear(color)) for color in CONFIG["theme"][mode]["chartCategoricalColors"]]
    nearest = min(100 * float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2))
    # 2 is a just noticeable difference in OKLab x 100; legends are read at a glance, so five times that.
    assert nearest >= 10


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_scales_have_the_ten_colors_streamlit_takes(mode):
    # With another number Streamlit silently falls back to its own colors.
    assert [len(CONFIG["theme"][mode][f"chart{name}Colors"]) for name in ("Sequential", "Diverging")] == [10, 10]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_sequential_colors_go_one_way_in_lightness(mode):
    lightness = [oklab(linear(color))[0] for color in CONFIG["theme"][mode]["chartSequentialColors"]]
    steps = np.diff(lightness)
    assert (steps < 0).all() if mode == "light" else (steps > 0).all()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_is_readable_on_every_background(mode):
    theme = CONFIG["theme"][mode]
    for background in (
        theme["backgroundColor"],
        theme["secondaryBackgroundColor"],
        theme["sidebar"]["backgroundColor"],
    ):
        assert contrast(theme["textColor"], background) >= 7  # WCAG AAA for text
        assert contrast(theme["linkColor"], background) >= 4.5  # WCAG AA for text
    assert contrast(ink_on_primary(mode), theme["primaryColor"]) >= 4.5  # what is written on buttons
    chosen = blended(theme["primaryColor"], theme["backgroundColor"], 0.1)  # a chosen word lies on a faint layer of it
    assert contrast(theme["primaryColor"], chosen) >= 4.5
    for background in (theme["backgroundColor"], theme["sidebar"]["backgroundColor"]):
        caption = blended(theme["textColor"], background, 0.6)  # Streamlit writes captions with 60 % of the text color
        assert contrast(caption, background) >= 4.5


def test_colors_come_from_the_configuration_file():
    assert verdict_colors("light") == {"right": "#0F766E", "wrong": "#E08A1E"}
    assert list(part_colors("dark")) == list(PART_NAMES)
    assert set(part_colors("dark").values()) <= set(CONFIG["theme"]["dark"]["chartCategoricalColors"])


def test_the_server_is_closed_by_default():
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["server"]["allowedHosts"] == ["localhost", "127.0.0.1", "::1"]
    assert CONFIG["server"]["enableXsrfProtection"] and CONFIG["server"]["enableCORS"]
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "type"
    assert CONFIG["runner"]["magicEnabled"] is False
    assert not [key for key in CONFIG["theme"] if "http" in str(CONFIG["theme"][key])]  # no font from elsewhere
