import pytest

from core.ui import wording
from core.ui.wording import (
    chart_text,
    counted,
    duration,
    literal,
    number_marks,
    number_text,
    percent,
    price_text,
    short_category,
    shortened,
)


@pytest.fixture
def speak(monkeypatch):
    """Look at the page with a browser of some language."""

    def choose(language):
        monkeypatch.setattr(wording, "_visitors_locale", lambda: wording._locale(language))

    return choose


@pytest.mark.parametrize(
    ("language", "number", "price", "marks"),
    [
        ("en-US", "1,234,567.5", "€ 1,234.50", ".,"),
        ("de-DE", "1.234.567,5", "1.234,50\u00a0€", ",."),  # Duden: sign and amount are kept on one line
        ("fr-FR", "1\u202f234\u202f567,5", "1\u202f234,50\u00a0€", ",\u202f"),  # narrow spaces that do not break
        ("en-IN", "12,34,567.5", "€\u00a01,234.50", ".,"),  # after the thousands, lakhs: groups of two
        ("de-CH", "1’234’567.5", "€\u00a01’234.50", ".’"),
        ("ar-EG", "1,234,567.5", "1,234.50\u00a0€", ".,"),  # Latin digits, as in the names and ids beside them
    ],
)
def test_numbers_and_prices_follow_the_browser(speak, language, number, price, marks):
    speak(language)
    assert number_text(1234567.5, digits=1) == number
    assert price_text(123450, "EUR") == price
    assert number_marks() == marks


def test_every_wording_follows_the_browser(speak):
    speak("de")
    assert counted(1204, "product") == "1.204 products"
    assert percent(0.8634) == "86,3 %"
    assert duration(0.44) == "0,4 s"
    assert price_text(1500, "JPY") == "1.500\u00a0¥"  # the yen has no minor units
    assert price_text(12345, "KWD") == "12,345\u00a0KWD"  # the dinar has three digits
    assert price_text(None, "EUR") == price_text(5, None) == ""
    assert number_text(float("nan")) == "nan"


@pytest.mark.parametrize(
    "language", [None, "", "qq", "../../etc/passwd", "de" * 5000, "de\x00", "C", "en-US-posix-x-y-z"]
)
def test_a_language_nobody_speaks_is_written_in_english(speak, language):
    speak(language)
    assert number_text(1234.5, digits=1) == "1,234.5"


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
