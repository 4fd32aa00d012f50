"""What colors, shapes, strengths and a selection make of the map a command writes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.cli.drawn_maps import check_loop
from core.cli.parser import UsageError

if TYPE_CHECKING:
    import numpy as np

    from core.explore.catalog_maps import CatalogMap
    from core.explore.map_choices import MapProducts
    from core.explore.map_coloring import Coloring, Shapes
    from core.explore.map_points import MapPoints


@dataclass(frozen=True)
class MapLook:
    """How N points look.

    Attributes:
        coloring: Their colors.
        shapes: Their shapes; None for round dots.
        opacity: uint8 (N,), how strong they are; None for all alike.
        opacity_by: What that means.
        selected: How many are selected; None where nothing was asked for.
    """

    coloring: "Coloring"
    shapes: "Shapes | None"
    opacity: "np.ndarray | None"
    opacity_by: str
    selected: int | None


def read_look(
    given: Any,
    products: "MapProducts",
    points: "MapPoints",
    *,
    later: "MapPoints | None" = None,
    drawn: "CatalogMap | None" = None,
) -> MapLook:
    """Read what was asked for.

    Args:
        given: The options of the command: `color_by`, `shape_by`, `strength_by`, `select`.
        products: The N products of the map.
        points: The map.
        later: The map it becomes.
        drawn: The map as it was found, which a loop must have been drawn on.

    Raises:
        SettingsError: A choice is not there, or a selection cannot be read.
        UsageError: A loop was drawn on another map.
    """
    from core.explore.map_choices import color_choices, coloring_by, read_choice
    from core.explore.map_coloring import shape_by_kind

    judged, clustered = products.run is not None, products.clusters is not None
    choices = color_choices(products.home, products.catalog, products.table, judged=judged, clustered=clustered)
    coloring = coloring_by(products, read_choice(given.color_by, choices))
    shapes = None
    if given.shape_by is not None:
        shapes = shape_by_kind(coloring_by(products, read_choice(given.shape_by, choices)))
    opacity, opacity_by = _strength(given, products)
    selected = _selected(given, products, points, later, drawn)
    if selected is not None:
        # The selected keep their strength, all others step back as far as can be.
        strong = 255 if opacity is None else opacity.clip(60)
        opacity = (selected * strong).astype("uint8")
        opacity_by = f"{opacity_by} in the selection" if opacity_by else "of the selection"
    return MapLook(coloring, shapes, opacity, opacity_by, None if selected is None else int(selected.sum()))


def _strength(given: Any, products: "MapProducts") -> tuple["np.ndarray | None", str]:
    from core.explore.map_choices import read_choice, strength_by, strength_choices

    if given.strength_by is None:
        return None, ""
    choices = strength_choices(products.table, judged=products.run is not None)
    if not choices:
        raise UsageError("--strength-by needs prices or a run: this catalog has neither")
    by = read_choice(given.strength_by, choices)
    return strength_by(products, by), by


def _selected(
    given: Any,
    products: "MapProducts",
    points: "MapPoints",
    later: "MapPoints | None",
    drawn: "CatalogMap | None",
) -> "np.ndarray | None":
    from core.explore.map_selections import read_selection, selected_rows, slice_names

    if given.select is None:
        return None
    asked = read_selection(given.select, slices=slice_names(products))
    if asked.loop is not None and not asked.layout and drawn is not None and later is None:
        check_loop(asked, drawn)
    return selected_rows(products, asked, points, after=later)
