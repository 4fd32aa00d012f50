"""The sequential test: by hand, and looked at after every vote."""

import math

import numpy as np
import pytest

from core.recommend.sequential_test import decided_after, judge, log_evidence


def test_evidence_by_hand():
    # One win: the mixture gives B(3/2, 1/2) / B(1/2, 1/2) = 1/2, and so does a fair coin: no evidence yet.
    assert math.exp(log_evidence(1, 0, rate=0.5)) == pytest.approx(1.0)
    # Two wins: B(5/2, 1/2) / B(1/2, 1/2) = 3/8 against 1/4.
    assert math.exp(log_evidence(2, 0, rate=0.5)) == pytest.approx(1.5)
    assert log_evidence(1, 0, rate=0.0) == math.inf


def test_nothing_is_decided_without_votes_and_everything_is_possible():
    verdict = judge(0, 0)
    assert (verdict.rate, verdict.low, verdict.high, verdict.decided) == (None, 0.0, 1.0, None)


def test_seven_wins_in_a_row_decide_and_six_do_not():
    # (2n)! / (n!^2 4^n) * 2^n: 1.5, 2.5, 4.375, 7.875, 14.4 after six, 26.8 after seven; the limit is 1 / 0.05 = 20.
    assert judge(6, 0).decided is None
    assert judge(7, 0).decided == "a"
    assert judge(0, 7).decided == "b"
    assert decided_after([True] * 30) == 7
    assert decided_after([True] * 6) is None


def test_the_interval_is_where_the_evidence_is_below_its_limit():
    verdict = judge(60, 40)
    assert verdict.low < 0.6 < verdict.high
    for end in (verdict.low, verdict.high):
        assert math.exp(log_evidence(60, 40, rate=end)) == pytest.approx(20, rel=1e-6)
    mirrored = judge(40, 60)
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((verdict.low, verdict.high))


def test_looking_after_every_vote_keeps_false_alarms_below_five_percent():
    # 2,000 tests of nothing, 300 votes each, looked at after each vote. At a true 5 % the count would be 100 +- 10.
    # The usual test at 5 %, looked at as often, is fooled in more than 30 % of them: the reason for this one.
    votes = np.random.default_rng(0).random((2_000, 300)) < 0.5
    wins = votes.cumsum(axis=1)
    number = np.arange(1, 301)
    table = np.array([[log_evidence(won, n - won, rate=0.5) if won <= n else 0 for won in range(301)] for n in number])
    alarms = (table[number - 1, wins] >= math.log(20)).any(axis=1).mean()
    assert 0.005 < alarms < 0.05
    naive = (np.abs(wins - number / 2) > 1.96 * np.sqrt(number) / 2)[:, 9:].any(axis=1).mean()
    assert naive > 0.3


def test_a_real_difference_is_found_and_the_interval_covers_it_all_the_time():
    votes = np.random.default_rng(1).random((200, 200)) < 0.7
    found = covered = 0
    for row in votes:
        found += decided_after(row.tolist()) is not None
        ends = [judge(int(row[:n].sum()), n - int(row[:n].sum())) for n in (5, 20, 60, 200)]
        covered += all(each.low <= 0.7 <= each.high for each in ends)
    # 200 votes at 70 % are four standard deviations from a coin: nearly always found.
    assert found / 200 > 0.9
    assert covered / 200 >= 0.95
