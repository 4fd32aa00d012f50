import pytest

from core.catalog.category_names import hierarchical_order, names_file, path_levels, read_category_names
from core.errors import CatalogError
from tests.catalog.bson_files import write_names


def test_siblings_stay_together_where_sorted_texts_would_part_them():
    paths = ["Art > Prints", "Art - Toys > Dolls", "Art > Oils", "Art", "Art > Prints"]
    # As texts "Art - Toys" sorts before "Art > Oils", because "-" comes before ">", and parts "Art" from its own.
    assert [" > ".join(path) for path in hierarchical_order(map(path_levels, paths))] == [
        "Art",
        "Art > Oils",
        "Art > Prints",
        "Art - Toys > Dolls",
    ]


def test_names_are_read_in_hierarchical_order(tmp_path):
    path = write_names(
        tmp_path / "n.csv", [(7, "Shoes", "Boots", " LEG  HIGH "), (3, "Art", "Oils", ""), (9, "", "", "")]
    )
    assert list(read_category_names(path).items()) == [("3", ("Art", "Oils")), ("7", ("Shoes", "Boots", "LEG HIGH"))]


def test_names_of_windows_encoding_are_read(tmp_path):
    path = tmp_path / "n.csv"
    path.write_bytes("category_id,category_level1\n1,DÉCORATION\n".encode("cp1252"))
    assert read_category_names(path) == {"1": ("DÉCORATION",)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "number,name\n1,a\n",
            "lacks columns: expected category_id, category_level1 to category_level3, found number, name",
        ),
        ("category_id,category_level1\n", "names no category"),
        ("category_id,category_level1\n1,a\n1,b\n", "line 3: category '1' has another name further up"),
        ('category_id,category_level1\n1,"a\n', "is no CSV file"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, text, message):
    path = tmp_path / "n.csv"
    path.write_text(text)
    with pytest.raises(CatalogError, match=message):
        read_category_names(path)


def test_the_file_beside_the_source_is_found_and_a_named_one_must_be_there(tmp_path):
    source = tmp_path / "train.bson"
    assert names_file(source, None) is None
    beside = write_names(tmp_path / "category_names.csv", [(1, "Art")])
    assert names_file(source, None) == beside
    with pytest.raises(CatalogError, match=r"other\.csv is not there: expected a CSV file with the columns"):
        names_file(source, str(tmp_path / "other.csv"))
