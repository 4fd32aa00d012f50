"""Blind tests: two settings beside each other, sides shuffled, one click a vote, stopped honestly.

The questions are fixed when the test is made: each is a query with the matches either setting gave then, so later
edits of the catalog change nothing and a vote needs no ranking. Votes are entries around the document, in the order
they came. A test is decided at the first vote where the evidence reaches its limit (`core.recommend.sequential_test`),
so it may be looked at all the time.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.catalog.catalogs import Catalog
from core.catalog.documents import (
    Document,
    add_document,
    append_entries,
    change_document,
    find_document,
    list_documents,
    read_entries,
)
from core.errors import CatalogError, SettingsError
from core.home import Home
from core.recommend.impact import sample_queries
from core.recommend.index import open_index
from core.recommend.rank_products import rank_in
from core.recommend.ranking_settings import RankingSettings
from core.recommend.sequential_test import ALPHA, decided_after, judge

KIND = "blind test"
CHOICES = ("left", "right", "equal")
MOST_QUESTIONS = 200
MOST_K = 24
_TRIED_A_QUESTION = 5
_LONGEST_QUESTION = 300
_QUESTION = "Which row would you rather show to a shopper who looks at this product?"


@dataclass(frozen=True)
class BlindPlan:
    """How much a test asks.

    Attributes:
        questions: How many questions at most.
        k: Matches a side.
        seed: Of the drawn queries.
        question: What voters are asked.

    Raises:
        SettingsError: A value is out of range.
    """

    questions: int = 20
    k: int = 6
    seed: int = 0
    question: str = _QUESTION

    def __post_init__(self) -> None:
        for what, value, most in (("questions", self.questions, MOST_QUESTIONS), ("k", self.k, MOST_K)):
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
                raise SettingsError(f"{what} must be a whole number from 1 to {most}: received {value!r}")
        if not self.question.strip() or len(self.question) > _LONGEST_QUESTION:
            raise SettingsError(
                f"the question needs 1 to {_LONGEST_QUESTION} characters: received {len(self.question)}"
            )


@dataclass(frozen=True)
class BlindQuestion:
    """One thing to vote on.

    Attributes:
        number: From 0.
        query: Product id.
        a: Matches of the first setting, product ids.
        b: Matches of the second.
    """

    number: int
    query: str
    a: tuple[str, ...]
    b: tuple[str, ...]


@dataclass(frozen=True)
class BlindTest:
    """A test that is being voted on.

    Attributes:
        name: What people call it.
        question: What voters are asked.
        names: Names of the two settings, which voters never see.
        settings: Both as JSON.
        questions: What is voted on.
        token: Unguessable; who has the link may vote.
        open: Whether votes are taken.
        document: Where it is kept.
    """

    name: str
    question: str
    names: tuple[str, str]
    settings: tuple[dict[str, Any], dict[str, Any]]
    questions: tuple[BlindQuestion, ...]
    token: str
    open: bool
    document: Document


@dataclass(frozen=True)
class Ballot:
    """What a voter is shown: a question with its sides shuffled.

    Attributes:
        question: The question.
        left_is: ``a`` or ``b``.
    """

    question: BlindQuestion
    left_is: str

    @property
    def left(self) -> tuple[str, ...]:
        """Matches on the left."""
        return self.question.a if self.left_is == "a" else self.question.b

    @property
    def right(self) -> tuple[str, ...]:
        """Matches on the right."""
        return self.question.b if self.left_is == "a" else self.question.a


def make_blind_test(
    home: Home,
    catalog: Catalog,
    name: str,
    settings: tuple[RankingSettings, RankingSettings],
    *,
    names: tuple[str, str],
    actor: str,
    plan: BlindPlan | None = None,
) -> BlindTest:
    """Make a test: draw queries and keep what either setting shows for them.

    Queries for which both show the same products in the same order are passed over: there is nothing to choose.

    Args:
        home: The home.
        catalog: The catalog.
        name: Letters, digits, ``-`` and ``_``.
        settings: The two.
        names: What they are called.
        actor: Who makes it.
        plan: How much is asked; None takes the usual.

    Raises:
        SettingsError: The two show the same for every query.
        CatalogError: An embedding is missing or the name is taken.
    """
    plan = plan or BlindPlan()
    found = _draw_questions(home, catalog, settings, plan)
    if not found:
        raise SettingsError("both settings show the same matches for every query tried: there is nothing to vote on")
    body = {
        "format": 1,
        "question": plan.question,
        "names": list(names),
        "settings": [each.to_json() for each in settings],
        "questions": found,
        "token": secrets.token_urlsafe(16),
        "open": True,
    }
    return _read(add_document(home, catalog, KIND, name, body=body, actor=actor))


def list_blind_tests(home: Home, catalog: Catalog) -> list[BlindTest]:
    """List the tests of a catalog by name."""
    return [_read(document) for document in list_documents(home, catalog, KIND)]


def find_blind_test(home: Home, catalog: Catalog, name: str) -> BlindTest:
    """Find a test by its name.

    Raises:
        CatalogError: There is none.
    """
    return _read(find_document(home, catalog, KIND, name))


def find_by_token(home: Home, catalog: Catalog, token: str) -> BlindTest | None:
    """Find the test a link leads to; None when there is none."""
    given = token.encode("utf-8", "replace")
    return next(
        (each for each in list_blind_tests(home, catalog) if hmac.compare_digest(each.token.encode(), given)), None
    )


def next_ballot(home: Home, test: BlindTest, *, voter: str) -> Ballot | None:
    """Give a voter the next question, sides shuffled; None when the voter has answered all of them.

    The order differs by voter, so that all questions gather votes; it and the sides hang on token, voter and question
    alone, so looking again shows the same.
    """
    answered = {entry.body.get("question") for entry in read_entries(home, test.document) if entry.actor == voter}
    left = [each for each in test.questions if each.number not in answered]
    if not left or not test.open:
        return None
    question = min(left, key=lambda each: _draw(test, voter, each.number, "order"))
    return Ballot(question, "a" if _draw(test, voter, question.number, "side") < 2**31 else "b")


def cast_vote(home: Home, test: BlindTest, number: int, choice: str, *, voter: str) -> None:
    """Take one vote of a voter on a question.

    Raises:
        SettingsError: The choice is none of :data:`CHOICES`, or there is no such question.
        CatalogError: The test is closed, or this voter voted on this question already.
    """
    if choice not in CHOICES or number not in range(len(test.questions)):
        raise SettingsError(f"a vote is {', '.join(CHOICES)} on one of {len(test.questions)} questions")
    if not test.open:
        raise CatalogError("this test is closed; thank you all the same")
    if any(e.actor == voter and e.body.get("question") == number for e in read_entries(home, test.document)):
        raise CatalogError("you voted on this one already")
    left_is = "a" if _draw(test, voter, number, "side") < 2**31 else "b"
    side = {"left": left_is, "right": "b" if left_is == "a" else "a", "equal": "equal"}[choice]
    append_entries(home, test.document, [{"question": number, "choice": side, "left": left_is}], actor=voter)


def close_blind_test(home: Home, catalog: Catalog, test: BlindTest, *, actor: str) -> BlindTest:
    """Take no more votes."""
    body = {**test.document.body, "open": False}
    return _read(change_document(home, catalog, test.document, body=body, actor=actor))


def blind_result(home: Home, test: BlindTest, *, alpha: float = ALPHA) -> dict[str, Any]:
    """Tell how a test stands.

    Returns:
        JSON values: test, a and b (names), votes, voters, wins_a, wins_b, equal, win_rate of a among those that chose
        with its always-valid interval, evidence, decided (``a``, ``b`` or None), decided_after (votes), open,
        questions, left_share: how often the left side was chosen, which should be about half.
    """
    entries = [e for e in read_entries(home, test.document) if e.body.get("choice") in ("a", "b", "equal")]
    chosen = [entry.body["choice"] == "a" for entry in entries if entry.body["choice"] != "equal"]
    verdict = judge(sum(chosen), len(chosen) - sum(chosen), alpha=alpha)
    first = decided_after(chosen, alpha=alpha)
    wins = sum(chosen[:first]) if first else 0
    decided = None if first is None else "a" if wins * 2 > first else "b"
    lefts = [entry.body["choice"] == entry.body.get("left") for entry in entries if entry.body["choice"] != "equal"]
    return {
        "test": test.name,
        "a": test.names[0],
        "b": test.names[1],
        "votes": len(entries),
        "voters": len({entry.actor for entry in entries}),
        "wins_a": verdict.wins,
        "wins_b": verdict.losses,
        "equal": len(entries) - len(chosen),
        "win_rate": verdict.rate,
        "interval": [verdict.low, verdict.high],
        "evidence": verdict.evidence,
        "decided": decided,
        "decided_after": first,
        "left_share": float(np.mean(lefts)) if lefts else None,
        "open": test.open,
        "questions": len(test.questions),
    }


def _draw_questions(
    home: Home,
    catalog: Catalog,
    settings: tuple[RankingSettings, RankingSettings],
    plan: BlindPlan,
) -> list[dict[str, Any]]:
    indexes = {each.embedding: open_index(home, catalog, backbone=each.embedding) for each in settings}
    first = indexes[settings[0].embedding]
    # Shuffled, because the test may end before the last of them and categories lie together in a catalog.
    tried = sample_queries(first, queries=plan.questions * _TRIED_A_QUESTION, seed=plan.seed)
    order = np.random.default_rng(plan.seed).permutation(len(tried))
    found: list[dict[str, Any]] = []
    for query in (tried[place] for place in order):
        if all(query in index.rows for index in indexes.values()) and len(found) < plan.questions:
            sides = [
                list(rank_in(home, catalog, indexes[each.embedding], query, each, k=plan.k).product_ids)
                for each in settings
            ]
            if sides[0] != sides[1] and all(sides):
                found.append({"query": query, "a": sides[0], "b": sides[1]})
    return found


def _draw(test: BlindTest, voter: str, number: int, what: str) -> int:
    """Draw a number below 2**32 that only who knows the test's token could foretell."""
    digest = hmac.digest(test.token.encode(), f"{voter}\n{number}\n{what}".encode("utf-8", "replace"), "sha256")
    return int.from_bytes(digest[:4], "big")


def _read(document: Document) -> BlindTest:
    body = document.body
    try:
        if body["format"] > 1:
            raise SettingsError(f"blind test {document.name!r} was made by a newer ShelfLens: update ShelfLens")
        questions = tuple(
            BlindQuestion(number, str(each["query"]), _ids(each["a"]), _ids(each["b"]))
            for number, each in enumerate(body["questions"])
        )
        return BlindTest(
            document.name,
            str(body["question"]),
            (str(body["names"][0]), str(body["names"][1])),
            (body["settings"][0], body["settings"][1]),
            questions,
            str(body["token"]),
            body["open"] is True,
            document,
        )
    except (KeyError, TypeError, IndexError) as error:
        raise SettingsError(f"blind test {document.name!r} is damaged: restore a backup of the home") from error


def _ids(values: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, values))
