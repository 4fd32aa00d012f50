"""Names of products, categories and files are foreign text: they may be shown, but never as markup."""

import pytest

from core.catalog.catalogs import Catalog, create_catalog, find_catalog
from core.catalog.log import change
from core.catalog.schema import products
from tests.pages.conftest import broken

HOSTILE = (
    "![spy](http://evil.test/a.png)",
    "[free](http://evil.test)",
    "<img src=http://evil.test/b.png onerror=alert(1)>",
    ":red[loud] $x^2$ :material/home:",
    "a\u202eb\u0000c"[:3],
    "x" * 200,
)


@pytest.fixture
def hostile_catalog(home) -> Catalog:
    catalog = create_catalog(home, "hostile", actor="tests")
    with change(home, actor="tests", kind="import", summary=HOSTILE[0], catalog_id=catalog.catalog_id) as filling:
        common = {"price_minor_units": 100, "currency": "EUR", "description": None, "split": None, "source_values": {}}
        filling.insert(
            products,
            [
                common
                | {"catalog_id": catalog.catalog_id, "product_id": f"{place}{name}", "position": place}
                | {
                    "source_key": str(place),
                    "title": name,
                    "category": f"{name} > {name}",
                    "brand": name,
                    "color": name,
                }
                | {"attributes": {name: name}}
                for place, name in enumerate(HOSTILE)
            ],
        )
    return find_catalog(home, "hostile")


def markup(app) -> str:
    """Everything a page sends where Markdown or HTML is understood."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.info, app.warning, app.error)
    labels = [element.label for kind in (app.button, app.metric, app.expander) for element in kind]
    return "\n".join([str(element.value) for kind in (*kinds, app.metric) for element in kind] + labels)


@pytest.mark.parametrize("page", ["overview", "catalog", "train", "embeddings", "recommend"])
def test_no_page_writes_foreign_names_as_markup(home, open_page, hostile_catalog, page):
    app = open_page(home, page)
    assert broken(app) == []
    assert "evil.test" not in markup(app)
    assert ":red[loud]" not in markup(app)


@pytest.mark.parametrize(
    "query", ["view=Manage", "view=History", "q=free", "product=0![spy](http://evil.test/a.png)", "catalog=<b>"]
)
def test_no_view_of_the_catalog_writes_them_either(home, open_page, hostile_catalog, query):
    app = open_page(home, "catalog", query)
    assert broken(app) == []
    assert "evil.test" not in markup(app)
