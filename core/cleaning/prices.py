"""Step `prices`: prices that wait as text in the attributes become prices."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from core.catalog.catalogs import Catalog
from core.catalog.currencies import CURRENCY, currency_of
from core.catalog.database import read
from core.catalog.money import to_major_units
from core.catalog.prices import LONGEST_TEXT, ParsedPrice, PriceStyle, guess_style, parse_price
from core.catalog.schema import products
from core.cleaning.catalog_rows import in_catalog, product_batches
from core.cleaning.folding import fold_name
from core.cleaning.step import Batches, ChangeGroup, Plan, ProductChange
from core.errors import CatalogError, SettingsError
from core.home import Home
from core.models.settings import check_settings, setting
from core.progress import Progress

ATTRIBUTES = (
    *(
        "price",
        "current price",
        "sale price",
        "selling price",
        "discounted price",
        "offer price",
        "now",
        "special price",
    ),
    *("our price", "final price", "unit price", "preis", "prix", "precio", "list price", "regular price", "mrp"),
)
"""Names of attributes that hold a price, folded, the best first."""

WAS = "price_was"
HIGHEST = "price_highest"
"""Attributes that keep what a price text said besides, in major units of the product's currency."""

_STYLE_SAMPLE = 2000
_EXAMPLES = 5


@dataclass(frozen=True)
class PriceSettings:
    """Settings of the step `prices`."""

    attribute: str = setting("", help="The attribute that holds the price; empty looks for one by its name.")
    currency: str = setting("", help="Three letters, such as EUR, for texts that name no currency.")

    def __post_init__(self) -> None:
        """Check the currency."""
        check_settings(self)
        if self.currency and not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isalpha()):
            raise SettingsError(f"currency is {self.currency[:40]!r}: expected three letters, such as EUR")


Styles = Mapping[str | None, PriceStyle]
"""How prices of each currency write their numbers: "1.234" is a thousand in euros where others say "20,00"."""


@dataclass
class _Found:
    """What a first look at the catalog found."""

    styles: Styles
    prices: int = 0
    was: int = 0
    unreadable: int = 0
    examples: tuple[str, ...] = ()
    currencies: Counter[str] | None = None


def plan_prices(home: Home, catalog: Catalog, settings: PriceSettings, progress: Progress) -> Plan:
    """Read the price texts of products that have no price."""
    progress.report(0, None, "reading price texts")
    with read(home) as connection:
        found = _look(connection, catalog, settings)
    currencies = found.currencies or Counter()
    told = ", ".join(f"{count:,} in {code}" for code, count in currencies.most_common(5))
    notes = []
    if found.unreadable:
        examples = "; ".join(found.examples)
        notes.append(f"{found.unreadable:,} texts are no price and stay as they are, such as: {examples}")
    if found.was:
        notes.append(f"{found.was:,} texts also say what it was before: kept as the attribute {WAS}")
    return Plan(
        summary=f"Reads {found.prices:,} prices from attributes{f' ({told})' if told else ''}",
        total=found.prices,
        changes=_changes(catalog, settings, found.styles),
        groups=tuple(ChangeGroup("currency", None, code, count) for code, count in currencies.most_common(50)),
        notes=tuple(notes),
        figures={"prices": found.prices, "was": found.was, "unreadable": found.unreadable},
    )


def _look(connection: Connection, catalog: Catalog, settings: PriceSettings) -> _Found:
    """Read every text once: how the column writes numbers, and how many texts are prices."""
    sample: dict[str | None, list[str]] = {}
    for rows in _unpriced(connection, catalog):
        for row in rows:
            text = _price_text(row.attributes, settings)
            if isinstance(text, str):
                sample.setdefault(_named_currency(text, row.currency, settings), []).append(text)
        if sum(map(len, sample.values())) >= _STYLE_SAMPLE:
            break
    found = _Found({code: guess_style(texts) for code, texts in sample.items()}, currencies=Counter())
    examples: list[str] = []
    for rows in _unpriced(connection, catalog):
        for row in rows:
            text = _price_text(row.attributes, settings)
            if text is None:
                continue
            price, why = _read(text, row.currency, settings, found.styles)
            if price is None:
                found.unreadable += 1
                if len(examples) < _EXAMPLES:
                    examples.append(why)
                continue
            found.prices += 1
            found.was += price.was_minor_units is not None
            (found.currencies or Counter())[str(price.currency)] += 1
    found.examples = tuple(examples)
    return found


def _changes(catalog: Catalog, settings: PriceSettings, styles: Styles) -> Batches:
    def batches(connection: Connection) -> Iterator[list[ProductChange]]:
        for rows in _unpriced(connection, catalog):
            changes = (_change(row, settings, styles) for row in rows)
            yield [change for change in changes if change is not None]

    return batches


def _unpriced(connection: Connection, catalog: Catalog) -> Iterator[Any]:
    conditions = (*in_catalog(catalog.catalog_id), products.c.price_minor_units.is_(None))
    return product_batches(connection, catalog.catalog_id, ["attributes", "currency"], where=conditions)


def _change(row: Any, settings: PriceSettings, styles: Styles) -> ProductChange | None:
    text = _price_text(row.attributes, settings)
    price, _why = _read(text, row.currency, settings, styles)
    if price is None:
        return None
    before = {"price_minor_units": None, "currency": row.currency}
    after: dict[str, Any] = {"price_minor_units": price.minor_units, "currency": price.currency}
    kept = {
        name: to_major_units(units, str(price.currency))
        for name, units in ((WAS, price.was_minor_units), (HIGHEST, price.highest_minor_units))
        if units is not None
    }
    if kept:
        before["attributes"] = row.attributes
        after["attributes"] = {**row.attributes, **kept}
    return ProductChange(row.product_id, before, after)


def _price_text(attributes: Any, settings: PriceSettings) -> str | int | float | None:
    """Find the text or number that is a product's price."""
    if not isinstance(attributes, dict):
        return None
    if settings.attribute:
        value = attributes.get(settings.attribute)
    else:
        found = {fold_name(name): value for name, value in attributes.items()}
        value = next((found[name] for name in ATTRIBUTES if found.get(name) not in (None, "")), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return value if not isinstance(value, str) or value.strip() else None


def _named_currency(text: str, currency: str | None, settings: PriceSettings) -> str | None:
    """Give the currency a text names, else the one it is read in."""
    hint = settings.currency or currency
    sign = CURRENCY.search(text[:LONGEST_TEXT].lower())
    return currency_of(sign[0], hint=hint) if sign else hint


def _read(
    text: str | int | float | None, currency: str | None, settings: PriceSettings, styles: Styles
) -> tuple[ParsedPrice | None, str]:
    """Read a price; gives None and the reason where it is none."""
    if text is None:
        return None, ""
    try:
        style = styles.get(_named_currency(text, currency, settings)) if isinstance(text, str) else None
        price = parse_price(text, currency=settings.currency or currency, style=style)
    except CatalogError as error:
        return None, str(error)
    if price.currency is None:
        return None, f"{str(text)[:60]!r} names no currency: set one"
    return price, ""
