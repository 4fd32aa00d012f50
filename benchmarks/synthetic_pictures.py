"""Drawn JPEG files, as many different ones as wanted: a few drawings, each copy with a number in its comment."""

import struct
from pathlib import Path

import cv2
import numpy as np

_SHAPES = 4


def drawings(count: int, *, side_px: int, noise: int = 0, seed: int = 7) -> list[bytes]:
    """Draw the files that all others are copies of.

    Args:
        count: How many.
        side_px: Side of each.
        noise: Most that a pixel is moved by; gives the files the size of real photos.
        seed: Of what is drawn.
    """
    random = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        picture = np.full((side_px, side_px, 3), 245, dtype=np.int16)
        for _ in range(_SHAPES):
            center = tuple(int(value) for value in random.integers(side_px // 6, side_px - side_px // 6, 2))
            color = tuple(int(value) for value in random.integers(0, 255, 3))
            cv2.circle(picture, center, int(random.integers(side_px // 20, side_px // 4)), color, -1)
        picture += random.integers(-noise, noise + 1, picture.shape, dtype=np.int16)
        pixels = np.clip(picture, 0, 255).astype(np.uint8)
        found.append(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())
    return found


def numbered(drawing: bytes, number: int) -> bytes:
    """Write a number into a comment right after the start of a JPEG, so that its hash is its own."""
    comment = f"picture {number}".encode()
    return drawing[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + drawing[2:]


def category_pictures(folder: Path, *, per_category: int, side_px: int, seed: int = 7) -> None:
    """Write pictures of four categories, two levels deep, that color and shape tell apart.

    Args:
        folder: Where ``Warm/red`` and the like are made.
        per_category: Pictures of each.
        side_px: Side of each.
        seed: Of what is drawn.
    """
    random = np.random.default_rng(seed)
    colors = {"Warm/red": (200, 40, 40), "Warm/amber": (220, 150, 40)}
    for name, color in (colors | {"Cold/green": (40, 160, 60), "Cold/blue": (40, 60, 200)}).items():
        (folder / name).mkdir(parents=True)
        for number in range(per_category):
            picture = np.full((side_px, side_px, 3), 235, dtype=np.int16)
            center = tuple(int(value) for value in random.integers(side_px // 3, 2 * side_px // 3, 2))
            cv2.circle(picture, center, int(random.integers(side_px // 5, side_px // 3)), color, -1)
            picture += random.integers(-40, 41, picture.shape, dtype=np.int16)
            pixels = np.clip(picture, 0, 255).astype(np.uint8)[:, :, ::-1]
            cv2.imwrite(str(folder / name / f"{number:03}.png"), pixels)
