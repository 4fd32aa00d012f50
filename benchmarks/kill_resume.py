"""Trainings killed at random moments and resumed: what they end with, beside the same training left alone.

Every recipe that trains in epochs is trained once undisturbed, in a worker process as the pages start it. Then it is
trained again and its worker killed (SIGKILL) at moments drawn over the time the first one took, from the start of the
process to the writing of the run, and resumed each time, until so many kills have been made. Told are: whether the
histories have the same epochs, whether an epoch was recorded twice, and how far the heads are apart (0: equal in every
bit). The pictures are drawn.

    python -m benchmarks.kill_resume [--kills 20] [--recipes linear fine-tune] [--write]
"""

import argparse
import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import markdown_table, show, versions
from benchmarks.synthetic_pictures import category_pictures
from core.catalog.folder_source import FolderSource
from core.catalog.imports import import_source
from core.home import Home, open_home
from core.jobs import job_log_tail, job_status, resume_job, submit
from core.jobs.folder import find_folder
from core.jobs.stored_status import read_status
from core.models.learning import Arrays
from core.models.recipes import RECIPES, find_recipe
from core.models.runs import open_run
from core.models.settings import describe_settings

CATALOG = "drawn"
EPOCHS = {"linear": 150, "level-by-level": 150, "one-vs-all": 100, "head": 60}
FEW_EPOCHS = 6
"""For recipes that run a network over every picture in every epoch."""
MORE = {"fine-tune": {"views": 2, "head_epochs": 2, "least_steps": 1}, "vanilla-cnn": {"width": 0.02}}
KILLS_A_TRAINING = 5
LIMIT_SECONDS = 900.0
_LOOK_SECONDS = 0.005


@dataclass(frozen=True)
class Trained:
    """A training that came to its end.

    Attributes:
        history: The epochs the run kept.
        recorded: Numbers of the epochs the job recorded, over all its workers.
        head: Arrays of the head.
        kills: How often its worker was killed.
        seconds: From asking for it to its end.
    """

    history: list[dict[str, Any]]
    recorded: list[int]
    head: Arrays
    kills: int
    seconds: float


def train_left_alone(home: Home, recipe: str, settings: dict[str, Any], *, seed: int = 0) -> Trained:
    """Train in a worker process without disturbing it."""
    return train_killed(home, recipe, settings, moments=[], seed=seed)


def train_killed(home: Home, recipe: str, settings: dict[str, Any], *, moments: list[float], seed: int = 0) -> Trained:
    """Train in a worker process that is killed and resumed until the moments are used up or it is done.

    Args:
        home: A home with the catalog.
        recipe: Name of the recipe.
        settings: Its settings.
        moments: Seconds from the start of a worker to its end; one that is done by then is not killed any more.
        seed: Of the training.
    """
    started, kills = time.monotonic(), 0
    arguments = {"catalog": CATALOG, "recipe": recipe, "settings": settings, "seed": seed}
    job = submit(home, "train", arguments, actor="benchmark")
    for moment in moments:
        if not _kill_worker(home, job, after_seconds=moment):
            break
        kills += 1
        resume_job(home, job)
    status = _wait(home, job, lambda state: state in ("done", "failed"))
    if status.state != "done":
        raise SystemExit(f"{recipe}: {status.error}\n{job_log_tail(home, job)}")
    run = open_run(home, status.result["run"])
    return Trained(run.history, list(recorded_epochs(home, job)), run.head, kills, time.monotonic() - started)


def recorded_epochs(home: Home, job: str) -> Iterator[int]:
    """Read the epochs a job recorded, in order; half a line that a killed worker left is skipped."""
    for line in find_folder(home, job).progress.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            note = json.loads(line)
        except ValueError:
            continue
        if note.get("kind") == "epoch":
            yield int(note["values"]["epoch"])


def random_moments(count: int, *, within_seconds: float, seed: int) -> list[float]:
    """Draw one moment in each of as many equal parts of a time, in random order: random, yet spread."""
    random = np.random.default_rng(seed)
    parts = (np.arange(count) + random.random(count)) / max(count, 1)
    return [float(part) * within_seconds for part in random.permutation(parts)]


def head_distance(first: Arrays, second: Arrays) -> float:
    """Give the largest difference of two heads, as a share of the largest value of its array; 0 where all is equal."""
    if first.keys() != second.keys() or any(first[name].shape != second[name].shape for name in first):
        return float("inf")
    found = 0.0
    for name, values in first.items():
        apart = np.abs(values.astype(np.float64) - second[name].astype(np.float64)).max(initial=0)
        found = max(found, float(apart / max(np.abs(values).max(initial=0), 1e-12)))
    return found


