"""Whether a login is set up, and how: the sections ``[auth]`` and ``[roles]`` of Streamlit's ``secrets.toml``.

Streamlit takes a file it cannot read for none, and a server behind a proxy would then be open to everybody. So the
files are read here too: whatever is set up by halves shows nothing.
"""

import os
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streamlit import config
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.access.roles import RoleRules, read_rules
from core.errors import SettingsError
from core.ui.exposure import ALLOW, is_loopback

FILES = "STREAMLIT_SECRETS_FILES"
"""Streamlit's environment variable that names the files, as systemd units and containers do."""

_CALLBACK = "/oauth2callback"
_PROVIDER_KEYS = ("client_id", "client_secret", "server_metadata_url")
_SHORTEST_SECRET = 32
_BELIEVED_SECONDS = 1.0
_KEPT = "shelflens_login_settings"


@dataclass(frozen=True)
class LoginSettings:
    """How visitors log in.

    Attributes:
        providers: Names of the providers, ``""`` for the one that stands in ``[auth]`` itself; none without a login.
        rules: Who has which role.
        problem: Why nobody may see anything; None where all is well.
    """

    providers: tuple[str, ...] = ()
    rules: RoleRules = field(default_factory=RoleRules)
    problem: str | None = None

    @property
    def off(self) -> bool:
        """Whether no login is set up: one person on one machine."""
        return not self.providers and self.problem is None


def login_settings() -> LoginSettings:
    """Read how visitors log in; every run asks many times and believes what it read for a second."""
    run = get_script_run_ctx(suppress_warning=True)
    until, settings = getattr(run, _KEPT, (0.0, None))
    if settings is None or time.monotonic() > until:
        settings = settings_of(config.get_option("secrets.files"), named=config.is_manually_set("secrets.files"))
        if run is not None:
            setattr(run, _KEPT, (time.monotonic() + _BELIEVED_SECONDS, settings))
    return settings


def asked_settings() -> LoginSettings:
    """Read it before Streamlit has started, which is when it first looks at its environment."""
    named = os.environ.get(FILES, "").split()
    beside = Path(__file__).resolve().parents[2] / ".streamlit" / "secrets.toml"
    return settings_of(named or [*config.get_option("secrets.files"), str(beside)], named=bool(named))


def settings_of(files: list[str], *, named: bool) -> LoginSettings:
    """Read the settings out of files; the sections of later files take the place of those of earlier ones.

    Args:
        files: Paths, some of which need not be there.
        named: Whether somebody named them, so that all must be there.
    """
    stamps = tuple((file, _stamp(file)) for file in dict.fromkeys(files))
    missing = [file for file, stamp in stamps if stamp is None]
    if named and missing:
        return LoginSettings(problem=f"the secrets {missing[0]} are named but not there, or not to be read")
    return _read(tuple(each for each in stamps if each[1] is not None))


def _stamp(file: str) -> tuple[int, int] | None:
    try:
        status = os.stat(file)  # noqa: PTH116 - asked in every rerun
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:  # it is there for all we know, and reading it says what is wrong
        return 0, 0
    # Not the time of the content, which a copy keeps: a file put in its place, or one that may now be read, is new.
    return status.st_ctime_ns, status.st_size


@lru_cache(maxsize=8)
def _read(stamps: tuple[tuple[str, Any], ...]) -> LoginSettings:
    found: dict[str, Any] = {}
    for file, _stamp_of_it in stamps:
        try:
            found |= tomllib.loads(Path(file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:  # of the content nothing is told: it is secret
            return LoginSettings(problem=f"the secrets {file} cannot be read ({type(error).__name__}): mend the file")
    if "auth" not in found:
        if "roles" not in found:
            return LoginSettings()
        return LoginSettings(problem="secrets.toml has [roles] but no [auth]: without a login nobody has a role")
    try:
        rules = read_rules(found.get("roles", {}))
        return LoginSettings(_providers(found["auth"]), rules)
    except SettingsError as error:
        return LoginSettings(problem=str(error))


def _providers(auth: Any) -> tuple[str, ...]:
    """Check ``[auth]`` and give the names of its providers."""
    if not isinstance(auth, Mapping):
        raise SettingsError("[auth] in secrets.toml is no table")
    if find_spec("authlib") is None:
        raise SettingsError("a login needs the package Authlib: install requirements.txt")
    if len(str(auth.get("cookie_secret", ""))) < _SHORTEST_SECRET:
        raise SettingsError(
            f"[auth] in secrets.toml: cookie_secret needs {_SHORTEST_SECRET} random characters or more; "
            "whoever guesses it can be anybody"
        )
    _check_address(str(auth.get("redirect_uri", "")))
    sections = {name: each for name, each in auth.items() if isinstance(each, Mapping) and name != "client_kwargs"}
    if "client_id" in auth or not sections:
        sections = {"": auth, **sections}
    for name, section in sections.items():
        where = f"[auth.{name}]" if name else "[auth]"
        missing = [key for key in _PROVIDER_KEYS if not section.get(key)]
        if missing:
            raise SettingsError(f"{where} in secrets.toml lacks {', '.join(missing)}")
    return tuple(sections)


def _check_address(address: str) -> None:
    """Check where the provider sends visitors back to; without TLS their cookies could be read on the way."""
    parts = urlsplit(address)
    if not address.endswith(_CALLBACK) or not parts.hostname or parts.scheme not in ("http", "https"):
        raise SettingsError(
            f"[auth] in secrets.toml: redirect_uri is the address of this server and {_CALLBACK}, "
            f"such as https://shelflens.example{_CALLBACK}"
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname) and os.environ.get(ALLOW) != "1":
        raise SettingsError(
            f"[auth] in secrets.toml: redirect_uri is http, so a login could be read on its way; use https, "
            f"or set {ALLOW}=1 if that is what you want"
        )
