"""Aligning the classes of a run with those of a catalog, by name and never by number."""

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.catalog.catalogs import Catalog
from core.evaluation.class_map import check_class_map

SAME, FOLDED, CLASS_MAP, ALIKE, UNKNOWN = "same name", "case or signs", "class map", "spelled alike", "not known"
_ALIKE = 0.8


@dataclass(frozen=True)
class Alignment:
    """Which class of the run each name of the catalog means.

    Attributes:
        class_of: Name in the catalog to name in the run, for those that match.
        unmatched: Names of the catalog that the run does not know.
        missing: Classes of the run that the catalog does not have.
        warnings: Sentences about names that differ a little.
        how: Name in the catalog to how it was matched: ``same name``, ``case or signs``, ``class map``, ``spelled
            alike`` (not matched) or ``not known`` (not matched).
        closest: Name in the catalog to the run's class that is spelled most alike, for those that are not matched.
    """

    class_of: dict[str, str]
    unmatched: tuple[str, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    how: dict[str, str]
    closest: dict[str, str]


def align_classes(
    run_classes: Sequence[str],
    names: Sequence[str],
    *,
    catalog: Catalog | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Alignment:
    """Match names: exactly, or else when they differ only by case, spaces, hyphens or accents.

    Names that are merely spelled alike (``Trouser``, ``Trousers``) are pointed out but not matched, for so are
    ``shirts`` and ``shorts``. Numbers are never compared, so the order of the classes on either side is of no account.

    Args:
        run_classes: Class names of the run.
        names: Distinct names in the catalog.
        catalog: Named in the warnings, when given.
        mapping: Name in the catalog to class of the run, decided by people: it wins over names that match. An empty
            class leaves the name out.

    Raises:
        RunError: The mapping leads to a class that the run does not have.
    """
    check_class_map(mapping or {}, run_classes)
    where = f" of {catalog.name}" if catalog else ""
    known = set(run_classes)
    folded: dict[str, list[str]] = {}
    for name in run_classes:
        folded.setdefault(_fold(name), []).append(name)
    class_of, how, closest = {}, {}, {}
    unmatched, warnings = [], _idle_warning(mapping or {}, names, where)
    for name in sorted(names):
        alike = folded.get(_fold(name), [])
        if mapping and name in mapping:
            how[name] = CLASS_MAP
            if mapping[name]:
                class_of[name] = mapping[name]
            else:
                unmatched.append(name)
        elif name in known:
            class_of[name], how[name] = name, SAME
        elif len(alike) == 1:
            class_of[name], how[name] = alike[0], FOLDED
            warnings.append(
                f"{name!r}{where} and the run's {alike[0]!r} differ only by case or signs: taken as the same"
            )
        else:
            unmatched.append(name)
            close = _closest(name, run_classes)
            how[name] = ALIKE if close else UNKNOWN
            if close:
                closest[name] = close
                warnings.append(
                    f"{name!r}{where} is spelled like the run's {close!r} but was not taken as the same: "
                    "rename one of them if it is, or say so in a class map"
                )
    missing = sorted(known - set(class_of.values()))
    return Alignment(class_of, tuple(unmatched), tuple(missing), tuple(warnings), how, closest)


def _idle_warning(mapping: Mapping[str, str], names: Sequence[str], where: str) -> list[str]:
    idle = sorted(set(mapping) - set(names))
    if not idle:
        return []
    more = f" and {len(idle) - 5} more" if len(idle) > 5 else ""
    return [f"the class map names {', '.join(map(repr, idle[:5]))}{more}, which is no name{where or ' of the catalog'}"]


def _closest(name: str, run_classes: Sequence[str]) -> str | None:
    """Find the class that is spelled most alike, by its whole path or its last level."""
    leaves = {_fold(each.split(" > ")[-1]): each for each in run_classes} | {_fold(each): each for each in run_classes}
    close = difflib.get_close_matches(_fold(name), leaves, n=1, cutoff=_ALIKE)
    return leaves[close[0]] if close else None


def _fold(name: str) -> str:
    """Lower case, without accents, spaces or signs; the levels of a path stay apart."""
    levels = name.split(" > ")
    plain = (unicodedata.normalize("NFKD", level).casefold() for level in levels)
    return ">".join("".join(sign for sign in level if sign.isalnum()) for level in plain)
