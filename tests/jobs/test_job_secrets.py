"""Whatever a job says when it breaks, no secret stands in its folder, in the journal or on the error stream."""

from dataclasses import replace

import pytest

from core.errors import CatalogError
from core.jobs import JobFault, run_here
from core.jobs.kinds import find_kind
from core.monitoring.journal import start_journal
from tests.monitoring.test_redaction import PLACES, SECRET


@pytest.mark.parametrize("text", PLACES)
@pytest.mark.parametrize("kind_of_error", [CatalogError, ValueError])
def test_no_secret_is_left_by_a_job_that_breaks(home, monkeypatch, capsys, text, kind_of_error):
    def broken(_home, _arguments, *, actor, progress):
        progress.report(0, 1, "asking")
        try:
            raise OSError(text)
        except OSError as cause:
            raise kind_of_error(f"cannot go on: {text}") from cause

    broken_kind = replace(find_kind("fail"), work=broken)
    monkeypatch.setattr("core.jobs.run.find_kind", lambda _name: broken_kind)
    start_journal(home.root)
    with pytest.raises((CatalogError, JobFault)):
        run_here(home, "fail", {}, actor="ann")
    left = {path: path.read_bytes() for folder in (home.jobs, home.root / "logs") for path in folder.rglob("*.*")}
    assert len(left) >= 4  # spec, status, progress and the journal at least
    assert [path for path, data in left.items() if SECRET.encode() in data] == []
    assert SECRET not in capsys.readouterr().err
