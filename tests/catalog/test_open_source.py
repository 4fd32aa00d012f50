"""Telling the format of a source from what a user names."""

import pytest

from core.catalog.folder_source import FolderSource
from core.catalog.open_source import open_source, source_format
from core.catalog.source_settings import SourceSettings
from core.errors import CatalogError, SettingsError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shop.csv", "table"),
        ("SHOP.CSV", "table"),  # suffixes are written in any case
        ("shop.jsonl", "table"),
        ("train.bson", "bson"),
        ("pictures.tar.gz", "archive"),
        ("pictures.zip", "archive"),
        ("https://shop.example/shoes?page=1", "web"),
        ("sqlite:///shop.db", "sql"),
        ("postgresql://ann:secret@db/shop", "sql"),
    ],
)
def test_format_by_name(text, expected):
    assert source_format(text, SourceSettings()) == expected


def test_a_folder_may_be_called_like_a_table(tmp_path):
    (tmp_path / "shop.csv").mkdir()
    assert source_format(str(tmp_path / "shop.csv"), SourceSettings()) == "folder"


def test_the_chosen_format_wins():
    assert source_format("shop.data", SourceSettings(format="table")) == "table"


def test_an_unknown_file_names_the_endings(tmp_path):
    (tmp_path / "shop.data").write_text("x")
    with pytest.raises(CatalogError, match=r"shop.data is a file whose ending tells no format.*\.csv.*--format"):
        source_format(str(tmp_path / "shop.data"), SourceSettings())


def test_a_folder_is_opened(home, tmp_path):
    assert isinstance(open_source(home, str(tmp_path)), FolderSource)


def test_settings_are_checked():
    with pytest.raises(SettingsError, match="no field is called 'prize'; map one of product_id"):
        SourceSettings(columns={"prize": "amount"})
    with pytest.raises(SettingsError, match="there is no format 'xml'; choose one of auto, folder"):
        SourceSettings(format="xml")
    with pytest.raises(SettingsError, match="query must be a text, not '3'"):
        SourceSettings(query=3)
