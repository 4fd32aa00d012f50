"""A run as one zip file: taken along, and brought in from elsewhere without trusting any of it."""

import hashlib
import json
import re
import shutil
import zipfile
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.access.actor import Actor, Role, acting
from core.catalog.archive_limits import MIB, UnpackBudget, UnpackLimits
from core.catalog.archive_zip import BROKEN, ZipReader
from core.catalog.catalogs import Catalog, find_catalog
from core.errors import BackboneError, CatalogError, RunError, ShelfLensError
from core.evaluation.model_card import CARD, CARD_JSON, write_model_card
from core.files import read_json, whole_folder, write_json_whole
from core.home import Home
from core.models.network_check import check_network
from core.models.recipes import recipe_of_run
from core.models.run_files import HEAD, HISTORY, MANIFEST, PROBABILITIES, ROWS
from core.models.run_writer import new_run_id
from core.models.runs import check_run_name, open_run, register_run
from core.models.targets import parse_target
from core.vision.backbones import NETWORK, NETWORK_NOTE, NETWORK_WEIGHTS, find_backbone

HASHES = "hashes.json"
NETWORK_FILES = tuple(f"{NETWORK}/{name}" for name in ("model.xml", NETWORK_WEIGHTS, NETWORK_NOTE))
FILES = (MANIFEST, ROWS, PROBABILITIES, HISTORY, HEAD, CARD, CARD_JSON, "label_sets.npy", *NETWORK_FILES)
"""What a run's archive may hold; Keras' own copy of a network stays behind, because reading it may run code."""

LIMITS = UnpackLimits(members=64, member_bytes=4096 * MIB, total_bytes=8192 * MIB, ratio=400, refused=64)
_NEEDED = (MANIFEST, ROWS, PROBABILITIES, HISTORY, HEAD, HASHES)
_CHUNK_BYTES = MIB
_RUN_ID = re.compile(r"[a-z0-9-]{1,50}-\d{8}-\d{6}-[0-9a-f]{4}")
_PICTURE_HASH = r"[0-9a-f]{64}"
_NUMBERS = ("catalog_version", "feature_dimensions", "side_px", "seconds")


def export_run(home: Home, run_id: str, path: Path) -> dict[str, Any]:
    """Write a run as a zip file: card, manifest, head, network, predictions, and the sha256 of each.

    Args:
        home: The home.
        run_id: The run.
        path: A new file that ends in ``.zip``; it appears whole.

    Raises:
        RunError: There is no such run, its files are gone, or the file exists or cannot be written.
    """
    if path.suffix.lower() != ".zip" or path.exists():
        raise RunError(f"{path} exists already or does not end in .zip: name a new file")
    write_model_card(home, run_id)
    folder = open_run(home, run_id).folder
    there = [name for name in FILES if (folder / name).is_file()]
    made = path.with_name(f".{path.name[:60]}.tmp")
    try:
        hashes = {name: _sha256(folder / name) for name in there}
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in there:
                archive.write(folder / name, name)
            archive.writestr(HASHES, json.dumps(hashes, indent=1))
        made.replace(path)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise RunError(f"{path} cannot be written: {error.strerror or error}") from error
    return {"run": run_id, "file": str(path), "files": there, "bytes": path.stat().st_size}


def import_run(home: Home, path: Path, *, catalog: str | None = None, actor: str) -> dict[str, Any]:
    """Bring in a run that :func:`export_run` wrote, on whatever machine.

    Only files of known names are unpacked, within limits; their hashes must agree; nothing is unpickled; its network is
    tried in a process of its own. A run whose id is taken here gets a new one.

    Args:
        home: The home.
        path: The zip file, from anywhere.
        catalog: The catalog it belongs to here; None takes the one of the name it had.
        actor: Who brings it in.

    Raises:
        RunError: It is no run, damaged, or holds more than a run has.
        CatalogError: There is no such catalog.
    """
    work = home.cache / f"run-{new_run_id('import')}"
    with whole_folder(work) as folder:
        _unpack(path, folder)
        _check_hashes(folder, path)
        manifest = _manifest(folder, path)
        owner = _owner(home, manifest, catalog)
        manifest |= {"catalog": owner.name, "catalog_id": owner.catalog_id}
        old = str(manifest["run"])
        manifest["run"] = old if _is_free(home, old) else new_run_id(str(manifest["recipe"]))
        note = f"brought in from elsewhere on {datetime.now(UTC):%Y-%m-%d}: its figures are those of whoever trained it"
        manifest["warnings"] = [*manifest["warnings"], note]
        write_json_whole(folder / MANIFEST, manifest)
        (folder / HASHES).unlink()
        _check_network(home, folder, manifest)
    try:
        home.runs.mkdir(parents=True, exist_ok=True)
        work.rename(home.runs / str(manifest["run"]))
        register_run(home, manifest, actor=actor)
        _check_readable(home, str(manifest["run"]))
        write_model_card(home, str(manifest["run"]))
    except (ShelfLensError, OSError) as error:
        _forget(home, str(manifest["run"]), work, actor)
        raise RunError(f"{path.name} is not brought in: {error}") from error
    return {"run": manifest["run"], "was": old, "catalog": owner.name, "recipe": manifest["recipe"]}


