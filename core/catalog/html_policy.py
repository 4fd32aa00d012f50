"""The content policy of HTML files that people pass on: nothing foreign runs in them, and they ask nobody."""

import base64
import hashlib

_SHUT = ("default-src 'none'", "img-src data:", "style-src 'unsafe-inline'", "base-uri 'none'", "form-action 'none'")


def content_policy(*, script: str | None = None) -> str:
    """Give the policy for the ``Content-Security-Policy`` of a file.

    No connection, form or frame is allowed, pictures lie within, and styles could only change how it looks. Handlers in
    attributes never run.

    Args:
        script: The text of its one script as it stands in the file, which may run by its hash; None for none.
    """
    if script is None:
        return "; ".join(_SHUT)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return "; ".join((*_SHUT, f"script-src 'sha256-{digest}'"))
