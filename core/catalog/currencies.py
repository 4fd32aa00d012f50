# ruff: noqa: SIM905 - lists of words read better as texts
"""Which currency a text names: by its ISO 4217 code or by a sign."""

import re

CODES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES
    VND VUV WST XAF XCD XOF XPF XXX YER ZAR ZMW ZWL""".split()
)
"""Codes of ISO 4217, and XXX for prices of no known currency."""

UNKNOWN_CURRENCY = "XXX"
"""What ISO 4217 gives for "no currency": prices whose currency nobody named."""

_SIGNS = {
    "us$": "USD",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "nz$": "NZD",
    "hk$": "HKD",
    "s$": "SGD",
    "r$": "BRL",
    "mx$": "MXN",
    "nt$": "TWD",
    "cn¥": "CNY",
    "$": "USD",
    "€": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP",
    "₹": "INR",
    "rs": "INR",
    "rs.": "INR",
    "rupees": "INR",
    "¥": "JPY",
    "円": "JPY",
    "元": "CNY",
    "rmb": "CNY",
    "zł": "PLN",
    "zl": "PLN",
    "sfr": "CHF",
    "sfr.": "CHF",
    "fr.": "CHF",
    "kr": "SEK",
    "kr.": "DKK",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "₩": "KRW",
    "원": "KRW",
    "₽": "RUB",
    "руб": "RUB",
    "руб.": "RUB",
    "₺": "TRY",
    "tl": "TRY",
    "₴": "UAH",
    "грн": "UAH",
    "₫": "VND",
    "đ": "VND",
    "฿": "THB",
    "₦": "NGN",
    "₱": "PHP",
    "₪": "ILS",
    "₸": "KZT",
    "rm": "MYR",
    "rp": "IDR",
    "rp.": "IDR",
    "лв": "BGN",
    "dhs": "AED",
}

# Signs that several countries use; a hint decides between them.
_SHARED_SIGNS = {
    "$": frozenset("USD CAD AUD NZD SGD HKD MXN ARS CLP COP TWD".split()),
    "¥": frozenset("JPY CNY".split()),
    "kr": frozenset("SEK NOK DKK ISK".split()),
    "kr.": frozenset("DKK SEK NOK ISK".split()),
    "rs": frozenset("INR PKR LKR NPR MUR".split()),
    "rs.": frozenset("INR PKR LKR NPR MUR".split()),
}

_ORDERED = sorted((re.escape(sign) for sign in _SIGNS), key=len, reverse=True)
# A sign made of letters must not be part of a word: "kr" is none in "kraft".
CURRENCY = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(_ORDERED)}|{'|'.join(code.lower() for code in sorted(CODES))})(?![^\W\d_])"
)
"""A sign or code within a text in lower case."""


def is_currency(code: str) -> bool:
    """Tell whether a text is a code of ISO 4217, in any case."""
    return code.upper() in CODES


def currency_of(sign: str, *, hint: str | None = None) -> str | None:
    """Name the currency of a sign or code.

    Args:
        sign: Such as "€", "Rs." or "eur".
        hint: What decides where several countries share a sign: "$" is CAD in a table of Canadian prices.

    Returns:
        Its code, or None when the sign is unknown.
    """
    plain = sign.strip().lower()
    if hint and hint.upper() in _SHARED_SIGNS.get(plain, ()):
        return hint.upper()
    if plain in _SIGNS:
        return _SIGNS[plain]
    return plain.upper() if plain.upper() in CODES else None
