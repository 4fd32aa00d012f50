"""Chairs, tables and sofas, seen from the front corner."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.catalog.demo import materials
from core.catalog.demo.canvas import Canvas
from core.catalog.demo.garments import folds
from core.catalog.demo.looks import Finish
from core.catalog.demo.palette import darker, rgb, shade_of
from core.catalog.demo.skins import Skin
from core.catalog.demo.solids import Camera, paint_bar, paint_box, paint_disc

_TIMBER = ("oak", "walnut", "ash", "beech")


def _camera(
    canvas: Canvas,
    *,
    back: bool,
    lift: float,
    yaw: tuple[float, float] = (0.32, 0.75),
    pitch: tuple[float, float] = (0.2, 0.36),
) -> Camera:
    chance = canvas.chance
    side = 1 if chance.random() < 0.5 else -1
    turn = chance.uniform(*yaw) * side
    return Camera(yaw=float(turn * (-0.8 if back else 1)), pitch=float(chance.uniform(*pitch)), lift=lift)


def _timber(finish: Finish, shape: np.random.Generator) -> Skin:
    if finish.material in _TIMBER:
        return finish.skin
    if finish.material == "lacquered wood":
        return Skin(finish.main)
    return materials.wood(shade_of(str(shape.choice(["camel", "brown", "beige"])), shape), shape)


def _by_depth(camera: Camera, parts: list[tuple[tuple[float, float, float], Callable[[], object]]]) -> None:
    """Draw parts from the farthest to the nearest."""
    for _, draw in sorted(parts, key=lambda part: float(camera.to_view(np.array([part[0]]))[0, 2])):
        draw()


def draw_chair(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a chair: "spindle", "panel", "upholstered" or "stool"."""
    camera = _camera(canvas, back=back, lift=0.72)
    frame = _timber(finish, shape)
    gloss = 0.3 if finish.material == "lacquered wood" else 0.1
    w, d = shape.uniform(0.66, 0.76), shape.uniform(0.62, 0.7)
    seat = 0.72 if style != "stool" else shape.uniform(0.7, 1.15)
    splay = shape.uniform(0.0, 0.1)
    round_legs = style in ("spindle", "stool") or shape.random() < 0.4
    legs = _legs(
        canvas,
        camera,
        frame,
        (w, d),
        seat - 0.05,
        splay=splay,
        width=shape.uniform(0.055, 0.075),
        square=not round_legs,
    )
    _by_depth(camera, legs)
    if shape.random() < 0.5 or style == "stool":
        y = seat * 0.42
        for z in (-1, 1):
            k = 1 + splay * 0.6
            paint_bar(
                canvas,
                camera,
                (-w * 0.44 * k, y, z * d * 0.44 * k),
                (w * 0.44 * k, y, z * d * 0.44 * k),
                (0.035, 0.035),
                frame,
                gloss=gloss,
            )
    rest: Callable[[], object] = lambda: None  # noqa: E731
    if style != "stool":
        tall = seat + shape.uniform(0.78, 0.95)
        rest = lambda: _backrest(
            canvas, camera, finish, frame, style, shape, w=w, z=-d / 2 + 0.03, seat=seat, tall=tall, gloss=gloss
        )  # noqa: E731
    cushion = finish.skin if style == "upholstered" else None
    top = lambda: _seat(canvas, camera, finish, frame, cushion, shape, style=style, w=w, d=d, y=seat, gloss=gloss)  # noqa: E731
    behind = np.cos(camera.yaw) > 0
    for step in (rest, top) if behind else (top, rest):
        step()


def _seat(
    canvas: Canvas,
    camera: Camera,
    finish: Finish,
    frame: Skin,
    cushion: Skin | None,
    shape: np.random.Generator,
    *,
    style: str,
    w: float,
    d: float,
    y: float,
    gloss: float,
) -> None:
    if style == "stool" and shape.random() < 0.6:
        paint_disc(canvas, camera, (0, y, 0), w * 0.5, 0.08, frame, gloss=gloss, cast=0.2)
        return
    paint_box(canvas, camera, (0, y - 0.035, 0), (w, 0.07, d), frame, softness=0.02, gloss=gloss, cast=0.2)
    if cushion is not None or shape.random() < 0.35:
        cloth = cushion or materials.slubbed(finish.second)
        if finish.material in _TIMBER or finish.material == "lacquered wood":
            cloth = materials.slubbed(finish.second)
        paint_box(
            canvas,
            camera,
            (0, y + 0.035, 0),
            (w * 0.97, 0.09, d * 0.97),
            cloth,
            softness=0.06,
            folds=folds(canvas, drape=0.006),
            cast=0.25,
        )


