"""No job opens a connection, not even to report its use."""

import subprocess
import sys
from pathlib import Path

from core.catalog.imports import import_source, open_source
from core.jobs.folder import find_folder
from core.jobs.spec import create_job
from core.jobs.stored_status import read_status

_GUARDED_WORKER = """
import sys
def watch(event, arguments):
    # A name looked up or an address connected to; sockets between threads of a process are no internet.
    if event == "socket.getaddrinfo":
        print("CONNECTS", arguments[0], flush=True)
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        print("CONNECTS", arguments[1], flush=True)
sys.addaudithook(watch)
from core.jobs.worker import main
code = main(sys.argv[1], sys.argv[2])
import time; time.sleep(0.5)  # reports are sent by threads
sys.exit(code)
"""


def test_training_and_mapping_connect_to_nothing(home, color_folder):
    import_source(home, open_source(str(color_folder)), catalog_name="colors", actor="ann")
    for kind, arguments in (("train", {"catalog": "colors"}), ("map", {"catalog": "colors", "method": "umap"})):
        job = create_job(home, kind, arguments, actor="ann").job
        answer = subprocess.run(
            [sys.executable, "-c", _GUARDED_WORKER, str(home.root), job],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "CONNECTS" not in answer.stdout
        assert answer.returncode == 0, answer.stderr
        assert read_status(find_folder(home, job)).state == "done"
