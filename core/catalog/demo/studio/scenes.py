"""Backgrounds and shadows: studio paper, colored paper, wall and floor, table tops and blurred rooms."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from core.catalog.demo.studio.canvas import SIDE, Canvas, bounds
from core.catalog.demo.studio.light import blurred
from core.catalog.demo.studio.materials import speckle, wood
from core.catalog.demo.studio.palette import BACKDROPS, darker, lighter, mixed
from core.catalog.demo.studio.pixels import as_bytes, colored, filled, laid, shifted, spread

_GRID = np.mgrid[0:100, 0:100].astype(np.float32) / 99 - 0.5
WOODS = ((188, 150, 110), (150, 108, 74), (214, 188, 152), (112, 80, 58))


def background(kind: str, chance: np.random.Generator, *, base_row: float) -> np.ndarray:
    """Draw a background.

    Args:
        kind: "white", "grey", "paper", "room", "table" or "bokeh".
        chance: Random source.
        base_row: Row where the product stands, for horizons above it.

    Returns:
        float32 (400, 400, 3), 0..1.
    """
    return _KINDS[kind](chance, base_row)


def compose(canvas: Canvas, scene: np.ndarray, *, standing: bool, strength: float) -> np.ndarray:
    """Lay a drawn product with its shadow over a background. Returns RGB uint8 (400, 400, 3)."""
    alpha = cv2.resize(canvas.alpha, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA)
    small = _floor_shadow(canvas, alpha) if standing else _drop_shadow(alpha)
    shadow = cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    left = (1 - np.clip(shadow, 0, 1) * np.float32(0.9 * strength)) * (1 - canvas.alpha)
    kept = spread(cv2.convertScaleAbs(left, alpha=255))
    return cv2.add(cv2.multiply(as_bytes(scene), kept, scale=1 / 255), as_bytes(canvas.rgb))


def developed(picture: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Finish like a camera: exposure, white balance, contrast, a little blur and grain. Returns uint8 (400, 400, 3)."""
    gain = chance.uniform(0.95, 1.035) * np.array([chance.normal(1, 0.012), 1, chance.normal(1, 0.014)])
    levels = np.clip(np.arange(256)[:, None] * gain + 0.5, 0, 255).astype(np.uint8)
    taken = cv2.LUT(picture, levels[None])
    if chance.random() < 0.25:
        taken = cv2.GaussianBlur(taken, (0, 0), chance.uniform(0.4, 0.75))
    top, left = chance.integers(0, 112, 2)
    lighter_grain, darker_grain = _grain(int(chance.integers(4)))
    window = (slice(top, top + SIDE), slice(left, left + SIDE))
    return cv2.subtract(cv2.add(taken, lighter_grain[window]), darker_grain[window])


@lru_cache(maxsize=4)
def _grain(strength: int) -> tuple[np.ndarray, np.ndarray]:
    """Give film grain as what to add and what to take away, two uint8 (512, 512, 3)."""
    grain = speckle(512, 0.0, 99) * np.float32(0.3 + 0.5 * strength)
    return spread(np.round(np.maximum(grain, 0)).astype(np.uint8)), spread(
        np.round(np.maximum(-grain, 0)).astype(np.uint8)
    )


def _drop_shadow(alpha: np.ndarray) -> np.ndarray:
    """Throw the shadow of something lying flat or hanging close to a wall, float32 (200, 200)."""
    near, far = shifted(alpha, 1, 3), shifted(alpha, 4, 7)
    return np.float32(0.55) * blurred(near, 2.0) + np.float32(0.5) * blurred(far, 7.5)


