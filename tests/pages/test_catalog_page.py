"""The Catalog page: filters in the address, chips, editing with two editors, and the log of changes."""

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.log import list_events
from core.catalog.product_edits import LEFT_OUT_BY_HAND, edit_products, save_product
from core.catalog.products import get_product
from core.jobs.supervise import run_here
from tests.catalog.store import small_catalog
from tests.pages.conftest import broken, in_address, words


@pytest.fixture
def catalog(home):
    return small_catalog(home)


def chips(app):
    """The words of the active filters, without the signs that keep them from being markup."""
    found = [button for button in app.button if str(button.key).startswith("chip_") and button.key != "chip_all"]
    return [button.label.replace("\\", "") for button in found]


@pytest.mark.parametrize(
    ("query", "expected", "chip"),
    [
        # The small catalog: two mugs (9.00 and 12.50 EUR), wool without a price, a lamp (40.00) in "Kitchenware".
        ("q=mug", 2, "“mug”"),
        ("category=Kitchen", 2, "Category: Kitchen"),
        ("color=blue", 1, "Color: blue"),
        ("brand=Nord", 1, "Brand: Nord"),
        ("split=test", 1, "Split: test"),
        ("currency=EUR&low=10", 2, "from € 10.00"),
        ("currency=EUR&low=9&high=12.5", 2, "€ 9.00 to € 12.50"),
        ("currency=EUR&high=9", 1, "up to € 9.00"),
        ("pictures=with", 1, "With pictures"),
        ("pictures=without", 3, "Without pictures"),
        ("issue=without_category", 0, "Issue: Without a category"),
        ("issue=without_price", 1, "Issue: Without a price"),
    ],
)
def test_a_filter_of_the_address_narrows_and_shows_as_a_chip(home, open_page, catalog, query, expected, chip):
    app = open_page(home, "catalog", query)
    assert broken(app) == []
    noun = "product" if expected == 1 else "products"
    assert f"**{expected} {noun}** of 4" in words(app)
    assert chips(app) == [chip]


@pytest.mark.parametrize(
    "query",
    ["low=cheap&currency=EUR", "low=5", "pictures=perhaps", "page=-3", "page=99999999999", "left_out=x", "low=1e999"],
)
def test_what_means_nothing_in_an_address_does_not_narrow(home, open_page, catalog, query):
    app = open_page(home, "catalog", query)
    assert broken(app) == []
    assert "**4 products**" in words(app)
    assert chips(app) == []


def test_chips_take_one_filter_back_and_reset_takes_all(home, open_page, catalog):
    app = open_page(home, "catalog", "q=mug&color=blue&category=Kitchen")
    assert chips(app) == ["“mug”", "Category: Kitchen", "Color: blue"]
    app.button(key="chip_color").click().run()
    assert "**2 products** of 4" in words(app)
    assert "color" not in app.query_params
    app.button(key="chip_all").click().run()
    assert "**4 products**" in words(app)
    assert chips(app) == []
    assert app.text_input(key="q").value == ""


def test_left_out_products_are_out_of_sight_until_asked_for(home, open_page, catalog):
    edit_products(home, catalog, ["a/1"], {"left_out": LEFT_OUT_BY_HAND}, actor="ann")
    assert "**3 products**" in words(open_page(home, "catalog"))
    app = open_page(home, "catalog", "left_out=only")
    assert "**1 product** of 3" in words(app)
    assert chips(app) == ["Only left-out products"]
    assert "**4 products** of 3" in words(open_page(home, "catalog", "left_out=all"))


def test_a_product_is_changed_and_the_change_undone(home, open_page, catalog):
    app = open_page(home, "catalog", "product=a/1")
    assert broken(app) == []
    next(box for box in app.text_input if box.label == "Title").set_value("Crimson mug")
    next(box for box in app.selectbox if box.label == "Category").set_value("Clothing")
    next(button for button in app.button if button.label == "Save").click().run()
    assert broken(app) == []
    product = get_product(home, catalog, "a/1")
    assert (product.title, product.category) == ("Crimson mug", "Clothing")
    app = open_page(home, "catalog", "product=a/1")
    # The history tells what was and what is.
    assert "title: Red mug → Crimson mug" in words(app)
    assert "category: Kitchen > Mugs → Clothing" in words(app)
    next(button for button in app.button if button.label == "Undo").click().run()
    assert get_product(home, catalog, "a/1").title == "Red mug"


@pytest.mark.parametrize(("choice", "title"), [("Keep theirs", "Hers"), ("Save mine over it", "Mine")])
def test_of_two_editors_the_second_is_told_and_chooses(home, open_page, catalog, choice, title):
    app = open_page(home, "catalog", "product=a/1")
    # Ann saves while this visitor's form is open.
    save_product(home, catalog, "a/1", {"title": "Hers"}, seen={"title": "Red mug"}, actor="ann")
    next(box for box in app.text_input if box.label == "Title").set_value("Mine")
    next(box for box in app.text_input if box.label == "Brand").set_value("Nord")
    next(button for button in app.button if button.label == "Save").click().run()
    assert broken(app) == []
    assert "Somebody else changed this product while you edited it" in words(app)
    assert get_product(home, catalog, "a/1").brand is None
    next(button for button in app.button if button.label == choice).click().run()
    assert broken(app) == []
    # The brand, which Ann did not touch, is saved either way.
    product = get_product(home, catalog, "a/1")
    assert (product.title, product.brand) == (title, "Nord")


def test_the_newest_edit_is_undone_above_the_grid(home, open_page, catalog):
    edit_products(home, catalog, ["a/1", "a/2"], {"category": "Sale"}, actor="ann")
    app = open_page(home, "catalog")
    next(button for button in app.button if button.label == "Undo last edit").click().run()
    assert broken(app) == []
    assert get_product(home, find_catalog(home, "shop"), "a/1").category == "Kitchen > Mugs"
    assert list_events(home)[0].kind == "undo"


def test_every_view_of_the_catalog_opens(home, open_page, catalog):
    for view in ("Browse", "History", "Manage"):
        app = open_page(home, "catalog", f"view={view}")
        assert broken(app) == []
        assert in_address(app, "catalog") == "shop"


def test_two_imports_of_a_source_are_compared(home, open_page, tmp_path):
    table = tmp_path / "feed.csv"
    columns = {"product_id": "id", "title": "title", "price": "price"}
    for rows in ("1,Cup,5\n2,Bowl,7\n", "1,Big cup,5\n3,Plate,9\n"):
        table.write_text(f"id,title,price\n{rows}")
        settings = {"format": "table", "columns": columns, "currency": "EUR"}
        run_here(home, "import", {"source": str(table), "catalog": "feed", "settings": settings}, actor="tests")
    app = open_page(home, "catalog", "view=History")
    assert broken(app) == []
    shown = {metric.label: metric.value for metric in app.metric}
    # The second delivery brings 3, calls 1 differently and lacks 2.
    assert shown == {"New": "1", "Changed": "1", "Moved": "0", "Gone": "1"}
    changed = next(table.value for table in app.dataframe if "Before" in table.value.columns)
    assert changed.values.tolist() == [["1", "title", "Cup", "Big cup"]]
