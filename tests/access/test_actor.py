import threading

import pytest

from core.access.actor import LOCAL, Actor, Role, acting, allowed, current_actor, require
from core.errors import AccessError


def test_nobody_named_is_the_local_admin():
    assert current_actor() is LOCAL
    assert require(Role.ADMIN, "delete a catalog") is LOCAL


def test_roles_are_ordered_and_a_refusal_says_who_may():
    with acting(Actor("vera@shop.example", Role.VIEWER)):
        assert allowed(Role.VIEWER) and not allowed(Role.EDITOR)
        with pytest.raises(AccessError) as refused:
            require(Role.EDITOR, "import a catalog")
    assert str(refused.value) == (
        "to import a catalog takes an editor, and you are a viewer (vera@shop.example): "
        "ask whoever keeps this ShelfLens to raise your role"
    )
    assert current_actor() is LOCAL


def test_without_a_role_not_even_looking_is_allowed():
    with acting(Actor("stranger@else.example", None)), pytest.raises(AccessError, match="nobody gave you a role"):
        require(Role.VIEWER, "look")


def test_another_thread_does_not_act_as_this_one():
    # Streamlit gives every visitor a thread: one visitor's role must not become another's.
    seen = []
    with acting(Actor("vera@shop.example", Role.VIEWER)):
        thread = threading.Thread(target=lambda: seen.append(current_actor()))
        thread.start()
        thread.join()
    assert seen == [LOCAL]
