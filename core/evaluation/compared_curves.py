"""Histories of runs on one clock."""

import pandas as pd

from core.evaluation.compared_runs import ComparedRun


def timed_history(compared: ComparedRun) -> tuple[pd.DataFrame, bool]:
    """Give a run's history with the minutes since its start at the end of each epoch.

    What happened before the first epoch, embedding and preparing, counts. Where epochs did not note their seconds, the
    time of learning is spread over them evenly.

    Returns:
        One row an epoch with the columns of the history and `minutes`; and whether the times were measured.
    """
    frame = pd.DataFrame(compared.history)
    if frame.empty or "epoch" not in frame:
        return pd.DataFrame({"epoch": [], "minutes": []}), False
    frame = frame.apply(pd.to_numeric, errors="coerce")
    parts = compared.manifest.get("seconds_by_part")
    parts = parts if isinstance(parts, dict) else {}
    before = sum(float(parts.get(name) or 0.0) for name in ("embed", "prepare"))
    learning = float(parts.get("learn") or max(compared.run.seconds - before, 0.0))
    measured = "seconds" in frame and bool(frame["seconds"].notna().all())
    seconds = frame["seconds"].cumsum() if measured else learning * (frame.index + 1) / len(frame)
    return frame.assign(minutes=(before + seconds) / 60), measured
