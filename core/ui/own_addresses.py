"""Keeping Streamlit from asking the internet for this machine's addresses.

When a websocket comes from a page of another origin, Streamlit compares that origin with this machine's address on the
network and on the internet, and asks a host on the internet for the latter. So a stranger could make the server talk to
the outside. Pages of the server's own address are let in without that, and those of others should stay out.
"""

from streamlit import net_util


def ask_nobody_for_addresses() -> None:
    """Let this machine have no address but those it was told. Call it before the server starts."""
    net_util.get_internal_ip = _unknown
    net_util.get_external_ip = _unknown


def _unknown() -> None:
    """Give no address."""
