"""What each role may do is held where things are written, whatever a page shows."""

import pytest

from core.access.actor import Actor, Role, acting
from core.access.audit_file import audit_file
from core.backup.snapshot import make_backup
from core.catalog.audit_log import audit_csv, count_damaged, read_audit_log
from core.catalog.catalogs import create_catalog, delete_catalog, find_catalog, rename_catalog
from core.catalog.documents import add_document, append_entries, delete_document, read_entries
from core.catalog.histories import history_sets
from core.catalog.log import list_events, undo
from core.catalog.recorded_history import append_events, recorded_event
from core.errors import AccessError, HomeError
from core.jobs.line import read_line
from core.jobs.queue import set_at_once
from core.jobs.run import owned, run_owned
from core.jobs.signals import stop_on_signals
from core.jobs.spec import create_job, read_spec
from core.jobs.supervise import cancel_job
from core.progress import SilentProgress

VIEWER = Actor("vera@shop.example", Role.VIEWER)
EDITOR = Actor("ed@shop.example", Role.EDITOR)
ADMIN = Actor("ada@shop.example", Role.ADMIN)


@pytest.fixture
def shop(home):
    return create_catalog(home, "shop", actor="tests")


def test_a_viewer_votes_and_shops_and_changes_nothing(home, shop):
    ballot = add_document(home, shop, "blind test", "colors", body={}, actor="tests")
    decisions = add_document(home, shop, "accepted", "labels", body={}, actor="tests")
    with acting(VIEWER):
        append_entries(home, ballot, [{"choice": "a"}], actor=VIEWER.name)
        append_events(home, shop, [recorded_event("visitor-1", "p1", "view")], actor=VIEWER.name)
        for refused in (
            lambda: create_catalog(home, "mine", actor=VIEWER.name),
            lambda: rename_catalog(home, "shop", "mine", actor=VIEWER.name),
            lambda: append_entries(home, decisions, [{}], actor=VIEWER.name),
            lambda: create_job(home, "embed", {"catalog": "shop"}, actor=VIEWER.name),
            lambda: undo(home, 1, actor=VIEWER.name),
        ):
            with pytest.raises(AccessError, match="takes an editor, and you are a viewer"):
                refused()
    assert [entry.actor for entry in read_entries(home, ballot)] == [VIEWER.name]
    assert [history.name for history in history_sets(home, shop)] == ["storefront"]
    assert not home.jobs.exists()


def test_deleting_and_settings_take_an_admin(home, shop, tmp_path):
    with acting(EDITOR):
        kept = add_document(home, shop, "slice", "red", body={"product_ids": []}, actor=EDITOR.name)
        for refused in (
            lambda: delete_catalog(home, "shop", actor=EDITOR.name),
            lambda: delete_document(home, shop, kept, actor=EDITOR.name),
            lambda: set_at_once(home, 2),
            lambda: make_backup(home, tmp_path / "home.zip", progress=SilentProgress()),
            lambda: read_audit_log(home),
        ):
            with pytest.raises(AccessError, match="takes an admin, and you are an editor"):
                refused()
    assert find_catalog(home, "shop").name == "shop"
    with acting(ADMIN):
        delete_catalog(home, "shop", actor=ADMIN.name)


def test_a_setting_that_cannot_be_recorded_is_not_set(home):
    audit_file(home).mkdir(parents=True)  # a folder in the file's place
    with pytest.raises(HomeError, match="nothing was done"):
        set_at_once(home, 2)
    assert read_line(home).at_once == 1


def test_an_editor_cannot_delete_again_by_undoing(home, shop):
    with acting(ADMIN):
        deletion = delete_catalog(home, "shop", actor=ADMIN.name)
        taken_back = undo(home, deletion, actor=ADMIN.name)
    # Undoing the undoing would delete the catalog once more.
    with acting(EDITOR), pytest.raises(AccessError, match="takes an admin"):
        undo(home, taken_back, actor=EDITOR.name)
    assert find_catalog(home, "shop").name == "shop"


def test_a_job_is_done_as_whoever_asked(home, shop):
    with acting(EDITOR):
        folder = create_job(home, "clean", {"catalog": "shop", "steps": []}, actor=EDITOR.name)
    assert read_spec(folder).acting == EDITOR
    # The worker is a process of its own that nobody logged in to: it takes the name and the role from the job.
    with stop_on_signals() as stop, owned(folder) as status:
        run_owned(folder, status, home=home, stop=stop)
    with acting(VIEWER), pytest.raises(AccessError):
        cancel_job(home, folder.job)


def test_the_audit_log_tells_changes_and_jobs_as_one(home, shop):
    with acting(EDITOR):
        rename_catalog(home, "shop", "store", actor=EDITOR.name)
        folder = create_job(home, "embed", {"catalog": "store"}, actor=EDITOR.name)
        cancel_job(home, folder.job)
    entries = read_audit_log(home)
    # Times are whole seconds, so only the set is certain.
    assert {(entry.actor, entry.kind, entry.summary) for entry in entries} == {
        ("tests", "create", "Made the catalog shop"),
        (EDITOR.name, "rename", list_events(home)[0].summary),
        (EDITOR.name, "job", f"Started the job {folder.job}"),
        (EDITOR.name, "job", f"Asked to cancel the job {folder.job}"),
    }
    assert count_damaged(entries) == 0
    assert len(read_audit_log(home, limit=2)) == 2
    assert {entry.actor for entry in read_audit_log(home, actor="tests")} == {"tests"}
    assert read_audit_log(home, since="2999-01-01") == []


def test_the_export_is_safe_in_a_spreadsheet(home):
    create_catalog(home, "shop", actor='=HYPERLINK("http://evil.example")')
    assert audit_csv(read_audit_log(home)).splitlines()[1].count("\"'=HYPERLINK") == 1
