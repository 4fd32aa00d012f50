from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.text_index import TextIndex, match_expression

TEXTS = [
    (0, ("id-1", "Café crème, 100% coton", "Alma", "red", "Kitchen > Mugs", "Don't")),
    (1, ("id-2", "NOT a mug", None, None, None, None)),
    (2, ("id-3", "हिन्दी ﬁne \0 \ud800 null", "x", None, None, None)),
]


def rows(text):
    return TextIndex.in_memory(TEXTS).rows(text).tolist()


def test_words_are_found_in_every_field_by_their_beginnings():
    assert rows("cotton") == []  # the label is French
    assert rows("cot mug") == [0]
    assert rows("alm kitch RED") == [0]
    assert rows("id") == [0, 1, 2]
    assert rows("mug") == [0, 1]  # "Mugs" begins so


def test_letters_are_compared_without_accents_and_case():
    for text in ("cafe", "CAFÉ", "cafe\u0301", "Crème"):
        assert rows(text) == [0], text


def test_a_single_letter_is_a_word_of_its_own():
    assert rows("a mug") == [1]  # in the first, "a" only begins words
    assert rows("x") == [2]


def test_what_the_engine_takes_for_operators_are_words_here():
    assert match_expression('NOT "mug* (a OR b)') == '"NOT"* "mug"* "a" "OR"* "b"'
    assert match_expression("!? -- ***") is None
    assert rows("NOT mug") == [1]
    assert rows("null") == [2]  # behind a NUL and half a character


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_no_text_is_an_error(text):
    assert set(rows(text)) <= {0, 1, 2}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"]), min_size=2, max_size=8), min_size=1))
def test_a_text_is_found_by_the_words_it_is_made_of(words):
    index = TextIndex.in_memory([(7, (None, " ".join(words), None, None, None, None))])
    assert index.rows(" ".join(words[:20])).tolist() == [7]


def test_letters_are_composed_alike_in_texts_and_queries():
    # U+1FE3 and U+03B0 are one letter to a reader; Unicode composes the first to the second.
    index = TextIndex.in_memory([(7, (None, "0\u1fe3", None, None, None, None))])
    assert index.rows("0\u1fe3").tolist() == [7]
    assert index.rows("0\u03b0").tolist() == [7]
