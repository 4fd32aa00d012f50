from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.catalog.source_settings import SourceSettings
from core.catalog.web.crawl_source import open_crawl_source
from core.progress import SilentProgress
from tests.catalog.web.crawl.shop import HOST, Shop, open_shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with open_shop() as running:
        yield running


@pytest.fixture
def crawl(home, shop) -> Callable[..., Any]:
    """Crawl a page of the shop, which is allowed by name: ``crawl("/shirts", stop_pages=2)``."""

    def crawled(path: str, **settings: Any):
        chosen = {"seconds": 0, **settings}
        return open_crawl_source(
            home,
            shop.address + path,
            SourceSettings(format="web", allowed_hosts=(HOST,), crawl=chosen),
            SilentProgress(),
        )

    return crawled


def ids(source: Any) -> list[str]:
    return [record.product_id for record in source.records()]
