"""How well a column fits a field, 0..1, by its name and by its cells."""

from collections.abc import Callable

from core.catalog.tables.column_evidence import ColumnEvidence
from core.catalog.tables.column_names import FIELD_NAMES, is_further_picture


def column_score(field: str, plain: str, cells: ColumnEvidence) -> tuple[float, str]:
    """Score a column for a field, 0..1, by its name and by its cells."""
    fit, seen = _FITS[field](cells) if cells.cells else (0.5, "it holds nothing in the first rows")
    names = FIELD_NAMES[field]
    is_known = (
        plain in names
        or (field == "price" and _names_price(plain))
        or (field == "picture" and is_further_picture(plain))
    )
    if is_known:
        place = names.index(plain) / len(names) if plain in names else 0.5
        return fit * (1.0 - 0.35 * place), f"called {cells.name!r}; {seen}"
    if field not in _BY_CELLS or not cells.cells or any(plain in each for each in FIELD_NAMES.values()):
        return 0.0, seen  # a column called "price" whose cells are no prices is no title either
    return _BY_CELLS[field](cells), seen


def _names_price(plain: str) -> bool:
    return plain.startswith("price") or plain.endswith(("price", "preis"))


def _id_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fits = cells.usual_length <= 100 and cells.addresses < 0.5
    return (0.5 + 0.5 * cells.distinct) * fits, f"{cells.distinct:.0%} of its values differ"


def _price_fit(cells: ColumnEvidence) -> tuple[float, str]:
    return cells.prices if cells.prices >= 0.5 else 0.0, f"{cells.prices:.0%} of its values are prices"


def picture_fit(cells: ColumnEvidence) -> tuple[float, str]:
    """Tell how well a column's cells name pictures, and what was seen."""
    share = max(cells.pictures, 0.9 * cells.addresses)
    if share < 0.5 and cells.numbers < 0.5 and cells.usual_length < 100 and cells.spaced < 0.2:
        share = 0.35  # names without an ending, as some tables write them
    return (
        share if share >= 0.35 else 0.0,
        f"{max(cells.pictures, cells.addresses):.0%} of its values name pictures or addresses",
    )


def _text_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fits = cells.numbers < 0.5 and cells.pictures < 0.5 and cells.addresses < 0.5
    return float(fits), f"texts of {cells.usual_length:.0f} characters"


def _title_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fit, seen = _text_fit(cells)
    return fit * (0.6 + 0.4 * cells.distinct) * (cells.usual_length <= 400), seen


def _short_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fit, seen = _text_fit(cells)
    return fit * (cells.usual_length <= 100), seen


def _category_fit(cells: ColumnEvidence) -> tuple[float, str]:
    fits = cells.pictures < 0.5 and cells.addresses < 0.5 and cells.usual_length <= 400
    seen = f"{cells.paths:.0%} of its values are paths" if cells.paths else f"{len(set(cells.texts)):,} values"
    return float(fits), seen


def _split_fit(cells: ColumnEvidence) -> tuple[float, str]:
    return float(cells.splits >= 0.9), f"{cells.splits:.0%} of its values are splits"


def _currency_fit(cells: ColumnEvidence) -> tuple[float, str]:
    return float(cells.currencies >= 0.8), f"{cells.currencies:.0%} of its values are currencies"


_FITS: dict[str, Callable[[ColumnEvidence], tuple[float, str]]] = {
    "product_id": _id_fit,
    "title": _title_fit,
    "category": _category_fit,
    "price": _price_fit,
    "currency": _currency_fit,
    "picture": picture_fit,
    "brand": _short_fit,
    "color": _short_fit,
    "description": _text_fit,
    "split": _split_fit,
}


def _id_by_cells(cells: ColumnEvidence) -> float:
    """Take a column that nobody named for the ids where each value is another, short and one word."""
    whole = cells.numbers == 0 or all(text.isdigit() for text in cells.texts)
    sure = cells.rows >= 3 and cells.filled == cells.distinct == 1 and cells.usual_length <= 40 and cells.spaced == 0
    return 0.4 * (sure and whole and cells.pictures == 0 and cells.addresses == 0 and cells.signed_prices == 0)


def _title_by_cells(cells: ColumnEvidence) -> float:
    fits = 6 <= cells.usual_length <= 200 and cells.spaced >= 0.5 and cells.distinct >= 0.5
    return 0.4 * (fits and _text_fit(cells)[0] > 0 and cells.paths < 0.5 and cells.ruby == 0)


_BY_CELLS: dict[str, Callable[[ColumnEvidence], float]] = {
    "product_id": _id_by_cells,
    "title": _title_by_cells,
    "category": lambda cells: 0.5 * (cells.paths >= 0.5 and cells.addresses == 0 and cells.usual_length < 300),
    "price": lambda cells: 0.5 * (cells.signed_prices >= 0.8),
    "currency": lambda cells: 0.5 * (cells.currencies >= 0.95 and len(cells.cells) >= 3),
    "picture": lambda cells: 0.6 * (cells.pictures >= 0.8),
    "split": lambda cells: 0.5 * (cells.splits >= 0.95 and len(cells.cells) >= 3),
}
