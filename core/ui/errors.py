"""How errors reach the visitor: a clear message with a way out, or an id to quote; never a stack."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.errors import Cancelled, ShelfLensError

logger = logging.getLogger("shelflens.ui")


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show whatever goes wrong inside, in words.

    A :class:`~core.errors.ShelfLensError` is the visitor's to mend: its message is shown. Anything else is ours: it
    gets an id, goes to the server's log with its stack, and the page shows the id. Streamlit's signals pass through.
    """
    try:
        yield
    except (ShelfLensError, Cancelled) as error:
        show_problem(error)
    except StreamlitAPIException:
        raise  # a mistake in a page: Streamlit names it in the log
    except Exception as error:  # noqa: BLE001 - the last line of defense: logged with its stack
        show_fault(error)


def show_problem(error: Exception | str, *, title: str = "That did not work") -> None:
    """Show a problem the visitor can mend. The message may hold foreign names, so it is never read as markup."""
    with st.container(border=True, key=f"problem_{abs(hash((title, str(error))))}"):
        st.markdown(f":orange[:material/error:] **{title}**")
        st.text(str(error))


def show_fault(error: Exception) -> str:
    """Show that something broke inside, with an id found in the server's log; give the id."""
    fault_id = f"SL-{secrets.token_hex(4)}"
    logger.error("fault %s", fault_id, exc_info=error)
    with st.container(border=True, key=f"fault_{fault_id}"):
        st.markdown(":red[:material/report:] **Something broke inside ShelfLens**")
        st.text(
            f"It was written to the server's log as {fault_id}. Your data is as it was before. "
            "Try again; if it happens again, report it with this id."
        )
    return fault_id
