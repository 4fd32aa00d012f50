import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from core.catalog.catalogs import find_catalog, list_catalogs
from core.catalog.database import read
from core.catalog.import_log import list_skipped
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.catalog.log import list_events, undo
from core.catalog.open_source import open_source
from core.catalog.products import edit_product, get_product, picture_table, product_table
from core.catalog.schema import imports
from core.catalog.source_settings import SourceSettings
from core.errors import CatalogError, SettingsError
from core.home import open_home
from tests.catalog.picture_files import import_folder, png_header, save_picture


@pytest.fixture
def folder(tmp_path):
    """Five pictures, two of them the same: three categories, one split."""
    root = tmp_path / "source"
    save_picture(root / "shirts" / "red_shirt.jpg", (255, 0, 0))
    save_picture(root / "shirts" / "blue_shirt.png", (0, 0, 255))
    save_picture(root / "shoes" / "boots" / "brown.webp", (120, 80, 20))
    save_picture(root / "test" / "shoes" / "copy.jpg", (255, 0, 0))
    save_picture(root / "loose.bmp", (0, 255, 0))
    return root


def ids(home, catalog="shop"):
    return product_table(home, find_catalog(home, catalog))["product_id"].tolist()


def product(home, product_id):
    return get_product(home, find_catalog(home, "shop"), product_id)


def test_report_and_catalog(home, folder):
    report = import_folder(home, folder).to_json()
    assert report.pop("seconds") > 0
    assert report == {
        "catalog": "shop",
        "products": 5,
        "pictures": 5,  # links: the red picture counts at both its products
        "categories": 3,  # shirts, shoes > boots, shoes; the loose picture has none
        "splits": {"test": 1},
        "skipped": [],
        "new": 5,
        "changed": 0,
        "moved": 0,
        "gone": 0,
        "left_out": 0,
        "duplicate_pictures": 1,  # the red picture, the second time
        "message": "5 new.",
    }
    assert ids(home) == [
        "loose.bmp",
        "shirts/blue_shirt.png",
        "shirts/red_shirt.jpg",
        "shoes/boots/brown.webp",
        "test/shoes/copy.jpg",
    ]
    red = product(home, "shirts/red_shirt.jpg")
    assert (red.title, red.category, red.split) == ("red shirt", "shirts", None)
    copy = product(home, "test/shoes/copy.jpg")
    assert (copy.category, copy.split) == ("shoes", "test")
    assert copy.picture_hashes == red.picture_hashes
    assert len(list(home.pictures.rglob("*.*"))) == 4  # the duplicate is kept once


def test_importing_again_changes_nothing(home, folder):
    first = import_folder(home, folder)
    before = (find_catalog(home, "shop"), list_events(home), picture_table(home, find_catalog(home, "shop")))
    again = import_folder(home, folder)
    assert again.totals == first.totals
    assert (again.new, again.changed, again.moved, again.gone) == (0, 0, 0, ())
    after = (find_catalog(home, "shop"), list_events(home), picture_table(home, find_catalog(home, "shop")))
    assert after[0] == before[0]  # its version too: nothing cached is thrown away
    assert after[1] == before[1]
    assert after[2].equals(before[2])


def test_unchanged_files_are_not_read_again(home, folder, monkeypatch):
    import_folder(home, folder)
    monkeypatch.setattr("core.catalog.import_staging.read_picture_file", lambda path: pytest.fail(f"read {path}"))
    assert import_folder(home, folder).totals.products == 5


def test_touched_file_is_read_and_found_unchanged(home, folder):
    import_folder(home, folder)
    version = find_catalog(home, "shop").version
    os.utime(folder / "loose.bmp", ns=(10**18, 10**18))
    assert import_folder(home, folder).message == "Nothing new."
    assert find_catalog(home, "shop").version == version


def test_lost_store_is_mended(home, folder):
    import_folder(home, folder)
    [picture_hash] = product(home, "loose.bmp").picture_hashes
    home.thumbnail_path(picture_hash).unlink()
    home.picture_path(picture_hash, "bmp").write_bytes(b"")
    import_folder(home, folder)
    assert home.thumbnail_path(picture_hash).stat().st_size > 0
    assert home.picture_path(picture_hash, "bmp").read_bytes() == (folder / "loose.bmp").read_bytes()


