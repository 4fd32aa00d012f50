"""The command that writes a map as a page that stands alone, or as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import core
from core.cli.auditing import target_file
from core.cli.drawn_maps import (
    find_clusters,
    find_judge,
    find_map,
    find_points,
    lay_over,
    product_table_of,
)
from core.cli.map_looks import MapLook, read_look
from core.cli.parser import Commands, UsageError
from core.cli.session import Session
from core.cli.tables import facts, percent_cell
from core.errors import CatalogError
from core.explore.map_settings import METHODS

if TYPE_CHECKING:
    from core.explore.catalog_maps import CatalogMap
    from core.explore.map_picture import MapPicture
    from core.explore.map_points import MapPoints

_ENDINGS = (".html", ".svg", ".png")
_PARTS = Path(core.__file__).parent / "ui" / "components"
_BY = "category, category:LEVEL, price, price-level, color, brand, split, right-or-wrong, confidence, cluster"


def add_commands(commands: Commands) -> None:
    """Add the command."""
    page = commands.add("map-page", write_page, show=show_page, summary="write a map as an HTML page, SVG or PNG")
    page.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    page.add_argument("--to", metavar="FILE", required=True, help=f"the file, ending in {', '.join(_ENDINGS)}")
    page.add_argument("--method", choices=METHODS, default="umap", help="default umap")
    page.add_argument("--embedding", metavar="NAME", default="", help="whose map; default the latest of any")
    page.add_argument("--dimensions", type=int, choices=(2, 3), default=2, help="default 2; 3 is an HTML page to turn")
    page.add_argument("--after", metavar="EMBEDDING", help="lay the map onto this one's, and let it become that")
    page.add_argument("--color-by", metavar="WHAT", default="category", help=f"{_BY} or attribute:NAME")
    page.add_argument("--shape-by", metavar="WHAT", help="as --color-by, but no number: up to six kinds have shapes")
    page.add_argument("--strength-by", metavar="WHAT", help="price or confidence: more of it is drawn stronger")
    page.add_argument(
        "--run", metavar="RUN", dest="judge", help="whose predictions are shown; default the newest of the catalog"
    )
    page.add_argument(
        "--select", metavar="WHAT", help="name of a slice, words, cluster=N, or loop=... as in a page's link"
    )
    page.add_argument("--no-pictures", action="store_true", help="leave the small pictures out")
    page.add_argument("--replace", action="store_true", help="an earlier file may go")


def write_page(session: Session) -> dict[str, Any]:
    """Write the latest map of a catalog."""
    from core.explore.map_choices import MapProducts

    given = session.arguments
    to = _target(given)
    catalog = session.catalog(given.catalog)
    drawn = find_map(session, catalog, given.method, given.embedding, dimensions=given.dimensions)
    points, later, disparity = _points(session, catalog, drawn)
    run, clusters = find_judge(session, catalog, given.judge), find_clusters(session, catalog, drawn.backbone)
    products = MapProducts(session.home, catalog, points.table, run, clusters, _verdict_colors())
    look = read_look(given, products, points, later=later, drawn=drawn)
    title, pictures = _title(catalog, drawn, given.after), 0
    if given.dimensions == 3:
        from core.explore.map_space_page import space_page

        _write(to, space_page(points, look.coloring, title=title).encode())
    else:
        picture = _picture(points, look, later, title=title, ends=(drawn.backbone, given.after or ""))
        pictures = _write_flat(session, picture, points, to=to, title=title)
    return {
        "file": str(to),
        "points": len(points.drawn),
        "products": len(points.table),
        "pictures": pictures,
        "bytes": to.stat().st_size,
        "title": title,
        "method": drawn.method,
        "embedding": drawn.backbone,
        "after": given.after,
        "disparity": disparity,
        "colored_by": look.coloring.by,
        "kinds": {kind.name: kind.count for kind in look.coloring.kinds},
        "selected": look.selected,
    }


def _verdict_colors() -> dict[str, str]:
    from core.explore.map_palette import KIND_COLORS

    return {"right": KIND_COLORS[0], "wrong": KIND_COLORS[1]}


def _target(given: Any) -> Path:
    """Check where the file goes, and that what is asked for can be drawn there."""
    to = Path(given.to).expanduser()
    if to.suffix.casefold() not in _ENDINGS:
        raise UsageError(f"--to {given.to!r} must end in {', '.join(_ENDINGS[:-1])} or {_ENDINGS[-1]}")
    target_file(given.to)
    if to.exists() and not given.replace:
        raise CatalogError(f"{to} is there already: name another file, or add --replace")
    if given.dimensions == 3:
        if to.suffix.casefold() != ".html":
            raise UsageError("a map in space is an HTML page to turn: let --to end in .html")
        for option in ("after", "shape_by", "strength_by", "select"):
            if getattr(given, option) is not None:
                raise UsageError(f"--{option.replace('_', '-')} is for flat maps: leave out --dimensions 3")
    return to


def _title(catalog: Any, drawn: "CatalogMap", after: str | None) -> str:
    from core.explore.map_points import METHODS as WORDS

    whose = drawn.backbone if after is None else f"{drawn.backbone} to {after}"
    return f"{WORDS[drawn.method]} of {catalog.name}, {whose}"


def _points(
    session: Session, catalog: Any, drawn: "CatalogMap"
) -> tuple["MapPoints", "MapPoints | None", float | None]:
    given = session.arguments
    table = product_table_of(session, catalog)
    if given.after is None:
        return find_points(session, catalog, drawn, table), None, None
    if given.after == drawn.backbone:
        raise UsageError(f"--after {given.after} is the map itself: name another embedding of `embeddings`")
    after = find_map(session, catalog, given.method, given.after)
    return lay_over(session, catalog, drawn, after, table)


def _picture(
    points: "MapPoints", look: MapLook, later: "MapPoints | None", *, title: str, ends: tuple[str, str]
) -> "MapPicture":
    from core.explore.map_points import drawn_picture

    return drawn_picture(
        points,
        look.coloring,
        title=title,
        opacity=look.opacity,
        opacity_by=look.opacity_by,
        shapes=look.shapes,
        after=later,
        ends=ends if later is not None else ("", ""),
    )


def _write_flat(session: Session, picture: "MapPicture", points: "MapPoints", *, to: Path, title: str) -> int:
    """Write a flat map as its file's name says; gives how many small pictures travel along."""
    from core.explore.map_figure import map_figure
    from core.explore.map_page import map_page, page_pictures
    from core.explore.map_picture import map_data

    if to.suffix.casefold() == ".svg":
        from core.explore.map_svg import map_svg

        _write(to, map_svg(map_figure(picture, title=title)).encode())
        return 0
    if to.suffix.casefold() == ".png":
        from core.explore.map_png import map_png

        _write(to, map_png(map_figure(picture, title=title)))
        return 0
    table = points.table.iloc[points.drawn]
    hashes = [] if session.arguments.no_pictures else table["picture_hash"].tolist()
    pictures = page_pictures(session.home, hashes, table["category"]) if hashes else []
    page = map_page(
        map_data(picture),
        title=title,
        titles=table["title"].tolist(),
        lines=[value if isinstance(value, str) else "" for value in table["category"]],
        body=(_PARTS / "product_map.html").read_text(encoding="utf-8"),
        style=(_PARTS / "product_map.css").read_text(encoding="utf-8"),
        scripts=[(_PARTS / name).read_text(encoding="utf-8") for name in ("product_map.js", "map_drawing.js")],
        pictures=pictures,
    )
    _write(to, page.encode(errors="replace"))
    return len(pictures)


def _write(to: Path, data: bytes) -> None:
    from core.files import write_whole

    try:
        write_whole(to, data)
    except OSError as error:
        raise CatalogError(f"cannot write {to} ({error.strerror or error}): name another file") from error


def show_page(result: dict[str, Any]) -> str:
    """Say what was written."""
    told = {
        "file": result["file"],
        "map": result["title"],
        "drawn": f"{result['points']:,} of {result['products']:,} products",
        "colored by": result["colored_by"],
    }
    if result["selected"] is not None:
        told["selected"] = f"{result['selected']:,} products"
    if result["disparity"] is not None:
        told["not laid over one another"] = f"{percent_cell(result['disparity'])} of the spread"
    return facts(told | {"size": f"{result['bytes'] / 2**20:.1f} MiB"})
