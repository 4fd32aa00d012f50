import json

import pytest

from core.errors import RunError
from core.evaluation.model_card import CARD, CARD_JSON, card_text, write_model_card
from core.models.runs import open_run, rename_run
from core.models.train import train_run
from core.progress import SilentProgress
from tests.models.synthetic import planted_catalog


@pytest.fixture
def run_id(home):
    shop = planted_catalog(home, ["mug"] * 60 + ["<b>lamp</b> | x"] * 20)
    settings = {"epochs": 2, "batch_size": 16}
    return train_run(home, shop, recipe="linear", settings=settings, actor="t", progress=SilentProgress())["run"]


def test_a_card_says_what_there_is_to_know(home, run_id):
    card = write_model_card(home, run_id)
    folder = open_run(home, run_id).folder
    assert json.loads((folder / CARD_JSON).read_text()) == card
    assert card["data"]["catalog"] == "shop" and sum(card["data"]["pictures"].values()) == 80
    assert card["data"]["pictures_by_class"]["mug"]["train"] == 42  # 70 % of 60
    test = card["figures"]["test"]
    low, high = test["intervals"]["accuracy"]
    assert test["pictures"] == 16 and low <= test["values"]["accuracy"] <= high
    assert card["settings"]["epochs"] == 2 and card["settings"]["patience"] == 8  # what was not named, too
    # 20 % of 20 pictures are 4: too few to say anything of.
    assert any("Fewer than 10 test pictures" in each and "lamp" in each for each in card["limits"])
    text = (folder / CARD).read_text()
    assert text == card_text(card) and "python -m core predict " + run_id in text


def test_names_from_outside_are_no_markup_in_a_card(home, run_id):
    rename_run(home, run_id, "![x](http://evil.test/a.png) <script>", actor="t")
    text = card_text(write_model_card(home, run_id))
    assert "<script>" not in text and "![x](http" not in text and "<b>" not in text
    assert r"\<b\>lamp\</b\> \| x" in text  # a bar would begin another cell


def test_a_run_without_files_has_no_card(home, run_id):
    (home.runs / run_id / "manifest.json").unlink()
    with pytest.raises(RunError, match="are gone or damaged"):
        write_model_card(home, run_id)
