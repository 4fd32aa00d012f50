"""Who looks at the page: the one user of this machine, or whoever logged in, with their role."""

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.access.actor import Actor, Role, acting, ask_for_actor, current_actor
from core.access.audit_file import record_if_possible
from core.access.roles import actor_from_claims
from core.ui.caches import home, opened_home
from core.ui.login_settings import LoginSettings, login_settings
from core.ui.navigation import current_page

BROWSER = Actor("browser", Role.ADMIN)
"""The visitor where no login is set up."""

NOBODY = Actor("nobody", None)
"""A visitor who has not logged in."""


def visitor() -> Actor | None:
    """Give the visitor of the session whose script runs, in callbacks and fragments too; None outside of sessions.

    Where a login is set up, whatever runs outside of a session may do nothing: it acts for nobody who was let in.
    """
    settings = login_settings()
    inside = get_script_run_ctx(suppress_warning=True) is not None
    if settings.off:
        return BROWSER if inside else None
    claims = st.user.to_dict() if inside else {}
    if settings.problem or not claims.get("is_logged_in"):
        return NOBODY
    return actor_from_claims(claims, settings.rules)


ask_for_actor(visitor)


def logged_in_name() -> str | None:
    """Give the name of whoever logged in; None where no login is set up."""
    return None if login_settings().off else current_actor().name


def for_later(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Let what a download makes later, outside of any session, be made as the visitor of now."""
    asking = current_actor()

    def made() -> bytes:
        with acting(asking):
            return make()

    return made


def admit_visitor() -> None:
    """Let only somebody with a role go on; everybody else sees how to log in, and nothing of the home."""
    settings = login_settings()
    if settings.off:
        return
    found = current_actor()
    if settings.problem is None and found.role is not None:
        _note_once(str(st.user.get("iat", "")), "login", f"Logged in with the role {found.role.word}", found.name)
        return
    current_page(menu=False)
    st.title("ShelfLens", anchor=False)
    if settings.problem:
        st.error(settings.problem, icon=":material/lock:")
    elif found == NOBODY:
        _offer_login(settings)
    else:
        _note_once(str(st.user.get("iat", "")), "refused", "Logged in, but has no role", found.name)
        _say_unknown(found)
    st.stop()


def draw_visitor() -> None:
    """Show who is logged in, what they may do, and the way out; nothing where no login is set up."""
    if login_settings().off:
        return
    found = current_actor()
    with st.container(key="visitor", gap="small"):
        st.text(found.name)
        st.caption(_may(found.role))
        if st.button("Log out", icon=":material/logout:", key="log_out", width="stretch"):
            record_if_possible(home(), "logout", "Logged out")
            st.logout()


def _offer_login(settings: LoginSettings) -> None:
    st.markdown("This ShelfLens is for people who log in.")
    for provider in settings.providers:
        words = f"Log in with {provider}" if provider else "Log in"
        if st.button(words, type="primary", icon=":material/login:", key=f"log_in_{provider}"):
            st.login(provider or None)


def _say_unknown(found: Actor) -> None:
    st.markdown("You are logged in, but nobody gave you a role here.")
    st.text(found.name)
    st.markdown("Ask whoever keeps this ShelfLens to add you, then load this page again.")
    if st.button("Log out", icon=":material/logout:", key="log_out"):
        st.logout()


def _may(role: Role | None) -> str:
    if role is Role.ADMIN:
        return "Admin: may do everything."
    if role is Role.EDITOR:
        return "Editor: may do all but delete, back up and change settings, which takes an admin."
    return "Viewer: may look and vote; importing, training and correcting takes an editor."


@st.cache_resource(show_spinner=False, max_entries=5000)
def _note_once(login: str, kind: str, summary: str, name: str) -> None:
    """Write a login into the audit log once, however many tabs it opens; `login` tells logins of one person apart."""
    record_if_possible(opened_home(), kind, summary, actor=name)
