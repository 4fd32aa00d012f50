import json
import math

import pytest

from core.errors import SettingsError
from core.models import estimate as estimating
from core.models import machine_speed
from core.models.estimate import Estimate, estimate_training
from core.models.estimate_history import correction, usual_error
from core.models.estimate_note import check_estimate_note, ratio_to_actual
from core.models.machine_speed import pictures_per_second
from core.models.runs import list_runs
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog

LABELS = ["mug"] * 20 + ["lamp"] * 20 + ["vase"] * 20
BACKBONE = "efficientnet-lite0"


@pytest.fixture
def shop(home):
    return planted_catalog(home, LABELS)


def run_of(seconds, uncorrected, *, shown=None, rests_on="probe", **more):
    note = {"seconds": shown or uncorrected, "uncorrected_seconds": uncorrected, "rests_on": rests_on}
    return {"estimate": note, "seconds": seconds, **more}


def test_settings_count(home, shop):
    short = estimate_training(home, shop, "linear", BACKBONE, settings={"epochs": 10})
    train_run(home, shop, recipe="linear", settings={"epochs": 10}, actor="ann", progress=SilentProgress())
    short = estimate_training(home, shop, "linear", BACKBONE, settings={"epochs": "10"})
    long = estimate_training(home, shop, "linear", BACKBONE, settings={"epochs": "1000"})
    assert short.rests_on == long.rests_on == "run"
    assert long.seconds > short.seconds
    with pytest.raises(SettingsError, match="epochs is 0"):
        estimate_training(home, shop, "linear", BACKBONE, settings={"epochs": 0})


def test_a_run_keeps_its_estimate_beside_what_it_took(home, shop):
    estimate = estimate_training(home, shop, "linear", BACKBONE)
    note = json.loads(json.dumps(estimate.to_note()))
    check_estimate_note(note)
    train_run(home, shop, recipe="linear", estimate=note, actor="ann", progress=SilentProgress())
    [run] = list_runs(home)
    assert run.estimate == note
    assert ratio_to_actual(run.estimate, run.seconds) == pytest.approx(run.seconds / estimate.seconds)
    # The next one knows how far off this one was.
    assert estimate_training(home, shop, "linear", BACKBONE).usual_error is not None


def test_estimates_are_corrected_by_the_median_of_what_they_were_off():
    past = [run_of(20, 10), run_of(30, 10), run_of(400, 10), run_of(10, 10, rests_on="run")]
    # Twice, three times, forty times: the middle is three times; the run that rested on a run is another matter.
    assert correction(past, "probe") == (pytest.approx(3.0), 3)
    assert correction(past, "run") == (1.0, 1)
    assert correction([], "run") == (1.0, 0)
    # One that took a hundred times as long moves the next one by four at most.
    assert correction([run_of(1000, 10)], "probe") == (4.0, 1)
    # What a run was corrected by is not corrected again: 10 s before, shown as 20 s, took 20 s: still twice.
    assert correction([run_of(20, 10, shown=20)], "probe") == (pytest.approx(2.0), 1)


def test_resumed_and_damaged_runs_teach_nothing():
    odd = [{"estimate": "x", "seconds": 3}, run_of("x", 10), run_of(20, math.inf), run_of(20, 0), {"seconds": 3}]
    assert correction([*odd, run_of(90, 10, resumed=True)], "probe") == (1.0, 0)
    assert usual_error(odd) is None


def test_the_usual_error_is_told_in_both_directions():
    # 25 % more and a fifth less are both off by the same factor of 1.25.
    assert usual_error([run_of(12.5, 10), run_of(8, 10)]) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ({"rests_on": "luck"}, "rests_on of the estimate is 'luck'"),
        ({"rests_on": "run", "seconds": -1}, "seconds of the estimate is -1"),
        ({"rests_on": "run", "seconds": True}, "seconds of the estimate is True"),
        ({"rests_on": "run", "memory_mib": float("nan")}, "memory_mib of the estimate is nan"),
        ({"rests_on": "run", "x": 1}, "an estimate holds no 'x'"),
    ],
)
def test_notes_of_strangers_are_checked(note, words):
    with pytest.raises(SettingsError, match=words):
        check_estimate_note(note)
    check_estimate_note({})
    check_estimate_note(Estimate(None, 3, 1.0, 1.0, "").to_note())


def test_what_will_not_suffice_is_told_before(home, shop, monkeypatch):
    assert estimate_training(home, shop, "linear", BACKBONE).shortages == ()
    monkeypatch.setattr(estimating, "free_memory_mib", lambda: 300.0)
    [memory] = estimate_training(home, shop, "linear", BACKBONE).shortages
    assert "About 300 MiB of memory are free" in memory
    usage = type("Usage", (), {"free": 0})
    monkeypatch.setattr(estimating.shutil, "disk_usage", lambda path: usage)
    assert "The disk of the home has 0 MiB free" in estimate_training(home, shop, "linear", BACKBONE).shortages[0]


def test_the_probe_is_made_once_and_not_believed_from_another_machine(home, monkeypatch):
    made = []
    monkeypatch.setattr(machine_speed, "_probe", lambda home, name: made.append(name) or 50.0)
    assert [pictures_per_second(home, BACKBONE) for _ in range(3)] == [50.0] * 3
    assert made == [BACKBONE]
    kept = home.cache / "speed.json"
    kept.write_text(kept.read_text().replace('"cores": ', '"cores": 9'))
    pictures_per_second(home, BACKBONE)
    assert len(made) == 2
    kept.write_text("{")
    assert pictures_per_second(home, BACKBONE) == 50.0


def test_free_memory_is_a_plausible_number():
    assert 1 < estimating.free_memory_mib() < 2**30
