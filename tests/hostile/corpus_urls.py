"""Addresses that nobody should send: each in a table of its own, and what must come of it.

None of them leads to a look-up of a name or a connection beyond this machine.
"""

import json
from pathlib import Path

from core.catalog.source_settings import SourceSettings
from tests.hostile.hostile_file import HostileFile

_TABLE = SourceSettings(format="table")

_ADDRESSES = {
    "a file of this machine": ("file:///etc/passwd", "bad_url"),
    "a file by way of a host": ("file://localhost/etc/passwd.jpg", "bad_url"),
    "an old protocol that speaks anything": ("gopher://127.0.0.1:6379/_FLUSHALL", "bad_url"),
    "a page that is data": ("data:text/html;base64,PHNjcmlwdD4=", "bad_url"),
    "a script": ("javascript://shop.example/%0aalert(1).jpg", "bad_url"),
    "an address without its protocol": ("//127.0.0.1/a.jpg", "private_address"),
    "a user name and a password": ("http://admin:secret@127.0.0.1/a.jpg", "bad_url"),
    "a host hidden behind a user name": ("http://shop.example@127.0.0.1/a.jpg", "bad_url"),
    "a host hidden behind a backslash": ("http://127.0.0.1\\@shop.example/a.jpg", "bad_url"),
    "a second request in the path": ("http://127.0.0.1/a.jpg HTTP/1.1\r\nHost: evil\r\n\r\n", "bad_url"),
    "a line end in the host": ("http://127.0.0.1\r\n.shop.example/a.jpg", "bad_url"),
    "a NUL in the path": ("http://127.0.0.1/a\x00.jpg", "private_address"),  # tables are cleaned of such characters
    "half a character": ("http://127.0.0.1/\ud800.jpg", "private_address"),
    "no host": ("http:///a.jpg", "bad_url"),
    "a host of percent signs": ("http://%31%32%37.0.0.1/a.jpg", "bad_url"),
    "a port that is none": ("http://127.0.0.1:70000/a.jpg", "bad_url"),
    "an interface of this machine": ("http://[fe80::1%25eth0]/a.jpg", "bad_url"),
    "this machine": ("http://127.0.0.1:9/a.jpg", "private_address"),
    "this machine by name": ("http://localhost:9/a.jpg", "private_address"),
    "this machine by a name with a dot": ("http://localhost.:9/a.jpg", "private_address"),
    "this machine under a name of its own": ("http://shop.localhost:9/a.jpg", "private_address"),
    "this machine in two numbers": ("http://127.1:9/a.jpg", "private_address"),
    "this machine in one number": ("http://2130706433:9/a.jpg", "private_address"),
    "this machine in hex": ("http://0x7f000001:9/a.jpg", "private_address"),
    "this machine as nothing": ("http://0:9/a.jpg", "private_address"),
    "this machine in the dots of another script": ("http://127\u30020\u30020\u30021:9/a.jpg", "private_address"),
    "this machine in IPv6": ("http://[::1]:9/a.jpg", "private_address"),
    "this machine mapped into IPv6": ("http://[::ffff:127.0.0.1]:9/a.jpg", "private_address"),
    "this machine translated from IPv6": ("http://[64:ff9b::7f00:1]:9/a.jpg", "private_address"),
    "this machine through a tunnel": ("http://[2002:7f00:1::]:9/a.jpg", "private_address"),
    "the secrets of a cloud machine": ("http://169.254.169.254/latest/meta-data/a.jpg", "private_address"),
    "the router": ("http://192.168.0.1/reboot.jpg", "private_address"),
    "everybody at once": ("http://224.0.0.1/a.jpg", "private_address"),
}


def files(folder: Path) -> list[HostileFile]:
    """Make the corpus in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number, (name, (address, reason)) in enumerate({**_ADDRESSES, **_long()}.items()):
        path = folder / f"address{number}.jsonl"
        row = {"product_id": "p1", "title": "Shirt", "price": 12, "image": [address]}
        path.write_text(json.dumps(row) + "\n", encoding="ascii")
        made.append(HostileFile(f"address: {name}", str(path), reason, _TABLE))
    return made


def _long() -> dict[str, tuple[str, str]]:
    """Addresses too large to keep in a list."""
    return {
        "a hundred thousand characters": ("http://127.0.0.1/" + "a" * 100_000, "bad_url"),
        "a host of points": ("http://" + "a." * 50_000 + "jpg", "bad_url"),
        "ten million characters": ("http://127.0.0.1/" + "a" * 10_000_000, "longer than 8,388,608 characters"),
    }
