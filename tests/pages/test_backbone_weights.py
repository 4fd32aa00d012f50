"""The offer on the page Train to bring the weights of a backbone."""

import pytest

from core.home import Home
from core.jobs import list_jobs
from tests.home_copies import copy_home
from tests.pages.conftest import broken, words


@pytest.fixture
def shop(demo_home, tmp_path, monkeypatch):
    """The demo, free to be changed, on a machine to which Keras downloaded nothing."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    copy_home(demo_home.root, tmp_path / "demo")
    return Home(tmp_path / "demo")


def test_a_download_is_offered_with_its_size_and_the_way_without_internet(shop, open_page, monkeypatch):
    asked = []
    monkeypatch.setattr("core.ui.backbone_weights.submit", lambda home, kind, arguments, actor: asked.append(arguments))
    app = open_page(shop, "train", "backbone=vgg16")
    assert broken(app) == []
    assert "They are 59 MB, under CC\\-BY\\-4\\.0" in words(app)
    assert any(
        str(shop.weights / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5") in code.value for code in app.code
    )
    assert asked == []  # nothing is fetched before somebody asks
    next(button for button in app.button if button.label == "Download 59 MB").click().run()
    assert asked == [{"backbone": "vgg16"}]


def test_a_download_that_failed_says_why_and_is_offered_again(shop, open_page):
    from core.jobs.folder import JobFolder
    from core.jobs.spec import create_job
    from core.jobs.stored_status import StoredStatus, write_status

    job = create_job(shop, "weights", {"backbone": "vgg19"}, actor="ann", state="waiting").job
    write_status(JobFolder(shop.jobs / job), StoredStatus("failed", error="the host's name is not known"))
    app = open_page(shop, "train", "backbone=vgg19")
    assert broken(app) == []
    assert "the host's name is not known" in words(app)
    assert any(button.label == "Download 80 MB" for button in app.button)
    assert [each.kind for each in list_jobs(shop) if each.kind == "weights"] == ["weights"]


def test_visual_words_need_no_download(shop, open_page):
    app = open_page(shop, "train", "backbone=bovw")
    assert broken(app) == []
    assert "The visual words are fitted on this catalog's pictures when they are first used" in words(app)
    assert not any(button.label.startswith("Download") for button in app.button)