def test_unusable_files_are_counted_listed_and_not_fatal(home, folder):
    cut = save_picture(folder / "shirts" / "cut.jpg", size=(300, 300))
    cut.write_bytes(cut.read_bytes()[:-500])
    (folder / "shirts" / "words.jpg").write_text("no picture")
    (folder / "shirts" / "empty.png").touch()
    (folder / "huge.png").write_bytes(png_header(50_000, 50_000))
    save_picture(folder / "dot.png", size=(5, 5))
    (folder / "notes.txt").write_text("hello")
    report = import_folder(home, folder)
    assert report.totals.products == 5
    assert {(entry["reason"], entry["count"]) for entry in report.to_json()["skipped"]} == {
        ("unreadable", 1),
        ("not_a_picture", 2),
        ("empty", 1),
        ("too_large", 1),
        ("too_small", 1),
    }
    assert report.to_json()["skipped"][0] == {
        "reason": "not_a_picture",  # the most frequent first
        "count": 2,
        "examples": ["shirts/words.jpg", "notes.txt"],
    }
    listed = list_skipped(home, find_catalog(home, "shop").catalog_id)
    assert [(file.name, file.reason) for file in listed] == [
        ("shirts/empty.png", "empty"),
        ("notes.txt", "not_a_picture"),
        ("shirts/words.jpg", "not_a_picture"),
        ("huge.png", "too_large"),
        ("dot.png", "too_small"),
        ("shirts/cut.jpg", "unreadable"),
    ]
    assert import_folder(home, folder).to_json()["skipped"] == report.to_json()["skipped"]


def test_new_skipped_file_is_listed_though_nothing_else_is_new(home, folder):
    import_folder(home, folder)
    (folder / "notes.txt").write_text("hello")
    import_folder(home, folder)
    assert [file.name for file in list_skipped(home, find_catalog(home, "shop").catalog_id)] == ["notes.txt"]


def test_mended_file_comes_with_the_next_import(home, folder):
    (folder / "late.jpg").touch()
    import_folder(home, folder)
    save_picture(folder / "late.jpg", (9, 9, 9))
    report = import_folder(home, folder)
    assert (report.new, report.skipped) == (1, ())
    assert list_skipped(home, find_catalog(home, "shop").catalog_id) == []


def test_picture_changed_in_place(home, folder):
    import_folder(home, folder)
    [before] = product(home, "loose.bmp").picture_hashes
    save_picture(folder / "loose.bmp", (1, 2, 3))
    report = import_folder(home, folder)
    assert (report.new, report.changed, report.totals.pictures) == (0, 1, 5)
    assert product(home, "loose.bmp").picture_hashes != (before,)


def test_broken_later_keeps_the_product(home, folder):
    import_folder(home, folder)
    before = product(home, "loose.bmp")
    (folder / "loose.bmp").write_bytes(b"broken")
    report = import_folder(home, folder)
    assert product(home, "loose.bmp") == before
    assert (report.totals.products, report.gone) == (5, ())


def test_gone_products_stay_and_are_named(home, folder):
    import_folder(home, folder)
    (folder / "loose.bmp").unlink()
    report = import_folder(home, folder)
    assert report.gone == ("loose.bmp",)
    assert report.totals.products == 5
    assert report.message == "Nothing new. 1 are no longer in the source and stay in the catalog: loose.bmp."


def test_a_picture_that_stands_for_many_products_costs_no_more_than_one_of_its_own(home, folder):
    statements = []

    def note(connection, cursor, statement, *rest):
        if "picture_hash IN" in statement and "product_pictures" in statement:
            statements.append(statement)

    table = folder.parent / "shop.csv"
    lines = [f"{number},Shirt {number},loose.bmp" for number in range(1200)]
    table.write_text("\n".join(["product_id,title,picture", *lines]), encoding="utf-8")
    event.listen(Engine, "before_cursor_execute", note)
    try:
        source = open_source(home, str(table), settings=SourceSettings(images=str(folder)))
        import_source(home, source, catalog_name="shop", actor="ana")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    # Nothing has left the source, so nobody asks what else shows the picture: each answer would hold all before it.
    assert statements == []
    assert len(product_table(home, find_catalog(home, "shop"))) == 1200


