"""The process that reads foreign pages for another: bounded in memory and time, ended with whoever started it.

A page can be built so that reading it takes hours or all the memory there is; the parser is a C library. So it
works here, where nothing is lost with it. Requests come on standard input, answers go to standard output, each as
eight bytes of length and then JSON; the page's bytes follow a request.
"""

import json
import sys
from typing import Any, BinaryIO

from core.errors import ShelfLensError

MEMORY_BYTES = 1536 * 2**20
SECONDS = 20


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer requests until there are no more."""
    from core.catalog.web.page_reading import read_request

    while (request := _read_json(source)) is not None:
        data = source.read(request["bytes"])
        _limit_time()
        try:
            answer: dict[str, Any] = {"reading": read_request(request, data)}
        except ShelfLensError as error:
            answer = {"error": str(error)}
        text = json.dumps(answer).encode()
        target.write(len(text).to_bytes(8, "big") + text)
        target.flush()


def _read_json(source: BinaryIO) -> dict[str, Any] | None:
    head = source.read(8)
    return json.loads(source.read(int.from_bytes(head, "big"))) if len(head) == 8 else None


def limit_memory() -> None:
    """Let this process use only so much memory, where the system can hold it to that."""
    try:
        import resource
    except ImportError:  # not on Windows; there only the time is bounded
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time() -> None:
    """Give the next page so much processor time; with the parent gone nobody else would end it."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS + 2, hard))


if __name__ == "__main__":
    limit_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)
