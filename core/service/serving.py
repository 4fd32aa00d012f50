"""Running the HTTP API until it is stopped."""

import ipaddress
import socket
from collections.abc import Callable, Sequence

from core.errors import SettingsError
from core.home import Home
from core.service.app import LOOPBACK, build_app

DEFAULT_PORT = 8600
_MOST_AT_ONCE = 64


def serve_api(
    home: Home,
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    allowed_hosts: Sequence[str] = (),
    on_ready: Callable[[str], None] | None = None,
) -> str:
    """Serve until the process is asked to stop.

    Args:
        home: What it answers from.
        host: Address to listen on.
        port: 0 takes a free one.
        allowed_hosts: Names it answers to beside the loopback ones.
        on_ready: Hears the address once connections are taken.

    Returns:
        The address it listened on.

    Raises:
        SettingsError: Other machines could reach it and no name is allowed, or the address cannot be listened on.
    """
    import uvicorn

    if not is_loopback(host) and not allowed_hosts:
        raise SettingsError(
            f"other machines can reach {host[:60]!r}: say under which names it may answer with --allow-host NAME, and "
            "put a server that asks for a login before it"
        )
    app = build_app(home, allowed_hosts=(*LOOPBACK, *allowed_hosts))
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingsError(f"cannot listen on {host[:60]} port {port}: {reason}; choose another --port") from error
    with listening:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
        if on_ready is not None:
            on_ready(address)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_keep_alive=5,
            ws="none",
        )
        uvicorn.Server(config).run(sockets=[listening])
    return address


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
