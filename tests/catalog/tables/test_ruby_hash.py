import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.tables.ruby_hash import parse_ruby
from core.catalog.tables.specifications import specifications


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a"=>"b"}', {"a": "b"}),
        ('{"a" => [1, -2.5, nil, true, false]}', {"a": [1, -2.5, None, True, False]}),
        ('{:color=>:red, :"two words"=>{}}', {"color": "red", "two words": {}}),
        (r'"4\" \u00e9\u{1F600}\n\\"', '4" é😀\n\\'),
        ("'it''", None),
        ("[]", []),
    ],
)
def test_values(text, value):
    if value is None:
        with pytest.raises(ValueError, match="expected"):
            parse_ruby(text)
    else:
        assert parse_ruby(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected a value at character 1"),
        ('{"a"=>', "expected a value at character 7"),
        ('{"a" "b"}', "expected '=>' at character 6"),
        ('{"a"=>1} 2', "expected the end at character 10"),
        ("system('ls')", "expected a value or a sign at character 1"),  # nothing is evaluated
        ("[" * 60 + "]" * 60, "nested more than 50 levels deep"),
    ],
)
def test_what_is_no_value_says_where(text, why):
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        parse_ruby(text)


def test_specifications_become_attributes():
    text = (
        '{"product_specification"=>[{"key"=>"Color", "value"=>"Red"}, {"value"=>"1 Mug"}, '
        '{"key"=>"Color", "value"=>"Blue"}, {"key"=>"Color", "value"=>"Red"}]}'
    )
    assert specifications(text) == {"Color": "Red, Blue", "Other": "1 Mug"}
    assert specifications('{"product_specification"=>{"key"=>"Pack", "value"=>"3"}}') == {"Pack": "3"}
    assert specifications('{"product_specification"=>nil}') == {}
    assert specifications("") == {}
    assert specifications('{"product_specification"=>[{"key"') is None


def ruby(value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{ruby(name)}=>{ruby(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(ruby, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(_VALUES)
def test_what_ruby_writes_is_read(value):
    assert parse_ruby(ruby(value)) == value


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("{}[]\"'=>,:\\nul 1.a", max_size=60)))
def test_any_text_is_a_value_or_an_error(text):
    try:
        parse_ruby(text)
    except ValueError as error:
        assert str(error)
    found = specifications(text)
    assert found is None or all(isinstance(each, str) for each in found.values())
