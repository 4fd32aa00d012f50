"""Result pages of a shop as a source: crawled into a journal, then read like a table."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from core.catalog.source_settings import ATTRIBUTE, MAPPED_FIELDS, SourceSettings
from core.catalog.sources import SkippedFile, Source
from core.catalog.web.addresses import checked_url
from core.catalog.web.crawl_journal import CrawlJournal
from core.catalog.web.crawl_pages import Crawl, CrawlState
from core.catalog.web.crawl_settings import CrawlSettings, crawl_settings
from core.catalog.web.crawl_thread import run_apart
from core.catalog.web.fetch_errors import FetchError
from core.catalog.web.found_products import FoundProduct
from core.catalog.web.page_maker import PageMaker
from core.catalog.web.page_visits import SiteRefusal
from core.errors import CatalogError
from core.home import Home
from core.progress import Progress

LINK = "link"
"""Column of the address of a product's page; it becomes an attribute."""

_FIELDS = tuple(name for name in MAPPED_FIELDS if name not in ("split", "price_was", "specifications"))


class CrawlRows:
    """The products of a finished crawl as rows, in the order found.

    Args:
        journal: Of the crawl.
        address: Where it began.
    """

    def __init__(self, journal: CrawlJournal, address: str) -> None:
        self._journal = journal
        self.description = address
        self._settings = journal.settings or CrawlSettings()
        self._fields, self._attributes = crawl_columns(self._settings)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns: the fields of a product, its link, and the attributes the user named."""
        return (*self._fields, *self._attributes)

    def count(self) -> int:
        """Return how many products were found."""
        return len(self._journal.found)

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield a row a product."""
        for number, (key, product) in enumerate(self._journal.products(), start=1):
            yield number, product_cells(key, product, self._attributes)

    def skipped(self) -> list[SkippedFile]:
        """Return the pages that could not be had, and the cards that name no product."""
        return list(self._journal.skipped)

    @property
    def mapping(self) -> dict[str, str]:
        """Which field each column is."""
        return crawl_mapping(self._settings)


def crawl_columns(settings: CrawlSettings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the columns of a crawl: those every crawl has, and the attributes that the user named."""
    further = [
        *settings.attributes,
        *(name[len(ATTRIBUTE) :] for name in settings.detail if name.startswith(ATTRIBUTE)),
    ]
    own = (*_FIELDS, LINK)
    return own, tuple(dict.fromkeys(name for name in further if name not in own))


def crawl_mapping(settings: CrawlSettings) -> dict[str, str]:
    """Say which column is which field."""
    further = (LINK, *crawl_columns(settings)[1])
    return {name: name for name in _FIELDS} | {f"{ATTRIBUTE}{name}": name for name in further}


def product_cells(key: str | None, product: FoundProduct, attributes: tuple[str, ...] = ()) -> dict[str, Any]:
    """Write a product as cells by column."""
    return {
        "product_id": key,
        "title": product.title or None,
        "category": " > ".join(level.replace(">", "›") for level in product.category) or None,
        "price": product.price or None,
        "currency": product.currency or None,
        "picture": list(product.pictures),
        "brand": product.brand or None,
        "color": product.color or None,
        "description": product.description or None,
        LINK: product.link,
        **{name: product.attributes.get(name) for name in attributes},
    }


def open_crawl_source(home: Home, address: str, settings: SourceSettings, progress: Progress) -> Source:
    """Crawl result pages, or go on with a crawl that was stopped, and open what was found as a source.

    Args:
        home: Where the crawl keeps its journal.
        address: Of the first result page.
        settings: With the crawl's own, see :class:`core.catalog.web.crawl_settings.CrawlSettings`.
        progress: Hears how far the crawl is, and may cancel it; what was found stays for the next time.

    Raises:
        CatalogError: The site does not want to be crawled, cannot be asked, or shows no products.
        SettingsError: A setting is wrong.
        Cancelled: The user asked to stop.
    """
    from core.catalog.tables.table_source import TableSource

    rows = crawled_rows(home, address, settings, progress)
    mapping = {**rows.mapping, **settings.columns}
    return TableSource(home, rows, replace(settings, format="table", columns=mapping), progress=progress)


def crawled_rows(home: Home, address: str, settings: SourceSettings, progress: Progress) -> CrawlRows:
    """Crawl, and give what was found as rows; raises as :func:`open_crawl_source`."""
    chosen = crawl_settings(settings.crawl)
    start = str(checked_url(address))
    journal = CrawlJournal(home, start, chosen)
    state = CrawlState()

    async def crawl() -> None:
        async with PageMaker(journal.settings or chosen, allowed_hosts=settings.allowed_hosts) as maker:
            await Crawl(maker, journal, state).run(start)

    with journal:
        if not journal.ended:
            try:
                run_apart(crawl, state=state, progress=progress)
            except (SiteRefusal, FetchError) as error:
                raise _stopped(start, error, found=len(journal.found)) from error
        if not journal.found:
            why = f" ({journal.skipped[0].detail})" if journal.skipped and journal.skipped[0].detail else ""
            raise CatalogError(
                f"no product was found at {start[:300]}{why}: look with `crawl-preview` at what the selectors "
                "match, name the product's card with --crawl product=CSS, or try --crawl render=browser"
            )
        return CrawlRows(journal, start)


def _stopped(address: str, error: CatalogError, *, found: int) -> CatalogError:
    """Say that the site ended the crawl, and what becomes of what was found."""
    kept = f"; {found:,} products found so far are kept, importing again goes on from there" if found else ""
    return CatalogError(f"the crawl of {address[:300]} was stopped: {error}{kept}")
