"""What keeps people from using a page, as axe-core finds it: labels, contrast, names of controls, order, focus."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
"""What another theme can change."""

# What Streamlit draws itself and gives us no say in: rule, exact element, reason. Nothing of ours belongs here.
KNOWN = {
    # The menu's sections are <div>s inside its list; screen readers still read every link and its section.
    "list": ['ul[data-testid="stSidebarNavItems"]'],
    "listitem": ['ul[data-testid="stSidebarNavItems"] li'],
}

_SEARCH = """async ([rules, known]) => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"], elementRef: true });
  const ours = (id, element) => !(known[id] ?? []).some((place) => element.matches(place));
  const brief = (words, length) => words.replace(/\\s+/g, " ").slice(0, length);
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes
      .filter(({ element }) => ours(id, element))
      .map(({ html, failureSummary }) => `${id}: ${brief(html, 160)} | ${brief(failureSummary, 240)}`));
}"""


def barriers(page: Page, rules: dict = EVERYTHING) -> list[str]:
    """Give what is serious or critical on a page, one line each."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(_SEARCH, [rules, KNOWN])


def skipped_levels(page: Page) -> list[str]:
    """Give the headings that stand more than a level below the one before, as those who jump by headings hear them."""
    return page.evaluate("""() => {
      const shown = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((each) => each.checkVisibility());
      const levels = shown.map((each) => Number(each.tagName[1]));
      return shown.filter((each, place) => levels[place] > (levels[place - 1] ?? 0) + 1)
        .map((each) => `${each.tagName} ${each.textContent}`);
    }""")


def turn_to(page: Page, scheme: str) -> None:
    """Turn the visitor's machine to the light or the dark theme; the page follows by itself."""
    page.emulate_media(color_scheme=scheme)
    expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
