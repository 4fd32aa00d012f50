"""How numbers, prices, durations and names are put into words, and how foreign text is kept from becoming markup.

Numbers follow the language of the visitor's browser: 1,204.5 · 1.204,5 · 1 204,5 · 12,34,567. The words stay English.
Only what a page shows: exports, downloads and the command line write numbers as programs read them.
"""

import html
import math
import re
from decimal import Decimal
from functools import lru_cache

import streamlit as st
from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.catalog.money import format_price, minor_digits

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


def number_text(number: float, *, digits: int = 0) -> str:
    """Write a number as the visitor's country does, rounded to some digits behind the decimal sign."""
    written = f"{number:,.{digits}f}"
    return _with_marks(written, _visitors_locale()) if math.isfinite(number) else written


def price_text(minor_units: int | None, currency: str | None) -> str:
    """Write a price as the visitor's country does: ``€ 1,234.50`` or ``1.234,50 €``; nothing where there is none."""
    written, locale = format_price(minor_units, currency), _visitors_locale()
    if locale is None or minor_units is None or currency is None:
        return written
    sign, _, amount = written.rpartition(" ")
    amount = _with_marks(f"{Decimal(minor_units).scaleb(-minor_digits(currency)):,f}", locale)
    after = str(locale.currency_formats["standard"].pattern).split(";")[0].rstrip("\u200e\u200f").endswith("¤")
    return f"{amount}\u00a0{sign}" if after else f"{sign}\u00a0{amount}"


def number_marks() -> str:
    """Give the decimal sign and the mark between thousands, as Plotly's ``separators`` wants them."""
    locale = _visitors_locale()
    if locale is None:
        return ".,"
    symbols = locale.number_symbols["latn"]
    return f"{symbols['decimal']}{symbols['group']}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: ``1 product``, ``1,204 products``, ``2 categories``."""
    noun = one if number == 1 else (many or f"{one}s")
    return f"{number_text(number)} {noun}"


def duration(seconds: float | None) -> str:
    """Write a duration with units a person reads: ``0.4 s``, ``48 s``, ``2 min 5 s``, ``1 h 12 min``."""
    if seconds is None:
        return "unknown"
    if seconds < 9.95:
        return f"{number_text(seconds, digits=1)} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    return f"{whole // 3600} h" + (f" {whole % 3600 // 60} min" if whole % 3600 >= 60 else "")


def percent(share: float | None, *, digits: int = 1) -> str:
    """Write a share of one as a percentage; a dash when there is none."""
    return "–" if share is None or share != share else f"{number_text(share * 100, digits=digits)} %"


def short_category(path: str | None) -> str:
    """Give the last level of a category path, ``Clothing > Shirts`` becomes ``Shirts``."""
    return path.rsplit(" > ", 1)[-1] if path else "no category"


def shortened(text: str, length: int) -> str:
    """Cut a text to a number of characters, with an ellipsis where something is missing."""
    return text if len(text) <= length else text[: max(1, length - 1)].rstrip() + "…"


def chart_text(text: object, *, length: int = 60) -> str:
    """Make a foreign name safe for Plotly, which reads a few HTML tags in every text."""
    return html.escape(shortened(str(text), length), quote=False).replace("\n", " ")


def literal(text: object) -> str:
    """Make a foreign name safe where only Markdown is taken, such as a tab's or button's label.

    Every ASCII punctuation mark is escaped, so neither links, pictures, colors nor formulas can arise.
    """
    flat = re.sub(r"\s+", " ", str(text)).strip()
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", flat)


def _visitors_locale() -> Locale | None:
    """Give the country of whoever looks at the page; None for English numbers, as outside of a page."""
    return _locale(st.context.locale) if get_script_run_ctx(suppress_warning=True) else None


@lru_cache(maxsize=4096)
def _with_marks(written: str, locale: Locale | None) -> str:
    """Put a country's marks into a number written the English way, digit for digit."""
    if locale is None:
        return written
    digits = len(written.partition(".")[2])
    pattern = f"{_grouping(locale)}{'.' if digits else ''}{'0' * digits}"
    return str(
        format_decimal(Decimal(written.replace(",", "")), format=pattern, locale=locale, numbering_system="latn")
    )


def _grouping(locale: Locale) -> str:
    """Give the whole part of a country's pattern of numbers: ``#,##0``, in India ``#,##,##0``."""
    return str(locale.decimal_formats[None].pattern).split(";")[0].split(".")[0]


@lru_cache(maxsize=256)
def _locale(language: str | None) -> Locale | None:
    """Read what a browser says of its language; None for English numbers and for what is no language we know."""
    if not language or not _LANGUAGE.fullmatch(language):
        return None
    try:
        locale = Locale.parse(language, sep="_" if "_" in language else "-")
        english = format_decimal(Decimal("1234567.5"), locale=locale, numbering_system="latn") == "1,234,567.5"
    except (ValueError, UnknownLocaleError):
        return None
    before = str(locale.currency_formats["standard"].pattern).startswith("¤")
    return None if english and before else locale
