"""Teaching by example: how well 20 picks recover a hidden weighting, one pick in ten being wrong.

A simulated person has hidden weights (uniform over all mixtures of visual, color, category and text, the parts these
products have; they have no prices), prefers the result those
weights score higher, and errs on 10 % of the picks. What was taught is judged on queries that were not asked about:
the overlap of the ten best by taught and by hidden weights, whole catalog ranked. Peers in the same run: pairs chosen
at random, and scikit-learn's logistic regression (no intercept, its default penalty, negative weights cut off) on the
same picks of either kind.

    python -m benchmarks.teach [--data ../shared/data] [--simulations 50] [--picks 20] [--write]
    python -m benchmarks.teach --home HOME --catalog NAME     a catalog that is imported and embedded already
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import ROOT, markdown_table, run_command, show, versions
from core.catalog.catalogs import find_catalog
from core.home import open_home
from core.recommend.index import CatalogIndex, open_index
from core.recommend.ranking import exact_parts, score_parts
from core.recommend.teaching import Pick, fit_weights, teach
from core.recommend.teaching_pairs import (
    Question,
    TeachingPool,
    best_places,
    next_question,
    pool_difference,
    steadiness,
    teaching_pool,
)
from core.recommend.weights import PARTS

NOISE = 0.1
NEW_QUERIES = 50
TAUGHT = ("visual", "color", "category", "text")
_PLACES = [PARTS.index(part) for part in TAUGHT]
_CATALOG = "products"
METHODS = {
    "ours: chosen pairs, non-negative fit": ("chosen", "ours"),
    "random pairs, non-negative fit": ("random", "ours"),
    "chosen pairs, scikit-learn": ("chosen", "scikit-learn"),
    "random pairs, scikit-learn": ("random", "scikit-learn"),
}


def hidden_weights(random: np.random.Generator) -> np.ndarray:
    """Draw weights (8,) of the taught parts, uniform over all mixtures."""
    weights = np.zeros(len(PARTS))
    weights[_PLACES] = random.dirichlet(np.ones(len(TAUGHT)))
    return weights


def ask_person(
    pool: TeachingPool, hidden: np.ndarray, *, picks: int, choosing: str, random: np.random.Generator
) -> list[Pick]:
    """Let a simulated person pick; pairs are chosen by us or at random."""
    given: list[Pick] = []
    while len(given) < picks:
        question = (
            next_question(pool, given, seed=int(random.integers(2**31)))
            if choosing == "chosen"
            else random_question(pool, random)
        )
        if question is None:
            break
        margin = float(np.array(question.difference) @ hidden)
        prefers_first = (margin > 0) != (random.random() < NOISE)
        given.append(question.picked(float(prefers_first)))
    return given


def random_question(pool: TeachingPool, random: np.random.Generator) -> Question:
    """Take two results of a query at random."""
    query = int(random.integers(len(pool.queries)))
    first, second = random.choice(len(pool.rows[query]), 2, replace=False).tolist()
    ids = [pool.index.product_ids[pool.rows[query][place]] for place in (first, second)]
    return Question(pool.queries[query], ids[0], ids[1], pool_difference(pool.parts[query], first, second), 0.0)


def fitted(picks: Sequence[Pick], how: str) -> np.ndarray:
    """Fit weights (8,)."""
    differences = np.array([pick.difference for pick in picks])[:, _PLACES]
    preferred = np.array([pick.preferred for pick in picks])
    weights = np.zeros(len(PARTS))
    if how == "ours":
        weights[_PLACES] = fit_weights(differences, preferred)
    elif len(set(preferred)) > 1:
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(fit_intercept=False, max_iter=1000).fit(differences, preferred)
        weights[_PLACES] = np.maximum(model.coef_[0], 0)
    if not weights.any():
        weights[_PLACES] = 1.0
    return weights


def overlap(tables: Sequence[np.ndarray], one: np.ndarray, two: np.ndarray) -> float:
    """Mean share of the ten best that two weightings agree on."""
    shares = [len(set(best_places(t, one, count=10)) & set(best_places(t, two, count=10))) / 10 for t in tables]
    return statistics.mean(shares)


def new_tables(index: CatalogIndex, pool: TeachingPool) -> list[np.ndarray]:
    """Give the parts of all products against queries that are not in the pool."""
    random = np.random.default_rng(12345)
    free = [row for row in random.permutation(len(index)) if index.product_ids[row] not in pool.queries]
    tables = []
    for row in free[:NEW_QUERIES]:
        others = np.delete(np.arange(len(index)), row)
        scored = score_parts(index.query_product(index.product_ids[row]), index)
        tables.append(exact_parts(scored, others, TAUGHT))
    return tables


def simulate(index: CatalogIndex, *, simulations: int, picks: int) -> dict[str, Any]:
    """Teach many simulated people; give overlaps by method, and what our own figures said about the first."""
    pool = teaching_pool(index, parts=TAUGHT, seed=0)
    tables = new_tables(index, pool)
    overlaps: dict[str, list[float]] = {name: [] for name in METHODS}
    told: dict[str, list[float]] = {"held_out": [], "steadiness": []}
    by_picks: dict[int, list[float]] = {count: [] for count in range(5, picks + 1, 5)}
    for number in range(simulations):
        hidden = hidden_weights(np.random.default_rng((1, number)))
        given = {
            choosing: ask_person(pool, hidden, picks=picks, choosing=choosing, random=np.random.default_rng(number))
            for choosing in ("chosen", "random")
        }
        for name, (choosing, how) in METHODS.items():
            overlaps[name].append(overlap(tables, fitted(given[choosing], how), hidden))
        for count, found in by_picks.items():
            found.append(overlap(tables, fitted(given["chosen"][:count], "ours"), hidden))
        taught = teach(given["chosen"], parts=TAUGHT)
        told["held_out"].append(taught.held_out or 0.0)
        told["steadiness"].append(steadiness(pool, taught))
        print(f"  person {number + 1}: {overlaps[next(iter(METHODS))][-1]:.3f}", flush=True)
    return {"overlaps": overlaps, "by_picks": by_picks, "told": told}


def table(found: dict[str, Any]) -> str:
    """Lay out overlaps by method."""
    rows = []
    for name, values in found["overlaps"].items():
        error = 1.96 * statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
        at_least = sum(value >= 0.8 for value in values) / len(values)
        worst = f"{min(values):.3f}"
        rows.append([name, f"{statistics.mean(values):.3f} ± {error:.3f}", worst, f"{at_least:.0%}"])
    return markdown_table(["method", "overlap@10 on new queries (95 %)", "worst", "at least 0.8"], rows)


def main() -> None:
    """Read the arguments, simulate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("SHELFLENS_SHARED", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=shared)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--catalog", default=_CATALOG)
    parser.add_argument("--simulations", type=int, default=50)
    parser.add_argument("--picks", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = given.home or Path(folder) / "home"
        if given.home is None:
            source = given.data / "myntra-3000"
            words = [str(source / "styles.csv"), "--images", str(source / "images"), "--catalog", given.catalog]
            run_command("import", *words, home=root)
            run_command("embed", given.catalog, home=root)
        home = open_home(root)
        index = open_index(home, find_catalog(home, given.catalog))
        found = simulate(index, simulations=given.simulations, picks=given.picks)
        size = len(index)
    growth = [[count, f"{statistics.mean(values):.3f}"] for count, values in found["by_picks"].items()]
    told = {name: statistics.mean(values) for name, values in found["told"].items()}
    body = (
        f"{size:,} products of myntra-3000; {given.simulations} simulated people, {given.picks} picks each, "
        f"{NOISE:.0%} of them wrong; {NEW_QUERIES} new queries.\n\n{table(found)}\n\n"
        f"Ours, by the number of picks:\n\n{markdown_table(['picks', 'overlap@10'], growth)}\n\n"
        f"What the page tells after {given.picks} picks, on average: agreement on held-out picks "
        f"{told['held_out']:.2f} (a perfect fit would see {1 - NOISE:.2f} on easy pairs; chosen pairs are hard ones), "
        f"steadiness {told['steadiness']:.2f}."
    )
    result = {"products": size, "picks": given.picks, "noise": NOISE, **found}
    result["versions"] = versions("numpy", "scikit-learn")
    data = f"--data {os.path.relpath(given.data)}"
    show("teach", "Teaching by example", body, result, write=given.write, data=data)


if __name__ == "__main__":
    main()
