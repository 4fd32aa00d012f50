"""BSON documents as a source."""

import struct
import tracemalloc

import bson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalog import bson_documents
from core.catalog.bson_documents import decode_document, document_id
from core.catalog.bson_source import open_bson_source
from core.catalog.catalogs import find_catalog
from core.catalog.imports import import_source
from core.catalog.products import product_table, read_products
from core.catalog.source_settings import SourceSettings
from core.errors import CatalogError
from core.progress import SilentProgress
from tests.catalog.bson_files import int32, jpeg, product, raw_document, write_bson, write_names


def opened(home, path, **choices):
    return open_bson_source(home, str(path), SourceSettings(**choices), SilentProgress())


def imported(home, path, **choices):
    return import_source(home, opened(home, path, **choices), catalog_name="shop", actor="tests")


def test_a_document_is_a_product_with_its_pictures_and_the_path_of_its_category(home, tmp_path):
    write_names(tmp_path / "category_names.csv", [(5, "Home", "Kitchen", "Mugs"), (6, "Art", "Oils", "Seas")])
    path = write_bson(tmp_path / "train.bson", [product(17, category=5, pictures=3), product(18, category=999)])
    source = opened(home, path)
    first, second = source.records()
    assert (first.product_id, first.title, first.category) == ("17", "Mugs", ("Home", "Kitchen", "Mugs"))
    assert [picture.name for picture in first.pictures] == ["17/1", "17/2", "17/3"]
    assert first.pictures[0].data == jpeg((17, 0, 0))
    assert first.attributes == {"category_id": 5}
    assert second.category == ("999",)  # a number without a name is kept as the category
    assert (source.count(), source.keys()) == (2, {"17", "18"})
    assert source.category_order == [("Art", "Oils", "Seas"), ("Home", "Kitchen", "Mugs")]


def test_names_may_be_named(home, tmp_path):
    names = write_names(tmp_path / "other.csv", [(5, "Home", "Kitchen", "Mugs")])
    path = write_bson(tmp_path / "train.bson", [product(1, category=5)])
    [record] = opened(home, path, category_names=str(names)).records()
    assert record.category == ("Home", "Kitchen", "Mugs")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-3, "-3"),
        (2**40, "1099511627776"),
        ("abc\x07", "abc\\x07"),
        (bson.ObjectId("507f1f77bcf86cd799439011"), "507f1f77bcf86cd799439011"),
        (1.5, "1.5"),
    ],
)
def test_ids_of_every_type_are_text(value, text):
    # The id is found behind other elements too, and without decoding them.
    assert document_id(bson.encode({"a": {"b": [1]}, "t": "x", "_id": value, "z": b"1"})) == text


def test_everything_before_the_damage_is_imported_and_the_place_is_told(home, tmp_path):
    whole = [product(number) for number in range(3)]
    end = sum(len(bson.encode(each)) for each in whole)
    report = imported(home, write_bson(tmp_path / "cut.bson", whole, tail=bson.encode(product(4))[:-10]))
    assert (report.totals.products, report.totals.pictures) == (3, 3)
    [skipped] = report.skipped
    assert (skipped.name, skipped.reason) == (f"cut.bson, byte {end}", "unreadable")
    assert "the file ends within a document" in skipped.detail


def test_a_document_that_is_damaged_inside_is_left_out_alone(home, tmp_path):
    text_without_end = raw_document(int32("_id", 2), b"\x02t\0" + struct.pack("<i", 3) + b"abc")
    path = write_bson(tmp_path / "a.bson", [product(1), text_without_end, product(3)])
    report = imported(home, path)
    assert report.totals.products == 2
    assert [(file.name, file.reason) for file in report.skipped] == [
        (f"a.bson, byte {len(bson.encode(product(1)))}", "unreadable")
    ]


def test_an_id_that_comes_twice_is_taken_once(home, tmp_path):
    path = write_bson(tmp_path / "a.bson", [product(1), product(2), {**product(1), "_id": "1"}])
    source = opened(home, path)
    assert [record.product_id for record in source.records()] == ["1", "2"]
    assert source.count() == 2
    assert [file.reason for file in source.skipped()] == ["repeated"]


def test_importing_again_changes_nothing_and_a_changed_picture_is_seen(home, tmp_path):
    path = write_bson(tmp_path / "a.bson", [product(number, pictures=2) for number in range(5)])
    first = imported(home, path)
    again = imported(home, path)
    assert (first.new, again.new, again.changed, again.gone) == (5, 0, 0, ())
    write_bson(path, [product(0), *(product(number, pictures=2) for number in range(1, 4))])
    third = imported(home, path)
    assert (third.new, third.changed, third.gone) == (0, 1, ("4",))


def test_an_import_that_was_stopped_goes_on(home, tmp_path):
    path = write_bson(tmp_path / "a.bson", [product(number) for number in range(450)])  # more than two batches

    class Stopping(SilentProgress):
        def report(self, done, total, message):
            if done >= 200:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_source(home, opened(home, path), catalog_name="shop", actor="tests", progress=Stopping())
    kept = find_catalog(home, "shop").products
    assert 0 < kept < 450
    report = imported(home, path)
    assert (report.totals.products, report.new) == (450, 450 - kept)
    ids = product_table(home, find_catalog(home, "shop"))["product_id"].tolist()
    assert ids == [str(number) for number in range(450)]


