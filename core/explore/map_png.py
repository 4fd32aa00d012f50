"""A map as PNG, drawn by Pillow at twice its size."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.ImageDraw import ImageDraw as Pen

from core.explore.map_figure import FONT_PX, LEGEND_PX, LINE_PX, RING, SHAPES, TOP_PX, MapFigure, Panel
from core.explore.map_palette import INK, PAPER

SCALE = 2
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def map_png(figure: MapFigure) -> bytes:
    """Draw a map; gives the bytes of the file."""
    image = Image.new("RGB", (figure.width * SCALE, figure.height * SCALE), PAPER)
    pen = ImageDraw.Draw(image, "RGBA")
    font = _font(FONT_PX)
    pen.text((28 * SCALE, TOP_PX // 2 * SCALE), figure.title, fill=INK, font=_font(20), anchor="ls")
    order = np.argsort(figure.weights, kind="stable")  # the faintest lie below
    for panel in figure.panels:
        _draw_panel(pen, figure, panel, order, font)
    _draw_legend(pen, figure, font)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _font(size_px: int) -> Font:
    """Take a font of many scripts where the machine has it, else Pillow's own."""
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size_px * SCALE)
    except OSError:
        return ImageFont.load_default(size_px * SCALE)


def _draw_panel(pen: Pen, figure: MapFigure, panel: Panel, order: np.ndarray, font: Font) -> None:
    strength = np.rint(figure.weights * 255).astype(int)
    for row in order.tolist():
        red, green, blue = figure.colors[row].tolist()
        color = (red, green, blue, int(strength[row]))
        _draw_dot(pen, int(figure.shapes[row]), float(panel.x[row]), float(panel.y[row]), figure.radius, color)
    if panel.words:
        pen.text(((panel.left + 14) * SCALE, (TOP_PX - 6) * SCALE), panel.words, fill=INK, font=font, anchor="ls")
    for name in panel.names:
        place = (name.x * SCALE, name.y * SCALE)
        pen.text(place, name.text, fill=INK, font=font, anchor="mm", stroke_width=2 * SCALE, stroke_fill=PAPER)


def _draw_dot(pen: Pen, shape: int, x: float, y: float, radius: float, color: tuple[int, ...]) -> None:
    if SHAPES[shape]:
        pen.polygon(
            [((x + right * radius) * SCALE, (y + down * radius) * SCALE) for right, down in SHAPES[shape]], color
        )
        return
    box = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
    if shape == RING:
        pen.ellipse(box, outline=color, width=max(1, round(radius * 0.56 * SCALE)))
    else:
        pen.ellipse(box, fill=color)


def _draw_legend(pen: Pen, figure: MapFigure, font: Font) -> None:
    left = figure.width - LEGEND_PX
    for place, line in enumerate(figure.legend):
        y, at = TOP_PX + LINE_PX * place, left
        if line.color is not None:
            pen.rectangle([left * SCALE, y * SCALE, (left + 12) * SCALE, (y + 12) * SCALE], fill=line.color)
            at += 20
        elif line.shape is not None:
            _draw_dot(pen, line.shape, left + 6, y + 6, 6, (30, 43, 46, 255))
            at += 20
        pen.text((at * SCALE, (y + 6) * SCALE), line.words, fill=INK, font=font, anchor="lm")
