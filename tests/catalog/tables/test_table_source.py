import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.errors import CatalogError
from tests.catalog.picture_files import save_picture
from tests.catalog.tables.table_text import records, skips, source, write


def test_a_row_becomes_a_product(home, tmp_path):
    path = write(
        tmp_path,
        "sku,name,category,price,brand,colour,description,split,weight\n"
        'A1,Mug of clay,Kitchen > Mugs,"€ 12,50",Nord,red,A fine mug.,val,1 kg\n'
        "A2,Cup,Kitchen > Cups,,unknown,NaN,,,\n",
    )
    mug, cup = records(home, path)
    assert (mug.product_id, mug.title, mug.category) == ("A1", "Mug of clay", ("Kitchen", "Mugs"))
    assert (mug.price_minor_units, mug.currency, mug.brand, mug.color) == (1250, "EUR", "Nord", "red")
    assert (mug.description, mug.split, mug.attributes) == ("A fine mug.", "validation", {"weight": "1 kg"})
    assert not mug.needs_picture
    assert (cup.price_minor_units, cup.currency, cup.brand, cup.color, cup.attributes) == (None, None, None, None, {})


@pytest.mark.parametrize(
    ("cells", "levels"),
    [
        (["A > B", "A > C"], ("A", "B")),
        (['["A >> B >> C"]', '["A >> D"]'], ("A", "B", "C")),
        (["A/B", "A/C"], ("A", "B")),
        (["A|B", "C"], ("A", "B")),
        (['["A", "B"]', '["C"]'], ("A", "B")),
        (['[["A", "B"], ["C"]]', '["C"]'], ("A", "B")),
        (["['A', 'B']", "['C']"], ("A", "B")),
        (["TV/Video", "Shoes", "Hats"], ("TV/Video",)),  # one slash among three is part of a name
        (["TV/Video > Cables", "Shoes"], ("TV/Video", "Cables")),
        ([" A  >  B > ", "C"], ("A", "B")),
    ],
)
def test_categories(home, tmp_path, cells, levels):
    rows = "".join(f"{number}\t{cell}\n" for number, cell in enumerate(cells))
    assert records(home, write(tmp_path, f"id\tcategory\n{rows}", "shop.tsv"))[0].category == levels


def test_the_other_prices_of_a_column_decide_what_a_point_means(home, tmp_path):
    german = write(tmp_path, "id;price\n1;1.234\n2;19,99\n")
    english = write(tmp_path, "id;price\n1;1.234\n2;19.99\n", "english.csv")
    assert [each.price_minor_units for each in records(home, german, currency="EUR")] == [123400, 1999]
    assert [each.price_minor_units for each in records(home, english, currency="EUR")] == [123, 1999]


def test_currencies_come_from_the_cell_the_column_the_user_and_the_name(home, tmp_path):
    path = write(tmp_path, "id,price,currency\n1,$5,EUR\n2,5,GBP\n3,5,\n")
    assert [each.currency for each in records(home, path, currency="INR")] == ["USD", "GBP", "INR"]
    named = write(tmp_path, "id,price_chf\n1,5\n2,6\n", "named.csv")
    assert [each.currency for each in records(home, named)] == ["CHF", "CHF"]
    plain = source(home, write(tmp_path, "id,price\n1,5\n2,6\n", "plain.csv"))
    assert [(each.price_minor_units, each.currency) for each in plain.records()] == [(500, "XXX"), (600, "XXX")]
    assert plain.notes() == ["2 prices name no currency and are kept as XXX: name it with --currency"]


def test_prices_that_cannot_be_read_are_listed_and_stay_to_be_mended(home, tmp_path):
    opened = source(home, write(tmp_path, "id,price\n1,5\n2,on request\n3,-4\n4,0\n5,6\n"), currency="EUR")
    found = list(opened.records())
    assert [each.price_minor_units for each in found] == [500, None, None, None, 600]
    assert skips(opened) == [("2", "bad_price"), ("3", "bad_price"), ("4", "bad_price")]
    assert found[1].attributes == {"price": "on request"}


