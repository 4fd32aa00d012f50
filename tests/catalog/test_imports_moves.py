import shutil

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.import_options import ImportOptions
from core.catalog.products import edit_product, get_product, product_table
from tests.catalog.picture_files import import_folder, save_picture


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "source"
    save_picture(root / "train" / "shirts" / "a.png", (255, 0, 0))
    save_picture(root / "train" / "shirts" / "b.png", (0, 0, 255))
    return root


def move(folder, old, new):
    (folder / new).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder / old, folder / new)


def ids(home):
    return product_table(home, find_catalog(home, "shop"))["product_id"].tolist()


def product(home, product_id):
    return get_product(home, find_catalog(home, "shop"), product_id)


def edit(home, product_id, **values):
    edit_product(home, find_catalog(home, "shop"), product_id, values, actor="ana")


def counts(report):
    return report.new, report.changed, report.moved, len(report.gone)


def test_picture_in_another_folder_is_the_same_product(home, folder):
    import_folder(home, folder)
    edit(home, "train/shirts/a.png", title="Ruby", category="Tops", brand="Nord")
    move(folder, "train/shirts/a.png", "test/dresses/a.png")
    assert counts(import_folder(home, folder)) == (0, 0, 1, 0)
    moved = product(home, "train/shirts/a.png")  # the id stays: runs, links and histories know it by that
    assert (moved.title, moved.brand) == ("Ruby", "Nord")  # the source said nothing new about these
    assert (moved.category, moved.split) == ("dresses", "test")  # here it did
    assert counts(import_folder(home, folder)) == (0, 0, 0, 0)


def test_move_to_another_split_keeps_an_edited_category(home, folder):
    import_folder(home, folder)
    edit(home, "train/shirts/a.png", category="Tops")
    move(folder, "train/shirts/a.png", "test/shirts/a.png")
    import_folder(home, folder)
    moved = product(home, "train/shirts/a.png")
    assert (moved.category, moved.split) == ("Tops", "test")  # both folders say "shirts": the edit stands


def test_moving_back_needs_no_new_product(home, folder):
    import_folder(home, folder)
    move(folder, "train/shirts/a.png", "test/dresses/a.png")
    import_folder(home, folder)
    move(folder, "test/dresses/a.png", "train/shirts/a.png")
    assert counts(import_folder(home, folder)) == (0, 0, 1, 0)
    assert ids(home) == ["train/shirts/a.png", "train/shirts/b.png"]


def test_new_picture_at_a_path_left_by_a_move_gets_an_id_of_its_own(home, folder):
    import_folder(home, folder)
    move(folder, "train/shirts/a.png", "test/dresses/a.png")
    import_folder(home, folder)
    save_picture(folder / "train" / "shirts" / "a.png", (0, 99, 0))
    assert counts(import_folder(home, folder)) == (1, 0, 0, 0)
    assert ids(home) == ["train/shirts/a.png", "train/shirts/b.png", "train/shirts/a.png#2"]
    assert product(home, "train/shirts/a.png").category == "dresses"
    assert product(home, "train/shirts/a.png#2").category == "shirts"
    # The key, not the id, joins a product to its file: painting the file over changes the second product only.
    old = product(home, "train/shirts/a.png").picture_hashes
    save_picture(folder / "train" / "shirts" / "a.png", (0, 50, 0))
    assert counts(import_folder(home, folder)) == (0, 1, 0, 0)
    assert product(home, "train/shirts/a.png").picture_hashes == old


def test_both_products_of_one_path_change_in_one_batch(home, folder):
    import_folder(home, folder)
    move(folder, "train/shirts/a.png", "test/dresses/a.png")
    import_folder(home, folder)
    # One import: a new file at the old path, and the moved picture painted over at its new one.
    save_picture(folder / "train" / "shirts" / "a.png", (0, 99, 0))
    save_picture(folder / "test" / "dresses" / "a.png", (99, 99, 0))
    assert counts(import_folder(home, folder)) == (1, 1, 0, 0)
    shown = {product(home, name).picture_hashes for name in ids(home)}
    assert len(ids(home)) == len(shown) == 3


def test_copy_is_a_new_product_not_a_move(home, folder):
    import_folder(home, folder)
    save_picture(folder / "test" / "dresses" / "a.png", (255, 0, 0))
    assert counts(import_folder(home, folder)) == (1, 0, 0, 0)


def test_of_two_copies_each_takes_over_one_product(home, folder):
    save_picture(folder / "train" / "shirts" / "a2.png", (255, 0, 0))
    import_folder(home, folder)
    move(folder, "train/shirts/a.png", "x/a.png")
    move(folder, "train/shirts/a2.png", "x/a2.png")
    assert counts(import_folder(home, folder)) == (0, 0, 2, 0)
    assert product(home, "train/shirts/a.png").category == product(home, "train/shirts/a2.png").category == "x"


def test_renamed_folder_moves_everything_in_it(home, folder):
    import_folder(home, folder)
    move(folder, "train/shirts", "train/blouses")
    assert counts(import_folder(home, folder)) == (0, 0, 2, 0)
    assert product(home, "train/shirts/b.png").category == "blouses"


def test_source_moved_elsewhere_is_recognised(home, folder, tmp_path):
    import_folder(home, folder)
    edit(home, "train/shirts/a.png", title="Ruby")
    shutil.move(folder, tmp_path / "elsewhere")
    assert counts(import_folder(home, tmp_path / "elsewhere")) == (0, 0, 0, 0)
    assert product(home, "train/shirts/a.png").title == "Ruby"
    (tmp_path / "elsewhere" / "train" / "shirts" / "a.png").unlink()
    assert import_folder(home, tmp_path / "elsewhere").gone == ("train/shirts/a.png",)


def test_two_sources_with_equal_paths_share_a_catalog(home, folder, tmp_path):
    import_folder(home, folder)
    other = tmp_path / "other"
    save_picture(other / "train" / "shirts" / "a.png", (1, 1, 1))  # another picture of the same name
    assert counts(import_folder(home, other)) == (1, 0, 0, 0)  # and nothing of the first source is gone or moved
    assert ids(home) == ["train/shirts/a.png", "train/shirts/b.png", "train/shirts/a.png#2"]
    assert counts(import_folder(home, folder)) == counts(import_folder(home, other)) == (0, 0, 0, 0)


def test_moved_split_wins_over_an_assigned_one(home, folder):
    save_picture(folder / "loose.png", (7, 7, 7))
    import_folder(home, folder, options=ImportOptions(split="1:0:0"))
    assert product(home, "loose.png").split == "train"
    move(folder, "loose.png", "val/loose.png")
    import_folder(home, folder)
    assert product(home, "loose.png").split == "validation"
