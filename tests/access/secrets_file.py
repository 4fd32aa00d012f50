"""A ``secrets.toml`` as a team has it."""

from pathlib import Path

ROLES = """
[roles]
admin = ["ada@shop.example"]
editor = ["ed@shop.example"]
viewer = ["vera@shop.example"]
"""


def write_secrets(
    folder: Path, *, server: str = "http://127.0.0.1:8501", provider: str = "http://localhost:9", roles: str = ROLES
) -> Path:
    """Write the file for a server and a provider at these addresses."""
    path = folder / "secrets.toml"
    path.write_text(
        f"""
[auth]
redirect_uri = "{server}/oauth2callback"
cookie_secret = "{"0123456789abcdef" * 4}"
client_id = "shelflens"
client_secret = "only for tests"
server_metadata_url = "{provider}/.well-known/openid-configuration"
{roles}"""
    )
    return path
