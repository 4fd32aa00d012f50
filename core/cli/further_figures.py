"""Figures by product and by level in words."""

from typing import Any

from core.cli.tables import percent_cell

_WAYS = {"mean_log": "mean log-probability", "attention": "attention by confidence"}


def further_lines(result: dict[str, Any]) -> list[str]:
    """Say how well products and levels of the category tree fare; nothing where there are none.

    Args:
        result: Figures with ``products``, ``levels``, ``levels_by_leaf`` and ``half_right``, where they say something.
    """
    lines = []
    products = result.get("products")
    if products:
        lines.append(f"{products['products']} products, {products['with_several']} with several pictures:")
        for name, words in _WAYS.items():
            figures = products[name]
            low, high = (100 * end for end in figures["gain_interval"])
            lines.append(
                f"  {words}: accuracy {percent_cell(figures['accuracy'])}, {100 * figures['gain']:+.1f} points on "
                f"single pictures (95 % interval {low:+.1f} to {high:+.1f})"
            )
    for level, share in (result.get("levels") or {}).items():
        by_leaf = percent_cell(result["levels_by_leaf"].get(level))
        lines.append(f"level {level}: {percent_cell(share)} right; {by_leaf} by the likeliest class")
    if "half_right" in result:
        lines.append(f"wrong, but the parent is right: {percent_cell(result['half_right'])}")
    return lines
