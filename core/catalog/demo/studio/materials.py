"""Materials: the fine structure of cloth, knit, denim, leather, wood, stone and metal, as skins."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from core.catalog.demo.studio.palette import darker, lighter
from core.catalog.demo.studio.pixels import as_bytes
from core.catalog.demo.studio.skins import Skin


@lru_cache(maxsize=64)
def speckle(side: int, softness: float, key: int) -> np.ndarray:
    """Give repeating noise, float32 (side, side), mean 0 and standard deviation 1; larger softness, larger grains."""
    noise = np.random.default_rng([917, key]).standard_normal((side, side)).astype(np.float32)
    wrapped = cv2.copyMakeBorder(noise, 32, 32, 32, 32, cv2.BORDER_WRAP)
    soft = cv2.GaussianBlur(wrapped, (0, 0), softness)[32:-32, 32:-32] if softness > 0 else noise
    return (soft - soft.mean()) / soft.std()


def woven(color: np.ndarray, *, tile: np.ndarray | None = None, roughness: float = 0.05) -> Skin:
    """Cover with plain cloth, printed when a tile is given."""
    return Skin(color, tile, speckle(128, 0.8, 1) * roughness)


def slubbed(color: np.ndarray) -> Skin:
    """Cover with linen: irregular threads both ways."""
    across = cv2.GaussianBlur(speckle(128, 0.5, 2), (0, 0), sigmaX=6, sigmaY=0.4, borderType=cv2.BORDER_REFLECT)
    down = cv2.GaussianBlur(speckle(128, 0.5, 3), (0, 0), sigmaX=0.4, sigmaY=6, borderType=cv2.BORDER_REFLECT)
    threads = (across + down) * 0.05
    return Skin(color, _toned(color, threads), speckle(128, 0.7, 1) * 0.06)


def knitted(
    color: np.ndarray, chance: np.random.Generator, *, tile: np.ndarray | None = None, cabled: bool = False
) -> Skin:
    """Cover with rows of V stitches, or cables twisting between ribs."""
    wide = int(chance.choice([6, 8, 10]))
    side = wide * 16
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    lean = np.abs(((x / wide) % 1) - 0.5) * wide * 0.9
    rows = np.abs(np.sin((y + lean) * np.pi / (wide * 0.8)))
    columns = np.sqrt(np.abs(np.sin(x / wide * np.pi)))
    bumps = (rows * 0.5 + columns * 0.5) * wide * 0.14
    if cabled:
        bumps = bumps * 0.6 + _cables(side, wide)
    shade = np.clip((bumps - bumps.mean()) * 0.09, -0.16, 0.08)
    body = _toned(color, shade) if tile is None else tile
    return Skin(color, body, bumps.astype(np.float32))


def ribbed(color: np.ndarray, *, period: int = 6) -> Skin:
    """Cover with upright ribs, as on cuffs and hems."""
    x = np.arange(period * 16, dtype=np.float32)
    rib = np.abs(np.sin(x * np.pi / period)) * period * 0.2
    bumps = np.broadcast_to(rib[None], (len(x), len(x))).copy()
    return Skin(color, _toned(color, (bumps - bumps.mean()) * 0.08), bumps)


def denim(color: np.ndarray) -> Skin:
    """Cover with twill: white weft shows between slanted warp lines."""
    y, x = np.mgrid[0:120, 0:120].astype(np.float32)
    twill = np.sin((x + y) * 2 * np.pi / 4) * 0.035
    slubs = cv2.GaussianBlur(speckle(120, 0.4, 4), (0, 0), sigmaX=0.5, sigmaY=5) * 0.05
    return Skin(color, _toned(color, twill + slubs + speckle(120, 0.6, 5) * 0.02), speckle(120, 0.7, 6) * 0.045)


def leather(color: np.ndarray, *, grain: float = 0.06) -> Skin:
    """Cover with grained leather, uneven in tone."""
    pebbles = np.abs(speckle(192, 1.5, 7)) * -grain
    return Skin(color, _toned(color, speckle(192, 14, 8) * 0.018 + pebbles * 0.03), pebbles)


def suede(color: np.ndarray) -> Skin:
    """Cover with suede: brushed in soft patches."""
    return Skin(
        color, _toned(color, speckle(192, 6, 9) * 0.028 + speckle(192, 0.8, 10) * 0.025), speckle(192, 0.9, 10) * 0.035
    )


def quilted(color: np.ndarray, *, period: int = 40, diagonal: bool = True) -> Skin:
    """Cover with stitched pillows, square on the tip or in upright-standing rows."""
    side = period * 4
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    a, b = ((x + y) / period, (x - y) / period) if diagonal else (x * 0 + 0.5, y / period)
    pillow = np.abs(np.sin(a * np.pi)) ** 0.5 * np.abs(np.sin(b * np.pi)) ** 0.5
    return Skin(color, _toned(color, (pillow - 0.7) * 0.12), (pillow * period * 0.17).astype(np.float32))


def corduroy(color: np.ndarray) -> Skin:
    """Cover with velvet cords."""
    return ribbed(color, period=5)


def boucle(color: np.ndarray) -> Skin:
    """Cover with curly loops."""
    return Skin(color, _toned(color, speckle(160, 1.6, 11) * 0.035), np.abs(speckle(160, 1.5, 12)) * 0.9)


def _along(field: np.ndarray, length: float) -> np.ndarray:
    """Draw a repeating field out along x and give it a standard deviation of 1 again."""
    pad = 3 * int(length)
    wide = cv2.copyMakeBorder(field, 0, 0, pad, pad, cv2.BORDER_WRAP)
    drawn = cv2.GaussianBlur(wide, (0, 0), sigmaX=length, sigmaY=0.35)[:, pad:-pad]
    return (drawn - drawn.mean()) / drawn.std()


@lru_cache(maxsize=32)
def _grain_field(key: int, side: int) -> np.ndarray:
    """Give wood grain running along x: wavy year rings with fine pores, float32 (side, side), about -1..1."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    bend = _along(speckle(side, 7, 20 + key), 30) * 5
    rings = np.sin((y + bend + 3 * np.sin(x * 2 * np.pi / side)) * 2 * np.pi / (side / (9 + key % 5)))
    pores = _along(speckle(side, 0.5, 30 + key), 14)
    return (rings * 0.3 + pores * 0.42 + _along(speckle(side, 5, 40 + key), 40) * 0.38).astype(np.float32)


