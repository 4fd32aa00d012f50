"""What recipes refuse before anything costs time."""

import pytest

from core.errors import TrainingError
from core.models.recipes import RECIPES, find_recipe
from core.vision.backbones import find_backbone


@pytest.mark.parametrize("name", ["fine-tune", "triplet"])
def test_recipes_on_top_of_a_network_refuse_visual_words(name):
    with pytest.raises(TrainingError, match=f"'{name}' trains on top of a network, and backbone 'bovw' counts"):
        find_recipe(name).check_backbone(find_backbone("bovw"))


def test_every_other_recipe_takes_every_backbone():
    for recipe in RECIPES.values():
        if recipe.name not in ("fine-tune", "triplet"):
            recipe.check_backbone(find_backbone("bovw"))
        recipe.check_backbone(find_backbone("efficientnet-lite0"))


def test_an_unknown_recipe_names_those_there_are():
    with pytest.raises(TrainingError, match="there is no recipe 'magic': choose one of linear, head"):
        find_recipe("magic")
