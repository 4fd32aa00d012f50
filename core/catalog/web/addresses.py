"""Which addresses may be asked: those of the public internet, and hosts the user allows by name."""

import ipaddress
import re
from collections.abc import Iterable

import httpx

from core.catalog.picture_formats import printable
from core.catalog.web.fetch_errors import FetchError

LONGEST_URL = 8192
"""Characters; longer addresses are refused by most servers, and reading them takes time."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# From the registries of special-purpose addresses (RFC 6890 and after). Python's own `is_global` follows them too,
# but differently from version to version, and calls multicast global.
_CLOSED_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by the customers of a provider
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local, and the metadata of cloud machines
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # relays to IPv6, given up
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # tunnels (Teredo) and other protocols
            "2001:db8::/32",
            "3fff::/20",
        ),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = (0x5EFE, 0x02005EFE)

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet, looking into IPv6 forms that carry an IPv4 one."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    carried = _carried(address)
    if carried is not None and not is_public(carried):
        return False
    if address.ipv4_mapped is not None or address in _NAT64:
        return True
    return address.scope_id is None and address in _PUBLIC_6 and not any(address in network for network in _CLOSED_6)


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Give the IPv4 address that packets to an IPv6 one would end at."""
    number = int(address)
    if address in _NAT64 or (number >> 32 & 0xFFFFFFFF) in _ISATAP:
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def host_name(host: str) -> str:
    """Give the name a host is known by, so that two spellings of one compare equal."""
    return host.strip().strip("[]").rstrip(".").lower()


def allowed_names(hosts: Iterable[str]) -> frozenset[str]:
    """Give the names of hosts a user allows."""
    return frozenset(host_name(host) for host in hosts)


def checked_url(text: str) -> httpx.URL:
    """Read an address that somebody wrote.

    Args:
        text: The address; blanks around it do not count.

    Returns:
        The address without its fragment, which servers are not told.

    Raises:
        FetchError: With reason "bad_url"; the message says what is wrong without repeating the address.
    """
    text = text.strip()
    if len(text) > LONGEST_URL:
        raise _bad(f"it has {len(text):,} characters: expected at most {LONGEST_URL:,}")
    try:
        # A backslash means a slash to browsers and part of the name to others: not to be guessed.
        if "\\" in text:
            raise _bad("it holds a backslash")
        url = httpx.URL(text)
        check_url(url)
        return url.copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise _bad(printable(str(error))[:200]) from error


def check_url(url: httpx.URL) -> None:
    """Refuse an address that is not to be asked at all, wherever its host is.

    Raises:
        FetchError: With reason "bad_url".
    """
    if url.scheme not in ("http", "https"):
        raise _bad(f"expected http:// or https://, found {printable(url.scheme)[:40] or 'neither'}")
    if url.userinfo:
        raise _bad("it holds a user name or password: take that out of the address")
    host = url.raw_host.decode("ascii", "replace")
    if not host or len(host) > 253 or not (_HOST.fullmatch(host) or _is_address_6(host)):
        raise _bad(f"{printable(host)[:80]!r} is no host")
    if url.port is not None and not 0 < url.port < 65536:
        raise _bad(f"there is no port {url.port}")


def _is_address_6(host: str) -> bool:
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _bad(what: str) -> FetchError:
    return FetchError(f"the address cannot be asked: {what}", reason="bad_url")
