"""Printed and woven patterns as tiles that repeat without a visible seam; one tile pixel is one picture pixel."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from core.catalog.demo.studio.palette import darker, lighter, mixed

Tile = np.ndarray
Colors = tuple[np.ndarray, np.ndarray, np.ndarray]


def stripes(colors: Colors, chance: np.random.Generator, *, upright: bool = False) -> Tile:
    """Draw even stripes of the second color on the first: breton, pin or block stripes."""
    period = int(chance.choice([12, 16, 22, 30, 40]))
    share = float(chance.choice([0.22, 0.35, 0.5]))
    line = _wave(period, share, count=4)
    share_of_second = np.broadcast_to(line[:, None], (len(line), len(line)))
    return _two(colors[0], colors[1], share_of_second.T if upright else share_of_second)


def pinstripes(colors: Colors, chance: np.random.Generator) -> Tile:
    """Draw thin upright lines."""
    period = int(chance.choice([9, 12, 16]))
    line = _wave(period, 1.6 / period, count=6) * 0.75
    return _two(colors[0], colors[1], np.broadcast_to(line[None], (len(line), len(line))))


def gingham(colors: Colors, chance: np.random.Generator) -> Tile:
    """Draw small even checks: white, half tone and full tone."""
    period = int(chance.choice([12, 16, 20, 26]))
    line = _wave(period, 0.5, count=4)
    light = lighter(colors[1], 0.5) if colors[1].mean() < 0.8 else colors[1]
    return _two(light, colors[0], (line[:, None] + line[None]) / 2)


def tartan(colors: Colors, chance: np.random.Generator) -> Tile:
    """Draw a plaid: wide bands of the second color, thin lines of the third, woven both ways."""
    period = int(chance.choice([44, 56, 72]))
    wide, thin = np.zeros(period, np.float32), np.zeros(period, np.float32)
    wide[: int(period * 0.38)] = 1
    thin[int(period * 0.62) : int(period * 0.62) + 3] = 1
    thin[int(period * 0.76) : int(period * 0.76) + 2] = 0.7
    wide, thin = (np.tile(_softened(band), 2) for band in (wide, thin))
    cloth = _two(colors[0], darker(colors[1], 0.2), (wide[:, None] + wide[None]) * 0.38).astype(np.float32) / 255
    lines = np.clip(thin[:, None] + thin[None], 0, 1)[..., None] * 0.75
    twill = 1 + 0.05 * np.sign(np.sin((np.arange(2 * period)[:, None] + np.arange(2 * period)[None]) * np.pi / 2 + 0.3))
    return _bytes((cloth * (1 - lines) + colors[2] * lines) * twill[..., None])


def dots(colors: Colors, chance: np.random.Generator) -> Tile:
    """Draw polka dots in two staggered rows."""
    period = int(chance.choice([18, 24, 32, 44]))
    radius = period * float(chance.uniform(0.16, 0.27))
    spots = [(0.25, 0.25), (0.75, 0.75)]

    def polka(paint: _Stamp) -> None:
        for x, y in spots:
            paint.disc(x, y, radius, colors[1])

    return _stamped(colors[0], period, polka)


def floral(colors: Colors, chance: np.random.Generator) -> Tile:
    """Scatter small blossoms with leaves."""
    side = 108
    leaf = mixed(np.array([0.34, 0.46, 0.30], np.float32), colors[0], 0.25)
    spots = _scattered(chance, count=int(chance.integers(7, 11)), gap=0.24)

    def blossoms(paint: _Stamp) -> None:
        for index, (x, y) in enumerate(spots):
            size = chance.uniform(6.5, 11)
            spin = chance.uniform(0, 6.28)
            petal = colors[1] if index % 3 else colors[2]
            for side_of in (-0.9, 0.9):
                angle = spin + side_of
                paint.leaf(x, y, size * 1.7, angle, leaf)
            for k in range(5):
                angle = spin + k * 2 * np.pi / 5
                paint.disc(
                    x + np.cos(angle) * size * 0.55 / side, y + np.sin(angle) * size * 0.55 / side, size * 0.46, petal
                )
            paint.disc(x, y, size * 0.32, lighter(np.array([0.92, 0.72, 0.3], np.float32), 0.1))

    return _stamped(colors[0], side, blossoms)


def leaves(colors: Colors, chance: np.random.Generator) -> Tile:
    """Scatter sprigs: a thin stem with pairs of leaves and one at the tip, in two tones."""
    side = 112
    spots = _scattered(chance, count=6, gap=0.3)

    def foliage(paint: _Stamp) -> None:
        for index, (x, y) in enumerate(spots):
            spin, length = chance.uniform(0, 6.28), chance.uniform(26, 34)
            tone = colors[1] if index % 3 else mixed(colors[1], colors[0], 0.4)
            heading = np.array([np.cos(spin), np.sin(spin)])
            paint.leaf(x, y, length, spin, tone, width=0.035)
            for share in (0.25, 0.5, 0.75):
                foot = np.array([x, y]) + heading * length * share / side
                for lean in (-0.75, 0.75):
                    paint.leaf(foot[0], foot[1], length * (0.52 - 0.25 * share), spin + lean, tone, width=0.17)
            tip = np.array([x, y]) + heading * length * 0.9 / side
            paint.leaf(tip[0], tip[1], length * 0.36, spin, tone, width=0.17)

    return _stamped(colors[0], side, foliage)


def terrazzo(colors: Colors, chance: np.random.Generator) -> Tile:
    """Scatter angular chips of three tones."""
    spots = _scattered(chance, count=26, gap=0.1)
    tones = [colors[1], colors[2], darker(colors[0], 0.35)]

    def chips(paint: _Stamp) -> None:
        for index, (x, y) in enumerate(spots):
            angles = np.sort(chance.uniform(0, 2 * np.pi, 5))
            reach = chance.uniform(2.5, 7.0)
            paint.polygon(x, y, np.stack([np.cos(angles), np.sin(angles)], 1) * reach, tones[index % 3])

    return _stamped(colors[0], 96, chips)


def zigzag(colors: Colors, chance: np.random.Generator) -> Tile:
    """Draw chevrons."""
    period = int(chance.choice([16, 24, 32]))
    side = period * 4
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    ramp = np.abs(((x / period) % 1) - 0.5) * 2
    phase = (y / period + ramp * 0.6) % 1
    share = np.clip((0.25 - np.abs(phase - 0.5)) * period / 1.5 + 0.5, 0, 1)
    return _two(colors[0], colors[1], share)


PATTERNS: dict[str, Callable[[Colors, np.random.Generator], Tile]] = {
    "striped": stripes,
    "pinstriped": pinstripes,
    "gingham": gingham,
    "checked": tartan,
    "dotted": dots,
    "floral": floral,
    "leaf print": leaves,
    "terrazzo": terrazzo,
    "zigzag": zigzag,
}


class _Stamp:
    """Draws on a tile three times its size, then keeps the middle, so that shapes wrap around."""

    def __init__(self, ground: np.ndarray, side: int) -> None:
        self.side = side
        self.big = np.empty((side * 2, side * 2, 3), np.uint8)
        self.big[:] = (ground * 255).astype(np.uint8)

    def polygon(self, x: float, y: float, points: np.ndarray, color: np.ndarray) -> None:
        value = tuple(float(v) for v in color * 255)
        for across in (-1, 0, 1):
            for down in (-1, 0, 1):
                moved = np.add(points, ((x + across) * self.side, (y + down) * self.side)) * 2
                cv2.fillPoly(self.big, [np.round(moved * 16).astype(np.int32)], value, cv2.LINE_AA, 4)

    def disc(self, x: float, y: float, radius: float, color: np.ndarray) -> None:
        angle = np.linspace(0, 2 * np.pi, 22, endpoint=False)
        self.polygon(x, y, np.stack([np.cos(angle), np.sin(angle)], 1) * radius, color)

    def leaf(self, x: float, y: float, length: float, angle: float, color: np.ndarray, *, width: float = 0.16) -> None:
        along = np.linspace(0, 1, 9)
        wide = np.sin(along * np.pi) ** 0.8 * length * width
        shape = np.concatenate([np.stack([along * length, wide], 1), np.stack([along * length, -wide], 1)[::-1]])
        cos, sin = np.cos(angle), np.sin(angle)
        self.polygon(x, y, shape @ np.array([[cos, sin], [-sin, cos]]), color)


def _stamped(ground: np.ndarray, side: int, draw: Callable[[_Stamp], object]) -> Tile:
    stamp = _Stamp(ground, side)
    draw(stamp)
    return cv2.resize(stamp.big, (side, side), interpolation=cv2.INTER_AREA)


def _scattered(chance: np.random.Generator, *, count: int, gap: float) -> list[tuple[float, float]]:
    """Place spots on a torus at least a gap apart where that is possible."""
    spots: list[tuple[float, float]] = []
    for _ in range(count * 20):
        x, y = chance.uniform(0, 1, 2)
        apart = [max(min(abs(x - a), 1 - abs(x - a)), min(abs(y - b), 1 - abs(y - b))) for a, b in spots]
        if not apart or min(apart) >= gap:
            spots.append((float(x), float(y)))
        if len(spots) == count:
            break
    return spots


def _wave(period: int, share: float, *, count: int) -> np.ndarray:
    """Give a repeated soft-edged band: 1 over a share of each period."""
    position = np.arange(period * count, dtype=np.float32) % period / period
    edge = 1.2 / period
    return np.clip((share / 2 - np.abs(position - 0.5)) / edge + 0.5, 0, 1).astype(np.float32)


def _softened(band: np.ndarray) -> np.ndarray:
    return np.convolve(np.concatenate([band[-1:], band, band[:1]]), [0.25, 0.5, 0.25], mode="valid").astype(np.float32)


def _two(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> Tile:
    return _bytes(first * (1 - share[..., None]) + second * share[..., None])


def _bytes(tile: np.ndarray) -> Tile:
    return np.clip(tile * 255 + 0.5, 0, 255).astype(np.uint8)
