"""The Quality page: a verdict, lines that open their pictures, measuring, downloads, and the export."""

import pytest

from core.catalog.catalogs import create_catalog, find_catalog
from core.jobs import list_jobs, run_here
from core.progress import SilentProgress
from core.quality.measuring import measure_pictures
from core.ui.caches import clear_caches
from tests.catalog.picture_files import import_folder, save_picture
from tests.pages.conftest import broken, in_address, words
from tests.quality.shops import shop_of


@pytest.fixture
def mugs(home, tmp_path):
    for number in range(3):
        save_picture(tmp_path / "pictures" / "mugs" / f"{number}.png", (80 * number, 9, 9), size=(120, 120))
    import_folder(home, tmp_path / "pictures")
    return find_catalog(home, "shop")


def button(app, label):
    return next(each for each in app.button if each.label == label)


def test_an_empty_home_says_where_to_get_a_catalog(home, open_page):
    app = open_page(home, "quality")
    assert broken(app) == []
    assert "There is no catalog yet" in words(app)


def test_an_empty_catalog_is_told_to_be_empty(home, open_page):
    create_catalog(home, "empty", actor="tests")
    app = open_page(home, "quality")
    assert broken(app) == []
    assert "This catalog is empty" in words(app)
    assert not [each for each in app.button if each.label == "Make the zip"]


def test_the_verdict_has_numbers_and_what_matters_most_comes_first(home, open_page):
    shop_of(home, [{"brand": None}] + [{}] * 11)
    app = open_page(home, "quality")
    assert broken(app) == []
    # All twelve lack a picture, which is the only thing that is bad.
    assert "beginning with “Without a picture” \\(12 of 12\\)" in words(app).replace("\\.", ".")
    assert {each.label: each.value for each in app.metric}["To mend first"] == "1"


def test_a_line_opens_its_products_and_closes_again(home, open_page):
    shop_of(home, [{"title": "TWO BIG MUGS"}, {}])
    app = open_page(home, "quality")
    app.button(key="show_title_capitals").click().run()
    assert broken(app) == []
    assert in_address(app, "line") == "title_capitals"
    assert app.button(key="show_title_capitals").label == "Hide"
    app.button(key="show_title_capitals").click().run()
    assert "line" not in app.query_params
    assert app.button(key="show_title_capitals").label == "Show"


def test_a_link_to_a_line_opens_it(home, open_page):
    shop_of(home, [{"brand": None}, {}])
    app = open_page(home, "quality", "line=without_brand")
    assert broken(app) == []
    assert app.button(key="show_without_brand").label == "Hide"


@pytest.mark.parametrize("line", ["nothing", "<b>", "../..", "without_color"])
def test_an_unknown_line_opens_nothing(home, open_page, line):
    shop_of(home, [{}])
    app = open_page(home, "quality", f"line={line}")
    assert broken(app) == []
    assert "Hide" not in [each.label for each in app.button]


def test_measuring_is_offered_until_it_is_done(home, open_page, mugs):
    app = open_page(home, "quality")
    assert "3 pictures not measured yet" in words(app)
    measure_pictures(home, mugs, progress=SilentProgress())
    clear_caches()  # in use a finished job renews the report; here nothing but the database changed
    app = open_page(home, "quality", "catalog=shop")
    assert "not measured yet" not in words(app)
    assert "Pictures with little to see" in words(app)  # one color each: nothing to see


def test_the_measure_button_starts_a_job(home, open_page, mugs, monkeypatch):
    started = []
    monkeypatch.setattr(
        "core.jobs.supervise.submit", lambda home, kind, arguments, actor: started.append((kind, arguments)) or "job"
    )
    app = open_page(home, "quality")
    button(app, "Measure pictures").click().run()
    assert started == [("measure", {"catalog": "shop"})]


def test_the_export_lies_within_the_home_and_can_be_downloaded(home, open_page, mugs, monkeypatch):
    monkeypatch.setattr(
        "core.ui.export_panel.submit", lambda home, kind, arguments, actor: run_here(home, kind, arguments, actor=actor)
    )
    (home.cache / "exports").mkdir(parents=True)
    (home.cache / "exports" / "shop-v1-csv.zip").write_bytes(b"of an earlier version")
    app = open_page(home, "quality")
    button(app, "Make the zip").click().run()
    assert broken(app) == []
    [job] = list_jobs(home)
    assert (job.kind, job.state) == ("export", "done")
    [made] = (home.cache / "exports").iterdir()
    assert made.name == f"shop-v{mugs.version}-csv.zip"
    assert any("Download 0.0 MiB" in str(each.proto) for each in app.get("download_button"))


def test_hostile_names_are_never_markup(home, open_page):
    name = "![spy](http://evil.test/a.png) <img src=http://evil.test/b.png> :red[loud]"
    rows = [
        {"title": name, "category": f"{name} > {name}", "brand": name, "product_id": f"{place}{name}"}
        for place in (1, 2)
    ]
    shop_of(home, rows)
    app = open_page(home, "quality", "line=title_repeated")
    assert broken(app) == []
    kinds = (app.title, app.header, app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    markup = "\n".join(str(element.value) for kind in kinds for element in kind)
    assert "evil.test" not in markup and ":red[loud]" not in markup


def test_a_reason_from_a_foreign_database_is_text_too(home, open_page, mugs):
    from core.catalog.database import write
    from core.catalog.schema import skipped_files

    with write(home) as connection:
        row = {"import_id": 1, "name": "<b>", "reason": "![x](http://evil.test)", "detail": ""}
        connection.execute(skipped_files.insert(), [row])
    app = open_page(home, "quality")
    assert broken(app) == []
    assert "](http" not in "\n".join(str(element.value) for element in app.markdown)
