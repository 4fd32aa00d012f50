"""Recipes from strangers: any JSON is a list of steps or one error; work that is stopped leaves nothing behind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.catalogs import find_catalog
from core.cleaning.kinds import STEP_KINDS
from core.cleaning.recipe import read_recipe
from core.cleaning.step import Step
from core.cleaning.steps import apply_step, make_step
from core.errors import Cancelled, SettingsError
from core.models.settings import describe_settings
from core.progress import SilentProgress
from tests.cleaning.shop import make_shop, whole_catalog

NAMES = sorted(
    {
        field.name
        for kind in STEP_KINDS.values()
        if kind.read is None
        for field in describe_settings(kind.settings_class)
    }
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12))
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
steps = st.fixed_dictionaries(
    {"kind": st.sampled_from([*STEP_KINDS, "polish"])},
    optional={"settings": st.dictionaries(st.sampled_from([*NAMES, "rules", "match"]), anything, max_size=3)},
)


@settings(max_examples=100, deadline=None)
@given(st.one_of(anything, st.fixed_dictionaries({"steps": st.lists(st.one_of(steps, anything), max_size=3)})))
def test_any_json_is_steps_or_one_error(values):
    try:
        read = read_recipe(values)
    except SettingsError:
        return
    assert all(isinstance(step, Step) for step in read)
    # What was read is written as it can be read again.
    assert [step.to_json() for step in read_recipe({"steps": [step.to_json() for step in read]})] == [
        step.to_json() for step in read
    ]


class Impatient(SilentProgress):
    """Stops the work once half of the products are changed."""

    def report(self, done, total, message):
        if message == "changing products" and done:
            raise Cancelled


def test_a_step_that_is_stopped_leaves_nothing_behind(home):
    make_shop(home, [{"category": "A > B"} for _ in range(20)])
    before = whole_catalog(home)
    step = make_step("category-levels", {"levels": 1})
    with pytest.raises(Cancelled):
        apply_step(home, find_catalog(home, "shop"), step, actor="ann", progress=Impatient())
    assert whole_catalog(home) == before
