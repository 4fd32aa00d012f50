"""Planning cases by a seed, running them, and telling what came of them."""

import argparse
import gc
import importlib
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random

from tests.faults.harness.processes import LIMIT_SECONDS, Broken, Child, adopt_orphans

CASE_SECONDS = 4 * LIMIT_SECONDS
WORKS = ("import", "embed", "train", "review", "preset")


@dataclass(frozen=True)
class Case:
    """One fault in one work.

    Attributes:
        fault: Name of the fault.
        work: Name of the work.
        seed: Draws everything else about it.
    """

    fault: str
    work: str
    seed: int

    @property
    def name(self):
        """What has it done again: ``FAULT:WORK:SEED``."""
        return f"{self.fault}:{self.work}:{self.seed}".replace(" ", "-")


@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    Attributes:
        case: Its name.
        fault: Of the case.
        work: Of the case.
        did: The fault in words.
        problem: What does not hold; None when all does.
        seconds: Wall time.
    """

    case: str
    fault: str
    work: str
    did: str
    problem: str | None
    seconds: float


def plan(count, *, seed):
    """Plan so many cases: every fault meets every work equally often, in an order drawn from the seed."""
    from tests.faults.harness.faults import FAULTS

    random = Random(seed)
    pairs, planned = [], []
    while len(planned) < count:
        pairs = pairs or random.sample([(fault, work) for fault in FAULTS for work in WORKS], len(FAULTS) * len(WORKS))
        planned.append(Case(*pairs.pop(), seed=seed * 1000 + len(planned)))
    return planned


def named_case(name):
    """Find the case that a name stands for."""
    fault, work, seed = name.rsplit(":", 2)
    return Case(fault.replace("-", " ").replace("read only", "read-only"), work, int(seed))


class Harness:
    """A prepared home and what every work gives undisturbed; runs cases in processes forked from this one.

    Args:
        folder: For everything; emptied by whoever gave it.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self._sources, self._prepared = self.folder / "sources", self.folder / "prepared"
        os.environ["SHELFLENS_LEAST_FREE"] = "0"  # how full the disk of the tests is must not matter
        adopt_orphans()
        _import_first()
        self._prepare()
        self._undisturbed = {}

    def _prepare(self):
        from tests.faults.harness import prepared

        prepared.smaller_batches()
        prepared.draw_sources(self._sources)
        log = self.folder / "prepare.log"
        needed = Child(lambda _say: prepared.prepare(self._prepared, self._sources), log=log).result()
        if "refused" in needed:
            raise Broken(f"the home of the cases could not be made: {needed}")
        for name in needed:
            if name.startswith("core.") or name in ("openvino", "pyarrow.parquet", "scipy.linalg"):
                with suppress(ImportError):
                    importlib.import_module(name)
        for name in ("tests.faults.harness.scene", "tests.faults.harness.faults"):
            importlib.import_module(name)
        gc.collect()
        gc.freeze()  # what is imported stays shared: a child that collected it would copy every page

    def measure(self, work):
        """Give what a work gives undisturbed, found out once."""
        from tests.faults.harness.scene import Undisturbed, measure

        if work not in self._undisturbed:
            found = self._in_child(f"undisturbed-{work}", lambda scene: asdict(measure(scene)), work, Random(0), None)
            self._undisturbed[work] = Undisturbed(**found)
        return self._undisturbed[work]

    def run(self, case, *, with_server=False):
        """Run one case; with a real server started on the home at its end, if asked."""
        from tests.faults.harness import looks
        from tests.faults.harness.faults import FAULTS

        undisturbed, started = self.measure(case.work), time.monotonic()

        def live(scene):
            problem = None
            try:
                FAULTS[case.fault](scene)
                if with_server:
                    looks.server_starts(scene.home)
            except Broken as broken:
                problem = str(broken)
            return [scene.fault, problem]

        try:
            did, problem = self._in_child(case.name.replace(":", "-"), live, case.work, Random(case.seed), undisturbed)
        except Broken as broken:
            did, problem = "", str(broken)
        return Outcome(case.name, case.fault, case.work, did, problem, round(time.monotonic() - started, 2))

    def _in_child(self, name, live, work, random, undisturbed):
        from tests.faults.harness.scene import Scene
        from tests.faults.harness.works import all_works

        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        scene = Scene(folder, self._prepared, self._sources, all_works(self._sources)[work], random, undisturbed)

        def whole(_say):
            adopt_orphans()
            return live(scene)

        try:
            return Child(whole, log=folder / "case.log").result(CASE_SECONDS)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _import_first():
    """Import what every process needs before there is a second thread or a database."""
    import cv2

    cv2.setNumThreads(1)
    for name in ("core.jobs.worker", "core.backup.verification", "core.recommend.similar", "core.evaluation.report"):
        importlib.import_module(name)


def run_all(cases, *, servers_every=0, tell=None):
    """Run cases one after another.

    Args:
        cases: What to run.
        servers_every: Start a real server at the end of each so many-th; 0 never.
        tell: Called with each outcome.
    """
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="shelflens-faults-") as folder:
        harness = Harness(folder)
        for place, case in enumerate(cases):
            outcomes.append(harness.run(case, with_server=bool(servers_every) and place % servers_every == 0))
            if tell is not None:
                tell(outcomes[-1])
    return outcomes


def main(arguments=None):
    """Run cases and print each outcome as a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", type=int, nargs=2, default=(0, 1), help="which of how many parts of the plan")
    parser.add_argument("--servers-every", type=int, default=0, help="start the real server after each so many-th")
    parser.add_argument("--again", nargs="*", default=(), help="names of cases to have again, instead of a plan")
    given = parser.parse_args(arguments)
    part, parts = given.part
    cases = [named_case(each) for each in given.again] or plan(given.faults, seed=given.seed)[part::parts]
    try:
        told = partial(print, flush=True)
        run_all(cases, servers_every=given.servers_every, tell=lambda each: told(json.dumps(asdict(each))))
    except Broken:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
