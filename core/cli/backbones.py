"""Commands around backbones: list them, bring their weights, fit visual words."""

from pathlib import Path
from typing import Any

from core.cli.parser import Commands, whole_number
from core.cli.session import Session
from core.cli.tables import facts, table


def add_commands(commands: Commands) -> None:
    """Add the commands of this group."""
    commands.add("backbones", list_all, show=show_backbones, summary="list the backbones and whether they can be used")
    fetch = commands.add(
        "download-weights", download, show=show_weights, summary="download the weights of a backbone", detachable=True
    )
    fetch.add_argument("name", metavar="NAME", help="the backbone; see `backbones`")
    fetch.add_argument("--from", dest="source", metavar="URL", help="another address than the publisher's")
    fetch.add_argument("--hash", metavar="HEX", help="sha256 the file must have: for weights of your own")
    fetch.add_argument(
        "--allow-host", metavar="HOST", action="append", help="host on a private network to ask; may be repeated"
    )
    add = commands.add("add-weights", add_file, show=show_weights, summary="copy a weights file in, after checking it")
    add.add_argument("name", metavar="NAME", help="the backbone; see `backbones`")
    add.add_argument("weights", metavar="FILE", help="the weights file")
    add.add_argument("--replace", action="store_true", help="replace weights that are there")
    words = commands.add(
        "fit-words", fit_words, show=show_words, summary="fit the visual words of backbone bovw", detachable=True
    )
    words.add_argument("catalog", metavar="CATALOG", help="on whose pictures")
    words.add_argument(
        "--words", metavar="N", type=whole_number(0), default=20, help="how many; 0 takes the elbow; default 20"
    )
    words.add_argument(
        "--pca", metavar="N", type=whole_number(1), default=69, help="principal components of a detail; default 69"
    )
    words.add_argument(
        "--sample", metavar="N", type=whole_number(1), default=1000, help="pictures to look at; default 1000"
    )
    words.add_argument("--seed", metavar="N", type=whole_number(0), default=0, help="makes it repeatable; default 0")


def list_all(session: Session) -> dict[str, Any]:
    """List the backbones."""
    from core.vision.backbones import DEFAULT_BACKBONE, backbone_state, find_weights, list_backbones

    home = session.home
    rows = []
    for each in list_backbones():
        path = find_weights(home, each)
        rows.append(
            {
                "backbone": each.name,
                "title": each.title,
                "state": backbone_state(home, each),
                "default": each.name == DEFAULT_BACKBONE,
                "side_px": each.side_px,
                "dimensions": each.feature_dimensions,
                "licence": each.licence,
                "download_mb": each.download_mb,
                "weights": each.weights_source,
                "weights_file": each.weights_file,
                "package": each.package,
                "url": each.published.url if each.published else None,
                "file": None if path is None else str(path),
            }
        )
    return {"backbones": rows, "weights_folder": str(home.weights)}


def download(session: Session) -> dict[str, Any]:
    """Download the weights of a backbone, saying first how much that is."""
    from core.vision.backbones import find_backbone

    given = session.arguments
    backbone = find_backbone(given.name)
    if backbone.published is not None:
        session.say(f"{backbone.title}: about {backbone.download_mb} MB, licence of the weights {backbone.licence}")
    arguments = {
        "backbone": backbone.name,
        "source": given.source or "",
        "sha256": given.hash or "",
        "allow_hosts": ",".join(given.allow_host or ()),
    }
    return session.run_job("weights", arguments)


def add_file(session: Session) -> dict[str, Any]:
    """Copy a weights file in."""
    from dataclasses import asdict

    from core.vision.backbones import find_backbone
    from core.vision.weights_files import add_weights

    given = session.arguments
    stored = add_weights(session.home, find_backbone(given.name), Path(given.weights), replace=given.replace)
    return asdict(stored)


def fit_words(session: Session) -> dict[str, Any]:
    """Fit the visual words."""
    given = session.arguments
    settings = {"words": given.words, "components": given.pca, "sample_pictures": given.sample, "seed": given.seed}
    return session.run_job("fit-words", {"catalog": session.catalog(given.catalog).name, "settings": settings})


def show_backbones(result: dict[str, Any]) -> str:
    """Lay out the backbones."""
    columns = {"backbone": "BACKBONE", "state": "STATE", "side_px": "SIDE", "dimensions": "DIMENSIONS"}
    text = table(result["backbones"], {**columns, "download_mb": "MB", "licence": "LICENCE"}, empty="")
    return f"{text}\n\nweights folder: {result['weights_folder']}"


def show_weights(result: dict[str, Any]) -> str:
    """Say which weights are where."""
    return facts({name: result[name] for name in ("backbone", "file", "bytes", "fetched_bytes", "sha256", "checked")})


def show_words(result: dict[str, Any]) -> str:
    """Say what the words were fitted on, and what speaks for other numbers of them."""
    names = ("words", "components", "variance", "pictures", "without_keypoints", "descriptors", "sha256", "file")
    text = facts({name: result[name] for name in names})
    choice = result["choice"]
    if choice is None:
        return text
    rows = [
        {"words": words, "distance": round(distance, 1), "silhouette": round(silhouette, 4)}
        for words, distance, silhouette in zip(choice["words"], choice["distance"], choice["silhouette"], strict=True)
    ]
    tried = table(rows, {"words": "WORDS", "distance": "DISTANCE", "silhouette": "SILHOUETTE"}, empty="")
    return f"{text}\n\n{tried}\nelbow {choice['elbow']}, best silhouette {choice['best_silhouette']}"
