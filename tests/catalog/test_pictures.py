import io

import numpy as np
import pytest
from PIL import Image, features

from core.catalog.picture_formats import FORMATS
from core.catalog.pictures import MAX_PIXELS, read_picture
from core.errors import PictureError
from tests.catalog.picture_files import png_header, save_picture, two_halves

RED, WHITE = [255, 0, 0], [255, 255, 255]


def encoded(image: Image.Image, format: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def reason_of(source, **options) -> str:
    with pytest.raises(PictureError) as error:
        read_picture(source, **options)
    return error.value.reason


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_every_format_keeps_shape_and_color(format):
    if format == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    pixels = read_picture(encoded(Image.new("RGB", (30, 20), (200, 40, 60)), format))
    # 20 rows of 30 pixels; lossy formats move a flat color by a few steps at most.
    assert pixels.shape == (20, 30, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - [200, 40, 60]).max() <= 6


def test_cmyk_jpeg_shows_its_colors():
    # Full cyan ink and nothing else lets no red through: (0, 255, 255).
    pixels = read_picture(encoded(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), "JPEG", quality=95))
    assert np.abs(pixels.astype(int) - [0, 255, 255]).max() <= 3


def test_ycck_jpeg_is_read_like_cmyk():
    # An Adobe marker with transform 2 says that the four channels are YCCK, inks inverted as Adobe writes them.
    data = encoded(Image.new("CMYK", (16, 16), (0, 0, 0, 0)), "JPEG", quality=95)
    at = data.index(b"Adobe")
    marked = data[: at + 11] + b"\x02" + data[at + 12 :]
    pixels = read_picture(marked)
    # Stored Y = Cb = Cr = 255 is red 255, green 121, blue 255 (Cb and Cr stand 127 above their middle). YCCK holds
    # 255 minus that as CMY, and Adobe's files hold inks inverted: inks are 255, 121, 255 and, from K = 255, no black.
    # What the inks let through is 255 minus them.
    assert np.abs(pixels[8, 8].astype(int) - [0, 134, 0]).max() <= 3


@pytest.mark.parametrize(
    ("orientation", "red_side"),
    [(1, "left"), (2, "right"), (3, "right"), (4, "left"), (5, "top"), (6, "top"), (7, "bottom"), (8, "bottom")],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_turns_the_picture(format, orientation, red_side):
    # Stored: left half red, right half blue. Orientation 6 means "turn clockwise to look at": left becomes top.
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"exif": exif} if format != "TIFF" else {"tiffinfo": {0x0112: orientation}}
    pixels = read_picture(encoded(two_halves(), format, **options)).astype(int)
    height, width = pixels.shape[:2]
    assert (height, width) == ((16, 32) if orientation < 5 else (32, 16))
    spot = {"left": (8, 2), "right": (8, -3), "top": (2, 8), "bottom": (-3, 8)}[red_side]
    assert pixels[spot][0] > 200 > 60 > pixels[spot][2]


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_loses_no_picture():
    data = encoded(two_halves(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")
    assert read_picture(data).shape == (16, 32, 3)


def test_transparency_lies_on_white():
    image = Image.new("RGBA", (16, 8), (255, 0, 0, 0))
    image.paste((255, 0, 0, 255), (8, 0, 16, 8))
    for data in (encoded(image, "PNG"), encoded(image, "WEBP", lossless=True), encoded(image, "TIFF")):
        pixels = read_picture(data)
        assert pixels[4, 2].tolist() == WHITE  # clear
        assert pixels[4, 12].tolist() == RED  # opaque


def test_half_transparent_mixes_with_white():
    pixels = read_picture(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 128)), "PNG"))
    assert np.abs(pixels.astype(int) - 127).max() <= 1  # black at 128/255 over white: 255 * 127/255


@pytest.mark.parametrize("mode", ["P", "L", "1", "LA"])
def test_transparent_palette_and_gray_lie_on_white(mode):
    image = Image.new(mode, (8, 8), 0 if mode != "LA" else (0, 0))
    if mode == "P":
        image.putpalette([0, 0, 0, 255, 0, 0])
    options = {} if mode == "LA" else {"transparency": 0}
    assert read_picture(encoded(image, "PNG", **options))[4, 4].tolist() == WHITE


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_16_bit_gray_keeps_its_range(format):
    # 0, middle and white of 16 bits are 0, 128 and 255 of 8: x * 255 / 65535, rounded.
    gray = np.repeat(np.array([[0, 32_896, 65_535, 257]], np.uint16), 8, axis=0).repeat(2, axis=1)
    pixels = read_picture(encoded(Image.fromarray(gray), format))
    assert pixels[4, ::2, 0].tolist() == [0, 128, 255, 1]


def test_16_bit_gray_hides_its_transparent_value():
    gray = np.full((8, 8), 1000, np.uint16)
    assert read_picture(encoded(Image.fromarray(gray), "PNG", transparency=1000))[4, 4].tolist() == WHITE


