"""A search whose worker is killed goes on with the trials it would have had, none of them twice."""

import json
import os
import signal

import numpy as np

from core.jobs import resume_job, submit
from core.jobs.folder import find_folder
from core.jobs.search_arguments import SearchArguments
from core.jobs.stored_status import read_status
from core.models.balance import BalanceSettings
from core.models.runs import list_runs
from core.models.search import search_settings
from core.models.search_store import find_search
from core.models.search_trials import read_trials
from core.progress import SilentProgress
from tests.jobs.waiting import wait_for_state, wait_until
from tests.models.synthetic import DIMENSIONS, planted_catalog, separable_features

TRIALS = 6
ASKED = {
    "catalog": "shop",
    "recipe": "head",
    "method": "guided",
    "space": {"learning_rate": "1e-5:1e-2", "dropout": "0:0.8"},
    "settings": {"epochs": 40, "patience": 40, "batch_size": 4, "first_layer": 32, "second_layer": 8},
    "trials": TRIALS,
}


def test_a_search_killed_after_its_second_trial_ends_like_one_that_was_not(home):
    labels = [name for name in ("bags", "hats", "shoes") for _ in range(40)]
    splits = (["train"] * 28 + ["validation"] * 6 + ["test"] * 6) * 3
    features = separable_features(np.repeat(np.arange(3), 40), dimensions=DIMENSIONS, seed=1, spread=6.0)
    catalog = planted_catalog(home, labels, splits=splits, features=features)
    job = submit(home, "search", ASKED, actor="ann")
    kept = find_folder(home, job).checkpoints / "trials" / "trials.jsonl"
    wait_until(lambda: len(read_trials(kept)) >= 2, f"{job} to finish two trials")
    os.kill(read_status(find_folder(home, job)).pid, signal.SIGKILL)
    wait_for_state(home, job, "interrupted")
    before = read_trials(kept)
    assert len(before) < TRIALS
    resume_job(home, job)
    status = wait_for_state(home, job, "done", "failed")
    assert status.error is None
    [run] = list_runs(home)
    again = find_search(home, status.result["search"]).report
    assert again["run"] == run.run_id
    lines = [json.loads(line) for line in kept.read_bytes().splitlines() if line.startswith(b'{"kind": "trial"')]
    assert [line["number"] for line in lines] == list(range(TRIALS))  # each written once
    assert [trial["settings"] for trial in again["trials"]][: len(before)] == [trial.settings for trial in before]
    plan = SearchArguments(**ASKED).plan(BalanceSettings())
    whole = search_settings(home, catalog, plan, actor="ann", progress=SilentProgress())
    uninterrupted = find_search(home, whole["search"]).report
    told = ("settings", "state", "figures", "epochs")
    assert [[trial[name] for name in told] for trial in again["trials"]] == [
        [trial[name] for name in told] for trial in uninterrupted["trials"]
    ]
