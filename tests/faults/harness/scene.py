"""One case: a copy of the prepared home, the processes that work on it, and the judgement of what is left."""

import json
import os
import shutil
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from types import SimpleNamespace

from tests.faults.harness import looks
from tests.faults.harness.clock import Clock
from tests.faults.harness.disk import Disk
from tests.faults.harness.processes import Broken, Child, Nursery, collect_orphans, outcome
from tests.faults.harness.works import Work

FINAL = ("done", "failed", "interrupted", "queued", "waiting")


@dataclass(frozen=True)
class Undisturbed:
    """A work that was left alone: what it is measured against.

    Attributes:
        before: Facts of the home before it.
        after: Facts after it.
        steps: Steps that each side took: ``server`` and ``worker``.
        seconds: From asking for it to its end.
        grown_bytes: What the home grew by, in whole blocks of 4 KiB.
    """

    before: dict
    after: dict
    steps: dict
    seconds: float
    grown_bytes: int


@dataclass
class Scene:
    """What a fault has to play with.

    Attributes:
        folder: Everything of the case.
        prepared: The home to copy.
        sources: Folders of pictures, by catalog.
        work: What is disturbed.
        random: Drawn from by the fault alone.
        undisturbed: The same work left alone; None while that is found out.
        clock: Shared by the processes of the case.
        told: What the processes said, for judging.
        fault: What was done, in words.
    """

    folder: Path
    prepared: Path
    sources: Path
    work: Work
    random: Random
    undisturbed: Undisturbed | None = None
    clock: Clock = field(default_factory=Clock)
    told: list = field(default_factory=list)
    fault: str = ""

    @property
    def home(self):
        """The home of the case."""
        return self.folder / "home"

    @property
    def log(self):
        """What servers and lookers print."""
        return self.folder / "printed.log"

    def set_up(self):
        """Copy the prepared home."""
        shutil.copytree(self.prepared, self.home)

    def step_of(self, side, *, more=0):
        """Draw one of the steps that a side takes."""
        return self.random.randint(1, max(self.undisturbed.steps[side], 1) + more)

    def serve(self, act=None, *, server=None, worker=None, before=None, with_server=False):
        """Start a server that works; its disk and its workers' may be disturbed.

        Args:
            act: What it does, given the home's folder and `say`; None does the work.
            server: The server's disk; None leaves it alone.
            worker: Its workers' disk.
            before: Called in each worker first.
            with_server: Whether the worker takes the server with it when it dies.
        """
        do, folder = act or self.work.act, self.folder

        def work(command, serving):
            from core.jobs import worker as process

            _note(folder / "workers", os.getpid())
            self.clock.install()
            mine = worker or Disk(self.home)
            disk = (replace(mine, die_with=(serving,)) if with_server else mine).install()
            if before is not None:
                before()
            code = process.main(*command[-2:])
            _note(folder / "worker-steps", disk.steps)
            return code

        nursery = Nursery(work, folder=folder, log=self.log)

        def live(say):
            from core.jobs import starting

            starting.subprocess = SimpleNamespace(Popen=nursery.start, PIPE=-1, STDOUT=-2)
            self.clock.install()
            disk = (server or Disk(self.home)).install()
            result = do(self.home, say)
            _note(folder / "server-steps", disk.steps)
            return result

        serving = Child(live, log=self.log, keep=(nursery.number,))
        nursery.close()
        return serving

    def finish(self, *servers):
        """Wait for servers and whatever workers they leave; give what each returned, None for one that was killed."""
        ended = []
        for server in servers:
            said = server.wait()
            self.told += said
            ended.append(outcome(said) if said and said[-1].keys() & {"value", "fault"} else None)
        collect_orphans()
        return ended

    def workers(self):
        """Process ids of the workers that were started, newest last."""
        path = self.folder / "workers"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def look(self, *, mend=False):
        """Look at the home from a process of its own."""
        return Child(lambda _say: looks.look(self.home, mend=mend), log=self.log).result()

    def look_soundly(self, *, damaged=False):
        """Look, and insist that nothing is held, half there or lost, and that every page has its data.

        Raises:
            Broken: Something is not as it must be.
        """
        seen = self.look()
        if "refused" in seen and "facts" not in seen:
            raise Broken(f"the home cannot be opened: {seen['refused']}")
        if seen["faults"]:
            raise Broken(f"a page would show a fault:\n{seen['faults'][0]}")
        if seen["held"]:
            raise Broken(f"held although nobody is there: {seen['held']}")
        for job, state, error in seen["jobs"]:
            if state not in FINAL or "internal fault" in (error or ""):
                raise Broken(f"{job} is {state}: {error}\n{self._worker_log(job)}")
            if state in ("failed", "interrupted") and not error:
                raise Broken(f"{job} is {state} and does not say why")
        if not damaged:
            if seen["refused"] or seen["damaged"]:
                raise Broken(f"not sound: {seen['refused']} {seen['damaged']}")
            self.judge(seen["facts"])
        return seen

    def go_on(self, *, act=None):
        """Resume or do again, undisturbed, until everything is done.

        Raises:
            Broken: It does not come to its end.
        """
        server = self.serve(act or self.work.again)
        said = server.wait()
        self.told += said
        states = outcome(said)
        collect_orphans()
        left = {job: how for job, how in states.items() if not isinstance(how, dict) or how["state"] != "done"}
        if left:
            raise Broken(f"not done after resuming: {left}\n{self._worker_log(next(iter(left)))}")

    def judge(self, facts):
        """Insist that everything committed is there, and nothing of the work is half there.

        Raises:
            Broken: It is not so.
        """
        before, after = self.undisturbed.before, self.undisturbed.after
        strange = [key for key in facts if not self._may_be(key, facts[key])]
        lost = [key for key in before if key not in facts]
        if strange or lost:
            shown = {key: (before.get(key), facts.get(key), after.get(key)) for key in (strange + lost)[:4]}
            raise Broken(f"neither as before nor as after: {shown}")
        halves = {}
        for key in before.keys() | after.keys():
            if before.get(key) != after.get(key) and _group(key) is not None:
                halves.setdefault(_group(key), set()).add(facts.get(key) == after.get(key))
        half = [group for group, sides in halves.items() if len(sides) > 1]
        if half:
            raise Broken(f"half there: {half}")
        kept = [each["kept"] for each in self.told if isinstance(each, dict) and "kept" in each]
        gone = [key for key in after if any(key.startswith(each) for each in kept) and facts.get(key) != after[key]]
        if gone:
            raise Broken(f"acknowledged and yet not there: {gone[:4]}")

    def _may_be(self, key, value):
        before, after = self.undisturbed.before.get(key), self.undisturbed.after.get(key)
        if value in (before, after):
            return True
        # A product of an import is there before its split is drawn.
        return (
            key.startswith("products/")
            and before is None
            and after is not None
            and _without_split(value) == _without_split(after)
        )

    def same_as_undisturbed(self, *, loose=()):
        """Insist that the home now holds what it holds after the undisturbed work.

        Args:
            loose: Beginnings of facts of which only the names must be the same.

        Raises:
            Broken: It does not.
        """
        seen = self.look_soundly(damaged=True)
        if seen["refused"] or seen["damaged"] or seen["facts"] is None:
            raise Broken(f"not sound at the end: {seen['refused']} {seen['damaged']}")
        found, after = seen["facts"], self.undisturbed.after
        vague = tuple(loose)
        wrong = [
            key
            for key in found.keys() | after.keys()
            if (key not in found or key not in after)
            or (found[key] != after[key] and not (vague and key.startswith(vague)))
        ]
        if wrong:
            shown = {key: (found.get(key), after.get(key)) for key in sorted(wrong)[:4]}
            raise Broken(f"not what an undisturbed work gives (found, expected): {shown}")
        undone = [each for each in seen["jobs"] if each[1] != "done"]
        if undone:
            raise Broken(f"jobs that are not done at the end: {undone}")

    def _worker_log(self, job):
        path = self.home / "jobs" / job / "worker.log"
        return path.read_text(errors="replace")[-2500:] if path.exists() else ""


