"""Who acts now, and whether their role allows what they ask."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum

from core.errors import AccessError


class Role(IntEnum):
    """What somebody may do; a higher role may do all that a lower one may."""

    VIEWER = 1
    """Looks and votes."""
    EDITOR = 2
    """Imports, trains and corrects too."""
    ADMIN = 3
    """Deletes, backs up, restores and changes settings too."""

    @property
    def word(self) -> str:
        """The role as pages and messages call it."""
        return self.name.lower()


@dataclass(frozen=True)
class Actor:
    """Somebody who acts.

    Attributes:
        name: As the log calls them: an e-mail address, the user of the command line, ``browser``.
        role: What they may do; None is somebody who was let in by nobody and may do nothing.
    """

    name: str
    role: Role | None


LOCAL = Actor("local", Role.ADMIN)
"""Whoever works on the machine itself, where no login is set up."""

_ACTING: ContextVar[Actor | None] = ContextVar("shelflens_actor", default=None)
_sources: list[Callable[[], Actor | None]] = []


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Do everything inside as somebody; a job's worker does its work as whoever asked for it."""
    token = _ACTING.set(actor)
    try:
        yield actor
    finally:
        _ACTING.reset(token)


def ask_for_actor(source: Callable[[], Actor | None]) -> None:
    """Let a process with visitors of its own say who acts where nobody was named by :func:`acting`.

    Args:
        source: Gives the visitor, or None where there is none. A source that is named again is asked once.
    """
    if source not in _sources:
        _sources.append(source)


def current_actor() -> Actor:
    """Give whoever acts: as :func:`acting` says, else as the process's own source says, else the local user."""
    named = _ACTING.get()
    if named is not None:
        return named
    for source in _sources:
        found = source()
        if found is not None:
            return found
    return LOCAL


def allowed(role: Role) -> bool:
    """Tell whether whoever acts has at least this role; controls that they cannot use are left out by it."""
    held = current_actor().role
    return held is not None and held >= role


def require(role: Role, what: str) -> Actor:
    """Refuse what the role of whoever acts does not allow.

    Args:
        role: The least role that may.
        what: What is asked, as after "to": ``import a catalog``.

    Returns:
        Whoever acts.

    Raises:
        AccessError: Their role is lower; the message says who may and how to get it.
    """
    actor = current_actor()
    if actor.role is None or actor.role < role:
        held = "nobody gave you a role" if actor.role is None else f"you are {_with_article(actor.role)}"
        raise AccessError(
            f"to {what} takes {_with_article(role)}, and {held} ({actor.name}): "
            "ask whoever keeps this ShelfLens to raise your role"
        )
    return actor


def _with_article(role: Role) -> str:
    return f"{'a' if role is Role.VIEWER else 'an'} {role.word}"
