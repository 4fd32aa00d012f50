import pytest

from core.catalog.catalogs import create_catalog, find_catalog
from core.catalog.histories import list_histories
from core.errors import CatalogError
from core.explore.catalog_maps import latest_map
from core.home import open_home
from core.jobs import list_jobs, run_here
from core.models.runs import list_runs
from tests.home_copies import copy_home


def test_the_demo_is_ready_to_browse(demo_home):
    catalog = find_catalog(demo_home, "demo")
    assert catalog.products >= 600 and catalog.categories >= 12
    [history] = list_histories(demo_home, catalog)
    assert history.users == 400
    [run] = list_runs(demo_home, catalog_id=catalog.catalog_id)
    assert 0.85 <= run.metrics["test"]["accuracy"] <= 0.98  # neither trivial nor hopeless
    assert len(latest_map(demo_home, catalog).frame) == catalog.products


def test_building_it_again_reuses_everything(demo_home, tmp_path):
    copy_home(demo_home.root, tmp_path / "copy")
    home = open_home(tmp_path / "copy")
    before = find_catalog(home, "demo")
    [built] = [job.result for job in list_jobs(home) if job.kind == "demo"]
    again = run_here(home, "demo", {"seed": 7}, actor="ann")
    same = ("catalog", "products", "pictures", "categories", "run")
    assert {name: again[name] for name in same} == {name: built[name] for name in same}
    assert find_catalog(home, "demo") == before  # not even its version rose
    assert len(list_runs(home)) == 1 and len(list_histories(home, before)) == 1
    with pytest.raises(CatalogError, match="there is a catalog 'demo' already, from demo drawn from seed 7"):
        run_here(home, "demo", {"seed": 8}, actor="ann")


def test_it_is_not_mixed_into_a_catalog_of_the_users(home):
    create_catalog(home, "demo", actor="ann", source="/photos")
    with pytest.raises(CatalogError, match="'demo' already, from /photos; rename or delete it first"):
        run_here(home, "demo", {}, actor="ann")


def test_a_run_of_the_users_is_not_taken_for_the_demos_own(demo_home, tmp_path):
    copy_home(demo_home.root, tmp_path / "copy")
    home = open_home(tmp_path / "copy")
    [own] = list_runs(home)
    run_here(home, "train", {"catalog": "demo", "target": "category:1", "settings": {"epochs": 1}}, actor="ann")
    assert list_runs(home)[0].run_id != own.run_id  # the newest is the user's
    assert run_here(home, "demo", {"seed": 7}, actor="ann")["run"] == own.run_id
