"""Where a result page goes on: a link, a button that loads more, a number in the address."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.catalog.web.crawl_settings import PAGE_NUMBER, CrawlSettings
from core.catalog.web.page_links import canonical, same_site, whole_address

# What shops write on the link to the next results, in the languages their customers read.
_WORDS = r"next( page)?|weiter|nächste( seite)?|(page )?suivante?|siguiente|próxima|avanti|successiv[ao]|volgende|nästa"
_SIGNS = r"(?:[›»→❯▶>]|&gt;|次へ|下一页)"
_NEXT = re.compile(rf"\s*(?:{_WORDS})?\s*{_SIGNS}{{0,2}}\s*", re.IGNORECASE)
_MORE = re.compile(
    r"\s*(load|show|view|see) more( products| results| items)?\s*|\s*mehr (laden|anzeigen)\s*"
    r"|\s*(afficher|voir) plus\s*|\s*(cargar|ver|mostrar) más\s*|\s*more( products| results)?\s*",
    re.IGNORECASE,
)
_LIKELY = ('a[rel~="next"]', 'link[rel~="next"]', "li.next a[href]", "a.next[href]", "a[class*=next i][href]")
_MOST_LINKS = 5_000


def next_address(
    page: LexborHTMLParser, settings: CrawlSettings, *, base: str, address: str, number: int
) -> str | None:
    """Find the address of the next result page.

    Args:
        page: This page.
        settings: How the next results come.
        base: Address against which links are read.
        address: Address of this page: it does not follow itself.
        number: How many result pages were read before this one.

    Returns:
        An address of the same site, or None when there is none, or when the next results come without one.
    """
    if settings.next == "pages":
        return whole_address(settings.page_address.replace(PAGE_NUMBER, str(settings.first_page + number)), base)
    if settings.next not in ("auto", "link"):
        return None
    selector = settings.next_selector or next_selector(page, base=base, address=address)
    for node in page.css(selector)[:20] if selector else []:
        found = _leads_on(node, base, address)
        if found is not None:
            return found
    return None


def next_selector(page: LexborHTMLParser, *, base: str, address: str) -> str:
    """Guess the selector of the link to the next page; empty without one."""
    for selector in _LIKELY:
        if any(_leads_on(node, base, address) for node in page.css(selector)[:5]):
            return selector
    for node in page.css("a[href]")[:_MOST_LINKS]:
        if _says(node, _NEXT) and _leads_on(node, base, address):
            return _selector_of(node)
    return ""


def more_selector(page: LexborHTMLParser) -> str:
    """Guess the selector of a button that loads more; empty without one."""
    for node in page.css('button, [role="button"], input[type="button"], a:not([href]), a[href^="#"]')[:_MOST_LINKS]:
        if _says(node, _MORE):
            return _selector_of(node)
    return ""


def _leads_on(node: LexborNode, base: str, address: str) -> str | None:
    """Give the address a link leads to, when it is another page of the site."""
    classes = (node.attributes.get("class") or "").lower().split()
    if "disabled" in classes or node.attributes.get("aria-disabled") == "true":
        return None
    found = whole_address(node.attributes.get("href"), base)
    if found is None or not same_site(found, address) or canonical(found) == canonical(address):
        return None
    return found


def _says(node: LexborNode, pattern: re.Pattern[str]) -> bool:
    texts = [node.attributes.get(name) for name in ("aria-label", "title", "value")]
    texts.append(node.text(deep=True, separator=" ").strip())
    return any(text and len(text) < 40 and text.strip() and pattern.fullmatch(text) for text in texts)


def _selector_of(node: LexborNode) -> str:
    """Write a selector that finds an element again on the next pages."""
    name = node.attributes.get("id")
    if name and re.fullmatch(r"[A-Za-z][\w-]{0,60}", name) and not re.search(r"\d{3}", name):
        return f"{node.tag}#{name}"
    for attribute in ("aria-label", "title", "rel"):
        value = node.attributes.get(attribute)
        if value and len(value) < 60 and not re.search(r'["\\\n\r\d]', value):
            return f'{node.tag}[{attribute}="{value}"]'
    classes = [each for each in (node.attributes.get("class") or "").split() if re.fullmatch(r"[A-Za-z][\w-]*", each)]
    if classes:
        return ".".join([node.tag or "a", *classes[:3]])
    text = node.text(deep=True, separator=" ").strip()
    return "" if '"' in text or "\\" in text else f'{node.tag}:lexbor-contains("{text}")'
