"""Taking secrets and pictures out of text before it is written down.

Three nets, one behind the other: the very words that are known to be secret (a password handed to this process, values
of variables such as ``$SOMETHING_TOKEN``), the places where secrets stand (the user part of an address, headers,
``password=``), and the forms some have (JSON web tokens, private keys). What looks like a picture, bytes or base64,
is left out too. When in doubt a text loses more than it must.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import quote, unquote, urlsplit

HIDDEN = "[hidden]"
LEFT_OUT = "[data left out]"

MOST_READ = 50_000
"""Characters of a text that are looked at; the rest is dropped unread, for it might hold anything."""

_LEAST_WORD = 4  # shorter words stand in too many others
_SECRET_NAME = re.compile(r"PASSWORD|PASSWD|TOKEN|SECRET|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY", re.IGNORECASE)
_NAMES = (
    r"passwords?|passwd|passphrase|pwd|secrets?|tokens?|api[_-]?keys?|access[_-]?keys?|private[_-]?keys?"
    r"|credentials?|signature|sig|session[_-]?id|xsrf|csrf"
)

# Repetitions are bounded, so that no hostile text takes more than linear time.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END[^-]{0,60}-----|\Z)", re.DOTALL), HIDDEN),
    (re.compile(r"\bdata:[\w/+.;=-]{0,80};base64,[A-Za-z0-9+/=%_-]*"), LEFT_OUT),
    (re.compile(r"\bb'(?:[^'\\]|\\.){24,}'?|\bb\"(?:[^\"\\]|\\.){24,}\"?"), LEFT_OUT),
    (re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)\S{0,1000}@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(%3A%2F%2F)\S{0,1000}%40", re.IGNORECASE), rf"\1{HIDDEN}%40"),
    (
        re.compile(
            r"\b((?:proxy-)?authorization|(?:set-)?cookies?|x-[a-z-]{0,20}(?:key|token))\b[^\r\n]*", re.IGNORECASE
        ),
        rf"\1 {HIDDEN}",
    ),
    (
        re.compile(
            rf"((?:{_NAMES})[\"']?\s{{0,3}}(?:=>|=|:)\s{{0,3}})"
            r"(?:\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|[^\s,;&]+)",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\b(bearer)\s+\S+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\b(Basic)\s+[A-Za-z0-9+/]{6,}={0,2}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?"), HIDDEN),
    (re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|xox[a-z]-[\w-]{10,})"), HIDDEN),
    (re.compile(r"[A-Za-z0-9+/]{160,}={0,2}"), LEFT_OUT),
)

_hidden: ContextVar[tuple[str, ...]] = ContextVar("hidden_words", default=())


@contextmanager
def hiding(*words: str | None) -> Iterator[None]:
    """Keep words, such as a password that is in use, out of everything that is written down within."""
    token = _hidden.set((*_hidden.get(), *(word for word in words if word)))
    try:
        yield
    finally:
        _hidden.reset(token)


def redact(text: str, *, words: Sequence[str] = ()) -> str:
    """Take secrets and data out of a text.

    Args:
        text: Anything; only its first :data:`MOST_READ` characters are read.
        words: Words that are known to be secret, beside those of :func:`hiding`.
    """
    if len(text) > MOST_READ:
        text = f"{text[:MOST_READ].rpartition(' ')[0]} {LEFT_OUT}"  # never half a secret, whose form is lost
    for word in _spellings((*words, *_hidden.get())):
        text = text.replace(word, HIDDEN)
    for form, instead in _FORMS:
        text = form.sub(instead, text)
    return text


def secret_words(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Collect the secrets that stand in environment variables, passwords in addresses included."""
    found = []
    for name, value in (os.environ if environment is None else environment).items():
        if _SECRET_NAME.search(name):
            found.append(value)
        if "://" in value:
            found.append(_password_in(value))
    return tuple(word for word in found if len(word) >= _LEAST_WORD)


def _password_in(address: str) -> str:
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:
        return ""


def _spellings(words: Sequence[str]) -> list[str]:
    """Give the words as they may be written, the longest first, so that none leaves a part of another."""
    kept = {word for word in words if len(word) >= _LEAST_WORD}
    spelled = {form for word in kept for form in (word, quote(word, safe=""), repr(word)[1:-1])}
    return sorted(spelled, key=len, reverse=True)
