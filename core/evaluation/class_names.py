"""Aligning the classes of a run with those of a catalog, by name and never by number."""

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.catalog.catalogs import Catalog

_ALIKE = 0.8


@dataclass(frozen=True)
class Alignment:
    """Which class of the run each name of the catalog means.

    Attributes:
        class_of: Name in the catalog to name in the run, for those that match.
        unmatched: Names of the catalog that the run does not know.
        missing: Classes of the run that the catalog does not have.
        warnings: Sentences about names that differ a little.
    """

    class_of: dict[str, str]
    unmatched: tuple[str, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]


def align_classes(run_classes: Sequence[str], names: Sequence[str], *, catalog: Catalog | None = None) -> Alignment:
    """Match names: exactly, or else when they differ only by case, spaces, hyphens or accents.

    Names that are merely spelled alike (``Trouser``, ``Trousers``) are pointed out but not matched, for so are
    ``shirts`` and ``shorts``. Numbers are never compared, so the order of the classes on either side is of no account.

    Args:
        run_classes: Class names of the run.
        names: Distinct names in the catalog.
        catalog: Named in the warnings, when given.
    """
    where = f" of {catalog.name}" if catalog else ""
    known = set(run_classes)
    folded: dict[str, list[str]] = {}
    for name in run_classes:
        folded.setdefault(_fold(name), []).append(name)
    class_of, warnings = {}, []
    unmatched = []
    for name in sorted(names):
        alike = folded.get(_fold(name), [])
        if name in known:
            class_of[name] = name
        elif len(alike) == 1:
            class_of[name] = alike[0]
            warnings.append(
                f"{name!r}{where} and the run's {alike[0]!r} differ only by case or signs: taken as the same"
            )
        else:
            unmatched.append(name)
            warnings.extend(_spelling_warning(name, where, run_classes))
    missing = sorted(known - set(class_of.values()))
    return Alignment(class_of, tuple(unmatched), tuple(missing), tuple(warnings))


def _spelling_warning(name: str, where: str, run_classes: Sequence[str]) -> list[str]:
    leaves = {_fold(each.split(" > ")[-1]): each for each in run_classes} | {_fold(each): each for each in run_classes}
    close = difflib.get_close_matches(_fold(name), leaves, n=1, cutoff=_ALIKE)
    if not close:
        return []
    return [
        f"{name!r}{where} is spelled like the run's {leaves[close[0]]!r} but was not taken as the same: "
        "rename one of them if it is"
    ]


def _fold(name: str) -> str:
    """Lower case, without accents, spaces or signs; the levels of a path stay apart."""
    levels = name.split(" > ")
    plain = (unicodedata.normalize("NFKD", level).casefold() for level in levels)
    return ">".join("".join(sign for sign in level if sign.isalnum()) for level in plain)
