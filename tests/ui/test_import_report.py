from core.ui.import_report import skipped_table
from tests.catalog.picture_files import import_folder, save_picture


def test_the_list_of_skipped_files_is_safe_in_a_spreadsheet(home, tmp_path, monkeypatch):
    save_picture(tmp_path / "shop" / "mugs" / "1.png")
    (tmp_path / "shop" / "mugs" / "=cmd().jpg").write_bytes(b"\xff\xd8\xff torn")
    (tmp_path / "shop" / "=cmd()|calc").mkdir()
    (tmp_path / "shop" / " =cmd().jpg").write_bytes(b"")  # some programs evaluate it in spite of the blank
    (tmp_path / "shop" / "=cmd()|calc" / "2.jpg").write_bytes(b"")
    import_folder(home, tmp_path / "shop")
    monkeypatch.setenv("SHELFLENS_HOME", str(home.root))
    lines = skipped_table("shop").decode("utf-8-sig").splitlines()
    assert lines[0] == "name,reason,detail"
    # A name that begins as a formula gets an apostrophe, as spreadsheets want it; "mugs/=..." begins with a letter.
    assert lines[1].startswith("' =cmd().jpg,empty,")
    assert lines[2].startswith("'=cmd()|calc/2.jpg,empty,")
    assert lines[3].startswith("mugs/=cmd().jpg,unreadable,")
