"""The pictures that a part of a page shows: the largest each offers, loaded at once or later."""

import re
from collections.abc import Iterator, Mapping

from selectolax.lexbor import LexborNode

from core.catalog.web.page_links import whole_address

MOST_PICTURES = 20
"""Pictures taken of one product."""

# Shops name the large picture for their zoom, then the real one for scripts that load it when it comes into sight;
# `src` is often an empty stand-in until then.
_ZOOM = ("data-zoom-image", "data-zoom", "data-large_image", "data-large", "data-full", "data-hires", "data-old-hires")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set")
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-image", "data-img", "data-url", "data-bg")
_PLAIN = ("src", "content", "href", "poster")

_LONGEST_SET = 40_000
_MOST_CANDIDATES = 100
_SIZE = re.compile(r"(\d{1,6}(?:\.\d{0,4})?)[wxh]")
_IN_STYLE = re.compile(r"url\(\s*[\"']?([^\"')\s]{1,8192})", re.IGNORECASE)
_STAND_IN = re.compile(r"(placeholder|blank|spacer|transparent|loading|lazy|pixel)[\w-]*\.(gif|png|svg|jpe?g|webp)")


def pictures_of(node: LexborNode, base: str, *, attribute: str = "") -> Iterator[str]:
    """Yield the addresses an element offers as picture, best first.

    Args:
        node: ``img``, ``picture``, ``source``, ``a`` or anything with a background.
        base: Address of the page.
        attribute: Look only here; empty looks in all the places known.
    """
    names = _attributes(node)
    if attribute:
        yield from _of_attribute(names, attribute, base)
        return
    if node.tag == "picture":
        for part in node.css("source, img"):
            yield from _of_names(_attributes(part), base)
        return
    yield from _of_names(names, base, with_sources=node)


def largest_of_set(text: str) -> list[str]:
    """List the links of a ``srcset``, those of the largest width or density first."""
    found = sorted((-size, place, link) for place, (link, size) in enumerate(_candidates(_flat(text))))
    return [link for _size, _place, link in found]


def _candidates(text: str) -> Iterator[tuple[str, float]]:
    """Yield the links of a ``srcset`` with their size. Source: the HTML standard's parsing of the attribute."""
    for _ in range(_MOST_CANDIDATES):
        link, _blank, text = text.lstrip(" \t\r\n\f,").partition(" ")
        if not link:
            return
        size = ""
        if not link.endswith(","):  # a comma inside is part of the link, one at its end parts two candidates
            size, _comma, text = text.partition(",")
        yield link.rstrip(","), _number(size.strip())


def _of_names(names: Mapping[str, str], base: str, *, with_sources: LexborNode | None = None) -> Iterator[str]:
    for name in _ZOOM:
        yield from _of_attribute(names, name, base)
    sets = [names[name] for name in _SETS if name in names]
    parent = with_sources.parent if with_sources is not None else None
    if parent is not None and parent.tag == "picture":
        sets += [_attributes(source).get("srcset", "") for source in parent.css("source")[:10]]
    for text in sets:
        yield from _usable(largest_of_set(text), base)
    for name in (*_LAZY, *_PLAIN, "style"):
        yield from _of_attribute(names, name, base)


def _of_attribute(names: Mapping[str, str], name: str, base: str) -> Iterator[str]:
    text = names.get(name)
    if not text:
        return
    if name.endswith(("srcset", "-set")):
        yield from _usable(largest_of_set(text), base)
    elif name == "style":
        yield from _usable(_IN_STYLE.findall(text[:_LONGEST_SET]), base)
    else:
        yield from _usable([text], base)


def _usable(links: list[str], base: str) -> Iterator[str]:
    for link in links:
        address = whole_address(link, base)
        if address is not None and not _STAND_IN.search(address.lower()):
            yield address


def _attributes(node: LexborNode) -> dict[str, str]:
    return {name.lower(): value for name, value in node.attributes.items() if value}


def _flat(text: str) -> str:
    return " ".join(text[:_LONGEST_SET].split())


def _number(text: str) -> float:
    """Read "800w" or "2x"; a candidate without a size counts as "1x"."""
    written = _SIZE.match(text)
    return float(written[1]) if written else 1.0