def _backrest(
    canvas: Canvas,
    camera: Camera,
    finish: Finish,
    frame: Skin,
    style: str,
    shape: np.random.Generator,
    *,
    w: float,
    z: float,
    seat: float,
    tall: float,
    gloss: float,
) -> None:
    lean = -0.1
    for side in (-1, 1):
        x = side * (w / 2 - 0.04)
        paint_bar(
            canvas, camera, (x, seat - 0.03, z), (x, tall, z + lean), (0.07, 0.055), frame, gloss=gloss, cast=0.15
        )
    if style == "spindle":
        for x in np.linspace(-w / 2 + 0.13, w / 2 - 0.13, int(shape.integers(4, 7))):
            paint_bar(
                canvas,
                camera,
                (float(x), seat, z),
                (float(x), tall - 0.06, z + lean),
                (0.034, 0.028),
                frame,
                gloss=gloss,
            )
        paint_box(
            canvas,
            camera,
            (0, tall - 0.02, z + lean),
            (w + 0.04, 0.13, 0.06),
            frame,
            softness=0.03,
            gloss=gloss,
            cast=0.25,
        )
    elif style == "panel":
        rows = int(shape.integers(1, 4))
        for k in range(rows):
            y = tall - 0.1 - k * 0.2
            paint_box(
                canvas,
                camera,
                (0, y, z + lean * (y - seat) / (tall - seat)),
                (w - 0.06, 0.34 if rows == 1 else 0.13, 0.045),
                frame,
                softness=0.025,
                gloss=gloss,
                cast=0.2,
            )
    else:
        cloth = materials.slubbed(finish.second) if finish.material in (*_TIMBER, "lacquered wood") else finish.skin
        paint_box(
            canvas,
            camera,
            (0, (seat + tall) / 2 + 0.1, z + lean * 0.6),
            (w * 0.98, (tall - seat) * 0.7, 0.11),
            cloth,
            softness=0.075,
            folds=folds(canvas, drape=0.006),
            cast=0.3,
        )


def _legs(
    canvas: Canvas,
    camera: Camera,
    skin: Skin,
    size: tuple[float, float],
    top: float,
    *,
    splay: float,
    width: float,
    square: bool,
) -> list[tuple[tuple[float, float, float], Callable[[], object]]]:
    parts = []
    for sx in (-1, 1):
        for sz in (-1, 1):
            x, z = sx * (size[0] / 2 - 0.06), sz * (size[1] / 2 - 0.06)
            spot = (x, top / 2, z)
            if square:
                parts.append(
                    (
                        spot,
                        lambda x=x, z=z: paint_box(
                            canvas, camera, (x, top / 2, z), (width, top, width), skin, softness=0.008
                        ),
                    )
                )
            else:
                foot = (x * (1 + splay * 1.8), 0.0, z * (1 + splay * 1.8))
                parts.append(
                    (
                        spot,
                        lambda x=x, z=z, foot=foot: paint_bar(
                            canvas, camera, (x, top, z), foot, (width, width * 0.62), skin, gloss=0.08
                        ),
                    )
                )
    return parts