class _RunBudget(UnpackBudget):
    """The limits of archives, told in words of runs."""

    def bomb(self, why: str) -> CatalogError:
        return CatalogError(f"it was not opened: {why}, more than any run needs")


def _unpack(path: Path, folder: Path) -> None:
    try:
        budget = _RunBudget(path.name, path.stat().st_size, folder, LIMITS)
        reader = ZipReader(path, budget)
        with closing(reader.members()) as members:
            for member in members:
                if member.name not in (*FILES, HASHES) or member.reason:
                    raise RunError(f"{path.name} holds {member.name[:80]!r}, which is no part of a run")
                target = folder / member.name
                target.parent.mkdir(exist_ok=True)
                with reader.open(member) as packed, target.open("xb") as file:
                    while data := packed.read(_CHUNK_BYTES):
                        budget.spend(len(data))
                        file.write(data)
    except CatalogError as error:
        raise RunError(f"{path.name}: {error}") from error
    except (*BROKEN, zlib.error, OSError) as error:
        raise RunError(f"{path.name} is damaged or no run ({str(error)[:120]}): export it again") from error


def _check_hashes(folder: Path, path: Path) -> None:
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise RunError(f"{path.name} is no run: it holds no {', '.join(missing)}")
    try:
        hashes = dict(read_json(folder / HASHES))
    except (ValueError, TypeError) as error:
        raise RunError(f"{path.name} is damaged: its {HASHES} is no list of files") from error
    for name in FILES:
        if (folder / name).is_file() and hashes.get(name) != _sha256(folder / name):
            raise RunError(f"{path.name} is damaged: its {name} is not the file that was packed; export it again")


def _manifest(folder: Path, path: Path) -> dict[str, Any]:
    """Read the manifest and check what later readers take for granted."""
    try:
        manifest = dict(read_json(folder / MANIFEST))
        if not _RUN_ID.fullmatch(str(manifest["run"])):
            raise ValueError(f"its id is {str(manifest['run'])[:60]!r}")
        if any(isinstance(manifest[name], bool) or not isinstance(manifest[name], int | float) for name in _NUMBERS):
            raise ValueError(f"one of {', '.join(_NUMBERS)} is no number")
        recipe_of_run(str(manifest["recipe"]))
        parse_target(str(manifest["target"]))
        manifest["name"] = check_run_name(str(manifest["name"]))
        datetime.fromisoformat(str(manifest["created"]))
        for name, kind in (("metrics", dict), ("warnings", list), ("classes", list), ("backbone", str)):
            if not isinstance(manifest[name], kind):
                raise ValueError(f"its {name} are no {kind.__name__}")
    except (ValueError, KeyError, TypeError, ShelfLensError) as error:
        raise RunError(f"{path.name} is no run this version can read: {str(error)[:200]}") from error
    return manifest


def _owner(home: Home, manifest: dict[str, Any], name: str | None) -> Catalog:
    try:
        return find_catalog(home, name or str(manifest["catalog"])[:200])
    except CatalogError as error:
        raise CatalogError(f"{error}; name the catalog the run belongs to with --catalog NAME") from error


def _is_free(home: Home, run_id: str) -> bool:
    """Tell whether no run has this id; deleted runs keep theirs."""
    if (home.runs / run_id).exists():
        return False
    try:
        open_run(home, run_id)
    except RunError as error:
        return "there is no run" in str(error)
    return False


def _check_network(home: Home, folder: Path, manifest: dict[str, Any]) -> None:
    """Try the run's own network, or see that the backbone it needs has the same weights here."""
    dimensions = int(manifest["feature_dimensions"])
    if (folder / NETWORK).is_dir():
        if not all((folder / name).is_file() for name in NETWORK_FILES):
            raise RunError("the run has lost part of its network: export it again")
        if _sha256(folder / NETWORK / NETWORK_WEIGHTS) != manifest.get("weights_hash"):
            raise RunError("the run's network has other weights than the run says: export it again")
        check_network(folder / NETWORK / "model.xml", side_px=int(manifest["side_px"]), dimensions=dimensions)
        return
    try:
        find_backbone(str(manifest["backbone"]), home=home)
    except BackboneError as error:
        raise RunError(f"the run needs a backbone that is not here: {error}") from error


def _check_readable(home: Home, run_id: str) -> None:
    """Open everything once with the checks that every reader has."""
    files = open_run(home, run_id)
    rows = files.products
    if len(files.probabilities) != len(rows) or not rows["picture_hash"].astype(str).str.fullmatch(_PICTURE_HASH).all():
        raise RunError("its pictures are not those of its predictions, or named by something else than a hash")
    _ = files.history, files.head


def _forget(home: Home, run_id: str, work: Path, actor: str) -> None:
    """Take back what was brought in halfway."""
    from core.models.runs import delete_run

    for folder in (work, home.runs / run_id):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        with acting(Actor(actor, Role.ADMIN)):  # whoever may bring a run in may take back what came of it
            delete_run(home, run_id, actor=actor)
    except RunError:  # it was not entered yet
        return


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
