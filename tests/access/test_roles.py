import pytest

from core.access.actor import Role
from core.access.roles import actor_from_claims, read_rules
from core.errors import SettingsError

RULES = read_rules(
    {
        "admin": ["Ada@Shop.example"],
        "editor": ["ed@shop.example", "ada@shop.example"],
        "viewer": ["@shop.example"],
        "claim": "groups",
        "values": {"lens-admins": "admin", "lens-editors": "Editor"},
    }
)


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"email": "ada@shop.example"}, Role.ADMIN),  # in two lists: the higher role
        ({"email": "ED@shop.example", "email_verified": True}, Role.EDITOR),
        ({"email": "vera@shop.example"}, Role.VIEWER),  # by the domain
        ({"email": "vera@evil.shop.example"}, None),  # another domain
        ({"email": "ada@shop.example", "email_verified": False}, None),  # anybody can type an address
        ({"email": "ada@shop.example", "email_verified": "false"}, None),
        ({"email": "x@else.example", "groups": ["staff", "lens-editors"]}, Role.EDITOR),
        ({"sub": "7", "groups": "lens-admins"}, Role.ADMIN),
        ({"sub": "7", "groups": {"lens-admins": True}}, None),
        ({"sub": "7", "email": ["ada@shop.example"]}, None),
        ({}, None),
    ],
)
def test_roles_by_address_and_by_claim(claims, role):
    assert RULES.role_of(claims) is role


def test_names_are_ones_nobody_else_can_have():
    assert actor_from_claims({"email": "Ada@shop.example"}, RULES).name == "ada@shop.example"
    unverified = {"email": "ada@shop.example", "email_verified": False, "provider": "okta", "sub": "u\n1"}
    assert actor_from_claims(unverified, RULES).name == "okta:u?1"


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"owner": ["a@b.example"]}, "has 'owner': expected admin, claim, editor, values, viewer"),
        ({"admin": "ada@shop.example"}, "expected a list of e-mail addresses"),
        ({"admin": ["ada"]}, "expected a list of e-mail addresses"),
        ({"claim": "groups", "values": {"all": "root"}}, "there is no role 'root'; there are viewer, editor, admin"),
        (["admin"], "is no table"),
    ],
)
def test_a_wrong_section_says_what_is_expected(section, message):
    with pytest.raises(SettingsError, match=r"secrets\.toml") as error:
        read_rules(section)
    assert message in str(error.value)
