"""The names git gives to files, folders and commits: hashes of what they hold, so that one name pins everything.

A commit's name is the hash of a text that names its tree; a tree's name that of a table that names its files; a file's
name that of its bytes. Format: git's own documentation, "Git Internals - Git Objects". SHA-1 is what git uses; nobody
can make a file for a name that is given, which is what counts here.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_QUARTERS_EAST = range(-12 * 4, 14 * 4 + 1)  # time zones in steps of 15 minutes


@dataclass(frozen=True)
class TreeEntry:
    """A file, or what else has a name of its own, in a tree.

    Attributes:
        path: With "/" between folders.
        mode: As git writes it: "100644" for a file.
        object_id: 40 hex digits.
        size_bytes: Of a file; 0 of anything else.
    """

    path: str
    mode: str
    object_id: str
    size_bytes: int = 0


def object_id(kind: str, data: bytes) -> str:
    """Name an object: "blob" for the bytes of a file, "tree", "commit"."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data, usedforsecurity=False).hexdigest()


def tree_id(entries: Iterable[TreeEntry]) -> str:
    """Name the tree that holds these files and nothing else; folders are made up from the paths.

    Raises:
        ValueError: An object's name is no hex number.
    """
    here: dict[str, tuple[str, str]] = {}
    below: dict[str, list[TreeEntry]] = {}
    for entry in entries:
        first, slash, rest = entry.path.partition("/")
        if slash:
            below.setdefault(first, []).append(TreeEntry(rest, entry.mode, entry.object_id))
        else:
            here[first] = (entry.mode, entry.object_id)
    here |= {name: ("40000", tree_id(inside)) for name, inside in below.items()}
    ordered = sorted(here.items(), key=lambda item: (item[0] + "/" * (item[1][0] == "40000")).encode())
    rows = [f"{mode} {name}\0".encode() + bytes.fromhex(named) for name, (mode, named) in ordered]
    return object_id("tree", b"".join(rows))


def commit_holds_tree(told: Mapping[str, Any], *, commit: str, tree: str) -> bool:
    """Prove that a commit holds a tree, by making the commit's text again from what a host tells of it.

    Args:
        told: The answer of ``GET /repos/{owner}/{repo}/git/commits/{commit}``.
        commit: Name of the commit, which is known for sure.
        tree: Name of the tree.

    Returns:
        True when the text names that tree and its hash is the commit's name. False proves nothing: the answer leaves
        out some things a commit's text may hold, such as its encoding.
    """
    try:
        texts = [*_signed_texts(told, tree), *_plain_texts(told, tree)]
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    return any(object_id("commit", text.encode("utf-8", "replace")) == commit for text in texts)


def _signed_texts(told: Mapping[str, Any], tree: str) -> Iterator[str]:
    """Yield the text of a signed commit: what was signed, with the signature put back into its head."""
    proof = told.get("verification") or {}
    payload, signature = proof.get("payload"), proof.get("signature")
    if not payload or not signature or not payload.startswith(f"tree {tree}\n"):
        return
    head, gap, message = payload.partition("\n\n")
    for lines in (signature.rstrip("\n"), signature):
        yield f"{head}\ngpgsig {lines.replace(chr(10), chr(10) + ' ')}{gap}{message}"


def _plain_texts(told: Mapping[str, Any], tree: str) -> Iterator[str]:
    """Yield the texts an unsigned commit may have: the answer does not tell the time zones, and trims the message."""
    head = "".join([f"tree {tree}\n", *(f"parent {parent['sha']}\n" for parent in told["parents"])])
    author, committer = told["author"], told["committer"]
    for message in (told["message"], told["message"] + "\n"):
        for east in _QUARTERS_EAST:
            for west in [east] if author == committer else _QUARTERS_EAST:
                yield (f"{head}author {_person(author, east)}\ncommitter {_person(committer, west)}\n\n{message}")


def _person(told: Mapping[str, str], quarters_east: int) -> str:
    seconds = int(datetime.fromisoformat(told["date"].replace("Z", "+00:00")).timestamp())
    hours, quarters = divmod(abs(quarters_east), 4)
    zone = f"{'-' if quarters_east < 0 else '+'}{hours:02}{quarters * 15:02}"
    return f"{told['name']} <{told['email']}> {seconds} {zone}"
