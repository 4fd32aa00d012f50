"""How color is traded against kind: precision at 10 by articleType and by baseColour as the color weight goes 0 to 1.

myntra-3000 is imported and embedded as a user does; every product is a query, ranked among all others by
`rank_parts` with visual weight 1 - w and color weight w. Beside it, in the same run, the report's recommender (F9,
preset "classic") with the same two ingredients: the 20 visually nearest, ordered by (1 - w) x visual + w x color
score; its ten best count. Labels are only looked at to judge. "With titles" is ours with a quarter of the weight on
the part text: shops write kind and color into titles, so it is shown beside the pictures alone, never in their place.

The learned line trains on one half of the products and is measured on the other: a softmax for the kind on the frozen
features, and one for the color on features and color histogram; what is compared is how probable it is that both
products bear the same label, the sum over labels of the two probabilities' product. Queries and candidates are the
other half alone, so its figures are not those of the whole catalog; the same half without learning stands beside it,
and the learned one with titles.

    python -m benchmarks.color_curve [--data ../shared/data] [--home DIR] [--seed 0] [--write]

`--home` takes a home that already has the catalog `myntra`, embedded with this version.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.measuring import ROOT, markdown_table, run_command, show, versions
from core.catalog.catalogs import find_catalog
from core.home import open_home
from core.recommend.classic import color_scores
from core.recommend.index import CatalogIndex, open_index
from core.recommend.rank_products import rank_parts
from core.recommend.ranking import exact_parts, rank, score_parts
from core.recommend.ranking_settings import CLASSIC_POOL, RankingSettings
from core.recommend.weights import RankWeights
from core.vision.color_histogram import unpacked_roots
from core.vision.feature_store import feature_shards

CATALOG = "myntra"
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 1.0)
PLACES = 10
TITLES_SHARE = 0.25
LABELS = ("articleType", "baseColour")
TYPE_ASKED = 0.62
TYPE_ASKED_LEARNED = 0.68


def prepared_home(data: Path, folder: Path) -> Path:
    """Import and embed the pictures as a user does."""
    source = data / "myntra-3000"
    words = [str(source / "styles.csv"), "--images", str(source / "images"), "--catalog", CATALOG]
    run_command("import", *words, home=folder)
    run_command("embed", CATALOG, home=folder)
    return folder


def labels_of(index: CatalogIndex, data: Path) -> dict[str, np.ndarray]:
    """Read the kind and the color of each product of the index; int (N,)."""
    table = pd.read_csv(data / "myntra-3000" / "styles.csv", dtype=str).set_index("id").loc[list(index.product_ids)]
    return {name: pd.factorize(table[name].fillna("?"))[0] for name in LABELS}


def precision(found: np.ndarray, label: np.ndarray, queries: np.ndarray) -> float:
    """Average the share of matches with the query's label; found (Q, 10)."""
    return float((label[found] == label[queries][:, None]).mean())


