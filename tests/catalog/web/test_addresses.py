import ipaddress

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.web.addresses import LONGEST_URL, allowed_names, check_url, checked_url, is_public
from core.catalog.web.fetch_errors import FetchError

PUBLIC = ["8.8.8.8", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700::1111", "2a00:1450::1"]
CLOSED = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3"),
    *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "100.127.255.255"),  # cloud metadata; carrier-grade NAT
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255"),
    *("192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.0.0.8"),
    *("::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1", "3fff::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3", "64:ff9b:1::8.8.8.8"),
    *("2002:7f00:1::", "2002:0a00:0001::1", "2002:c0a8:0101::1"),  # 6to4 of 127.0.0.1, 10.0.0.1, 192.168.1.1
    "2a00::5efe:10.0.0.1",  # ISATAP
]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_may_be_asked(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", CLOSED)
def test_special_addresses_may_not(address):
    assert not is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
@settings(max_examples=100, deadline=None)
def test_an_embedded_address_is_judged_as_itself(address):
    number = int(address)
    carriers = [0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    for carrier in carriers:
        assert is_public(ipaddress.IPv6Address(carrier)) == is_public(address)


@given(st.ip_addresses())
@settings(max_examples=100, deadline=None)
def test_nothing_python_calls_special_is_public(address):
    if is_public(address):
        carries = int(address) >> 32 in (0xFFFF, 0x64FF9B << 64)  # mapped or translated: Python calls the form special
        address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address.version == 6 and carries else address
        assert not (address.is_private or address.is_loopback or address.is_link_local)
        assert not (address.is_multicast or address.is_unspecified or address.is_reserved)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "neither"),
        ("shop.example/a.jpg", "neither"),
        ("//shop.example/a.jpg", "neither"),
        ("file:///etc/passwd", "found file"),
        ("gopher://shop.example/", "found gopher"),
        ("data:image/png;base64,AAAA", "found data"),
        ("http://", "no host"),
        ("http:///a.jpg", "no host"),
        ("http://a b/", "no host"),
        ("http://[fe80::1%25eth0]/", "no host"),
        ("http://%31%32%37.0.0.1/", "no host"),
        ("http://.../", "no host"),
        ("http://user:secret@shop.example/", "password"),
        ("http://shop.example\\@10.0.0.1/", "backslash"),
        ("http://shop.example:99999/", "no port"),
        ("http://shop.example:0/", "no port"),
        ("http://shop.example/\r\nHost: evil", "non-printable"),
        ("http://shop.example/\x00", "non-printable"),
        ("http://shop.example/" + "a" * LONGEST_URL, "characters"),
        ("http://" + "a" * 254 + "/", "no host"),
        ("http://\ud800/", "host"),
    ],
)
def test_what_is_no_address_says_why(address, said):
    with pytest.raises(FetchError, match=said) as caught:
        checked_url(address)
    assert caught.value.reason == "bad_url"
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        (" https://Shop.Example/a.jpg ", "https://shop.example/a.jpg"),
        ("HTTP://shop.example", "http://shop.example"),
        ("http://shop.example/a b.jpg", "http://shop.example/a%20b.jpg"),
        ("http://shop.example/a.jpg?w=1#top", "http://shop.example/a.jpg?w=1"),
        ("http://shop.example/ä.jpg", "http://shop.example/%C3%A4.jpg"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),  # dots of other scripts are dots
    ],
)
def test_addresses_are_written_in_one_way(written, asked):
    assert str(checked_url(written)) == asked


def test_hosts_are_allowed_by_name_however_they_are_spelled():
    assert allowed_names(["Shop.Local.", " [::1] "]) == {"shop.local", "::1"}


@given(st.one_of(st.text(max_size=60), st.text(max_size=40).map(lambda text: f"http://{text}")))
@settings(max_examples=100, deadline=None)
def test_any_text_is_an_address_to_ask_or_refused(text):
    try:
        url = checked_url(text)
    except FetchError as error:
        assert error.reason == "bad_url"
        assert str(error).isprintable() or "\n" not in str(error)
    else:
        assert url.scheme in ("http", "https")
        assert url.raw_host and not url.userinfo and not url.fragment
        assert not set("\r\n\0 ") & set(str(url))
        check_url(httpx.URL(str(url)))  # what goes on the wire is judged alike
