"""The faults. Each is given a scene, disturbs its work, and insists on what must hold after."""

import errno
import json
import os
import resource
import shutil
import signal
import sqlite3
import time
from contextlib import closing, suppress

from core.home import open_home
from core.jobs import submit
from tests.faults.harness import mounts
from tests.faults.harness.disk import Disk
from tests.faults.harness.prepared import FRESH, NEW, SHOP, TINY
from tests.faults.harness.processes import Broken
from tests.faults.harness.scene import used_bytes
from tests.faults.harness.works import wait_for_end

_DAY = 86_400
_JUMPS = (-3650 * _DAY, -_DAY, -90, 90, _DAY, 3650 * _DAY)
_ROOM_FOR_ALL = 64 * 2**20
_CUT = (".npy", ".npz", ".parquet", ".json")


def kill_worker(scene):
    """Kill -9 of a worker; its server lives on and says so."""
    _killed(scene, "worker")


def kill_server(scene):
    """Kill -9 of a server; its worker goes on alone."""
    _killed(scene, "server")


def kill_both(scene):
    """Kill -9 of a server and its worker at once."""
    _killed(scene, "both")


def _killed(scene, who):
    scene.set_up()
    if scene.random.random() < 0.5:
        _killed_at_a_moment(scene, who)
    else:
        _killed_at_a_step(scene, who)
    scene.look_soundly()
    scene.go_on()
    scene.same_as_undisturbed()


def _killed_at_a_step(scene, who):
    side = "server" if who == "server" else "worker"
    step = scene.step_of(side)
    scene.fault = f"{who} killed before step {step} of the {side}"
    disk = Disk(scene.home, die_at=step)
    server = scene.serve(**{side: disk}, with_server=who == "both")
    scene.finish(server)


def _killed_at_a_moment(scene, who):
    seconds = scene.random.random() * scene.undisturbed.seconds
    scene.fault = f"{who} killed after {seconds:.3f} s"
    server = scene.serve()
    time.sleep(seconds)
    if who != "worker":
        server.kill()
    if who != "server":
        for pid in scene.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    scene.finish(server)


def full_disk(scene):
    """No room any more: a file system that is too small, an error at every write, or a limit on each file's size."""
    scene.set_up()
    ways = [_refused_room, _small_files] + ([_small_disk] * 2 if mounts.private_mounts() else [])
    scene.random.choice(ways)(scene)
    scene.go_on()
    scene.same_as_undisturbed()


