"""The files of deploy/: systemd reads the unit, the container copies what exists and runs without rights."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "shelflens.service"
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")


def analyzed(*words):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60)


def test_systemd_takes_every_line_of_the_unit(tmp_path):
    """The program it starts is not installed here: this Python stands for it."""
    unit = tmp_path / "shelflens.service"
    here = UNIT.read_text(encoding="utf-8").replace("/opt/shelflens/.venv/bin/python", sys.executable)
    unit.write_text(here.replace("file:///opt/shelflens", f"file://{ROOT}"), encoding="utf-8")
    answer = analyzed("verify", "--man=no", str(unit))
    said = [line for line in answer.stderr.splitlines() if "shelflens" in line]
    assert said == [] and answer.returncode == 0, answer.stderr


def test_the_unit_leaves_little_open():
    answer = analyzed("security", "--offline=true", str(UNIT))
    found = re.search(r"Overall exposure level for shelflens.service: ([0-9.]+)", answer.stdout)
    if found is None:
        pytest.skip("this systemd cannot judge a unit that is not loaded")
    assert float(found[1]) < 2.5  # 9.6 for a unit that says nothing; below 2.5 systemd calls it OK


def test_what_the_unit_and_the_container_start_is_there():
    for text in (UNIT.read_text(encoding="utf-8"), CONTAINER.replace('", "', " ")):
        assert re.findall(r"-m (core\.\S+)", text) == ["core.ui.serve"]
    assert find_spec("core.ui.serve") is not None


def test_the_container_copies_what_exists_and_runs_without_rights():
    for words in re.findall(r"^COPY (?!--from)(.+)$", CONTAINER, flags=re.MULTILINE):
        for source in words.split()[:-1]:
            assert (ROOT / source).exists(), source
    users = re.findall(r"^USER (\S+)$", CONTAINER, flags=re.MULTILINE)
    assert users == ["10001:10001"]  # the last word on who runs it, by number, so that Kubernetes can check it
    after_user = CONTAINER.partition("\nUSER ")[2]
    assert "RUN " not in after_user and "SHELFLENS_ALLOW_PUBLIC" not in after_user


def test_nothing_secret_is_copied():
    ignored = (ROOT / "deploy" / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert ".streamlit/secrets.toml" in ignored and "*" in ignored
