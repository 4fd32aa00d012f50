"""The finding a reviewer decides about: picture, suggestion, why, nearest look-alikes, and the keys."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.catalog.catalogs import Catalog
from core.errors import ShelfLensError
from core.review.findings import DUPLICATES, LABELS, PICTURES, PRICES, SENT, Finding
from core.review.product_states import ProductState
from core.ui.caches import counts_of, home, large_picture, products_of, thumbnails
from core.ui.product_grid import component_text
from core.ui.wording import price_text, short_category
from core.vision.embeddings import latest_embedding

NEIGHBORS = 8
_MOST_OPTIONS = 3000

_card = st.components.v2.component(
    "shelflens_review_card",
    html='<div class="root"></div>',
    css=component_text("review_card.css"),
    js=component_text("review_card.js"),
)

_ACCEPT = {
    LABELS: "Accept",
    SENT: "Accept",
    DUPLICATES: "Leave the copy out",
    PRICES: "Take the price off",
    PICTURES: "Leave it out",
}


@dataclass(frozen=True)
class Answer:
    """What a reviewer pressed.

    Attributes:
        product_id: The product that was shown.
        decision: ``accept``, ``keep``, ``choose``, ``skip`` or ``undo``.
        value: What was typed for ``choose``.
        after: The last entry about the product that was known when it was shown.
        seen: Names the state of the product that was shown.
    """

    product_id: str
    decision: str
    value: str
    after: int
    seen: str


def review_card(
    catalog: Catalog,
    finding: Finding,
    state: ProductState,
    *,
    place: str,
    after: int,
    key: str,
    on_answer: Callable[[Answer], None],
) -> None:
    """Draw a finding.

    Args:
        catalog: The catalog.
        finding: What is shown.
        state: Its product now.
        place: Where in the queue it stands, in words.
        after: The last entry about the product that is known.
        key: Names the card within its page.
        on_answer: Hears what was pressed, before the page is drawn anew.
    """
    product = state.product
    hashes = product.picture_hashes
    chosen = finding.kind in (LABELS, SENT, PRICES)
    buttons = [("accept", _ACCEPT[finding.kind])] if finding.kind != SENT or finding.suggested else []
    buttons += [("keep", "Keep as it is")] + ([("choose", "Choose another")] if chosen else [])
    data = {
        "key": key,
        "product_id": product.product_id,
        "title": product.title,
        "picture": large_picture(hashes[0]) if hashes else "",
        "place": place,
        "rows": _rows(finding, state),
        "reason": finding.reason,
        "buttons": [*buttons, ("skip", "Skip"), ("undo", "Undo")],
        "choose": _choice(catalog, finding) if chosen else None,
        "neighbors": _neighbors(catalog, finding),
        "after": after,
        "seen": seen_name(state, finding.kind),
        "focus": bool(st.session_state.get("review_by_key")),
    }

    def decided() -> None:
        answer = _answer(st.session_state[key].decided)
        if answer is not None:
            st.session_state["review_by_key"] = True
            on_answer(answer)

    _card(key=key, data=data, on_decided_change=decided)


def seen_name(state: ProductState, kind: str) -> str:
    """Name what a decision is made upon, so that it is not written onto something else."""
    return hashlib.sha256(json.dumps(state.seen(kind), sort_keys=True).encode()).hexdigest()[:16]


def _answer(given: Any) -> Answer | None:
    """Read what the browser sent, which may be anything."""
    if not isinstance(given, Mapping):
        return None
    after = given.get("after")
    return Answer(
        product_id=str(given.get("product_id") or ""),
        decision=str(given.get("decision") or ""),
        value=str(given.get("value") or ""),
        after=after if isinstance(after, int) else -1,
        seen=str(given.get("seen") or ""),
    )


def _rows(finding: Finding, state: ProductState) -> list[tuple[str, str, str]]:
    """Name what the catalog says and what is suggested; name, value, tone."""
    product = state.product
    if finding.kind in (LABELS, SENT):
        rows = [("Filed in", product.category or "no category", "")]
        rows += [("Suggested", finding.suggested, "new")] if finding.suggested else []
    elif finding.kind == PRICES:
        rows = [("Price", finding.current or "none", ""), ("Look-alikes", finding.suggested or "unknown", "new")]
        rows.append(("Filed in", product.category or "no category", ""))
    elif finding.kind == DUPLICATES:
        rows = [("Copy of", finding.suggested or "unknown", "new"), ("Filed in", product.category or "no category", "")]
    else:
        rows = [("Filed in", product.category or "no category", "")]
    price = price_text(product.price_minor_units, product.currency)
    rows += [("Price", price, "")] if price and finding.kind != PRICES else []
    if finding.kind != SENT:
        rows.append(("Suspicion", f"{100 * min(finding.score, 0.999):.1f} %", ""))
    return rows


def _choice(catalog: Catalog, finding: Finding) -> dict[str, Any]:
    if finding.kind == PRICES:
        return {"label": "The right price, such as 12.50", "options": []}
    names = [name for name in list(counts_of(catalog, "category"))[:_MOST_OPTIONS] if name]
    return {"label": "Another category, such as Clothing > Shirts", "options": sorted(names)}


def _neighbors(catalog: Catalog, finding: Finding) -> list[dict[str, Any]]:
    """Give the nearest look-alikes, a copy's original first; none where there is no embedding."""
    table = products_of(catalog)
    near = _nearest(catalog, finding.product_id)
    if finding.kind == DUPLICATES and finding.suggested:
        near = [finding.suggested, *(each for each in near if each != finding.suggested)][:NEIGHBORS]
    rows = table.set_index("product_id").reindex(list(near))
    rows = rows[rows["title"].notna()]
    shown = thumbnails(rows["picture_hash"].tolist())
    words = _words(finding, rows)
    return [
        {
            "title": f"{title} ({product_id})",
            "picture": picture,
            "words": said,
            "agrees": _agrees(finding, product_id, category),
        }
        for product_id, title, category, picture, said in zip(
            rows.index, rows["title"], rows["category"], shown, words, strict=True
        )
    ]


