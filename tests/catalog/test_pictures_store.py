import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from core.catalog import pictures as pictures_module
from core.catalog.pictures import is_stored, read_picture, store_picture
from core.errors import CatalogError, PictureError
from tests.catalog.picture_files import save_picture, two_halves


def files_in(home):
    folders = (home.pictures, home.thumbnails)
    return sorted(path.name for folder in folders for path in folder.rglob("*") if path.is_file())


def test_picture_is_kept_under_the_hash_of_its_bytes(home, tmp_path):
    path = save_picture(tmp_path / "a.jpeg", size=(400, 300))
    stored = store_picture(home, path)
    assert stored.picture_hash == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (stored.extension, stored.format, stored.width_px, stored.height_px) == ("jpg", "JPEG", 400, 300)
    assert stored.bytes == path.stat().st_size
    assert home.picture_path(stored.picture_hash, "jpg").read_bytes() == path.read_bytes()
    assert is_stored(home, stored.picture_hash, "jpg", size_bytes=stored.bytes)
    assert files_in(home) == [f"{stored.picture_hash}.jpg", f"{stored.picture_hash}.webp"]


@pytest.mark.parametrize(
    ("size", "expected"),
    [((400, 300), (200, 150)), ((300, 1200), (50, 200)), ((24, 16), (24, 16)), ((8, 4000), (1, 200))],
)
def test_thumbnail_keeps_the_shape_and_never_grows(home, tmp_path, size, expected):
    stored = store_picture(home, save_picture(tmp_path / "a.png", size=size))
    with Image.open(home.thumbnail_path(stored.picture_hash)) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", expected)


def test_size_and_thumbnail_are_upright(home, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise: the red left half comes on top
    two_halves(600, 400).save(tmp_path / "a.jpg", exif=exif)
    stored = store_picture(home, tmp_path / "a.jpg")
    assert (stored.width_px, stored.height_px) == (400, 600)
    pixels = read_picture(home.thumbnail_path(stored.picture_hash)).astype(int)
    assert pixels.shape == (200, 133, 3)
    assert pixels[20, 60, 0] > 200 > 60 > pixels[180, 60, 0]


def test_size_of_a_turned_tiff_is_upright_once(home, tmp_path):
    two_halves(60, 40).save(tmp_path / "a.tif", tiffinfo={0x0112: 6})
    stored = store_picture(home, tmp_path / "a.tif")
    assert (stored.width_px, stored.height_px) == (40, 60)


def test_storing_twice_writes_once(home, tmp_path):
    path = save_picture(tmp_path / "a.jpg")
    stored = store_picture(home, path)
    kept = home.picture_path(stored.picture_hash, "jpg")
    os.utime(kept, ns=(1, 1))
    assert store_picture(home, path) == stored
    assert kept.stat().st_mtime_ns == 1


def test_torn_copy_is_replaced(home, tmp_path):
    # What a power failure leaves: the name is there, the content is not.
    path = save_picture(tmp_path / "a.jpg")
    stored = store_picture(home, path)
    kept = home.picture_path(stored.picture_hash, "jpg")
    kept.write_bytes(b"")
    assert not is_stored(home, stored.picture_hash, "jpg", size_bytes=stored.bytes)
    store_picture(home, path)
    assert kept.read_bytes() == path.read_bytes()


def test_unusable_picture_leaves_nothing(home, tmp_path):
    path = save_picture(tmp_path / "a.jpg", size=(200, 200))
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(PictureError, match="damaged or cut short"):
        store_picture(home, path)
    assert files_in(home) == []


def test_full_disk_is_one_clear_error_and_leaves_nothing_half(home, tmp_path, monkeypatch):
    path = save_picture(tmp_path / "a.jpg")

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CatalogError, match=r"the disk is full: cannot store a picture in .*; free some space"):
        store_picture(home, path)
    assert files_in(home) == []


def test_refused_writing_names_the_home(home, tmp_path, monkeypatch):
    def refused(*_args):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(CatalogError, match=r"cannot write in .*home: Read-only file system"):
        store_picture(home, save_picture(tmp_path / "a.jpg"))


def test_pixels_survive_the_store(home, tmp_path):
    path = save_picture(tmp_path / "a.png", (12, 34, 56))
    stored = store_picture(home, path)
    assert np.array_equal(read_picture(home.picture_path(stored.picture_hash, "png")), read_picture(path))


def test_large_pictures_take_turns(home, tmp_path, monkeypatch):
    # With every picture counted as large, threads must still finish, with the same result.
    monkeypatch.setattr(pictures_module, "LARGE_PIXELS", 1)
    paths = [save_picture(tmp_path / f"{shade}.png", (shade, 0, 0)) for shade in range(12)]
    with ThreadPoolExecutor(4) as threads:
        stored = list(threads.map(lambda path: store_picture(home, path), paths))
    assert len({picture.picture_hash for picture in stored}) == 12
    assert not pictures_module.LARGE_PICTURES.locked()


def test_phone_jpeg_with_several_frames_is_a_jpeg(home, tmp_path):
    # Phones append further frames to a JPEG; Pillow calls the result MPO.
    two_halves(400, 300).save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[two_halves(80, 60)])
    stored = store_picture(home, tmp_path / "a.jpg")
    assert (stored.format, stored.extension, stored.width_px, stored.height_px) == ("JPEG", "jpg", 400, 300)


def test_a_copy_of_a_stored_picture_is_not_decoded_again(home, tmp_path, monkeypatch):
    save_picture(tmp_path / "a.png")
    first = store_picture(home, tmp_path / "a.png")

    def refuse(*_args, **_kwargs):
        raise AssertionError("decoded again")

    monkeypatch.setattr("core.catalog.pictures._decode", refuse)
    (tmp_path / "copy.png").write_bytes((tmp_path / "a.png").read_bytes())
    assert store_picture(home, tmp_path / "copy.png") == first
    home.thumbnail_path(first.picture_hash).unlink()  # half of it is gone: then it is made again
    with pytest.raises(PictureError, match="decoded again"):
        store_picture(home, tmp_path / "copy.png")
