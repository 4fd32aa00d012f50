"""The Import page: choosing, looking, correcting the mapping, starting, and reading the report."""

import csv

import pytest

from core.catalog.catalogs import find_catalog, list_catalogs
from core.catalog.products import get_product
from core.jobs.status import list_jobs
from core.jobs.supervise import run_here
from tests.catalog.picture_files import save_picture
from tests.pages.conftest import broken, words
from tests.pages.test_hostile_names import HOSTILE, markup


@pytest.fixture
def table(tmp_path):
    """Three products whose columns have names nobody would guess right, one picture file of two there."""
    path = tmp_path / "my shop.csv"
    rows = [
        ["nr", "what it is", "shelf", "costs", "file"],
        ["p1", "Red mug", "Kitchen > Mugs", "9.50", "1.png"],
        ["p2", "Blue mug", "Kitchen > Mugs", "12.00", "2.png"],
        ["p3", "Wool scarf", "Clothing", "30", ""],
    ]
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    save_picture(tmp_path / "1.png")
    return path


def look_at(open_page, home, table, source="table"):
    app = open_page(home, "import_products", f"source={source}")
    return app.text_input(key=f"import_{source}").set_value(str(table)).run()


def mapping(app):
    return {box.label: box.value for box in app.selectbox if str(box.key).startswith("map_")}


def product_table(app):
    return next(table.value for table in app.dataframe if "Product id" in table.value.columns)


def test_every_source_can_be_chosen(home, open_page):
    app = open_page(home, "import_products")
    titles = ["Folder", "Table file", "Archive", "BSON", "Database", "Result pages", "Sample"]
    assert [button.label for button in app.main.button] == titles
    for place, title in enumerate(titles):
        chosen = open_page(home, "import_products").main.button[place].click().run()
        assert broken(chosen) == [], title
        assert "What do you have?" not in words(chosen)


def test_size_and_licence_of_the_sample_are_shown_before_it_is_fetched(home, open_page):
    app = open_page(home, "import_products", "source=sample")
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown == {"Download": "about 100 MB", "Pictures": "3,781", "License": "CC0 1.0"}
    assert list_jobs(home) == []


def test_a_table_that_is_not_there_is_a_message_and_nothing_can_be_started(home, open_page, tmp_path):
    app = look_at(open_page, home, tmp_path / "nowhere.csv")
    assert broken(app) == []
    assert "nowhere.csv" in words(app)
    assert [button.label for button in app.button if button.label == "Import"] == []


def test_a_folder_without_pictures_offers_no_import(home, open_page, tmp_path):
    (tmp_path / "empty").mkdir()
    app = look_at(open_page, home, tmp_path / "empty", "folder")
    assert broken(app) == []
    assert "nothing to import" in words(app)


def test_nothing_is_imported_before_it_is_asked(home, open_page, table):
    app = look_at(open_page, home, table)
    assert broken(app) == []
    assert list_catalogs(home) == []
    assert {metric.label: metric.value for metric in app.metric}["Rows"] == "3"
    # What was found out is told where it can be changed.
    assert [box.placeholder for box in app.selectbox if box.label == "Delimiter"] == ["found: semicolon  ;"]


def test_a_corrected_mapping_is_seen_at_once_and_used_by_the_import(home, open_page, table):
    app = look_at(open_page, home, table)
    for label, column in (("Product id", "nr"), ("Title", "what it is"), ("Category", "shelf"), ("Price", "costs")):
        box = next(box for box in app.selectbox if box.label == label and str(box.key).startswith("map_"))
        box.select(column).run()
    assert mapping(app)["Title"] == "what it is"
    shown = product_table(app)
    assert shown["Title"].tolist() == ["Red mug", "Blue mug", "Wool scarf"]
    assert shown["Category"].tolist() == ["Kitchen > Mugs", "Kitchen > Mugs", "Clothing"]
    next(button for button in app.button if button.label == "Import").click().run()
    assert broken(app) == []
    [job] = list_jobs(home)
    assert job.arguments["catalog"] == "my-shop"
    assert job.arguments["settings"]["columns"]["title"] == "what it is"


def test_a_column_can_be_left_out_and_the_mapping_put_back(home, open_page, table):
    app = look_at(open_page, home, table)
    before = mapping(app)
    box = next(box for box in app.selectbox if box.label == "Pictures" and str(box.key).startswith("map_"))
    assert box.value == "file"
    box.select("no column").run()
    assert mapping(app)["Pictures"] == "no column"
    next(button for button in app.button if button.label == "Back to automatic").click().run()
    assert mapping(app) == before


def test_the_report_tells_totals_and_what_was_skipped(home, open_page, table):
    settings = {"format": "table", "columns": {"product_id": "nr", "title": "what it is", "picture": "file"}}
    arguments = {"source": str(table), "catalog": "shop", "settings": {**settings, "images": str(table.parent)}}
    run_here(home, "import", arguments, actor="tests")
    [job] = list_jobs(home)
    app = open_page(home, "import_products", f"job={job.job}")
    assert broken(app) == []
    shown = {metric.label: metric.value for metric in app.metric}
    # Three rows are three products; of the two named files one is there.
    assert (shown["Products"], shown["Pictures"]) == ("3", "1")
    assert "**1 entry skipped**" in words(app)
    assert "3 new" in words(app)
    assert get_product(home, find_catalog(home, "shop"), "p1").title == "Red mug"


def test_foreign_names_are_never_markup(home, open_page, tmp_path):
    path = tmp_path / "hostile.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", *HOSTILE[:3]])
        writer.writerows([[str(place), name, name, name, name] for place, name in enumerate(HOSTILE)])
    app = look_at(open_page, home, path)
    assert broken(app) == []
    assert "evil.test" not in markup(app)
    assert ":red[loud]" not in markup(app)


def test_a_password_stays_out_of_the_address_and_the_jobs(home, open_page):
    app = open_page(home, "import_products", "source=sql")
    app.text_input(key="sql_address").set_value("postgresql://ann:s3cret@127.0.0.1:1/shop").run()
    assert broken(app) == []
    assert "s3cret" not in words(app)
    assert "s3cret" not in str(dict(app.query_params))


def test_another_source_can_be_chosen_while_an_import_is_shown(home, open_page, table):
    run_here(home, "import", {"source": str(table), "catalog": "shop"}, actor="tests")
    [job] = list_jobs(home)
    app = open_page(home, "import_products", f"job={job.job}")
    next(button for button in app.button if button.label == "Import something else").click().run()
    assert broken(app) == []
    assert "What do you have?" in words(app)
