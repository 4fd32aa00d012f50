"""What people write on runs: a note, and tags to find them by. Every change is in the log and can be undone."""

import unicodedata
from collections.abc import Iterable

from core.catalog.log import change
from core.catalog.schema import runs
from core.errors import RunError
from core.home import Home
from core.models.runs import find_run

LONGEST_NOTE = 4000
LONGEST_TAG = 40
MOST_TAGS = 20


def note_run(home: Home, run_id: str, text: str, *, actor: str) -> int:
    """Write the note of a run; an empty one takes it away. Gives the number of the change, for undoing.

    Raises:
        RunError: There is no such run, or the note is longer than 4,000 characters.
    """
    run, text = find_run(home, run_id), check_note(text)
    summary = f"Wrote a note on the run {run.name}" if text else f"Took the note off the run {run.name}"
    with change(home, actor=actor, kind="edit", summary=summary) as noting:
        noting.update(runs, {"run_id": run.run_id}, {"notes": text or None})
        return noting.event_id


def tag_run(home: Home, run_id: str, tags: Iterable[str], *, actor: str) -> int:
    """Set the tags of a run, in place of those it had; none takes them away. Gives the number of the change.

    Raises:
        RunError: There is no such run, or a tag is no tag.
    """
    run, found = find_run(home, run_id), check_tags(tags)
    summary = f"Tagged the run {run.name}: {', '.join(found)}" if found else f"Took the tags off the run {run.name}"
    with change(home, actor=actor, kind="edit", summary=summary) as tagging:
        tagging.update(runs, {"run_id": run.run_id}, {"tags": list(found) or None})
        return tagging.event_id


def check_note(text: str) -> str:
    """Give a note back without what cannot be seen, stripped.

    Raises:
        RunError: It is longer than 4,000 characters.
    """
    seen = "".join(sign for sign in text.replace("\r\n", "\n") if sign == "\n" or not _is_unseen(sign)).strip()
    if len(seen) > LONGEST_NOTE:
        raise RunError(f"the note has {len(seen):,} characters, at most {LONGEST_NOTE:,} are kept: shorten it")
    return seen


def check_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Give tags back, each once, stripped and without commas.

    Raises:
        RunError: One is longer than 40 characters or holds what cannot be seen, or there are more than 20.
    """
    found = tuple(dict.fromkeys(" ".join(unicodedata.normalize("NFC", tag).split()) for tag in tags if tag.strip()))
    for tag in found:
        if len(tag) > LONGEST_TAG or "," in tag or any(_is_unseen(sign) for sign in tag):
            raise RunError(f"a tag has 1 to {LONGEST_TAG} printable characters and no comma, not {tag[:80]!r}")
    if len(found) > MOST_TAGS:
        raise RunError(f"{len(found)} tags are too many: at most {MOST_TAGS} fit on a run")
    return found


def _is_unseen(sign: str) -> bool:
    """Control characters, marks of direction, halves of pairs: they can make a text look like another."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") and sign not in "\u200d\u200c"
