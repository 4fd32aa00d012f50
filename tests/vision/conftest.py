import pytest

from core.catalog.catalogs import create_catalog, find_catalog
from core.home import open_home
from tests.vision.drawing import add_products, drawn_picture, png_bytes


@pytest.fixture(scope="session")
def prepared_cache(tmp_path_factory):
    """The cache folder of a home in which the default backbone was converted once for all tests."""
    from core.vision.backbone_ir import ensure_ir
    from core.vision.backbones import DEFAULT_BACKBONE, find_backbone

    home = open_home(tmp_path_factory.mktemp("prepared") / "home")
    ensure_ir(home, find_backbone(DEFAULT_BACKBONE))
    return home.cache


@pytest.fixture
def ready_home(home, prepared_cache):
    """A fresh home that shares the converted backbone."""
    home.cache.parent.mkdir(parents=True, exist_ok=True)
    home.cache.symlink_to(prepared_cache, target_is_directory=True)
    return home


@pytest.fixture
def shop(ready_home):
    """A catalog of five products: four of one picture, one of two."""
    create_catalog(ready_home, "shop", actor="tests")
    catalog = find_catalog(ready_home, "shop")
    pictures = {f"p{number}": [png_bytes(drawn_picture(number))] for number in range(4)}
    pictures["p4"] = [png_bytes(drawn_picture(4)), png_bytes(drawn_picture(5))]
    add_products(ready_home, catalog, pictures)
    return find_catalog(ready_home, "shop")
