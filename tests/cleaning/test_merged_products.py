"""Rows that are one product become one with all their pictures."""

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.imports import import_source
from core.catalog.log import change
from core.catalog.schema import product_pictures
from core.catalog.sources import SourcePicture, SourceRecord
from core.errors import SettingsError
from tests.catalog.picture_files import save_picture
from tests.catalog.test_imports_records import ListSource
from tests.cleaning.shop import all_products, clean, make_shop, values
from tests.models.synthetic import picture_hash

ROWS = [
    {"product_id": "mug-1", "title": "Red mug", "brand": "Acme", "pictures": (1,)},
    {"product_id": "mug-2", "title": "RED  MUG", "brand": "Acme", "color": "red", "pictures": (2, 1)},
    {"product_id": "hat-1", "title": "Hat", "brand": "Acme", "pictures": (3,), "attributes": {"sku": 7}},
    {"product_id": "hat-2", "title": "Cap", "brand": "Bolt", "pictures": (), "attributes": {"sku": "7"}},
]


def pictures_of(home):
    return {product.product_id: product.picture_hashes for product in all_products(home)}


def test_the_one_with_most_data_takes_the_pictures(home):
    make_shop(home, ROWS)
    clean(home, "merge-products")
    # mug-2 knows its color and has two pictures; it had picture 1 already, so nothing is doubled.
    assert set(values(home, "title")) == {"mug-2", "hat-1", "hat-2"}
    assert pictures_of(home)["mug-2"] == (picture_hash(2), picture_hash(1))


def test_an_id_start_and_attributes_are_keys_too(home):
    make_shop(home, ROWS)
    clean(home, "merge-products", key="id_start")
    assert set(values(home, "title")) == {"mug-2", "hat-1"}
    make_shop(home, ROWS, name="other")
    clean(home, "merge-products", name="other", key="attribute.sku")
    assert set(values(home, "title", name="other")) == {"mug-1", "mug-2", "hat-1"}
    make_shop(home, ROWS, name="third")
    clean(home, "merge-products", name="third", key="attribute.sku, brand")
    assert len(all_products(home, name="third")) == 4  # the same number, other makers


def test_importing_again_may_take_pictures_away_and_the_step_gives_them_back(home):
    rows = [{**ROWS[0], "description": "long", "color": "red", "category": "Mugs"}, {**ROWS[1], "pictures": (2,)}]
    make_shop(home, rows)
    clean(home, "merge-products")
    assert pictures_of(home) == {"mug-1": (picture_hash(1), picture_hash(2))}
    catalog = find_catalog(home, "shop")
    with change(home, actor="tests", kind="import", summary="Again", catalog_id=catalog.catalog_id) as writing:
        writing.delete(product_pictures, [{"catalog_id": catalog.catalog_id, "product_id": "mug-1", "position": 1}])
    applied = clean(home, "merge-products")
    assert applied.products == 1
    assert pictures_of(home) == {"mug-1": (picture_hash(1), picture_hash(2))}


@pytest.mark.parametrize(
    ("key", "words"), [("", "key is empty"), ("price", "key names 'price'"), ("attribute.", "'attribute.'")]
)
def test_a_key_names_what_products_have(home, key, words):
    make_shop(home, ROWS)
    with pytest.raises(SettingsError, match=words):
        clean(home, "merge-products", key=key)


def test_importing_again_leaves_merged_products_as_they_are(home, tmp_path):
    names = ("mug-1", "mug-2")
    files = {name: save_picture(tmp_path / f"{name}.png", color=(place, 0, 0)) for place, name in enumerate(names)}
    records = [
        SourceRecord(name, "Red mug", brand="Acme", pictures=(SourcePicture(f"{name}.png", files[name]),))
        for name in names
    ]
    source = ListSource(records)
    import_source(home, source, catalog_name="shop", actor="tests")
    clean(home, "merge-products")
    merged = pictures_of(home)
    assert [len(hashes) for hashes in merged.values()] == [2]
    again = import_source(home, source, catalog_name="shop", actor="tests")
    # The source repeats itself, so what was done with its products stays, pictures included.
    assert again.message == "Nothing new."
    assert pictures_of(home) == merged
    save_picture(files["mug-1"], color=(9, 0, 0))
    assert import_source(home, source, catalog_name="shop", actor="tests").changed == 1  # now it does show another
