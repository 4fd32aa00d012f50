"""A run to take along: its card, and everything as a zip file; made when it is asked for."""

import secrets

import streamlit as st

from core.evaluation.model_card import card_text, model_card
from core.evaluation.run_archive import export_run
from core.models.runs import Run
from core.ui.caches import home

_MOST_BYTES = 2**30


def draw_run_downloads(run: Run) -> None:
    """Draw the buttons; a run without files has none."""
    if run.state != "done":
        return
    st.download_button(
        "Model card",
        lambda: card_text(model_card(home(), run.run_id)).encode("utf-8", "replace"),
        f"{run.run_id}-card.md",
        "text/markdown",
        icon=":material/description:",
        width="stretch",
        key=f"card_{run.run_id}",
        on_click="ignore",
    )
    network = home().runs / run.run_id / "network" / "model.bin"
    if network.is_file() and network.stat().st_size > _MOST_BYTES:
        st.caption("Its network is too large for a download in the browser: `export-run` packs it.")
        return
    st.download_button(
        "Download model",
        lambda: _packed(run.run_id),
        f"{run.run_id}.zip",
        "application/zip",
        icon=":material/download:",
        width="stretch",
        key=f"model_{run.run_id}",
        on_click="ignore",
        help="Card, head, network and predictions; `import-run` brings them in elsewhere.",
    )


def _packed(run_id: str) -> bytes:
    path = home().cache / "exports" / f"run-{secrets.token_hex(8)}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        export_run(home(), run_id, path)
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)
