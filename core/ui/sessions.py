"""The visitors that are connected, as Streamlit counts them."""

from streamlit import runtime
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY, GaugeStat


def count_sessions() -> int:
    """Count the visitors that are connected now; 0 while the server is not up."""
    if not runtime.exists():
        return 0
    found = runtime.get_instance().stats_mgr.get_stats(family_names=[ACTIVE_SESSIONS_FAMILY])
    return sum(int(each.value) for each in found.get(ACTIVE_SESSIONS_FAMILY, []) if isinstance(each, GaugeStat))
