import pytest

from core.errors import RunError
from core.evaluation.class_map import check_class_map, read_class_map
from core.evaluation.class_names import align_classes

CLASSES = ("Jeans", "Trousers", "sarees")


def written(tmp_path, text):
    path = tmp_path / "map.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text", ["from,to\nDenim,Jeans\nOther,\n", "Denim,Jeans\nOther,", "\ufefffrom;to\r\nDenim;Jeans\r\n\r\nOther;\r\n"]
)
def test_a_map_is_read_with_and_without_its_header(tmp_path, text):
    assert read_class_map(written(tmp_path, text)) == {"Denim": "Jeans", "Other": ""}


def test_cells_marked_against_formulas_are_read_as_they_were(tmp_path):
    assert read_class_map(written(tmp_path, "from,to\n'=Denim,Jeans\n")) == {"=Denim": "Jeans"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has 0 lines"),
        ("from,to\n", "has 0 lines"),
        ("a,b,c\n", "line 1 of the class map .* has 3 cells"),
        (",Jeans\n", "line 1 .* expected two"),
        ("a,Jeans\na,Trousers\n", "leads 'a' to 'Jeans' and to 'Trousers': keep one"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_bad_map_is_one_error(tmp_path, text, message):
    with pytest.raises(RunError, match=message):
        read_class_map(written(tmp_path, text))


def test_a_map_that_is_not_there_is_one_error(tmp_path):
    with pytest.raises(RunError, match="No such file"):
        read_class_map(tmp_path / "none.csv")


def test_a_map_leads_to_classes_of_the_run():
    with pytest.raises(RunError, match="leads to 'jean', which the run does not know: it knows 'Jeans', 'Trousers'"):
        check_class_map({"Denim": "jean"}, CLASSES)


def test_people_win_over_names():
    names = ["Denim", "Jeans", "Sarees", "Trouser"]
    found = align_classes(
        CLASSES, names, mapping={"Denim": "Jeans", "Jeans": "", "Trouser": "Trousers", "Socks": "Jeans"}
    )
    assert found.class_of == {"Denim": "Jeans", "Sarees": "sarees", "Trouser": "Trousers"}
    assert found.unmatched == ("Jeans",)
    assert found.how == {"Denim": "class map", "Jeans": "class map", "Sarees": "case or signs", "Trouser": "class map"}
    assert found.warnings[0] == "the class map names 'Socks', which is no name of the catalog"
    assert "'Sarees' and the run's 'sarees' differ only by case" in found.warnings[1]


def test_names_spelled_alike_are_pointed_out_and_left_to_people():
    found = align_classes(CLASSES, ["Trouser", "Kurtas"])
    assert found.how == {"Trouser": "spelled alike", "Kurtas": "not known"}
    assert found.closest == {"Trouser": "Trousers"} and found.class_of == {}