def test_float_tiff_counts_to_one():
    assert read_picture(encoded(Image.fromarray(np.full((8, 8), 0.5, np.float32)), "TIFF"))[0, 0, 0] == 128


def test_16_bit_color_png_and_tiff():
    import cv2

    pixels = np.zeros((8, 8, 3), np.uint16)
    pixels[..., 2] = 65_535  # OpenCV writes BGR: full red
    for suffix in (".png", ".tiff"):
        assert read_picture(cv2.imencode(suffix, pixels)[1].tobytes())[4, 4].tolist() == RED


def test_cmyk_tiff():
    assert read_picture(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "TIFF"))[0, 0].tolist() == RED


def test_animated_gif_gives_its_first_frame():
    frames = [Image.new("RGB", (10, 10), color) for color in ((255, 0, 0), (0, 255, 0))]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_picture(data)[5, 5].tolist() == RED


def test_large_jpeg_may_come_smaller_but_never_below_what_is_enough():
    data = encoded(Image.new("RGB", (1600, 1000), (10, 200, 10)), "JPEG")
    # 1000 / 4 = 250 is still at least 224, an eighth would be 125.
    assert read_picture(data, enough_px=224).shape == (250, 400, 3)
    assert read_picture(data).shape == (1000, 1600, 3)
    assert read_picture(data, enough_px=1001).shape == (1000, 1600, 3)


def test_bomb_is_refused_by_its_header():
    assert reason_of(png_header(50_000, 50_000)) == "too_large"  # 7.5 GB of pixels in 100 bytes
    with pytest.raises(PictureError, match="50000 x 50000 pixels: at most 100,000,000"):
        read_picture(png_header(50_000, 50_000))


def test_pixel_limit_is_inclusive():
    data = encoded(Image.new("RGB", (20, 10)), "PNG")
    assert read_picture(data, max_pixels=200).shape == (10, 20, 3)
    assert reason_of(data, max_pixels=199) == "too_large"


def test_pillows_own_guard_does_not_interfere_below_the_limit():
    # 95 megapixels are above where Pillow warns (89) and below our limit (100): only the missing pixels are wrong.
    assert MAX_PIXELS > 9_500 * 10_000
    assert reason_of(png_header(9_500, 10_000)) == "unreadable"


@pytest.mark.parametrize("size", [(7, 100), (100, 7), (1, 1)])
def test_tiny_is_refused(size):
    assert reason_of(encoded(Image.new("RGB", size), "PNG")) == "too_small"


def test_eight_pixels_are_enough():
    assert read_picture(encoded(Image.new("RGB", (8, 8)), "PNG")).shape == (8, 8, 3)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_cut_short_is_refused(format):
    noise = Image.fromarray(np.random.default_rng(5).integers(0, 255, (64, 64, 3), np.uint8))
    data = encoded(noise, format)
    assert reason_of(data[: len(data) // 2]) == "unreadable"
    assert reason_of(data[:20]) == "unreadable"  # the format can be told, nothing else


def test_cut_short_is_noticed_in_a_reduced_decode_too():
    noise = Image.fromarray(np.random.default_rng(5).integers(0, 255, (640, 640, 3), np.uint8))
    data = encoded(noise, "JPEG")
    assert reason_of(data[: len(data) // 2], enough_px=100) == "unreadable"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"just some words", "not_a_picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_a_picture"),  # would start Ghostscript
        (b"%PDF-1.7\n", "not_a_picture"),
        (b"P6 9 9 255\n" + b"x" * 243, "not_a_picture"),  # a format Pillow knows and we do not ask for
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
    ],
)
def test_other_content_is_refused_whatever_its_name(tmp_path, content, reason):
    path = tmp_path / "shirt.jpg"
    path.write_bytes(content)
    assert reason_of(path) == reason
    assert reason_of(content) == reason


def test_only_the_listed_formats_are_known():
    assert set(FORMATS) <= {"JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"}


def test_missing_folder_and_pipe_are_refused(tmp_path):
    import os

    assert reason_of(tmp_path / "nowhere.jpg") == "missing"
    assert reason_of(tmp_path) == "not_a_picture"
    os.mkfifo(tmp_path / "pipe.jpg")  # opening it would wait for ever
    assert reason_of(tmp_path / "pipe.jpg") == "not_a_picture"


def test_message_names_the_file_and_escapes_what_cannot_be_shown(tmp_path):
    path = tmp_path / "a\x1b[31m\udcff.jpg"
    path.write_bytes(b"words")
    with pytest.raises(PictureError, match=r"a\\x1b\[31m\\xff.jpg is no picture: expected one of JPEG, PNG"):
        read_picture(path)


def test_file_that_says_png_and_is_jpeg_is_read_by_content(tmp_path):
    path = save_picture(tmp_path / "a.png", format="JPEG")
    assert read_picture(path).shape == (16, 24, 3)
