import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from core.catalog.database import MIGRATIONS, SCHEMA_REVISION, read, write
from core.catalog.log import list_events
from core.catalog.schema import metadata
from core.errors import HomeError
from core.home import open_home


def test_the_migrations_make_exactly_the_tables_of_the_schema(home):
    with read(home) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_revision_named_in_code_is_the_newest_migration():
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [SCHEMA_REVISION]


def test_a_database_of_a_newer_version_is_refused_and_untouched(home):
    with write(home) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HomeError, match="schema this ShelfLens does not know"):
        open_home(home.root)


def test_a_damaged_database_gives_one_clear_error(tmp_path):
    (tmp_path / "shelflens.db").write_bytes(b"not a database" * 100)
    with pytest.raises(HomeError, match="cannot be opened: file is not a database"):
        open_home(tmp_path)


def started(code, *words):
    """A Python of its own that runs some code; a fork of this one would share what it has open."""
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True)


def test_two_processes_opening_a_new_home_at_once_both_get_it(tmp_path):
    code = "import sys; from core.home import open_home; print(open_home(sys.argv[1]).root.name)"
    starters = [started(code, tmp_path / "home") for _ in range(2)]
    assert [starter.communicate(timeout=120)[0].strip() for starter in starters] == ["home", "home"]


def test_two_processes_writing_at_once_lose_nothing(home):
    code = (
        "import sys; from core.home import open_home; from tests.catalog.store import small_catalog; "
        "small_catalog(open_home(sys.argv[1]), sys.argv[2])"
    )
    writers = [started(code, home.root, f"shop-{number}") for number in range(3)]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    # Each wrote two entries, made its catalog and filled it.
    assert sorted(event.kind for event in list_events(home)) == ["create"] * 3 + ["import"] * 3


def test_a_home_of_the_first_version_is_upgraded_to_exactly_the_tables_of_the_schema(tmp_path):
    with tarfile.open(Path(__file__).parents[1] / "fixtures" / "home-format-1.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    first = open_home(tmp_path / "home")
    with read(first) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == SCHEMA_REVISION
        # Nothing was left out by a version that had no cleaning, and no row names the event that added it.
        rows = connection.execute(text("SELECT left_out, added_by, changed_in FROM products")).all()
    assert rows == [(None, None, 0)] * 24
