"""A login that is set up by halves shows nothing; without one everything is as on one machine."""

import os

import pytest

from core.access.actor import Role
from core.ui.exposure import ALLOW
from core.ui.login_settings import FILES, settings_of
from core.ui.serve import main
from tests.access.secrets_file import write_secrets


def test_no_file_and_a_file_about_other_things_mean_no_login(tmp_path):
    assert settings_of([str(tmp_path / "none.toml")], named=False).off
    other = tmp_path / "secrets.toml"
    other.write_text('key = "value"')
    assert settings_of([str(other)], named=True).off


def test_a_whole_file_names_providers_and_roles(tmp_path):
    path = write_secrets(tmp_path)
    settings = settings_of([str(path)], named=True)
    assert (settings.problem, settings.providers, settings.off) == (None, ("",), False)
    assert settings.rules.role_of({"email": "ed@shop.example"}) is Role.EDITOR
    section = '[auth.okta]\nclient_id = "a"\nclient_secret = "b"\nserver_metadata_url = "https://okta.example"\n'
    path.write_text(path.read_text().replace('client_id = "shelflens"\n', "").replace("[roles]", f"{section}[roles]"))
    assert settings_of([str(path)], named=True).providers == ("okta",)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[auth]", "[auth", "cannot be read"),
        ("[auth]", "[author]", "has [roles] but no [auth]"),
        ("0123456789abcdef" * 4, "short", "cookie_secret needs 32"),
        ("/oauth2callback", "/back", "redirect_uri is the address of this server"),
        ("http://127.0.0.1:8501", "http://shop.example", "use https"),
        ('client_id = "shelflens"', "", "lacks client_id"),
        ("admin =", "boss =", "has 'boss'"),
    ],
)
def test_half_a_login_says_what_is_wrong_and_tells_no_secret(tmp_path, monkeypatch, old, new, problem):
    monkeypatch.delenv(ALLOW, raising=False)
    path = write_secrets(tmp_path)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    settings = settings_of([str(path)], named=False)
    assert problem in settings.problem
    assert "only for tests" not in settings.problem and not settings.off


def test_a_named_file_must_be_there(tmp_path):
    assert "not there" in settings_of([str(tmp_path / "gone.toml")], named=True).problem


def test_a_changed_file_counts_from_the_next_look(tmp_path):
    path = write_secrets(tmp_path)
    assert settings_of([str(path)], named=True).rules.role_of({"email": "ed@shop.example"}) is Role.EDITOR
    path.write_text(path.read_text().replace("ed@shop.example", "edith@shop.example"))
    assert settings_of([str(path)], named=True).rules.role_of({"email": "ed@shop.example"}) is None


def test_a_change_that_keeps_size_and_time_counts_too(tmp_path):
    path = write_secrets(tmp_path)
    os.utime(path, (1, 1))
    assert settings_of([str(path)], named=True).rules.role_of({"email": "ed@shop.example"}) is Role.EDITOR
    path.write_text(path.read_text().replace("ed@shop.example", "al@shop.example"))
    os.utime(path, (1, 1))  # as a copy does that keeps times
    assert settings_of([str(path)], named=True).rules.role_of({"email": "ed@shop.example"}) is None


def test_a_file_that_is_there_but_out_of_reach_is_no_missing_login(tmp_path):
    path = tmp_path / "secrets.toml"
    path.symlink_to(path)  # refused by the system, as a folder without rights is
    settings = settings_of([str(path)], named=False)
    assert not settings.off and "cannot be read" in settings.problem


def test_the_server_starts_in_the_open_with_a_whole_login_only(tmp_path, monkeypatch):
    monkeypatch.delenv(ALLOW, raising=False)
    monkeypatch.setattr("core.ui.serve._watch", lambda: None)
    monkeypatch.setattr("core.ui.serve.send_security_headers", lambda: None)
    monkeypatch.setattr("core.ui.serve.import_module", lambda name: None)
    monkeypatch.setattr("core.ui.serve.sys.argv", [])
    started = []
    monkeypatch.setattr("core.ui.serve.cli.main", lambda: started.append(True))
    path = write_secrets(tmp_path, server="https://shelflens.example")
    monkeypatch.setenv(FILES, str(path))
    main(["--server.address", "0.0.0.0"])
    assert started == [True]
    path.write_text(path.read_text().replace("https://shelflens.example", "http://shelflens.example"))
    with pytest.raises(SystemExit, match="use https"):
        main(["--server.address", "127.0.0.1"])
    assert started == [True]
