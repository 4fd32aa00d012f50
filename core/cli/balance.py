"""The options of `train` and `search` that say how classes are balanced."""

import argparse
from typing import Any

from core.cli.parser import Parser, UsageError, pair, pairs, whole_number


def add_balance(parser: Parser) -> None:
    """Add the options."""
    parser.add_argument(
        "--balance",
        metavar="KIND",
        help="none, weights, cap, oversample or 'recommender report'",
    )
    parser.add_argument(
        "--balance-limit", metavar="N", type=whole_number(1), help="most pictures of `cap`, least of `oversample`"
    )
    parser.add_argument(
        "--balance-set", metavar="KEY=VALUE", type=pair, action="append", help="a setting of the balance"
    )


def balance_of(given: argparse.Namespace) -> dict[str, Any]:
    """Give the settings of the balance that was asked for; empty when none was.

    Raises:
        UsageError: A limit stands without a kind, or a setting is given twice.
        SettingsError: The kind takes no limit.
    """
    from core.models.balance import limited

    values: dict[str, Any] = {}
    if given.balance is not None:
        values["preset"] = given.balance
    if given.balance_limit is not None:
        if given.balance is None:
            raise UsageError("--balance-limit needs --balance cap or --balance oversample")
        values |= limited(given.balance, given.balance_limit)
    return {**values, **pairs(given.balance_set, option="--balance-set")}
