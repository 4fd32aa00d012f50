"""The two real tables: Flipkart's whole schema, and fashion studio photos."""

from collections import Counter

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.imports import import_source
from core.catalog.products import read_products
from core.catalog.source_settings import SourceSettings
from core.catalog.tables.table_source import open_table_source
from core.progress import SilentProgress

pytestmark = pytest.mark.shared

MISSING = {
    "994f1d8ade16b9fddce3c127eb7f38ed",
    "22ac36ba254a68d7dd6173f099771147",
    "c4ac93e194281d6d1450ffdaa52f5f99",
}


@pytest.fixture(scope="module")
def flipkart(shared_data, tmp_path_factory):
    from core.home import open_home

    folder = shared_data / "flipkart-1050"
    home = open_home(tmp_path_factory.mktemp("flipkart") / "home")
    [table] = folder.glob("*.csv")
    source = open_table_source(home, str(table), SourceSettings(images=str(folder / "images")), SilentProgress())
    report = import_source(home, source, catalog_name="flipkart", actor="ann")
    return home, source, report


def test_flipkart_has_the_numbers_counted_by_hand(flipkart):
    _home, source, report = flipkart
    # 1,050 rows; 1,047 files, so three names lead nowhere; one row has an empty price.
    assert (report.totals.products, report.totals.pictures) == (1050, 1047)
    assert {file.name.split(": ")[0] for file in report.skipped} == MISSING
    assert {file.reason for file in report.skipped} == {"missing"}
    assert source.notes() == []


def test_flipkart_has_seven_top_categories_of_150_and_prices_in_rupees(flipkart):
    home, _source, _report = flipkart
    products = read_products(home, find_catalog(home, "flipkart"))
    tops = Counter(product.category.split(" > ")[0] for product in products)
    assert tops == {
        "Home Furnishing": 150,
        "Baby Care": 150,
        "Watches": 150,
        "Home Decor & Festive Needs": 150,
        "Kitchen & Dining": 150,
        "Beauty and Personal Care": 150,
        "Computers": 150,
    }
    priced = [product for product in products if product.price_minor_units is not None]
    assert len(priced) == 1049 and {product.currency for product in priced} == {"INR"}


def test_flipkart_gives_attributes_of_specifications(flipkart):
    home, _source, _report = flipkart
    curtain = read_products(home, find_catalog(home, "flipkart"))[0]
    # The first row: 1899.0 before, 899.0 now; its hash says Color Multicolor, Length 213 cm.
    assert (curtain.product_id, curtain.price_minor_units) == ("55b85ea15a1536d46b7190ad6fff8ce7", 89900)
    assert (curtain.brand, curtain.color) == ("Elegance", "Multicolor")
    expected = {"price_was": 1899, "Length": "213 cm", "Type": "Eyelet", "pid": "CRNEG7BKMFFYHQ8Z"}
    assert expected.items() <= curtain.attributes.items()


def test_flipkart_again_is_nothing_new(flipkart):
    home, source, _report = flipkart
    again = import_source(home, source, catalog_name="flipkart", actor="ann")
    assert (again.new, again.changed, again.moved, again.gone) == (0, 0, 0, ())


def test_fashion_photos_need_no_mapping(shared_data, home):
    folder = shared_data / "myntra-3000"
    settings = SourceSettings(images=str(folder / "images"))
    source = open_table_source(home, str(folder / "styles.csv"), settings, SilentProgress())
    records = list(source.records())
    assert len(records) == 3000 and all(len(record.pictures) == 1 for record in records)
    shirt = records[0]
    assert (shirt.product_id, shirt.title) == ("15970", "Turtle Check Men Navy Blue Shirt")
    assert (shirt.category, shirt.color) == (("Apparel", "Topwear", "Shirts"), "Navy Blue")
    assert shirt.attributes == {"gender": "Men", "season": "Fall", "year": "2011", "usage": "Casual"}
    assert source.skipped() == [] and len({record.category for record in records}) >= 96
