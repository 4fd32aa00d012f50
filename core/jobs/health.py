"""What works on this machine: libraries, home, database, backbones, jobs. What is broken is part of the answer."""

import os
import platform
import re
import shutil
from collections import Counter
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from core import __version__
from core.errors import ShelfLensError
from core.files import read_json
from core.home import Home
from core.monitoring.journal_reading import last_errors

_MIB = 1024 * 1024
LEAST_FREE_MIB = 1024
"""With less free disk than this an import or a training may not finish."""

_FAILED = ("failed", "interrupted")
_NAMED_JOBS = 10
_NAMED_LIBRARIES = ("streamlit", "numpy", "sqlalchemy", "keras", "scikit-learn", "pillow")
_NO_JOBS: dict[str, Any] = {"jobs": {}, "failed_jobs": []}


def examine(open_home: Callable[[], Home]) -> dict[str, Any]:
    """Look at the machine, the libraries and the home.

    Args:
        open_home: Gives the home; a home that cannot be opened is one of the problems.

    Returns:
        A dict of JSON values: version, python, platform, cores, memory_mib (of the machine), available_mib (of it) and
        used_mib (of this process), versions (of the libraries that matter, by name), tensorflow, openvino, home,
        home_format, disk_mib and free_disk_mib (of the home's disk), disk (limits: room_mib, least_free_mib, home_mib,
        most_mib, error), database ("ok" or what is wrong), backbones,
        jobs (counts by state), failed_jobs (the newest ten: job, kind, state, at, error), errors (the last ten faults:
        error_id, at, where, error, job) and problems, each a sentence.
    """
    report: dict[str, Any] = {
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": usable_cores(),
        "memory_mib": memory_mib(),
        "available_mib": available_mib(),
        "used_mib": used_mib(),
        "versions": {name: installed(name) for name in _NAMED_LIBRARIES},
        "tensorflow": installed("tensorflow-cpu", "tensorflow", "tensorflow-intel"),
        "openvino": openvino_state(),
        "problems": [],
    }
    try:
        home = open_home()
    except ShelfLensError as error:
        report["problems"].append(str(error))
        return {**report, "home": None, "backbones": [], "database": "unknown", **_NO_JOBS, "errors": []}
    report |= {
        "home": str(home.root),
        "home_format": read_json(home.root / "home.json").get("format"),
        "free_disk_mib": shutil.disk_usage(home.root).free // _MIB,
        "database": database_state(home),
        "backbones": backbone_states(home),
        "disk_mib": shutil.disk_usage(home.root).total // _MIB,
        "disk": disk_state(home),
        **job_states(home),
        "errors": last_errors(home.root),
    }
    report["problems"] += _problems(report)
    return report


def usable_cores() -> int:
    """Count the cores this process may use, which a container limits."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_mib() -> int | None:
    """Tell the memory of the machine; None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MIB
    except (AttributeError, ValueError, OSError):
        return None


def available_mib() -> int | None:
    """Tell how much memory of the machine is there for new work; None where the system does not say."""
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="ascii"), re.MULTILINE)
        return int(found[1]) // 1024 if found else None
    except (OSError, ValueError):
        return None


def used_mib() -> int | None:
    """Tell the memory this process holds now; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // _MIB
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def installed(*packages: str) -> str | None:
    """Tell the version of the first package that is installed, without importing it; None when none is."""
    for package in packages:
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return None


def openvino_state() -> dict[str, Any]:
    """Tell OpenVINO's version and whether this processor computes in bf16, which doubles its speed."""
    from core.vision.quiet_openvino import import_openvino

    try:
        openvino = import_openvino()
        processor = openvino.Core()
        capabilities = processor.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        name = str(processor.get_property("CPU", "FULL_DEVICE_NAME")).strip()
    except (ShelfLensError, RuntimeError) as error:
        return {"version": None, "bf16": False, "processor": None, "error": str(error)}
    return {"version": openvino.__version__, "bf16": "BF16" in capabilities, "processor": name, "error": None}


def database_state(home: Home) -> str:
    """Ask the database to look at itself; "ok" or what it found."""
    from sqlalchemy import text
    from sqlalchemy.exc import DatabaseError

    from core.catalog.database import read

    try:
        with read(home) as connection:
            if connection.dialect.name != "sqlite":
                return "ok" if connection.execute(text("SELECT 1")).scalar() == 1 else "no answer"
            return str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
    except (DatabaseError, ShelfLensError) as error:
        return str(error.orig) if isinstance(error, DatabaseError) else str(error)


def backbone_states(home: Home) -> list[dict[str, Any]]:
    """Tell of every backbone whether its weights are here."""
    from core.vision.backbones import DEFAULT_BACKBONE, backbone_state, list_backbones

    return [
        {
            "backbone": each.name,
            "state": backbone_state(home, each),
            "default": each.name == DEFAULT_BACKBONE,
            "side_px": each.side_px,
            "dimensions": each.feature_dimensions,
            "download_mb": each.download_mb,
            "licence": each.licence,
            "weights": each.weights_source,
            "weights_file": each.weights_file,
        }
        for each in list_backbones()
    ]


def job_states(home: Home) -> dict[str, Any]:
    """Count the jobs by state, and name the newest that did not end well by the id that people can quote."""
    from core.jobs.status import list_jobs

    found = list_jobs(home)
    failed = [status for status in found if status.state in _FAILED][:_NAMED_JOBS]
    return {
        "jobs": dict(sorted(Counter(status.state for status in found).items())),
        "failed_jobs": [
            {
                "job": status.job,
                "kind": status.kind,
                "state": status.state,
                "at": status.created,
                "error": status.error or status.message,
            }
            for status in failed
        ],
    }


def disk_state(home: Home) -> dict[str, Any]:
    """Tell the limits of the disk and the room left for new work; what the home takes only where that is limited."""
    from core.jobs.disk_room import disk_room

    try:
        room = disk_room(home)
    except ShelfLensError as error:
        return {"room_mib": None, "least_free_mib": None, "home_mib": None, "most_mib": None, "error": str(error)}
    return {
        "room_mib": room.room_bytes // _MIB,
        "least_free_mib": room.least_free_bytes // _MIB,
        "home_mib": None if room.used_bytes is None else room.used_bytes // _MIB,
        "most_mib": None if room.most_bytes is None else room.most_bytes // _MIB,
        "error": None,
    }


def _problems(report: dict[str, Any]) -> list[str]:
    found = []
    if report["tensorflow"] is None:
        found.append("TensorFlow is not installed: pip install tensorflow-cpu; training and embedding need it")
    if report["openvino"]["error"]:
        found.append(f"OpenVINO does not work, embedding falls back to Keras: {report['openvino']['error']}")
    if report["database"] != "ok":
        found.append(f"the database is damaged ({report['database']}): restore it from a backup")
    found += [
        f"the default backbone {each['backbone']} is not usable: {each['state']}"
        for each in report["backbones"]
        if each["default"] and each["state"] != "ready"
    ]
    if report["free_disk_mib"] < LEAST_FREE_MIB:
        found.append(f"only {report['free_disk_mib']} MiB are free in {Path(report['home'])}: free some space")
    if report["disk"]["error"]:
        found.append(report["disk"]["error"])
    elif report["disk"]["room_mib"] == 0:
        limit = report["disk"]["most_mib"]
        of = f", and {Path(report['home'])} may take {limit} MiB" if limit is not None else ""
        found.append(
            f"new work is refused: {report['disk']['least_free_mib']} MiB of the disk have to stay free{of}; "
            "free some space"
        )
    return found
