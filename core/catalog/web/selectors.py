"""Selectors: CSS with an attribute at the end, as users write them to say where a page holds what."""

import re
from typing import NamedTuple

from core.errors import SettingsError

LONGEST_SELECTOR = 500
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_:.-]*")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Selector(NamedTuple):
    """Where in a card to look.

    Attributes:
        css: Which elements; empty for the card itself.
        attribute: Whose value counts; empty for the element's text.
    """

    css: str
    attribute: str


def read_selector(text: str) -> Selector:
    """Part ``CSS@NAME`` into its two halves."""
    css, sign, attribute = text.rpartition("@")
    # "@" also stands inside quoted values, a[href*="@shop"]: only a plain name after it is an attribute.
    if sign and _ATTRIBUTE_NAME.fullmatch(attribute.strip()):
        return Selector(css.strip(), attribute.strip().lower())
    return Selector(text.strip(), "")


def check_selector(name: str, text: object, *, attribute: bool = True) -> None:
    """Refuse what is no selector; an empty one is fine.

    Args:
        name: What it is for, in the message.
        text: What the user wrote.
        attribute: Whether ``@NAME`` may end it.

    Raises:
        SettingsError: It is no CSS, too long, or names an attribute where none is expected.
    """
    if not isinstance(text, str) or len(text) > LONGEST_SELECTOR or _NO_TEXT.search(text):
        raise SettingsError(
            f"the selector for {name[:60]} must be one line of at most {LONGEST_SELECTOR} characters, "
            f"not {str(text)[:80]!r}"
        )
    if not text.strip():
        return
    parted = read_selector(text)
    if parted.attribute and not attribute:
        raise SettingsError(f"the selector for {name[:60]} selects elements: leave out @{parted.attribute}")
    if parted.css and not _is_css(parted.css):
        raise SettingsError(
            f"the selector for {name[:60]} is no CSS: expected such as 'h2 a' or 'img@src', not {text[:80]!r}"
        )


def _is_css(text: str) -> bool:
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        LexborHTMLParser("<p></p>").css(text)
    except SelectolaxError:
        return False
    return True
