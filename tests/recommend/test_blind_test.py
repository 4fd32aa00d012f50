"""Blind tests: fixed questions, shuffled sides, one vote a question, an honest verdict."""

import pytest

from core.catalog.documents import read_entries
from core.errors import CatalogError, SettingsError
from core.recommend import blind_test
from core.recommend.blind_test import (
    BlindPlan,
    blind_result,
    cast_vote,
    close_blind_test,
    find_blind_test,
    find_by_token,
    make_blind_test,
    next_ballot,
)
from core.recommend.ranking_settings import RankingSettings
from core.recommend.weights import RankWeights
from tests.catalog.store import small_catalog
from tests.recommend.catalogs_for_ranking import make_index, random_index

LOOKS, PRICE = (RankingSettings(weights=RankWeights.only(part)) for part in ("visual", "price"))


@pytest.fixture
def catalog(home):
    return small_catalog(home)


@pytest.fixture
def test(home, catalog, monkeypatch):
    monkeypatch.setattr(blind_test, "open_index", lambda *_, **__: random_index(2))
    plan = BlindPlan(questions=12, k=4)
    return make_blind_test(home, catalog, "looks", (LOOKS, PRICE), names=("looks", "price"), actor="ann", plan=plan)


def vote_all(home, test, voter, side):
    while (ballot := next_ballot(home, test, voter=voter)) is not None:
        cast_vote(home, test, ballot.question.number, "left" if ballot.left_is == side else "right", voter=voter)


def test_questions_are_fixed_and_show_two_different_rows(home, catalog, test):
    assert len(test.questions) == 12
    assert all(each.a != each.b and len(each.a) <= 4 for each in test.questions)
    assert find_blind_test(home, catalog, "looks").questions == test.questions
    assert find_by_token(home, catalog, test.token) == test
    assert find_by_token(home, catalog, "") is None and find_by_token(home, catalog, "x\ud800") is None


def test_sides_are_shuffled_and_looking_again_shows_the_same(home, test):
    ballots = [next_ballot(home, test, voter=f"voter {number}") for number in range(200)]
    lefts = sum(ballot.left_is == "a" for ballot in ballots)
    assert 70 < lefts < 130  # 100 +- 4 standard deviations of 7
    assert len({ballot.question.number for ballot in ballots}) == 12  # each begins somewhere else
    assert next_ballot(home, test, voter="voter 7") == ballots[7]


def test_one_vote_a_question_and_the_verdict_follows(home, test):
    for voter in ("ann", "bob"):
        vote_all(home, test, voter, "a")
    result = blind_result(home, test)
    # 24 wins of 24: decided after the 7th, as seven heads in a row are; later votes change nothing of that.
    assert (result["votes"], result["voters"], result["wins_a"], result["decided"]) == (24, 2, 24, "a")
    assert result["decided_after"] == 7
    assert result["interval"][0] > 0.5
    assert next_ballot(home, test, voter="ann") is None
    with pytest.raises(CatalogError, match="voted on this one already"):
        cast_vote(home, test, 0, "left", voter="ann")


def test_alike_is_counted_apart(home, test):
    cast_vote(home, test, 0, "equal", voter="ann")
    result = blind_result(home, test)
    assert (result["votes"], result["equal"], result["win_rate"], result["decided"]) == (1, 1, None, None)


def test_a_vote_for_the_left_is_one_for_whoever_stood_there(home, test):
    ballot = next_ballot(home, test, voter="ann")
    cast_vote(home, test, ballot.question.number, "right", voter="ann")
    [entry] = read_entries(home, test.document)
    assert entry.body["choice"] == ("b" if ballot.left_is == "a" else "a")
    assert blind_result(home, test)["left_share"] == 0.0


@pytest.mark.parametrize(("number", "choice"), [(0, "a"), (99, "left"), (-1, "left"), (0, "")])
def test_hostile_votes_are_refused(home, test, number, choice):
    with pytest.raises(SettingsError, match="a vote is"):
        cast_vote(home, test, number, choice, voter="eve")
    assert read_entries(home, test.document) == []


def test_a_closed_test_takes_no_votes_and_keeps_those_it_has(home, catalog, test):
    cast_vote(home, test, 3, "left", voter="ann")
    closed = close_blind_test(home, catalog, test, actor="ann")
    assert next_ballot(home, closed, voter="bob") is None
    with pytest.raises(CatalogError, match="closed"):
        cast_vote(home, closed, 4, "left", voter="bob")
    assert blind_result(home, closed)["votes"] == 1


def test_two_settings_that_show_the_same_are_refused(home, catalog, monkeypatch):
    monkeypatch.setattr(blind_test, "open_index", lambda *_, **__: make_index([[1, 0], [1, 0.1], [0, 1]]))
    with pytest.raises(SettingsError, match="nothing to vote on"):
        make_blind_test(home, catalog, "same", (LOOKS, LOOKS), names=("a", "b"), actor="ann")


@pytest.mark.parametrize("plan", [{"questions": 0}, {"k": 99}, {"questions": True}, {"question": " "}])
def test_plans_out_of_range_are_refused(plan):
    with pytest.raises(SettingsError):
        BlindPlan(**plan)
