import os
import subprocess
import sys
from pathlib import Path

from tests.connections import foreign_hosts, watched

ROOT = Path(__file__).parents[1]


def test_the_guard_sees_a_connection_to_another_host(tmp_path):
    # 192.0.2.1 belongs to nobody (RFC 5737); a timeout of zero gives up before a packet is answered.
    notes = tmp_path / "notes"
    script = "import socket; s = socket.socket(); s.settimeout(0); s.connect_ex(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", script], env=watched(dict(os.environ), notes), check=True, timeout=60)
    assert [note["host"] for note in foreign_hosts(notes)] == ["192.0.2.1"]


def test_import_embed_train_and_map_ask_no_other_host(tmp_path, color_folder):
    notes = tmp_path / "notes"
    environment = watched(dict(os.environ), notes)

    def command(*words):
        words = [sys.executable, "-m", "core", *words, "--home", str(tmp_path / "home"), "--json"]
        subprocess.run(words, env=environment, cwd=ROOT, check=True, timeout=200, stdout=subprocess.DEVNULL)

    command("import", str(color_folder), "--catalog", "colors")
    command("train", "colors", "--recipe", "linear")
    command("map", "colors", "--method", "umap")
    command("doctor")
    assert foreign_hosts(notes) == []
