"""The quality report of catalogs whose faults are known."""

import numpy as np
import pytest
from PIL import Image

from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import count_products, read_products
from core.errors import Cancelled
from core.progress import SilentProgress
from core.quality.line_products import issue_counts, line_products, narrowed, shown_products
from core.quality.measuring import count_unmeasured, measure_pictures
from core.quality.report import quality_report
from tests.catalog.picture_files import import_folder
from tests.quality.shops import shop_of


def found(report):
    return {line.key: line.count for line in report.lines if line.count}


def ids(report, key):
    return report.line(key).products.product_ids


def test_an_empty_catalog_has_a_report(home):
    report = quality_report(home, create_catalog(home, "empty", actor="tests"))
    assert (report.products, report.pictures, report.lines) == (0, 0, ())
    assert report.verdict == "This catalog is empty: there is nothing to judge yet."


def test_a_catalog_of_one_product(home):
    report = quality_report(home, shop_of(home, [{}]))
    # One mug in a category of one, without picture and split; everything else is in order.
    assert found(report) == {"without_picture": 1, "small_category": 1, "without_split": 1}
    assert report.verdict.startswith(
        "Not yet to be trusted: 2 things to mend first, beginning with “Without a picture”"
    )


def test_every_fault_of_values_is_found_where_it_is(home):
    rows = [{} for _ in range(20)]
    rows[0] = {"title": "  x "}
    rows[1] = {"title": "Mug <b>sale</b>"}
    rows[2] = {"title": "Cup &amp; saucer"}
    rows[3] = {"title": "BUY THIS MUG NOW"}
    rows[4] = {"title": "mugs"}
    rows[5] = {"brand": "ALBA"}
    rows[6] = {"brand": "N/A"}
    rows[7] = {"category": "kitchen > Mugs"}
    rows[8] = {"title": "R&D mug < 3 cm"}  # neither an entity nor a tag
    rows[9] = {"title": "USB 3"}  # a name, not shouting
    report = quality_report(home, shop_of(home, rows))
    assert ids(report, "title_short") == ("p0",)
    assert ids(report, "title_markup") == ("p1", "p2")
    assert ids(report, "title_capitals") == ("p3",)
    assert ids(report, "title_category") == ("p4",)
    assert ids(report, "spelling_brand") == ("p5",)
    assert ids(report, "placeholder_value") == ("p6",)
    assert ids(report, "spelling_category") == ("p7",)
    assert report.line("title_repeated").count == 0


def test_repeated_titles_come_most_repeated_first(home):
    rows = [{"title": title} for title in ("Blue", "Red", "Blue", "Green", "Red", "Red")]
    report = quality_report(home, shop_of(home, rows))
    assert ids(report, "title_repeated") == ("p1", "p4", "p5", "p0", "p2")
    assert report.line("title_repeated").count == 5


def test_missing_values_are_counted_and_can_be_shown(home):
    rows = [{}, {"brand": None}, {"price_minor_units": None, "currency": None}, {"category": None}]
    catalog = shop_of(home, rows)
    report = quality_report(home, catalog)
    for key, product_id in (("without_brand", "p1"), ("without_price", "p2"), ("without_category", "p3")):
        assert [p.product_id for p in line_products(home, catalog, report.line(key), limit=9)] == [product_id]


def test_what_no_product_has_is_only_noted(home):
    rows = [{"price_minor_units": None, "currency": None} for _ in range(12)]
    report = quality_report(home, shop_of(home, rows))
    assert report.line("without_price").severity == "note"  # the source knows no prices
    assert report.line("price_outlier") is None  # nor are there any to judge


def test_prices_of_zero_outliers_and_other_currencies(home):
    rows = [{} for _ in range(20)]
    rows[3] = {"price_minor_units": 0}
    rows[4] = {"price_minor_units": 100_000}
    rows[5] = {"price_minor_units": 9_000_000}
    rows[6] = {"currency": "USD"}
    report = quality_report(home, shop_of(home, rows))
    assert ids(report, "price_zero") == ("p3",)
    assert ids(report, "price_outlier") == ("p5", "p4")  # the farthest first
    assert ids(report, "price_currency") == ("p6",)
    assert report.line("price_outlier").total == 20
    assert set(report.prices) == {"EUR", "USD"}
    assert sum(report.prices["EUR"].counts) == 18  # 20 without the free one and the one in dollars


def test_products_that_cleaning_left_out_do_not_count(home):
    from core.catalog.log import change
    from core.catalog.schema import products

    catalog = shop_of(home, [{}, {"brand": None}])
    key = {"catalog_id": catalog.catalog_id, "product_id": "p1"}
    with change(home, actor="tests", kind="clean", summary="Cap", catalog_id=catalog.catalog_id) as cleaning:
        cleaning.update(products, key, {"left_out": "cap per category"})
    report = quality_report(home, find_catalog(home, "shop"))
    assert (report.products, report.line("without_brand").count) == (1, 0)


