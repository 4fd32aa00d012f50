"""The program that leaves with a preset gives the same order without ShelfLens."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from core.errors import SettingsError
from core.recommend import reference_ranking
from core.recommend.presets import Preset, PresetVersion
from core.recommend.presets_file import preset_file
from core.recommend.rank_products import rank_parts
from core.recommend.ranking import score_parts
from core.recommend.ranking_settings import CLASSIC, MatchFilter, RankingSettings
from core.recommend.reference_program import rank
from core.recommend.reference_ranking import export_ranking, ranking_arrays
from core.recommend.weights import PARTS, RankWeights
from tests.catalog.store import small_catalog
from tests.recommend.catalogs_for_ranking import random_index

ALL = RankWeights(**dict.fromkeys(PARTS, 0.7) | {"visual": 1.0})


@pytest.fixture(scope="module")
def index():
    """Sixty products, each part known for most, with twins that tie exactly."""
    found = random_index(8, count=60)
    random = np.random.default_rng(1)
    words = ["red", "wool", "dress", "mug", "lamp", "shoe"]
    titles = tuple(" ".join(random.choice(words, 3)) if row % 9 else None for row in range(60))
    brands = tuple(random.choice(["Nord", "nord ", "Sud", None]) for _ in range(60))
    embeddings = found.embeddings.copy()
    embeddings[30:40] = embeddings[20:30]  # twins
    return replace(found, titles=titles, brands=brands, embeddings=embeddings)


@pytest.mark.parametrize(
    "settings",
    [
        RankingSettings(),
        RankingSettings(weights=RankWeights.only("visual")),
        RankingSettings(weights=ALL),
        RankingSettings(weights=RankWeights(visual=0.3, color=2, price=1, category=1), pool=15),
        RankingSettings(weights=ALL, price_mode="cheaper", diversity=0.4),
        RankingSettings(weights=ALL, price_mode="same", group_variants=True),
        RankingSettings(weights=ALL, price_mode="dearer"),
        RankingSettings(weights=ALL, price_mode="budget", budget=40, budget_currency="EUR"),
        RankingSettings(weights=ALL, filters=MatchFilter(category="A"), pool=9),
    ],
    ids=["standard", "visual", "all", "pool", "cheaper", "variants", "dearer", "budget", "filter"],
)
def test_the_order_is_the_same(index, settings):
    arrays = ranking_arrays(index, settings)
    preset = {"settings": json.loads(json.dumps(settings.to_json()))}
    for product_id in ("p0", "p13", "p25", "p35", "p59"):
        ours = rank_parts(score_parts(index.query_product(product_id), index), settings, k=12)
        theirs = rank(product_id, 12, arrays, preset["settings"])
        assert [match for match, _ in theirs] == list(ours.product_ids)
        assert [score for _, score in theirs] == pytest.approx(ours.scores.tolist(), abs=1e-6)


def test_it_runs_from_the_zip_alone(index, home, tmp_path, monkeypatch):
    monkeypatch.setattr(reference_ranking, "open_index", lambda *_, **__: index)
    settings = RankingSettings(weights=ALL)
    preset = Preset("shop", "", (PresetVersion(1, settings.to_json()),))
    path = tmp_path / "shop.zip"
    count = export_ranking(home, small_catalog(home), settings, path, preset=preset_file(preset, preset.newest))
    assert count == 60
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["arrays.npz", "preset.json", "rank.py"]
        archive.extractall(tmp_path / "out")
    # -I: neither this folder nor the environment can lend it ShelfLens.
    command = [sys.executable, "-I", str(tmp_path / "out" / "rank.py"), "p7", "5"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    ours = rank_parts(score_parts(index.query_product("p7"), index), settings, k=5)
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == list(ours.product_ids)


def test_what_arrays_cannot_say_is_refused(index):
    with pytest.raises(SettingsError, match="classic formula"):
        ranking_arrays(index, CLASSIC)
    with pytest.raises(SettingsError, match="currency"):
        ranking_arrays(index, RankingSettings(filters=MatchFilter(price_max=50)))


def test_the_program_is_short_enough_to_be_read():
    lines = reference_ranking.PROGRAM.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 50
    assert max(map(len, lines)) <= 120
