"""Commands that measure and ship a ranking: impact, trade-off, teach, export-matches, export-demo, serve-api."""

import json
from pathlib import Path
from typing import Any

from core.cli.embedded import embed_what_waits
from core.cli.parser import Commands, Parser, UsageError, whole_number
from core.cli.session import Session
from core.cli.tables import facts, seconds_cell, table


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    impact = commands.add(
        "impact", measure, show=show_impact, summary="tell what a proposed preset would change", detachable=True
    )
    impact.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    impact.add_argument("--from", metavar="PRESET", dest="current", default="standard", help="default standard")
    impact.add_argument("--to", metavar="PRESET", dest="proposed", required=True, help="NAME or NAME@VERSION")
    impact.add_argument("--queries", metavar="N", type=whole_number(1), default=100, help="default 100")
    impact.add_argument("--k", metavar="N", type=whole_number(1), default=10, help="matches a query; default 10")
    impact.add_argument("--seed", metavar="N", type=whole_number(0), default=0, help="of the sample; default 0")
    trade = commands.add("trade-off", trade_parts, show=show_trade, summary="tell what one part gains as another loses")
    trade.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    trade.add_argument("first", metavar="PART", help="the part that loses, such as visual")
    trade.add_argument("second", metavar="PART", help="the part that gains, such as color")
    _add_preset(trade)
    trade.add_argument("--queries", metavar="N", type=whole_number(1), default=60, help="default 60")
    export = commands.add(
        "export-matches", export_all, show=show_exported, summary="write the matches of all products", detachable=True
    )
    export.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    _add_preset(export)
    export.add_argument("--k", metavar="N", type=whole_number(1), default=10, help="matches a product; default 10")
    export.add_argument("--out", metavar="FILE", required=True, help="a .parquet or .csv file")
    demo = commands.add(
        "export-demo", export_page, show=show_demo, summary="write a demo as one offline HTML file", detachable=True
    )
    demo.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    _add_preset(demo)
    demo.add_argument("--limit", metavar="N", type=whole_number(2), default=500, help="products; default 500")
    demo.add_argument("--out", metavar="FILE", required=True, help="an .html file")
    _add_teach(commands)
    serving = commands.add("serve-api", serve, show=show_served, summary="answer HTTP from the published presets")
    serving.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="default 127.0.0.1: this machine alone")
    serving.add_argument("--port", metavar="N", type=whole_number(0), default=8600, help="default 8600; 0 a free one")
    serving.add_argument("--allow-host", metavar="NAME", action="append", help="a name it may answer under; repeatable")
    serving.add_argument("--metrics-port", metavar="N", type=whole_number(0), help="serve metrics on this machine too")


def _add_preset(parser: Parser) -> None:
    parser.add_argument("--preset", metavar="PRESET", default="standard", help="NAME or NAME@VERSION; default standard")


def _add_teach(commands: Commands) -> None:
    teaching = commands.add("teach", teach, show=show_taught, summary="fit weights to picks of the better result")
    teaching.add_argument("catalog", metavar="CATALOG", help="name of the catalog")
    teaching.add_argument("--picks", metavar="FILE", help="JSON list of {query, better, worse, equal}")
    teaching.add_argument("--parts", metavar="PARTS", default="visual,color,price,category", help="which, by comma")
    teaching.add_argument("--ask", metavar="N", type=whole_number(0), default=1, help="questions to ask next")
    teaching.add_argument("--seed", metavar="N", type=whole_number(0), default=0, help="of the queries; default 0")


def measure(session: Session) -> dict[str, Any]:
    """Measure the impact of a preset."""
    from core.recommend.presets import preset_settings

    given = session.arguments
    catalog = session.catalog(given.catalog)
    chosen = [preset_settings(session.home, catalog, each) for each in (given.current, given.proposed)]
    for each in {each.embedding for each in chosen}:
        embed_what_waits(session, catalog, backbone=each)
    arguments = {
        "catalog": catalog.name,
        "current": chosen[0].to_json(),
        "proposed": chosen[1].to_json(),
        "queries": given.queries,
        "k": given.k,
        "seed": given.seed,
    }
    found = session.run_job("impact", arguments)
    return found if given.detach else {"from": given.current, "to": given.proposed, **found}


def trade_parts(session: Session) -> dict[str, Any]:
    """Draw the trade-off of two parts."""
    from core.recommend.impact import trade_off
    from core.recommend.index import open_index
    from core.recommend.presets import preset_settings

    given = session.arguments
    catalog = session.catalog(given.catalog)
    settings = preset_settings(session.home, catalog, given.preset)
    embed_what_waits(session, catalog, backbone=settings.embedding)
    index = open_index(session.home, catalog, backbone=settings.embedding)
    points = trade_off(index, settings, (given.first, given.second), queries=given.queries)
    return {"catalog": catalog.name, "parts": [given.first, given.second], "points": points}


def export_all(session: Session) -> dict[str, Any]:
    """Write the matches of all products."""
    return _ship(session, "matches", k=session.arguments.k)


