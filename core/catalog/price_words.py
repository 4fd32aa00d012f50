# ruff: noqa: SIM905 - lists of words read better as texts
"""Words that stand beside prices, and what they make of the amount behind them."""

import re

WAS = frozenset(
    """was before statt instead uvp rrp msrp mrp m.r.p. m.r.p list regular reg reg. original originally orig orig. old
    avant antes prima bisher vorher retail""".split()
)
"""The amount was asked before."""

NOW = frozenset(
    "now jetzt nur sale only today special offer final deal discounted maintenant ahora ora current our you pay".split()
)
"""The amount is asked now."""

SAVED = frozenset("save saved spare sparen discount off rabatt".split())
"""The amount is what is saved."""

PER = frozenset("per pro pour / by".split())
"""The number is a quantity, as in "2.50 per 100 g"."""

RANGE = frozenset("- – — − ~ .. ... to bis until and à und through".split())
"""The amount is the other end of a range."""

FILLERS = frozenset(
    """price prices preis prix precio from ab von between starting at the of for is a approx approx. ca ca. about each
    ea pc piece pcs stück stk unit incl incl. inkl inkl. including inclusive vat mwst mwst. tax taxes gst excl excl.
    plus exkl exkl. versand shipping kg g l ml lb oz cm m item pair set + ( ) [ ] : ; , . | * = ! % ' \"""".split()
)
"""Words and signs that say nothing of the amount."""

KNOWN = WAS | NOW | SAVED | PER | RANGE | FILLERS
"""All words that prices are written with: "call 555-1234" is none."""

WORDS = re.compile(r"m\.r\.p\.?|[^\W\d_]+[.\-]?|\.{2,3}|[^\w\s]")
"""A word or sign of a text in lower case."""
