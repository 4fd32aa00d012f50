import subprocess
import sys
from pathlib import Path


def test_it_tells_what_works_and_exits_0(call, colors):
    report = call("doctor", "--json").json
    assert report["database"] == "ok" and report["home_format"] == 1
    states = {each["backbone"]: each["state"] for each in report["backbones"]}
    assert states["efficientnet-lite0"] == "ready" and "resnet50" in states
    assert report["cores"] >= 1 and report["free_disk_mib"] > 0
    assert report["openvino"]["bf16"] in (True, False)
    assert report["tensorflow"].split(".")[0] == "2"
    assert "efficientnet-lite0  ready" in call("doctor").out


def test_a_broken_home_is_part_of_the_answer(call, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "home.json").write_text('{"format": 99}')
    answer = call("doctor", "--home", broken, "--json")
    assert answer.code == 0
    assert answer.json["home"] is None
    assert "written by a newer ShelfLens" in answer.json["problems"][0]


def test_it_does_not_import_tensorflow(tmp_path):
    code = (
        "import sys; from core.cli.main import main; main(['doctor', '--home', sys.argv[1]]);"
        "print('tensorflow' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.stdout.splitlines()[-1] == "False"