def export_page(session: Session) -> dict[str, Any]:
    """Write a demo to go."""
    return _ship(session, "offline-demo", limit=session.arguments.limit)


def _ship(session: Session, kind: str, **extent: Any) -> dict[str, Any]:
    """Run the job that writes what a preset ranks, after embedding what waits for it."""
    from core.recommend.presets import preset_settings

    given = session.arguments
    catalog = session.catalog(given.catalog)
    settings = preset_settings(session.home, catalog, given.preset)
    embed_what_waits(session, catalog, backbone=settings.embedding)
    arguments = {"catalog": catalog.name, "settings": settings.to_json(), "to": given.out, **extent}
    return session.run_job(kind, arguments)


def teach(session: Session) -> dict[str, Any]:
    """Fit weights to picks, and say what to ask next."""
    from core.recommend.index import open_index
    from core.recommend.teaching import read_picks
    from core.recommend.teaching_pairs import taught_by
    from core.recommend.weights import PARTS

    given = session.arguments
    catalog = session.catalog(given.catalog)
    parts = [part.strip() for part in given.parts.split(",")]
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise UsageError(f"--parts: unknown part {unknown[0][:60]!r}; expected some of {', '.join(PARTS)}")
    picks = [] if given.picks is None else read_picks(_json_file(Path(given.picks).expanduser()))
    embed_what_waits(session, catalog, backbone=_default_backbone())
    index = open_index(session.home, catalog)
    return {"catalog": catalog.name, **taught_by(index, picks, parts=parts, ask=given.ask, seed=given.seed)}


def serve(session: Session) -> dict[str, Any]:
    """Serve until Ctrl-C."""
    from core.service.metrics import serve_metrics
    from core.service.serving import serve_api

    given = session.arguments
    if given.metrics_port is not None:
        port, _ = serve_metrics(session.home, port=given.metrics_port)
        session.say(f"metrics at http://127.0.0.1:{port}/metrics")
    address = serve_api(
        session.home,
        host=given.host,
        port=given.port,
        allowed_hosts=given.allow_host or (),
        on_ready=lambda found: session.say(f"answering at {found}; its pages: {found}/docs; Ctrl-C stops it"),
    )
    return {"address": address}


def _default_backbone() -> str:
    from core.vision.backbones import DEFAULT_BACKBONE

    return DEFAULT_BACKBONE


def _json_file(path: Path) -> Any:
    from core.files import read_ordinary

    try:
        return json.loads(read_ordinary(path, most_bytes=2**24).decode("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no JSON: {str(error)[:120]}") from error


def show_impact(result: dict[str, Any]) -> str:
    """Lay out what changes."""
    rows = [
        {
            "measure": name.replace("_", " "),
            **{side: _figure(figures[side]) for side in ("current", "proposed", "difference")},
        }
        for name, figures in result["measures"].items()
    ]
    columns = {"measure": "MEASURE", "current": "NOW", "proposed": "PROPOSED", "difference": "DIFFERENCE [95 %]"}
    head = f"{result['queries']:,} queries; overlap of the {result['k']} best: {_figure(result['overlap'])}"
    changed = [{"query": each["query"], "overlap": each["overlap"]} for each in result["changed"][:10]]
    return "\n\n".join(
        [
            head,
            table(rows, columns, empty=""),
            table(changed, {"query": "CHANGES MOST", "overlap": "OVERLAP"}, empty="no query changes"),
        ]
    )


def _figure(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return "unknown"
    low, high = figure["interval"]
    return f"{figure['value']:.3f} [{low:.3f}, {high:.3f}]"


def show_trade(result: dict[str, Any]) -> str:
    """Lay out the curve."""
    first, second = result["parts"]
    columns = {"share": f"WEIGHT OF {second.upper()}", first: first.upper(), second: second.upper()}
    return table(result["points"], columns, empty="no query has both parts")


def show_exported(result: dict[str, Any]) -> str:
    """Say what was written."""
    names = ("catalog", "file", "products", "matches", "without_match", "resumed")
    return facts({name.replace("_", " "): result[name] for name in names} | {"took": seconds_cell(result["seconds"])})


def show_demo(result: dict[str, Any]) -> str:
    """Say what was written."""
    names = ("catalog", "file", "products", "bytes", "left_out")
    return facts({name.replace("_", " "): result[name] for name in names} | {"took": seconds_cell(result["seconds"])})


def show_taught(result: dict[str, Any]) -> str:
    """Say what the picks say."""
    asked = table(result["ask"], {"query": "QUERY", "first": "THIS", "second": "OR THIS", "bits": "BITS"}, empty="")
    if result["weights"] is None:
        return f"no picks yet; ask about:\n\n{asked}"
    weights = ", ".join(f"{part} {value:g}" for part, value in result["weights"].items() if value)
    told = {
        "picks": result["picks"],
        "weights": weights,
        "agreement on held-out picks": result["held_out"],
        "steadiness": result["steadiness"],
        "enough": result["enough"],
    }
    return f"{facts(told)}\n\n{asked}"


def show_served(result: dict[str, Any]) -> str:
    """Say where it answered."""
    return f"stopped answering at {result['address']}"
