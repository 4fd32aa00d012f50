"""Addresses found in pages: made whole, compared, and told apart by site."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

LONGEST_ADDRESS = 8192
"""Characters; longer addresses are refused by most servers."""

# What shops hang on links to see where a visitor came from; the page behind is the same.
_TRACKING = re.compile(
    r"utm_\w+|gclid|gclsrc|dclid|fbclid|msclkid|mc_[ce]id|yclid|igshid|_ga|_gl|_hsenc|_hsmi|srsltid", re.IGNORECASE
)
_PORTS = {"http": 80, "https": 443}
_NO_HOST = re.compile(r"[\s@%<>\"'`{}|^]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def whole_address(text: str | None, base: str) -> str | None:
    """Make an absolute address of a link as it stands in a page.

    Returns:
        An http or https address without fragment, percent-encoded; None where the link is no such thing, as
        ``javascript:``, ``data:`` and ``file:``.
    """
    if not text or len(text) > LONGEST_ADDRESS:
        return None
    try:
        joined = urljoin(base, _CONTROLS.sub("", text.strip()).replace("\\", "/"))
        parts = urlsplit(joined)
        if parts.scheme not in _PORTS or not parts.hostname or _NO_HOST.search(parts.netloc):
            return None
        host = _host(parts.hostname)
        host = host if host.isascii() else host.encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port not in (None, _PORTS[parts.scheme]) else ""
        name = f"[{host}]" if ":" in host else host
        address = urlunsplit((parts.scheme, name + port, _quoted(parts.path) or "/", _quoted(parts.query), ""))
    except ValueError:  # UnicodeError is one too
        return None
    return address if len(address) <= LONGEST_ADDRESS else None


def canonical(address: str) -> str:
    """Give the form under which two addresses of one page compare equal: parameters sorted, trackers left out."""
    parts = urlsplit(address)
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0])]
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", urlencode(sorted(pairs)), ""))


def same_site(address: str, other: str) -> bool:
    """Tell whether two addresses are of one site: the same host, with or without ``www.``, at the same port."""
    return _site(address) == _site(other)


def origin(address: str) -> str:
    """Give scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _site(address: str) -> tuple[str, int | None]:
    parts = urlsplit(address)
    port = parts.port if parts.port not in _PORTS.values() else None
    return _host(parts.hostname or "").removeprefix("www."), port


def _host(name: str) -> str:
    """Write a host's name as everybody does; the module that checks hosts brings a whole library along."""
    return name.rstrip(".").lower()


def _quoted(text: str) -> str:
    """Percent-encode what no address may hold; what is encoded stays."""
    return "".join(char if "!" <= char <= "~" and char not in '"<>`{}|^' else _percent(char) for char in text)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
