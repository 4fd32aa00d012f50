import fcntl
import os
from pathlib import Path

import pytest
from hypothesis import settings

from core.home import Home, open_home
from tests.postgres import postgres_server  # noqa: F401 - the fixture is found here
from tests.storage import database, empty_postgres, pytest_generate_tests  # noqa: F401 - these too

IN_CI = os.environ.get("CI") == "true"

# The same features on every machine, also where bfloat16 would be faster; what that moves has a test of its own.
os.environ["SHELFLENS_PRECISION"] = "f32"

# How long one example takes says how busy the machine is, not whether the answer is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def _no_home_of_the_developer():
    """No test may touch the home somebody works in."""
    for name in ("SHELFLENS_HOME", "SHELFLENS_DATABASE"):
        os.environ.pop(name, None)


@pytest.fixture
def home(tmp_path, database) -> Home:  # noqa: F811 - the fixture of that name
    """A new, empty home."""
    return open_home(tmp_path / "home")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real pictures. Without them these tests are skipped, but never in CI."""
    folder = Path(os.environ.get("SHELFLENS_SHARED", Path(__file__).parents[2] / "shared" / "data"))
    if not (folder / "clothing-small").is_dir():
        reason = f"no real pictures at {folder}; point SHELFLENS_SHARED at them"
        if IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory) -> Home:
    """The embedded demo, built once: catalog, features, run and map. Read it; change copies only."""
    from core.jobs.supervise import run_here

    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    root = Path(os.environ.get("SHELFLENS_TEST_DEMO_HOME") or base / "demo_home")
    # Processes that share the tests share the demo too: the first builds it while the others wait.
    with root.with_name(f"{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = root.with_name(f"{root.name}.built")
        home = open_home(root)
        if not built.exists() or base not in root.parents:
            run_here(home, "demo", {"seed": 7}, actor="tests")
            built.touch()
    return home


@pytest.fixture(scope="session")
def color_folder(tmp_path_factory) -> Path:
    """Three folders of twelve pictures whose color says their category: easy to learn, quick to embed."""
    import numpy as np
    from PIL import Image

    folder = tmp_path_factory.mktemp("colors") / "pictures"
    random = np.random.default_rng(0)
    for name, color in {"red": (200, 40, 40), "green": (40, 160, 60), "blue": (40, 60, 200)}.items():
        (folder / name).mkdir(parents=True)
        for number in range(12):
            pixels = np.clip(random.normal(color, 25, (64, 64, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{name}-{number:02}.png")
    return folder
