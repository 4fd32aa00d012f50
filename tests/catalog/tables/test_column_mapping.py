import pytest

from core.catalog.tables.column_mapping import attribute_names, map_columns
from core.errors import CatalogError


def mapped(columns, rows, **given):
    table = [dict(zip(columns, row, strict=True)) for row in rows]
    found = map_columns(columns, table, given=given, source="shop.csv")
    return {field: each.column for field, each in found.items()}


SHOP = ("SKU", "Product Name", "Category", "Price (EUR)", "Image URL", "Brand", "Colour", "Description", "weight")
SHOP_ROWS = [
    (
        f"A{number}",
        f"Mug {number} of clay",
        "Kitchen > Mugs",
        f"{number},50",
        f"https://x.example/{number}.jpg",
        "Nord",
        "red",
        "A mug.",
        "1 kg",
    )
    for number in range(1, 6)
]


def test_names_decide_and_cells_confirm():
    assert mapped(SHOP, SHOP_ROWS) == {
        "product_id": "SKU",
        "title": "Product Name",
        "category": "Category",
        "price": "Price (EUR)",
        "picture": "Image URL",
        "brand": "Brand",
        "color": "Colour",
        "description": "Description",
    }


def test_a_name_without_fitting_cells_decides_nothing():
    # "image" holds numbers of words and "price" texts: neither is what its name says.
    found = mapped(("id", "price", "split"), [("1", "on request", "left half"), ("2", "ask", "right half")])
    assert found == {"product_id": "id"}


def test_columns_without_names_are_known_by_their_cells():
    rows = [
        (f"p-{number}", f"https://x.example/{number}.jpg", f"€ {number}.99", f"A mug of kind {number}", "Home > Mugs")
        for number in range(1, 6)
    ]
    columns = tuple(f"column {place}" for place in range(1, 6))
    assert mapped(columns, rows) == {
        "product_id": "column 1",
        "picture": "column 2",
        "price": "column 3",
        "title": "column 4",
        "category": "column 5",
    }


def test_columns_that_lie_within_one_another_are_levels():
    columns = ("id", "articleType", "masterCategory", "subCategory")
    rows = [
        ("1", "Shirts", "Apparel", "Topwear"),
        ("2", "Jeans", "Apparel", "Bottomwear"),
        ("3", "Watches", "Accessories", "Watches"),
    ]
    assert mapped(columns, rows)["category"] == "masterCategory > subCategory > articleType"
    # A second column that crosses the first is none of its levels.
    crossed = [
        ("1", "x", "Apparel", "Sale"),
        ("2", "y", "Shoes", "Sale"),
        ("3", "z", "Apparel", "New"),
        ("4", "z", "Shoes", "New"),
    ]
    assert mapped(("id", "note", "department", "category"), crossed)["category"] == "category"


def test_one_picture_a_column():
    rows = [("1", "a.jpg", "b.jpg"), ("2", "c.jpg", "")]
    assert mapped(("id", "image_1", "image_2"), rows)["picture"] == "image_1 > image_2"


def test_the_price_before_a_discount_is_kept_beside_the_price():
    found = mapped(("id", "mrp", "selling_price"), [("1", "20", "15"), ("2", "30", "25")])
    assert (found["price"], found["price_was"]) == ("selling_price", "mrp")
    assert mapped(("id", "mrp"), [("1", "20"), ("2", "30")])["price"] == "mrp"  # alone it is the price


def test_the_user_goes_first():
    found = mapped(SHOP, SHOP_ROWS, title="description", price="", **{"attribute.maker": "Brand"})
    assert found["title"] == "Description" and "price" not in found and "brand" not in found
    assert found["attribute.maker"] == "Brand"
    table = [dict(zip(SHOP, row, strict=True)) for row in SHOP_ROWS]
    names = attribute_names(SHOP, map_columns(SHOP, table, given={"attribute.maker": "Brand"}, source="shop.csv"))
    assert names == {"weight": "weight", "Brand": "maker"}


def test_several_columns_by_the_user():
    found = mapped(SHOP, SHOP_ROWS, category="Brand > Colour")
    assert found["category"] == "Brand > Colour"


def test_a_column_that_is_not_there_names_those_that_are():
    with pytest.raises(CatalogError) as error:
        mapped(("id", "name"), [("1", "a")], price="prize")
    assert str(error.value) == "column 'prize' is not in shop.csv: found id, name; name it with --map price=COLUMN"


def test_columns_in_other_languages():
    rows = [("1", "红色连衣裙", "12.50"), ("2", "蓝色牛仔裤", "20.00")]
    assert mapped(("编号", "商品名称", "价格"), rows) == {"product_id": "编号", "title": "商品名称", "price": "价格"}
    german = [("1", "Tasse aus Ton", "Küche", "12,50"), ("2", "Becher aus Glas", "Küche", "9,00")]
    found = mapped(("Artikelnummer", "Bezeichnung", "Kategorie", "Preis"), german)
    assert found == {"product_id": "Artikelnummer", "title": "Bezeichnung", "category": "Kategorie", "price": "Preis"}


def test_a_label_is_a_category():
    rows = [("a.jpg", "dress"), ("b.jpg", "shirt"), ("c.jpg", "dress")]
    assert mapped(("filename", "label"), rows) == {"picture": "filename", "category": "label"}
