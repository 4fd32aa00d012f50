"""Prices as shops write them, read as whole minor units: signs, codes, marks of every country, ranges, was and now."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.catalog.currencies import CURRENCY, currency_of
from core.catalog.money import MOST_MAJOR_UNITS, minor_digits, to_minor_units
from core.catalog.picture_formats import printable
from core.catalog.price_words import KNOWN, NOW, PER, RANGE, SAVED, WAS, WORDS
from core.errors import CatalogError, SettingsError

LONGEST_TEXT = 200

WAS_ATTRIBUTE = "price_was"
HIGHEST_ATTRIBUTE = "price_highest"
"""Attributes that keep what a price text said besides the price, in major units of the product's currency."""

# A number with its marks. A space parts thousands only before exactly three digits, so "10 20" stays two numbers.
_NUMBER = re.compile(r"\d+(?:[.,'][\d]+| \d{3}(?!\d))*")
_PLAIN = re.compile(r"\d{1,12}(?:\.\d{1,2})?")
_RAISED_CENTS = re.compile(r"(\d)([⁰¹²³⁴-⁹]{2})(?![⁰¹²³⁴-⁹])")
_NO_CENTS = re.compile(r"(\d)(?:[.,][-–—]+|/-)(?!\d)")  # "12.-", "12,--", "Rs. 299/-"


@dataclass(frozen=True)
class ParsedPrice:
    """A price that was read.

    Attributes:
        minor_units: What is asked now, or the lowest price of a range; above 0.
        currency: Its code; None when neither the text nor the hint names one. Units then have two digits.
        was_minor_units: What was asked before; None when not said.
        highest_minor_units: The other end of a range; None when there is one price.
    """

    minor_units: int
    currency: str | None
    was_minor_units: int | None = None
    highest_minor_units: int | None = None


@dataclass(frozen=True)
class PriceStyle:
    """How a column writes its numbers.

    Attributes:
        decimal: "." or ","; None where no price of the column shows it.
    """

    decimal: str | None = None


@dataclass
class _Roles:
    """Amounts of one text by what they mean."""

    now: list[Decimal]
    plain: list[Decimal]
    was: list[Decimal]
    highest: list[Decimal]


def parse_price(
    price: str | int | float | Decimal | None, *, currency: str | None = None, style: PriceStyle | None = None
) -> ParsedPrice:
    """Read a price.

    Args:
        price: A number in major units, or a text such as "€ 1.234,50", "10-20" or "was 20 now 15".
        currency: Code for prices that name none; also decides what "$" or "kr" stands for.
        style: How the column writes its numbers; decides what "1.234" means. Without it a mark before exactly three
            digits parts thousands.

    Raises:
        CatalogError: It is no price above 0 and up to 10**12; the message says why.
    """
    if isinstance(price, bool) or price is None:
        raise _refusal(price, "it is no number")
    if not isinstance(price, str):
        return _parsed(_as_decimal(price), currency)
    text = price.strip()
    if _PLAIN.fullmatch(text) and text.isascii():
        return _parsed(Decimal(text), currency)
    if len(text) > LONGEST_TEXT:
        raise _refusal(text, f"it has {len(text):,} characters")
    return _parse_text(_normalized(text), currency, style or PriceStyle())


def guess_style(sample: Iterable[object]) -> PriceStyle:
    """Find out how a column writes its numbers, from those of its prices that leave no doubt.

    Args:
        sample: Some cells of the column; what is no text says nothing.
    """
    votes = {".": 0, ",": 0}
    for cell in sample:
        if isinstance(cell, str) and len(cell) <= LONGEST_TEXT:
            for number in _NUMBER.findall(_normalized(cell)):
                mark = _shown_decimal(number)
                if mark:
                    votes[mark] += 1
    if votes["."] == votes[","]:
        return PriceStyle()
    return PriceStyle(max(votes, key=lambda mark: votes[mark]))


def _normalized(text: str) -> str:
    """Write a text with plain digits, spaces and apostrophes, in lower case, raised cents behind a point."""
    cents = _RAISED_CENTS.sub(r"\1.\2", text)
    plain = unicodedata.normalize("NFKC", cents).lower()
    plain = plain.translate({0x2019: "'", 0x2018: "'", 0xB4: "'", 0x60: "'", 0x66C: "'", 0x66B: ".", 0x2212: "-"})
    return _NO_CENTS.sub(r"\1 ", " ".join(plain.split()))


def _parse_text(text: str, currency: str | None, style: PriceStyle) -> ParsedPrice:
    found = {currency_of(sign, hint=currency) for sign in CURRENCY.findall(text)}
    if len(found) > 1:
        raise _refusal(text, "it names several currencies")
    named = found.pop() if found else currency.upper() if currency else None
    bare = CURRENCY.sub(lambda sign: " ¤ ", text)
    roles = _roles(bare, text, style, digits=minor_digits(named or ""))
    if not (roles.now or roles.plain):
        roles.plain, roles.was = roles.was, []  # "MRP 100" and nothing else
    chosen = roles.now or roles.plain
    if len(chosen) != 1 or len(roles.was) > 1 or (roles.now and roles.plain and roles.was):
        raise _refusal(text, "it holds no single price" if chosen or roles.was else "it holds no number")
    was = roles.was or (roles.plain if roles.now else [])  # "20, now 15"
    if len(was) > 1:
        raise _refusal(text, "it holds several prices")
    ends = sorted([*chosen, *roles.highest])
    lowest = _parsed(ends[0], named)
    return ParsedPrice(
        lowest.minor_units,
        named,
        was_minor_units=_parsed(was[0], named).minor_units if was else None,
        highest_minor_units=_parsed(ends[-1], named).minor_units if len(ends) == 2 and ends[0] < ends[1] else None,
    )


