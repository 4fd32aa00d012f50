"""How good each embedding's neighbors and maps are, on real pictures.

Precision@10 of every embedding of myntra-3000 (by articleType, subCategory, masterCategory and baseColour) and of
clothing-small (by category), as `compare-embeddings` says it, and trustworthiness of its UMAP map. Peers in the same
run: scikit-learn's NearestNeighbors on the raw 1,280 features of the backbone, and umap-learn's map of the same
embedding, judged by scikit-learn's own trustworthiness.

    python -m benchmarks.embedding_quality [--data ../shared/data] [--embeddings NAME ...] [--home DIR] [--write]

With --home, the catalogs myntra and clothing of that home are measured with every embedding they have.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import markdown_table, run_command, show, versions
from core.catalog.catalogs import find_catalog
from core.catalog.products import picture_table
from core.explore.catalog_embeddings import open_embedding
from core.explore.catalog_maps import latest_map
from core.explore.embedding_comparison import precision
from core.explore.product_facts import product_facts, shared_values, stratum_codes
from core.home import open_home
from core.models.gathered_features import gather_features
from core.vision.backbones import DEFAULT_BACKBONE

K = 10
EMBEDDINGS = (DEFAULT_BACKBONE, "bovw", "colors")
MEASURES = {
    "myntra": {
        "category": "articleType",
        "category:2": "subCategory",
        "category:1": "masterCategory",
        "color": "baseColour",
    },
    "clothing": {"category": "category"},
}


def make_catalogs(data: Path, home: Path) -> None:
    """Import both sets of pictures."""
    table, images = data / "myntra-3000" / "styles.csv", data / "myntra-3000" / "images"
    columns = ("category=masterCategory > subCategory > articleType", "color=baseColour", "title=productDisplayName")
    mapped = [word for column in columns for word in ("--map", column)]
    run_command("import", str(table), "--catalog", "myntra", "--images", str(images), *mapped, home=home)
    run_command("import", str(data / "clothing-small"), "--catalog", "clothing", home=home)


def measure(catalog_name: str, names: list[str], home_root: Path) -> dict[str, Any]:
    """Compare the embeddings of a catalog and map each."""
    measures = MEASURES[catalog_name]
    words = [word for name in names for word in ("--embedding", name)]
    words += [word for name in measures for word in ("--by", name)]
    compared, _seconds = run_command("compare-embeddings", catalog_name, *words, "--k", str(K), home=home_root)
    home = open_home(home_root)
    catalog = find_catalog(home, catalog_name)
    for row in compared["embeddings"]:
        print(f"{catalog_name}: map of {row['embedding']}", file=sys.stderr, flush=True)
        drawn, _seconds = run_command("map", catalog_name, "--embedding", row["embedding"], home=home_root)
        row["map"] = {name: drawn[name] for name in ("trustworthiness", "neighbor_preservation", "measured_products")}
        row["peer_map"] = peer_map(home, catalog, row["embedding"])
    compared["raw_features"] = raw_features(home, catalog, measures)
    return compared


def raw_features(home: Any, catalog: Any, measures: dict[str, str]) -> dict[str, Any]:
    """Give the precision of scikit-learn's neighbors on the raw features of the backbone."""
    from sklearn.neighbors import NearestNeighbors

    pictures = picture_table(home, catalog).drop_duplicates("product_id")
    features, known = gather_features(home, pictures["picture_hash"].tolist(), backbone=DEFAULT_BACKBONE)
    ids = pictures["product_id"].to_numpy()[known].tolist()
    rows = np.asarray(features[known], np.float32)
    found = NearestNeighbors(n_neighbors=K + 1, metric="cosine", algorithm="brute").fit(rows).kneighbors(rows)[1]
    # The product itself is left out wherever it stands among its duplicates.
    others = np.stack([row[row != own][:K] for own, row in enumerate(found)])
    facts = product_facts(home, catalog, ids)
    queries = np.arange(len(ids))
    return {
        name: precision(stratum_codes(shared_values(home, catalog, facts, name)).to_numpy(), queries, others)
        for name in measures
    }


def peer_map(home: Any, catalog: Any, name: str) -> dict[str, Any]:
    """Map the same embedding by stock umap-learn, and judge both maps by scikit-learn's trustworthiness."""
    from sklearn.manifold import trustworthiness
    from umap import UMAP

    embedding = open_embedding(home, catalog, name)
    matrix = np.asarray(embedding.matrix, np.float32)
    ours = latest_map(home, catalog, "umap", backbone=name)
    laid = UMAP(metric="cosine", random_state=0, n_jobs=1).fit_transform(matrix)
    judged = {"n_neighbors": 15, "metric": "cosine"}
    return {
        "ours_by_scikit_learn": float(trustworthiness(matrix, ours.frame[["x", "y"]].to_numpy(), **judged)),
        "umap_learn": float(trustworthiness(matrix, laid, **judged)),
    }


def tables(results: dict[str, dict[str, Any]]) -> str:
    """Write a table a catalog."""
    parts = []
    for catalog_name, result in results.items():
        measures = MEASURES[catalog_name]
        titles = ["embedding", "d", *(f"P@{K} {words}" for words in measures.values())]
        titles += ["map: trustworthiness", "neighbors kept", "umap-learn's trustworthiness"]
        rows: list[list[object]] = [
            [
                row["embedding"],
                row["dimensions"],
                *(_interval(row["precision"][name]) for name in measures),
                f"{row['map']['trustworthiness']:.3f}",
                f"{row['map']['neighbor_preservation']:.3f}",
                f"{row['peer_map']['umap_learn']:.3f}",
            ]
            for row in result["embeddings"]
        ]
        peer = result["raw_features"]
        rows.append(["raw features, scikit-learn", 1280, *(_interval(peer[name]) for name in measures), "", "", ""])
        head = f"{catalog_name}: {result['products']:,} products, {result['queries']:,} of them queries among all"
        parts.append(f"{head}\n\n{markdown_table(titles, rows)}")
    return "\n\n".join(parts)


def _interval(found: dict[str, Any] | None) -> str:
    return "" if found is None else f"{found['value']:.3f} ({found['low']:.3f}-{found['high']:.3f})"


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--embeddings", nargs="+", default=list(EMBEDDINGS))
    parser.add_argument("--home", type=Path, help="measure the catalogs of this home instead of importing")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder) / "home"
        if given.home is None:
            make_catalogs(given.data, home)
        results = {name: measure(name, [] if given.home else given.embeddings, home) for name in MEASURES}
    results["versions"] = versions("scikit-learn", "umap-learn", "numpy")
    shown = {name: result for name, result in results.items() if name in MEASURES}
    show("embedding_quality", "Embeddings and their maps", tables(shown), results, write=given.write)


if __name__ == "__main__":
    main()
