"""The state of this machine and of the home, drawn."""

from typing import Any

import pandas as pd
import streamlit as st

from core.jobs.health import LEAST_FREE_MIB
from core.ui.wording import shortened

_MIB_A_GIB = 1024
_LEAST_GIB = LEAST_FREE_MIB / _MIB_A_GIB


def draw_verdict(report: dict[str, Any]) -> None:
    """Say in one line whether all is well, else each problem with its way out."""
    if not report["problems"]:
        st.success("Everything needed works.", icon=":material/check_circle:")
    for problem in report["problems"]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(":material/error:", width="content")
            st.text(problem)


def draw_figures(report: dict[str, Any]) -> None:
    """Show what there is of everything that runs out."""
    failed = len(report["failed_jobs"])
    shown = {
        "Free disk": (
            _gib(report.get("free_disk_mib")),
            _disk_words(report.get("disk") or {}),
        ),
        "Memory": (_gib(report["memory_mib"]), f"Of this machine; {_gib(report['available_mib'])} can be had now."),
        "Used by the app": (_gib(report["used_mib"]), "What the page server holds now; jobs run beside it."),
        "Cores": (str(report["cores"]), "That this app may use."),
        "Jobs": (f"{sum(report['jobs'].values()):,}", _states(report["jobs"])),
        "Not finished": (f"{failed}{'+' if failed == 10 else ''}", "Jobs that failed or were interrupted, newest ten."),
    }
    with st.container(horizontal=True, gap="medium"):
        for label, (value, words) in shown.items():
            st.metric(label, value, help=words, width=132)


def draw_failed_jobs(report: dict[str, Any]) -> None:
    """List the jobs that did not end well, with ids that people can quote."""
    st.header("Jobs that did not finish", anchor=False)
    if not report["failed_jobs"]:
        st.caption("None.")
        return
    frame = pd.DataFrame(
        {
            "Job id": [each["job"] for each in report["failed_jobs"]],
            "Work": [each["kind"] for each in report["failed_jobs"]],
            "State": [each["state"] for each in report["failed_jobs"]],
            "Started (UTC)": [each["at"][:16].replace("T", " ") for each in report["failed_jobs"]],
            "What happened": [shortened(each["error"] or "", 300) for each in report["failed_jobs"]],
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch", key="failed_jobs")
    st.caption("`python -m core status JOB` tells the whole story; `resume JOB` goes on where it stopped.")


def draw_errors(report: dict[str, Any]) -> None:
    """List the last faults with the ids that people were shown, and how to read what happened."""
    st.header("Last errors", anchor=False)
    if not report["errors"]:
        st.caption("None was noted.")
        return
    frame = pd.DataFrame(
        {
            "Error id": [each["error_id"] for each in report["errors"]],
            "At (UTC)": [each["at"][:19].replace("T", " ") for each in report["errors"]],
            "Where": [each["where"] for each in report["errors"]],
            "Kind": [each["error"] for each in report["errors"]],
            "Job": [each["job"] for each in report["errors"]],
        }
    )
    st.dataframe(frame, hide_index=True, width="stretch", key="last_errors")
    st.caption("`python -m core journal --id ID` tells what happened, on this machine.")


def draw_versions(report: dict[str, Any]) -> None:
    """Show what runs here, and which backbones can be used."""
    left, right = st.columns(2, gap="medium")
    openvino = report["openvino"]
    fast = "bf16" if openvino["bf16"] else "float32 only"
    engine = f"{openvino['version'].partition('-')[0]}, {fast}" if openvino["version"] else "not usable"
    facts = {
        "ShelfLens": report["version"],
        "Python": report["python"],
        "TensorFlow": report["tensorflow"] or "not installed",
        "OpenVINO": engine,
        **{name: version or "not installed" for name, version in report["versions"].items()},
        "System": report["platform"],
        "Database": report["database"],
        "Home": report["home"] or "not usable",
        "Home format": str(report.get("home_format")),
    }
    left.header("Versions", anchor=False)
    left.dataframe(pd.DataFrame(facts.items(), columns=["", "Here"]), hide_index=True, width="stretch", key="versions")
    right.header("Backbones", anchor=False)
    frame = pd.DataFrame(
        {
            "Backbone": [each["backbone"] for each in report["backbones"]],
            "State": [each["state"] for each in report["backbones"]],
            "Download (MB)": [each["download_mb"] for each in report["backbones"]],
        }
    )
    right.dataframe(frame, hide_index=True, width="stretch", key="backbones", height=318)


def _disk_words(disk: dict[str, Any]) -> str:
    """Say how much of the free disk new work may take."""
    if disk.get("room_mib") is None:
        return f"Less than {_LEAST_GIB:.0f} GiB is too little for most work."
    words = f"{_gib(disk['room_mib'])} of it for new work: {_gib(disk['least_free_mib'])} stay free."
    if disk["most_mib"] is None:
        return words
    return f"{words} The home takes {_gib(disk['home_mib'])} of the {_gib(disk['most_mib'])} it may."


def _gib(mib: int | None) -> str:
    return "unknown" if mib is None else f"{mib / _MIB_A_GIB:,.1f} GiB"


def _states(jobs: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in jobs.items()) or "No job yet."
