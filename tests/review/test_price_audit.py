"""Prices are judged by what looks alike, then by the category, and never across currencies."""

import pandas as pd

from core.progress import SilentProgress
from core.review.price_audit import audit_prices


def table(rows):
    frame = pd.DataFrame(rows, columns=["product_id", "category", "price_minor_units", "currency"])
    return frame.astype({"price_minor_units": "Int64"})


def by_id(audit):
    return {each.product_id: each for each in audit.findings}


def test_ten_times_its_category_is_first_and_says_so():
    # Prices 10 to 12.90 EUR: the middle is about 11.40, so 114 EUR is ten times as much.
    rows = [(f"p{place}", "Mugs", 1000 + 10 * place, "EUR") for place in range(30)] + [("odd", "Mugs", 11400, "EUR")]
    audit = audit_prices(table(rows), None, progress=SilentProgress())
    assert audit.findings[0].product_id == "odd"
    assert audit.findings[0].score > 0.5
    assert audit.findings[0].reason == "Costs 9.9x as much as its category (typically € 11.50)."
    assert len(audit.findings) == 31
    assert all(each.score < 0.5 for each in audit.findings[1:])


def test_yen_are_no_euros():
    rows = [(f"e{place}", "Mugs", 1000 + place, "EUR") for place in range(20)]
    rows += [(f"j{place}", "Mugs", 150000 + place, "JPY") for place in range(20)]
    audit = audit_prices(table(rows), None, progress=SilentProgress())
    assert max(each.score for each in audit.findings) < 0.1


def test_no_price_at_all_is_said_plainly():
    audit = audit_prices(table([("a", None, None, None), ("b", "Mugs", 0, "EUR")]), None, progress=SilentProgress())
    assert audit.findings == ()
    assert audit.notes == ("No product has a price above zero.",)