def photo(path, *, blank=False, scale=1.0, size=(220, 260), seed=0):
    """A sharp picture of random tiles, darkened by a factor; or a blank one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    tiles = random.integers(60, 256, (-(-size[1] // 20), -(-size[0] // 20), 3)).repeat(20, 0).repeat(20, 1)
    pixels = np.full((size[1], size[0], 3), 250) if blank else tiles[: size[1], : size[0]] * scale
    Image.fromarray(pixels.astype(np.uint8)).save(path)


@pytest.fixture
def pictured(home, tmp_path):
    folder = tmp_path / "pictures"
    for number in range(8):
        photo(folder / "mugs" / f"{number}.png", seed=number)
    photo(folder / "mugs" / "dark.png", scale=0.2, seed=20)
    photo(folder / "mugs" / "blank.png", blank=True)
    photo(folder / "mugs" / "long.png", size=(900, 120), seed=21)
    photo(folder / "mugs" / "tiny.png", size=(60, 70), seed=22)
    (folder / "mugs" / "copy.png").write_bytes((folder / "mugs" / "0.png").read_bytes())
    (folder / "mugs" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    import_folder(home, folder)
    return find_catalog(home, "shop")


def test_pictures_are_judged_once_they_are_measured(home, pictured):
    before = quality_report(home, pictured)
    assert before.line("picture_dark") is None and before.unmeasured == 12  # 13 products, one shown twice
    assert "12 of 12 pictures have not been measured yet" in before.verdict
    measured = measure_pictures(home, pictured, progress=SilentProgress())
    assert (measured.pictures, measured.measured, measured.reused, measured.unreadable) == (12, 12, 0, 0)
    report = quality_report(home, pictured)
    assert ids(report, "picture_dark") == ("mugs/dark.png",)
    assert ids(report, "picture_empty") == ("mugs/blank.png",)
    assert ids(report, "picture_shape") == ("mugs/long.png",)
    assert ids(report, "picture_small") == ("mugs/tiny.png",)
    assert ids(report, "duplicate_exact") == ("mugs/0.png", "mugs/copy.png")
    skipped = report.line("skipped_unreadable")
    assert (skipped.count, skipped.names) == (1, ("mugs/broken.png",))
    assert report.formats == {"PNG": 12}


def test_measuring_again_measures_only_what_is_new_or_gone(home, pictured):
    measure_pictures(home, pictured, progress=SilentProgress())
    again = measure_pictures(home, pictured, progress=SilentProgress())
    assert (again.measured, again.reused) == (0, 12)


def test_a_kept_file_that_is_damaged_is_told(home, pictured):
    [hash_] = {product.picture_hashes[0] for product in read_products(home, pictured) if "tiny" in product.product_id}
    home.picture_path(hash_, "png").write_bytes(b"torn")
    assert measure_pictures(home, pictured, progress=SilentProgress()).unreadable == 1
    line = quality_report(home, pictured).line("picture_unreadable")
    assert (line.severity, line.products.product_ids) == ("bad", ("mugs/tiny.png",))


def test_a_cancelled_measuring_keeps_what_it_did_and_goes_on(home, pictured):
    class StopAfterFive(SilentProgress):
        def report(self, done, total, message):
            if done == 5:
                raise Cancelled("enough")

    with pytest.raises(Cancelled):
        measure_pictures(home, pictured, progress=StopAfterFive())
    assert count_unmeasured(home, pictured) == 12 - 5
    assert measure_pictures(home, pictured, progress=SilentProgress()).measured == 7


def test_lines_are_sorted_by_what_matters_most(home, pictured):
    severities = [line.severity for line in quality_report(home, pictured).lines]
    order = ["bad", "warning", "note", "good"]
    assert severities == sorted(severities, key=order.index)


def test_an_issue_narrows_another_filter(home):
    catalog = shop_of(home, [{"brand": None}, {"brand": None, "color": "blue"}, {"title": "TWO BIG MUGS"}])
    report = quality_report(home, catalog)
    assert issue_counts(report)["without_brand"] == 2
    blue = narrowed(ProductFilter(color="blue"), report.line("without_brand"))
    assert [p.product_id for p in read_products(home, catalog, filter=blue)] == ["p1"]
    both = narrowed(ProductFilter(where="color = 'blue'"), report.line("without_brand"))
    assert count_products(home, catalog, filter=both) == 1
    named = narrowed(ProductFilter(), report.line("title_capitals"))
    assert count_products(home, catalog, filter=named) == 1
    assert count_products(home, catalog, filter=narrowed(ProductFilter(), None)) == 0  # an issue that is gone


def test_a_line_names_a_bounded_number_of_products(home, monkeypatch):
    for module in ("product_scan", "product_lines"):
        monkeypatch.setattr(f"core.quality.{module}.MOST_PRODUCTS", 3)
    report = quality_report(home, shop_of(home, [{"title": "THE SAME MUG"}] * 8))
    line = report.line("title_capitals")
    assert (line.count, shown_products(line)) == (8, 3)
    assert shown_products(report.line("title_repeated")) == 3


@pytest.mark.shared
def test_flipkart_s_known_faults(home, shared_data):
    from core.catalog.imports import import_source
    from core.catalog.open_source import open_source
    from core.catalog.source_settings import SourceSettings

    folder = shared_data / "flipkart-1050"
    [table] = folder.glob("*.csv")
    source = open_source(home, str(table), settings=SourceSettings(images=str(folder / "images")))
    import_source(home, source, catalog_name="flipkart", actor="tests")
    report = quality_report(home, find_catalog(home, "flipkart"))
    # From the README of the data: 1,050 rows, 1,047 pictures, 3 missing, 16 surplus files, prices in all but one.
    assert (report.products, report.pictures, report.distinct_pictures) == (1050, 1047, 1031)
    assert report.line("without_picture").count == report.line("skipped_missing").count == 3
    assert report.line("without_price").count == 1
    # A watch at 201,000 rupees, where half of all watches cost less than 780, is the farthest.
    assert ids(report, "price_outlier")[0] == "08452abdadb3db1e686b94a9c52fc7b6"
    assert 15 <= report.line("price_outlier").count <= 35