def test_memory_does_not_grow_with_the_file(home, tmp_path):
    ballast = bytes(200_000)
    documents = ({"_id": number, "imgs": [{"picture": ballast}]} for number in range(200))
    path = write_bson(tmp_path / "large.bson", documents)  # 40 MB
    source = opened(home, path)
    tracemalloc.start()
    try:
        assert source.count() == len(source.keys()) == 200
        index_peak = tracemalloc.get_traced_memory()[1]
        assert sum(len(record.pictures) for record in source.records()) == 200
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The index holds a number a document; reading holds one document, read, decoded and as a record.
    assert index_peak < 1_000_000
    assert peak < 2_000_000


def test_documents_without_pictures_are_rows_of_a_table(home, tmp_path):
    documents = [
        {"_id": bson.ObjectId(), "name": f"Blue mug {n}", "price": 4.5 + n, "currency": "EUR", "size": {"height": n}}
        for n in range(3)
    ]
    report = imported(home, write_bson(tmp_path / "products.bson", documents))
    assert (report.totals.products, report.skipped) == (3, ())
    first = next(iter(read_products(home, find_catalog(home, "shop"))))
    assert (first.product_id, first.title) == (str(documents[0]["_id"]), "Blue mug 0")
    assert (first.price_minor_units, first.currency, first.attributes) == (450, "EUR", {"size.height": 0})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty: copy the file again"),
        (b"\x01", "holds no BSON document"),
        (b"\xff\xd8\xff\xe0" * 10, "holds no BSON document .no document begins here"),
        (b"\x00\x00\x00\x7f" + b"a" * 100, "holds no BSON document .no document begins here .length 2,130,706,432."),
    ],
)
def test_a_file_that_is_no_bson_is_refused(home, tmp_path, data, message):
    path = tmp_path / "a.bson"
    path.write_bytes(data)
    with pytest.raises(CatalogError, match=message):
        opened(home, path)


def test_a_file_of_nothing_but_bad_documents_ends_early(home, tmp_path, monkeypatch):
    monkeypatch.setattr(bson_documents, "MOST_SKIPPED", 10)
    path = write_bson(tmp_path / "a.bson", [product(1), *[b"\x05\0\0\0\0"] * 20])
    with pytest.raises(CatalogError, match="more than 10 documents that cannot be read"):
        opened(home, path).count()


def test_columns_cannot_be_mapped_where_the_fields_are_known(home, tmp_path):
    path = write_bson(tmp_path / "a.bson", [product(1)])
    with pytest.raises(CatalogError, match="leave out --map"):
        opened(home, path, columns={"title": "x"})


@pytest.mark.shared
def test_cdiscount_example(home, shared_data):
    folder = shared_data / "cdiscount-example"
    report = imported(home, folder / "train_example.bson")
    # Counts given with the data set.
    assert (report.totals.products, report.totals.pictures, report.totals.categories) == (82, 110, 36)
    assert report.skipped == ()
    source = opened(home, folder / "train_example.bson")
    lines = (folder / "category_names.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(source.category_order) <= len(lines) == 5270
    # The challenge's list is in hierarchical order already, so both orders agree on the 36 categories of the file.
    order = {path: number for number, path in enumerate(source.category_order)}
    there = {record.category for record in source.records()}
    listed = [path for path in _listed_paths(lines) if path in there]
    assert len(listed) == 36
    assert [order[path] for path in listed] == sorted(order[path] for path in listed)


def _listed_paths(lines):
    import csv

    return list(dict.fromkeys(tuple(" ".join(level.split()) for level in row[1:]) for row in csv.reader(lines)))


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="ascii", exclude_characters="\0.$"), max_size=4), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(["_id", "a", "imgs", "category_id", "title"]), plain, max_size=5))
def test_the_quick_id_is_the_decoded_one(document):
    data = bson.encode(document)
    found = document_id(data)
    if isinstance(document.get("_id"), int) and not isinstance(document["_id"], bool):
        assert found == str(decode_document(data)["_id"])
    if "_id" not in document:
        assert found is None


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_breaks_a_reading(home, tmp_path, data):
    documents = bytearray(b"".join(bson.encode(product(number)) for number in range(3)))
    for _ in range(data.draw(st.integers(1, 4))):
        documents[data.draw(st.integers(0, len(documents) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "fuzz.bson"
    path.write_bytes(bytes(documents[: data.draw(st.integers(0, len(documents)))]))
    try:
        source = opened(home, path)
        records = list(source.records())
        # No product comes twice, and every one was announced.
        assert len({record.product_id for record in records}) == len(records)
        assert {record.product_id for record in records} <= source.keys()
        assert all(file.reason in ("unreadable", "repeated") for file in source.skipped())
    except CatalogError as error:
        assert str(path) in str(error)
