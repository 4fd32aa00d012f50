"""What a sample holds: the list of its files, checked against the commit that pins it."""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any

import httpx

from core.catalog.web.answers import drain, read_body
from core.catalog.web.client import open_client
from core.catalog.web.fetch_errors import FetchError, fetch_error
from core.catalog.web.git_objects import TreeEntry, commit_holds_tree, tree_id
from core.catalog.web.samples import Sample
from core.errors import CatalogError

MOST_LISTING_BYTES = 32 * 2**20
MOST_FILES = 20_000
MOST_BYTES = 2 * 2**30
ATTEMPTS = 3

_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,200}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,200}){1,8}")
_PICTURE = re.compile(r".*\.(jpe?g|png|webp)", re.IGNORECASE)
_OBJECT_ID = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class SampleListing:
    """The pictures of a sample.

    Attributes:
        files: Each with the hash and the size it must have.
        is_proved: Whether the list follows from the pinned commit alone. Else it is what the host says of that
            commit, over a connection whose certificate was checked.
    """

    files: tuple[TreeEntry, ...]
    is_proved: bool

    @property
    def size_bytes(self) -> int:
        """Size of all pictures together."""
        return sum(entry.size_bytes for entry in self.files)


def read_listing(sample: Sample) -> SampleListing:
    """Ask what a sample holds, and check the answer as far as it can be checked.

    Raises:
        FetchError: The host cannot be asked.
        CatalogError: The answer does not fit the pinned commit.
    """
    commit, tree = asyncio.run(_documents(sample))
    try:
        if commit["sha"] != sample.commit or tree.get("truncated"):
            raise CatalogError(_misfit(sample, "it is of another commit, or not whole"))
        entries = [_entry(each) for each in tree["tree"] if each["type"] != "tree"]
        if tree_id(entries) != commit["tree"]["sha"]:
            raise CatalogError(_misfit(sample, "the list is not that of the commit"))
        is_proved = commit_holds_tree(commit, commit=sample.commit, tree=commit["tree"]["sha"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise CatalogError(_misfit(sample, "it is no list of files")) from error
    files = tuple(entry for entry in entries if _is_wanted(entry, sample))
    if not files or len(files) > MOST_FILES or sum(entry.size_bytes for entry in files) > MOST_BYTES:
        raise CatalogError(_misfit(sample, "it lists no pictures, or far too many"))
    return SampleListing(files, is_proved)


def _entry(told: dict[str, Any]) -> TreeEntry:
    """Read one row of the list.

    Raises:
        ValueError: It is not what a row is.
    """
    entry = TreeEntry(str(told["path"]), str(told["mode"]), str(told["sha"]), int(told.get("size") or 0))
    if not _OBJECT_ID.fullmatch(entry.object_id) or entry.size_bytes < 0:
        raise ValueError("no object of git")
    return entry


def _is_wanted(entry: TreeEntry, sample: Sample) -> bool:
    """Tell whether a row is a picture in one of the folders, with a name that can lead nowhere else."""
    inside = entry.path.split("/")[0] in sample.folders
    return inside and entry.mode == "100644" and bool(_PATH.fullmatch(entry.path) and _PICTURE.fullmatch(entry.path))


async def _documents(sample: Sample) -> tuple[Any, Any]:
    async with open_client(allowed_hosts=sample.allowed_hosts) as client:
        return await _document(client, sample.commit_url), await _document(client, sample.tree_url)


async def _document(client: httpx.AsyncClient, url: str) -> Any:
    """Read a JSON document, trying again where that may help."""
    for attempt in range(ATTEMPTS):
        await asyncio.sleep(attempt)
        try:
            async with client.stream("GET", url, headers={"Accept": "application/json"}) as response:
                if response.status_code != 200:
                    await drain(response)
                    reason = f"http_{response.status_code}"
                    raise FetchError(f"it answers with status {response.status_code}", reason=reason)
                return json.loads(await read_body(response, most_bytes=MOST_LISTING_BYTES))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, FetchError) as error:
            failed = fetch_error(error)
            if failed.reason.startswith("http_4") or failed.reason in ("private_address", "bad_url", "tls"):
                break
        except (ValueError, RecursionError) as error:
            raise FetchError("it answers with no JSON", reason="wrong_type") from error
    raise failed


def _misfit(sample: Sample, why: str) -> str:
    return (
        f"the list of the sample {sample.name!r} does not fit commit {sample.commit[:12]}: {why}; nothing was kept. "
        f"Try again later, or download {sample.archive_url} by hand and import that file"
    )
