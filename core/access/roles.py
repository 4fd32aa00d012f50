"""Which role somebody has who logged in: by the list of e-mail addresses, or by what their login says of them.

The rules come from the section ``[roles]`` of Streamlit's ``secrets.toml``, beside ``[auth]``::

    [roles]
    admin = ["ada@shop.example"]
    editor = ["ed@shop.example"]
    viewer = ["@shop.example"]         # everybody of a domain
    claim = "groups"                   # a claim of the login, one text or a list
    [roles.values]
    shelflens-editors = "editor"       # value of the claim -> role
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.access.actor import Actor, Role
from core.errors import SettingsError

_BY_WORD = {role.word: role for role in Role}
_KNOWN = {*_BY_WORD, "claim", "values"}
_LONGEST_NAME = 200


@dataclass(frozen=True)
class RoleRules:
    """Who has which role.

    Attributes:
        addresses: E-mail address in lower case, or ``@domain`` for everybody of it -> role.
        claim: Name of the claim that tells a role; empty when none does.
        values: Value of the claim -> role.
    """

    addresses: Mapping[str, Role] = field(default_factory=dict)
    claim: str = ""
    values: Mapping[str, Role] = field(default_factory=dict)

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        """Give the highest role that any rule gives; None when no rule knows them."""
        found = [self.values[value] for value in self._told(claims) if value in self.values]
        address = trusted_address(claims)
        if address is not None:
            keys = (address, f"@{address.rpartition('@')[2]}")
            found += [self.addresses[key] for key in keys if key in self.addresses]
        return max(found, default=None)

    def _told(self, claims: Mapping[str, Any]) -> list[str]:
        told = claims.get(self.claim) if self.claim else None
        values = told if isinstance(told, list) else [told]
        return [value for value in values if isinstance(value, str)]


def read_rules(section: Any) -> RoleRules:
    """Read the section ``[roles]``.

    Raises:
        SettingsError: It names an unknown key or role, or a value of the wrong type.
    """
    if not isinstance(section, Mapping):
        raise SettingsError(
            "[roles] in secrets.toml is no table: expected lists of addresses under admin, editor, viewer"
        )
    unknown = sorted(str(name) for name in set(section) - _KNOWN)
    if unknown:
        raise SettingsError(f"[roles] in secrets.toml has {unknown[0]!r}: expected {', '.join(sorted(_KNOWN))}")
    addresses: dict[str, Role] = {}
    for word, role in _BY_WORD.items():  # viewer first: an address in two lists keeps the higher role
        for address in _texts(section.get(word, []), where=f"[roles] {word}"):
            addresses[address.strip().lower()] = role
    claim = section.get("claim", "")
    values = section.get("values", {})
    if not isinstance(claim, str) or not isinstance(values, Mapping):
        raise SettingsError(
            "[roles] in secrets.toml: claim is the name of a claim, [roles.values] a table value = role"
        )
    return RoleRules(addresses, claim, {str(value): _role(word) for value, word in values.items()})


def actor_from_claims(claims: Mapping[str, Any], rules: RoleRules) -> Actor:
    """Make the actor out of what a login says; the name is one that nobody else can have.

    An address the provider has not verified names and admits nobody: whoever may type any address would be anybody.
    """
    address = trusted_address(claims)
    provider, subject = str(claims.get("provider", "login")), str(claims.get("sub", "unknown"))
    name = address or f"{provider}:{subject}"
    printable = "".join(letter if letter.isprintable() else "?" for letter in name)
    return Actor(printable[:_LONGEST_NAME], rules.role_of(claims))


def trusted_address(claims: Mapping[str, Any]) -> str | None:
    """Give the e-mail address of a login in lower case; None without one, or where it says it is not verified."""
    address = claims.get("email")
    if not isinstance(address, str) or "@" not in address or claims.get("email_verified", True) not in (True, "true"):
        return None
    return address.strip().lower()


def _texts(found: Any, *, where: str) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(each, str) and "@" in each for each in found):
        raise SettingsError(f"{where} in secrets.toml: expected a list of e-mail addresses or @domains")
    return list(found)


def _role(word: Any) -> Role:
    role = _BY_WORD.get(str(word).lower())
    if role is None:
        raise SettingsError(
            f"[roles.values] in secrets.toml: there is no role {word!r}; there are {', '.join(_BY_WORD)}"
        )
    return role
