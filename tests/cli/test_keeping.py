"""backup, restore, verify and move-database from the command line."""


def test_a_home_is_kept_checked_and_restored(call, colors, home, tmp_path):
    file = tmp_path / "kept.zip"
    kept = call("backup", file, "--json").json
    assert kept["file"] == str(file) and kept["files"] > 72  # 36 pictures, their thumbnails, the database and the mark
    restored = call("restore", file, "--home", tmp_path / "again", "--json").json
    assert (restored["files"], restored["bytes"]) == (kept["files"], kept["bytes"])
    listed = call("catalogs", "--home", tmp_path / "again", "--json").json["catalogs"]
    assert [(each["catalog"], each["products"]) for each in listed] == [("colors", 36)]
    assert call("verify", "--json", "--home", tmp_path / "again").json["problems"] == []
    assert "everything is as it should be" in call("verify").out


def test_one_message_when_it_cannot_be_done(call, colors, home, tmp_path):
    again = call("restore", tmp_path / "nowhere.zip", "--home", tmp_path / "again")
    assert (again.code, again.out) == (2, "") and "cannot be restored" in again.err
    inside = call("backup", home.root / "kept.zip", "--json")
    assert (inside.code, inside.out) == (2, "") and "lies in the home itself" in inside.err
    moved = call("move-database", "--to", f"sqlite:///{tmp_path / 'other.db'}", "--json").json
    assert moved["rows"] > 36


def test_damage_is_shown_with_its_way_out(call, colors, home):
    next(home.pictures.rglob("*.png")).unlink()
    shown = call("verify")
    assert "is missing" in shown.out and "import its source again" in shown.out
