"""Reading foreign pages: whatever they hold, what comes out is clean, bounded, and of http or https."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.web.crawl_settings import CrawlSettings, crawl_settings
from core.catalog.web.found_products import LONGEST_ID, found_product, read_product
from core.catalog.web.page_links import canonical, same_site, whole_address
from core.catalog.web.page_pictures import MOST_PICTURES, largest_of_set
from core.catalog.web.page_reading import DETAIL, as_reading, read_page
from core.catalog.web.page_text import clean_text, decode_page
from core.errors import SettingsError

ADDRESS = "https://shop.example/list?page=1"
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
TAGS = ["div", "a", "img", "li", "p", "span", "h3", "table", "select", "svg", "template", "script", "base", "picture"]

attributes = st.sampled_from(
    [
        "",
        'class="card"',
        'href="/p/1"',
        'href="javascript:x"',
        'src="/1.png"',
        'srcset="a 1x, , b 2x,"',
        "href=//x",
        "id='",
    ]
)
tags = st.builds(lambda name, more: f"<{name} {more}>", st.sampled_from(TAGS), attributes)
ends = st.sampled_from([f"</{name}>" for name in TAGS] + ["<!--", "-->", "<![CDATA[", "&#xD800;", "€ 1.234,50", "\x00"])
pages = st.lists(st.one_of(tags, ends, st.text(max_size=12)), max_size=60).map("".join)


def check(product):
    texts = [product.title, product.price, product.brand, product.description, *product.category]
    assert not any(UNSEEN.search(text) for text in texts)
    addresses = [*product.pictures, *filter(None, [product.link])]
    assert all(address.startswith(("http://", "https://")) and address.isascii() for address in addresses)
    assert product.link is None or same_site(product.link, ADDRESS)
    assert len(product.pictures) <= MOST_PICTURES and len(product.product_id or "") <= LONGEST_ID


@settings(max_examples=80, deadline=None)
@given(pages, st.sampled_from(["", ".card", "li", "schema.org"]), st.sampled_from(["results", DETAIL]))
def test_any_page_gives_clean_products_that_survive_being_written(text, selector, kind):
    data = text.encode("utf-8", "surrogatepass")
    chosen = CrawlSettings(product=selector)
    reading = read_page(data, None, address=ADDRESS, settings=chosen, kind=kind)
    for product in reading.products:
        check(product)
    assert as_reading(json.loads(json.dumps(reading.to_json()))) == reading
    # What was guessed is itself a valid choice.
    assert crawl_settings(reading.settings).to_json() == reading.settings


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=10,
)
KEYS = ["name", "image", "offers", "brand", "url", "@id", "category", "color", "description"]


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=9), st.one_of(values, st.just("Product")))
def test_any_description_for_search_engines_is_taken_or_left(entry, kind):
    text = json.dumps({**entry, "@type": kind}).replace("<", "\\u003c")
    page = f'<script type="application/ld+json">{text}</script>'.encode("utf-8", "replace")
    for product in read_page(page, None, address=ADDRESS, settings=CrawlSettings(product="schema.org")).products:
        check(product)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
def test_any_link_is_a_web_address_or_none(text):
    found = whole_address(text, ADDRESS)
    assert found is None or found.startswith(("http://", "https://"))
    # Finished addresses stay as they are, and so does their canonical form.
    assert found is None or (whole_address(found, ADDRESS) == found and canonical(canonical(found)) == canonical(found))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80))
def test_any_set_of_pictures_is_parted(text):
    assert all(link and not re.search(r"\s", link) for link in largest_of_set(text))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.one_of(st.none(), st.text(max_size=30).map("text/html; charset={}".format)))
def test_any_bytes_are_decoded(data, content_type):
    assert isinstance(decode_page(data, content_type), str)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=12), values, max_size=6))
def test_any_settings_are_taken_or_refused(given_values):
    try:
        chosen = crawl_settings(given_values)
    except SettingsError:
        return
    assert crawl_settings(chosen.to_json()) == chosen


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("small.jpg 100w, large.jpg 800w", ["large.jpg", "small.jpg"]),
        ("a.jpg, b.jpg 2x", ["b.jpg", "a.jpg"]),  # one without a size counts once
        ("a,b.jpg 1x,c.jpg 3x", ["c.jpg", "a,b.jpg"]),  # a comma inside a link is part of it
        ("  ,, ", []),
    ],
)
def test_the_largest_of_a_set_comes_first(text, links):
    assert largest_of_set(text) == links


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        ('<img src="/s.jpg" data-zoom-image="/z.jpg" srcset="/m.jpg 2x">', "/z.jpg"),
        ('<img src="/placeholder.png" data-src="/real.jpg">', "/real.jpg"),
        ('<picture><source srcset="/w.webp 300w, /x.webp 900w"><img src="/s.jpg"></picture>', "/x.webp"),
        ('<img src="data:image/gif;base64,AAAA" data-lazy-src="//cdn.example/l.jpg">', "//cdn.example/l.jpg"),
    ],
)
def test_the_best_picture_is_taken(picture, expected):
    page = f'<ul><li class="card"><a href="/1">{picture} One</a></li></ul>'.encode()
    [product] = read_page(page, None, address=ADDRESS, settings=CrawlSettings(product="li.card")).products
    assert product.pictures[0] == whole_address(expected, ADDRESS)


@pytest.mark.parametrize(
    ("data", "header", "text"),
    [
        ("é".encode("cp1252"), None, "é"),  # no UTF-8, so Windows' western encoding
        ("日本".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本"),
        (b'<meta charset="windows-1251">' + "рубашка".encode("cp1251"), None, '<meta charset="windows-1251">рубашка'),
        ("é".encode("utf-16"), "text/html; charset=ascii", "é"),  # its mark goes before the header
        (b"abc", "text/html; charset=rot13", "abc"),  # no encoding of text
    ],
)
def test_the_encoding_is_found_as_browsers_find_it(data, header, text):
    assert decode_page(data, header) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://shop.example/p?a=1&b=2", "https://shop.example/p?b=2&a=1&utm_source=mail"),
        ("https://shop.example/p", "https://shop.example/p?gclid=x&fbclid=y"),
    ],
)
def test_addresses_of_one_page_compare_equal(one, other):
    assert canonical(one) == canonical(other)


def test_a_very_long_address_makes_an_id_that_fits_and_stays_its_own():
    long = "https://shop.example/" + "a" * 500
    first, second = (found_product("", link=f"{long}{end}").product_id for end in "12")
    assert first != second and len(first) == len(second) <= LONGEST_ID


def test_a_product_survives_being_written():
    product = found_product(ADDRESS, title="A", link="/p", picture=["/1.png"], category="A > B", attributes={"x": "1"})
    assert read_product(json.loads(json.dumps(product.to_json()))) == product
    assert clean_text("a\x00\u202e  b") == "a b"
