from types import SimpleNamespace

import pytest

from core.catalog.catalogs import Catalog
from core.ui.next_step import next_step

RUN = SimpleNamespace(run_id="linear-1")


@pytest.mark.parametrize(
    ("pictures", "runs", "mapped", "page"),
    [
        (0, [], False, "import_products"),
        (10, [], False, "train"),
        (10, [RUN], False, "embeddings"),
        (10, [RUN], True, "evaluate"),
    ],
)
def test_the_next_step_is_the_first_thing_that_is_missing(pictures, runs, mapped, page):
    catalog = Catalog(1, "shop", 1, products=10, pictures=pictures, categories=2, created="", source=None)
    step = next_step(catalog, runs=runs, mapped=mapped)
    assert (step.page, step.query["catalog"]) == (page, "shop")
