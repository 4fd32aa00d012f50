"""The command that writes a map as a page that stands alone."""

from pathlib import Path
from typing import Any

import core
from core.cli.parser import Commands, UsageError
from core.cli.session import Session
from core.cli.tables import facts
from core.errors import CatalogError

_BY = ("category", "brand", "color", "split", "price")
_PARTS = Path(core.__file__).parent / "ui" / "components"


def add_commands(commands: Commands) -> None:
    """Add the command."""
    page = commands.add(
        "map-page", write_page, show=show_page, summary="write a map as one HTML file that needs no network"
    )
    page.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    page.add_argument("--to", metavar="FILE", required=True, help="the file, ending in .html")
    page.add_argument("--method", metavar="METHOD", default="umap", help="umap, tsne or pca; default umap")
    page.add_argument("--embedding", metavar="NAME", default="", help="whose map; default the latest of any")
    page.add_argument("--color-by", choices=_BY, default="category", help="default category")
    page.add_argument("--no-pictures", action="store_true", help="leave the small pictures out")
    page.add_argument("--replace", action="store_true", help="an earlier file may go")


def write_page(session: Session) -> dict[str, Any]:
    """Write the latest map of a catalog."""
    from core.explore.map_page import map_page, page_pictures
    from core.explore.map_picture import MapPicture, map_data
    from core.explore.map_scene import drawn_rows, map_scale
    from core.files import write_whole

    given = session.arguments
    to = Path(given.to).expanduser()
    if to.suffix.casefold() != ".html":
        raise UsageError(f"--to {given.to!r} must end in .html")
    if to.exists() and not given.replace:
        raise CatalogError(f"{to} is there already: name another file, or add --replace")
    catalog = session.catalog(given.catalog)
    table = _points(session, catalog)
    rows = drawn_rows(table["category"])
    positions = map_scale(table).quantized(table["x"].to_numpy(float), table["y"].to_numpy(float))[rows]
    drawn = table.iloc[rows]
    title = f"{given.method.upper()} of {catalog.name}"
    coloring = _coloring(drawn, given.color_by)
    picture = MapPicture(positions, coloring, len(table), title, title.replace(" ", "-"))
    pictures = (
        [] if given.no_pictures else page_pictures(session.home, drawn["picture_hash"].tolist(), drawn["category"])
    )
    page = map_page(
        map_data(picture),
        title=title,
        titles=drawn["title"].tolist(),
        lines=[value if isinstance(value, str) else "" for value in drawn["category"]],
        body=(_PARTS / "product_map.html").read_text(encoding="utf-8"),
        style=(_PARTS / "product_map.css").read_text(encoding="utf-8"),
        scripts=[(_PARTS / name).read_text(encoding="utf-8") for name in ("product_map.js", "map_drawing.js")],
        pictures=pictures,
    )
    try:
        write_whole(to, page.encode())
    except OSError as error:
        raise CatalogError(f"cannot write {to} ({error}): name a folder that is there") from error
    counts = {"points": len(drawn), "products": len(table), "pictures": len(pictures)}
    return {"file": str(to), **counts, "bytes": to.stat().st_size}


def _points(session: Session, catalog: Any) -> Any:
    from core.catalog.products import product_table
    from core.explore.maps import latest_map

    given = session.arguments
    drawn = latest_map(session.home, catalog, given.method, backbone=given.embedding or None)
    if drawn is None:
        raise CatalogError(
            f"catalog {catalog.name!r} has no such map yet: run `map {catalog.name} --method {given.method}` first"
        )
    return drawn.frame[["product_id", "x", "y"]].merge(product_table(session.home, catalog), on="product_id")


def _coloring(table: Any, by: str) -> Any:
    from core.explore.map_coloring import color_by_kind, color_by_number

    if by != "price":
        return color_by_kind(table[by], by=by)
    currencies = table["currency"].value_counts()
    currency = str(currencies.index[0]) if len(currencies) else ""
    amounts = table["price_minor_units"].where(table["currency"] == currency)
    return color_by_number(amounts, by=f"price, minor units of {currency}", logarithmic=True)


def show_page(result: dict[str, Any]) -> str:
    """Say what was written."""
    drawn = f"{result['points']:,} of {result['products']:,} products"
    return facts({"file": result["file"], "drawn": drawn, "size": f"{result['bytes'] / 2**20:.1f} MiB"})