def test_edits_survive_until_the_source_says_something_else(home, folder):
    import_folder(home, folder)
    catalog = find_catalog(home, "shop")
    edits = {"title": "Ruby shirt", "category": "Tops", "brand": "Nord", "attributes": {"fit": "slim"}}
    edit_product(home, catalog, "shirts/red_shirt.jpg", edits, actor="ana")
    edited = product(home, "shirts/red_shirt.jpg")
    assert import_folder(home, folder).changed == 0
    assert product(home, "shirts/red_shirt.jpg") == edited
    # Fewer levels asked for: the source now says "shoes" for the boots, and still "shirts" for the shirt.
    report = import_folder(home, folder, options=ImportOptions(category_levels=1))
    assert report.changed == 1
    assert product(home, "shirts/red_shirt.jpg") == edited
    assert product(home, "shoes/boots/brown.webp").category == "shoes"


def test_import_is_one_entry_of_the_log_and_can_be_undone(home, folder):
    import_folder(home, folder)
    [event] = [event for event in list_events(home) if event.kind == "import"]
    assert event.actor == "tests"
    assert event.summary == f"Imported from {folder} into shop: 5 new."
    undone = undo(home, event.event_id, actor="ana")
    assert find_catalog(home, "shop").products == 0
    undo(home, undone, actor="ana")
    assert len(ids(home)) == 5
    assert import_folder(home, folder).message == "Nothing new."


def test_import_after_undo_brings_everything_back(home, folder):
    import_folder(home, folder)
    undo(home, list_events(home)[0].event_id, actor="ana")
    assert import_folder(home, folder).new == 5


def test_the_row_of_the_import_keeps_options_and_report(home, folder):
    report = import_folder(home, folder, options=ImportOptions(seed=3))
    with read(home) as connection:
        [row] = connection.execute(imports.select()).mappings()
    assert row["source"] == str(folder)
    assert ImportOptions(**row["options"]) == ImportOptions(seed=3)
    assert row["report"] == report.to_json()
    assert row["finished"] >= row["started"]


def test_two_catalogs_share_the_store(home, folder):
    import_folder(home, folder, catalog="one")
    import_folder(home, folder, catalog="two")
    assert [(catalog.name, catalog.products) for catalog in list_catalogs(home)] == [("one", 5), ("two", 5)]
    assert len(list(home.pictures.rglob("*.*"))) == 4


def test_hostile_names_reach_the_catalog(home, tmp_path):
    root = tmp_path / "source"
    names = ["ä ö/" + "x" * 196 + ".jpg", "a > b/'quote\" $(rm).jpg", "<script>/日本語.jpg"]
    for shade, name in enumerate(names):
        save_picture(root / name, (shade, shade, shade))
    os.link(root / names[2], os.fsencode(root) + b"/caf\xe9.jpg")
    assert import_folder(home, root).totals.products == 4
    assert set(ids(home)) == {*names, "caf\\xe9.jpg"}
    # ">" parts levels, so a level's own becomes another sign.
    assert product(home, names[1]).category == "a › b"


def test_levels_and_limit(home, tmp_path):
    root = tmp_path / "source"
    for number in range(6):
        save_picture(root / "a" / f"x{number}" / f"{number}.png", (number, 0, 0))
    save_picture(root / "b" / "only.png", (0, 9, 0))
    options = ImportOptions(category_levels=1, max_per_category=4)
    report = import_folder(home, root, options=options)
    assert (report.totals.products, report.totals.categories, report.left_out) == (5, 2, 2)
    chosen = ids(home)
    # A grown source: what was chosen stays chosen, nothing is added.
    for number in range(6, 40):
        save_picture(root / "a" / f"x{number}" / f"{number}.png", (number, 0, 0))
    again = import_folder(home, root, options=options)
    assert (again.new, again.gone, again.left_out) == (0, (), 36)
    assert ids(home) == chosen