def test_old_prices_and_ranges_are_kept_as_attributes(home, tmp_path):
    path = write(tmp_path, "id,price\n1,was 20 now 15\n2,10-12.50\n")
    first, second = records(home, path, currency="EUR")
    assert (first.price_minor_units, first.attributes) == (1500, {"price_was": 20})
    assert (second.price_minor_units, second.attributes) == (1000, {"price_highest": 12.5})


@pytest.fixture
def shop(tmp_path):
    """A folder of pictures with a table beside it, and a secret outside."""
    folder = tmp_path / "shop"
    for name in ("1.jpg", "2.PNG", "sub/3.jpg", "red dress, front.jpg"):
        save_picture(folder / "images" / name)
    save_picture(tmp_path / "secret.jpg")
    (folder / "images" / "leak.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "images" / "inside.jpg").symlink_to(folder / "images" / "1.jpg")
    return folder


def pictures(home, folder, *cells, **settings_):
    rows = "".join(f"{number}\t{cell}\n" for number, cell in enumerate(cells, start=1))
    path = write(folder, f"id\timage\n{rows}", "shop.tsv")
    opened = source(home, path, images=str(folder / "images"), **settings_)
    return [[picture.name for picture in record.pictures] for record in opened.records()], skips(opened)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("1.jpg", ["1.jpg"]),
        ("2.png", ["2.png"]),  # the file is called 2.PNG
        ("sub/3.jpg", ["sub/3.jpg"]),
        ("sub\\3.jpg", ["sub\\3.jpg"]),
        ("images/1.jpg", ["images/1.jpg"]),  # named together with the folder
        ("inside.jpg", ["inside.jpg"]),
        ("red dress, front.jpg", ["red dress, front.jpg"]),
        ("1.jpg, sub/3.jpg", ["1.jpg", "sub/3.jpg"]),
        ("1.jpg sub/3.jpg", ["1.jpg", "sub/3.jpg"]),
        ("1.jpg|sub/3.jpg|1.jpg", ["1.jpg", "sub/3.jpg"]),
        ('["1.jpg", "red dress, front.jpg"]', ["1.jpg", "red dress, front.jpg"]),
        ("['1.jpg', 'sub/3.jpg']", ["1.jpg", "sub/3.jpg"]),
        ("", []),
        ("nan", []),
    ],
)
def test_pictures_by_name(home, shop, cell, names):
    assert pictures(home, shop, cell) == ([names], [])


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("4.jpg", "missing"),
        ("../../secret.jpg", "outside"),
        ("sub/../../../secret.jpg", "outside"),
        ("/etc/passwd.jpg", "outside"),
        ("C:\\secret.jpg", "outside"),
        ("\\\\host\\share\\secret.jpg", "outside"),
        ("~/secret.jpg", "outside"),
        ("leak.jpg", "link"),
        ("file:///etc/passwd", "bad_url"),
        ("ftp://x.example/1.jpg", "bad_url"),
        ("sub", "missing"),
    ],
)
def test_pictures_that_cannot_be_had_are_listed_with_their_product(home, shop, cell, reason):
    assert pictures(home, shop, "1.jpg", cell) == ([["1.jpg"], []], [(f"2: {cell}", reason)])


def test_pictures_by_address(home, tmp_path):
    path = write(
        tmp_path,
        'id,image\n1,"[""https://x.example/a b.jpg"", ""//x.example/2.png""]"\n2,"http://x.example/1.jpg, https://x.example/q?a=1,2"\n',
    )
    first, second = records(home, path)
    assert [picture.url for picture in first.pictures] == ["https://x.example/a b.jpg", "https://x.example/2.png"]
    assert [picture.url for picture in second.pictures] == ["http://x.example/1.jpg", "https://x.example/q?a=1,2"]


