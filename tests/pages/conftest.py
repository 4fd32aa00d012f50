"""Pages are opened as a visitor opens them: through the entry script, then by address."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from core.home import Home
from core.ui.caches import clear_caches

ROOT = Path(__file__).parents[2]
PAGES = (
    "overview",
    "import_products",
    "catalog",
    "clean",
    "quality",
    "review",
    "train",
    "evaluate",
    "compare",
    "embeddings",
    "recommend",
    "storefront",
    "vote",
    "health",
)

TITLES = {page: page.capitalize() for page in PAGES} | {"import_products": "Import"}

OpenPage = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _fresh_caches():
    clear_caches()
    yield
    clear_caches()


@pytest.fixture
def open_page(monkeypatch) -> OpenPage:
    """Open a page of a home: ``open_page(home, "catalog", "view=History")``."""

    def opened(home: Home, page: str, query: str = "") -> AppTest:
        monkeypatch.setenv("SHELFLENS_HOME", str(home.root))
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=30)
        app.run()
        for name, values in parse_qs(query).items():
            app.query_params[name] = values[0] if len(values) == 1 else values
        return app.switch_page(f"pages/{page}.py").run()

    return opened


def in_address(app: AppTest, name: str) -> str:
    """The value of a name in the address; AppTest gives it bare or in a list."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[-1]


def broken(app: AppTest) -> list[str]:
    """What went wrong on a page: uncaught exceptions, and faults shown with an id."""
    faults = [text.value for text in app.text if "written to the server's log" in text.value]
    return [error.message for error in app.exception] + faults


def words(app: AppTest) -> str:
    """Everything a page says in Markdown, text, titles and captions."""
    kinds = (app.title, app.header, app.markdown, app.text, app.caption, app.info, app.warning, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)
