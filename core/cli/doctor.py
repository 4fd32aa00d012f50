"""The command doctor: what works on this machine. It never fails: what is broken is part of the answer."""

import os
import platform
import shutil
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import Any

from core import __version__
from core.cli.parser import Commands
from core.cli.session import Session
from core.cli.tables import facts, table
from core.errors import ShelfLensError
from core.files import read_json
from core.home import Home

_MIB = 1024 * 1024


def add_commands(commands: Commands) -> None:
    """Add the command of this group."""
    commands.add("doctor", examine, show=show_report, summary="tell what works on this machine")


def examine(session: Session) -> dict[str, Any]:
    """Look at the machine, the libraries and the home."""
    report: dict[str, Any] = {
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": usable_cores(),
        "memory_mib": memory_mib(),
        "tensorflow": installed("tensorflow-cpu", "tensorflow", "tensorflow-intel"),
        "openvino": openvino_state(),
        "problems": [],
    }
    try:
        home = session.home
    except ShelfLensError as error:
        report["problems"].append(str(error))
        return {**report, "home": None, "backbones": [], "database": "unknown", "jobs": {}}
    report |= {
        "home": str(home.root),
        "home_format": read_json(home.root / "home.json").get("format"),
        "free_disk_mib": shutil.disk_usage(home.root).free // _MIB,
        "database": database_state(home),
        "backbones": backbone_states(home),
        "jobs": job_counts(home),
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


def job_counts(home: Home) -> dict[str, int]:
    """Count the jobs by state."""
    from core.jobs import list_jobs

    return dict(sorted(Counter(status.state for status in list_jobs(home)).items()))


def show_report(result: dict[str, Any]) -> str:
    """Lay out the report, problems last."""
    openvino = result["openvino"]
    fast = "bf16" if openvino["bf16"] else "float32 only"
    engine = f"{openvino['version']} ({fast}, {openvino['processor']})" if openvino["version"] else "not usable"
    disk = result.get("free_disk_mib")
    jobs = ", ".join(f"{count} {state}" for state, count in result["jobs"].items()) or "none"
    text = facts(
        {
            "ShelfLens": result["version"],
            "Python": f"{result['python']} on {result['platform']}",
            "cores": result["cores"],
            "memory": "unknown" if result["memory_mib"] is None else f"{result['memory_mib']:,} MiB",
            "TensorFlow": result["tensorflow"] or "not installed",
            "OpenVINO": engine,
            "home": result["home"] or "not usable",
            "home format": result.get("home_format"),
            "free disk": "unknown" if disk is None else f"{disk:,} MiB",
            "database": result["database"],
            "jobs": jobs,
        }
    )
    columns = {"backbone": "BACKBONE", "state": "STATE", "side_px": "SIDE", "dimensions": "DIMENSIONS"}
    backbones = table(result["backbones"], {**columns, "download_mb": "MB", "licence": "LICENCE"}, empty="")
    problems = "\n".join(f"problem: {each}" for each in result["problems"]) or "everything needed works"
    return "\n\n".join(part for part in (text, backbones, problems) if part)


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
    if report["free_disk_mib"] < 1024:
        found.append(f"only {report['free_disk_mib']} MiB are free in {Path(report['home'])}: free some space")
    return found
