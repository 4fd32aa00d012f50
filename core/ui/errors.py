"""How errors reach the visitor: a clear message with a way out, or an id to quote; never a stack."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.errors import Cancelled, ShelfLensError
from core.monitoring.journal import about, note_fault
from core.monitoring.measures import timed

_PAGE = "_page_shown"


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show whatever goes wrong inside, in words.

    A :class:`~core.errors.ShelfLensError` is the visitor's to mend: its message is shown. Anything else is ours: it
    gets an id, goes to the journal with its stack, and the page shows the id. Streamlit's signals pass through.
    """
    try:
        yield
    except (ShelfLensError, Cancelled) as error:
        show_problem(error)
    except StreamlitAPIException:
        raise  # a mistake in a page: told by `show_uncaught` on the real server, plainly where pages are tested
    except Exception as error:  # noqa: BLE001 - the last line of defense: logged with its stack
        show_fault(error)


def show_problem(error: Exception | str, *, title: str = "That did not work") -> None:
    """Show a problem the visitor can mend. The message may hold foreign names, so it is never read as markup."""
    with st.container(border=True, key=f"problem_{abs(hash((title, str(error))))}"):
        st.markdown(f":orange[:material/error:] **{title}**")
        st.text(str(error))


def show_fault(error: Exception) -> str:
    """Show that something broke inside, with an id found in the journal and on Health; give the id."""
    fault_id = note_fault("page_fault", error, page=st.session_state.get(_PAGE), actor=_visitor())
    with st.container(border=True, key=f"fault_{fault_id}"):
        st.markdown(":red[:material/report:] **Something broke inside ShelfLens**")
        st.text(
            f"It was written to the server's log as {fault_id}. Your data is as it was before. "
            "Try again; if it happens again, report it with this id: "
            f"python -m core journal --id {fault_id} tells what happened."
        )
    return fault_id


def catch_uncaught() -> None:
    """Let `show_uncaught` hear what no page can catch: errors in callbacks of widgets, and between fragments.

    Streamlit asks such a handler of `st.App` alone; this gives it to the runtime of `streamlit run` too. Call it before
    the server starts.
    """
    from streamlit.web.server import server

    config = vars(server)["RuntimeConfig"]  # a name the module holds but does not hand out
    setattr(server, "RuntimeConfig", partial(config, on_script_error=show_uncaught))  # noqa: B010 - nor lets be set


def show_uncaught(error: Exception) -> bool:
    """Show an error that reached Streamlit as `shown_errors` would; tells Streamlit to show nothing of its own."""
    if isinstance(error, ShelfLensError | Cancelled):
        show_problem(error)
    else:
        show_fault(error)
    return True


@contextmanager
def page_run(page: st.Page) -> Iterator[None]:
    """Show what goes wrong in a page, say in the journal which page it was, and tell how long it took."""
    name = page.url_path or "overview"
    st.session_state[_PAGE] = name
    with timed("page", page=name), about(page=name, actor=_visitor()), shown_errors():
        yield


def _visitor() -> str:
    from core.ui.guard import visitor_name  # here, because the guard shows errors too

    return visitor_name()