def measure(scene):
    """Find out what a work gives when it is left alone, and how long its ways are.

    Raises:
        Broken: It does not even work then.
    """
    scene.set_up()
    before = scene.look()["facts"]
    grown = -used_bytes(scene.home)
    started = time.monotonic()
    scene.finish(scene.serve())
    seconds = time.monotonic() - started
    seen = scene.look()
    if (
        seen["faults"]
        or seen["held"]
        or seen["refused"]
        or seen["damaged"]
        or any(j[1] != "done" for j in seen["jobs"])
    ):
        printed = scene.log.read_text(errors="replace")[-2000:] if scene.log.exists() else ""
        raise Broken(f"{scene.work.name} does not work without any fault: {seen} {scene.told}\n{printed}")
    steps = {side: sum(map(int, (scene.folder / f"{side}-steps").read_text().split())) for side in ("server", "worker")}
    return Undisturbed(before, seen["facts"], steps, seconds, grown + used_bytes(scene.home))


def used_bytes(folder):
    """Sum the sizes of files in whole blocks of 4 KiB, as a small file system counts them."""
    sizes = (path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return sum(-(-size // 4096) * 4096 for size in sizes)


def _note(path, value):
    with path.open("a") as file:
        file.write(f"{json.dumps(value)}\n")


def _group(key):
    """Name what must change as one; None for the products of an import, which come in batches."""
    kind, _, rest = key.partition("/")
    if key.startswith("products/new/"):
        return None
    if key == "reviews" or key.startswith("products/"):
        return "written review"
    return f"{kind}/{rest.partition('/')[0]}"


def _without_split(product):
    title, category, _split, hashes = product
    return title, category, hashes