def draw_table(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw a table: "dining", "round", "coffee" or "desk"."""
    height = {"dining": 0.82, "round": 0.84, "coffee": 0.5, "desk": 0.84}[style] + shape.uniform(-0.04, 0.05)
    camera = _camera(canvas, back=back, lift=0.42 + (0.1 if style == "coffee" else 0.12), pitch=(0.24, 0.42))
    frame = _timber(finish, shape)
    gloss = 0.4 if finish.material == "lacquered wood" else 0.15
    metal = Skin(darker(rgb("charcoal"), 0.4))
    base = metal if shape.random() < 0.3 else frame
    if style == "round" or (style == "coffee" and shape.random() < 0.5):
        radius = shape.uniform(0.66, 0.78)
        if shape.random() < 0.5:
            paint_disc(canvas, camera, (0, 0.05, 0), radius * 0.42, 0.05, base)
            paint_bar(canvas, camera, (0, 0.04, 0), (0, height, 0), (0.13, 0.11), base, gloss=0.1)
        else:
            angle = shape.uniform(0, 1.5)
            feet = [
                (float(np.cos(angle + k * 2 * np.pi / 3)), float(np.sin(angle + k * 2 * np.pi / 3))) for k in range(3)
            ]
            parts = [
                (
                    (x * 0.5, 0.3, z * 0.5),
                    lambda x=x, z=z: paint_bar(
                        canvas,
                        camera,
                        (x * radius * 0.5, height - 0.04, z * radius * 0.5),
                        (x * radius * 0.78, 0, z * radius * 0.78),
                        (0.075, 0.045),
                        base,
                        gloss=0.1,
                    ),
                )
                for x, z in feet
            ]
            _by_depth(camera, parts)
        stone = (
            materials.marble(rgb("white"), rgb("grey"), shape)
            if finish.material == "lacquered wood" and shape.random() < 0.3
            else frame
        )
        paint_disc(canvas, camera, (0, height, 0), radius, 0.055, stone, gloss=gloss, cast=0.3)
        return
    w = {"dining": 1.6, "coffee": 1.45, "desk": 1.45}[style] + shape.uniform(-0.12, 0.12)
    d = shape.uniform(0.66, 0.84)
    _by_depth(
        camera,
        _legs(
            canvas,
            camera,
            base,
            (w * 0.95, d * 0.94),
            height - 0.06,
            splay=float(shape.choice([0, 0.05])),
            width=0.05 if base is metal else shape.uniform(0.075, 0.1),
            square=shape.random() < 0.6,
        ),
    )
    if style == "coffee" and shape.random() < 0.6:
        paint_box(canvas, camera, (0, height * 0.36, 0), (w * 0.86, 0.035, d * 0.84), frame, gloss=gloss, cast=0.15)
    if style == "desk":
        side = 1 if shape.random() < 0.5 else -1
        paint_box(
            canvas,
            camera,
            (side * w * 0.28, height - 0.18, 0),
            (w * 0.36, 0.24, d * 0.9),
            frame,
            softness=0.01,
            gloss=gloss,
        )
        for y in (-0.12, -0.23):
            knob = (side * w * 0.28, height + y, d * 0.46)
            if np.cos(camera.yaw) > 0:
                paint_box(canvas, camera, knob, (0.1, 0.025, 0.03), metal, softness=0.008, shadow=False, cast=0.3)
    else:
        paint_box(canvas, camera, (0, height - 0.1, 0), (w * 0.9, 0.09, d * 0.88), frame, softness=0.008)
    paint_box(canvas, camera, (0, height - 0.025, 0), (w, 0.055, d), frame, softness=0.014, gloss=gloss, cast=0.35)


def draw_sofa(canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, back: bool = False) -> None:
    """Draw an "armchair", a "two-seater" or a "three-seater"."""
    seats = {"armchair": 1, "two-seater": 2, "three-seater": 3}[style]
    w = {1: 1.02, 2: 1.5, 3: 1.78}[seats] + shape.uniform(-0.05, 0.05)
    k = {1: 1.0, 2: 0.86, 3: 0.76}[seats]
    d, arm = 0.85 * k, shape.uniform(0.12, 0.19) * k
    camera = _camera(canvas, back=False, lift=0.36 if seats > 1 else 0.42, yaw=(0.15, 0.5), pitch=(0.2, 0.32))
    skin, soft = finish.skin, float(shape.uniform(0.06, 0.09)) * k
    gloss = 0.25 if finish.material == "leather" else 0.0
    leg, low = shape.uniform(0.1, 0.2) * k, 0.0
    timber = materials.wood(rgb(str(shape.choice(["camel", "brown"]))), shape)
    parts = _legs(canvas, camera, timber, (w * 0.94, d * 0.9), leg + 0.02, splay=0.06, width=0.07 * k, square=False)
    _by_depth(camera, parts)
    low = leg
    seat, arm_top, top = low + 0.36 * k, low + shape.uniform(0.5, 0.62) * k, low + shape.uniform(0.84, 1.0) * k

    waves = folds(canvas, drape=0.007)

    def box(
        center: tuple[float, float, float],
        size: tuple[float, float, float],
        *,
        cover: Skin = skin,
        softness: float = soft,
        cast: float = 0.25,
    ) -> None:
        paint_box(canvas, camera, center, size, cover, softness=softness, gloss=gloss, cast=cast, folds=waves)

    box((0, (low + top) / 2 - 0.03, -d / 2 + 0.1 * k), (w - arm, top - low - 0.06, 0.2 * k))
    box((0, low + 0.1 * k, 0.02), (w - arm * 0.6, 0.2 * k, d * 0.94), softness=0.03)
    inner = w - 2 * arm
    each = inner / seats
    order = range(seats) if camera.yaw > 0 else range(seats - 1, -1, -1)
    far_first = [-1, 1] if camera.yaw > 0 else [1, -1]
    far_arm, near_arm = far_first
    box((far_arm * (w / 2 - arm / 2), (low + arm_top) / 2, 0.01), (arm, arm_top - low, d))
    for index in order:
        x = -inner / 2 + each * (index + 0.5)
        box((x, (seat + top) / 2 + 0.02, -d / 2 + 0.27 * k), (each * 0.98, (top - seat) * 0.96, 0.19 * k), cast=0.2)
    for index in order:
        x = -inner / 2 + each * (index + 0.5)
        box((x, seat - 0.06 * k, 0.1 * k), (each * 0.985, 0.17 * k, d * 0.8), cast=0.2)
    if shape.random() < 0.6:
        cover = materials.slubbed(finish.second)
        x = -far_arm * 0.0 + far_arm * (inner / 2 - 0.2 * k)
        box((x, seat + 0.2 * k, 0.02), (0.36 * k, 0.34 * k, 0.12 * k), cover=cover, softness=0.1 * k, cast=0.35)
    box((near_arm * (w / 2 - arm / 2), (low + arm_top) / 2, 0.01), (arm, arm_top - low, d), cast=0.3)
