"""Values of histories as files write them: what a user did, and when."""

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.catalog.tables.cells import cell_text, is_empty
from core.catalog.tables.column_names import FIELD_NAMES, plain_name

FIELDS = ("user", "product", "event", "time")
"""What an event of a history has."""

EVENTS = ("view", "wish", "buy")
"""What a user can do with a product."""

# ruff: noqa: SIM905 - lists of words read better as texts
_COLUMN_NAMES = {
    "user": """user userid username customer customerid client clientid visitor visitorid shopper shopperid member
        memberid account accountid buyer buyerid reviewer reviewerid session sessionid person uid kunde kundennummer
        utilisateur usuario""".split(),
    "product": [
        *"""product productid item itemid parentasin article articleid products items history sequence""".split(),
        *FIELD_NAMES["product_id"],
    ],
    "event": "event eventtype eventname action actiontype behavior behaviour interaction interactiontype type".split(),
    "time": """time timestamp at date datetime day created createdat eventtime eventdate eventtimestamp unixreviewtime
        reviewtime ts when zeit datum""".split(),
}
PLURALS = frozenset("products items history sequence productids itemids".split())
"""Names of a column that says: all the products of a user follow."""

_EVENT_WORDS = {
    "view": "view views viewed click clicks clicked visit visited browse browsed pageview detail impression pv".split(),
    "wish": """wish wishes wished wishlist addtowishlist favorite favourite fav like liked save saved cart addtocart
        basket addtobasket""".split(),
    "buy": """buy buys bought purchase purchased purchases order ordered transaction sale sold checkout rating rated
        review reviewed""".split(),
}
_EVENT_OF_WORD = {word: event for event, found in _EVENT_WORDS.items() for word in found}

_LEAST_SECONDS = 1e8
"""Numbers below are no times since 1970 but ids or ratings."""
_YEARS = (1970, 2200)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def column_of(field: str, columns: tuple[str, ...]) -> str | None:
    """Find the column that holds a field of :data:`FIELDS`, by its name; the most telling name wins."""
    plain = {plain_name(column): column for column in reversed(columns)}
    return next((plain[name] for name in _COLUMN_NAMES[field] if name in plain), None)


def event_of(cell: Any) -> str | None:
    """Read what a user did, one of :data:`EVENTS`; None for a word that is not known."""
    text = cell_text(cell)
    return "view" if is_empty(text) else _EVENT_OF_WORD.get(plain_name(text[:60]))


def time_of(cell: Any) -> str | None:
    """Read when something happened: ISO 8601, a date, or seconds or milliseconds since 1970.

    Returns:
        ISO 8601 in UTC to the second, so that texts sort as times do; empty where the cell is; None when it is no time.
    """
    try:
        if isinstance(cell, datetime):
            return _utc(cell)
        if isinstance(cell, date):
            return _utc(datetime(cell.year, cell.month, cell.day, tzinfo=UTC))
        text = cell_text(cell)
        if is_empty(text):
            return ""
        if len(text) <= 20 and (number := _number(text)) is not None:
            return _since_1970(number)
        return _utc(datetime.fromisoformat(text)) if len(text) <= 40 else None
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> float | None:
    # "20260105" is a date to `fromisoformat` and a number here; as seconds it would be in 1970.
    if not text.replace(".", "", 1).isdecimal() or not text.isascii():
        return None
    number = float(text)
    return number if number >= _LEAST_SECONDS else None


def _since_1970(number: float) -> str | None:
    while number > 1e11:  # milliseconds, microseconds
        number /= 1000
    return _utc(_EPOCH + timedelta(seconds=math.floor(number)))


def _utc(moment: datetime) -> str | None:
    known = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return known.isoformat(timespec="seconds") if _YEARS[0] <= known.year < _YEARS[1] else None
