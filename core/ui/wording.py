"""How numbers, durations and names are put into words, and how foreign text is kept from becoming markup."""

import html
import re


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: ``1 product``, ``1,204 products``, ``2 categories``."""
    noun = one if number == 1 else (many or f"{one}s")
    return f"{number:,} {noun}"


def duration(seconds: float | None) -> str:
    """Write a duration with units a person reads: ``0.4 s``, ``48 s``, ``2 min 5 s``, ``1 h 12 min``."""
    if seconds is None:
        return "unknown"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    return f"{whole // 3600} h" + (f" {whole % 3600 // 60} min" if whole % 3600 >= 60 else "")


def percent(share: float | None, *, digits: int = 1) -> str:
    """Write a share of one as a percentage; a dash when there is none."""
    return "–" if share is None or share != share else f"{share * 100:.{digits}f} %"


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
