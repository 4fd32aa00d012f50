import pytest

from core.progress_parts import in_parts


class Heard:
    def __init__(self, folder):
        self.folder = folder
        self.reports = []
        self.records = []

    def report(self, done, total, message):
        self.reports.append((done, total, message))

    def record(self, kind, values):
        self.records.append((kind, values))


def test_parts_follow_one_another_by_their_weights(tmp_path):
    heard = Heard(tmp_path)
    parts = in_parts(heard, {"draw": 1, "train": 3})
    parts["draw"].report(1, 2, "drawing")  # half of the first quarter
    parts["draw"].report(2, 2, "drawn")
    parts["train"].report(1, 3, "training")  # a quarter and a third of the rest
    parts["train"].record("epoch", {"loss": 1.0})
    assert heard.reports == [(125, 1000, "drawing"), (250, 1000, "drawn"), (500, 1000, "training")]
    assert heard.records == [("epoch", {"loss": 1.0})]


def test_a_part_of_several_stages_never_goes_back(tmp_path):
    heard = Heard(tmp_path)
    [part] = in_parts(heard, {"embed": 1}).values()
    for done, total in ((3, 4), (0, 10), (9, 10), (0, None)):
        part.report(done, total, "")
    assert [done for done, _, _ in heard.reports] == [750, 750, 900, 900]


def test_each_part_has_its_own_folder_for_checkpoints(tmp_path):
    parts = in_parts(Heard(tmp_path), {"import": 1, "train": 1})
    assert [part.folder for part in parts.values()] == [tmp_path / "import", tmp_path / "train"]
    assert all(part.folder.is_dir() for part in parts.values())
    assert in_parts(Heard(None), {"import": 1})["import"].folder is None


def test_cancelling_reaches_the_part(tmp_path):
    from core.errors import Cancelled

    class Stopped(Heard):
        def report(self, done, total, message):
            raise Cancelled

    with pytest.raises(Cancelled):
        in_parts(Stopped(tmp_path), {"a": 1})["a"].report(0, 1, "")
