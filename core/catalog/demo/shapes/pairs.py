"""Shoes alone or as a pair."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.catalog.demo.studio.canvas import Canvas
from core.catalog.demo.studio.looks import Finish

DrawShoe = Callable[[Canvas, Finish, str, np.random.Generator], None]


def draw_pair_or_single(
    canvas: Canvas, finish: Finish, style: str, shape: np.random.Generator, *, pair: bool, draw: DrawShoe
) -> None:
    """Draw one shoe, or two the same, one behind the other."""
    state = shape.bit_generator.state
    if pair:
        with canvas.moved(0.14, -0.13, scale=0.93):
            draw(canvas, finish, style, shape)
        shape.bit_generator.state = state
        with canvas.moved(-0.1, 0.08, scale=0.93):
            draw(canvas, finish, style, shape)
    else:
        draw(canvas, finish, style, shape)
