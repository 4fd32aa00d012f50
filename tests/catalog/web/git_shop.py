"""A git repository with pictures, made with git itself, and a server that tells of it as a public host does."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalog.web.samples import Sample
from tests.catalog.web.conftest import jpeg
from tests.catalog.web.fault_server import FaultServer

PEOPLE = {
    "GIT_AUTHOR_NAME": "Ann Ä. Author",
    "GIT_AUTHOR_EMAIL": "ann@shop.example",
    "GIT_AUTHOR_DATE": "2020-09-28T18:00:00+0530",
    "GIT_COMMITTER_NAME": "Carl",
    "GIT_COMMITTER_EMAIL": "carl@shop.example",
    "GIT_COMMITTER_DATE": "2020-09-28T21:00:00-0330",
}


def git(folder: Path, *words: str, data: bytes | None = None) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **PEOPLE}
    done = subprocess.run(["git", *words], cwd=folder, env=environment, input=data, capture_output=True, check=True)
    return done.stdout.decode()


@dataclass
class GitShop:
    """A repository: its folder, its commit, and what a public host would tell of it."""

    folder: Path
    commit: str
    told_commit: dict[str, Any]
    told_tree: dict[str, Any]

    @property
    def files(self) -> dict[str, bytes]:
        rows = [each["path"] for each in self.told_tree["tree"] if each["type"] == "blob"]
        return {path: (self.folder / path).read_bytes() for path in rows}

    def sample(self, server: FaultServer) -> Sample:
        """Serve it, and give the sample that is to be fetched from there."""
        server.files |= {f"/raw/{path}": data for path, data in self.files.items()}
        self.tell(server)
        return Sample(
            name="small",
            title="nine pictures",
            license="CC0 1.0",
            homepage="http://shop.example",
            pictures=9,
            about_bytes=10_000,
            commit=self.commit,
            commit_url=server.url("/commit"),
            tree_url=server.url("/tree"),
            file_url=server.url("/raw/{path}"),
            folders=("train", "test"),
            archive_url="http://shop.example/all.zip",
            allowed_hosts=("127.0.0.1",),
        )

    def tell(self, server: FaultServer) -> None:
        """Serve what is told now."""
        server.files["/commit"] = json.dumps(self.told_commit).encode()
        server.files["/tree"] = json.dumps(self.told_tree).encode()


def make_git_shop(folder: Path) -> GitShop:
    """Make a repository of two commits; pictures in train and test, and other files beside them."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "README.md").write_text("Pictures\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Begin")
    for number in range(9):
        # "a-b" and "a.b" sort around "a/": git orders folders as if their names ended with "/".
        category = ("a", "a-b", "a.b")[number % 3]
        path = folder / ("test" if number > 5 else "train") / category / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(number))
    (folder / "train" / "notes.txt").write_text("no picture")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Add pictures\n\nNine of them.")
    return told_by_git(folder)


def told_by_git(folder: Path) -> GitShop:
    """Ask git what a public host would tell of the last commit."""
    commit = git(folder, "rev-parse", "HEAD").strip()
    tree = git(folder, "rev-parse", "HEAD^{tree}").strip()
    rows = []
    for line in git(folder, "ls-tree", "-r", "-t", "-l", "HEAD").splitlines():
        (mode, kind, named, size), path = line.partition("\t")[0].split(), line.partition("\t")[2]
        rows.append(
            {"path": path, "mode": mode, "type": kind, "sha": named} | ({"size": int(size)} if size != "-" else {})
        )
    author = {"name": "Ann Ä. Author", "email": "ann@shop.example", "date": "2020-09-28T12:30:00Z"}
    committer = {"name": "Carl", "email": "carl@shop.example", "date": "2020-09-29T00:30:00Z"}
    parents = [{"sha": named} for named in git(folder, "rev-parse", "HEAD^@").split()]
    told = {"sha": commit, "tree": {"sha": tree}, "parents": parents, "author": author, "committer": committer}
    told |= {"message": git(folder, "log", "-1", "--format=%B").strip(), "verification": {"verified": False}}
    return GitShop(folder, commit, told, {"sha": commit, "tree": rows, "truncated": False})
