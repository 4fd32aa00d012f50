"""The server answers this machine only, unless somebody said plainly that others may."""

import pytest

from core.ui.exposure import ALLOW, asked_address, exposure_problem, is_loopback
from core.ui.serve import main


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.9", "::1", "[::1]", "localhost", "LocalHost"])
def test_addresses_of_this_machine(address):
    assert is_loopback(address) and exposure_problem(address) is None


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "192.168.1.5", "example.org", "127.0.0.1.example.org"])
def test_addresses_others_reach_need_a_plain_word(address, monkeypatch):
    monkeypatch.delenv(ALLOW, raising=False)
    assert not is_loopback(address)
    assert "without a login" in exposure_problem(address)
    monkeypatch.setenv(ALLOW, "1")
    assert exposure_problem(address) is None


def test_options_win_over_environment_and_file(monkeypatch):
    monkeypatch.delenv("STREAMLIT_SERVER_ADDRESS", raising=False)
    assert asked_address([], "127.0.0.1") == "127.0.0.1"
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "10.0.0.1")
    assert asked_address(["--server.port", "80"], "127.0.0.1") == "10.0.0.1"
    assert asked_address(["--server.address", "0.0.0.0"], "127.0.0.1") == "0.0.0.0"
    assert asked_address(["--server.address=0.0.0.0", "--server.address=::1"], "127.0.0.1") == "::1"


def test_the_server_does_not_start_in_the_open(monkeypatch):
    monkeypatch.delenv(ALLOW, raising=False)
    monkeypatch.setattr("core.ui.serve.cli.main", lambda: pytest.fail("it started"))
    with pytest.raises(SystemExit, match="without a login"):
        main(["--server.address", "0.0.0.0"])
