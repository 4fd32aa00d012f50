"""Step `duplicates`: find equal and nearly equal pictures, and leave surplus copies out where that is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.catalog.catalogs import Catalog
from core.catalog.database import read
from core.cleaning.completeness import completeness
from core.cleaning.duplicate_search import DuplicateGroup, Duplicates, find_duplicates
from core.cleaning.limits import leaving_out
from core.cleaning.step import ChangeGroup, Plan
from core.home import Home
from core.models.settings import check_settings, setting
from core.progress import Progress

SURPLUS = "surplus copy"
"""What `left_out` says of products that this step took out."""

_GROUPS_SHOWN = 60


@dataclass(frozen=True)
class DuplicateSettings:
    """Settings of the step `duplicates`."""

    near: bool = setting(True, help="Also find pictures that are equal but for size, crop, brightness or encoding.")
    leave_out: str = setting(
        "nothing",
        help="Surplus copies to leave out; of each group the product with the most data stays.",
        choices=("nothing", "equal pictures", "equal and nearly equal pictures"),
    )

    def __post_init__(self) -> None:
        """Check the choices."""
        check_settings(self)


def plan_duplicates(home: Home, catalog: Catalog, settings: DuplicateSettings, progress: Progress) -> Plan:
    """Group duplicates, which also keeps them on one side of any split, and choose surplus copies."""
    found = find_duplicates(home, catalog, near=settings.near, progress=progress)
    surplus = _surplus(home, catalog, found, settings)
    in_exact = len({each for group in found.exact for each in group.product_ids})
    in_near = len({each for group in found.near for each in group.product_ids})
    told = f"Groups {in_exact:,} products in {len(found.exact):,} groups of equal pictures"
    if settings.near:
        told += f" and {in_near:,} in {len(found.near):,} groups of nearly equal ones"
    told += f"; leaves {len(surplus):,} surplus copies out" if settings.leave_out != "nothing" else ""
    groups = (*found.exact, *found.near)
    return Plan(
        summary=told,
        total=len(surplus),
        changes=leaving_out(sorted(surplus), reason=SURPLUS),
        groups=(ChangeGroup("left_out", None, SURPLUS, len(surplus)),) if surplus else (),
        notes=("Products of one group stay on one side of every split from now on.",) if groups else (),
        figures={
            "surplus_files": found.surplus_files,
            "exact_groups": len(found.exact),
            "exact_products": in_exact,
            "near_groups": len(found.near),
            "near_products": in_near,
            "left_out": len(surplus),
            "groups": [_described(group) for group in (*found.near, *found.exact)[:_GROUPS_SHOWN]],
        },
        stands_alone=True,
    )


def _surplus(home: Home, catalog: Catalog, found: Duplicates, settings: DuplicateSettings) -> set[str]:
    """Choose the copies to leave out: all their pictures are shown by a product of the group that stays."""
    if settings.leave_out == "nothing":
        return set()
    near = settings.leave_out != "equal pictures"
    groups: Sequence[DuplicateGroup] = (*found.exact, *(found.near if near else ()))
    members = {each for group in groups for each in group.product_ids}
    rows = found.shown[found.shown["product_id"].isin(members)]
    column = "group" if near else "picture_hash"
    shows: dict[str, set[Any]] = {
        str(product_id): set(values) for product_id, values in rows.groupby("product_id")[column]
    }
    with read(home) as connection:
        data = completeness(connection, catalog, sorted(members))
    surplus: set[str] = set()
    for group in groups:
        ranked = sorted(group.product_ids, key=lambda each: (-len(shows[each]), -data.get(each, 0), each))
        kept = next((each for each in ranked if each not in surplus), None)
        surplus |= {each for each in ranked if kept not in (None, each) and shows[each] <= shows[str(kept)]}
    return surplus


def _described(group: DuplicateGroup) -> dict[str, Any]:
    return {
        "kind": group.kind,
        "similarity": round(group.similarity, 4),
        "product_ids": list(group.product_ids[:24]),
        "products": len(group.product_ids),
    }
