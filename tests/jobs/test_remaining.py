import pytest

from core.jobs.remaining import RemainingTime


def watched(*samples):
    remaining = RemainingTime()
    for seconds, done in samples:
        remaining.observe(seconds, done)
    return remaining


def test_a_steady_pace_is_carried_on():
    # 2 s a step, 6 of 10 steps left
    remaining = watched((0, 0), (2, 1), (4, 2), (6, 3), (8, 4))
    assert remaining.seconds_left(8, done=4, total=10) == pytest.approx(12)


def test_time_since_the_last_step_counts():
    remaining = watched((0, 0), (2, 1), (4, 2))
    assert remaining.seconds_left(5, done=2, total=4) == pytest.approx(3)
    assert remaining.seconds_left(50, done=2, total=4) is None  # 46 s at a step that was to take 2: nobody knows


def test_one_long_pause_does_not_upset_it():
    # steps of 1 s but for one of 60 s: the median of the five stays 1 s
    remaining = watched((0, 0), (1, 1), (61, 2), (62, 3), (63, 4), (64, 5))
    assert remaining.seconds_left(64, done=5, total=10) == pytest.approx(5)


def test_a_burst_of_cached_steps_is_forgotten_after_thirty_samples():
    burst = [(0, 0), (1, 1000)]
    slow = [(1 + second, 1000 + second) for second in range(1, 31)]
    assert watched(*burst, *slow).seconds_left(31, done=1030, total=1040) == pytest.approx(10)


def test_nothing_is_guessed_too_early_or_without_a_total():
    remaining = watched((0, 0), (0.5, 1))
    assert remaining.seconds_left(0.5, done=1, total=10) is None  # less than a second seen
    remaining = watched((0, 0), (5, 1))
    assert remaining.seconds_left(5, done=1, total=None) is None
    assert watched((0, 0)).seconds_left(9, done=0, total=10) is None


def test_other_work_begins_afresh():
    # the second stage counts from 0 again: 10 s a step there, whatever the first one took
    remaining = watched((0, 0), (1, 1), (2, 2), (2, 0), (12, 1), (22, 2))
    assert remaining.seconds_left(22, done=2, total=3) == pytest.approx(10)
