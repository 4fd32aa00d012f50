"""Step `brands`: spellings of one maker, with or without "Ltd.", become one name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.catalog.catalogs import Catalog
from core.cleaning.folding import fold_name, frequent_forms
from core.cleaning.named_values import NamedValues, plan_named_values
from core.cleaning.step import Plan
from core.home import Home
from core.models.settings import check_settings, setting
from core.progress import Progress

ATTRIBUTES = ("brand", "brand name", "manufacturer", "marke", "marque")
"""Names of attributes that hold a brand, folded, the best first."""

NO_BRAND_WORDS = frozenset(
    {"na", "n a", "none", "null", "nan", "not applicable", "unknown", "no brand", "unbranded", "generic brand"}
)

LEGAL_SUFFIXES = frozenset(
    (
        *("inc", "incorporated", "llc", "ltd", "limited", "plc", "corp", "corporation", "company", "co", "pvt"),
        *("private", "gmbh", "ag", "kg", "ug", "ohg", "mbh", "sa", "sarl", "sas", "srl", "spa", "bv", "nv", "ab"),
        *("oy", "oyj", "as", "aps", "kk", "pty", "pte", "llp", "lp"),
    )
)
"""Words that only say what kind of firm it is, folded."""

_DOTTED = re.compile(r"\b(?:\w\.){2,}")


@dataclass(frozen=True)
class BrandSettings:
    """Settings of the step `brands`."""

    legal_suffixes: bool = setting(True, help="Take Ltd., Inc., GmbH and the like off the end of a name.")
    from_attributes: bool = setting(True, help="Products without a brand take it from an attribute of that name.")

    def __post_init__(self) -> None:
        """Check the switches."""
        check_settings(self)


def plan_brands(home: Home, catalog: Catalog, settings: BrandSettings, _progress: Progress) -> Plan:
    """Give every brand its most frequent spelling."""
    naming = NamedValues(
        field="brand",
        noun="brand",
        attributes=ATTRIBUTES if settings.from_attributes else (),
        names=lambda counts: brand_names(counts, legal_suffixes=settings.legal_suffixes),
    )
    return plan_named_values(home, catalog, naming)


def brand_names(counts: Mapping[str, int], *, legal_suffixes: bool = True) -> dict[str, str | None]:
    """Choose the name of every brand text.

    Args:
        counts: Products by text.
        legal_suffixes: Whether "Ltd." and the like are taken off.

    Returns:
        The chosen name of every text: the most frequent form among those that differ in case, accents, blanks,
        punctuation and legal suffix only; None where a text says that there is no brand.
    """
    known = {text: count for text, count in counts.items() if fold_name(text) not in NO_BRAND_WORDS and text.strip()}
    bare = {text: without_suffix(text) if legal_suffixes else " ".join(text.split()) for text in known}
    forms: dict[str, int] = {}
    for text, count in known.items():
        forms[bare[text]] = forms.get(bare[text], 0) + count
    best = frequent_forms(forms, key=_key)
    return {text: best[bare[text]] if text in known else None for text in counts}


def without_suffix(name: str) -> str:
    """Take legal suffixes off the end of a name; one that is nothing else stays."""
    words = name.split()
    kept = list(words)
    while len(kept) > 1 and _folded_word(kept[-1]) in LEGAL_SUFFIXES:
        kept.pop()
    return " ".join(kept).rstrip(" ,;&(") or " ".join(words)


def _folded_word(word: str) -> str:
    return fold_name(word).replace(" ", "")


def _key(name: str) -> str:
    """What spellings of one brand share: letters and digits; "H&M" and "H and M", "Levi's" and "LEVIS" are one."""
    return fold_name(_DOTTED.sub(lambda found: found[0].replace(".", ""), name)).replace(" ", "")
