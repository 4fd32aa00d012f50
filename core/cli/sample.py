"""The command that fetches real pictures under a free licence."""

from dataclasses import asdict
from typing import Any

from core.cli.parser import Commands
from core.cli.session import Session
from core.cli.tables import facts, table


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    parser = commands.add(
        "sample", fetch_sample, show=show_sample, summary="fetch real pictures and import them", detachable=True
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="which sample; without it they are listed")
    parser.add_argument("--list", action="store_true", help="list the samples and fetch nothing")
    parser.add_argument("--catalog", metavar="CATALOG", help="the catalog to fill; default: the sample's name")


def fetch_sample(session: Session) -> dict[str, Any]:
    """List the samples, or fetch one and import it."""
    from core.catalog.web.samples import SAMPLES, find_sample

    given = session.arguments
    if given.list or given.name is None:
        named = SAMPLES.values() if given.name is None else [find_sample(given.name)]
        return {"samples": [{name: asdict(sample)[name] for name in _LISTED} for sample in named]}
    sample = find_sample(given.name)
    session.say(f"{sample.title}; about {sample.about_bytes / 1e6:,.0f} MB, {sample.license}, from {sample.homepage}")
    return session.run_job("sample", {"name": sample.name, "catalog": given.catalog or sample.name})


def show_sample(result: dict[str, Any]) -> str:
    """Say which samples there are, or what came."""
    if "samples" in result:
        rows = [each | {"size": f"about {each['about_bytes'] / 1e6:,.0f} MB"} for each in result["samples"]]
        columns = {"name": "NAME", "pictures": "PICTURES", "size": "SIZE", "license": "LICENSE", "title": "WHAT"}
        return table(rows, columns, empty="there are no samples")
    shown = ("catalog", "products", "pictures", "categories", "license", "fetched", "seconds")
    return facts({name: result[name] for name in shown})


_LISTED = ("name", "title", "license", "homepage", "pictures", "about_bytes", "commit")
