import json
from dataclasses import dataclass

import pytest

from core.catalog.folder_source import FolderSource
from core.catalog.import_options import ImportOptions
from core.catalog.imports import import_source
from core.cli.main import main


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self):
        assert self.out.count("\n") == 1, self.out  # exactly one object, on one line
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.fixture
def call(home, capsys, monkeypatch):
    """Call the command line in this process; gives exit code, standard output and standard error."""
    monkeypatch.setenv("SHELFLENS_HOME", str(home.root))

    def run(*words):
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture
def colors(home, color_folder):
    """A catalog "colors" of 36 products: three categories of 12, split 8:1:1."""
    import_source(
        home, FolderSource(color_folder), catalog_name="colors", actor="ann", options=ImportOptions(split="8:1:1")
    )
    return "colors"
