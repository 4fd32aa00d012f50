"""Start the app with what its pages import already loaded: ``python -m core.ui.serve [--server.port 8501]``.

``streamlit run streamlit_app.py`` serves the same app, but loads pandas, SQLAlchemy and the like when the first visitor
comes, who then waits about a second longer. Options are Streamlit's own.
"""

import os
import sys
from importlib import import_module
from pathlib import Path

from streamlit import config
from streamlit.web import cli

from core.errors import ShelfLensError
from core.home import open_home
from core.monitoring.journal import note, start_journal
from core.ui.errors import catch_uncaught
from core.ui.exposure import asked_address, exposure_problem
from core.ui.headers import send_security_headers
from core.ui.late_events import wait_for_late_events
from core.ui.login_settings import asked_settings
from core.ui.own_addresses import ask_nobody_for_addresses
from core.ui.prompt_socket import answer_at_once
from core.ui.sessions import count_sessions

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"

PRELOADED = (
    "pandas",
    "plotly.graph_objects",
    "core.catalog.products",
    "core.catalog.pictures",
    "core.jobs.supervise",
    "core.models.runs",
    "core.evaluation.report",
    "core.explore.catalog_maps",
    "core.recommend.similar",
)
"""What pages need and what does not need a running server; modules of ``core.ui`` keep caches that do."""


def main(options: list[str]) -> None:
    """Load the libraries, then run Streamlit until it is stopped.

    Raises:
        SystemExit: Others could reach the server without a login, and nobody said that they may; or the login is set
            up by halves.
    """
    settings = asked_settings()
    address = asked_address(options, config.get_option("server.address"))
    config._config_options = None  # what the options below say is then no change that asks for another start
    problem = exposure_problem(address) if settings.off else settings.problem
    if problem:
        sys.exit(f"error: {problem}")
    for name in PRELOADED:
        import_module(name)
    try:
        _watch()
    except ShelfLensError as error:
        sys.exit(f"error: {error}")
    send_security_headers()
    answer_at_once()
    wait_for_late_events()
    sys.argv = ["streamlit", "run", str(APP), *options]
    cli.main()


def _watch() -> None:
    """Write the journal, give uncaught errors an id, and serve metrics where a port for them is named."""
    from core.service.metrics import metrics_settings, serve_metrics

    home = open_home(os.environ.get("SHELFLENS_HOME"))
    start_journal(home.root)
    catch_uncaught()
    ask_nobody_for_addresses()
    asked = metrics_settings(os.environ)
    if asked is not None:
        serve_metrics(home, address=asked[0], port=asked[1], sessions=count_sessions)
    note("server_started", "pages are served", metrics=None if asked is None else f"{asked[0]}:{asked[1]}")


if __name__ == "__main__":
    main(sys.argv[1:])
