"""Maps of a catalog found by the embedding, the method, the settings and the seed they were drawn by."""

from dataclasses import dataclass, field
from typing import Any

from core.catalog.catalogs import Catalog
from core.errors import CatalogError, SettingsError
from core.explore.catalog_embeddings import check_embedding_name, list_embeddings
from core.explore.catalog_maps import CatalogMap, latest_map, layout_of
from core.explore.map_files import stored_maps
from core.explore.map_settings import METHODS, check_settings
from core.home import Home

_SEED = "seed"


@dataclass(frozen=True)
class MapName:
    """Which map is meant.

    Attributes:
        embedding: Name of the embedding.
        method: "umap", "tsne" or "pca".
        wanted: Settings and the seed it must have been drawn by; those that are not named may be any.
    """

    embedding: str
    method: str
    wanted: dict[str, Any] = field(default_factory=dict)

    def means(self, manifest: dict[str, Any], *, dimensions: int) -> bool:
        """Tell whether a map's manifest is that of such a map."""
        found = manifest["settings"] | {_SEED: manifest[_SEED]}
        return (
            (manifest["backbone"], manifest["method"], manifest["dimensions"])
            == (self.embedding, self.method, dimensions)
            and all(found.get(name) == value for name, value in self.wanted.items())
        )  # fmt: skip


def read_map_name(text: str, *, method: str = "umap") -> MapName:
    """Read ``EMBEDDING``, ``EMBEDDING:METHOD`` or ``EMBEDDING:METHOD:seed=N,KEY=VALUE``; an embedding may hold colons.

    Args:
        text: The name.
        method: Taken where it names none.

    Raises:
        BackboneError: There is no backbone of that name.
        SettingsError: The method has no such setting, or its value is out of range.
    """
    parts = text.split(":")
    settings = ""
    if len(parts) > 2 and parts[-2] in METHODS:
        settings = parts.pop()
    if len(parts) > 1 and parts[-1] in METHODS:
        method = parts.pop()
    return MapName(check_embedding_name(":".join(parts)), method, _read_settings(settings, method))


def find_drawn_map(home: Home, catalog: Catalog, name: MapName, *, dimensions: int = 2) -> CatalogMap:
    """Open the map that was asked for last of those that are meant.

    Raises:
        CatalogError: There is none; the message says what there is, or how to draw it.
    """
    found = [
        (str(manifest["asked"]), folder.name, layout_of(folder, manifest))
        for folder, manifest in stored_maps(home, catalog)
        if name.means(manifest, dimensions=dimensions)
    ]
    if found:
        layout = max(found)[-1]  # products that were placed into a map leave its drawing's name
        drawn = latest_map(home, catalog, name.method, backbone=name.embedding, dimensions=dimensions, layout=layout)
        if drawn is not None and name.wanted.items() <= (drawn.settings | {_SEED: drawn.seed}).items():
            return drawn
    raise CatalogError(_missing(home, catalog, name, dimensions=dimensions))


def _missing(home: Home, catalog: Catalog, name: MapName, *, dimensions: int) -> str:
    known = [each.name for each in list_embeddings(home, catalog)]
    if name.embedding not in known:
        return f"catalog {catalog.name!r} has no embedding {name.embedding[:80]!r}: expected one of {', '.join(known)}"
    options = f"--method {name.method} --embedding {name.embedding} --dimensions {dimensions}"
    for key, value in name.wanted.items():
        options += f" --seed {value}" if key == _SEED else f" --set {key}={value}"
    return f"catalog {catalog.name!r} has no such map: run `map {catalog.name} {options}` first"


def _read_settings(text: str, method: str) -> dict[str, Any]:
    values: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        key, sign, value = part.partition("=")
        if not sign or key in values:
            raise SettingsError(f"{part[:80]!r} is no setting of a map: expected seed=N or KEY=VALUE, each once")
        values[key] = value
    seed = values.pop(_SEED, None)
    if seed is not None and not (seed.isascii() and seed.isdecimal() and len(seed) < 20):
        raise SettingsError(f"seed must be a whole number of at least 0: received {seed[:40]!r}")
    checked = check_settings(method, values)
    return {key: checked[key] for key in values} | ({} if seed is None else {_SEED: int(seed)})
