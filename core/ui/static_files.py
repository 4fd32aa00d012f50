"""Streamlit's own scripts, styles and fonts from memory: a page asks for sixty of them before it shows anything.

Streamlit opens and reads each file anew in another thread for every request, which takes several milliseconds of a busy
server. The names of these files hold a hash of what is in them, so what was read once stays true.
"""

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from streamlit import file_util
from streamlit.web.server.starlette import starlette_app

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_FOLDERS = ("js", "css", "media")
_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
_KEPT_SECONDS = 365 * 24 * 3600  # as Streamlit's own answers say


class FilesFromMemory:
    """Answers plain requests for hashed files; whatever else is asked goes on unchanged.

    Args:
        app: What answers everything else.
        folder: Streamlit's folder of files, with ``static/js`` and the like in it.
    """

    def __init__(self, app: "ASGIApp", *, folder: Path) -> None:
        self._app = app
        found = (file for name in _FOLDERS for file in (folder / "static" / name).glob("*") if file.is_file())
        self._files = {f"/{file.relative_to(folder).as_posix()}": file for file in found}
        self._kept: dict[str, bytes] = {}  # at most the 26 MB of all files

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer one request."""
        plain = scope["type"] == "http" and scope["method"] == "GET"
        file = self._files.get(scope["path"]) if plain else None
        if file is None or any(name in (b"range", b"if-none-match") for name, _value in scope["headers"]):
            await self._app(scope, receive, send)
            return
        contents = self._kept.get(scope["path"])
        if contents is None:
            contents = self._kept[scope["path"]] = file.read_bytes()
        kind = _KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {
            b"content-type": kind.encode(),
            b"content-length": str(len(contents)).encode(),
            b"cache-control": f"public, immutable, max-age={_KEPT_SECONDS}".encode(),
        }
        await send({"type": "http.response.start", "status": 200, "headers": list(headers.items())})
        await send({"type": "http.response.body", "body": contents})


def keep_static_files() -> None:
    """Let the page server that starts in this process answer them from memory."""
    usual = starlette_app.create_streamlit_middleware
    if getattr(usual, "with_files", False):
        return

    def extended() -> list[Middleware]:
        return [Middleware(FilesFromMemory, folder=Path(file_util.get_static_dir())), *usual()]

    extended.with_files = True  # type: ignore[attr-defined]
    starlette_app.create_streamlit_middleware = extended  # type: ignore[assignment]
