"""What holds for every command: one JSON object, one message, exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import CatalogError
from tests.jobs.waiting import wait_for_state

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name a command"),
        (["paint"], "invalid choice: 'paint'"),
        (["products"], "the following arguments are required: CATALOG; see `python -m core products --help`"),
        (["products", "colors", "--limit", "many"], "expected a whole number of at least 0, not 'many'"),
        (["--detach", "catalogs"], "`catalogs` answers at once: leave out --detach"),
        (["catalogs", "--detach"], "unrecognized arguments: --detach"),
        (["products", "nowhere"], "there is no catalog 'nowhere'; there is none yet: make one with `import` or `demo`"),
        (["status", "../../etc"], "there is no job '../../etc'"),
        (["undo", "last"], "a change is named by its number, not 'last'"),
        (["import", "/nowhere", "--catalog", "x"], "/nowhere is not there: expected a folder of pictures"),
        (["import", ".", "--catalog", "a/b"], "a name has 1 to 100 letters, digits, '-' and '_', not 'a/b'"),
        (["import", ".", "--catalog", "x", "--split", "8"], "split must be three numbers such as 8:1:1"),
        (["import", ".", "--catalog", "x", "--merge", "nowhere.csv"], "cannot read the merge rules in"),
        (["import", ".", "--catalog", "x", "--map", "price=Cost"], "--map says nothing of a source of format folder"),
        (["import", ".", "--catalog", "x", "--map", "price"], "expected NAME=VALUE, not 'price'"),
        (["import", ".", "--catalog", "x", "--images", "."], "--images says nothing of a source of format folder"),
        (
            ["import", "a.csv", "--catalog", "x", "--labels", "parts"],
            "--labels says nothing of a source of format table",
        ),
        (["import", ".", "--catalog", "x", "--format", "bson"], "is no file: expected a file of BSON documents"),
        (["similar", "colors"], "one of the arguments --product --picture is required"),
        (["similar", "colors", "--product", "1", "--visual", "-1"], "a weight is a number of at least 0, not '-1'"),
        (
            ["similar", "x", "--product", "1", "--classic", "--settings", "a.json"],
            "not allowed with argument --classic",
        ),
        (["similar", "x", "--product", "1", "--budget", "5", "--price-mode", "same"], "leave out --price-mode same"),
        (["similar", "x", "--product", "1", "--currency", "EUR"], "add --budget"),
        (["map", "colors", "--method", "mds"], "invalid choice: 'mds' (choose from 'umap', 'tsne', 'pca')"),
    ],
)
def test_bad_usage_is_one_message_and_exit_code_2(call, words, message):
    answer = call(*words, "--json") if words and words[-1] != "--detach" else call("--json", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: ") and answer.err.count("\n") == 1
    assert message in answer.err


def test_common_options_stand_before_or_after_the_command(call, tmp_path):
    before = call("--json", "--home", tmp_path / "other", "catalogs")
    after = call("catalogs", "--home", tmp_path / "other", "--json")
    assert before == after and before.json == {"catalogs": []}
    assert (tmp_path / "other" / "home.json").exists()


def test_an_internal_fault_is_one_message_and_exit_code_1(call, monkeypatch):
    def broken(home):
        raise ZeroDivisionError("what nobody thought of")

    monkeypatch.setattr("core.catalog.catalogs.list_catalogs", broken)
    answer = call("catalogs", "--json")
    assert (answer.code, answer.out) == (1, "")
    assert "internal fault" in answer.err and "ZeroDivisionError: what nobody thought of" in answer.err
    assert answer.err.count("\n") == 1


def test_ctrl_c_is_exit_code_130(call, monkeypatch):
    def interrupted(home):
        raise KeyboardInterrupt

    monkeypatch.setattr("core.catalog.catalogs.list_catalogs", interrupted)
    answer = call("catalogs", "--json")
    assert (answer.code, answer.out) == (130, "")


def test_messages_cannot_move_the_cursor(call, monkeypatch):
    def hostile(home):
        raise CatalogError("catalog '\x1b[2J\u202eevil'")

    monkeypatch.setattr("core.catalog.catalogs.list_catalogs", hostile)
    assert "\x1b" not in call("catalogs").err and "\u202e" not in call("catalogs").err


def test_json_never_holds_nan(call, monkeypatch):
    monkeypatch.setattr("core.jobs.health.memory_mib", lambda: float("nan"))
    assert call("doctor", "--json").json["memory_mib"] is None


def test_what_libraries_print_stays_out_of_the_answer(call, monkeypatch):
    def chatty(home):
        print("Downloading data from https://...")  # as Keras does before it fails or not
        return []

    monkeypatch.setattr("core.catalog.catalogs.list_catalogs", chatty)
    answer = call("catalogs", "--json")
    assert answer.json == {"catalogs": []}
    assert answer.err == "Downloading data from https://...\n"


def test_a_reader_that_leaves_early_is_no_error(tmp_path):
    command = f"{sys.executable} -m core products --help | head -1; echo ${{PIPESTATUS[0]}}"
    answer = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert answer.stdout.splitlines()[-1] == "0"
    assert answer.stderr == ""


def test_listing_catalogs_imports_nothing_heavy(tmp_path):
    code = (
        "import sys; from core.cli.main import main; main(['catalogs', '--home', sys.argv[1]]);"
        "print([name for name in ('tensorflow', 'keras', 'pandas', 'sklearn', 'openvino', 'umap', 'cv2') "
        "if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert answer.stdout.splitlines()[-1] == "[]"


def test_a_detached_job_prints_its_id_and_goes_on(call, home, color_folder):
    answer = call("import", color_folder, "--catalog", "colors", "--detach")
    job = answer.out.strip()
    assert (answer.code, answer.err) == (0, "")
    assert wait_for_state(home, job, "done").result["products"] == 36
    answer = call("status", job, "--json")
    assert answer.json["jobs"][0]["state"] == "done"


def test_with_json_a_detached_job_is_an_object(call, home, color_folder):
    job = call("--detach", "import", color_folder, "--catalog", "colors", "--json").json["job"]
    wait_for_state(home, job, "done")


def test_progress_goes_to_standard_error(tmp_path, color_folder):
    words = [
        sys.executable,
        "-m",
        "core",
        "import",
        str(color_folder),
        "--catalog",
        "c",
        "--home",
        str(tmp_path),
        "--json",
    ]
    answer = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": ""}
    )
    assert json.loads(answer.stdout)["products"] == 36
    assert "%" in answer.stderr
