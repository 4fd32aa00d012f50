"""One picture of one product: pose, light, drawing, background, camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from core.catalog.demo.shapes.backpacks import draw_backpack
from core.catalog.demo.shapes.boots import draw_boot
from core.catalog.demo.shapes.chairs import draw_chair
from core.catalog.demo.shapes.dresses import draw_dress
from core.catalog.demo.shapes.handbags import draw_handbag
from core.catalog.demo.shapes.jackets import draw_jacket
from core.catalog.demo.shapes.lamps import draw_lamp
from core.catalog.demo.shapes.mugs import draw_mug
from core.catalog.demo.shapes.pumps import draw_pump
from core.catalog.demo.shapes.shirts import draw_shirt
from core.catalog.demo.shapes.sneakers import draw_sneaker
from core.catalog.demo.shapes.sofas import draw_sofa
from core.catalog.demo.shapes.sweaters import draw_sweater
from core.catalog.demo.shapes.tables import draw_table
from core.catalog.demo.shapes.totes import draw_tote
from core.catalog.demo.shapes.trousers import draw_trousers
from core.catalog.demo.shapes.vases import draw_vase
from core.catalog.demo.shapes.watches import draw_watch
from core.catalog.demo.studio import scenes
from core.catalog.demo.studio.canvas import SIDE, Canvas, Pose, bounds
from core.catalog.demo.studio.light import Light
from core.catalog.demo.studio.looks import Look, finish_of

_LYING = {"white": 0.46, "grey": 0.28, "paper": 0.19, "bokeh": 0.07}
_TABLED = {"white": 0.42, "grey": 0.22, "paper": 0.16, "table": 0.16, "bokeh": 0.04}
_FLOORED = {"white": 0.42, "grey": 0.24, "paper": 0.14, "room": 0.20}
_HUNG = {"white": 0.5, "grey": 0.28, "paper": 0.17, "bokeh": 0.05}


@dataclass(frozen=True)
class Family:
    """How the products of a category are photographed; `turn` is the spread of their turn in radians."""

    draw: Callable[..., None]
    backgrounds: dict[str, float]
    standing: bool = True
    turn: float = 0.0
    scale: float = 1.0
    mirrored: float = 0.0


FAMILIES: dict[str, Family] = {
    "shirts": Family(draw_shirt, _LYING, standing=False, turn=0.05, scale=1.0),
    "sweaters": Family(draw_sweater, _LYING, standing=False, turn=0.05, scale=0.98),
    "jackets": Family(draw_jacket, _LYING, standing=False, turn=0.045, scale=0.98),
    "dresses": Family(draw_dress, _LYING, standing=False, turn=0.04, scale=1.02),
    "trousers": Family(draw_trousers, _LYING, standing=False, turn=0.05, scale=1.02),
    "sneakers": Family(draw_sneaker, _FLOORED, turn=0.03, scale=1.04, mirrored=0.35),
    "boots": Family(draw_boot, _FLOORED, turn=0.02, scale=1.0, mirrored=0.35),
    "pumps": Family(draw_pump, _FLOORED, turn=0.02, scale=1.04, mirrored=0.35),
    "backpacks": Family(draw_backpack, _FLOORED, turn=0.02, scale=1.0),
    "handbags": Family(draw_handbag, _TABLED, turn=0.015, scale=1.02),
    "totes": Family(draw_tote, _FLOORED, turn=0.02, scale=1.0),
    "watches": Family(draw_watch, _LYING, standing=False, turn=0.14, scale=0.96),
    "mugs": Family(draw_mug, _TABLED, scale=1.08, mirrored=0.25),
    "vases": Family(draw_vase, _TABLED, scale=1.0),
    "lamps": Family(draw_lamp, _FLOORED, scale=1.0, mirrored=0.3),
    "chairs": Family(draw_chair, _FLOORED, scale=1.0),
    "tables": Family(draw_table, _FLOORED, scale=1.02),
    "sofas": Family(draw_sofa, _FLOORED, scale=1.02),
}


def draw_view(look: Look, view: int) -> np.ndarray:
    """Draw one picture of a product.

    Args:
        look: What the product is.
        view: 0 for the main picture, 1 for its back, pair or other side, 2 for a close-up.

    Returns:
        RGB uint8 (400, 400, 3); the same for the same look and view.
    """
    family = FAMILIES[look.family]
    shape, camera = look.chance(0), look.chance(1 + view)
    finish = finish_of(look, shape)
    canvas = Canvas(_pose(family, camera, close=view == 2), _light(camera), camera)
    family.draw(canvas, finish, look.style, shape, back=view == 1)
    hung = look.style == "pendant"
    scene = scenes.background(_scene_kind(family, camera, hung=hung), camera, base_row=_base_row(canvas))
    strength = float(camera.uniform(0.35, 0.7))
    picture = scenes.compose(
        canvas, scene, standing=family.standing and not hung, strength=0.3 * strength if hung else strength
    )
    return scenes.developed(picture, camera)


def encode(picture: np.ndarray, quality: int) -> bytes:
    """Write RGB uint8 (H, W, 3) as a JPEG of the given quality (1..100)."""
    done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError("the JPEG encoder gave no data")
    return data.tobytes()


def altered(picture: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Copy a picture as another seller would: cropped, slightly brighter or smaller. Returns RGB uint8 (H, W, 3)."""
    kind = int(chance.integers(4))
    if kind in (0, 3):
        top, left, bottom, right = chance.integers(4, 16, 4)
        picture = picture[top : SIDE - bottom, left : SIDE - right]
    if kind in (1, 3):
        picture = cv2.convertScaleAbs(
            picture, alpha=float(chance.uniform(1.02, 1.07)), beta=float(chance.uniform(1, 5))
        )
    if kind == 2:
        side = int(chance.integers(320, 380))
        picture = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(picture)


def _pose(family: Family, camera: np.random.Generator, *, close: bool) -> Pose:
    scale = family.scale * float(camera.uniform(0.84, 1.05))
    shift = camera.normal(0, 0.025, 2)
    flip = bool(camera.random() < family.mirrored)
    turn = float(camera.normal(0, family.turn)) if family.turn else 0.0
    stretch = float(camera.uniform(0.97, 1.03))
    if close:
        scale, shift = scale * 1.55, camera.uniform(-0.16, 0.16, 2)
    if not family.turn:
        stretch = 1.0
    return Pose(scale=scale, turn=turn, shift_x=float(shift[0]), shift_y=float(shift[1]), flip=flip, stretch=stretch)


def _light(camera: np.random.Generator) -> Light:
    key = np.array([-0.42 + camera.normal(0, 0.1), -0.58 + camera.normal(0, 0.07), 0.70])
    key /= np.linalg.norm(key)
    return Light(key=(float(key[0]), float(key[1]), float(key[2])), fill=float(camera.uniform(0.46, 0.6)))


def _scene_kind(family: Family, camera: np.random.Generator, *, hung: bool) -> str:
    kinds = _HUNG if hung else family.backgrounds
    return str(camera.choice(list(kinds), p=list(kinds.values())))


def _base_row(canvas: Canvas) -> float:
    box = bounds(canvas.alpha)
    return float(box[0].stop) if box else SIDE * 0.8