def wood(color: np.ndarray, chance: np.random.Generator, *, upright: bool = False) -> Skin:
    """Cover with wood grain, running sideways or upright."""
    field = _grain_field(int(chance.integers(4)), 224)
    field = field.T.copy() if upright else field
    return Skin(color, _toned(color, field * 0.055), None)


def marble(color: np.ndarray, vein: np.ndarray, chance: np.random.Generator) -> Skin:
    """Cover with veined stone."""
    key = int(chance.integers(4))
    veins = np.exp(-np.abs(speckle(224, 12, 50 + key) + speckle(224, 3, 60 + key) * 0.16) * 14)
    cloud = speckle(224, 16, 70 + key) * 0.02
    share = np.clip(veins * 0.55, 0, 1)[..., None]
    return Skin(color, _bytes((color + cloud[..., None]) * (1 - share) + vein * share), None)


def speckled(color: np.ndarray, fleck: np.ndarray) -> Skin:
    """Cover with stoneware glaze: clouds of tone and dark flecks."""
    flecks = np.clip((speckle(224, 0.9, 80) - 2.1) * 2.5, 0, 1)[..., None] * 0.75
    body = color * (1 + speckle(224, 18, 81)[..., None] * 0.02)
    return Skin(color, _bytes(body * (1 - flecks) + fleck * flecks), None)


def brushed(color: np.ndarray) -> Skin:
    """Cover with brushed metal: fine lines along x."""
    lines = cv2.GaussianBlur(speckle(160, 0.3, 90), (0, 0), sigmaX=14, sigmaY=0.5, borderType=cv2.BORDER_REFLECT)
    return Skin(color, _toned(color, lines * 0.12), None)


def canvas_cloth(color: np.ndarray, *, tile: np.ndarray | None = None) -> Skin:
    """Cover with coarse cotton canvas."""
    y, x = np.mgrid[0:128, 0:128].astype(np.float32)
    weave = np.sin(x * np.pi / 2) * np.sin(y * np.pi / 2) * 0.22 + speckle(128, 0.8, 1) * 0.07
    body = _toned(color, weave * 0.05) if tile is None else tile
    return Skin(color, body, weave.astype(np.float32))


def straw(color: np.ndarray, *, period: int = 12) -> Skin:
    """Cover with plaited straw or cane: blocks woven over and under."""
    side = period * 12
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    over = ((x // period) + (y // period)) % 2
    across = np.sin(y / period * np.pi % np.pi) * over
    down = np.sin(x / period * np.pi % np.pi) * (1 - over)
    bumps = (across + down) * period * 0.16
    return Skin(
        color, _toned(color, (bumps - bumps.mean()) * 0.1 + speckle(side, 0.7, 95) * 0.03), bumps.astype(np.float32)
    )


def _cables(side: int, wide: int) -> np.ndarray:
    """Give the height of pairs of strands crossing over each other, in pixels."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    band = (x % (wide * 8)) / (wide * 8)
    swing = 0.11 * np.sin(y / (wide * 4) * 2 * np.pi)
    left = np.exp(-(((band - 0.5 - swing) / 0.085) ** 2))
    right = np.exp(-(((band - 0.5 + swing) / 0.085) ** 2))
    return np.maximum(left, right) * wide * 0.5


def _toned(color: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Lighten (positive) or darken (negative) a color by a field. Returns a uint8 tile (H, W, 3)."""
    lift = np.clip(change, 0, 1) * np.float32(0.25)
    return _bytes(cv2.merge([np.float32(part) * (1 + change) + lift for part in color]))


def _bytes(tile: np.ndarray) -> np.ndarray:
    return as_bytes(tile.astype(np.float32))


def edge_of(color: np.ndarray) -> np.ndarray:
    """Choose the color of thread or trim that shows on a color: lighter on dark, darker on light."""
    return lighter(color, 0.35) if color.mean() < 0.45 else darker(color, 0.3)
