"""Presets: ranking settings kept under a name, every save a new version, one of them published for the shop.

A preset is a document of kind ``preset``; its versions are only ever added. Which version of which preset is published
is a document of its own, so that publishing is one change: whole, logged and undoable. Saving a new version ships
nothing: the published version stays until somebody publishes another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.catalog.catalogs import Catalog, check_name
from core.catalog.documents import (
    Document,
    add_document,
    change_document,
    delete_document,
    find_document,
    list_documents,
)
from core.errors import CatalogError, EditConflictError, SettingsError
from core.home import Home
from core.recommend.ranking_settings import CLASSIC, RankingSettings

KIND = "preset"
BODY_FORMAT = 1
BUILT_IN = {"standard": RankingSettings(), "classic": CLASSIC}
"""Presets every catalog has: the defaults of the sliders, and the recommender of the report. They cannot be changed."""

_PUBLICATION_KIND = "publication"
_PUBLICATION = "published"
_LONGEST_TEXT = 2_000
_MOST_VERSIONS = 1_000


@dataclass(frozen=True)
class PresetVersion:
    """One version of a preset.

    Attributes:
        version: From 1.
        values: The settings as JSON; `settings` reads them.
        note: Why it was saved.
        created: UTC time, ISO 8601; empty for a built-in preset.
        created_by: Who saved it.
    """

    version: int
    values: Mapping[str, Any]
    note: str = ""
    created: str = ""
    created_by: str = ""

    @property
    def settings(self) -> RankingSettings:
        """The settings.

        Raises:
            SettingsError: They were saved by a newer version, or are damaged.
        """
        return RankingSettings.from_json(self.values)


@dataclass(frozen=True)
class Preset:
    """Ranking settings under a name.

    Attributes:
        name: What people call it.
        description: What it is for.
        versions: Oldest first, at least one.
        document: Where it is kept; None for a built-in preset.
    """

    name: str
    description: str
    versions: tuple[PresetVersion, ...]
    document: Document | None = None

    @property
    def newest(self) -> PresetVersion:
        """The version saved last."""
        return self.versions[-1]

    def version(self, number: int) -> PresetVersion:
        """Give one version.

        Raises:
            CatalogError: There is none of that number.
        """
        for each in self.versions:
            if each.version == number:
                return each
        raise CatalogError(f"preset {self.name!r} has no version {number}; it has 1 to {self.newest.version}")


@dataclass(frozen=True)
class Published:
    """What the shop shows now.

    Attributes:
        preset: The preset.
        version: Its published version, which need not be the newest.
        at: When it was published, UTC, ISO 8601.
    """

    preset: Preset
    version: PresetVersion
    at: str


def list_presets(home: Home, catalog: Catalog) -> tuple[list[Preset], dict[str, str]]:
    """List the presets of a catalog by name, built-in ones not among them.

    Returns:
        The presets that can be read, and by name what is wrong with the others.
    """
    found, problems = [], {}
    for document in list_documents(home, catalog, KIND):
        try:
            found.append(_read(document))
        except SettingsError as error:
            problems[document.name] = str(error)
    return found, problems


def find_preset(home: Home, catalog: Catalog, name: str) -> Preset:
    """Find a preset by its name, a built-in one too.

    Raises:
        CatalogError: There is none of that name; the message lists those there are.
        SettingsError: It was saved by a newer version of ShelfLens, or is damaged.
    """
    if name in BUILT_IN:
        what = "The defaults of the sliders" if name == "standard" else "The recommender of the report"
        return Preset(name, what, (PresetVersion(1, BUILT_IN[name].to_json()),))
    return _read(_find(home, catalog, name))


def preset_settings(home: Home, catalog: Catalog, reference: str) -> RankingSettings:
    """Give the settings that ``NAME`` (newest version) or ``NAME@VERSION`` stands for.

    Raises:
        CatalogError: There is no such preset or version.
        SettingsError: It was saved by a newer version of ShelfLens, or is damaged.
    """
    return referred_version(home, catalog, reference)[1].settings


def referred_version(home: Home, catalog: Catalog, reference: str) -> tuple[Preset, PresetVersion]:
    """Give what ``NAME`` or ``NAME@VERSION`` stands for; raises as `preset_settings` does."""
    name, at, number = reference.partition("@")
    preset = find_preset(home, catalog, name)
    if not at:
        return preset, preset.newest
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise CatalogError(f"{reference[:100]!r} names no version: write {name[:60]}@2 for the second")
    return preset, preset.version(int(number))


def save_preset(
    home: Home,
    catalog: Catalog,
    name: str,
    settings: RankingSettings,
    *,
    actor: str,
    description: str | None = None,
    note: str = "",
    seen: Preset | None = None,
) -> Preset:
    """Save settings as a new preset, or as a new version of one.

    Args:
        home: The home.
        catalog: The catalog.
        name: Letters, digits, ``-`` and ``_``.
        settings: What to keep.
        actor: Who saves.
        description: What the preset is for; None keeps what it says.
        note: Why this version, in a few words.
        seen: The preset as whoever saves saw it; when somebody saved since, nothing is written. None means: on top of
            whatever is there.

    Returns:
        The preset as kept.

    Raises:
        CatalogError: The name is not one or belongs to a built-in preset.
        EditConflictError: Somebody saved, renamed or deleted it meanwhile; nothing was written.
        SettingsError: A text is too long, or what is kept there was saved by a newer version.
    """
    if check_name(name) in BUILT_IN:
        raise CatalogError(f"{name!r} is built in and stays as it is: save under another name")
    for what, text in (("description", description or ""), ("note", note)):
        if len(text) > _LONGEST_TEXT:
            raise SettingsError(f"a {what} has at most {_LONGEST_TEXT:,} characters: received {len(text):,}")
    document = _existing(home, catalog, name)
    if document is None:
        if seen is not None and seen.document is not None:
            message = f"the preset {name!r} was deleted or renamed by somebody else; nothing was saved"
            raise EditConflictError(message, theirs={})
        body = _body(description or "", (_version(1, settings, note, actor),))
        return _read(add_document(home, catalog, KIND, name, body=body, actor=actor))
    kept = _read(document)
    if seen is not None and seen.document is not None:
        document = seen.document  # its revision tells whether somebody saved since
    if len(kept.versions) >= _MOST_VERSIONS:
        raise SettingsError(f"preset {name!r} has {_MOST_VERSIONS:,} versions: save under another name")
    added = (*kept.versions, _version(kept.newest.version + 1, settings, note, actor))
    body = _body(kept.description if description is None else description, added)
    return _read(change_document(home, catalog, document, body=body, actor=actor))


def roll_back_preset(home: Home, catalog: Catalog, name: str, version: int, *, actor: str) -> Preset:
    """Save an earlier version anew, as the newest; what came after it stays in the history.

    Raises:
        CatalogError: There is no such preset or version.
        SettingsError: That version was saved by a newer ShelfLens.
    """
    preset = find_preset(home, catalog, name)
    settings = preset.version(version).settings
    note = f"Rolled back to version {version}"
    return save_preset(home, catalog, name, settings, actor=actor, note=note, seen=preset)


def rename_preset(home: Home, catalog: Catalog, name: str, new_name: str, *, actor: str) -> Preset:
    """Give a preset another name; what is published stays published.

    Raises:
        CatalogError: There is no such preset, or the new name is not one, built in or taken.
    """
    if new_name in BUILT_IN:
        raise CatalogError(f"{new_name!r} is built in: choose another name")
    return _read(change_document(home, catalog, _find(home, catalog, name), name=new_name, actor=actor))


def delete_preset(home: Home, catalog: Catalog, name: str, *, actor: str) -> int:
    """Delete a preset with all versions; gives the number of the change, for undoing.

    Raises:
        CatalogError: There is no such preset, or it is the published one.
    """
    document = _find(home, catalog, name)
    publication = _publication(home, catalog)
    if publication is not None and publication.body.get("document_id") == document.document_id:
        raise CatalogError(f"preset {name!r} is published: publish another or `unpublish-preset` first")
    return delete_document(home, catalog, document, actor=actor)


def publish_preset(home: Home, catalog: Catalog, reference: str, *, actor: str) -> Published:
    """Publish ``NAME`` (its newest version) or ``NAME@VERSION`` in place of whatever was published before.

    Raises:
        CatalogError: There is no such preset or version, or it is built in.
        SettingsError: It was saved by a newer version of ShelfLens.
    """
    preset, version = referred_version(home, catalog, reference)
    if preset.document is None:
        raise CatalogError(f"{preset.name!r} is built in: save it under a name of yours and publish that")
    _ = version.settings  # what this program cannot read, it could not serve
    body = {"document_id": preset.document.document_id, "version": version.version}
    publication = _publication(home, catalog)
    if publication is None:
        made = add_document(home, catalog, _PUBLICATION_KIND, _PUBLICATION, body=body, actor=actor)
    else:
        made = change_document(home, catalog, publication, body=body, actor=actor)
    return Published(preset, version, made.changed)


def unpublish_preset(home: Home, catalog: Catalog, *, actor: str) -> None:
    """Publish nothing; the HTTP API then says so.

    Raises:
        CatalogError: Nothing is published.
    """
    publication = _publication(home, catalog)
    if publication is None:
        raise CatalogError(f"catalog {catalog.name!r} has no published preset")
    delete_document(home, catalog, publication, actor=actor, logged_as="unpublish")


def published_preset(home: Home, catalog: Catalog) -> Published | None:
    """Give what is published, or None.

    Raises:
        SettingsError: It was saved by a newer version of ShelfLens.
        CatalogError: What was published is gone, as after undoing its making.
    """
    publication = _publication(home, catalog)
    if publication is None:
        return None
    wanted, number = publication.body.get("document_id"), publication.body.get("version")
    for document in list_documents(home, catalog, KIND):
        if document.document_id == wanted:
            preset = _read(document)
            return Published(preset, preset.version(number if isinstance(number, int) else 0), publication.changed)
    raise CatalogError(f"the published preset of catalog {catalog.name!r} is gone: publish another one")


def describe_preset(preset: Preset, published: Published | None = None) -> dict[str, Any]:
    """Describe a preset as JSON values, settings of the newest version included."""
    is_published = published is not None and published.preset.document == preset.document
    return {
        "preset": preset.name,
        "description": preset.description,
        "version": preset.newest.version,
        "published": published.version.version if published is not None and is_published else None,
        "changed": preset.newest.created,
        "changed_by": preset.newest.created_by,
        "settings": dict(preset.newest.values),
    }


def describe_versions(preset: Preset) -> list[dict[str, Any]]:
    """Describe the versions of a preset as JSON values, newest first."""
    return [
        {
            "version": each.version,
            "note": each.note,
            "created": each.created,
            "created_by": each.created_by,
            "settings": dict(each.values),
        }
        for each in reversed(preset.versions)
    ]


def _find(home: Home, catalog: Catalog, name: str) -> Document:
    if name in BUILT_IN:
        raise CatalogError(f"{name!r} is built in and stays as it is: save it under a name of yours first")
    try:
        return find_document(home, catalog, KIND, name)
    except CatalogError as error:
        raise CatalogError(f"{error}, and {', '.join(BUILT_IN)}") from error


def _existing(home: Home, catalog: Catalog, name: str) -> Document | None:
    return next((each for each in list_documents(home, catalog, KIND) if each.name == name), None)


def _publication(home: Home, catalog: Catalog) -> Document | None:
    return next(iter(list_documents(home, catalog, _PUBLICATION_KIND)), None)


def _version(number: int, settings: RankingSettings, note: str, actor: str) -> PresetVersion:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return PresetVersion(number, settings.to_json(), note, now, actor)


def _body(description: str, versions: tuple[PresetVersion, ...]) -> dict[str, Any]:
    kept = [{**vars(each), "settings": dict(each.values)} for each in versions]
    for each in kept:
        del each["values"]
    return {"format": BODY_FORMAT, "description": description, "versions": kept}


def _read(document: Document) -> Preset:
    """Read a preset from its document, which may come from a newer version or a damaged home."""
    body = document.body
    made_by = body.get("format") if isinstance(body, dict) else None
    if isinstance(made_by, int) and made_by > BODY_FORMAT:
        raise SettingsError(
            f"preset {document.name!r} was saved by a newer ShelfLens (format {made_by}, this one reads up to "
            f"{BODY_FORMAT}): update ShelfLens"
        )
    try:
        versions = tuple(_read_version(each) for each in body["versions"])
        numbers = [each.version for each in versions]
        if not versions or numbers != sorted(set(numbers)):
            raise ValueError("the versions are not in order")
        return Preset(document.name, str(body.get("description", "")), versions, document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(f"preset {document.name!r} is damaged: restore a backup of the home") from error


def _read_version(kept: Mapping[str, Any]) -> PresetVersion:
    values = kept["settings"]
    if not isinstance(values, Mapping) or isinstance(kept["version"], bool) or not isinstance(kept["version"], int):
        raise TypeError("not a version")
    texts = (str(kept.get(name, "")) for name in ("note", "created", "created_by"))
    return PresetVersion(kept["version"], values, *texts)