def _small_disk(scene):
    home, kept = scene.home, scene.folder / "kept"
    room = scene.random.randint(0, scene.undisturbed.grown_bytes // 4096) * 4096
    scene.fault = f"a disk with room for {room:,} more bytes"
    if scene.random.random() < 0.25:
        del os.environ["SHELFLENS_LEAST_FREE"]
        scene.fault += ", some of which has to stay free"
    home.rename(kept)
    home.mkdir()
    mounts.mount_small(home, bytes_=used_bytes(kept) + room + 65_536)
    shutil.copytree(kept, home, dirs_exist_ok=True)
    _ended_clearly(scene, scene.serve())
    mounts.resize(home, bytes_=_ROOM_FOR_ALL)
    os.environ["SHELFLENS_LEAST_FREE"] = "0"
    scene.look_soundly()


def _refused_room(scene):
    _refused(scene, errno.ENOSPC)


def _refused(scene, refusal):
    side = scene.random.choice(["server", "worker"])
    step = scene.step_of(side)
    scene.fault = f"{errno.errorcode[refusal]} from step {step} of the {side} on"
    _ended_clearly(scene, scene.serve(**{side: Disk(scene.home, refuse_from=step, refusal=refusal)}))
    scene.look_soundly()


def _small_files(scene):
    limit = scene.random.choice([512, 2048, 8192, 65_536])
    scene.fault = f"no file may be larger than {limit:,} bytes"

    def limited():
        # Only a worker's: what a server prints is a file too. 0 would refuse even that.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    _ended_clearly(scene, scene.serve(before=limited))
    scene.look_soundly()


def read_only(scene):
    """A home that cannot be written any more, as a whole from the start or for one process from some step on."""
    scene.set_up()
    if mounts.private_mounts() and scene.random.random() < 0.5:
        scene.fault = "the home mounted read-only"
        if not mounts.set_read_only(scene.home, read_only=True):
            raise Broken("the home could not be mounted read-only")
        [ended] = scene.finish(scene.serve())
        if "refused" not in (ended or {}):
            raise Broken(f"a home that cannot be written was not refused: {ended}")
        mounts.set_read_only(scene.home, read_only=False)
        scene.look_soundly()
    else:
        _refused(scene, errno.EROFS)
    scene.go_on()
    scene.same_as_undisturbed()


def slow_disk(scene):
    """Every step on the disk takes a while; half the time the worker is killed meanwhile."""
    scene.set_up()
    longest = scene.random.choice([0.002, 0.005, 0.01])
    dies = scene.random.random() < 0.5
    step = scene.step_of("worker") if dies else None
    scene.fault = f"up to {longest * 1000:.0f} ms a step" + (f", worker killed before step {step}" if dies else "")
    slow, slower = Disk(scene.home, delay=longest), Disk(scene.home, delay=longest, die_at=step)
    scene.finish(scene.serve(server=slow, worker=slower))
    scene.look_soundly()
    if dies:
        scene.go_on()
    scene.same_as_undisturbed()


def clock_jump(scene):
    """The time of day jumps for everybody, in the middle of the work."""
    scene.set_up()
    seconds = scene.random.choice(_JUMPS)
    side = scene.random.choice(["server", "worker"])
    step = scene.step_of(side)
    scene.fault = f"the clock jumps by {seconds:+,} s at step {step} of the {side}"
    disk = Disk(scene.home, at=(step, lambda: scene.clock.jump(seconds)))
    scene.finish(scene.serve(**{side: disk}))
    scene.look_soundly()
    scene.same_as_undisturbed()


def two_servers(scene):
    """Two servers on one home are asked for the same at once; half the time one of them is killed."""
    scene.set_up()
    dies = scene.random.random() < 0.5
    step = scene.step_of("server") if dies else None
    scene.fault = "two servers" + (f", one killed before its step {step}" if dies else "")
    first = scene.serve(server=Disk(scene.home, die_at=step))
    second = scene.serve()
    ended = scene.finish(first, second)
    if ended[1] is None:
        raise Broken("the server that was not killed ended without a word")
    for each in filter(None, ended):
        _clear(scene, each)
    scene.look_soundly(damaged=True)
    scene.go_on()
    scene.same_as_undisturbed(loose=("reviews",))


def newer_version(scene):
    """The home is another version's, from the start or by the time a worker begins: refused, and left as it is."""
    scene.set_up()
    what = scene.random.choice(["format", "schema"])
    late = scene.random.random() < 0.5
    scene.fault = f"a newer {what}" + (" once the worker begins" if late else "")
    if late:
        _ended_clearly(scene, scene.serve(before=lambda: _raise_version(scene.home, what)))
        if not scene.workers():
            raise Broken("no worker was started")
    else:
        _raise_version(scene.home, what)
        kept = _content(scene.home)
        [ended] = scene.finish(scene.serve())
        if "HomeError" not in str((ended or {}).get("refused")):
            raise Broken(f"a newer home was not refused: {ended}")
        if _content(scene.home) != kept:
            raise Broken("a newer home was changed")
    again = scene.finish(scene.serve(scene.work.again))[0]
    if "HomeError" not in str((again or {}).get("refused")):
        raise Broken(f"a newer home was not refused: {again}")
    _raise_version(scene.home, what, back=True)
    scene.look_soundly()
    scene.go_on()
    scene.same_as_undisturbed()


def _raise_version(home, what, *, back=False):
    if what == "format":
        marker = home / "home.json"
        found = json.loads(marker.read_text())
        marker.write_text(json.dumps({**found, "format": found["format"] + (-1 if back else 1)}))
        return
    with closing(sqlite3.connect(home / "shelflens.db")) as database:
        change = "substr(version_num, 2)" if back else "'9' || version_num"
        database.execute(f"UPDATE alembic_version SET version_num = {change}")
        database.commit()


def _content(home):
    """Read every file but locks, and of the database its rows of the log: what a refused server must not change."""
    with closing(sqlite3.connect(home / "shelflens.db")) as database:
        rows = list(database.execute("SELECT count(*), max(event_id) FROM events"))
    passing = (".lock", ".db", "-wal", "-shm")
    files = (path for path in sorted(home.rglob("*")) if path.is_file() and not path.name.endswith(passing))
    return rows, [(str(path), path.read_bytes()) for path in files]


def torn_table(scene):
    """A table, array or record that ends in the middle: named, survived, mended."""
    scene.set_up()
    paths = [path for path in scene.home.rglob("*") if path.suffix in _CUT and path.is_file()]
    able = sorted(path for path in paths if TINY not in path.parts and path.name != "home.json")
    path = scene.random.choice(able)
    whole = path.read_bytes()
    cut = scene.random.randrange(max(len(whole) - 1, 1))
    name = path.relative_to(scene.home).as_posix()
    scene.fault = f"{name} ends after {cut:,} of {len(whole):,} bytes"
    path.write_bytes(whole[:cut])
    _ended_clearly(scene, scene.serve())
    seen = scene.look_soundly(damaged=True)
    there = path.exists() and path.read_bytes() == whole[:cut]
    if there and name.split("/")[0] != "cache" and name not in seen["damaged"]:
        raise Broken(f"verifying does not find {name}: {seen['damaged']}")
    scene.look(mend=True)
    if there and name.startswith("runs/"):
        path.write_bytes(whole)  # from a backup, as the message says
    scene.go_on(act=_embedded_again)
    scene.go_on()
    scene.same_as_undisturbed()


def _embedded_again(root, _say):
    """Do what the messages say: embed what was embedded before."""
    home = open_home(root)
    job = submit(home, "embed", {"catalog": SHOP, "backbone": TINY}, actor="bob")
    return {job: wait_for_end(home, job)}


def deleted_picture(scene):
    """A picture or its thumbnail is deleted, before or in the middle: named, survived, mended by importing again."""
    scene.set_up()
    folder = scene.random.choice(["pictures", "thumbnails"])
    path = scene.random.choice(sorted(each for each in (scene.home / folder).rglob("*") if each.is_file()))
    step = scene.step_of("worker") if scene.random.random() < 0.5 else None
    scene.fault = f"{path.relative_to(scene.home)} deleted" + (f" at step {step} of the worker" if step else "")
    disk = Disk(scene.home, at=(step, path.unlink) if step else None)
    if step is None:
        path.unlink()
    _ended_clearly(scene, scene.serve(worker=disk))
    seen = scene.look_soundly(damaged=True)
    if not path.exists() and path.relative_to(scene.home).as_posix() not in seen["damaged"]:
        raise Broken(f"verifying does not miss {path.name}: {seen['damaged']}")
    scene.look(mend=True)
    scene.go_on(act=lambda root, _say: _imported_again(root, scene))
    scene.go_on()
    # What was embedded without the picture keeps its axes, so the numbers differ, not the products.
    scene.same_as_undisturbed(loose=("embedding/",))


def _imported_again(root, scene):
    """Do what the messages say: import the sources again, and embed what then is there."""
    home, ended = open_home(root), {}
    names = [SHOP, FRESH] + ([NEW] if scene.work.name == "import" else [])
    for name in names:
        job = submit(home, "import", {"source": str(scene.sources / name), "catalog": name}, actor="bob")
        ended[job] = wait_for_end(home, job)
    if any(key.startswith(f"embedding/{FRESH}/") for key in scene.undisturbed.after):
        job = submit(home, "embed", {"catalog": FRESH, "backbone": TINY}, actor="bob")
        ended[job] = wait_for_end(home, job)
    return ended


def _ended_clearly(scene, server):
    for ended in scene.finish(server):
        if ended is None:
            raise Broken(f"the server ended without a word: {scene.told}")
        _clear(scene, ended)


def _clear(scene, ended):
    """Insist that what came is done, or one message for users."""
    if "refused" in ended:
        return
    for job, how in ended.items():
        if "internal fault" in (how["error"] or ""):
            raise Broken(f"{job}: {how['error']}\n{scene._worker_log(job)}")


FAULTS = {
    "kill worker": kill_worker,
    "kill server": kill_server,
    "kill both": kill_both,
    "full disk": full_disk,
    "read-only home": read_only,
    "slow disk": slow_disk,
    "clock jump": clock_jump,
    "two servers": two_servers,
    "newer version": newer_version,
    "torn table": torn_table,
    "deleted picture": deleted_picture,
}
