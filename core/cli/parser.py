"""Reading the command line: options that may stand before or after the command, and one message a mistake."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from core.errors import ShelfLensError

Run = Callable[[Any], dict[str, Any]]
"""What a command does: takes a :class:`core.cli.session.Session`, gives the object that ``--json`` prints."""

Show = Callable[[dict[str, Any]], str]
"""What a command prints for people, given that object."""

COMMON = (
    ("--home", {"metavar": "DIR", "help": "folder that holds everything; default $SHELFLENS_HOME, then artifacts/"}),
    ("--json", {"action": "store_true", "help": "print exactly one JSON object"}),
    ("--detach", {"action": "store_true", "help": "start the work as a job, print its id and return"}),
)


class UsageError(ShelfLensError):
    """The command line does not say what to do."""


class Parser(argparse.ArgumentParser):
    """A parser that raises its one message instead of printing a usage and leaving."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: Always.
        """
        raise UsageError(f"{message}; see `{self.prog} --help`")


class Commands:
    """The commands, as each group file adds them."""

    def __init__(self, parser: Parser) -> None:
        self._commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
        self.parsers: dict[str, Parser] = {}

    def add(self, name: str, run: Run, *, show: Show, summary: str, detachable: bool = False) -> Parser:
        """Add a command and return its parser, for its own arguments.

        Args:
            name: The word that calls it.
            run: What it does.
            show: What it prints for people.
            summary: One line of help.
            detachable: Whether it is a job that ``--detach`` can start.
        """
        parser = self._commands.add_parser(name, help=summary, description=summary)
        add_common(parser, detachable=detachable)
        parser.set_defaults(run=run, show=show, detachable=detachable)
        self.parsers[name] = parser
        return parser


def add_common(parser: Parser, *, detachable: bool) -> None:
    """Add the options that every command takes, without a default: one before the command must outlive one after."""
    for flag, settings in COMMON:
        if flag != "--detach" or detachable:
            parser.add_argument(flag, default=argparse.SUPPRESS, **settings)  # type: ignore[arg-type]


def check_common(arguments: argparse.Namespace) -> None:
    """Refuse ``--detach`` before a command that is no job, and a line without a command.

    Raises:
        UsageError: Either of the two.
    """
    if arguments.command is None:
        raise UsageError("name a command: expected one of those in `python -m core --help`")
    _check_text(arguments)
    if arguments.detach and not arguments.detachable:
        raise UsageError(f"`{arguments.command}` answers at once: leave out --detach")


_FILES = frozenset({"home", "source", "picture", "pictures", "weights"})


def _check_text(arguments: argparse.Namespace) -> None:
    """Refuse text that is no UTF-8; only names of files may be any bytes."""
    for name, value in vars(arguments).items():
        if name in _FILES:
            continue
        texts = value if isinstance(value, list) else [value]
        for text in texts:
            joined = "".join(text) if isinstance(text, tuple) else text
            if isinstance(joined, str) and any("\ud800" <= each <= "\udfff" for each in joined):
                raise UsageError(f"{name} is no readable text ({joined[:80]!r}): write it in UTF-8")


def whole_number(least: int) -> Callable[[str], int]:
    """Make a reader of whole numbers from a least one up."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"expected a whole number of at least {least}, not {text[:40]!r}")
        if number >= 2**63:  # what databases and arrays count with
            raise argparse.ArgumentTypeError(f"expected a whole number below 2**63, not {text[:40]!r}")
        return number

    return read


def pair(text: str) -> tuple[str, str]:
    """Read ``NAME=VALUE``."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, not {text!r}")
    return name.strip(), value


def pairs(given: Sequence[tuple[str, str]] | None, *, option: str) -> dict[str, str]:
    """Gather repeated ``NAME=VALUE`` options.

    Raises:
        UsageError: A name was given twice.
    """
    values: dict[str, str] = {}
    for name, value in given or ():
        if name in values:
            raise UsageError(f"{option} {name} was given twice: {values[name]!r} and {value!r}; give it once")
        values[name] = value
    return values