def _kill_worker(home: Home, job: str, *, after_seconds: float) -> bool:
    """Kill the worker of a job so long after it took the job over; False when it was done before."""
    status = _wait(home, job, lambda state: state not in ("waiting", "queued", "interrupted"))
    deadline = time.monotonic() + after_seconds
    while status.state == "running" and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
        status = job_status(home, job)
    if status.state != "running":
        return False
    try:
        os.kill(read_status(find_folder(home, job)).pid, signal.SIGKILL)
    except ProcessLookupError:  # it ended between the look and the kill
        return False
    return bool(_wait(home, job, lambda state: state != "running").state == "interrupted")


def _wait(home: Home, job: str, met: Callable[[str], bool]) -> Any:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not met((status := job_status(home, job)).state):
        if time.monotonic() > deadline:
            raise SystemExit(f"{job} is still {status.state}:\n{job_log_tail(home, job)}")
        time.sleep(_LOOK_SECONDS)
    return status


def settings_of(recipe: str) -> dict[str, Any]:
    """Choose settings that train quickly and never stop early; empty for recipes that do not train in epochs."""
    names = {field.name for field in describe_settings(find_recipe(recipe).settings_class)}
    if "epochs" not in names:
        return {}
    epochs = EPOCHS.get(recipe, FEW_EPOCHS)
    patience = {"patience": epochs} if "patience" in names else {}
    return {"epochs": epochs, **patience, **MORE.get(recipe, {})}


def measure(home: Home, recipe: str, *, kills: int, seed: int) -> dict[str, Any]:
    """Kill trainings of a recipe so often; compare each with the one left alone."""
    settings = settings_of(recipe)
    train_left_alone(home, recipe, settings)  # embeds and builds what is kept for later trainings
    whole = train_left_alone(home, recipe, settings)
    done, killed = 0, []
    while done < kills:
        wanted = min(KILLS_A_TRAINING, kills - done)
        moments = random_moments(wanted, within_seconds=whole.seconds, seed=seed + done + 1000 * len(killed))
        killed.append(train_killed(home, recipe, settings, moments=moments))
        done += killed[-1].kills
    epochs = [row["epoch"] for row in whole.history]
    return {
        "recipe": recipe,
        "kills": done,
        "trainings": len(killed),
        "epochs": len(epochs),
        "same_epochs": sum([row["epoch"] for row in each.history] == epochs for each in killed),
        "epochs_twice": sum(len(each.recorded) - len(set(each.recorded)) for each in killed),
        "equal_heads": sum(head_distance(whole.head, each.head) == 0 for each in killed),
        "largest_distance": max(head_distance(whole.head, each.head) for each in killed),
        "seconds": round(whole.seconds, 1),
        "seconds_killed": round(sum(each.seconds for each in killed) / len(killed), 1),
    }


def table(results: list[dict[str, Any]]) -> str:
    """Write the figures as a table."""
    titles = ("recipe", "kills", "trainings", "epochs each", "same history length", "epochs twice")
    titles = (*titles, "equal heads", "largest distance", "s left alone", "s killed")
    rows = [
        (
            each["recipe"],
            each["kills"],
            each["trainings"],
            each["epochs"],
            f"{each['same_epochs']} of {each['trainings']}",
            each["epochs_twice"],
            f"{each['equal_heads']} of {each['trainings']}",
            f"{each['largest_distance']:.1e}",
            each["seconds"],
            each["seconds_killed"],
        )
        for each in results
    ]
    return markdown_table(titles, rows)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    able = [name for name, recipe in RECIPES.items() if "class" in recipe.predicts and settings_of(name)]
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--recipes", nargs="+", choices=able, default=able)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        category_pictures(Path(folder) / "pictures", per_category=40, side_px=96, seed=given.seed)
        home = open_home(Path(folder) / "home")
        import_source(home, FolderSource(Path(folder) / "pictures"), catalog_name=CATALOG, actor="benchmark")
        for recipe in given.recipes:
            results.append(measure(home, recipe, kills=given.kills, seed=given.seed))
            print(results[-1], flush=True)
    words = "A head's distance is a share of its largest weight; 0 means equal in every bit."
    result = {"recipes": results, "versions": versions("numpy", "tensorflow-cpu", "openvino")}
    title = "Trainings killed at random moments"
    show("kill_resume", title, f"{table(results)}\n\n{words}", result, write=given.write, data=f"--kills {given.kills}")


if __name__ == "__main__":
    main()
