"""Secrets in addresses and settings: used where they are needed, and written nowhere else."""

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from core.catalog.sources import SkippedFile
from core.errors import CatalogError, ShelfLensError
from core.jobs import run_here
from core.jobs.kinds import KINDS
from core.jobs.spec import create_job

TOKEN, PASSWORD = "t0k3n-of-nobody-else", "gr33n-Elephant"
DATABASE = ("shelflens.db", "shelflens.db-wal", "shelflens.db-shm")


@pytest.fixture
def shop():
    """A server of pictures for whoever has the token; gives its address and the tokens it was shown."""
    shown = []
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), (200, 30, 30)).save(buffer, "PNG")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            shown.append(self.path.partition("=")[2])
            found = self.path.startswith("/good")
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(buffer.getvalue()) if found else 0))
            self.end_headers()
            self.wfile.write(buffer.getvalue() if found else b"")

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", shown
    server.shutdown()
    server.server_close()
    thread.join()


def holding(home, *secrets):
    """Files of a home that hold one of the texts, by name or content."""
    return sorted(
        path.relative_to(home.root).as_posix()
        for path in home.root.rglob("*")
        if path.is_file() and any(each.encode() in path.read_bytes() or each in path.name for each in secrets)
    )


def test_tokens_in_addresses_of_pictures_reach_their_host_and_no_file_of_a_job(home, tmp_path, shop):
    address, shown = shop
    table = tmp_path / "shop.csv"
    table.write_text(
        "id,title,image\n"
        f"1,Mug,{address}/good.png?token={TOKEN}\n"
        f"2,Lamp,{address}/gone.png?X-Amz-Signature={TOKEN}\n"
        f"3,Rug,http://10.0.0.1/x.png?sig={TOKEN}\n"
    )
    arguments = {"source": str(table), "catalog": "shop", "settings": {"allowed_hosts": ["127.0.0.1"]}}
    result = run_here(home, "import", arguments, actor="tests")
    assert set(shown) == {TOKEN} and result["pictures"] == 1
    told = json.dumps(result)
    assert TOKEN not in told and "gone.png?X-Amz-Signature=[hidden]" in told  # still said which
    # The database keeps the source's own address, to fetch it again; docs/threat-model.md says so.
    assert set(holding(home, TOKEN)) <= set(DATABASE)
    assert list(home.jobs.rglob("result.json"))


def test_a_password_in_any_text_argument_of_an_import_is_refused_or_parted(home):
    address = f"postgresql://ann:{PASSWORD}@127.0.0.1:1/shop?password={PASSWORD}"
    with pytest.raises(ShelfLensError) as refused:
        create_job(home, "import", {"source": address, "catalog": "c", "settings": {"query": "x"}}, actor="ann")
    with pytest.raises(CatalogError) as failed:
        run_here(home, "import", {"source": address, "catalog": "c", "settings": {"query": "x"}}, actor="ann")
    assert PASSWORD not in f"{refused.value}{failed.value}"
    assert holding(home, PASSWORD) == []


def test_no_kind_of_job_takes_a_secret():
    """A job's arguments are written to its folder: none may be made for a password."""
    named = {
        f"{kind}: {name}"
        for kind, found in KINDS.items()
        for name in getattr(found.arguments, "__dataclass_fields__", {})
        if any(word in name.lower() for word in ("password", "secret", "token", "key", "credential"))
    }
    assert named == set()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("1: https://shop.example/a.png?size=2&token=abcdef", "1: https://shop.example/a.png?size=2&token=[hidden]"),
        ("https://ann:pass@shop.example/a.png", "https://[hidden]@shop.example/a.png"),
        ("https://shop.example/list?page=3", "https://shop.example/list?page=3"),
        ("folder/password=1.png", "folder/password=1.png"),
    ],
)
def test_what_was_left_out_is_named_without_what_nobody_should_see(name, shown):
    assert SkippedFile(name, "http_404", name) == SkippedFile(shown, "http_404", shown)
    assert SkippedFile(name, "http_404").name == shown
