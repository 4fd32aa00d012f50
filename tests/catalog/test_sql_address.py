import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.sql_address import is_address, part_address
from core.errors import CatalogError

SECRET = "s3cret-Pa$$"


@pytest.mark.parametrize(
    ("address", "text", "password"),
    [
        (f"postgresql://ann:{SECRET}@host:5433/shop", "postgresql://ann@host:5433/shop", SECRET),
        ("postgresql://ann:a%40b@host/shop", "postgresql://ann@host/shop", "a@b"),
        (
            f"postgresql://ann@host/shop?password={SECRET}&sslmode=require",
            "postgresql://ann@host/shop?sslmode=require",
            SECRET,
        ),
        ("postgresql+pg8000://ann@host/shop", "postgresql+pg8000://ann@host/shop", None),
        (f"mysql://ann:{SECRET}@[::1]/shop", "mysql://ann@[::1]/shop", SECRET),
        ("sqlite:////data/shop.db", "sqlite:////data/shop.db", None),
        ("https://shop.example/list?page=1", "https://shop.example/list?page=1", None),
    ],
)
def test_the_password_is_parted_from_the_address(address, text, password):
    parted = part_address(address)
    assert (parted.text, parted.password) == (text, password)
    assert part_address(parted.text) == type(parted)(text)  # what is stored parts into itself
    assert SECRET not in repr(parted)


def test_a_database_file_is_named_from_the_root(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert part_address("sqlite:///shop.db").text == f"sqlite:///{tmp_path}/shop.db"


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://ann:{SECRET}@host:port/shop",
        f"postgresql://ann:{SECRET}@x@host/shop:a@b",
        f"postgresql://ann@host/shop?sslpassword={SECRET}",
        f"mssql+pyodbc://?odbc_connect=PWD%3D{SECRET}",
        f"https://ann:{SECRET}@shop.example/",
        f"a b://ann:{SECRET}@host/shop",
    ],
)
def test_secrets_at_other_places_are_refused_without_quoting_them(address):
    with pytest.raises(CatalogError) as refused:
        part_address(address)
    assert SECRET not in str(refused.value)


def test_paths_are_no_addresses():
    assert not is_address("/data/shop.db") and not is_address("C:\\shop") and is_address("sqlite:///shop.db")


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=30))
def test_no_spelling_of_a_password_stays_in_the_address(secret):
    from urllib.parse import quote

    parted = part_address(f"postgresql://ann:{quote(secret, safe='')}@host/shop")
    assert (parted.text, parted.password) == ("postgresql://ann@host/shop", secret)
