import numpy as np
import pytest

from core.errors import SettingsError
from core.vision.engine import (
    EncodedPicture,
    EngineSettings,
    PictureFile,
    UnreadablePicture,
    color_files,
    encode_files,
)
from tests.vision.drawing import drawn_picture, png_bytes


class MeanColor:
    """A network whose features are the mean color, so that expected values can be argued."""

    engine = "mean"

    def run(self, squares):
        for token, square in squares:
            yield token, square.reshape(-1, 3).mean(axis=0).astype(np.float32)


SETTINGS = EngineSettings(side_px=16, fit="resize", threads=2, window=4)


def files(tmp_path, contents: list[bytes]) -> list[PictureFile]:
    found = []
    for number, content in enumerate(contents):
        path = tmp_path / f"{number}.png"
        path.write_bytes(content)
        found.append(PictureFile(f"{number:064x}", path))
    return found


def test_a_damaged_picture_is_named_and_the_others_go_on(tmp_path):
    good = [png_bytes(np.full((20, 20, 3), value, dtype=np.uint8)) for value in range(0, 200, 20)]
    contents = [*good[:5], good[5][:-30], b"", *good[6:]]

    results = list(encode_files(files(tmp_path, contents), MeanColor(), settings=SETTINGS))

    encoded = {result.picture_hash: result for result in results if isinstance(result, EncodedPicture)}
    unreadable = [result for result in results if isinstance(result, UnreadablePicture)]
    # Pictures 0..4 and 7..10 are plain grays of 0, 20 .. 80 and 120, 140, 160, 180.
    grays = {0: 0, 1: 20, 2: 40, 3: 60, 4: 80, 7: 120, 8: 140, 9: 160, 10: 180}
    expected = {f"{number:064x}": value for number, value in grays.items()}
    assert {key: float(result.features[0]) for key, result in encoded.items()} == expected
    assert [(result.path.name, result.reason) for result in unreadable] == [("5.png", "unreadable"), ("6.png", "empty")]


def test_a_file_that_vanished_is_named(tmp_path):
    gone = PictureFile("0" * 64, tmp_path / "gone.png")
    [result] = encode_files([gone], MeanColor(), settings=SETTINGS)
    assert isinstance(result, UnreadablePicture) and result.path == gone.path


def test_decodes_only_a_window_ahead(tmp_path):
    pictures = files(tmp_path, [png_bytes(drawn_picture(number)) for number in range(20)])
    taken = []

    def stream():
        for picture in pictures:
            taken.append(picture)
            yield picture

    results = encode_files(stream(), MeanColor(), settings=SETTINGS)
    for done in range(1, 10):
        next(results)
        assert len(taken) <= done + SETTINGS.window
    results.close()  # as a cancel does: threads end, nothing more is read
    assert len(taken) < 20


def test_finds_colors_alone(tmp_path):
    red = np.zeros((20, 20, 3), dtype=np.uint8)
    red[..., 0] = 255
    [(file, bins, shares, histogram)] = color_files(files(tmp_path, [png_bytes(red)]), settings=SETTINGS)
    assert (file.path.name, int(bins[0]), float(shares[0])) == ("0.png", 63, 1.0)  # hue 0, saturation 7, value 7
    assert histogram.max() > 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fit": "crop"}, "picture_fit is 'crop': expected one of pad, resize"),
        ({"threads": 0}, "threads is 0: expected at least 1"),
    ],
)
def test_refuses_settings_that_make_no_sense(values, message):
    with pytest.raises(SettingsError, match=message):
        EngineSettings(**{"side_px": 16, "fit": "pad", **values})
