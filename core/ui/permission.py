"""Leaving out what the visitor's role does not allow; ``core`` refuses it too, whatever a page shows."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from core.access.actor import Role, allowed

P = ParamSpec("P")


def may_edit() -> bool:
    """Tell whether the visitor may import, train and correct."""
    return allowed(Role.EDITOR)


def may_delete() -> bool:
    """Tell whether the visitor may delete and change settings."""
    return allowed(Role.ADMIN)


def drawn_for(role: Role, doing: str = "") -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Draw a part of a page only for a role; others get one sentence, or nothing.

    Args:
        role: The least role.
        doing: What is done there, as the first words of the sentence; empty says nothing.
    """

    def wrapping(draw: Callable[P, None]) -> Callable[P, None]:
        @wraps(draw)
        def drawn(*arguments: P.args, **named: P.kwargs) -> None:
            if allowed(role):
                draw(*arguments, **named)
            elif doing:
                st.caption(f"{doing} takes an {role.word}.")

        return drawn

    return wrapping
