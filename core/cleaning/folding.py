"""Names folded to what they have in common: case, accents, blanks, punctuation, plurals."""

import re
import unicodedata
from collections.abc import Callable, Mapping

_WORD_PARTS = re.compile(r"[^\W_]+", flags=re.UNICODE)


def fold_name(name: str, *, plurals: bool = False) -> str:
    """Fold a name so that spellings of the same name become equal.

    Case, accents, blanks and punctuation go; "&" is "and".

    Args:
        name: The name.
        plurals: Also fold English plurals: "Watches" and "watch" become equal.

    Returns:
        Words of lower-case letters and digits with one blank between them; the name itself where it has neither.
    """
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    words = _WORD_PARTS.findall(plain)
    # "men's" is one word, not "men" and "s".
    joined = re.sub(r"\b(\w+) s\b", r"\1s", " ".join(words))
    if plurals:
        joined = " ".join(map(_singular, joined.split(" ")))
    return joined or name.strip()


def frequent_forms(counts: Mapping[str, int], *, key: Callable[[str], str]) -> dict[str, str]:
    """Choose one form for all names with the same key: the most frequent, the first by code point of equals.

    Args:
        counts: How often each form occurs.
        key: Gives what forms of one name share.

    Returns:
        The chosen form of every given one.
    """
    best: dict[str, str] = {}
    keys = {form: key(form) for form in counts}
    for form in sorted(counts, key=lambda form: (-counts[form], form)):
        best.setdefault(keys[form], form)
    return {form: best[keys[form]] for form in counts}


def _singular(word: str) -> str:
    """Take the ending of an English plural off; short words and those in "ss", "us" and "is" have none."""
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word
