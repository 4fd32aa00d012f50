"""Start the app with what its pages import already loaded: ``python -m core.ui.serve [--server.port 8501]``.

``streamlit run streamlit_app.py`` serves the same app, but loads pandas, SQLAlchemy and the like when the first visitor
comes, who then waits about a second longer. Options are Streamlit's own.
"""

import sys
from importlib import import_module
from pathlib import Path

from streamlit import config
from streamlit.web import cli

from core.ui.exposure import asked_address, exposure_problem

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"

PRELOADED = (
    "pandas",
    "plotly.graph_objects",
    "core.catalog.products",
    "core.catalog.pictures",
    "core.jobs.supervise",
    "core.models.runs",
    "core.evaluation.report",
    "core.explore.maps",
    "core.recommend.similar",
)
"""What pages need and what does not need a running server; modules of ``core.ui`` keep caches that do."""


def main(options: list[str]) -> None:
    """Load the libraries, then run Streamlit until it is stopped.

    Raises:
        SystemExit: Others could reach the server, and nobody said that they may.
    """
    problem = exposure_problem(asked_address(options, config.get_option("server.address")))
    if problem:
        sys.exit(f"error: {problem}")
    for name in PRELOADED:
        import_module(name)
    sys.argv = ["streamlit", "run", str(APP), *options]
    cli.main()


if __name__ == "__main__":
    main(sys.argv[1:])
