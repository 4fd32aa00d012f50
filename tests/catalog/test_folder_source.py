import os
import unicodedata

import pytest
from PIL import Image

from core.catalog.folder_source import FolderSource
from core.errors import CatalogError
from tests.catalog.picture_files import save_picture


def ids(source) -> list[str]:
    return [record.product_id for record in source.records()]


def skips(source) -> set[tuple[str, str]]:
    return {(file.name, file.reason) for file in source.skipped()}


def touch(path, content=b"x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_folders_are_levels_and_the_path_is_the_id(tmp_path):
    for name in ("a.jpg", "Clothing/b.jpg", "Clothing/Shirts/Long sleeves/c.jpg"):
        save_picture(tmp_path / name)
    records = list(FolderSource(tmp_path).records())
    assert [(record.product_id, record.category, record.split) for record in records] == [
        ("Clothing/Shirts/Long sleeves/c.jpg", ("Clothing", "Shirts", "Long sleeves"), None),
        ("Clothing/b.jpg", ("Clothing",), None),
        ("a.jpg", (), None),
    ]
    assert all(record.needs_picture for record in records)


@pytest.mark.parametrize(
    ("folder", "split"),
    [
        ("train", "train"),
        ("VAL", "validation"),
        ("Valid", "validation"),
        ("validation", "validation"),
        ("Test", "test"),
    ],
)
def test_top_folder_may_be_a_split(tmp_path, folder, split):
    save_picture(tmp_path / folder / "shirts" / "a.jpg")
    save_picture(tmp_path / folder / "b.jpg")
    deep, flat = FolderSource(tmp_path).records()
    if flat.category:
        deep, flat = flat, deep
    assert (deep.category, deep.split) == (("shirts",), split)
    assert (flat.category, flat.split) == ((), split)


def test_split_names_count_at_the_top_only(tmp_path):
    save_picture(tmp_path / "shirts" / "test" / "a.jpg")
    [record] = FolderSource(tmp_path).records()
    assert (record.category, record.split) == (("shirts", "test"), None)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("red_linen_shirt.jpg", "red linen shirt"),
        ("Red  Shirt.no.2.jpeg", "Red Shirt.no.2"),
        ("0a1b2c3d4e5f.jpg", "summer shirts"),  # a hash
        ("06a00c0f-5f9a-410d-a7da-3881a9df3a71.png", "summer shirts"),  # a UUID
        ("000123.jpg", "summer shirts"),
        ("IMG_2041.jpg", "summer shirts"),
        ("facade.jpg", "facade"),  # hex letters, yet a word
        ("靴_1.webp", "靴 1"),
    ],
)
def test_title_is_readable(tmp_path, name, title):
    save_picture(tmp_path / "summer_shirts" / name)
    [record] = FolderSource(tmp_path).records()
    assert record.title == title


def test_nameless_picture_without_category_keeps_its_name(tmp_path):
    save_picture(tmp_path / "000123.jpg")
    [record] = FolderSource(tmp_path).records()
    assert record.title == "000123"


def test_order_is_by_folders_and_always_the_same(tmp_path):
    for name in ("b/2.jpg", "b/10.jpg", "a b/1.jpg", "a/9.jpg", "z.jpg"):
        save_picture(tmp_path / name)
    expected = ["a/9.jpg", "a b/1.jpg", "b/10.jpg", "b/2.jpg", "z.jpg"]
    assert ids(FolderSource(tmp_path)) == ids(FolderSource(tmp_path)) == expected


def test_hidden_and_system_files_are_passed_over(tmp_path):
    save_picture(tmp_path / "a.jpg")
    for name in (".hidden.jpg", ".git/b.jpg", "__MACOSX/c.jpg", "x/Thumbs.db", "x/desktop.ini", "x/.DS_Store"):
        touch(tmp_path / name)
    source = FolderSource(tmp_path)
    assert ids(source) == ["a.jpg"]
    assert skips(source) == set()


def test_home_inside_the_source_is_passed_over(tmp_path, home):
    save_picture(tmp_path / "a.jpg")
    save_picture(home.pictures / "ab" / "abc.jpg")
    home.thumbnails.mkdir(exist_ok=True)
    assert ids(FolderSource(tmp_path)) == ["a.jpg"]