def test_without_a_column_pictures_are_called_like_their_product(home, shop):
    path = write(shop, "id,name\n1,a\n2,b\nsub/3,c\n9,d\n")
    opened = source(home, path, images=str(shop / "images"))
    assert [[each.name for each in record.pictures] for record in opened.records()] == [
        ["1.jpg"],
        ["2.PNG"],
        ["sub/3.jpg"],
        [],
    ]
    assert skips(opened) == [("9", "missing")]


def test_pictures_beside_the_table_need_no_folder(home, shop):
    path = write(shop, "id,image\n1,images/1.jpg\n2,images/4.jpg\n")
    opened = source(home, path)
    assert [len(record.pictures) for record in opened.records()] == [1, 0]
    assert skips(opened) == [("2: images/4.jpg", "missing")]


def test_names_without_any_file_are_one_line_and_not_a_million(home, tmp_path):
    opened = source(home, write(tmp_path, "id,image\n1,a.jpg\n2,b.jpg\n"))
    assert [record.pictures for record in opened.records()] == [(), ()]
    assert skips(opened) == []
    assert opened.notes() == [
        "column image holds file names, and no such file is beside the table: products come without pictures; name "
        "their folder with --images"
    ]


def test_rows_without_an_id_and_repeated_ones_are_told(home, tmp_path):
    opened = source(home, write(tmp_path, "id,name\n1,a\n,b\n1,c\n,d\n"))
    # Rows two and four have no id, row three contradicts row one.
    assert len(opened.head(20)) == 3
    assert any(note.startswith("1 of the first rows have the id of a row above") for note in opened.notes())
    assert len(list(opened.records())) == 3
    assert [note for note in opened.notes() if "no id" in note] == [
        "2 rows have no id: their products are known by their content"
    ]


def test_a_folder_that_is_not_there_is_one_error(home, tmp_path):
    with pytest.raises(CatalogError, match="nowhere is not there: expected the folder of the pictures; check --images"):
        source(home, write(tmp_path, "id\n1\n"), images=str(tmp_path / "nowhere"))


def test_repeated_ids(home, shop):
    path = write(
        shop,
        "id,name,image\n1,Mug,images/1.jpg\n2,Cup,\n1,Mug,images/1.jpg\n1,Mug,images/2.PNG\n2,Cup for two,\n"
        "1,Mug,images/sub/3.jpg\n",
    )
    opened = source(home, path)
    assert (opened.count(), opened.keys()) == (2, {"1", "2"})
    # Row 3 repeats row 1, rows 4 and 6 add a picture each, row 5 contradicts row 2.
    assert [(each.product_id, each.title, len(each.pictures)) for each in opened.records()] == [
        ("1", "Mug", 3),
        ("2", "Cup", 0),
    ]
    assert skips(opened) == [("row 5 (2)", "duplicate_id")]
    assert opened.notes() == ["3 rows repeat a product and were merged with its first row"]


def test_rows_that_only_add_a_picture_may_leave_the_rest_empty(home, shop):
    # As shop systems export a product with three pictures: the further rows hold its handle and a picture.
    path = write(
        shop,
        "Handle,Title,Image Src,Image Position\nmug,Mug,images/1.jpg,1\nmug,,images/2.PNG,2\nmug,,images/sub/3.jpg,3\n",
    )
    opened = source(home, path)
    assert [(each.title, len(each.pictures)) for each in opened.records()] == [("Mug", 3)] and skips(opened) == []


