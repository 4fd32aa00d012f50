"""Notes every address a Python process looks up or connects to, when this folder is on PYTHONPATH.

The interpreter imports it at start, so that servers, workers and everything they start are watched from
their first line. The notes go to the file named by CONNECTION_NOTES, one JSON line each.
"""

import json
import os
import sys

_WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


def _note(event, arguments):
    if event in _WATCHED:
        # getaddrinfo and gethostbyname hand over the host first, connect and sendto a socket first.
        address = arguments[0] if event.startswith("socket.get") else arguments[1]
        host = address[0] if isinstance(address, tuple) else address
        line = json.dumps({"event": event, "host": str(host), "program": sys.argv[:3]})
        descriptor = os.open(os.environ["CONNECTION_NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, (line + "\n").encode())
        os.close(descriptor)


if os.environ.get("CONNECTION_NOTES"):
    sys.addaudithook(_note)
