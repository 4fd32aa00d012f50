"""A searchable list of values with counts, or a tree of them: what a filter of the catalog is chosen from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from core.ui.product_grid import component_text

SEPARATOR = " > "
SEARCHED_FROM = 9
"""A list of so many values or more gets a field to search in."""


@dataclass(frozen=True)
class FacetOption:
    """One line of the list.

    Attributes:
        value: What is chosen.
        label: Foreign text; shown as it is.
        count: Products that have it; None shows no number.
        depth: How deep it lies in a tree, from 0.
        swatch: A color as CSS has it, drawn before the label.
    """

    value: str
    label: str
    count: int | None = None
    depth: int = 0
    swatch: str | None = None


_facet_list = st.components.v2.component(
    "shelflens_facet_list",
    html='<div class="root"></div>',
    css=component_text("facet_list.css"),
    js=component_text("facet_list.js"),
)


def facet_list(
    options: Sequence[FacetOption], chosen: str | None, *, key: str, label: str, on_choose: Callable[[str | None], None]
) -> None:
    """Draw a list to choose one value from; choosing the chosen one again takes it back.

    Args:
        options: What there is; a tree lists each node before what is below it.
        chosen: What is chosen now.
        key: Names the list within its page.
        label: What a screen reader calls it.
        on_choose: Hears the new choice, or None, before the page is drawn anew.
    """
    data = {
        "options": [asdict(option) for option in options],
        "chosen": chosen,
        "tree": any(option.depth for option in options),
        "searchable": len(options) >= SEARCHED_FROM,
        "placeholder": f"Search {label.lower()}",
        "label": label,
        "note": "" if options else "Nothing to choose from.",
    }

    def heard() -> None:
        picked = st.session_state[key].chosen
        if picked is not None:
            on_choose(str(picked) or None)

    _facet_list(key=key, data=data, on_chosen_change=heard)


def category_options(counts: Mapping[str, int]) -> list[FacetOption]:
    """Make a tree of categories from the number of products in each path or below it, in the order of a tree."""
    ordered = sorted(counts, key=lambda path: [(level.casefold(), level) for level in path.split(SEPARATOR)])
    return [_node(path, counts[path]) for path in ordered]


def _node(path: str, count: int) -> FacetOption:
    levels = path.split(SEPARATOR)
    return FacetOption(path, levels[-1], count, len(levels) - 1)


def value_options(counts: Mapping[str, int]) -> list[FacetOption]:
    """Make a list of values from their counts, in the given order."""
    return [FacetOption(value, value, count) for value, count in counts.items() if value]
