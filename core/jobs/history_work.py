"""The work of importing histories."""

from typing import Any

from core.home import Home
from core.jobs.history_arguments import HistoryArguments
from core.progress import Progress


def import_events(home: Home, arguments: HistoryArguments, *, actor: str, progress: Progress) -> dict[str, Any]:
    """Import a file of histories, whole or not at all; begun again after a stop, it begins anew."""
    from core.catalog.catalogs import find_catalog
    from core.catalog.history_file import HistoryFile
    from core.catalog.history_import import import_history

    catalog = find_catalog(home, arguments.catalog)
    file = HistoryFile(arguments.file, columns=arguments.columns, layout=arguments.layout)
    report = import_history(home, catalog, file, name=arguments.name, actor=actor, progress=progress)
    return report.to_json()
