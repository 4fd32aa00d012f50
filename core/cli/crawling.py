"""The command that looks at a result page before it is crawled."""

from typing import Any

from core.cli.parser import Commands, pair, pairs
from core.cli.session import Session
from core.cli.tables import facts, table

_SHOWN_CHARACTERS = 48


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    parser = commands.add(
        "crawl-preview", preview, show=show_preview, summary="show what a crawl would find on its first page"
    )
    parser.add_argument("source", metavar="URL", help="address of a result page that you may crawl")
    parser.add_argument(
        "--crawl", metavar="KEY=VALUE", type=pair, action="append", help="setting of the crawl; may be repeated"
    )
    parser.add_argument("--allow-host", metavar="HOST", action="append", help="host on a private network to allow")
    parser.add_argument("--fresh", action="store_true", help="ask for the page even if it was looked at a moment ago")


def preview(session: Session) -> dict[str, Any]:
    """Look at the first page of a crawl."""
    from core.catalog.web.crawl_preview import preview_crawl
    from core.catalog.web.crawl_settings import crawl_settings

    given = session.arguments
    settings = crawl_settings(pairs(given.crawl, option="--crawl"))
    hosts = tuple(given.allow_host or ())
    found = preview_crawl(session.home, given.source, settings, allowed_hosts=hosts, fresh=given.fresh)
    return {
        "address": found.address,
        "title": found.title,
        "rendered": found.rendered,
        "robots": found.robots,
        "seconds_between": found.seconds,
        "settings": found.settings.to_json(),
        "matches": found.matches,
        "found": found.found,
        "products": [
            {
                "product_id": product.product_id,
                "title": product.title,
                "price": product.price,
                "category": list(product.category),
                "link": product.link,
                "pictures": list(product.pictures),
            }
            for product in found.products
        ],
        "next": found.next,
        "next_address": found.next_address,
        "warnings": list(found.warnings),
    }


def show_preview(result: dict[str, Any]) -> str:
    """Lay out what was found."""
    top = facts(
        {
            "page": result["title"] or result["address"],
            "read": f"{result['rendered']}, {result['found']:,} products",
            "robots": result["robots"],
            "pause": f"{result['seconds_between']:g} s between two requests",
            "next": " ".join(filter(None, [result["next"], result["next_address"]])) or "nothing follows",
        }
    )
    cards = result["matches"].get("product", 0)
    chosen = [
        {"field": name, "selector": text, "found": f"{result['matches'].get(name, 0)} of {cards}"}
        for name, text in _selectors(result["settings"])
    ]
    products = [
        {"title": _brief(each["title"]), "price": _brief(each["price"]), "pictures": len(each["pictures"])}
        | {"link": _brief(each["link"] or "")}
        for each in result["products"]
    ]
    parts = [
        top,
        table(chosen, {"field": "FIELD", "selector": "SELECTOR", "found": "FOUND IN"}, empty="no selector fits"),
        table(
            products,
            {"title": "TITLE", "price": "PRICE", "pictures": "PICTURES", "link": "LINK"},
            empty="no product was found",
        ),
        *(f"note: {warning}" for warning in result["warnings"]),
    ]
    return "\n\n".join(parts)


def _selectors(settings: dict[str, Any]) -> list[tuple[str, str]]:
    from core.catalog.web.crawl_settings import FIELDS

    named = [(name, settings[name]) for name in ("product", *FIELDS) if settings.get(name)]
    return named + [(f"attribute.{name}", text) for name, text in settings.get("attributes", {}).items()]


def _brief(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
