"""Answers leave the page server at once, where ``python -m core.ui.serve`` starts it.

Streamlit binds its socket without naming TCP, so asyncio leaves Nagle's algorithm on: the second part of an answer
waits until the browser has acknowledged the first, which it puts off by up to 40 ms. A page is eighty files, and an
answer to a slider several messages.
"""

import socket

from streamlit.web.server.starlette import starlette_server


def answer_at_once() -> None:
    """Let the page server that starts in this process send whatever it has without waiting for acknowledgements."""
    usual = starlette_server._bind_socket
    if getattr(usual, "at_once", False):
        return

    def bound(address: str, port: int, backlog: int) -> socket.socket:
        listening = usual(address, port, backlog)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # its connections inherit it
        return listening

    bound.at_once = True  # type: ignore[attr-defined]
    starlette_server._bind_socket = bound
