"""Auditing a catalog, and keeping what was found until the catalog changes."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow import ArrowException

from core.catalog.catalogs import Catalog
from core.catalog.products import product_table
from core.errors import CatalogError
from core.files import read_json, whole_folder, write_json_whole
from core.home import Home
from core.progress import Progress
from core.progress_parts import in_parts
from core.review.audited_products import AuditedProducts, read_audited
from core.review.duplicate_audit import audit_duplicates
from core.review.findings import DUPLICATES, LABELS, PICTURES, PRICES, Audit, Finding, check_kinds
from core.review.label_audit import audit_labels
from core.review.picture_audit import audit_pictures
from core.review.price_audit import audit_prices
from core.vision.backbones import DEFAULT_BACKBONE
from core.vision.embed import embed_catalog

_SHARES = {LABELS: 4.0, DUPLICATES: 2.0, PRICES: 1.0, PICTURES: 2.0}
_COLUMNS = ("product_id", "score", "current", "suggested", "reason")
_MADE_BY = 1
"""Raised when audits come to judge otherwise, so that older findings are not reused."""


@dataclass(frozen=True)
class KeptAudit:
    """An audit as it was kept.

    Attributes:
        audit: What was found.
        catalog_version: The state of the catalog that was judged.
    """

    audit: Audit
    catalog_version: int


def audit_catalog(
    home: Home, catalog: Catalog, *, kinds: Sequence[str] = (), actor: str, progress: Progress
) -> dict[str, int]:
    """Audit a catalog and keep what is found; kinds that were judged in this state already are not judged again.

    Args:
        home: The home.
        catalog: The catalog; pictures without features are embedded first.
        kinds: Of :data:`core.review.findings.KINDS`; empty takes all.
        actor: Who asked.
        progress: Told how far it is; may cancel. Kinds that are finished are kept.

    Returns:
        Scored products by kind.

    Raises:
        SettingsError: There is no such kind.
        CatalogError: The catalog has no pictures, and what was asked for cannot do without.
    """
    wanted = check_kinds(kinds)
    parts = in_parts(progress, {"embed": 4.0, **{kind: _SHARES[kind] for kind in wanted}})
    waiting = [kind for kind in wanted if not _is_kept(home, catalog, kind)]
    audited = _embedded(home, catalog, actor=actor, progress=parts["embed"]) if waiting else None
    for kind in waiting:
        keep_audit(home, catalog, _audit(home, catalog, kind, audited, progress=parts[kind]))
    counted = {}
    for kind in wanted:
        kept = kept_audit(home, catalog, kind)
        counted[kind] = len(kept.audit.findings) if kept else 0
    return counted


def kept_audit(home: Home, catalog: Catalog, kind: str) -> KeptAudit | None:
    """Read the newest audit of a kind; None when there is none that can be read.

    An older one than the catalog is given too: whoever shows it says so.
    """
    for version, folder in _kept(home, catalog, kind):
        audit = _read(folder, kind)
        if audit is not None:
            return KeptAudit(audit, version)
    return None


def newest_audit(home: Home, catalog: Catalog, kind: str) -> str | None:
    """Name the newest audit of a kind, a key for caches; None when there is none."""
    kept = _kept(home, catalog, kind)
    return f"{kept[0][1].name}-{kept[0][1].stat().st_mtime_ns}" if kept else None


def _embedded(home: Home, catalog: Catalog, *, actor: str, progress: Progress) -> AuditedProducts | None:
    if not catalog.pictures:
        return None
    embed_catalog(home, catalog, actor=actor, progress=progress)
    try:
        return read_audited(home, catalog, backbone=DEFAULT_BACKBONE)
    except CatalogError:  # none of the pictures could be read
        return None


def _audit(home: Home, catalog: Catalog, kind: str, audited: AuditedProducts | None, *, progress: Progress) -> Audit:
    if kind == PRICES:
        return audit_prices(product_table(home, catalog), audited, progress=progress)
    if audited is None or not len(audited.pictures):
        return Audit(kind, (), ("No product has a picture that can be looked at, so nothing can be judged.",))
    if kind == LABELS:
        return audit_labels(audited, progress=progress)
    if kind == DUPLICATES:
        return audit_duplicates(home, catalog, audited, progress=progress)
    return audit_pictures(home, catalog, audited, progress=progress)


def _folder(home: Home, catalog: Catalog, kind: str) -> Path:
    return home.cache / "audits" / str(catalog.catalog_id) / kind


def _name(version: int) -> str:
    return f"v{version:012d}-{_MADE_BY}"


def _kept(home: Home, catalog: Catalog, kind: str) -> list[tuple[int, Path]]:
    """List the kept audits of a kind, newest first."""
    found = []
    for path in _folder(home, catalog, kind).glob("v*"):
        version, _, made_by = path.name[1:].partition("-")
        if version.isascii() and version.isdigit() and made_by == str(_MADE_BY):
            found.append((int(version), path))
    return sorted(found, reverse=True)


def _is_kept(home: Home, catalog: Catalog, kind: str) -> bool:
    return any(version == catalog.version and _read(folder, kind) for version, folder in _kept(home, catalog, kind))


def keep_audit(home: Home, catalog: Catalog, audit: Audit) -> None:
    """Keep an audit of the catalog as it is, in place of older ones of its kind but the last."""
    folder = _folder(home, catalog, audit.kind)
    target = folder / _name(catalog.version)
    shutil.rmtree(target, ignore_errors=True)  # one that could not be read
    frame = pd.DataFrame([finding.to_json() for finding in audit.findings], columns=["kind", *_COLUMNS])
    with whole_folder(target) as draft:
        frame[list(_COLUMNS)].to_parquet(draft / "findings.parquet", index=False)
        write_json_whole(draft / "notes.json", list(audit.notes))
    for _version, old in _kept(home, catalog, audit.kind)[1:]:
        shutil.rmtree(old, ignore_errors=True)


def _read(folder: Path, kind: str) -> Audit | None:
    """Read a kept audit; None when it is damaged: it is made again then."""
    try:
        notes: Any = read_json(folder / "notes.json")
        frame = pd.read_parquet(folder / "findings.parquet", columns=list(_COLUMNS))
        rows: list[Any] = frame.astype(object).where(frame.notna(), None).to_dict("records")
        findings = tuple(
            Finding(
                str(row["product_id"]), kind, float(row["score"]), row["current"], row["suggested"], str(row["reason"])
            )
            for row in rows
        )
        return Audit(kind, findings, tuple(str(note) for note in notes))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ArrowException):
        return None
