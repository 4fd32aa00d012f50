from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.archive_names import collision_key, safe_parts


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("dress/1.jpg", ("dress", "1.jpg")),
        ("./dress//1.jpg", ("dress", "1.jpg")),
        ("dress\\1.jpg", ("dress", "1.jpg")),  # as packed by old Windows programs
        ("cafe\u0301.jpg", ("caf\u00e9.jpg",)),
        ("caf\udce9.jpg", ("caf\u00e9.jpg",)),  # a byte that is no UTF-8 is read as Windows' encoding
        ("a..b.jpg", ("a..b.jpg",)),
    ],
)
def test_honest_names(name, parts):
    assert safe_parts(name) == parts


@pytest.mark.parametrize(
    "name", ["", ".", "/", "/a", "\\a", "//host/a", "C:a", "c:\\a", "..", "a/..", "a/../b", "a\0b", "a\nb", "\u202ea"]
)
def test_names_that_lead_elsewhere_or_deceive(name):
    with pytest.raises(ValueError, match="the name"):
        safe_parts(name)


def test_names_that_some_disks_take_for_one_collide():
    assert collision_key(("A", "Caf\u00e9.JPG")) == collision_key(("a", "cafe\u0301.jpg"))


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ab./\\:~\0\n\u202e\udce9é"), max_size=12))
def test_no_name_leaves_the_folder(name):
    try:
        parts = safe_parts(name)
    except ValueError:
        return
    folder = Path("/home/unpacked")
    target = folder.joinpath(*parts)
    assert target.is_relative_to(folder) and target != folder and ".." not in target.parts
