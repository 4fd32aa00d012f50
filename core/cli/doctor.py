"""The command doctor: what works on this machine. It never fails: what is broken is part of the answer."""

from typing import Any

from core.cli.parser import Commands
from core.cli.session import Session
from core.cli.tables import facts, table


def add_commands(commands: Commands) -> None:
    """Add the command of this group."""
    commands.add("doctor", examine, show=show_report, summary="tell what works on this machine")


def examine(session: Session) -> dict[str, Any]:
    """Look at the machine, the libraries and the home."""
    from core.jobs.health import examine as look

    return look(lambda: session.home)


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
