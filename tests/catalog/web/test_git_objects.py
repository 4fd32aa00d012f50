"""Names of objects, against git itself."""

import pytest

from core.catalog.web.git_objects import TreeEntry, commit_holds_tree, object_id, tree_id
from tests.catalog.web.git_shop import git, make_git_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_git_shop(tmp_path_factory.mktemp("git") / "shop")


def entries(shop):
    rows = [each for each in shop.told_tree["tree"] if each["type"] != "tree"]
    return [TreeEntry(each["path"], each["mode"], each["sha"], each.get("size", 0)) for each in rows]


def test_names_of_nothing_are_those_every_repository_has():
    assert object_id("blob", b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert tree_id([]) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def test_files_have_the_names_git_gives_them(shop):
    named = {each["path"]: each["sha"] for each in shop.told_tree["tree"]}
    assert {path: object_id("blob", data) for path, data in shop.files.items()} == {
        path: named[path] for path in shop.files
    }


def test_a_tree_has_the_name_git_gives_it(shop):
    assert tree_id(entries(shop)) == shop.told_commit["tree"]["sha"]
    assert tree_id(reversed(entries(shop))) == shop.told_commit["tree"]["sha"]
    assert tree_id(entries(shop)[1:]) != shop.told_commit["tree"]["sha"]


def test_an_unsigned_commit_proves_its_tree(shop):
    # Author and committer wrote in time zones of their own, +05:30 and -03:30, which the host does not tell.
    tree = shop.told_commit["tree"]["sha"]
    assert commit_holds_tree(shop.told_commit, commit=shop.commit, tree=tree)
    assert not commit_holds_tree(shop.told_commit, commit=shop.commit, tree="0" * 40)
    assert not commit_holds_tree(shop.told_commit | {"message": "Other"}, commit=shop.commit, tree=tree)
    assert not commit_holds_tree(shop.told_commit, commit="0" * 40, tree=tree)


@pytest.mark.parametrize("ending", ["", "\n"])
def test_a_signed_commit_proves_its_tree(shop, ending):
    tree = shop.told_commit["tree"]["sha"]
    payload = git(shop.folder, "cat-file", "commit", "HEAD")
    signature = f"-----BEGIN PGP SIGNATURE-----\n\nwsBcBAABCAAQ\n=abcd\n-----END PGP SIGNATURE-----{ending}"
    head, _, message = payload.partition("\n\n")
    folded = signature.replace("\n", "\n ")
    signed = f"{head}\ngpgsig {folded}\n\n{message}".encode()
    commit = git(shop.folder, "hash-object", "-t", "commit", "--stdin", data=signed).strip()
    told = shop.told_commit | {"verification": {"payload": payload, "signature": signature}}
    assert commit_holds_tree(told, commit=commit, tree=tree)
    assert not commit_holds_tree(told, commit=commit, tree="0" * 40)


@pytest.mark.parametrize("told", [{}, {"parents": None}, {"parents": [{}]}, {"verification": 7}, {"author": []}])
def test_what_is_no_commit_proves_nothing(shop, told):
    tree = shop.told_commit["tree"]["sha"]
    broken = told if not told else shop.told_commit | told
    assert commit_holds_tree(broken, commit=shop.commit, tree=tree) is False
