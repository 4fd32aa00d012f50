"""Impact before shipping: what the settings on the sliders would change, and what one part costs another."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.catalog.catalogs import Catalog
from core.jobs.supervise import submit
from core.recommend.impact import MEASURES, trade_off
from core.recommend.impact_kept import ImpactQuestion, kept_impact
from core.recommend.index import CatalogIndex
from core.recommend.presets import BUILT_IN, list_presets, preset_settings, published_preset
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import PARTS
from core.ui.caches import home, products_of
from core.ui.charts import COLORS
from core.ui.errors import shown_errors
from core.ui.guard import visitor_name
from core.ui.live_job import active_job, live_job
from core.ui.permission import may_edit
from core.ui.product_detail import open_product
from core.ui.product_grid import product_grid, row_card
from core.ui.wording import number_marks, number_text, percent

_WORDS = {
    "same_category": "Matches in the query's category",
    "price_drift": "Price against the query's",
    "color_distance": "Color distance",
    "coverage": "Coverage",
    "diversity": "Diversity",
    "popularity": "Popularity of matches",
}
_TRADE_WORK = 200_000
"""Products times queries of a trade-off curve that are ranked while the visitor waits: well under a second."""


def draw_impact(catalog: Catalog, index: CatalogIndex, settings: RankingSettings) -> None:
    """Measure what the settings on the sliders would change.

    Args:
        catalog: The catalog.
        index: Its products.
        settings: The proposed settings.
    """
    st.caption("The sliders above are the proposal; it is compared with a preset on sample queries, 95 % intervals.")
    name = _current_preset(catalog)
    queries = st.segmented_control("Sample queries", (100, 300, 1000), default=100, key="impact_queries", required=True)
    question = ImpactQuestion(preset_settings(home(), catalog, name), settings, queries=int(queries or 100))
    found = kept_impact(home(), catalog, question)
    job = active_job("impact", catalog=catalog.name)
    if found is not None:
        _draw_found(catalog, found, name)
    elif job is not None:
        live_job(job.job, title="Measuring the impact")
    elif may_edit() and st.button("Measure the impact", type="primary", icon=":material/science:"):
        with shown_errors():
            arguments = {"current": question.current.to_json(), "proposed": settings.to_json()}
            submit(
                home(),
                "impact",
                {"catalog": catalog.name, **arguments, "queries": question.queries},
                actor=visitor_name(),
            )
            st.rerun()
    st.divider()
    _draw_trade_off(index, settings)


def _current_preset(catalog: Catalog) -> str:
    presets, _ = list_presets(home(), catalog)
    published = published_preset(home(), catalog)
    names = [*([published.preset.name] if published else []), *BUILT_IN, *(each.name for each in presets)]
    options = list(dict.fromkeys(names))
    key = "impact_from"
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    words = "The published preset comes first." if published else "No preset is published yet."
    return str(st.selectbox("Compared with the preset", options, key=key, bind="query-params", help=words))


def _draw_found(catalog: Catalog, found: dict[str, Any], name: str) -> None:
    overlap = found["overlap"]
    low, high = overlap["interval"]
    st.metric(
        f"Overlap of the {found['k']} best",
        percent(overlap["value"], digits=0),
        help=f"Share both show, over {number_text(found['queries'])} queries; 95 % interval {low:.0%} to {high:.0%}.",
    )
    rows = [
        {
            "Measure": _WORDS[measure],
            "Now": _written(measure, figures["current"]),
            "Proposed": _written(measure, figures["proposed"]),
            "Difference": _written(measure, figures["difference"], signed=True),
            "What it is": MEASURES[measure],
        }
        for measure, figures in found["measures"].items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    _draw_changed(catalog, found["changed"])


def _written(measure: str, figure: dict[str, Any], *, signed: bool = False) -> str:
    if figure["value"] is None:
        return "unknown"
    values = [figure["value"], *figure["interval"]]
    sign = "+" if signed else ""
    if measure == "same_category":
        middle, low, high = (f"{100 * value:{sign}.1f}" for value in values)
        return f"{middle} % ({low} to {high})"
    if measure == "price_drift":
        middle, low, high = (f"{100 * value:+.1f}" for value in values)
        return f"{middle} % ({low} to {high})"
    middle, low, high = (f"{value:{sign}.3f}" for value in values)
    return f"{middle} ({low} to {high})"


def _draw_changed(catalog: Catalog, changed: list[dict[str, Any]]) -> None:
    st.header("Queries that change most")
    if not changed:
        st.text("No query changes.")
        return
    table = products_of(catalog).set_index("product_id", drop=False)
    titles = {each["query"]: _title(table, each["query"]) for each in changed}
    overlaps = {each["query"]: each["overlap"] for each in changed}
    picked = st.selectbox(
        "Query",
        list(titles),
        format_func=lambda product_id: f"{titles[product_id][:80]} · overlap {overlaps[product_id]:.0%}",
        key="impact_changed",
    )
    chosen = next((each for each in changed if each["query"] == picked), changed[0])
    clicked = None
    for side, words in (("query", "Query"), ("current", "Now"), ("proposed", "Proposed")):
        ids = [chosen["query"]] if side == "query" else chosen[side]
        rows = table.loc[[product_id for product_id in ids if product_id in table.index]]
        st.markdown(f"**{words}**")
        placed = enumerate(rows.itertuples(), 1)
        cards = [row_card(row, place=place if side != "query" else None) for place, row in placed]
        clicked = product_grid(cards, key=f"impact_{side}", small=True, label=words) or clicked
    if clicked:
        open_product(clicked)
        st.rerun()


def _title(table: pd.DataFrame, product_id: str) -> str:
    return str(table["title"].get(product_id) or product_id)


def _draw_trade_off(index: CatalogIndex, settings: RankingSettings) -> None:
    st.header("What one part costs another")
    st.caption("Weight moves from the first part to the second; all other weights stay as the sliders are.")
    left, right = st.columns(2)
    first = left.selectbox("From", PARTS, index=0, format_func=str.capitalize, key="trade_from", bind="query-params")
    second = right.selectbox("To", PARTS, index=1, format_func=str.capitalize, key="trade_to", bind="query-params")
    if first == second:
        st.info("Choose two different parts.")
        return
    key = (index.catalog_id, index.catalog_version, index.encoder, index.embedding_version)
    queries = max(5, min(60, _TRADE_WORK // max(len(index), 1)))
    points = _trade_off(str(home().root), key, settings, (str(first), str(second)), queries, index)
    if len(points) < 2:
        st.info("No sampled query has both parts.")
        return
    st.plotly_chart(
        _curve(points, str(first), str(second)), width="stretch", key="trade_chart", alt="One part against another"
    )
    st.caption(f"Means of the ten best over {number_text(min(queries, len(index)))} queries.")


@st.cache_data(show_spinner="Ranking", max_entries=32)
def _trade_off(
    root: str, key: tuple, settings: RankingSettings, parts: tuple[str, str], queries: int, _index: CatalogIndex
) -> list[dict[str, float]]:
    return trade_off(_index, settings, parts, queries=queries)


def _curve(points: list[dict[str, float]], first: str, second: str) -> go.Figure:
    figure = go.Figure(
        go.Scatter(
            x=[point[second] for point in points],
            y=[point[first] for point in points],
            mode="lines+markers",
            line={"color": COLORS[0], "width": 2.4},
            customdata=[[f"{point['share']:.0%}"] for point in points],
            hovertemplate=f"{second} %{{x:.3f}}<br>{first} %{{y:.3f}}<br>%{{customdata[0]}} of the weight on {second}"
            "<extra></extra>",
        )
    )
    # The curve falls from left to right, so below its left end and left of its right end nothing is drawn over.
    ends = ((points[0], f"all on {first}", 0, 26), (points[-1], f"all on {second}", -70, 0))
    for point, words, right_px, down_px in ends:
        place = {"x": point[second], "y": point[first], "ax": right_px, "ay": down_px}
        figure.add_annotation(text=words, showarrow=True, arrowcolor=COLORS[0], **place)
    figure.update_xaxes(title=f"{second.capitalize()} part of the matches, 0 to 1")
    figure.update_yaxes(title=f"{first.capitalize()} part of the matches, 0 to 1")
    return figure.update_layout(separators=number_marks(), height=360, margin={"l": 8, "r": 8, "t": 24, "b": 8})
