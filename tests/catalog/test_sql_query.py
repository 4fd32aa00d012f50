import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.sql_query import check_query, named_table
from core.errors import CatalogError


@pytest.mark.parametrize("backend", ["postgresql", "sqlite", "mysql"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM products",
        "select id, price from products where title like '%mug:%' order by id limit 5;",
        "WITH recent AS (SELECT * FROM products) SELECT id FROM recent",
        "SELECT 1 AS id UNION ALL SELECT 2",
        "(SELECT 1)",
        "SELECT 'DELETE FROM products; DROP TABLE x' AS title",
    ],
)
def test_queries_that_read_pass_as_they_stand(query, backend):
    assert check_query(query, backend=backend) == query.rstrip(";")


@pytest.mark.parametrize("backend", ["postgresql", "sqlite"])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "holds 0 statements"),
        ("-- nothing", "holds 0 statements"),
        ("SELECT 1; SELECT 2", "holds 2 statements"),
        ("DELETE FROM products", "is no query that reads"),
        ("DROP TABLE products", "is no query that reads"),
        ("CREATE TABLE x AS SELECT 1", "is no query that reads"),
        ("WITH x AS (INSERT INTO a VALUES (1) RETURNING *) SELECT * FROM x", "writes or locks .INSERT."),
        ("SELECT * INTO copied FROM products", "writes or locks .INTO."),
        ("SELECT * FROM products FOR UPDATE", "writes or locks .FOR UPDATE."),
        ("COPY products TO '/tmp/x'", "is no query that reads"),
        ("CALL something()", "is no query that reads"),
        ("VACUUM", "is no query that reads|cannot be read"),
        ("SELECT (", "cannot be read"),
    ],
)
def test_whatever_else_is_refused(query, message, backend):
    with pytest.raises(CatalogError, match=message):
        check_query(query, backend=backend)


def test_the_name_of_a_table_stands_for_all_of_it():
    assert named_table(" products ") == ("products",)
    assert named_table("shop.products") == ("shop", "products")
    assert named_table("SELECT 1") is None and named_table('a";drop') is None


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*"*();,%1\0é'", "SELECT", "FROM", "x", "--", "/*", "*/", "INTO", "DELETE", "WITH", "AS", ":a"]
        ),
        max_size=12,
    )
)
def test_no_text_breaks_the_check(words):
    query = " ".join(words)
    try:
        checked = check_query(query, backend="postgresql")
    except CatalogError:
        return
    assert checked == query.strip().rstrip(";").rstrip()


@pytest.mark.parametrize(
    ("backend", "query", "told"),
    [
        ("postgresql", "SELECT lo_export(1, '/tmp/x')", "calls lo_export"),
        ("postgresql", "SELECT * FROM DBLINK_EXEC('host=a', 'DELETE FROM b') AS t", "calls dblink_exec"),
        ("postgresql", "SELECT a FROM b WHERE pg_catalog.pg_terminate_backend(a)", "calls pg_terminate_backend"),
        ("mysql", "SELECT 1 /*! INTO OUTFILE '/tmp/x' */", "a comment that is run"),
    ],
)
def test_what_acts_beyond_a_transaction_is_refused(backend, query, told):
    with pytest.raises(CatalogError, match=told):
        check_query(query, backend=backend)
