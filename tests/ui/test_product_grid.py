import pytest

from core.ui.product_grid import Card, _card_data, _part_pieces, _usual_badges


def test_pieces_of_the_bar_add_up_to_the_score():
    # Score = (1.0 x 0.9 + 0.5 x 0.4) / 1.5; the unknown price takes no part in either sum.
    pieces = _part_pieces({"visual": (0.9, 1.0), "color": (0.4, 0.5), "price": (None, 0.5), "category": (1.0, 0.0)})
    assert sum(piece["share"] for piece in pieces) == pytest.approx((0.9 + 0.2) / 1.5)
    assert [piece["value"] for piece in pieces] == [0.9, 0.4, None, 1.0]


def test_every_part_has_its_own_color():
    pieces = _part_pieces({name: (1.0, 1.0) for name in ("visual", "color", "price", "category")})
    assert len({piece["color"] for piece in pieces}) == 4


def test_all_parts_unknown_draws_an_empty_bar():
    assert [piece["share"] for piece in _part_pieces({"price": (None, 1.0)})] == [0.0]


def test_price_of_zero_is_a_price_and_none_is_none():
    assert _usual_badges(0, "EUR", "A > B") == (("€ 0.00", "price"), ("B", ""))
    assert _usual_badges(None, "EUR", None) == (("no category", ""),)


def test_titles_reach_the_browser_untouched():
    # The component writes with textContent, so nothing may be escaped twice.
    assert _card_data(Card("1", "<b>Tom & Jerry</b>"), "")["title"] == "<b>Tom & Jerry</b>"
