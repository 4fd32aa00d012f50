"""The settings of a ranking as the visitor chose them: sliders and further choices, all of them in the URL."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.catalog.catalogs import Catalog
from core.catalog.money import minor_digits
from core.recommend.color_filter import NAMED_COLORS
from core.recommend.index import CatalogIndex
from core.recommend.ranking_settings import CLASSIC_POOL, MatchFilter, RankingSettings
from core.ui.address import ask
from core.ui.caches import counts_of
from core.ui.score_weights import MOST, chosen_weights, further_sliders, reset_button, weight_key, weight_sliders

View = Callable[[Catalog, CatalogIndex], None]
"""Draws one view of the Recommend page."""

_PRICE_WORDS = {
    "level": "Same price level",
    "same": "Same price",
    "cheaper": "Cheaper",
    "dearer": "Dearer",
    "budget": "Within a budget",
}
_MOST_CHOICES = 500


def choose_settings(catalog: Catalog, index: CatalogIndex) -> RankingSettings | None:
    """Draw further choices and the sliders; give the settings, or None when all weights are zero."""
    choices = further_choices(catalog, index)
    return weigh(choices)


def further_choices(catalog: Catalog, index: CatalogIndex) -> RankingSettings:
    """Draw what is chosen less often than the four weights; gives settings whose weights are still to be set."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with st.popover("More parts", icon=":material/add_circle:"):
            further_sliders()
        with st.popover("Price", icon=":material/payments:"):
            mode, budget, currency = _price_choice(index)
        with st.popover("Filters", icon=":material/filter_alt:"):
            filters = _filter_choice(catalog, index, currency)
        with st.popover("Variety and pool", icon=":material/tune:"):
            diversity, group, pool, classic = _grid_choice()
    return RankingSettings(
        embedding=index.encoder,
        pool=CLASSIC_POOL if classic else pool,
        formula="classic" if classic else "weighted",
        price_mode=mode,
        budget=budget,
        budget_currency=currency if budget else None,
        filters=filters,
        diversity=diversity,
        group_variants=group,
    )


def weigh(choices: RankingSettings, *, reset: bool = True) -> RankingSettings | None:
    """Draw the sliders; give the settings with their weights, or None when all are zero.

    Args:
        choices: All but the weights.
        reset: Whether the button that puts the sliders back stands beside them.
    """
    weight_sliders(reset=reset)
    weights = chosen_weights()
    if weights is None:
        st.info("All weights are zero, so nothing can be ranked. Move one slider up.")
        if not reset:
            reset_button()
        return None
    return replace(choices, weights=weights)


def with_settings(draw: Callable[[Catalog, CatalogIndex, RankingSettings], None]) -> View:
    """Make a view of a panel that works with the settings chosen now: the sliders stand above it."""

    def shown(catalog: Catalog, index: CatalogIndex) -> None:
        settings = choose_settings(catalog, index)
        if settings is not None:
            draw(catalog, index, settings)

    return shown


def ask_settings(settings: RankingSettings) -> None:
    """Put settings, such as a preset's, into the sliders and choices on the next rerun."""
    filters, currency = settings.filters, settings.budget_currency or settings.filters.currency
    scale = 10 ** minor_digits(currency) if currency else 1
    weights = settings.weights.to_json()
    largest = max(1.0, *(weight / MOST for weight in weights.values()))  # only their proportions matter
    values: dict[str, object] = {weight_key(part): weight / largest for part, weight in weights.items()}
    values |= {
        "price_mode": settings.price_mode,
        "budget": None if settings.budget is None else settings.budget / scale,
        "price_from": None if filters.price_min is None else filters.price_min / scale,
        "price_to": None if filters.price_max is None else filters.price_max / scale,
        "in_category": filters.category,
        "in_colors": list(filters.colors),
        "of_brands": list(filters.brands),
        "only_stock": filters.in_stock,
        "diversity": settings.diversity,
        "one_a_group": settings.group_variants,
        "pool": settings.pool or 0,
        "classic": settings.formula == "classic",
    }
    ask(**values)


