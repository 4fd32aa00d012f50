"""Who can reach the server: this machine only, unless somebody said plainly that others may."""

import ipaddress
import os
from collections.abc import Sequence

ALLOW = "SHELFLENS_ALLOW_PUBLIC"
"""Environment variable; ``1`` lets the server start without login where others can reach it."""

_OPTION = "--server.address"


def is_loopback(address: str | None) -> bool:
    """Tell whether only this machine reaches a server bound to an address; no address binds to all of them."""
    if not address:
        return False
    if address.strip("[]").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False  # a name could lead anywhere


def exposure_problem(address: str | None) -> str | None:
    """Say why a server without a login must not run at an address; None where it may.

    Everybody who reaches it may change and delete catalogs.
    """
    if is_loopback(address) or os.environ.get(ALLOW) == "1":
        return None
    return (
        f"ShelfLens would be open at {address or 'every address of this machine'} to everybody who reaches it, "
        "without a login: set one up (docs/access.md), bind it to 127.0.0.1, "
        f"or set {ALLOW}=1 if that is what you want"
    )


def asked_address(options: Sequence[str], configured: str | None) -> str | None:
    """Find the address that Streamlit's options ask for; the last one counts, then the environment, then the file."""
    found = os.environ.get("STREAMLIT_SERVER_ADDRESS", configured)
    for place, option in enumerate(options):
        if option == _OPTION:
            found = options[place + 1] if place + 1 < len(options) else None
        elif option.startswith(f"{_OPTION}="):
            found = option.partition("=")[2]
    return found
