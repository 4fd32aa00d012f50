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
    app = AppTest.from_function(_problem).run()
    assert not app.exception
    assert [text.value for text in app.text] == [
        "there is no catalog '![x](http://evil.test)'; there are spring, autumn"
    ]
    assert "evil" not in "".join(element.value for element in app.markdown)


def test_a_fault_shows_an_id_and_logs_the_stack(caplog):
    with caplog.at_level(logging.ERROR, logger="shelflens.ui"):
        app = AppTest.from_function(_fault).run()
    shown = "\n".join(element.value for kind in (app.markdown, app.text) for element in kind)
    fault_id = re.search(r"SL-[0-9a-f]{8}", shown)[0]
    assert "secret path" not in shown and "ZeroDivisionError" not in shown
    assert fault_id in caplog.text
    assert "ZeroDivisionError: secret path /home/me" in caplog.text
