from dataclasses import replace

import numpy as np
import pandas as pd

from core.recommend.index import build_index
from core.ui.recommendations import _index_key


def test_a_new_catalog_under_an_old_name_has_its_own_key():
    # Name, version and embedding version all start over when a catalog is deleted and imported anew.
    columns = {"product_id": ["p"], "category": [None], "price_minor_units": [None], "currency": [None]}
    palettes = (np.zeros((1, 5), np.uint16), np.zeros((1, 5), np.float32))
    index = build_index(pd.DataFrame(columns), np.ones((1, 1), np.float32), palettes=palettes)
    assert _index_key(replace(index, catalog_id=1)) != _index_key(replace(index, catalog_id=2))