def _words(finding: Finding, rows: Any) -> list[str]:
    if finding.kind == PRICES:
        priced = zip(rows["price_minor_units"].isna(), rows["price_minor_units"], rows["currency"], strict=True)
        return ["no price" if missing else price_text(int(price), currency) for missing, price, currency in priced]
    if finding.kind == DUPLICATES:
        return [f"original {each}" if each == finding.suggested else str(each) for each in rows.index]
    return [short_category(category) if isinstance(category, str) else "no category" for category in rows["category"]]


def _agrees(finding: Finding, product_id: object, category: object) -> bool:
    if finding.kind == DUPLICATES:
        return product_id == finding.suggested
    return finding.kind in (LABELS, SENT) and category == finding.suggested


def _nearest(catalog: Catalog, product_id: str) -> Sequence[str]:
    try:
        embedding = latest_embedding(home(), catalog)
        if embedding is None or product_id not in (places := _places(embedding.folder.as_posix(), embedding)):
            return []
        row = places[product_id]
        likeness = np.asarray(embedding.matrix @ embedding.matrix[row])
        likeness[row] = -np.inf
        count = min(NEIGHBORS, len(likeness) - 1)
        best = np.argpartition(-likeness, count - 1)[:count] if count > 0 else np.empty(0, np.int64)
        return [embedding.product_ids[place] for place in best[np.argsort(-likeness[best])]]
    except ShelfLensError:  # damaged: the audit that follows makes it anew
        return []


@st.cache_resource(show_spinner=False, max_entries=2)
def _places(folder: str, _embedding: Any) -> dict[str, int]:
    return {product_id: row for row, product_id in enumerate(_embedding.product_ids)}
