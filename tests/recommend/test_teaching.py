"""Teaching: picks become weights, and the next question is one whose answer tells something."""

import numpy as np
import pytest

from core.errors import SettingsError
from core.recommend.teaching import Pick, fit_weights, read_picks, teach
from core.recommend.teaching_pairs import (
    best_places,
    named_pick,
    next_question,
    steadiness,
    taught_by,
    teaching_pool,
)
from core.recommend.weights import BASIC_PARTS, PARTS
from tests.recommend.catalogs_for_ranking import make_index, random_index

HIDDEN = np.array([1.0, 0.2, 0.6, 0.0, 0, 0, 0, 0])


def pick(preferred=1.0, **difference):
    return Pick("q", "one", "two", preferred, tuple(difference.get(part, 0.0) for part in PARTS))


def answers(pool, count, *, weights=HIDDEN, seed=0):
    picks = []
    for _ in range(count):
        question = next_question(pool, picks, seed=seed)
        picks.append(question.picked(float(np.dot(question.difference, weights) > 0)))
    return picks


def test_weights_follow_what_was_preferred_and_are_never_negative():
    # Better in color and worse in looks, chosen each time: color gets all the weight, looks none, never a negative one.
    taught = teach([pick(visual=-0.3, color=0.3)] * 4, parts=("visual", "color"))
    assert (taught.weights.visual, taught.weights.color) == (0.0, 1.0)
    assert taught.fitted == 1.0


def test_the_fit_is_where_the_gradient_vanishes():
    random = np.random.default_rng(0)
    differences = random.normal(size=(40, 3))
    preferred = (differences @ [1, 0.5, -1] + random.normal(size=40) > 0).astype(float)
    theta = fit_weights(differences, preferred)
    chance = 1 / (1 + np.exp(-differences @ theta))
    gradient = differences.T @ (chance - preferred) + theta / 12**2
    assert np.abs(gradient[theta > 0]).max(initial=0) < 1e-6
    assert (gradient[theta == 0] > 0).all()  # where a weight is 0, only a negative one would fit better


def test_both_alike_speaks_for_neither():
    # Alike in spite of a difference in looks: looks count for less than in a tie broken by them.
    equal = teach([pick(0.5, visual=0.5), pick(1.0, color=0.5)], parts=("visual", "color"))
    assert equal.weights.visual < 0.05 < equal.weights.color
    assert equal.held_out_picks == 1


def test_parts_nobody_spoke_of_are_named():
    taught = teach([pick(visual=0.3)], parts=("visual", "price"))
    assert taught.unsaid == ("price",)
    assert taught.held_out is None  # one pick leaves none to be held out


def test_held_out_agreement_is_that_of_weights_fitted_to_the_others():
    # Three picks for looks, one against: whoever fits the other three foretells each of the three and not the fourth.
    picks = [pick(visual=0.4)] * 3 + [pick(0.0, visual=0.4)]
    assert teach(picks, parts=("visual",)).held_out == pytest.approx(0.75)


def test_twenty_answers_recover_a_ranking():
    index = random_index(3, count=120)
    pool = teaching_pool(index, parts=BASIC_PARTS, seed=1)
    taught = teach(answers(pool, 20), parts=BASIC_PARTS)
    weights = np.array([getattr(taught.weights, part) for part in PARTS])
    shared = [len(set(best_places(t, weights, count=10)) & set(best_places(t, HIDDEN, count=10))) for t in pool.parts]
    assert np.mean(shared) >= 8
    assert taught.held_out >= 0.6
    few = teach(answers(pool, 3), parts=BASIC_PARTS)
    assert steadiness(pool, taught) > steadiness(pool, few)


def test_questions_are_never_asked_twice_and_end_where_nothing_differs():
    pool = teaching_pool(random_index(4, count=30), parts=BASIC_PARTS)
    asked = {(each.query, frozenset((each.first, each.second))) for each in answers(pool, 12)}
    assert len(asked) == 12
    same = make_index([[1, 0]] * 6)
    assert next_question(teaching_pool(same, parts=BASIC_PARTS), []) is None
    lonely = make_index([[1, 0]])
    assert next_question(teaching_pool(lonely, parts=BASIC_PARTS), []) is None


def test_named_picks_teach_the_same_as_clicked_ones():
    index = random_index(5, count=40)
    pool = teaching_pool(index, parts=BASIC_PARTS)
    clicked = answers(pool, 6)
    named = [
        {"query": each.query, "better": each.first, "worse": each.second}
        if each.preferred
        else {"query": each.query, "better": each.second, "worse": each.first}
        for each in clicked
    ]
    again = [named_pick(index, each, parts=BASIC_PARTS) for each in read_picks(named)]
    one, two = (teach(each, parts=BASIC_PARTS).weights for each in (clicked, again))
    assert [getattr(one, part) for part in PARTS] == pytest.approx([getattr(two, part) for part in PARTS], abs=0.002)
    told = taught_by(index, named, parts=BASIC_PARTS, ask=2)
    assert told["picks"] == 6 and len(told["ask"]) == 2


@pytest.mark.parametrize(
    "values", [{}, [1], [{"query": "a", "better": "b"}], [{"query": 1, "better": "b", "worse": "c"}]]
)
def test_hostile_picks_are_refused(values):
    with pytest.raises(SettingsError, match="pick"):
        read_picks(values)
