"""Selections of a map as links of the Embeddings page write them, and the products they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import numpy as np

from core.catalog.product_filter import ProductFilter
from core.catalog.product_search import matching_rows
from core.catalog.products import product_table
from core.catalog.slices import list_slices, read_slice
from core.errors import CatalogError, SettingsError
from core.explore.kept_clusters import latest_clusters, open_clusters
from core.explore.map_choices import OF_A_RUN, MapProducts, color_choices, coloring_by, read_choice
from core.explore.map_points import MapPoints, points_of_drawing
from core.explore.map_scene import UNKNOWN, decoded_loop, mixed_positions
from core.explore.selection import inside_loop
from core.models.runs import open_run

_NAMES = ("loop", "find", "slice", "members")
"""What selects in a link, the first of them that says something."""


@dataclass(frozen=True)
class MapSelection:
    """Products that are asked for; at most one of `loop`, `words`, `slice_name` and `cluster` is set.

    Attributes:
        loop: Corners as links write them.
        only: Codes of the kinds the loop takes; empty takes all.
        by: What the kinds are of, see :mod:`core.explore.map_choices`.
        run: Id of the run whose predictions the kinds are of; empty takes the one at hand.
        at: Place between two maps where the loop was drawn, 0..1.
        words: Words searched for.
        slice_name: Name of a slice.
        cluster: Number of a cluster; -1 are the products in none.
        grouping: Version of the clusters it is one of; empty takes the latest.
        method: Method of the map in the link; empty where it says none.
        embedding: Embedding of the map in the link; empty where it says none.
        layout: Name of the drawing the loop was drawn on, of two maps both with ``~`` between; empty where the link
            says none.

    Raises:
        SettingsError: The words are blank, which would select everything.
    """

    loop: str | None = None
    only: tuple[int, ...] = ()
    by: str = ""
    run: str = ""
    at: float = 0.0
    words: str | None = None
    slice_name: str | None = None
    cluster: int | None = None
    grouping: str = ""
    method: str = ""
    embedding: str = ""
    layout: str = ""

    def __post_init__(self) -> None:
        """Refuse words that are none."""
        if self.words is not None and not self.words.strip():
            raise SettingsError(f"words to search for must not be blank: received {self.words[:80]!r}")


def read_selection(text: str, *, slices: tuple[str, ...] = ()) -> MapSelection:
    """Read a selection.

    Args:
        text: A link of the page, or what stands behind its ``?``: ``loop=...``, ``find=WORDS``, ``slice=NAME``,
            ``members=GROUPING.N``; also ``cluster=N`` alone: in a link that is what the Clusters view shows. Text
            without any of these is a slice of that name where there is one, else words.
        slices: Names of the slices there are.

    Raises:
        SettingsError: It says nothing, or something that cannot be read.
    """
    text = text.strip()
    fields = {name: values[0] for name, values in parse_qs(text.partition("#")[0].rpartition("?")[2]).items()}
    is_link = "://" in text or (bool(fields) and ("?" in text or "&" in text))
    kinds = [name for name in (_NAMES if is_link else (*_NAMES, "cluster")) if fields.get(name, "").strip()]
    if kinds:
        return _of_kind(fields, kinds[0])
    if not text or is_link or any(text.startswith(f"{name}=") for name in (*_NAMES, "cluster")):
        raise SettingsError(
            f"{text[:80]!r} selects nothing: expected loop=CORNERS or members=GROUPING.N as in a link of the page, "
            "find=WORDS, slice=NAME, or cluster=NUMBER alone"
        )
    return MapSelection(slice_name=text) if text in slices else MapSelection(words=text)


def selection_of(fields: Mapping[str, str]) -> MapSelection:
    """Read the selection of a link's names and values; an empty one where they select nothing.

    Raises:
        SettingsError: It cannot be read.
    """
    kinds = [name for name in _NAMES if fields.get(name, "").strip()]
    return _of_kind(fields, kinds[0]) if kinds else MapSelection()


def read_loop(text: str) -> MapSelection:
    """Read a loop: a link of the page, what stands behind its ``?``, or the corners alone.

    Raises:
        SettingsError: It cannot be read.
    """
    found = read_selection(text if "loop=" in text else f"loop={text}")
    if found.loop is None:
        raise SettingsError(f"{text[:80]!r} holds no loop: expected loop=CORNERS as in a link of the page")
    return found


def slice_names(products: MapProducts) -> tuple[str, ...]:
    """Name the slices of a catalog."""
    return tuple(each.name for each in list_slices(products.home, products.catalog))


def selected_rows(
    products: MapProducts, asked: MapSelection, points: MapPoints | None = None, *, after: MapPoints | None = None
) -> np.ndarray:
    """Find the products that are selected, drawn or not.

    Args:
        products: The N products.
        asked: What is asked for.
        points: Their map, which a loop needs.
        after: Where they go, for a loop between two maps.

    Returns:
        bool (N,).

    Raises:
        CatalogError: There is no such slice or cluster, or the drawing a loop names is gone.
        RunError: There is no run of the id a loop names.
        SettingsError: The loop cannot be read, or its map is missing.
    """
    if asked.loop is not None and asked.layout and (points is None or points.layout != asked.layout):
        return _in_loop_elsewhere(products, asked)
    if asked.loop is not None:
        return _in_loop_here(products, asked, points, after)
    ids = products.table["product_id"]
    if asked.words is not None:
        columns, rows = matching_rows(products.home, products.catalog, ProductFilter(text=asked.words))
        return np.asarray(ids.isin({columns.product_ids[int(row)] for row in rows}))
    if asked.slice_name is not None:
        return np.asarray(ids.isin(set(read_slice(products.home, products.catalog, asked.slice_name).product_ids)))
    return _in_cluster(products, asked)


def loop_rows(
    products: MapProducts, asked: MapSelection, positions: np.ndarray, after: np.ndarray | None = None
) -> np.ndarray:
    """Find the products within a loop, bool (N,).

    Args:
        products: The N products.
        asked: Names a loop.
        positions: uint16 (N, 2).
        after: uint16 (N, 2), the other end where there are two maps.

    Raises:
        RunError: There is no run of the id the loop names.
        SettingsError: The loop, or what its kinds are of, cannot be read, or its run is another catalog's.
    """
    inside = inside_loop(mixed_positions(positions, after, asked.at), decoded_loop(asked.loop))
    if asked.only and asked.by:
        judged, clustered = bool(products.run or asked.run), products.clusters is not None
        choices = color_choices(products.home, products.catalog, products.table, judged=judged, clustered=clustered)
        by = read_choice(asked.by, choices)
        shown = _judged(products, asked.run) if asked.run and by in OF_A_RUN else products
        inside &= np.isin(coloring_by(shown, by).codes, asked.only)
    return inside


def _judged(products: MapProducts, run_id: str) -> MapProducts:
    found, catalog = open_run(products.home, run_id), products.catalog
    if found.run.catalog_id != catalog.catalog_id:
        raise SettingsError(
            f"the loop takes kinds of run {run_id[:80]!r}, which is of catalog {found.run.catalog!r}, not of "
            f"{catalog.name!r}"
        )
    return replace(products, run=found)


def _in_loop_here(
    products: MapProducts, asked: MapSelection, points: MapPoints | None, after: MapPoints | None
) -> np.ndarray:
    if points is None:
        raise SettingsError("a loop is read on its map: name the map")
    if asked.at > 0 and after is None:
        raise SettingsError("the loop was drawn between two maps: name the second with --after")
    return loop_rows(products, asked, points.positions, None if after is None else after.positions)


def _in_loop_elsewhere(products: MapProducts, asked: MapSelection) -> np.ndarray:
    """Find the products in a loop that was drawn on another map: they stay selected wherever they lie here."""
    there, later = points_of_drawing(
        products.home, products.catalog, product_table(products.home, products.catalog), asked.layout
    )
    clusters = latest_clusters(products.home, products.catalog, there.embedding) if there.embedding else None
    shown = replace(products, table=there.table, clusters=clusters)
    inside = loop_rows(shown, asked, there.positions, None if later is None else later.positions)
    return np.asarray(products.table["product_id"].isin(set(there.table["product_id"][inside])))


def _in_cluster(products: MapProducts, asked: MapSelection) -> np.ndarray:
    found = products.clusters
    if asked.grouping:
        found = open_clusters(products.home, products.catalog, asked.grouping)
        if found is None:
            raise CatalogError("the clusters of this link are not kept any more: run `clusters` again")
    if found is None:
        name = products.catalog.name
        raise CatalogError(f"catalog {name!r} has no clusters of this embedding: run `clusters {name}` first")
    mine = found.labels["product_id"][found.labels["cluster"] == asked.cluster]
    if mine.empty:
        known = sorted(found.labels["cluster"].unique().tolist())
        raise CatalogError(f"there is no cluster {asked.cluster}: expected one of {known[0]} to {known[-1]}")
    return np.asarray(products.table["product_id"].isin(set(mine)))


def _of_kind(fields: Mapping[str, str], kind: str) -> MapSelection:
    if kind == "find":
        return MapSelection(words=fields["find"].strip()[:200])
    if kind == "slice":
        return MapSelection(slice_name=fields["slice"])
    if kind in ("cluster", "members"):
        grouping, _, number = fields[kind][:100].rpartition(".")
        if bool(grouping) != (kind == "members"):
            raise SettingsError(f"{kind}={fields[kind][:40]!r} is none: expected members=GROUPING.N, or cluster=N")
        try:
            return MapSelection(cluster=int(number), grouping=grouping)
        except ValueError as error:
            raise SettingsError(f"{kind}={fields[kind][:40]!r} names no number of a cluster") from error
    # What a link says with a plus, its reader takes for a blank; a page's own links say minus and underscore.
    loop = fields["loop"].replace(" ", "+").replace("-", "+").replace("_", "/")
    decoded_loop(loop)
    return MapSelection(
        loop=loop,
        only=read_kinds(fields.get("loop_only", "")),
        by=fields.get("loop_by", ""),
        run=fields.get("verdict_run", ""),
        at=read_share(fields.get("loop_at", "")),
        method=fields.get("pair_method" if fields.get("after") else "method", "").replace("-", "").casefold(),
        embedding=fields.get("embedding", ""),
        layout=fields.get("map", ""),
    )


def read_kinds(text: str) -> tuple[int, ...]:
    """Read codes of kinds as links write them, with dots between; what is none is left out."""
    words = text[:1024].split(".")
    codes = {int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 4}
    return tuple(sorted(code for code in codes if code <= UNKNOWN))


def read_share(text: str) -> float:
    """Read a place between two maps, 0..1; 0 where it is none."""
    try:
        at = float(text)
    except ValueError:
        return 0.0
    return at if 0 <= at <= 1 else 0.0
