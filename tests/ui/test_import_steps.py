from pathlib import Path

import pytest

from core.errors import CatalogError
from core.ui.import_preview import preview_folder
from core.ui.import_start import suggested_name


@pytest.mark.parametrize(
    ("folder", "taken", "name"),
    [
        ("/data/spring 2026", set(), "spring-2026"),
        ("/data/spring 2026/", {"spring-2026"}, "spring-2026-2"),
        ("/data/été & Co.", set(), "t-Co"),  # only letters of a name that every shell and file system takes
        ("/", set(), "pictures"),
    ],
)
def test_a_name_is_suggested_that_can_be_used(folder, taken, name):
    assert suggested_name(folder, taken) == name


def test_preview_counts_categories_formats_splits_and_what_is_skipped(tmp_path: Path):
    for name in ("train/Shirts/1.jpg", "train/Shirts/2.PNG", "test/Shirts/3.jpg", "train/Hats/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff\xd8\xff\xe0" if not name.endswith("txt") else b"words")
    preview = preview_folder(str(tmp_path))
    assert preview.products == 3
    assert preview.categories == {"Shirts": 3}
    assert preview.formats == {"jpg": 2, "png": 1}
    assert preview.splits == {"train": 2, "test": 1}
    assert preview.skipped == {"not_a_picture": 1}


def test_preview_of_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CatalogError, match="nowhere"):
        preview_folder(str(tmp_path / "nowhere"))