def test_rows_without_an_id_keep_their_name_wherever_they_stand(home, tmp_path):
    first = source(home, write(tmp_path, "title,price\nMug,5\nCup,6\nMug,7\nCup,6\n"))
    ids = {each.title + str(each.price_minor_units): each.product_id for each in first.records()}
    assert len(ids) == 3 and first.keys() == set(ids.values())  # the second cup says nothing new
    again = source(home, write(tmp_path, "title,price\nPlate,9\nMug,7\nCup,6.50\nMug,5\n", "again.csv"))
    found = {each.title + str(each.price_minor_units): each.product_id for each in again.records()}
    # Two mugs are told apart by all they hold; the cup is known by its title, so it keeps its id at another price.
    assert (found["Mug500"], found["Mug700"], found["Cup650"]) == (ids["Mug500"], ids["Mug700"], ids["Cup600"])
    assert found["Plate900"] not in ids.values()


def test_an_id_that_is_far_too_long_costs_its_row(home, tmp_path):
    opened = source(home, write(tmp_path, f"id,name\n1,a\n{'x' * 1000},b\n2,{'y' * 6000}\n3,c\n"))
    assert [record.product_id for record in opened.records()] == ["1", "3"] and opened.count() == 2
    assert skips(opened) == [("row 2", "too_long"), ("row 3", "too_long")]


def test_control_characters_reach_nothing(home, tmp_path):
    path = write(
        tmp_path,
        '{"id": "a\\u0000\\u001b[31m", "title": "x\\ud800y\\u0007", "note": {"k\\u0000": ["\\u009b"]}}\n',
        "a.jsonl",
    )
    [record] = records(home, path)
    assert (record.product_id, record.title, record.attributes) == ("a[31m", "xy", {})


def test_numbers_and_lists_of_json_stay_what_they_are(home, tmp_path):
    path = write(
        tmp_path,
        '{"id": 7, "name": "Mug", "stock": 3, "tags": ["a", null, "b"], "new": true, "price": 12.5}\n',
        "a.jsonl",
    )
    [record] = records(home, path, currency="EUR")
    assert record.product_id == "7" and record.price_minor_units == 1250
    assert record.attributes == {"stock": 3, "tags": ["a", "b"], "new": True}


def test_a_table_without_rows_is_one_error(home, tmp_path):
    with pytest.raises(CatalogError, match=r"shop\.csv holds no row below the names of its columns"):
        source(home, write(tmp_path, "id,name\n"))


def test_importing_merges_categories_and_says_what_was_decided(home, tmp_path):
    path = write(tmp_path, "id,name,category,price\n1,a,Mugs > Big,5\n2,b,Cups,6\n3,c,Junk,7\n")
    rules = {"Mugs": "Kitchen > Mugs", "Cups": "Mugs", "Junk": ""}
    opened = source(home, path)
    report = import_source(home, opened, catalog_name="shop", actor="ann", options=ImportOptions(merge=rules))
    assert (report.new, report.totals.categories) == (3, 2)  # Kitchen > Mugs > Big and Kitchen > Mugs
    assert "3 prices name no currency and are kept as XXX" in report.message
    again = import_source(
        home, source(home, path), catalog_name="shop", actor="ann", options=ImportOptions(merge=rules)
    )
    assert (again.new, again.changed) == (0, 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.tuples(
            st.sampled_from(["", "1", "2", "3", "x"]),
            st.text(max_size=12),
            st.text("0123456789.,-€ was", max_size=8),
            st.sampled_from(["", "1.jpg", "../1.jpg", "[", '["a.jpg", 3]', "http://x/1.jpg", "a|b", "\\", "~"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_keys_are_the_ids_of_the_records(home, tmp_path, cells):
    text = io.StringIO()
    csv.writer(text).writerows([("id", "name", "price", "image"), *cells])
    (tmp_path / "images").mkdir(exist_ok=True)
    try:
        opened = source(
            home, write(tmp_path, text.getvalue().encode("utf-8", "replace")), images=str(tmp_path / "images")
        )
    except CatalogError as error:
        assert "holds no row" in str(error)
        return
    ids = [record.product_id for record in opened.records()]
    assert len(ids) == len(set(ids)) == opened.count() and set(ids) == opened.keys()
    assert [record.product_id for record in opened.records()] == ids  # the same at every reading
