"""Connections of the page server do not hold small messages back."""

import socket

from streamlit.web.server.starlette import starlette_server

from core.ui.prompt_socket import answer_at_once


def test_connections_to_the_page_server_send_at_once(monkeypatch):
    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)
    answer_at_once()
    answer_at_once()  # once is enough
    with starlette_server._bind_socket("127.0.0.1", 0, 8) as listening:
        listening.setblocking(True)
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
