"""Every way a picture may hold its colors, turned into plain RGB on white."""

import numpy as np
from PIL import Image

DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
ALPHA_MODES = ("RGBA", "LA", "PA", "RGBa", "La")

ORIENTATION_TAG = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright_rgb(image: Image.Image) -> Image.Image:
    """Turn a decoded picture the way its EXIF says and make it RGB, transparency on white.

    Args:
        image: A loaded picture of any mode: palette, gray of 1 to 32 bits, CMYK, YCbCr, alpha.

    Returns:
        The picture in mode "RGB".

    Raises:
        ValueError: The mode cannot be turned into RGB (Lab).
    """
    turn = TURNS.get(orientation(image))
    rgb = _rgb(image)
    return rgb.transpose(turn) if turn is not None else rgb


def orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) to 8; 1 when there is none or it is damaged."""
    try:
        found = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # noqa: BLE001 - damaged EXIF raises anything; the pixels are still good, seen as upright
        return 1
    return found if found in TURNS else 1


def _rgb(image: Image.Image) -> Image.Image:
    """Make a picture RGB, reducing deep gray and laying transparency on white."""
    if image.mode in DEEP_MODES:
        return _eight_bit_gray(image).convert("RGB")
    if image.mode in ALPHA_MODES or "transparency" in image.info:
        seen = image.convert("RGBA")
        ground = Image.new("RGB", seen.size, "white")
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bit_gray(image: Image.Image) -> Image.Image:
    """Reduce gray of 16 or 32 bits to 8, white staying white.

    Whole numbers count to 65,535, or to the full 32 bits when any is above; fractions count to 1, or to 255 when
    any is above 1.
    """
    gray = np.asarray(image)
    if image.mode == "F":
        gray = np.nan_to_num(gray, nan=0.0, posinf=255.0, neginf=0.0)
        white = 1.0 if gray.max() <= 1 else 255.0
    else:
        white = 65_535.0 if gray.max() <= 65_535 else 2.0**32 - 1
    scaled = np.clip(gray.astype(np.float32) * (255 / white), 0, 255)
    hidden = image.info.get("transparency")
    if isinstance(hidden, int):
        scaled[gray == hidden] = 255
    return Image.fromarray(np.rint(scaled).astype(np.uint8))
