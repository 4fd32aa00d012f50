"""OpenVINO, imported without its usage reporting.

`import openvino` alone reports to a web service unless the user has opted out. The reporter is a package of its own,
and OpenVINO falls back to a silent stand-in where that package is missing; so it is declared missing, in this process
only, before OpenVINO is imported.
"""

import sys
from typing import Any

from core.errors import BackboneError

_REPORTER = "openvino_telemetry"


def import_openvino() -> Any:
    """Import OpenVINO with its usage reporting off.

    Returns:
        The module `openvino`.

    Raises:
        BackboneError: OpenVINO is not installed or cannot be loaded.
    """
    if "openvino" not in sys.modules:
        sys.modules[_REPORTER] = None  # type: ignore[assignment]  # Python's own mark for "cannot be imported"
    try:
        import openvino
    except (ImportError, OSError) as error:
        raise BackboneError(
            f"OpenVINO cannot be loaded ({error}): reinstall it with `pip install --force-reinstall openvino`, "
            "or set SHELFLENS_ENGINE=keras to embed without it, more slowly"
        ) from error
    return openvino
