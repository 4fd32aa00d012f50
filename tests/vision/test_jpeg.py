import io

import numpy as np
import pytest
from PIL import Image

from core.catalog.pictures import read_picture
from core.errors import PictureError
from core.vision.jpeg import decode_plain_jpeg, read_quickly
from tests.vision.drawing import drawn_picture, png_bytes


def jpeg(picture: np.ndarray, mode: str = "RGB", **settings) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).convert(mode).save(buffer, "JPEG", quality=90, **settings)
    return buffer.getvalue()


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


PICTURE = drawn_picture(1, height=300, width=200)


@pytest.mark.parametrize(
    "settings",
    [{}, {"progressive": True}, {"subsampling": 0}, *({"exif": turned(value)} for value in range(1, 9))],
    ids=lambda settings: "turned" if "exif" in settings else str(settings),
)
def test_gives_the_pixels_of_the_careful_reader(settings):
    data = jpeg(PICTURE, **settings)
    assert np.array_equal(decode_plain_jpeg(data, enough_px=1000), read_picture(data))


@pytest.mark.parametrize(
    ("enough_px", "shape"), [(101, (300, 200)), (100, (150, 100)), (51, (150, 100)), (50, (75, 50))]
)
def test_decodes_at_a_fraction_that_is_still_enough(enough_px, shape):
    # The shorter side has 200: a half is 100, a quarter 50.
    assert decode_plain_jpeg(jpeg(PICTURE), enough_px=enough_px).shape[:2] == shape


@pytest.mark.parametrize(
    "data",
    [jpeg(PICTURE, "L"), jpeg(PICTURE, "CMYK"), jpeg(PICTURE)[:-200], png_bytes(PICTURE), b"", b"\xff\xd8\xff\xd9"],
    ids=["gray", "cmyk", "cut short", "png", "empty", "no frame"],
)
def test_leaves_everything_else_alone(data):
    assert decode_plain_jpeg(data, enough_px=1000) is None


def test_other_formats_and_damage_take_the_careful_way(tmp_path):
    gray = tmp_path / "gray.jpg"
    gray.write_bytes(jpeg(PICTURE, "L"))
    assert np.array_equal(read_quickly(gray, enough_px=1000), read_picture(gray))
    short = tmp_path / "short.jpg"
    short.write_bytes(jpeg(PICTURE)[:-200])
    with pytest.raises(PictureError, match="damaged or cut short"):
        read_quickly(short, enough_px=1000)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["clothing-small/test", "myntra-3000", "flipkart-1050", "apparel-color-type"])
def test_real_photos_give_the_pixels_of_the_careful_reader(shared_data, name):
    paths = sorted((shared_data / name).rglob("*.jp*g"))
    for path in paths[:: max(1, len(paths) // 20)]:
        assert np.array_equal(read_quickly(path, enough_px=224), read_picture(path, enough_px=224)), path
