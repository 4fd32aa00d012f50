import pytest

from core.ui.wording import chart_text, counted, duration, literal, percent, short_category, shortened


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 products"), (1, "1 product"), (1204, "1,204 products"), (2_000_000, "2,000,000 products")],
)
def test_counts_carry_their_noun(number, words):
    assert counted(number, "product") == words


def test_irregular_plural():
    assert counted(2, "category", "categories") == "2 categories"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "unknown"),
        (0.44, "0.4 s"),
        (9.96, "10 s"),  # one digit below ten seconds, none above: never "10.0 s"
        (59.6, "1 min"),  # rounds up to a whole minute, never "60 s"
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (4320, "1 h 12 min"),
    ],
)
def test_durations_have_units(seconds, words):
    assert duration(seconds) == words


def test_percent_of_nothing_is_a_dash():
    assert percent(None) == "–"
    assert percent(float("nan")) == "–"
    assert percent(0.8634) == "86.3 %"


def test_short_category_is_the_last_level():
    assert short_category("Clothing > Shirts") == "Shirts"
    assert short_category(None) == "no category"


def test_shortened_text_keeps_to_its_length():
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"


def test_chart_text_cannot_hold_tags():
    # Plotly draws <b>, <br>, <a href> and the like; escaped they are shown as written.
    assert chart_text('<a href="http://evil.test">x</a>') == '&lt;a href="http://evil.test"&gt;x&lt;/a&gt;'


def test_literal_escapes_every_mark_markdown_knows():
    # CommonMark: a backslash before any ASCII punctuation makes it literal.
    assert literal("![x](http://evil.test)") == r"\!\[x\]\(http\:\/\/evil\.test\)"
    assert literal(":red[a] $x$\n# b") == r"\:red\[a\] \$x\$ \# b"
