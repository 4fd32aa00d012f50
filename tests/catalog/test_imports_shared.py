"""Imports of the real pictures beside the checkout."""

import pytest

from core.catalog.import_options import ImportOptions
from tests.catalog.picture_files import import_folder

pytestmark = pytest.mark.shared


def test_clothing_small(home, shared_data):
    report = import_folder(home, shared_data / "clothing-small")
    # Counts given with the data set.
    assert report.totals.products == report.totals.pictures == 3781
    assert report.totals.categories == 10
    assert report.totals.splits == {"train": 3068, "validation": 341, "test": 372}
    assert report.skipped == ()
    again = import_folder(home, shared_data / "clothing-small")
    assert (again.totals, again.new, again.changed, again.gone) == (report.totals, 0, 0, ())


def test_flipkart_pictures(home, shared_data):
    report = import_folder(home, shared_data / "flipkart-1050", options=ImportOptions(split="8:1:1"))
    assert report.totals.products == report.totals.pictures == 1047  # 3 of 1,050 rows have no picture
    assert [file.reason for file in report.skipped] == ["not_a_picture"]  # the table itself
    # 8:1:1 of 1,047 is 837.6, 104.7 and 104.7; 16 duplicates that stay together may shift it by a few.
    assert [
        abs(found - due) <= 3 for found, due in zip(report.totals.splits.values(), (838, 105, 105), strict=True)
    ] == [True] * 3
