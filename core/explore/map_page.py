"""A map as one HTML page: it holds its data and its script, asks no network, and lets nothing foreign run."""

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from typing import Any

MOST_TITLES = 100_000
_LONGEST_TITLE = 120

_THEME = """
:root { --st-font: system-ui, sans-serif; --st-text-color: #1e2b2e; --st-background-color: #fbfaf6;
  --st-secondary-background-color: #f1efe7; --st-border-color: #dad6c8; --st-primary-color: #0f766e;
  --st-base-radius: 0.5rem;
  --st-chart-categorical-colors: #0F766E, #E08A1E, #43108A, #2FA8F0, #7A1E22, #8D91A5, #B8410F, #9150B8;
  --st-chart-sequential-colors: #EBF3EC, #CDDFD3, #ADCCBC, #8CBAA7, #6BA796, #489486, #268078, #076B69,
    #005558, #004046; }
body { margin: 0; padding: 16px 20px; background: var(--st-background-color); color: var(--st-text-color);
  font: 15px var(--st-font); }
h1 { font: 600 1.4rem Georgia, serif; margin: 0 0 10px; }
"""


def map_page(
    data: dict[str, Any],
    *,
    title: str,
    titles: Sequence[str],
    lines: Sequence[str],
    body: str,
    style: str,
    script: str,
) -> str:
    """Write the page.

    The script and the style may run by their hashes alone, so nothing that a title smuggles in could: titles travel as
    JSON whose every ``<`` is escaped, and are shown as text.

    Args:
        data: What the component reads, see `core.ui.map_component.map_data`; n points.
        title: Of the page; foreign text.
        titles: n titles of products; left out beyond :data:`MOST_TITLES`.
        lines: n further lines for the pointer, such as categories.
        body: The component's elements.
        style: Its style sheet.
        script: Its script, an ECMAScript module.
    """
    known = {**data, "titles": [], "lines": []}
    if len(titles) <= MOST_TITLES:
        known |= {
            "titles": [str(each)[:_LONGEST_TITLE] for each in titles],
            "lines": [each[:_LONGEST_TITLE] for each in lines],
        }
    written = json.dumps(known).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    # Inside an element neither text may end it.
    styled, scripted = _THEME + style.replace("</", "<\\/"), script.replace("</script", "<\\/script")
    policy = (
        f"default-src 'none'; script-src {_hash(scripted)}; style-src {_hash(styled)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(title)}</title>\n<style>{styled}</style></head>\n"
        f"<body><h1>{html.escape(title)}</h1>\n{body}\n"
        f'<script type="application/json" id="shelflens-map-data">{written}</script>\n'
        f'<script type="module">{scripted}</script></body></html>\n'
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"
