"""Prices as whole minor units of one currency, so that no cent is lost to rounding."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from core.errors import SettingsError

MINOR_DIGITS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3, "JOD": 3}
"""Digits behind the point, where ISO 4217 gives other than two."""

MOST_MAJOR_UNITS = 10**12
"""Above it prices are mistakes; in minor units it is still counted exactly by databases and by floating point."""

_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "INR": "₹", "JPY": "¥", "CNY": "CN¥", "KRW": "₩"}


def minor_digits(currency: str) -> int:
    """Give the digits behind the point of a currency, 2 for most. Source: ISO 4217."""
    return MINOR_DIGITS.get(currency.upper(), 2)


def to_minor_units(amount: str | int | float | Decimal, currency: str) -> int:
    """Turn an amount in major units into minor units: ``("12.50", "EUR")`` into 1250.

    Raises:
        SettingsError: The amount is no finite number from 0 to 10**12.
    """
    try:
        exact = Decimal(str(amount))
        if not exact.is_finite() or exact < 0:
            raise InvalidOperation
        if exact > MOST_MAJOR_UNITS:
            raise SettingsError(f"a price is at most {MOST_MAJOR_UNITS:,}, not {str(amount)[:40]}")
        return int(exact.scaleb(minor_digits(currency)).to_integral_value(ROUND_HALF_UP))
    except InvalidOperation as error:
        raise SettingsError(f"a price must be a number of at least 0, not {str(amount)[:40]!r}") from error


def to_major_units(minor_units: int, currency: str) -> float:
    """Turn minor units into an amount in major units: ``(1250, "EUR")`` into 12.5."""
    return float(Decimal(minor_units).scaleb(-minor_digits(currency)))


def format_price(minor_units: int | None, currency: str | None) -> str:
    """Write a price for people: ``€ 1,234.50``; an empty string where there is none."""
    if minor_units is None or currency is None:
        return ""
    digits = minor_digits(currency)
    return f"{_SIGNS.get(currency, currency)} {Decimal(minor_units).scaleb(-digits):,.{digits}f}"
