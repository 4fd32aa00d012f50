"""The command similar: rank look-alikes of a product, of several, or of a picture."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.embedded import embed_what_waits, prepare_backbone
from core.cli.parser import Commands, Parser, whole_number
from core.cli.session import Session
from core.cli.tables import table

if TYPE_CHECKING:
    from core.recommend.ranking_settings import RankingSettings

_WEIGHTS = (("visual", 1.0), ("color", 0.5), ("price", 0.5), ("category", 0.0))
_FURTHER = ("brand", "popularity", "freshness", "text")
_PRICE_MODES = ("level", "same", "cheaper", "dearer", "budget")


def add_similar(commands: Commands) -> None:
    """Add the command."""
    similar = commands.add("similar", find_similar, show=show_similar, summary="rank look-alikes")
    similar.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    query = similar.add_mutually_exclusive_group(required=True)
    query.add_argument("--product", metavar="ID", help="look-alikes of this product")
    query.add_argument("--picture", metavar="FILE", help="look-alikes of this picture file")
    similar.add_argument("--k", metavar="N", type=whole_number(1), default=10, help="matches; default 10")
    for name, weight in (*_WEIGHTS, *((name, 0.0) for name in _FURTHER)):
        words = f"weight of the {name} part; default {weight:g}"
        similar.add_argument(f"--{name}", metavar="W", type=_weight, default=None, help=words)
    similar.add_argument("--embedding", metavar="NAME", default="", help="backbone whose embedding to use")
    similar.add_argument(
        "--pool", metavar="N", type=whole_number(1), help="rerank only the N nearest by sight; default all"
    )
    _add_query(similar)
    _add_settings(similar)
    similar.add_argument("--user", metavar="ID", help="mix in what this user may like")


def _add_query(parser: Parser) -> None:
    further = (("--also", "a further product matches should look like"), ("--against", "one they should not look like"))
    for name, words in further:
        parser.add_argument(name, metavar="ID", action="append", default=[], help=f"{words}; may be repeated")
    parser.add_argument("--in-color", metavar="COLOR", help="like this, but in this color: a name, or #RRGGBB")
    parser.add_argument("--region", metavar="L,T,R,B", type=_region, help="part of the picture, in percent")


def _add_settings(parser: Parser) -> None:
    base = parser.add_mutually_exclusive_group()
    base.add_argument("--settings", metavar="FILE", help="ranking settings as JSON; options given beside it win")
    base.add_argument("--classic", action="store_true", help="the report's ranking: 20 nearest, price and color")
    parser.add_argument("--price-mode", choices=_PRICE_MODES, help="what a good price is; default level")
    parser.add_argument("--budget", metavar="AMOUNT", type=float, help="for --price-mode budget, major units")
    parser.add_argument("--only-category", metavar="PATH", help="matches in this category or below it")
    parser.add_argument("--only-color", metavar="NAME", action="append", default=[], help="may be repeated")
    parser.add_argument("--only-brand", metavar="NAME", action="append", default=[], help="may be repeated")
    parser.add_argument("--price-from", metavar="AMOUNT", type=float, help="cheapest match, major units")
    parser.add_argument("--price-to", metavar="AMOUNT", type=float, help="dearest match, major units")
    parser.add_argument("--currency", metavar="CODE", help="of the amounts; default the query's")
    parser.add_argument("--in-stock", action="store_true", help="only what can be bought")
    parser.add_argument("--where", metavar="EXPR", help="only what meets a filter expression, as for products")
    parser.add_argument("--diversity", metavar="D", type=float, help="0 to 1, default 0")
    parser.add_argument("--group-variants", action="store_true", help="one of each product's variants")


def find_similar(session: Session) -> dict[str, Any]:
    """Rank look-alikes; an embedding that is missing or behind its catalog is made first."""
    from core.recommend.hybrid import MIXED_MATCHES, mixed_with_history
    from core.recommend.similar import Asking, find_matches
    from core.vision.backbones import find_backbone

    given = session.arguments
    settings = _settings(given)
    catalog = session.catalog(given.catalog)
    backbone = find_backbone(settings.embedding, home=session.home).name
    embed_what_waits(session, catalog, backbone=backbone)
    if given.picture is not None or given.region is not None:
        prepare_backbone(session, backbone)
    asking = Asking(
        product_id=given.product,
        picture=None if given.picture is None else Path(given.picture),
        also=tuple(given.also),
        against=tuple(given.against),
        color=given.in_color,
        region=given.region,
    )
    amounts = {"budget": given.budget, "price_min": given.price_from, "price_max": given.price_to}
    most = given.k if given.user is None else max(given.k, MIXED_MATCHES)
    found = find_matches(session.home, catalog, asking, settings, k=most, amounts=amounts, currency=given.currency)
    if given.user is not None:
        found["matches"] = mixed_with_history(session.home, catalog, found["matches"], given.user, k=given.k)
    return found


def _settings(given: argparse.Namespace) -> "RankingSettings":
    """Put the settings together: a file, then what is named beside it."""
    import json

    from core.errors import SettingsError
    from core.recommend.ranking_settings import CLASSIC, RankingSettings

    base = CLASSIC if given.classic else RankingSettings()
    if given.settings is not None:
        try:
            base = RankingSettings.from_json(json.loads(Path(given.settings).read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            raise SettingsError(f"the settings {given.settings[:200]!r} cannot be read as JSON: {error}") from error
    values = base.to_json()
    named = {name: getattr(given, name) for name in (*values["weights"],) if getattr(given, name) is not None}
    values["weights"] |= named
    filters = {
        "category": given.only_category,
        "colors": given.only_color,
        "brands": given.only_brand,
        "where": given.where,
        "in_stock": given.in_stock,
        "currency": given.currency,
    }
    values["filters"] |= {name: value for name, value in filters.items() if value}
    simple = {
        "embedding": given.embedding,
        "pool": given.pool,
        "diversity": given.diversity,
        "group_variants": given.group_variants or None,
    }
    values |= {name: value for name, value in simple.items() if value not in (None, "")}  # a diversity of 0 wins too
    if given.price_mode and given.price_mode != "budget":
        values |= {"price_mode": given.price_mode, "budget": None}
    if given.budget is not None and given.price_mode not in (None, "budget"):
        raise SettingsError(f"--budget is a price mode of its own: leave out --price-mode {given.price_mode}")
    if (given.price_mode == "budget") > (given.budget is not None or values["budget"] is not None):
        raise SettingsError("--price-mode budget needs --budget AMOUNT")
    kept_amounts = (values["budget"], values["filters"]["price_min"], values["filters"]["price_max"])
    amounts = (given.budget, given.price_from, given.price_to, *kept_amounts)
    if given.currency is not None and all(amount is None for amount in amounts):
        raise SettingsError("--currency is of an amount: add --budget, --price-from or --price-to")
    return RankingSettings.from_json(values)


def show_similar(result: dict[str, Any]) -> str:
    """Lay out matches with the parts of each score."""
    rows = [
        {**each, **each["parts"], "price": each["price"], "price part": each["parts"]["price"]}
        for each in result["matches"]
    ]
    columns = {
        "product_id": "PRODUCT",
        "score": "SCORE",
        "visual": "VISUAL",
        "color": "COLOR",
        "price part": "PRICE PART",
    }
    further = {name: name.upper() for name in _FURTHER if any(name in each for each in rows)}
    return table(rows, {**columns, **further, "price": "PRICE"}, empty="no match")


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = -1.0
    if not 0 <= weight < float("inf"):
        raise argparse.ArgumentTypeError(f"a weight is a number of at least 0, not {text!r}")
    return weight


def _region(text: str) -> tuple[int, int, int, int]:
    try:
        left, top, right, bottom = (int(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"a region is left,top,right,bottom in percent, not {text!r}") from error
    return left, top, right, bottom
