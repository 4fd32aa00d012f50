"""Every hostile table imports, or ends in its one message; nothing is written outside the home."""

from core.catalog.catalogs import find_catalog
from core.catalog.imports import import_source
from core.catalog.open_source import open_source
from core.catalog.products import read_products
from core.errors import ShelfLensError
from tests.hostile import corpus_tables


def test_every_table_gets_its_answer(home, tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    corpus = corpus_tables.files(folder)
    assert len(corpus) >= 15 and len({each.name for each in corpus}) == len(corpus)
    before = sorted(path.name for path in tmp_path.rglob("*") if home.root not in path.parents)
    wrong = []
    for place, entry in enumerate(corpus):
        answer = _answer(home, entry, catalog=f"c{place}")
        is_right = entry.expected in answer if entry.expected else not answer.startswith("error: ")
        if not is_right or any(ord(each) < 32 or each == "\x7f" for each in answer):
            wrong.append((entry.name, entry.expected, answer[:300]))
    assert wrong == []
    assert sorted(path.name for path in tmp_path.rglob("*") if home.root not in path.parents) == before


def _answer(home, entry, *, catalog: str) -> str:
    """Import; give the error or the reasons of what was skipped."""
    try:
        source = open_source(home, entry.source, settings=entry.settings)
        report = import_source(home, source, catalog_name=catalog, actor="ann")
    except ShelfLensError as error:
        return f"error: {error}"
    for product in read_products(home, find_catalog(home, catalog)):
        text = f"{product.product_id}{product.title}{product.brand}{product.attributes}"
        assert not any(ord(each) < 32 and each not in "\n\t" for each in text), entry.name
    return " ".join(sorted({file.reason for file in report.skipped}))