def _price_choice(index: CatalogIndex) -> tuple[str, int | None, str | None]:
    """Ask what a good price is; gives the mode, the budget in minor units and the currency of amounts."""
    currencies = index.price.currencies
    mode = st.selectbox(
        "A good price is",
        list(_PRICE_WORDS),
        format_func=lambda name: _PRICE_WORDS[name],
        key="price_mode",
        bind="query-params",
        help="Levels are quarters of dear within a category; the others compare amounts of one currency.",
    )
    if not currencies:
        st.caption("No product of this catalog has a price.")
        return (mode if mode != "budget" else "level"), None, None
    currency = currencies[0]
    if len(currencies) > 1:
        currency = st.selectbox("Currency of amounts", currencies, key="amounts_in", bind="query-params")
    if mode != "budget":
        return mode, None, currency
    amount = st.number_input(f"Budget, {currency}", min_value=0.01, value=None, key="budget", bind="query-params")
    if not amount:
        st.caption("Name a budget; until then the price level counts.")
        return "level", None, currency
    return mode, max(1, round(amount * 10 ** minor_digits(currency))), currency


def _filter_choice(catalog: Catalog, index: CatalogIndex, currency: str | None) -> MatchFilter:
    """Ask what every match must meet."""
    paths = _category_paths(index)
    category = st.selectbox(
        "Only in", paths, index=None, key="in_category", bind="query-params", placeholder="anywhere"
    )
    low = high = None
    if currency is not None:
        left, right = st.columns(2)
        low = left.number_input(f"From, {currency}", min_value=0.0, value=None, key="price_from", bind="query-params")
        high = right.number_input(f"To, {currency}", min_value=0.0, value=None, key="price_to", bind="query-params")
    colors = st.multiselect(
        "Showing one of these colors", list(NAMED_COLORS), key="in_colors", bind="query-params", placeholder="any color"
    )
    brands = [name for name in counts_of(catalog, "brand") if name][:_MOST_CHOICES]
    chosen = st.multiselect("Of these brands", brands, key="of_brands", bind="query-params", placeholder="any brand")
    stock = st.toggle("Only what can be bought", key="only_stock", bind="query-params", help="By a stock attribute.")
    scale = 10 ** minor_digits(currency) if currency else 1
    return MatchFilter(
        category=category,
        price_min=None if low is None else round(low * scale),
        price_max=None if high is None else round(max(high, low or 0) * scale),
        currency=currency if low is not None or high is not None else None,
        colors=tuple(colors),
        brands=tuple(chosen),
        in_stock=bool(stock),
    )


def _grid_choice() -> tuple[float, bool, int | None, bool]:
    """Ask how varied matches are to be and how many are ranked at all."""
    diversity = st.slider(
        "Variety",
        0.0,
        1.0,
        0.0,
        0.05,
        key="diversity",
        bind="query-params",
        help="0 shows the best; higher puts matches that look unlike those above them first.",
    )
    group = st.toggle("One of each product's variants", key="one_a_group", bind="query-params")
    classic = st.toggle(
        "Classic ranking",
        key="classic",
        bind="query-params",
        help=f"The {CLASSIC_POOL} nearest by sight, ordered by price and color score alone.",
    )
    pool = st.number_input(
        "Rank only so many, nearest by sight; 0 ranks all",
        min_value=0,
        value=0,
        step=50,
        key="pool",
        bind="query-params",
        disabled=classic,
    )
    return float(diversity), bool(group), int(pool) or None, bool(classic)


def _category_paths(index: CatalogIndex) -> list[str]:
    """List every path of the catalog and every path above one, at most 500."""
    paths = {}
    for path in sorted(index.category.paths):
        levels = path.split(" > ")
        paths.update(dict.fromkeys(" > ".join(levels[: depth + 1]) for depth in range(len(levels))))
    return sorted(paths)[:_MOST_CHOICES]
