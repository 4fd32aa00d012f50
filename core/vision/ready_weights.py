"""Making a backbone's weights ready before its features are asked for: downloaded, or fitted on the pictures."""

from core.catalog.catalogs import Catalog
from core.home import Home
from core.progress import Progress
from core.vision.backbone import Backbone
from core.vision.weights import find_weights, missing_weights


def ready_weights(home: Home, backbone: Backbone, catalog: Catalog, *, progress: Progress) -> None:
    """Make sure that a backbone has weights.

    Args:
        home: Where they go.
        backbone: Which one.
        catalog: What visual words are fitted on, should there be none yet.
        progress: Told of the download or the fit; may cancel.

    Raises:
        BackboneError: They cannot be had; the message says how to go on.
    """
    if find_weights(home, backbone) is not None:
        return
    if backbone.kind == "application":
        from core.vision.weights_files import download_weights

        download_weights(home, backbone, progress=progress)
    elif backbone.kind == "words":
        from core.vision.bovw_fit import fit_words
        from core.vision.bovw_settings import WordsSettings

        fit_words(home, catalog, settings=WordsSettings(with_choice=False), progress=progress)
    else:
        raise missing_weights(home, backbone)
