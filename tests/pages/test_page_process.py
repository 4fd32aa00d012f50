"""Pages stay light: what only workers need is never imported by the process that serves them."""

import json
import os
import subprocess
import sys

from tests.pages.conftest import PAGES, ROOT

LIGHT = [page for page in PAGES if page != "health"]
"""Health looks at the libraries themselves."""

_VISIT = """
import json, sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("streamlit_app.py", default_timeout=60)
app.run()
faults = []
for page in json.loads(sys.argv[1]):
    app.switch_page(f"pages/{page}.py").run()
    faults += [error.message for error in app.exception]
    faults += [text.value for text in app.text if "written to the server's log" in text.value]
heavy = ("tensorflow", "keras", "umap", "sklearn", "numba", "scipy", "torch", "openvino")
print(json.dumps({"faults": faults, "heavy": sorted(name for name in heavy if name in sys.modules)}))
"""


def test_no_page_imports_what_only_workers_need(demo_home):
    done = subprocess.run(
        [sys.executable, "-c", _VISIT, json.dumps(LIGHT)],
        cwd=ROOT,
        env={**os.environ, "SHELFLENS_HOME": str(demo_home.root), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    # OpenVINO may come once a picture is uploaded; browsing alone does not need it either.
    assert json.loads(done.stdout.splitlines()[-1]) == {"faults": [], "heavy": []}