def test_limit_draws_over_splits_not_from_the_first_one(home, tmp_path):
    # Were the first 10 of 40 taken, all would come from "test", which sorts before "train".
    for number in range(40):
        save_picture(tmp_path / "s" / ("test" if number < 20 else "train") / "a" / f"{number}.png", (number, 0, 0))
    report = import_folder(home, tmp_path / "s", options=ImportOptions(max_per_category=10))
    assert report.totals.products == 10
    assert set(report.totals.splits) == {"train", "test"}  # all from one side: once in 5,000 seeds


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"split": "8:2"}, "split must be three numbers such as 8:1:1 .*, not '8:2'"),
        ({"split": "a:b:c"}, "three numbers"),
        ({"split": "0:1:1"}, "train above 0"),
        ({"split": "8:-1:1"}, "none below 0"),
        ({"split": "nan:1:1"}, "three numbers"),
        ({"max_per_category": 0}, "max_per_category must be at least 1, not 0"),
        ({"category_levels": -1}, "category_levels must be at least 1, not -1"),
    ],
)
def test_options_are_checked(choices, message):
    with pytest.raises(SettingsError, match=message):
        ImportOptions(**choices)


def test_empty_folder_and_bad_name_make_no_catalog(home, tmp_path, folder):
    (tmp_path / "nothing").mkdir()
    with pytest.raises(CatalogError, match="nothing holds no pictures: check the path"):
        import_folder(home, tmp_path / "nothing")
    with pytest.raises(CatalogError, match="a name has 1 to 100 letters"):
        import_folder(home, folder, catalog="../shop")
    assert list_catalogs(home) == []


def test_folder_without_usable_file_gives_an_empty_catalog(home, tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.jpg").touch()
    report = import_folder(home, tmp_path / "s").to_json()
    assert (report["products"], report["skipped"]) == (
        0,
        [{"reason": "empty", "count": 1, "examples": ["a.jpg"]}],
    )


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "move", "repaint", "break", "copy", "import"]),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def common_home(tmp_path_factory):
    """One home for all examples, each in a catalog of its own: making a home takes longer than an example."""
    return open_home(tmp_path_factory.mktemp("common") / "home")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_importing_twice_is_importing_once(tmp_path_factory, common_home, changes):
    """Whatever happens to a folder between imports, a second import in a row finds nothing to do."""
    home, source = common_home, tmp_path_factory.mktemp("source")
    name = f"shop-{len(list_catalogs(home))}"
    paths = [source / folder / f"{number}.png" for folder in ("a", "b/c") for number in range(4)]
    for shade, path in enumerate(paths[:3]):
        save_picture(path, (shade, 0, 0))
    for step, (what, first, second) in enumerate(changes):
        if what == "import":
            import_folder(home, source, catalog=name)
        else:
            change_folder(what, paths[first], paths[second], source=source, shade=step)
    once = import_folder(home, source, catalog=name)
    rows = product_table(home, find_catalog(home, name))
    twice = import_folder(home, source, catalog=name)
    assert (twice.new, twice.changed, twice.moved) == (0, 0, 0)
    assert (twice.totals, twice.gone) == (once.totals, once.gone)
    assert product_table(home, find_catalog(home, name)).equals(rows)
    assert rows["product_id"].is_unique
    # Every usable file is shown by exactly one product, and every other product is named as gone or broken.
    usable = [path for path in paths if path.exists() and path.stat().st_size > 10]
    broken = [path for path in paths if path.exists() and path.stat().st_size <= 10]
    assert len(usable) <= once.totals.products <= len(usable) + len(once.gone) + len(broken)


def change_folder(what, first, second, *, source, shade):
    if what == "add":
        save_picture(first, (shade, 200, 0))
    elif what == "repaint" and first.exists():
        save_picture(first, (shade, 0, 200))
    elif what == "break" and first.exists():
        first.write_bytes(b"broken")
    elif what == "remove" and first.exists() and sum(1 for _ in source.rglob("*.png")) > 1:
        first.unlink()
    elif what in ("move", "copy") and first.exists() and first != second:
        second.parent.mkdir(parents=True, exist_ok=True)
        (shutil.move if what == "move" else shutil.copy)(first, second)
