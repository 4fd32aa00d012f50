"""What a page says to the eye: where the keyboard is, and numbers as the visitor writes them."""

import re

from playwright.sync_api import expect

from tests.browser.accessibility import KNOWN

_FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  return { cls: at.className, outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
}"""


def test_only_streamlits_own_elements_may_break_a_rule():
    # Whoever adds something of ours to the list hides a barrier instead of mending it.
    places = [place for known in KNOWN.values() for place in known]
    assert [place for place in places if 'data-testid="st' not in place] == []


def test_by_keyboard_and_in_the_visitors_own_numbers(visit, demo_server):
    page = visit(demo_server, language="de-DE").open("/catalog?sort=price%2C+high+first")
    # 1.234,56 and then the sign: the English way would be "€ 1,234.56".
    expect(page.locator(".card .price").first).to_have_text(re.compile(r"^\d{1,3}(\.\d{3})*,\d\d\s€$"))
    page.locator(".card").first.focus()
    page.keyboard.press("ArrowRight")  # by keyboard, so that the browser shows where it is
    focused = page.evaluate(_FOCUSED)
    assert focused["cls"].startswith("card") and focused["outlined"]
    page.goto(page.url.replace("/catalog", "/embeddings"))
    expect(page.locator(".map[data-drawn]")).to_be_visible()
    page.get_by_label("Find on the map").focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(_FOCUSED)["outlined"]
