"""Commands about blind tests: make-blind-test, blind-tests, blind-test, vote, close-blind-test."""

from typing import Any
from urllib.parse import urlencode

from core.cli.embedded import embed_what_waits
from core.cli.parser import Commands, Parser, Run, Show, whole_number
from core.cli.session import Session
from core.cli.tables import facts, table


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    making = _named(commands, "make-blind-test", make, show_result, "let people choose between two presets, unnamed")
    making.add_argument("--a", metavar="PRESET", required=True, help="NAME or NAME@VERSION")
    making.add_argument("--b", metavar="PRESET", required=True, help="NAME or NAME@VERSION")
    making.add_argument("--questions", metavar="N", type=whole_number(1), default=20, help="default 20")
    making.add_argument("--k", metavar="N", type=whole_number(1), default=6, help="matches a side; default 6")
    making.add_argument("--seed", metavar="N", type=whole_number(0), default=0, help="of the queries; default 0")
    listing = commands.add("blind-tests", list_all, show=show_all, summary="list the blind tests of a catalog")
    listing.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    _named(commands, "blind-test", tell, show_result, "tell how a blind test stands")
    voting = _named(commands, "vote", vote, show_ballot, "show the next question of a blind test, or answer one")
    voting.add_argument("--voter", metavar="NAME", required=True, help="who votes; each answers a question once")
    voting.add_argument("--question", metavar="N", type=whole_number(0), help="which question, as it was shown")
    voting.add_argument("--choose", choices=("left", "right", "equal"), help="the answer")
    _named(commands, "close-blind-test", close, show_result, "take no more votes on a blind test")


def _named(commands: Commands, name: str, run: Run, show: Show, summary: str) -> Parser:
    parser = commands.add(name, run, show=show, summary=summary)
    parser.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    parser.add_argument("test", metavar="TEST", help="name of the test")
    return parser


def make(session: Session) -> dict[str, Any]:
    """Make a test."""
    from core.recommend.blind_test import BlindPlan, make_blind_test
    from core.recommend.presets import preset_settings

    given = session.arguments
    catalog = session.catalog(given.catalog)
    chosen = (
        preset_settings(session.home, catalog, given.a),
        preset_settings(session.home, catalog, given.b),
    )
    plan = BlindPlan(given.questions, given.k, given.seed)
    for each in {each.embedding for each in chosen}:
        embed_what_waits(session, catalog, backbone=each)
    names = (given.a, given.b)
    test = make_blind_test(session.home, catalog, given.test, chosen, names=names, actor=session.actor, plan=plan)
    return _told(session, catalog.name, test)


def list_all(session: Session) -> dict[str, Any]:
    """List tests with their results."""
    from core.recommend.blind_test import list_blind_tests

    catalog = session.catalog(session.arguments.catalog)
    found = list_blind_tests(session.home, catalog)
    return {"catalog": catalog.name, "tests": [_told(session, catalog.name, test) for test in found]}


def tell(session: Session) -> dict[str, Any]:
    """Tell how a test stands."""
    from core.recommend.blind_test import find_blind_test

    catalog = session.catalog(session.arguments.catalog)
    return _told(session, catalog.name, find_blind_test(session.home, catalog, session.arguments.test))


def vote(session: Session) -> dict[str, Any]:
    """Answer a question, then give the next one."""
    from core.cli.parser import UsageError
    from core.recommend.blind_test import cast_vote, find_blind_test, next_ballot

    given = session.arguments
    catalog = session.catalog(given.catalog)
    test = find_blind_test(session.home, catalog, given.test)
    if (given.question is None) != (given.choose is None):
        raise UsageError("--question and --choose go together: name both to answer, neither to see the next question")
    if given.question is not None:
        cast_vote(session.home, test, given.question, given.choose, voter=given.voter)
    ballot = next_ballot(session.home, test, voter=given.voter)
    shown: dict[str, Any] = {"question": None, "query": None, "left": [], "right": []}
    if ballot is not None:
        number, query = ballot.question.number, ballot.question.query
        shown = {"question": number, "query": query, "left": list(ballot.left), "right": list(ballot.right)}
    return {"test": test.name, "ask": test.question, **shown}


def close(session: Session) -> dict[str, Any]:
    """Close a test."""
    from core.recommend.blind_test import close_blind_test, find_blind_test

    catalog = session.catalog(session.arguments.catalog)
    test = find_blind_test(session.home, catalog, session.arguments.test)
    return _told(session, catalog.name, close_blind_test(session.home, catalog, test, actor=session.actor))


def _told(session: Session, catalog_name: str, test: Any) -> dict[str, Any]:
    from core.recommend.blind_test import blind_result

    link = f"/vote?{urlencode({'catalog': catalog_name, 'test': test.token})}"
    return {**blind_result(session.home, test), "link": link}


def show_all(result: dict[str, Any]) -> str:
    """Lay out tests."""
    columns = {"test": "TEST", "a": "A", "b": "B", "votes": "VOTES", "win_rate": "A WINS", "decided": "DECIDED"}
    return table(result["tests"], columns, empty="no blind test yet: `make-blind-test` makes one")


def show_result(result: dict[str, Any]) -> str:
    """Say how a test stands."""
    low, high = result["interval"]
    names = ("test", "a", "b", "votes", "voters", "wins_a", "wins_b", "equal", "win_rate")
    words = {name.replace("_", " "): result[name] for name in names}
    words["interval, always valid"] = f"{low:.3f} to {high:.3f}"
    words["decided"] = "not yet" if result["decided"] is None else result[result["decided"]]
    return facts({**words, "open": result["open"], "link": result["link"]})


def show_ballot(result: dict[str, Any]) -> str:
    """Lay out a question."""
    if result["question"] is None:
        return "nothing left to vote on; thank you"
    words = {"question": result["question"], "query": result["query"]}
    sides = {side: ", ".join(result[side]) for side in ("left", "right")}
    return f"{result['ask']}\n\n{facts({**words, **sides})}"
