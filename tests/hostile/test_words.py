"""Hostile words on the command line: one message, exit code 2, no terminal escapes."""

import json
import re
import sqlite3

import pytest

from core.catalog.catalogs import find_catalog
from core.catalog.product_filter import ProductFilter
from core.catalog.products import product_table, read_products
from core.cli.main import main
from core.errors import CatalogError, HomeError
from tests.models.synthetic import planted_catalog


@pytest.fixture
def shop(home):
    return planted_catalog(home, ["mug", "lamp"])


def call(home, capsys, *words):
    code = main(["--home", str(home.root), *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["undo", "9" * 40], "a value cannot be kept or looked for"),
        (["products", "shop", "--limit", "9" * 30], "below 2\\*\\*63"),
        (["products", "\udcff"], "catalog is no readable text"),
        (["evaluate", "\udcff"], "run_id is no readable text"),
        (["edit", "shop", "p0000", "--set", "title=\udcff"], "set is no readable text"),
        (["edit", "shop", "p0000", "--set", "currency=EUR", "--set", "price=1e30"], "a price is at most"),
        (["edit", "shop", "p0000", "--set", "currency=EUR", "--set", "price=1e999999999"], "a price is at most"),
        (["edit", "shop", "p0000", "--set", "title=" + "x" * 100_001], "title has at most 100,000 characters"),
        (["products", "shop", "--where", " or ".join(["price = 1"] * 600)], "at most 500 values"),
        (["products", "shop", "--where", f"price in ({','.join(map(str, range(900)))})"], "at most 500 values"),
        (["products", "shop", "--where", "x" * 10_001], "at most 10,000 characters"),
        (["import", "~nobody-of-this-name/x", "--catalog", "x"], "is not there: expected a folder"),
        (["--home", "~nobody-of-this-name/x", "catalogs"], "cannot use ~nobody-of-this-name/x as home"),
        (["status", "x" * 100_000], "there is no job"),
    ],
)
def test_one_message_and_exit_code_2(home, shop, capsys, words, message):
    code = main(words) if words[0] == "--home" else main(["--home", str(home.root), *words])
    error = capsys.readouterr().err
    assert code == 2
    assert re.search(message, error)
    assert error.count("\n") == 1 and len(error) < 2100


def test_the_largest_filters_allowed_are_answered(home, shop):
    for where in (" or ".join(["price = 1"] * 500), f"price in ({','.join(map(str, range(500)))})", "price < 1e300"):
        assert read_products(home, shop, filter=ProductFilter(where=where)) == []


def test_an_attribute_stays_valid_json(home, shop, capsys):
    for number, value in enumerate(["NaN", "1e999", "[" * 90_000, '"\\ud800"']):
        assert call(home, capsys, "edit", "shop", "p0000", "--set", f"attribute.a{number}={value}")[0] == 0
    code, out, _ = call(home, capsys, "--json", "products", "shop", "--where", "attribute.a0 = 'NaN'")
    assert code == 0
    assert json.loads(out)["products"][0]["attributes"]["a1"] == "1e999"


def test_no_terminal_escape_reaches_the_terminal(home, shop, capsys):
    evil = "\x1b]0;owned\x07\x9b31m\u202eevil"
    assert call(home, capsys, "edit", "shop", "p0000", "--set", f"title={evil}")[0] == 0
    for words in (["products", "shop"], ["events"], ["status", evil], ["products", evil], ["undo", evil]):
        _, out, err = call(home, capsys, *words)
        assert not set("\x1b\x07\x9b\u202e") & set(out + err), words


def tampered(home, statement):
    with sqlite3.connect(home.root / "shelflens.db") as connection:
        connection.execute(statement)


def test_rows_that_are_no_json_or_no_numbers_are_named(home, shop):
    tampered(home, "UPDATE products SET attributes = '{{{'")
    with pytest.raises(HomeError, match="a row holds no JSON"):
        read_products(home, shop)
    tampered(home, "UPDATE products SET attributes = '[1]', price_minor_units = 'abc'")
    with pytest.raises(CatalogError, match="the row of product 'p0000' is damaged"):
        read_products(home, shop)
    with pytest.raises(CatalogError, match="holds prices that are no whole numbers"):
        product_table(home, shop)


def test_a_table_that_is_gone_is_one_error(home):
    tampered(home, "DROP TABLE catalogs")
    with pytest.raises(HomeError, match="cannot be opened: no such table"):
        find_catalog(home, "shop")
