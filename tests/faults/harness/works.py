"""The five works that are disturbed: what a server does for each, and doing it again after a fault."""

import time
from dataclasses import dataclass

from core.catalog.catalogs import find_catalog
from core.home import open_home
from core.jobs import job_status, list_jobs, resume_job, start_next, submit
from core.recommend.presets import find_preset, save_preset
from core.recommend.ranking_settings import RankingSettings
from core.review.corrections import write_accepted
from core.review.decisions import ACCEPT, Wish, decide, read_ledger
from core.review.findings import LABELS
from core.review.product_states import read_states
from core.review.queue import accepted_decisions
from tests.faults.harness.prepared import FRESH, NEW, SHOP, TINY, TRAINED

_NOTE = "under faults"
_MOVED = {f"red/{number:02}.png": "green" for number in range(6)}
_ENDED = ("done", "failed", "interrupted", "cancelled", "paused")


@dataclass(frozen=True)
class Work:
    """One work.

    Attributes:
        name: What it is called in the table.
        jobs: Kind and arguments of the jobs it starts; edits have one beside them, by somebody else.
        edit: What a person writes meanwhile; None for works that are jobs.
    """

    name: str
    jobs: tuple
    edit: object = None

    def act(self, root, say):
        """Do it as a server does, to the end; says the jobs it started and what was acknowledged."""
        home = open_home(root)
        started = []
        for kind, arguments in self.jobs:
            started.append(submit(home, kind, dict(arguments), actor="ann"))
            say({"job": started[-1]})
        if self.edit is not None:
            self.edit(home, say)
        return {job: wait_for_end(home, job) for job in started}

    def again(self, root, say):
        """Go on after a fault, as whoever comes next: resume what was interrupted, look what is missing, do it."""
        from core.jobs import status

        status.START_SECONDS = 0.0  # a minute later: what no worker began is known as such
        home = open_home(root)
        start_next(home)
        known = list_jobs(home)
        for found in reversed(known):
            if found.state in _ENDED and found.state != "done":
                say({"resumed": found.job, "was": found.state, "error": found.error})
                resume_job(home, found.job)
        asked = [each.kind for each in known if each.actor == "ann"]
        missing = [each for each in self.jobs if each[0] not in asked]  # the server died before it could ask for them
        started = [submit(home, kind, dict(arguments), actor="ann") for kind, arguments in missing]
        if self.edit is not None:
            self.edit(home, say)
        status.START_SECONDS = 60.0
        return {job: wait_for_end(home, job) for job in [*(each.job for each in known), *started]}


def wait_for_end(home, job):
    """Wait as a page that shows a job does; gives its state and what it says."""
    while (status := job_status(home, job)).state not in _ENDED:
        time.sleep(0.01)
    return {"state": status.state, "error": status.error}


def review(home, say):
    """Accept moves of some products, then write them as one change; what is decided or written is not done again."""
    shop = find_catalog(home, SHOP)
    ledger = read_ledger(home, shop, LABELS)
    states = read_states(home, shop, [each for each in _MOVED if each not in ledger.standing])
    wishes = [Wish(state, ACCEPT, to=_MOVED[each], after=ledger.after(each)) for each, state in states.items()]
    decide(home, shop, LABELS, wishes, ledger=ledger, actor="ann")
    say({"kept": "decision/"})
    accepted = accepted_decisions(home, shop, LABELS)
    write_accepted(home, shop, LABELS, accepted, actor="ann")
    say({"kept": "products/shop/"})


def save(home, say):
    """Save a preset's new version, unless it is there."""
    shop = find_catalog(home, SHOP)
    seen = find_preset(home, shop, "best")
    if seen.newest.note != _NOTE:
        settings = RankingSettings(embedding=TINY, pool=20)
        save_preset(home, shop, "best", settings, actor="ann", note=_NOTE, seen=seen)
    say({"kept": "preset/"})


def all_works(sources):
    """Give the works by name."""
    embed = ("embed", (("catalog", FRESH), ("backbone", TINY)))
    train = (("catalog", SHOP), ("recipe", "linear"), ("backbone", TINY), ("settings", TRAINED), ("seed", 3))
    works = (
        Work("import", (("import", (("source", str(sources / NEW)), ("catalog", NEW))),)),
        Work("embed", (embed,)),
        Work("train", (("train", train),)),
        Work("review", (embed,), review),
        Work("preset", (embed,), save),
    )
    return {work.name: work for work in works}
