"""The report as HTML and CSV: whole, bounded, and harmless whatever the catalog holds."""

import csv
import io
import re
from html.parser import HTMLParser

from core.catalog.catalogs import create_catalog, find_catalog
from core.quality.report import quality_report
from core.quality.report_csv import COLUMNS, report_csv
from core.quality.report_html import MOST_PICTURES, report_html
from tests.catalog.picture_files import import_folder, save_picture
from tests.quality.shops import shop_of

HOSTILE = "<script>alert(1)</script><img src=http://evil.test/a.png onerror=alert(1)>"


class Elements(HTMLParser):
    """Notes every element and where it leads."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action", "background")]
        assert not any(name.startswith("on") for name, _ in attrs)


def elements(text):
    parser = Elements()
    parser.feed(text)
    return parser


def hostile_shop(home):
    rows = [{"product_id": f"{HOSTILE}{place}", "title": f"{HOSTILE} BIG MUG", "category": HOSTILE} for place in (0, 1)]
    return shop_of(home, [*rows, {"product_id": "=cmd|'/c calc'!A1", "title": "=1+1", "brand": None}])


def test_foreign_names_stay_text(home):
    catalog = hostile_shop(home)
    text = report_html(home, catalog, quality_report(home, catalog))
    parsed = elements(text)
    assert not parsed.tags & {"script", "iframe", "object", "link", "a", "form"}
    assert all(address.startswith("data:image/webp;base64,") for address in parsed.addresses)
    assert "&lt;script&gt;alert(1)" in text  # it is shown, as text
    assert "default-src 'none'" in text


def test_names_cannot_turn_the_writing_around(home):
    catalog = shop_of(home, [{"title": "nice\u202egnp.exe \x1b[31m mug"}])
    text = report_html(home, catalog, quality_report(home, catalog))
    assert "\u202e" not in text and "\x1b" not in text
    assert "nice\\u202egnp.exe" in text


def test_thumbnails_lie_within_and_are_bounded(home, tmp_path):
    for number in range(40):
        save_picture(tmp_path / "pictures" / "mugs" / f"{number}.png", (number * 5, 9, 9), size=(60, 60))
    import_folder(home, tmp_path / "pictures")
    catalog = find_catalog(home, "shop")
    text = report_html(home, catalog, quality_report(home, catalog))
    # Forty tiny pictures and forty equal titles: each line shows twelve.
    assert 12 <= text.count("data:image/webp;base64,") <= MOST_PICTURES
    assert len(text) < 2_000_000


def test_a_picture_that_is_gone_leaves_its_place(home, tmp_path):
    save_picture(tmp_path / "pictures" / "mugs" / "1.png", size=(60, 60))
    import_folder(home, tmp_path / "pictures")
    catalog = find_catalog(home, "shop")
    for path in home.thumbnails.rglob("*.webp"):
        path.unlink()
    assert "no picture" in report_html(home, catalog, quality_report(home, catalog))


def test_the_report_of_an_empty_catalog(home):
    catalog = create_catalog(home, "empty", actor="tests")
    report = quality_report(home, catalog)
    assert "there is nothing to judge yet" in report_html(home, catalog, report)
    assert report_csv(report) == ",".join(COLUMNS) + "\r\n"


def test_no_cell_of_the_csv_is_a_formula(home):
    report = quality_report(home, hostile_shop(home))
    rows = list(csv.reader(io.StringIO(report_csv(report), newline="")))
    assert tuple(rows[0]) == COLUMNS and len(rows) == len(report.lines) + 1
    assert not [cell for row in rows for cell in row if re.match(r"\s*[=+\-@\t\r]", cell)]
    [examples] = [row[6] for row in rows if row[7] == "without_brand"]
    assert examples == "'=cmd|'/c calc'!A1"
