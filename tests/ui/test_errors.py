"""Problems are told in words; faults get an id, and their stack goes to the log alone."""

import logging
import re

from streamlit.testing.v1 import AppTest


def _problem():
    from core.errors import CatalogError
    from core.ui.errors import shown_errors

    with shown_errors():
        raise CatalogError("there is no catalog '![x](http://evil.test)'; there are spring, autumn")


def _fault():
    from core.ui.errors import shown_errors

    with shown_errors():
        raise ZeroDivisionError("secret path /home/me")


def test_a_problem_shows_its_message_as_plain_text():
    app = AppTest.from_function(_problem, default_timeout=20).run()
    assert not app.exception
    assert [text.value for text in app.text] == [
        "there is no catalog '![x](http://evil.test)'; there are spring, autumn"
    ]
    assert "evil" not in "".join(element.value for element in app.markdown)


def test_a_fault_shows_an_id_and_logs_the_stack(caplog):
    with caplog.at_level(logging.ERROR, logger="shelflens.ui"):
        app = AppTest.from_function(_fault, default_timeout=20).run()
    shown = "\n".join(element.value for kind in (app.markdown, app.text) for element in kind)
    fault_id = re.search(r"SL-[0-9a-f]{8}", shown)[0]
    assert "secret path" not in shown and "ZeroDivisionError" not in shown
    assert fault_id in caplog.text
    assert "ZeroDivisionError: secret path /home/me" in caplog.text


def _uncaught():
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from core.ui.errors import show_uncaught

    get_script_run_ctx().on_script_error = show_uncaught

    @st.fragment
    def part():
        raise ZeroDivisionError("secret path /home/me")

    part()


def test_what_breaks_where_no_page_can_catch_it_shows_an_id_too():
    """Callbacks of widgets and fragments run past the page; Streamlit would show its own box."""
    app = AppTest.from_function(_uncaught, default_timeout=20).run()
    shown = "\n".join(element.value for kind in (app.markdown, app.text) for element in kind)
    assert not app.exception and re.search(r"SL-[0-9a-f]{8}", shown) and "secret path" not in shown


def test_the_server_hears_of_what_no_page_can_catch(monkeypatch):
    """Streamlit's own server has no setting for it; if a later version builds its runtime otherwise, this says so."""
    from streamlit.web.server import server

    from core.ui.errors import catch_uncaught, show_uncaught

    monkeypatch.setattr(server, "RuntimeConfig", lambda **given: given)
    catch_uncaught()
    monkeypatch.setattr(server, "Runtime", lambda config: config)
    config = server.Server("streamlit_app.py", is_hello=False)._runtime
    assert config["on_script_error"] is show_uncaught