def _roles(bare: str, text: str, style: PriceStyle, *, digits: int) -> _Roles:
    """Part a text into its amounts, each with the words before it."""
    roles = _Roles([], [], [], [])
    end, previous = 0, ""
    for found in _NUMBER.finditer(bare):
        words = WORDS.findall(bare[end : found.start()].replace("¤", " "))
        if bare[found.end() : found.end() + 2].lstrip().startswith("%"):
            end, previous = found.end(), "ignored"
            _check_words(words, text, beside=previous)
            continue
        role = _role(words, previous, text, is_first=end == 0)
        if role != "ignored":
            amount = _amount(found[0], text, style, digits=digits)
            getattr(roles, role).append(amount)
        end, previous = found.end(), role
    _check_words(WORDS.findall(bare[end:].replace("¤", " ")), text, beside="end")
    return roles


def _role(words: list[str], previous: str, text: str, *, is_first: bool) -> str:
    """Tell what an amount means from the words before it."""
    _check_words(words, text, beside=previous)
    said = set(words)
    if said & SAVED or (said & PER and not is_first):
        return "ignored"
    if said & WAS:
        return "was"
    if said & NOW:
        return "now"
    if is_first:
        if "-" in said or "–" in said or "—" in said:
            raise _refusal(text, "it is below 0")
        return "plain"
    joined = [word for word in words if word not in ("(", ")", ",")]
    if len(joined) == 1 and joined[0] in RANGE and previous in ("plain", "now"):
        return "highest"
    return "plain"


def _check_words(words: list[str], text: str, *, beside: str) -> None:
    """Refuse words that prices are not written with: "call 555-1234" is none."""
    for word in words:
        if word not in KNOWN:
            raise _refusal(text, f"{printable(word)!r} is neither a currency nor part of a price")
    if beside == "" and "(" in words and "-" not in words and len(words) == 1:
        raise _refusal(text, "it is below 0, as amounts in brackets are")


def _amount(number: str, text: str, style: PriceStyle, *, digits: int) -> Decimal:
    """Read a number with its marks."""
    mark = _decimal_mark(number, style, digits=digits)
    whole, _, fraction = number.rpartition(mark) if mark else (number, "", "")
    groups = re.split(r"[.,' ]", whole)
    if len({each for each in whole if each in ".,'"} | ({" "} if " " in whole else set())) > 1:
        raise _refusal(text, f"{number} mixes its marks")
    if len(groups) > 1 and not _are_thousands(groups):
        raise _refusal(text, f"{number} is not parted into thousands")
    try:
        return Decimal(f"{''.join(groups) or 0}.{fraction or 0}")
    except InvalidOperation as error:
        raise _refusal(text, f"{number} is no number") from error


def _decimal_mark(number: str, style: PriceStyle, *, digits: int) -> str | None:
    """Decide which mark stands before the cents; None when there are none."""
    shown = _shown_decimal(number)
    last = max(number.rfind("."), number.rfind(","))
    if shown is not None:
        return shown if last >= 0 and number[last] == shown and number.count(shown) == 1 else None
    if last < 0 or number.count(number[last]) > 1:
        return None
    # One mark, then exactly three digits: the column decides, then the currency.
    if style.decimal is not None:
        return number[last] if style.decimal == number[last] else None
    return number[last] if digits == 3 else None


def _shown_decimal(number: str) -> str | None:
    """Tell the decimal mark of the style a number is surely written in, though it may have no cents itself."""
    marks = [each for each in number if each in ".,"]
    if not marks:
        return None
    other = {".": ",", ",": "."}
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) > 1:
        return other[marks[0]]  # "1.234.567": only thousands repeat
    before, _, after = number.rpartition(marks[0])
    if len(after) == 3 and len(before) <= 3 and before.lstrip("0") and not re.search("[' ]", before):
        return None
    return marks[0]


def _are_thousands(groups: list[str]) -> bool:
    """Tell whether groups of digits are thousands: 1 234 567, or 12 34 567 as in India."""
    first, *middle, last = groups
    western = 1 <= len(first) <= 3 and all(len(group) == 3 for group in middle)
    indian = 1 <= len(first) <= 2 and all(len(group) == 2 for group in middle)
    return len(last) == 3 and (western or indian)


def _parsed(amount: Decimal, currency: str | None) -> ParsedPrice:
    """Count an amount in minor units."""
    code = currency.upper() if currency else None
    try:
        units = to_minor_units(amount, code or "")
    except SettingsError as error:
        raise _refusal(amount, f"expected a number above 0 and at most {MOST_MAJOR_UNITS:,}") from error
    if units == 0:
        raise _refusal(amount, "a price is above 0")
    return ParsedPrice(units, code)


def _as_decimal(number: int | float | Decimal) -> Decimal:
    try:
        return Decimal(str(number))
    except (InvalidOperation, ValueError) as error:
        raise _refusal("the number", "it is no number") from error


def _refusal(price: object, why: str) -> CatalogError:
    return CatalogError(f"{printable(str(price)[:60])!r} is no price: {why}")