def _floor_shadow(canvas: Canvas, alpha: np.ndarray) -> np.ndarray:
    """Throw the shadow of something standing: its outline laid on the floor, and a dark line of contact."""
    if canvas.ground.any():
        ground = cv2.resize(canvas.ground, alpha.shape[::-1], interpolation=cv2.INTER_AREA)
        return np.float32(0.6) * blurred(ground, 2.5) + np.float32(0.5) * blurred(ground, 8.0)
    box = bounds(alpha)
    if box is None:
        return alpha
    base = box[0].stop
    squash, lean = 0.16, -0.34
    flat = np.array([[1, lean, -lean * base], [0, squash, base * (1 - squash) - 1.5]], np.float32)
    cast = cv2.warpAffine(alpha, flat, alpha.shape[::-1])
    foot = np.zeros_like(alpha)
    foot[max(0, base - 3) : base + 1] = alpha[max(0, base - 8) : base].max(axis=0)
    soft = np.float32(0.75) * blurred(foot, 2.5) + np.float32(0.3) * blurred(foot, 8.0)
    return np.float32(0.55) * blurred(cast, 5.0) + soft


def _studio(color: np.ndarray, chance: np.random.Generator, fall: float) -> np.ndarray:
    """Light a seamless backdrop: brightest around the middle, falling off to the corners."""
    y, x = _GRID
    center = chance.uniform(-0.15, 0.15, 2)
    away = np.sqrt((x - center[0]) ** 2 + (y - center[1] + 0.08) ** 2)
    light = 1 - fall * away**1.6 * 1.6
    return cv2.resize(np.clip(colored(light, color), 0, 1), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def _white(chance: np.random.Generator, base_row: float) -> np.ndarray:
    return _studio(np.full(3, chance.uniform(0.975, 1.0), np.float32), chance, float(chance.choice([0, 0.03, 0.08])))


def _grey(chance: np.random.Generator, base_row: float) -> np.ndarray:
    tone = chance.uniform(0.84, 0.94)
    return _studio(
        np.array([tone, tone, tone * chance.uniform(0.985, 1.02)], np.float32), chance, chance.uniform(0.1, 0.35)
    )


def _paper(chance: np.random.Generator, base_row: float) -> np.ndarray:
    color = np.array(BACKDROPS[int(chance.integers(len(BACKDROPS)))], np.float32) / 255
    scene = _studio(mixed(color, np.ones(3, np.float32), chance.uniform(0, 0.3)), chance, chance.uniform(0.1, 0.3))
    if chance.random() < 0.5:
        return scene
    horizon = base_row - chance.uniform(30, 60)
    rows = np.clip((np.arange(SIDE) - horizon) / 26, 0, 1).astype(np.float32)[:, None, None]
    return np.clip(scene * (0.94 + 0.07 * rows), 0, 1)


def _room(chance: np.random.Generator, base_row: float) -> np.ndarray:
    """Draw a plain wall over a wooden or carpeted floor, with a skirting board and light from a window."""
    wall = mixed(
        np.array(BACKDROPS[int(chance.integers(len(BACKDROPS)))], np.float32) / 255, np.ones(3, np.float32), 0.35
    )
    horizon = int(np.clip(base_row - chance.uniform(34, 80), 200, 372))
    scene = _studio(wall, chance, 0.3)
    scene[horizon:] = _planks(SIDE - horizon, chance)
    board = int(chance.integers(8, 15))
    scene[horizon - board : horizon] = lighter(wall, 0.6)
    scene[horizon - board - 1] *= 0.86
    scene[horizon - 2 : horizon] *= 0.8
    drop = np.exp(-np.arange(SIDE - horizon, dtype=np.float32) / 12) * 0.22
    scene[horizon:] *= (1 - drop)[:, None, None]
    if chance.random() < 0.5:
        scene += spread(_window(chance) * np.float32(0.09))
    soft = cv2.GaussianBlur(scene, (0, 0), chance.uniform(0.8, 2.2))
    return np.clip(soft, 0, 1)


def _table(chance: np.random.Generator, base_row: float) -> np.ndarray:
    """Draw a wooden table top before an out-of-focus room."""
    horizon = int(np.clip(base_row - chance.uniform(46, 100), 150, 345))
    scene = _bokeh(chance, base_row)
    scene[horizon:] = _planks(SIDE - horizon, chance, boards=False)
    blurry = cv2.GaussianBlur(scene, (0, 0), 3.0)
    depth = np.clip((np.arange(SIDE) - horizon) / 70, 0, 1).astype(np.float32)[:, None, None]
    return np.clip(blurry * (1 - depth) + scene * depth, 0, 1)


def _bokeh(chance: np.random.Generator, base_row: float) -> np.ndarray:
    """Draw an out-of-focus room: broad patches of tone and a few discs of light."""
    base = np.array(BACKDROPS[int(chance.integers(len(BACKDROPS)))], np.float32) / 255
    scene = filled(darker(base, chance.uniform(0.05, 0.35)), (100, 100))
    for _ in range(7):
        tone = mixed(base, chance.uniform(0.35, 1.0, 3).astype(np.float32), 0.4)
        x, y = chance.integers(-10, 100, 2)
        w, h = chance.integers(12, 45, 2)
        cv2.rectangle(scene, (int(x), int(y)), (int(x + w), int(y + h)), tuple(float(v) for v in tone), -1)
    scene = cv2.GaussianBlur(scene, (0, 0), 7)
    discs = np.zeros((100, 100), np.float32)
    for _ in range(int(chance.integers(3, 10))):
        spot = np.zeros_like(discs)
        x, y = chance.integers(0, 100, 2)
        cv2.circle(
            spot, (int(x), int(y * 0.7)), int(chance.integers(4, 9)), float(chance.uniform(0.08, 0.22)), -1, cv2.LINE_AA
        )
        discs += spot
    scene = scene + cv2.GaussianBlur(discs, (0, 0), 0.9)[..., None] * np.array([1, 0.95, 0.8], np.float32)
    return np.clip(cv2.resize(scene, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), 0, 1)


def _planks(rows: int, chance: np.random.Generator, *, boards: bool = True) -> np.ndarray:
    """Draw boards running to the back in perspective, float32 (rows, 400, 3)."""
    color = np.array(WOODS[int(chance.integers(len(WOODS)))], np.float32) / 255
    tile = _plank_tile(tuple(float(v) for v in np.round(color, 3)), int(chance.integers(3)), boards)
    far, near = chance.uniform(0.9, 1.2), chance.uniform(0.45, 0.7)
    side = float(tile.shape[0])
    shift = chance.uniform(0, side)
    source = np.array([[0, 0], [SIDE, 0], [SIDE, rows], [0, rows]], np.float32)
    middle = side / 2
    half_far, half_near = SIDE * far, SIDE * near
    target = np.array(
        [
            [middle - half_far + shift, 0],
            [middle + half_far + shift, 0],
            [middle + half_near + shift, rows * 2.6],
            [middle - half_near + shift, rows * 2.6],
        ],
        np.float32,
    )
    warp = cv2.getPerspectiveTransform(source, target)
    return laid(tile, warp, (rows, SIDE)).astype(np.float32) * np.float32(1 / 255)


@lru_cache(maxsize=64)
def _plank_tile(color: tuple[float, ...], key: int, boards: bool) -> np.ndarray:
    chance = np.random.default_rng([31, key])
    base = np.array(color, np.float32)
    tile = np.concatenate([wood(base, chance, upright=boards).tile, wood(base, chance, upright=boards).tile], axis=1)
    tile = cv2.resize(np.concatenate([tile, tile[:, ::-1]], axis=0), (448, 448)).astype(np.float32)
    if boards:
        for start in range(0, 448, 64):
            tile[:, start : start + 64] *= chance.uniform(0.9, 1.08)
            tile[:, start : start + 2] *= 0.62
    return np.clip(tile, 0, 255).astype(np.uint8)


def _window(chance: np.random.Generator) -> np.ndarray:
    """Throw slanted window light on the wall, float32 (400, 400)."""
    light = np.zeros((SIDE, SIDE), np.float32)
    left = chance.uniform(-60, 220)
    for pane in range(2):
        x = left + pane * 78
        corners = np.array([[x, 20], [x + 66, 20], [x + 146, 300], [x + 80, 300]])
        cv2.fillPoly(light, [corners.astype(np.int32)], 1.0)
    return blurred(light, 5.0)


_KINDS = {"white": _white, "grey": _grey, "paper": _paper, "room": _room, "table": _table, "bokeh": _bokeh}
