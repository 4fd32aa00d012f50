"""A training is killed at a random moment of its worker's life: it ends as if left alone. More: test_many_faults."""

from benchmarks.kill_resume import (
    CATALOG,
    head_distance,
    random_moments,
    train_killed,
    train_left_alone,
)
from core.catalog.folder_source import FolderSource
from core.catalog.imports import import_source
from core.models.runs import list_runs

# Enough epochs that moments fall among them, each kept before the next begins.
SETTINGS = {"epochs": 60, "patience": 60}


def test_a_training_killed_at_a_random_moment_ends_as_if_left_alone(home, color_folder):
    recipe, kills = "level-by-level", 1
    import_source(home, FolderSource(color_folder), catalog_name=CATALOG, actor="ann")
    train_left_alone(home, recipe, {"epochs": 1})  # embeds: the next one's time is that of the training alone
    whole = train_left_alone(home, recipe, SETTINGS)
    for earlier in range(4):  # a machine that was busy and is so no more is done before a moment of its slow time
        moments = random_moments(kills, within_seconds=whole.seconds / 2**earlier, seed=20)
        killed = train_killed(home, recipe, SETTINGS, moments=moments)
        if killed.kills:
            break
    assert killed.kills == kills
    assert killed.history == whole.history and len(whole.history) == 60
    assert killed.recorded == sorted(set(killed.recorded))  # no epoch twice, over all workers
    assert head_distance(killed.head, whole.head) == 0.0
    assert len(list_runs(home)) == 3 + earlier  # one run each, however often it was begun
    assert sorted(path.name for path in home.runs.iterdir()) == sorted(run.run_id for run in list_runs(home))


def test_moments_are_random_but_spread():
    moments = random_moments(4, within_seconds=8.0, seed=1)
    assert sorted(int(moment // 2) for moment in moments) == [0, 1, 2, 3]  # one in each quarter
    assert moments == random_moments(4, within_seconds=8.0, seed=1) != random_moments(4, within_seconds=8.0, seed=2)