def test_other_files_are_listed_by_their_content(tmp_path):
    touch(tmp_path / "labels.csv", b"a,b\n")
    touch(tmp_path / "nothing.dat", b"")
    save_picture(tmp_path / "no_suffix", format="PNG")
    source = FolderSource(tmp_path)
    assert ids(source) == ["no_suffix"]
    assert skips(source) == {("labels.csv", "not_a_picture"), ("nothing.dat", "empty")}
    assert source.count() == 1
    assert source.keys() == {"no_suffix"}


def test_composed_and_decomposed_names_read_the_same(tmp_path):
    decomposed = unicodedata.normalize("NFD", "café/été.jpg")
    save_picture(tmp_path / decomposed)
    [record] = FolderSource(tmp_path).records()
    assert record.product_id == "café/été.jpg" == unicodedata.normalize("NFC", decomposed)
    assert record.category == ("café",)
    assert Image.open(record.pictures[0].path).size == (24, 16)  # the real file, by its real name


def test_names_equal_but_for_composition_stay_apart(tmp_path):
    for form in ("NFC", "NFD"):
        save_picture(tmp_path / unicodedata.normalize(form, "é.jpg"))
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system composes names itself")
    records = list(FolderSource(tmp_path).records())
    # Sorted by their bytes: "e" + accent (0x65) comes before the composed letter (0xc3).
    assert [record.product_id for record in records] == ["é.jpg", "é.jpg#2"]
    assert len({record.pictures[0].path for record in records}) == 2


def test_undecodable_bytes_and_control_characters_are_shown_escaped(tmp_path):
    save_picture(tmp_path / "plain.jpg")
    for name in (b"caf\xe9.jpg", b"line\nbreak.jpg"):
        os.link(tmp_path / "plain.jpg", os.fsencode(tmp_path) + b"/" + name)
    source = FolderSource(tmp_path)
    assert ids(source) == ["caf\\xe9.jpg", "line\\x0abreak.jpg", "plain.jpg"]
    for record in source.records():
        assert record.pictures[0].path.stat().st_size > 0
        record.product_id.encode()  # text that every database and terminal takes


def test_long_and_spaced_names(tmp_path):
    long = "n" * 196 + ".jpg"
    save_picture(tmp_path / "two words" / long)
    assert ids(FolderSource(tmp_path)) == [f"two words/{long}"]


def test_links_inside_are_followed_others_skipped(tmp_path):
    outside = save_picture(tmp_path / "outside" / "secret.jpg")
    root = tmp_path / "root"
    save_picture(root / "all" / "a.jpg")
    (root / "shirts").mkdir()
    (root / "shirts" / "inside.jpg").symlink_to(root / "all" / "a.jpg")
    (root / "shirts" / "leak.jpg").symlink_to(outside)
    (root / "shirts" / "dangling.jpg").symlink_to(root / "nowhere.jpg")
    (root / "shirts" / "folder").symlink_to(outside.parent)
    (root / "shirts" / "loop").symlink_to(root)
    (root / "shirts" / "self.jpg").symlink_to(root / "shirts" / "self.jpg")
    source = FolderSource(root)
    assert ids(source) == ["all/a.jpg", "shirts/inside.jpg"]
    names = ("leak.jpg", "dangling.jpg", "folder", "loop", "self.jpg")
    assert skips(source) == {(f"shirts/{name}", "link") for name in names}


def test_pipe_is_skipped_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    source = FolderSource(tmp_path)
    assert ids(source) == []
    assert skips(source) == {("pipe.jpg", "not_a_picture")}


def test_unlistable_folder_is_skipped(tmp_path, monkeypatch):
    save_picture(tmp_path / "a.jpg")
    (tmp_path / "locked").mkdir()
    scandir = os.scandir

    def refusing(folder):
        if str(folder).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    source = FolderSource(tmp_path)
    assert ids(source) == ["a.jpg"]
    assert skips(source) == {("locked", "unreadable")}


def test_a_folder_that_is_not_there(tmp_path):
    file = touch(tmp_path / "products.csv")
    with pytest.raises(CatalogError, match="nowhere is not there: expected a folder of pictures"):
        FolderSource(tmp_path / "nowhere")
    with pytest.raises(CatalogError, match=r"products\.csv is a file: expected a folder of pictures"):
        FolderSource(file)


def test_description_is_the_real_folder(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert FolderSource(tmp_path / "link").description == str(tmp_path / "real")
