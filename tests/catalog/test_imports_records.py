"""Products that are more than their picture, as tables and the demo give them."""

from dataclasses import replace

from core.catalog.catalogs import find_catalog
from core.catalog.import_values import category_path, changed_values
from core.catalog.imports import import_source
from core.catalog.products import edit_product, get_product
from core.catalog.sources import SkippedFile, SourcePicture, SourceRecord
from tests.catalog.picture_files import save_picture


class ListSource:
    """A source from a list."""

    def __init__(self, records, *, description="list", skipped=()):
        self.description, self._records, self._skipped = description, list(records), list(skipped)

    def count(self):
        return None

    def keys(self):
        return {record.product_id for record in self._records}

    def records(self):
        return iter(self._records)

    def skipped(self):
        return self._skipped


MUG = SourceRecord(
    product_id="17",
    title="Mug",
    category=("Kitchen", "Mugs"),
    price_minor_units=900,
    currency="EUR",
    brand="Nord",
    attributes={"material": "clay", "liters": 0.3},
)


def run(home, *records, **source):
    return import_source(home, ListSource(records, **source), catalog_name="shop", actor="tests")


def mug(home):
    return get_product(home, find_catalog(home, "shop"), "17")


def edit(home, **values):
    edit_product(home, find_catalog(home, "shop"), "17", values, actor="ana")


def test_product_without_picture_is_kept(home, tmp_path):
    missing = SourcePicture("17.jpg", tmp_path / "17.jpg")
    report = run(home, replace(MUG, pictures=(missing,)), skipped=[SkippedFile("row 9", "empty")])
    assert (report.totals.products, report.totals.pictures) == (1, 0)
    assert [(file.name, file.reason) for file in report.skipped] == [("17.jpg", "missing"), ("row 9", "empty")]
    assert mug(home).price_minor_units == 900
    assert mug(home).category == "Kitchen > Mugs"


def test_several_pictures_keep_their_order(home, tmp_path):
    files = [save_picture(tmp_path / f"{number}.png", (number, 0, 0)) for number in range(3)]
    pictures = tuple(SourcePicture(file.name, file) for file in files)
    run(home, replace(MUG, pictures=pictures))
    first = mug(home).picture_hashes
    report = run(home, replace(MUG, pictures=pictures[::-1]))
    assert (report.changed, report.totals.pictures) == (1, 3)
    assert mug(home).picture_hashes == first[::-1]


def test_the_same_picture_twice_in_a_product(home, tmp_path):
    file = save_picture(tmp_path / "a.png")
    pictures = (SourcePicture("a", file), SourcePicture("b", file))
    assert run(home, replace(MUG, pictures=pictures)).totals.pictures == 2
    assert run(home, replace(MUG, pictures=pictures)).message == "Nothing new."


def test_fields_are_taken_one_by_one(home):
    run(home, MUG)
    edit(home, title="Ana's mug", brand="South")
    run(home, replace(MUG, brand="West", description="Large"))
    # Brand and description changed in the source; the title did not, so the edit stays.
    assert (mug(home).title, mug(home).brand, mug(home).description) == ("Ana's mug", "West", "Large")
    assert run(home, replace(MUG, brand="West", description="Large")).changed == 0


def test_price_and_currency_go_together(home):
    run(home, MUG)
    edit(home, price_minor_units=1000)
    run(home, replace(MUG, currency="SEK"))
    # 1000 was euro cents: in another currency the source's own price counts.
    assert (mug(home).price_minor_units, mug(home).currency) == (900, "SEK")


def test_attributes_are_taken_one_by_one(home):
    run(home, MUG)
    edit(home, attributes={"material": "glass", "liters": 0.3, "mine": True})
    run(home, replace(MUG, attributes={"material": "clay", "liters": 0.5}))
    assert mug(home).attributes == {"material": "glass", "liters": 0.5, "mine": True}
    run(home, replace(MUG, attributes={"material": "clay"}))
    assert mug(home).attributes == {"material": "glass", "mine": True}


def test_table_under_another_name_updates_its_products(home):
    run(home, MUG, description="november.csv")
    report = run(home, replace(MUG, price_minor_units=950), description="december.csv")
    assert (report.new, report.changed) == (0, 1)


def test_source_that_agrees_with_an_edit_changes_nothing_to_see(home):
    run(home, MUG)
    edit(home, title="Cup")
    report = run(home, replace(MUG, title="Cup"))
    assert (report.changed, mug(home).title) == (0, "Cup")
    # From here on the source has said "Cup": it may say otherwise again.
    run(home, replace(MUG, title="Beaker"))
    assert mug(home).title == "Beaker"


def test_category_path_can_be_parted_again():
    assert category_path(("A > B", " C ", "")) == "A › B > C"
    assert category_path(()) is None
    assert category_path(("",)) is None


def test_unknown_past_takes_everything_from_the_source():
    names = ("title", "category", "price_minor_units", "currency", "brand", "color", "description", "split")
    says = {name: None for name in names} | {"source": "s", "title": "New", "attributes": {}}
    current = {**says, "title": "Old"}
    assert changed_values(current, said={}, says=says) == {"title": "New", "source_values": says}