def catalog_curves(index: CatalogIndex, labels: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Rank for every product, with every weight, our way and the report's."""
    queries = np.arange(len(index))
    ours = np.empty((len(WEIGHTS), len(index), PLACES), np.intp)
    classic, titled = np.empty_like(ours), np.empty_like(ours)
    visual_place, pool_weights = 0, RankWeights.only("visual")
    for row, product_id in enumerate(index.product_ids):
        parts = score_parts(index.query_product(product_id), index)
        pool = rank(parts, pool_weights, k=CLASSIC_POOL).rows
        visual = exact_parts(parts, pool, ("visual",))[:, visual_place]
        color = np.nan_to_num(color_scores(parts, pool))
        for place, weight in enumerate(WEIGHTS):
            settings = RankingSettings(weights=RankWeights.of([1 - weight, weight]))
            ours[place, row] = rank_parts(parts, settings, k=PLACES).rows
            pictures = 1 - TITLES_SHARE
            weights = RankWeights(
                visual=pictures * (1 - weight), color=pictures * weight, price=0, category=0, text=TITLES_SHARE
            )
            titled[place, row] = rank_parts(parts, RankingSettings(weights=weights), k=PLACES).rows
            classic[place, row] = pool[np.argsort(-((1 - weight) * visual + weight * color), kind="stable")[:PLACES]]
    return [
        {
            "weight": weight,
            **{f"ours_{name}": precision(ours[place], label, queries) for name, label in labels.items()},
            **{f"titled_{name}": precision(titled[place], label, queries) for name, label in labels.items()},
            **{f"classic_{name}": precision(classic[place], label, queries) for name, label in labels.items()},
        }
        for place, weight in enumerate(WEIGHTS)
    ]


def learned_curves(home_path: Path, index: CatalogIndex, labels: dict[str, np.ndarray], seed: int) -> dict[str, Any]:
    """Learn kind and color on one half of the products, and measure on the other."""
    home = open_home(home_path)
    order = np.random.default_rng(seed).permutation(len(index))
    learn, judge = order[: len(order) // 2], order[len(order) // 2 :]
    features = _features(home, index)
    colors = unpacked_roots(index.histograms)
    kind = _probabilities(features, labels["articleType"], learn, strength=0.02)
    color = _probabilities(np.hstack([colors * 3, features * 0.35]), labels["baseColour"], learn, strength=0.05)
    titles = _title_likeness(index, judge)
    return {
        "products_learned_from": len(learn),
        "products_judged": len(judge),
        "both_at_most": _most_of_both(labels, judge),
        "learned": _half_curve(kind, color, labels, judge),
        "learned_titled": _half_curve(kind, color, labels, judge, titles=titles),
        "unlearned": _half_curve(np.asarray(index.embeddings), index.colors, labels, judge),
    }


def _most_of_both(labels: dict[str, np.ndarray], rows: np.ndarray) -> float:
    """Give the share of ten matches that could bear both labels of the query, were the ranking perfect."""
    same = np.logical_and.reduce([label[rows][:, None] == label[rows] for label in labels.values()])
    return float(np.minimum(same.sum(axis=1) - 1, PLACES).mean() / PLACES)


def _title_likeness(index: CatalogIndex, rows: np.ndarray) -> np.ndarray:
    """Compare the titles of some products with one another; float32 (n, n)."""
    titles = index.title_index
    found = [titles.similarities(titles.weights_of(index.titles[row] or ""))[rows] for row in rows.tolist()]
    return np.nan_to_num(np.stack(found))


def _features(home: Any, index: CatalogIndex) -> np.ndarray:
    from core.catalog.products import product_table

    assert index.catalog is not None
    hashes = product_table(home, index.catalog).set_index("product_id")["picture_hash"].loc[list(index.product_ids)]
    rows = feature_shards(home, backbone=index.encoder).read(hashes.tolist())[0].astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True) * np.sqrt(rows.shape[1]) / 6


def _probabilities(rows: np.ndarray, label: np.ndarray, learn: np.ndarray, *, strength: float) -> np.ndarray:
    """Fit a softmax on some rows; give all rows' probabilities, float32 (N, classes)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler(with_std=False).fit(rows[learn])
    model = LogisticRegression(C=strength * 20, max_iter=400).fit(scaler.transform(rows[learn]), label[learn])
    return np.asarray(model.predict_proba(scaler.transform(rows)), np.float32)


def _half_curve(
    looks: np.ndarray,
    colors: np.ndarray,
    labels: dict[str, np.ndarray],
    judge: np.ndarray,
    *,
    titles: np.ndarray | None = None,
) -> list[dict[str, float]]:
    """Rank one half among itself with every weight."""
    visual, color = (np.clip(rows[judge] @ rows[judge].T, 0, 1) for rows in (looks, colors))
    curve = []
    for weight in WEIGHTS:
        scores = (1 - weight) * visual + weight * color
        if titles is not None:
            scores = (1 - TITLES_SHARE) * scores + TITLES_SHARE * titles
        np.fill_diagonal(scores, -1)
        found = judge[np.argpartition(-scores, PLACES, axis=1)[:, :PLACES]]
        curve.append({"weight": weight, **{name: precision(found, label, judge) for name, label in labels.items()}})
    return curve


def color_at(curve: list[dict[str, float]], asked: float, *, side: str = "") -> float:
    """Read off a curve: the precision by color where the one by kind is what is asked for; 0 where it never is."""
    points = sorted((row[f"{side}articleType"], row[f"{side}baseColour"]) for row in curve)
    kinds, colors = zip(*points, strict=True)
    return float(np.interp(asked, kinds, colors)) if kinds[0] <= asked <= kinds[-1] else 0.0


def above_everywhere(curve: list[dict[str, Any]]) -> bool:
    """Tell whether, at every precision by kind that the classic reaches, ours is no worse by color."""
    best = max(row["ours_articleType"] for row in curve)
    return all(
        color_at(curve, min(row["classic_articleType"], best), side="ours_") >= row["classic_baseColour"] - 1e-9
        for row in curve
    )


def body(result: dict[str, Any]) -> str:
    """Lay out the tables and what they say."""
    names = ("weight", *(f"{side}_{name}" for side in ("ours", "titled", "classic") for name in LABELS))
    rows = [[f"{row['weight']:.2f}", *(f"{row[name]:.3f}" for name in names[1:])] for row in result["curve"]]
    titles = ["color weight", "ours, by type", "by color", "with titles, by type", "by color, with titles"]
    titles += ["classic, by type", "classic, by color"]
    halves = result["halves"]
    half_rows = [
        [
            f"{one['weight']:.2f}",
            *(f"{side[name]:.3f}" for side in sides for name in LABELS),
        ]
        for one, *others in zip(halves["unlearned"], halves["learned"], halves["learned_titled"], strict=True)
        for sides in [(one, *others)]
    ]
    half_titles = ["color weight", "unlearned, by type", "by color", "learned, by type", "by color, learned"]
    half_titles += ["learned, with titles, by type", "by color, learned, with titles"]
    words = (
        f"At {TYPE_ASKED} by type, read off between two rows: {result['ours_at_type']:.3f} by color from pictures "
        f"alone, {result['titled_at_type']:.3f} with {TITLES_SHARE * 100:.0f} % of the weight on titles; asked for is "
        f"0.45, a simple mix of before gave 0.397 at 0.579, where pictures give {result['ours_at_simple_mix']:.3f}. "
        f"Ours is {'' if result['above_everywhere'] else 'not '}above the classic everywhere."
    )
    learned = (
        f"Learned on {halves['products_learned_from']:,} products, measured among the other "
        f"{halves['products_judged']:,}: at {TYPE_ASKED_LEARNED} by type {result['learned_at_type']:.3f} by color, "
        f"with titles {result['learned_titled_at_type']:.3f} (asked for is 0.55); at {TYPE_ASKED} "
        f"{result['learned_at_lower_type']:.3f}. No more than {result['both_at_most']:.3f} of ten matches can be of "
        "the query's kind and color at once in that half."
    )
    return f"{markdown_table(titles, rows)}\n\n{words}\n\n{markdown_table(half_titles, half_rows)}\n\n{learned}"


def measure(home_path: Path, data: Path, seed: int) -> dict[str, Any]:
    """Measure everything on a home that has the catalog."""
    home = open_home(home_path)
    index = open_index(home, find_catalog(home, CATALOG))
    labels = labels_of(index, data)
    curve = catalog_curves(index, labels)
    halves = learned_curves(home_path, index, labels, seed)
    return {
        "products": len(index),
        "curve": curve,
        "ours_at_type": color_at(curve, TYPE_ASKED, side="ours_"),
        "titled_at_type": color_at(curve, TYPE_ASKED, side="titled_"),
        "ours_at_simple_mix": color_at(curve, 0.579, side="ours_"),
        "above_everywhere": above_everywhere(curve),
        "halves": halves,
        "learned_at_type": color_at(halves["learned"], TYPE_ASKED_LEARNED),
        "learned_titled_at_type": color_at(halves["learned_titled"], TYPE_ASKED_LEARNED),
        "both_at_most": halves["both_at_most"],
        "learned_at_lower_type": color_at(halves["learned"], TYPE_ASKED),
        "versions": versions("numpy", "scikit-learn", "opencv-python-headless"),
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("SHELFLENS_SHARED", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=shared)
    parser.add_argument("--home", type=Path, help="a home that already has the catalog, embedded")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or prepared_home(given.data, Path(folder) / "home")
        result = measure(home, given.data, given.seed)
    data = f"--data {os.path.relpath(given.data)}"
    show("color_curve", "Color against kind", body(result), result, write=given.write, data=data)


if __name__ == "__main__":
    main()
