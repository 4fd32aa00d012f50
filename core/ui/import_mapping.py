"""Step 2 of an import: the first rows as they are read, and the products they become, with the mapping to correct."""

from core.catalog.source_settings import SourceSettings
from core.ui.caches import home
from core.ui.import_choice import ChosenSource


def draw_source(source: ChosenSource) -> tuple[SourceSettings, bool]:
    """Draw what is in a source; give the settings as corrected, and whether anything can be imported."""
    from core.catalog.source_preview import preview_source

    preview_source(home(), source.text, settings=source.settings)
    return source.settings, True
