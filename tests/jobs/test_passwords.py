"""Passwords of databases reach the worker and nothing else."""

import os
import signal
from pathlib import Path

import pytest

from core.catalog.source_password import PASSWORD_VARIABLE
from core.errors import CatalogError, SettingsError
from core.jobs import job_log_tail, job_status, resume_here, resume_job, run_here, submit
from core.jobs.folder import find_folder
from core.jobs.passwords import without_password
from core.jobs.spec import create_job
from core.jobs.stored_status import read_status
from tests.jobs.waiting import wait_for_state, wait_until
from tests.postgres import PASSWORD

SECRET = "gr33n-Elephant"


def files_with(folder: Path, *secrets: str) -> list[Path]:
    """Find every file below a folder that holds one of the texts, in its name or in its bytes."""
    found = []
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if any(secret.encode() in data or secret in path.name for secret in secrets):
            found.append(path)
    return found


def test_arguments_are_parted_before_anything_is_written():
    arguments, password = without_password({"source": f"postgresql://ann:{SECRET}@host/shop", "catalog": "c"})
    assert (arguments, password) == ({"source": "postgresql://ann@host/shop", "catalog": "c"}, SECRET)
    plain = {"source": "/data/pictures", "catalog": "c"}
    assert without_password(plain) == (plain, None)
    assert without_password({"steps": 3}) == ({"steps": 3}, None)


def test_a_spec_with_a_password_cannot_be_written(home):
    arguments = {"source": f"postgresql://ann:{SECRET}@host/shop", "catalog": "c", "settings": {"query": "products"}}
    with pytest.raises(SettingsError, match="postgresql://ann@host/shop came with its password") as refused:
        create_job(home, "import", arguments, actor="ann")
    assert SECRET not in str(refused.value) and files_with(home.root, SECRET) == []


def test_a_server_out_of_reach_leaves_no_trace_of_the_password(home):
    arguments = {"source": f"postgresql://ann:{SECRET}@127.0.0.1:1/shop", "catalog": "c", "settings": {"query": "p"}}
    with pytest.raises(CatalogError, match="refused") as refused:
        run_here(home, "import", arguments, actor="ann")
    assert SECRET not in str(refused.value)
    job = submit(home, "import", arguments, actor="ann")
    status = wait_for_state(home, job, "failed")
    assert SECRET not in f"{status} {job_log_tail(home, job)}"
    assert files_with(home.root, SECRET) == []


@pytest.mark.postgres
def test_a_worker_imports_from_a_server_and_the_home_never_sees_the_password(home, postgres_server):
    postgres_server.run("CREATE TABLE shoes (id int, title text)", "INSERT INTO shoes VALUES (1, 'Boot'), (2, 'Clog')")
    arguments = {"source": postgres_server.address(), "catalog": "shoes", "settings": {"query": "shoes"}}
    job = submit(home, "import", arguments, actor="ann")
    status = wait_for_state(home, job, "done", "failed")
    assert (status.error, status.result["products"]) == (None, 2)
    assert status.arguments["source"] == postgres_server.address(password=None)
    from urllib.parse import quote

    assert files_with(home.root, PASSWORD, quote(PASSWORD, safe="")) == []


@pytest.mark.postgres
def test_a_killed_import_asks_for_the_password_again(home, postgres_server, monkeypatch):
    # Eleven products in half a minute: time enough to be killed.
    slow = "SELECT n AS id, 'Boot' || pg_sleep(3) AS title FROM generate_series(1, 11) AS n"
    arguments = {"source": postgres_server.address(), "catalog": "shoes", "settings": {"query": slow}}
    job = submit(home, "import", arguments, actor="ann")
    process = wait_until(
        lambda: (read_status(find_folder(home, job)) or 0) and read_status(find_folder(home, job)).pid, job
    )
    if Path("/proc/self/environ").exists():
        seen = Path(f"/proc/{process}/environ").read_bytes() + Path(f"/proc/{process}/cmdline").read_bytes()
        assert PASSWORD.encode() not in seen
    os.kill(process, signal.SIGKILL)
    wait_for_state(home, job, "interrupted")
    spec = find_folder(home, job).spec
    spec.write_text(spec.read_text().replace("pg_sleep(3)", "n"))  # what is left is quick
    with pytest.raises(CatalogError, match=f"the password is needed. It is never stored.*{PASSWORD_VARIABLE}"):
        resume_here(home, job)
    resume_job(home, job, password=PASSWORD)
    assert wait_for_state(home, job, "done", "failed").result["products"] == 11
    assert job_status(home, job).error is None
    assert files_with(home.root, PASSWORD) == []
