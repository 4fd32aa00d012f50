"""The storage suite: tests of code that asks or changes the database, each done on SQLite and on PostgreSQL.

A test belongs to it when its module is named here and it asks for the fixture ``home``. One server and one database
serve all tests of a process; its rows are taken out before each test, which costs a few milliseconds where a database
of its own would cost a hundred.
"""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.postgres import PostgresServer

STORAGE_SUITE = {
    "tests.catalog.test_catalogs": "",
    # Columns are kept in files; only what reads them from the database is asked of both.
    "tests.catalog.test_column_store": "edits_and_new|that_left|totals_",
    "tests.catalog.test_database": "",
    "tests.catalog.test_documents": "",
    # The other tests of exports are about files.
    "tests.catalog.test_export": "manifest|batches_and_in_order|picture_the_home_lost|import_clean|of_a_slice",
    "tests.catalog.test_histories": "",
    # The other tests are about the file that is read.
    "tests.catalog.test_history_import": "undone_and_redone|repeated_events|taken_name|keeps_nothing|recorded_events",
    "tests.catalog.test_import_comparison": "",
    # Pictures that cannot be read are the same to both.
    "tests.catalog.test_imports": "again|for_many|edits_survive|undone|undo_|row_of",
    "tests.catalog.test_imports_faults": "twice|overlapping|cancelled_import_can",
    "tests.catalog.test_imports_moves": "edited_category|new_picture|one_batch|two_copies|split_wins",
    "tests.catalog.test_imports_records": "",
    "tests.catalog.test_imports_splits": "",
    "tests.catalog.test_log": "undo_puts|later_one|its_rows|error_in|as_one|never_gives|built_on|same_names|many_rows",
    # Drawn rows take seconds; `test_postgres_home` has the rows that matter.
    "tests.catalog.test_log_staging": "refused_and_undone|keeps_no_record|drops_the_whole",
    "tests.catalog.test_product_edits": "",
    # Words are searched in a file of their own: what a search may hold is the same to both.
    "tests.catalog.test_products": "^(?!.*operators_of_its_engine)",
    "tests.catalog.test_slices": "",
    "tests.catalog.test_where": "",
    "tests.cleaning.test_category_steps": "",
    # Pictures are compared in memory.
    "tests.cleaning.test_duplicates": "richest_stays",
    "tests.cleaning.test_limits": "",
    "tests.cleaning.test_merged_products": "",
    "tests.cleaning.test_recipe": "undone_done_again|a_recipe|later_edit|meanwhile",
    "tests.cleaning.test_value_steps": "",
    # Runs and sets are rows like any other; training them is left to SQLite.
    "tests.evaluation.test_picture_sets": "made_grows|can_be_undone",
    "tests.models.test_run_notes": "",
    "tests.quality.test_report": "every_fault|repeated|missing_values|of_zero|not_count|only_what|narrows|bounded",
    "tests.recommend.test_blind_test": "one_vote|hostile_votes|closed_test",
    "tests.recommend.test_presets": "new_version|rolling_back|meanwhile|publishing|another_catalog",
    "tests.review.test_decisions": "second_of_two|taking_back|one_change|meanwhile|sent_to_review",
}
"""Modules whose code writes SQL, or asks with more than a plain query; and which of their tests, empty for all."""

SQLITE_ONLY = {
    "test_a_damaged_row_gives_one_clear_error": "PostgreSQL refuses bytes that are no text",
    "test_columns_of_another_database_are_not_taken_for_these": "puts an older file in the database's place",
}
"""Tests of the suite that PostgreSQL has no part in, and why."""

_EMPTY = """
DO $$
DECLARE each text; filled boolean;
BEGIN
  SET LOCAL lock_timeout = '20s';
  SET LOCAL session_replication_role = replica;
  FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', each) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', each); END IF;
  END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
END $$
"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Do every test of the suite once on each database."""
    name = metafunc.function.__name__
    part = STORAGE_SUITE.get(metafunc.module.__name__)
    mine = part is not None and re.search(part, name) is not None and name not in SQLITE_ONLY
    if mine and "home" in metafunc.fixturenames:
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request) -> Iterator[str]:
    """Which database the homes of a test are kept in; SQLite outside the storage suite."""
    name = getattr(request, "param", "sqlite")
    with pytest.MonkeyPatch.context() as environment:  # of its own: a test may undo what it patched
        if name == "postgresql":
            environment.setenv("SHELFLENS_DATABASE", request.getfixturevalue("empty_postgres")())
        yield name


@pytest.fixture(scope="session")
def empty_postgres(postgres_server: PostgresServer, tmp_path_factory) -> Iterator:
    """A function that empties the database of this process's tests and gives its address.

    Its cluster compares texts as English does, so that what rests on the order of code points is found out.
    """
    from core.catalog.database import SCHEMA_REVISION, _engine, upgrade_at

    postgres_server.run("CREATE DATABASE store LOCALE_PROVIDER icu ICU_LOCALE 'en-US' TEMPLATE template0")
    address = postgres_server.address("store")
    upgrade_at(address, what="of the tests")
    with closing(postgres_server.connect("store")) as connection:
        connection.autocommit = True

        def emptied() -> str:
            connection.cursor().execute(_EMPTY)
            connection.cursor().execute(f"UPDATE alembic_version SET version_num = '{SCHEMA_REVISION}'")
            return address

        yield emptied
        _engine(address).dispose()
