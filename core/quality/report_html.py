"""The quality report as one HTML file that needs nothing else: no script, no network; it prints well."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from core.catalog.catalogs import Catalog
from core.catalog.html_policy import content_policy
from core.catalog.picture_formats import printable
from core.catalog.products import Product
from core.errors import HomeError
from core.home import Home
from core.quality.checks import SEVERITIES
from core.quality.line_products import line_products
from core.quality.quality_report import Histogram, QualityLine, QualityReport

PICTURES_A_LINE = 12
MOST_PICTURES = 120
"""About 6 kB each: the file stays below 2 MB."""

_MOST_CATEGORIES = 40
_LONGEST_TITLE = 80
_MARKS = {"bad": "Mend first", "warning": "Look at", "note": "Good to know", "good": "Not found"}
_STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")


def report_html(home: Home, catalog: Catalog, report: QualityReport) -> str:
    """Write a report as HTML. Everything from outside is escaped; thumbnails lie within as data addresses.

    Args:
        home: Where the thumbnails are.
        catalog: The catalog.
        report: Its report.

    Returns:
        The text of the file.
    """
    pictures = _Pictures(home, catalog)
    shown = "".join(_line(line, pictures) for line in report.lines if line.severity != "good")
    unfound = "".join(f"<li>{_text(line.title)}</li>" for line in report.lines if line.severity == "good")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{content_policy()}">
<title>Quality of {_text(report.catalog)}</title><style>{_STYLE}</style></head><body>
<header><p class="brand">ShelfLens quality report</p><h1>{_text(report.catalog)}</h1>
<p class="verdict">{_text(report.verdict)}</p>
<p class="facts">{_facts(report)}</p></header>
<main><h2>What was found</h2>{shown or "<p>Nothing that needs mending.</p>"}
<h2>Looked for and not found</h2><ul class="unfound">{unfound or "<li>Nothing</li>"}</ul>
{_figures(report)}</main>
<footer>Made {_text(report.created)} of version {report.version} of the catalog.</footer></body></html>
"""


class _Pictures:
    """The thumbnails of products, as many as the file may hold."""

    def __init__(self, home: Home, catalog: Catalog) -> None:
        self._home, self._catalog = home, catalog
        self._left = MOST_PICTURES

    def of(self, line: QualityLine) -> str:
        """Draw the first products of a line."""
        wanted = min(PICTURES_A_LINE, self._left)
        if line.products is None or not wanted:
            return ""
        figures = [self._figure(product) for product in line_products(self._home, self._catalog, line, limit=wanted)]
        return f'<div class="products">{"".join(figures)}</div>'

    def _figure(self, product: Product) -> str:
        caption = _text(product.title[:_LONGEST_TITLE])
        data = self._thumbnail(product.picture_hashes[0]) if product.picture_hashes else None
        if data is None:
            shown = '<div class="none">no picture</div>'
        else:
            self._left -= 1
            shown = f'<img alt="" src="data:image/webp;base64,{base64.b64encode(data).decode("ascii")}">'
        return (
            f"<figure>{shown}<figcaption>{caption}<small>{_text(product.product_id[:60])}</small></figcaption></figure>"
        )

    def _thumbnail(self, picture_hash: str) -> bytes | None:
        try:
            return self._home.thumbnail_path(picture_hash).read_bytes()
        except (OSError, HomeError):
            return None


def _line(line: QualityLine, pictures: _Pictures) -> str:
    names = "".join(f"<li>{_text(name[:200])}</li>" for name in line.names[:20])
    listed = f'<ul class="names">{names}</ul>' if names else ""
    return (
        f'<section class="{_text(line.severity)}"><h3><span class="mark">{_MARKS[line.severity]}</span> '
        f"{_text(line.title)} <span class=count>{line.count:,}</span></h3><p>{_text(line.sentence)}</p>"
        f"{listed}{pictures.of(line)}</section>"
    )


def _facts(report: QualityReport) -> str:
    found = {name: sum(line.severity == name for line in report.lines) for name in SEVERITIES}
    facts = [
        f"{report.products:,} products",
        f"{report.pictures:,} pictures, {report.distinct_pictures:,} different",
        f"{report.category_count:,} categories",
        f"{found['bad']} to mend first, {found['warning']} to look at, {found['good']} looked for and not found",
    ]
    return " · ".join(map(_text, facts))


def _figures(report: QualityReport) -> str:
    categories = [(path or "no category", count) for path, count in report.categories[:_MOST_CATEGORIES]]
    more = len(report.categories) - len(categories)
    tables = [_bars("Categories by size", "products", categories, f"and {more:,} smaller ones" if more > 0 else "")]
    tables.append(_bars("Pictures of a product", "products", _counted(report.pictures_per_product)))
    tables.append(_bars("Formats", "pictures", list(report.formats.items())))
    if report.sizes is not None:
        tables.append(_bars(report.sizes.title, "pictures", _ranges(report.sizes)))
    tables += [_bars(f"Prices in {currency}", "products", _ranges(each)) for currency, each in report.prices.items()]
    return f"<h2>Figures</h2>{''.join(tables)}"


def _bars(title: str, noun: str, rows: Sequence[tuple[str, int]], note: str = "") -> str:
    """Draw a table whose rows have bars; bars are table cells' backgrounds, so that they need no script."""
    if not rows:
        return ""
    most = max(count for _, count in rows) or 1
    lines = "".join(
        f'<tr><th scope="row">{_text(name)}</th><td class="number">{count:,}</td>'
        f'<td class="bar"><div style="width:{100 * count / most:.1f}%"></div></td></tr>'
        for name, count in rows
    )
    return (
        f"<h3>{_text(title)}</h3><table><thead><tr><th></th><th>{_text(noun)}</th><th></th></tr></thead>"
        f"<tbody>{lines}</tbody></table><p class=note>{_text(note)}</p>"
    )


def _counted(counts: Mapping[int, int]) -> list[tuple[str, int]]:
    return [("none" if pictures == 0 else f"{pictures}", count) for pictures, count in counts.items()]


def _ranges(histogram: Histogram) -> list[tuple[str, int]]:
    bounds = [f"{edge:,.0f}" if edge >= 10 else f"{edge:.3g}" for edge in histogram.edges]
    names = [f"{low} to {high} {histogram.unit}" for low, high in pairwise(bounds)]
    rows = list(zip(names, histogram.counts, strict=True))
    while rows and rows[-1][1] == 0:
        rows.pop()
    while rows and rows[0][1] == 0:
        rows.pop(0)
    return rows


def _text(value: str) -> str:
    """Make foreign text safe within HTML; what could turn the writing around or hide is written out."""
    shown = "".join(f"\\u{ord(each):04x}" if each in _TURNING else each for each in printable(value))
    return escape(shown, quote=True)


_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
