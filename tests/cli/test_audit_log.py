"""The audit log from the command line: everything anybody did, and a file that a spreadsheet opens safely."""

import csv
import getpass


def test_what_was_done_is_listed_and_written(call, home, tmp_path):
    from core.catalog.catalogs import create_catalog

    create_catalog(home, "shop", actor="=ann")
    call("rename-catalog", "shop", "store")
    call("queue", "--at-once", "2")
    file = tmp_path / "log.csv"
    answer = call("audit-log", "--csv", file, "--json").json
    assert (answer["damaged"], answer["file"]) == (0, str(file))
    told = {(each["actor"], each["kind"], each["event"] is None) for each in answer["entries"]}
    assert ("=ann", "create", False) in told and {
        (getpass.getuser(), "rename", False),
        (getpass.getuser(), "settings", True),
    } < told
    cells = list(csv.DictReader(file.open(newline="")))
    assert "'=ann" in {row["actor"] for row in cells} and len(cells) == len(answer["entries"])
    assert getpass.getuser() in call("audit-log", "--limit", "1", "--actor", getpass.getuser()).out
    assert "name a new file" in call("audit-log", "--csv", file).err
    assert "expected one such as" in call("audit-log", "--since", "yesterday").err
